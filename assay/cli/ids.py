"""Ids as they are typed."""

from __future__ import annotations

import click


def word(text: str, what: str) -> bytes:
    """32 bytes of hexadecimal text. Raises click.BadParameter, which is wrong usage."""
    try:
        raw = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        raw = b""
    if len(raw) != 32:
        raise click.BadParameter(f"{text!r} is no id of a {what}: expected 0x and 64 hex digits")
    return raw
