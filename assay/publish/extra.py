"""What publishing needs beyond the package's own requirements."""

from __future__ import annotations

from importlib.util import find_spec

from assay.publish.errors import ExtraMissingError


def required(*packages: str) -> None:
    """Raises ExtraMissingError when one of them is not installed."""
    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        raise ExtraMissingError(
            f"publishing needs {' and '.join(missing)}: install the extra, with "
            'pip install "assay[publish]"'
        )
