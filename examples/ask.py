"""Asks the network that `make network` leaves up about one handwritten digit.

    python -m examples.ask [--row N] [--optimistic]

Nobody has to be trusted with the answer: staked workers run the model, and the chain settles it.
A committee votes on it; with --optimistic one worker answers, and anybody may appeal for a while.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from eth_account import Account
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table
from web3 import Web3

from assay import deployments
from assay.answers import Answer
from assay.client import Client, Settings
from assay.deployments import StaleDeploymentError, WrongChainError
from assay.errors import AssayError
from assay.events import (
    Appealed,
    AppealSettled,
    Claimed,
    Closed,
    Committed,
    Decided,
    Event,
    JobPosted,
    Proposed,
    ResultPublished,
    Revealed,
    RoundOpened,
    SupportAdded,
    Supported,
)
from assay.posting import PostedJob
from assay.rpc import UnreachableRpcError
from assay.terms import Terms
from examples.models.split import Part

NETWORK = "anvil"
URL = "http://127.0.0.1:8545"
MODEL = "digits"
TERMS = Terms.for_committee(
    3, seat_fee=2_000, bond=20_000, rounds=3, commit_seconds=12, reveal_seconds=12
)
OPTIMISTIC = Terms.optimistic(
    3,
    seat_fee=2_000,
    bond=20_000,
    rounds=3,
    commit_seconds=12,
    reveal_seconds=12,
    appeal_window=10,
)

# The third account of every anvil. The key is printed at its start, so it is worth nothing: never
# send it anything on a chain that others use.
_ANVIL_KEY = "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a"
_ANSWER_SECONDS = 120.0
_CLOSE_SECONDS = 90.0
_POLL_SECONDS = 0.5
_TOKEN = 10**18
_SHADES = " ·░▒▓█"
_DARKEST = 16


class AskError(AssayError):
    """There is nobody to ask."""


@dataclass(frozen=True)
class Asked:
    """A job and all that became of it."""

    posted: PostedJob
    answer: Answer
    history: Sequence[Event]


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask, print, and return the exit code of the process."""
    parser = argparse.ArgumentParser(prog="python -m examples.ask", description=__doc__)
    parser.add_argument("--row", type=int, help="which of the held-out digits; any by default")
    parser.add_argument(
        "--optimistic", action="store_true", help="one worker answers instead of a committee"
    )
    parser.add_argument("--url", default=URL, help="the node (default: %(default)s)")
    parser.add_argument("--deployment", default=NETWORK, help="network or file with the addresses")
    options = parser.parse_args(arguments)
    console = Console()
    try:
        client = connect(options.url, options.deployment)
        digits = held_out_digits()
        row = secrets.randbelow(len(digits.rows)) if options.row is None else options.row
        if not 0 <= row < len(digits.rows):
            raise AskError(f"row {row} is not there: choose from 0 to {len(digits.rows) - 1}")
        pixels = digits.rows[row : row + 1]
        console.print(f"Held-out digit {row}:\n\n{picture(pixels)}\n")
        asked = ask(console, client, pixels, OPTIMISTIC if options.optimistic else TERMS)
        show(console, client, asked, truth=int(digits.targets[row]))
    except AssayError as error:
        Console(stderr=True, soft_wrap=True).print(f"[red]not asked:[/] {escape(str(error))}")
        return 1
    return 0


def connect(url: str, deployment: str) -> Client:
    """A client of the local network. Raises AskError that says how to start one."""
    hint = "start a network with `make network` and leave it running"
    if deployment == NETWORK and not (deployments.FOLDER / f"{NETWORK}.json").exists():
        folder = Path.cwd() / deployments.FOLDER
        raise AskError(f"no network was left up: {folder}/{NETWORK}.json is not there; {hint}")
    client = Client(
        Web3(Web3.HTTPProvider(url)),
        deployments.load(deployment),
        Account.from_key(_ANVIL_KEY),
        Settings(poll_seconds=_POLL_SECONDS),
    )
    try:
        client.check()
    except UnreachableRpcError as error:
        raise AskError(f"no network is up: {error}; {hint}") from None
    except (StaleDeploymentError, WrongChainError) as error:
        raise AskError(f"another chain is up at {url}: {error}. Stop it, then {hint}") from None
    return client


def held_out_digits() -> Part:
    """The digits that the published model was not trained on; pixels from 0, white, to 16."""
    from sklearn.datasets import load_digits  # late: what is wrong with the network is said at once

    from examples.models.split import held_out

    data = load_digits()
    return held_out(data.data, data.target, seed=0, stratify=True)[1]


