"""docs/deploying.md names every parameter, and what each may be."""

import re

import pytest

from tests.support.pages import page

pytest.importorskip("yaml", reason="deploying is for development: run make setup")

from scripts.deployment.parameters import Parameters

SECTION = page("deploying.md").split("\n## Parameters\n")[1].split("\n## ")[0]


def test_parameters__page__names_all_and_no_other() -> None:
    named = re.findall(r"^\| `(\w+)` \|", SECTION, re.MULTILINE)
    assert named == list(Parameters.model_fields)


def test_parameters__basis_points__bounds_as_checked() -> None:
    for name in ("protocol_fee_bps", "burn_bps"):
        least, most = (
            bound
            for item in Parameters.model_fields[name].metadata
            for kind in ("ge", "le")
            if (bound := getattr(item, kind, None)) is not None
        )
        (row,) = (line for line in SECTION.splitlines() if line.startswith(f"| `{name}`"))
        assert f"{least:,} to {most:,}" in row
