"""URIs as they may be shown."""

from __future__ import annotations

from urllib.parse import urlsplit

_SHOWN_CHARACTERS = 200


def shown(uri: str) -> str:
    """The URI for logs and errors: no user, password, query or fragment, and not endless."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return "a malformed URI"
    host = parts.netloc.rpartition("@")[2]
    plain = parts._replace(netloc=host, query="", fragment="").geturl()
    printable = "".join(c if c.isprintable() else "?" for c in plain)
    return printable[:_SHOWN_CHARACTERS]