def ask(
    console: Console, client: Client, pixels: npt.NDArray[np.float32], terms: Terms = TERMS
) -> Asked:
    """Posts a job and sees it through: to its answer, and until its money is divided."""
    version = newest_version(client)
    cost = client.quote(terms).escrow
    if client.credit() < cost:
        client.deposit(cost)
    posted = client.post(version, [pixels], terms)
    console.print(f"Job 0x{posted.job_id.hex()}", soft_wrap=True, highlight=False)
    with console.status("Workers are drawn and run the model …"):
        answer = client.wait(posted, timeout=_ANSWER_SECONDS, provisional=True)
    if not answer.final:
        with console.status("Answered. Waiting whether somebody appeals …"):
            answer = client.wait(posted, timeout=_ANSWER_SECONDS)
    with console.status("Final. Waiting until its money is divided …"):
        deadline = time.monotonic() + _CLOSE_SECONDS
        while not client.view(posted).closed and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
    return Asked(posted, answer, client.history(posted))


def newest_version(client: Client) -> bytes:
    """The newest version of the digits model that is in service."""
    for model in client.models():
        if model.name == MODEL:
            for version_id in reversed(list(client.versions(model.model_id))):
                if not client.version(version_id).deprecated:
                    return version_id
    raise AskError(f"nobody has published a model named {MODEL!r}: was this the demo's network?")


def picture(pixels: npt.NDArray[np.float32]) -> str:
    """Eight by eight pixels as text, each two characters wide."""
    shades = np.rint(pixels.reshape(8, 8) / _DARKEST * (len(_SHADES) - 1)).astype(int)
    return "\n".join("  " + "".join(2 * _SHADES[shade] for shade in row) for row in shades)


def show(console: Console, client: Client, asked: Asked, truth: int) -> None:
    """Prints answer, history and cost."""
    console.print(_answer(asked.answer, truth))
    console.print(_history(asked.history, client.deployment.unit))
    console.print(_cost(asked))


def _answer(answer: Answer, truth: int) -> Table:
    likelihoods = answer.arrays[0].ravel()
    likeliest = int(np.argmax(likelihoods))
    right = "[green]right[/]" if likeliest == truth else f"[red]it is a {truth}[/]"
    table = Table("answer", "likelihood", "", title_justify="left")
    for digit in np.argsort(likelihoods)[::-1][:3]:
        note = right if digit == likeliest else ""
        table.add_row(str(digit), f"{likelihoods[digit]:.2%}", note)
    return table


def _history(history: Sequence[Event], unit: int) -> Table:
    table = Table(Column("block", justify="right"), "what happened", "who", "")
    for event in history:
        names = ("worker", "requester", "appellant")
        worker = next((getattr(event, name) for name in names if hasattr(event, name)), "")
        table.add_row(
            str(event.at.block_number), type(event).__name__, _short(worker), _detail(event, unit)
        )
    return table


def _detail(event: Event, unit: int) -> str:
    match event:
        case JobPosted():
            seats = event.terms.committee_after(0)
            return f"{seats} seats in round 0, {len(event.input)} bytes of input"
        case Proposed():
            return f"{len(event.result)} bytes, bond {_tokens(TERMS.bond * unit)}"
        case RoundOpened():
            return f"round {event.round}"
        case Committed():
            bond = event.seats * TERMS.bond * unit
            return f"{event.seats} of the seats, bond {_tokens(bond)}"
        case ResultPublished():
            return f"{len(event.result)} bytes"
        case Revealed() | Supported() | SupportAdded() | Decided():
            return f"0x{event.digest[:6].hex()}…"
        case Claimed():
            return f"{_tokens(event.amount)} back, fee included" if event.amount else "was wrong"
        case Closed():
            return f"{event.right} seats right, {event.lost} lost"
        case _:
            return _appeal(event)


def _appeal(event: Event) -> str:
    match event:
        case Appealed():
            return f"deposit {_tokens(event.deposit)}"
        case AppealSettled():
            return f"{_tokens(event.amount)} back"
        case _:
            return ""


def _cost(asked: Asked) -> Table:
    closed = next((event for event in asked.history if isinstance(event, Closed)), None)
    table = Table("money", Column("tokens", justify="right"))
    table.add_row("escrow, for all seats", _tokens(asked.posted.escrow))
    if closed is None:
        table.add_row("not closed yet; what is left returns then", "")
        return table
    table.add_row("returned", _tokens(closed.refund))
    table.add_row("[bold]what the answer cost[/]", _tokens(asked.posted.escrow - closed.refund))
    table.add_row("of it to the model's owner", _tokens(closed.royalty))
    return table


def _tokens(wei: int) -> str:
    return f"{wei / _TOKEN:.6f}"


def _short(address: str) -> str:
    return f"{address[:8]}…{address[-4:]}" if address else ""


if __name__ == "__main__":
    sys.exit(main())
