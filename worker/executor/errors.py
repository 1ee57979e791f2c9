"""Errors between the worker and its sandboxed child; callers of `Executor` see outcomes instead."""

from __future__ import annotations

from worker.errors import WorkerError


class ExecutorError(WorkerError):
    """Root of what goes wrong around the sandboxed child."""


class BrokenFrameError(ExecutorError):
    """The child sent bytes that are not the frames agreed on."""


class ChildTimeoutError(ExecutorError):
    """The child did not answer within its wall-clock limit."""


class ChildDiedError(ExecutorError):
    """The child ended, or closed its pipe, in the middle of an exchange."""


class ChildStartError(ExecutorError):
    """The sandboxed interpreter could not be started, or lacks a protection that is required."""


class ExecutorClosedError(ExecutorError):
    """The executor was used after it was closed."""
