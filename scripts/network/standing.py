"""Workers that answer whatever is posted, and a model to ask."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assay.client import Client
from examples.models import digits
from scripts.demo import crew
from scripts.demo.network import Network

_SETTINGS = {"claim_age_seconds": 4, "help_others": True}


@dataclass(frozen=True)
class Standing:
    """A network at work."""

    publisher: Client
    requester: Client
    """Has tokens, and nothing in the vault yet."""
    model: str
    """Of the handwritten digits; `creator/name`."""


@contextmanager
def standing(
    net: Network, folder: Path, models: Path, *, workers: int = 3, block_seconds: int = 1
) -> Iterator[Standing]:
    """The workers go on until the block ends.

    Args:
        folder: for the workers' own files.
        models: the folder that workers may read models and inputs from.
    """
    _owner, publisher, requester, *others = net.accounts
    models.mkdir(parents=True, exist_ok=True)
    owner = net.client(publisher)
    built = digits.build(models)
    owner.register(
        built.name,
        built.artefact,
        built.manifest,
        uris=[built.artefact.resolve().as_uri()],
        tolerance=built.tolerance,
        royalty_bps=500,
    )
    net.give_tokens(requester)
    operators = [
        crew.hire(net, folder, models.resolve(), account, f"worker {number}", _SETTINGS)
        for number, account in enumerate(others[:workers], 1)
    ]
    net.pass_epochs(2)
    net.mine_every(block_seconds)
    with crew.running(operators):
        yield Standing(owner, net.client(requester), f"{publisher.address}/{built.name}")
