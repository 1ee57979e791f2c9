"""Structured logs. Each line about a job carries its id, so one job can be followed by it."""

from __future__ import annotations

import logging
import sys
from typing import TextIO

import structlog
from structlog.processors import ExceptionRenderer
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, Processor

from worker.settings import Settings

_LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


def configure(settings: Settings, stream: TextIO | None = None) -> None:
    """Make every logger of this process write as the settings ask, to stderr unless told otherwise.

    For the entry point of a process; code takes `structlog.get_logger()` and binds `job`.
    """
    target = sys.stderr if stream is None else stream
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _hex_bytes,
            *_rendering(settings.log_format, target),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[settings.log_level]),
        logger_factory=structlog.PrintLoggerFactory(target),
        cache_logger_on_first_use=False,
    )


def _rendering(form: str, target: TextIO) -> list[Processor]:
    """Traces never show the values of variables, which may be secret."""
    if form == "json":
        traces = ExceptionDictTransformer(show_locals=False)
        return [ExceptionRenderer(traces), structlog.processors.JSONRenderer()]
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=target.isatty(), exception_formatter=plain)]


def _hex_bytes(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Ids and digests as the chain's tools print them."""
    return {
        name: "0x" + value.hex() if isinstance(value, bytes) else value
        for name, value in event.items()
    }
