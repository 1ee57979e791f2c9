"""The cases of tests/vectors/protocol.json, for the tests beside."""

import json
from pathlib import Path
from typing import Any

Case = dict[str, Any]

PATH = Path(__file__).parents[1] / "vectors" / "protocol.json"


def cases(section: str) -> list[Case]:
    """The cases of one section."""
    found: list[Case] = json.loads(PATH.read_text(encoding="utf-8"))[section]
    return found


def integer(text: str) -> int:
    """A large integer as the file writes it."""
    return int(text, 16)


def data(text: str) -> bytes:
    """Bytes as the file writes them."""
    return bytes.fromhex(text.removeprefix("0x"))
