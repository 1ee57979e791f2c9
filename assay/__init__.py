"""Assay for dapps: the protocol in Python, without a model runtime."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assay.aio import AsyncClient
    from assay.client import Client, Settings
    from assay.remote_inputs import RemoteInput

__all__ = ["AsyncClient", "Client", "RemoteInput", "Settings"]

# Found when they are asked for: the worker, which needs neither, starts sooner without them.
_MODULES = {
    "AsyncClient": "assay.aio",
    "Client": "assay.client",
    "RemoteInput": "assay.remote_inputs",
    "Settings": "assay.client",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
