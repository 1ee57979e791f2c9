"""Landlock: the kernel's own file and network fence for an unprivileged process (Linux ≥ 5.13).

The executor's child runs as the worker's user, who can read its key store. A hostile model that
breaks out of onnxruntime could put those bytes into its result, which goes on chain. This fence
leaves the child the files of the interpreter and nothing else.
Constants: `linux/landlock.h`.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path

_CREATE_RULESET = 444  # one number on every architecture, as for all system calls since 5.1
_ADD_RULE = 445
_RESTRICT_SELF = 446
_VERSION_FLAG = 1
_RULE_PATH_BENEATH = 1

_EXECUTE = 1 << 0
_READ_FILE = 1 << 2
_READ_DIR = 1 << 3
_FS_RIGHTS_BY_ABI = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # how many low bits are rights
_NET_RIGHTS = 0b11  # TCP bind and connect
_SCOPES = 0b11  # abstract sockets and signals stay inside


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def restrict_to(*, read_only: Iterable[Path], listable: Iterable[Path]) -> None:
    """Deny this process every file but `read_only`, every write, and TCP where the kernel can.

    `listable` folders show their names, not their contents. Missing paths are skipped. Needs
    `no_new_privs`; cannot be undone. Raises OSError when the kernel has no Landlock.
    """
    ruleset = _create_ruleset()
    try:
        for path in read_only:
            _allow(ruleset, path, _READ_FILE | _READ_DIR | _EXECUTE)
        for path in listable:
            _allow(ruleset, path, _READ_DIR)
        _call(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _create_ruleset() -> int:
    abi = _call(_CREATE_RULESET, None, 0, _VERSION_FLAG)
    ruleset = _Ruleset(
        handled_access_fs=(1 << _FS_RIGHTS_BY_ABI[min(abi, max(_FS_RIGHTS_BY_ABI))]) - 1,
        handled_access_net=_NET_RIGHTS if abi >= 4 else 0,
        scoped=_SCOPES if abi >= 6 else 0,
    )
    known_bytes = 8 if abi < 4 else 16 if abi < 6 else 24
    return _call(_CREATE_RULESET, ctypes.byref(ruleset), ctypes.c_size_t(known_bytes), 0)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not path.is_dir():
            rights &= ~_READ_DIR
        rule = _PathBeneath(allowed_access=rights, parent_fd=descriptor)
        _call(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(descriptor)


def _call(number: int, *arguments: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    result: int = libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
