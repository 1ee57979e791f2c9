"""What it costs is said, and a person says yes, before anything is sent."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import click

from assay.asset import plain
from assay.cli.errors import ConsentMissingError, DeclinedError
from assay.cli.output import draw, fields
from assay.transactions import Sending

COIN_DECIMALS = 18


def coins(wei: int) -> str:
    """An amount of the chain's own coin, for people."""
    return f"{plain(wei, COIN_DECIMALS)} of the chain's coin"


_ROOM = 4
"""Gas and its price are estimates, and what is signed for has room for six full blocks."""


@dataclass
class Consent:
    """The question of one command: asked once, and again if it takes much more than was said."""

    yes: bool
    as_json: bool
    places: Callable[[], Mapping[str, object]] = dict
    """For people: network, account and files, which may be a stranger's."""
    title: str = "Send a transaction"
    costs: dict[str, Any] = field(default_factory=dict)
    """For programs."""
    lines: dict[str, object] = field(default_factory=dict)
    """For people."""
    later_gas: int = 0
    _agreed: int = 0
    """Wei of the coin that may be signed for without another question."""
    _signed: int = 0

    def plan(
        self,
        title: str,
        lines: Mapping[str, object],
        costs: Mapping[str, Any],
        later_gas: int = 0,
    ) -> None:
        """What is about to be done, and what it takes besides gas.

        `later_gas` is what transactions after the first take, about.
        """
        self.title, self.lines, self.costs = title, dict(lines), dict(costs)
        self.later_gas = later_gas

    def before(self, sending: Sending) -> None:
        """Asks before a transaction is signed, unless what it takes has been agreed to.

        Raises ConsentMissingError or DeclinedError.
        """
        if self._signed + sending.most > self._agreed:
            again = {"now": "it takes more gas than was said"} if self._signed else {}
            calls = {"calls": f"{sending.function} of {sending.to}"}
            later = 0 if self._signed else self.later_gas
            self.ask(sending.gas + later, sending.gas_price, again | calls)
        self._signed += sending.most

    def ask(self, gas: int, gas_price: int, also: Mapping[str, object] | None = None) -> None:
        """Asks for all at once."""
        cost = gas * gas_price
        costs = {**self.costs, "gas": gas, "gas_price": gas_price, "gas_cost": cost}
        terminal = sys.stderr.isatty()
        if not self.as_json:
            lines = {
                **self.lines,
                "gas, about": f"{gas:,}, {coins(cost)}; you are asked again above {_ROOM} times "
                "that",
                **(also or {}),
                **self.places(),
            }
            draw(terminal, [fields(lines, title=self.title)], err=True)
        if not self.yes:
            self._ask(costs)
        self._agreed = self._signed + _ROOM * cost

    def _ask(self, costs: dict[str, Any]) -> None:
        if not interactive():
            raise ConsentMissingError(self.title, costs)
        if not click.confirm("Send it?", default=False, err=True):
            sent = "nothing more was sent" if self._signed else "nothing was sent"
            raise DeclinedError(sent)


def interactive() -> bool:
    """Whether somebody is at the terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()
