"""What the executor's child gives up before it touches a model (standard library only).

Every measure reports whether it holds: a kernel or container may deny some of them, and the
operator should know which.
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys
import sysconfig
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from worker.executor import landlock

HELD = "on"

_CLONE_NEWIPC = 0x08000000
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_PR_SET_NO_NEW_PRIVS = 38

# What the dynamic linker, the C library and onnxruntime's CPU detection read.
_SYSTEM_FILES = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/dev/null",
    "/dev/urandom",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/sys/devices/system",
)


@dataclass(frozen=True)
class Limits:
    """Hard bounds of one child process."""

    memory_bytes: int = 2 << 30  # address space: libraries and model included
    open_files: int = 64


def enter(limits: Limits, package_root: Path) -> dict[str, str]:
    """Drop rights for good; must run before the process starts any thread.

    `package_root` is the folder that holds the `assay` and `worker` packages. Returns, for each
    protection, "on" or the reason why it is off.
    """
    measures: dict[str, Callable[[], None]] = {
        "privileges": _no_new_privileges,
        "network": _cut_network,
        "files": lambda: landlock.restrict_to(
            read_only=_readable(package_root), listable=(package_root,)
        ),
        "memory": lambda: _limit(resource.RLIMIT_AS, limits.memory_bytes),
        "core_dumps": lambda: _limit(resource.RLIMIT_CORE, 0),
        "file_writes": lambda: _limit(resource.RLIMIT_FSIZE, 0),
        "open_files": lambda: _limit(resource.RLIMIT_NOFILE, limits.open_files),
        "new_processes": _no_new_processes,
    }
    return {name: _attempt(measure) for name, measure in measures.items()}


def allow_cpu(seconds: int) -> None:
    """Let this process burn `seconds` more CPU time before the kernel ends it with SIGXCPU."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, hard))


def _attempt(measure: Callable[[], None]) -> str:
    try:
        measure()
    except (OSError, ValueError, AttributeError) as error:
        return f"off: {error}"
    return HELD


def _limit(which: int, value: int) -> None:
    _, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(which, (value, value))


def _no_new_processes() -> None:
    """The kernel holds no root to this limit, in whatever namespace, so it is tried."""
    _limit(resource.RLIMIT_NPROC, 0)
    try:
        child = os.fork()
    except OSError:
        return
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    raise OSError("the kernel holds no root to this limit")


def _no_new_privileges() -> None:
    _libc("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def _cut_network() -> None:
    """An empty network namespace, by way of a user namespace or, for root, without one."""
    try:
        _libc("unshare", _CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWIPC)
    except OSError:
        _libc("unshare", _CLONE_NEWNET | _CLONE_NEWIPC)


def _libc(function: str, *arguments: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, function)(*map(ctypes.c_ulong, arguments)) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{function}: {os.strerror(code)}")


def _readable(package_root: Path) -> Iterator[Path]:
    yield from (package_root / name for name in ("assay", "worker"))
    yield from map(Path, _SYSTEM_FILES)
    yield Path(sys.prefix)  # the virtual environment
    yield from map(Path, sysconfig.get_paths().values())
    yield Path(sys.base_prefix, "lib")
    yield Path(sys.base_exec_prefix, "lib")
    yield Path(sys.executable).resolve()
