"""Times of the two commands that the README names. They take minutes, so they run when named."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.commands import ROOT, seconds
from benchmarks.figures import Figure

STEPS = 1
_OURS = ("APE_DATA_FOLDER", "KEEP", "PYTHONPATH", "SOLCX_BINARY_PATH", "VIRTUAL_ENV")
"""Settings of this checkout, besides make's own, that another one must not see."""


def measure_bare_demo(advance: Callable[[], None]) -> list[Figure]:
    """`make demo` in a fresh clone of HEAD, with nothing in the package managers' caches."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        checkout = folder / "checkout"
        seconds(["git", "clone", "--quiet", str(ROOT), str(checkout)])
        caches = {
            "XDG_CACHE_HOME": str(folder / "cache"),
            "UV_CACHE_DIR": str(folder / "cache" / "uv"),
            "PIP_CACHE_DIR": str(folder / "cache" / "pip"),
            "npm_config_cache": str(folder / "cache" / "npm"),
        }
        passed = seconds(["make", "demo"], checkout, {**bare_environment(), **caches})
    advance()
    return [Figure("time.demo.bare_s", passed, "s")]


def measure_tests(advance: Callable[[], None]) -> list[Figure]:
    """`make test` here."""
    passed = seconds(["make", "test"], ROOT, bare_environment())
    advance()
    return [Figure("time.test_s", passed, "s")]


def bare_environment() -> dict[str, str]:
    """The environment without what this checkout's own make has put into it."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _OURS and not name.startswith("MAKE") and name != "MFLAGS"
    }
    return {**kept, "PATH": os.pathsep.join(_path_elsewhere(kept.get("PATH", "")))}


def _path_elsewhere(path: str) -> Iterator[str]:
    for folder in path.split(os.pathsep):
        if not Path(folder or ".").resolve().is_relative_to(ROOT):
            yield folder
