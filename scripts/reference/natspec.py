"""NatSpec comments, taken apart by their tags."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_TAG = re.compile(r"(?:^|\n)[ \t]*@(\w+)[ \t]*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Notes:
    """What a comment says, by its tags."""

    title: str = ""
    notice: str = ""
    dev: str = ""
    inherits: str = ""
    """The contract whose comment holds here too."""
    params: Mapping[str, str] = field(default_factory=dict)
    returns: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Notes:
        """The notes in the text of a comment; what stands before any tag is the notice."""
        found: dict[str, list[str]] = {}
        for tag, words in _tagged(text):
            found.setdefault(tag, []).append(words)
        return cls(
            title=" ".join(found.get("title", ())),
            notice="\n\n".join(found.get("notice", ())),
            dev="\n\n".join(found.get("dev", ())),
            inherits="".join(found.get("inheritdoc", ())),
            params=_named(found.get("param", ())),
            returns=_named(found.get("return", ())),
        )

    @property
    def said(self) -> bool:
        """Whether there is anything."""
        return bool(self.title or self.notice or self.dev or self.inherits)


def _tagged(text: str) -> list[tuple[str, str]]:
    """Tags and what follows each. Leading blanks of lines are the comment's, not the text's."""
    clean = "\n".join(line.strip() for line in text.splitlines())
    first, *rest = _TAG.split("\n" + clean)
    parts = [("notice", first)] if first.strip() else []
    parts += zip(rest[::2], rest[1::2], strict=True)
    return [(tag, words.strip()) for tag, words in parts]


def _named(lines: list[str] | tuple[()]) -> dict[str, str]:
    pairs = (line.partition(" ") for line in lines)
    return {name: words.strip() for name, _, words in pairs}
