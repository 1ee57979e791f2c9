"""What was found, line by line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeVar

from rich.text import Text

from assay.errors import AssayError

_T = TypeVar("_T")


class Verdict(Enum):
    """How bad it is. A note is nothing wrong: it says what is not possible as things stand."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


_COLOURS = {Verdict.OK: "green", Verdict.NOTE: "yellow", Verdict.WRONG: "red"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. Unless it is well, `detail` says what to do."""

    verdict: Verdict
    name: str
    detail: str

    @property
    def shown(self) -> Text:
        """The verdict for people."""
        return Text(self.verdict.value, _COLOURS[self.verdict])


@dataclass
class Findings:
    """Collects them in the order they were made."""

    all: list[Finding] = field(default_factory=list)

    def ok(self, name: str, detail: str) -> None:
        """It is as it should be."""
        self.all.append(Finding(Verdict.OK, name, detail))

    def note(self, name: str, detail: str) -> None:
        """It is well, but something is not possible."""
        self.all.append(Finding(Verdict.NOTE, name, detail))

    def wrong(self, name: str, detail: str) -> None:
        """It is not."""
        self.all.append(Finding(Verdict.WRONG, name, detail))

    def attempt(
        self, name: str, look: Callable[[], _T], says: Callable[[_T], str] | None = None
    ) -> _T | None:
        """What a look finds; what it raises is wrong. Without `says` nothing is said of success."""
        try:
            found = look()
        except (AssayError, OSError) as error:
            self.wrong(name, str(error))
            return None
        if says is not None:
            self.ok(name, says(found))
        return found
