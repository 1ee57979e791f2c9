"""An IPFS node of one's own, by its RPC interface (Kubo's, `/api/v0`)."""

from __future__ import annotations

import json
import re

import httpx

from assay.artefacts.uris import shown
from assay.publish.errors import NotServedError, StoreRefusedError
from assay.publish.stores import web
from assay.publish.stores.base import Bundle, Chunks

_CHUNK_BYTES = 1 << 16
_CID = re.compile(r"[A-Za-z0-9]{46,112}")
_CID_CHARACTERS = 59
"""Of a CID of version 1 in base 32."""
_MOST_ANSWERED = 1 << 16
"""Bytes of an answer that are read: it names three entries."""
_LONGEST_ENTRY = 1_000
"""Bytes of one. A longer one is none; too deep a nesting would end the process."""


class IpfsStore:
    """The files in one folder, pinned on a node; the URI is `ipfs://<cid of the folder>/…`.

    The node has to stay up, or another has to pin the folder, for workers to find the files.
    """

    def __init__(self, url: str) -> None:
        """`url` is the RPC interface's, like http://127.0.0.1:5001; it may hold credentials."""
        self._address = web.Address(url)

    def __repr__(self) -> str:
        return f"IpfsStore({self._address.plain!r})"

    def foreseen(self, files: Bundle) -> str:
        """A URI as long as it will be."""
        return f"ipfs://{'b' * _CID_CHARACTERS}/{files.name}"

    def put(self, files: Bundle) -> str:
        """Adds and pins the files. Raises StoreRefusedError or StoreUnreachableError."""
        place = f"{self._address.plain}/api/v0/add"
        options = {"wrap-with-directory": "true", "pin": "true", "progress": "false"}
        base = {"cid-version": "1", "cid-base": "base32"}  # fit for host names of gateways, too
        parts = [
            ("file", (name, content, "application/octet-stream"))
            for name, content in files.placed(files.name)
        ]
        with (
            web.translated(place),
            self._address.client() as client,
            client.stream("POST", place, params={**options, **base}, files=parts) as answer,
        ):
            status = answer.status_code
            said = _beginning(answer)
        if status != httpx.codes.OK:
            raise _refused(place, f"answered {status}")
        cid = _folder(said)
        if cid is None:
            raise _refused(place, "named no folder with the files")
        return f"ipfs://{cid}/{files.name}"

    def read(self, uri: str) -> Chunks:
        """What the node has under the URI. Raises NotServedError or StoreUnreachableError."""
        place = f"{self._address.plain}/api/v0/cat"
        argument = {"arg": f"/ipfs/{uri.removeprefix('ipfs://')}"}
        with (
            web.translated(place),
            self._address.client() as client,
            client.stream("POST", place, params=argument) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise NotServedError(
                    f"the IPFS node does not give {uri} back (it answers {answer.status_code}): "
                    "check the node, then publish again"
                )
            yield from answer.iter_raw(_CHUNK_BYTES)


def _beginning(answer: httpx.Response) -> bytes:
    """As much as a node that keeps to its interface says."""
    said = b""
    for chunk in answer.iter_bytes():
        said += chunk
        if len(said) > _MOST_ANSWERED:
            break
    return said[:_MOST_ANSWERED]


def _folder(said: bytes) -> str | None:
    """The CID of the folder around the files: the entry without a name."""
    for line in said.splitlines():
        try:
            entry = json.loads(line[:_LONGEST_ENTRY])
        except ValueError:
            continue
        if isinstance(entry, dict) and entry.get("Name") == "":
            cid = str(entry.get("Hash"))
            return cid if _CID.fullmatch(cid) else None
    return None


def _refused(place: str, what: str) -> StoreRefusedError:
    return StoreRefusedError(
        f"{shown(place)} {what}: expected the RPC interface of an IPFS node (Kubo: port 5001), "
        "which takes /api/v0/add; check the address, and that it lets you in"
    )
