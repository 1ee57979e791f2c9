"""New blocks as a node tells of them by itself, over a websocket.

They only wake the cycle, which reads the chain as ever: what they say is not believed, and blocks
with lower numbers than before, after a reorganisation, wake it like any other.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from urllib.parse import urlsplit

import structlog
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 60.0
_TIMEOUT_SECONDS = 10.0
_SILENCE_SECONDS = 120.0
_MOST_BYTES = 1 << 20
_SUBSCRIBE = json.dumps(
    {"jsonrpc": "2.0", "id": 1, "method": "eth_subscribe", "params": ["newHeads"]}
)


class Heads:
    """A subscription that is taken up again whenever it breaks. Close it."""

    def __init__(self, url: str, wake: Callable[[], None]) -> None:
        """`wake` is called for every head, from a thread."""
        self._url = url
        self._wake = wake
        self._closed = threading.Event()
        self._alive = False
        self._log = structlog.get_logger(__name__)
        self._thread = threading.Thread(target=self._run, name="heads", daemon=True)

    def start(self) -> None:
        """Subscribe, beside whatever else goes on."""
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether heads come, so that there is no need to ask for them so often."""
        return self._alive

    def close(self) -> None:
        """Give the subscription up; what is waited for ends with the process."""
        self._closed.set()

    def _run(self) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while not self._closed.is_set():
            try:
                self._listen()
            except (OSError, WebSocketException, ValueError, KeyError, TypeError) as error:
                if pause == _FIRST_PAUSE_SECONDS:
                    self._log.warning("no heads by websocket, polling", node=self._host,
                                      reason=type(error).__name__)  # fmt: skip
            pause = _FIRST_PAUSE_SECONDS if self._alive else min(2 * pause, _LONGEST_PAUSE_SECONDS)
            self._alive = False
            self._closed.wait(pause)

    def _listen(self) -> None:
        with connect(self._url, open_timeout=_TIMEOUT_SECONDS, max_size=_MOST_BYTES) as socket:
            socket.send(_SUBSCRIBE)
            subscribed = json.loads(socket.recv(_TIMEOUT_SECONDS))
            if "result" not in subscribed:
                raise ValueError("the node does not offer newHeads")
            self._alive = True
            self._log.info("heads by websocket", node=self._host)
            while not self._closed.is_set():
                socket.recv(_SILENCE_SECONDS)
                self._wake()

    @property
    def _host(self) -> str:
        parts = urlsplit(self._url)
        return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
