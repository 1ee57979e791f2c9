"""The looks, in the order in which one thing needs another."""

from __future__ import annotations

import tempfile
from importlib.util import find_spec

from assay.catalogue import usual_cache
from assay.cli import settings
from assay.cli.doctor import chain, keys
from assay.cli.doctor.findings import Finding, Findings
from assay.cli.errors import SettingsError
from assay.cli.session import Session

_EXTRAS = {
    "images": ("PIL", "pictures as inputs"),
    "publish": ("onnxruntime", "publishing models"),
}


def look(session: Session) -> list[Finding]:
    """All that is found about a set-up; never raises for it."""
    found = Findings()
    if _settings(found, session):
        keys.look(found, session)
        chain.look(found, session)
        _cache(found, session)
    _extras(found)
    return found.all


def _settings(found: Findings, session: Session) -> bool:
    path = settings.find(session.config)
    says = "none; options and the environment alone" if path is None else str(path)
    try:
        session.settings  # noqa: B018 - loaded when it is first asked for
    except SettingsError as error:
        for fault in error.faults:
            found.wrong("configuration", fault)
        if path is None:
            found.note("configuration", "there is no file: `assay init` writes one")
        return False
    found.ok("configuration", says)
    return True


def _cache(found: Findings, session: Session) -> None:
    folder = session.settings.cache_dir or usual_cache()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            found.ok("cache of manifests", str(folder))
    except OSError as error:
        found.wrong("cache of manifests", f"cannot be written: {error}; set cache_dir")


def _extras(found: Findings) -> None:
    for extra, (module, what) in _EXTRAS.items():
        if find_spec(module) is None:
            found.note(f"extra {extra}", f'{what}: pip install "assay[{extra}]"')
        else:
            found.ok(f"extra {extra}", "installed")
