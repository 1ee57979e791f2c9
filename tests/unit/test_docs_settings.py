"""docs/running-a-worker.md names every setting, with its default, and no other."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from tests.support.pages import page, rows
from worker.cli import main
from worker.executor.outcomes import Reason
from worker.settings import Settings
from worker.steps import Kind

PAGE = page("running-a-worker.md")
DOCUMENTED = rows(PAGE, "Configure")


def settings(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every setting's name and default; those of a table as `table.name`."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from settings(kind, f"{prefix}{name}.")
        else:
            yield prefix + name, field.default


SETTINGS = dict(settings(Settings))


def shown(default: Any) -> str:
    """A default as the page shows it: as TOML, or in words."""
    if default is PydanticUndefined:
        return "required"
    if default is None:
        return "none"
    if isinstance(default, str | bool | tuple):
        return f"`{json.dumps(default)}`"
    return f"`{default}`"


def test_settings__page__names_all_and_no_other() -> None:
    assert set(DOCUMENTED) == set(SETTINGS)


@pytest.mark.parametrize("name", SETTINGS)
def test_settings__page__says_the_default(name: str) -> None:
    assert DOCUMENTED.get(name, "").split(":")[0] == shown(SETTINGS[name])


def test_commands__page__names_all_and_no_other() -> None:
    section = PAGE.split("\n## Check and run\n")[1].split("\n## ")[0]
    named = {line.split()[2] for line in section.splitlines() if line.startswith("| `assay-worker")}
    assert named == set(main.commands)


def test_steps__page__names_all_and_no_other() -> None:
    section = PAGE.split("\n## What it does by itself\n")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == set(Kind)


@pytest.mark.parametrize("reason", Reason)
def test_reasons__page__names_all(reason: Reason) -> None:
    assert f"`{reason.value}`" in PAGE.split("\n## When it abstains\n")[1].split("\n## ")[0]
