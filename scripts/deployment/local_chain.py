"""An anvil of one's own: started, waited for, and surely ended."""

import subprocess
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import IO, cast

from web3 import Web3

from scripts.deployment.errors import DeployError


class ChainError(DeployError):
    """The local chain did not start."""


@dataclass(frozen=True)
class LocalChain:
    """A running anvil and the address it listens on."""

    url: str
    process: subprocess.Popen[str]

    def connect(self) -> Web3:
        return Web3(Web3.HTTPProvider(self.url))


@contextmanager
def local_chain(*options: str, port: int = 0) -> Iterator[LocalChain]:
    """Runs anvil with these options until the block ends. Port 0 lets the system choose one.

    Raises:
        ChainError: anvil is not installed or ended before it listened.
    """
    command = ["anvil", "--host", "127.0.0.1", "--port", str(port), *options]
    try:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
    except FileNotFoundError:
        raise ChainError(
            "anvil is not on PATH: run `make setup`, then `. scripts/toolchain/env.sh`"
        ) from None
    try:
        output = cast(IO[str], process.stdout)  # it is a pipe
        url = _listening_url(output, command)
        # anvil logs every request; a pipe that nobody empties would stop it.
        Thread(target=deque, args=(output, 0), daemon=True).start()
        yield LocalChain(url, process)
    finally:
        process.kill()
        process.wait()


def _listening_url(output: IO[str], command: Sequence[str]) -> str:
    seen: list[str] = []
    for line in output:
        if line.startswith("Listening on "):
            return "http://" + line.removeprefix("Listening on ").strip()
        seen.append(line)
    raise ChainError(f"`{' '.join(command)}` ended before it listened:\n{''.join(seen[-20:])}")
