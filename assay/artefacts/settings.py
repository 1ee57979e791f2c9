"""The settings of fetching."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ArtefactSettings:
    """Where models may come from, and how much of them is kept.

    A publisher writes the URIs and others open them, so what reaches into their own machine or
    network has to be named here.
    """

    cache_dir: Path
    cache_bytes: int = 4 << 30  # kept on disk; the artefact unused for longest goes first
    max_artefact_bytes: int = 256 << 20
    file_roots: tuple[Path, ...] = ()  # folders that file: URIs may read from
    private_hosts: tuple[str, ...] = ()  # hosts that may resolve to addresses that are not public
    ipfs_gateway: str | None = None  # base URL; prefer a path gateway, like http://127.0.0.1:8080
    timeout_seconds: float = 20.0  # for one step: to connect, or to wait for more bytes
    download_seconds: float = 300.0  # for one file
    fetch_seconds: float = 600.0  # for both files of a version, wherever they are tried
    max_redirects: int = 5
    host_requests: int | None = None  # to one host at once; None for any number
    max_uris: int = 8  # tried for one file
