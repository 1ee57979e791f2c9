"""What a daemon is made of."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from eth_typing import ChecksumAddress

from worker.board import Board
from worker.calls import Calls
from worker.chain import Chain
from worker.chain.heads import Heads
from worker.chain_clock import ChainClock
from worker.claims import Claims
from worker.compute import Computations
from worker.draws import Draws
from worker.holds import Holds
from worker.intake import Intake
from worker.knowledge import Knowledge
from worker.pace import Pace
from worker.plan import Policy
from worker.results import Results
from worker.seats_left import SeatsLeft
from worker.sender import Sender
from worker.store import Store


@dataclass(frozen=True)
class Parts:
    """The pieces of one daemon; `worker.app` puts them together."""

    worker: ChecksumAddress
    policy: Policy
    chain: Chain
    store: Store
    intake: Intake
    board: Board
    results: Results
    draws: Draws
    knowledge: Knowledge
    computations: Computations
    calls: Calls
    sender: Sender
    claims: Claims
    holds: Holds
    seats_left: SeatsLeft
    pace: Pace
    clock: ChainClock
    heads: Heads | None
    """Wakes the cycle; None where no websocket is set."""
    wake: threading.Event
    """Set when the next cycle should not wait any longer."""
