"""A web server that takes files and gives them back, as well or as badly as a test wants."""

from __future__ import annotations

import email
import email.policy
import hashlib
import json
from base64 import b32encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from assay.manifest import manifest_uri


@dataclass
class Site:
    """What the server has, what it does wrong, and what it was asked."""

    url: str
    files: dict[str, bytes] = field(default_factory=dict)
    """By path."""
    refuses: int = 0
    """The status of each PUT and POST, if not 0."""
    hides: int = 0
    """The status of each GET."""
    spoils: Callable[[bytes], bytes] = bytes
    """What becomes of a file that is kept."""
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """Method, path with query, and the header Authorization, if any."""


@contextmanager
def site() -> Iterator[Site]:
    """A server on a free port of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    found = Site(f"http://127.0.0.1:{server.server_port}")
    server.site = found  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_PUT(self) -> None:
        content = self._asked()
        if self._site.refuses:
            return self._answer(self._site.refuses)
        self._site.files[urlsplit(self.path).path] = self._site.spoils(content)
        return self._answer(201)

    def do_GET(self) -> None:
        self._asked()
        content = self._site.files.get(urlsplit(self.path).path)
        if self._site.hides or content is None:
            return self._answer(self._site.hides or 404)
        return self._answer(200, content)

    def do_POST(self) -> None:
        """The RPC interface of an IPFS node."""
        content, parts = self._asked(), urlsplit(self.path)
        if self._site.refuses:
            return self._answer(self._site.refuses)
        if parts.path == "/api/v0/add":
            return self._answer(200, self._add(content))
        if parts.path == "/api/v0/cat":
            (path,) = parse_qs(parts.query)["arg"]
            found = self._site.files.get(path)
            return self._answer(500) if found is None else self._answer(200, found)
        return self._answer(404)

    def _add(self, content: bytes) -> bytes:
        kind = self.headers["Content-Type"].encode()
        message = email.message_from_bytes(
            b"Content-Type: " + kind + b"\r\n\r\n" + content, policy=email.policy.HTTP
        )
        files = {
            str(part.get_filename()): bytes(part.get_payload(decode=True))  # type: ignore[arg-type]
            for part in message.iter_parts()  # type: ignore[attr-defined]
        }
        folder = _cid(json.dumps({name: _cid(one) for name, one in files.items()}).encode())
        for name, one in files.items():
            self._site.files[f"/ipfs/{folder}/{name}"] = self._site.spoils(one)
        entries = [{"Name": name, "Hash": _cid(one)} for name, one in files.items()]
        lines = [json.dumps(entry) for entry in [*entries, {"Name": "", "Hash": folder}]]
        return self._site.spoils("\n".join(lines).encode())

    def _asked(self) -> bytes:
        authorization = self.headers.get("Authorization", "")
        self._site.asked.append((self.command, self.path, authorization))
        if self.headers.get("Transfer-Encoding") == "chunked":
            chunks = []
            while size := int(self.rfile.readline(), 16):
                chunks.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(chunks)
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _answer(self, status: int, content: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    @property
    def _site(self) -> Site:
        found: Site = self.server.site  # type: ignore[attr-defined]
        return found

    def log_message(self, *_args: object) -> None:
        """Nothing on the terminal."""


def _cid(content: bytes) -> str:
    """Of the form of a CID of version 1."""
    digest = b"\x01\x55\x12\x20" + hashlib.sha256(content).digest()
    return "b" + b32encode(digest).decode().lower().rstrip("=")


def beside(site: Site, uri: str) -> tuple[bytes, bytes]:
    """What the server has under a URI of an artefact, and of its manifest."""
    paths = [urlsplit(one).path for one in (uri, manifest_uri(uri))]
    return site.files[paths[0]], site.files[paths[1]]
