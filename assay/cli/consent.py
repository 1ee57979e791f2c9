"""What it costs is said, and a person says yes, before anything is sent."""

from __future__ import annotations

import sys
from collections.abc import Mapping
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


@dataclass
class Consent:
    """The question of one command. It is asked once, for all that the command sends."""

    yes: bool
    as_json: bool
    title: str = "Send a transaction"
    costs: dict[str, Any] = field(default_factory=dict)
    """For programs."""
    lines: dict[str, object] = field(default_factory=dict)
    """For people."""
    later_gas: int = 0
    _given: bool = False

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
        """Asks, before the first transaction is signed, with the gas that the node says it takes.

        Raises ConsentMissingError or DeclinedError.
        """
        if self._given:
            return
        gas = sending.gas + self.later_gas
        self.ask(gas, sending.gas_price)

    def ask(self, gas: int, gas_price: int) -> None:
        """Asks for all at once."""
        cost = gas * gas_price
        costs = {**self.costs, "gas": gas, "gas_price": gas_price, "gas_cost": cost}
        terminal = sys.stderr.isatty()
        if not self.as_json and (terminal or not self.yes):
            lines = {**self.lines, "gas, about": f"{gas:,}, {coins(cost)}"}
            draw(terminal, [fields(lines, title=self.title)], err=True)
        if not self.yes:
            self._ask(costs)
        self._given = True

    def _ask(self, costs: dict[str, Any]) -> None:
        if not interactive():
            raise ConsentMissingError(self.title, costs)
        if not click.confirm("Send it?", default=False, err=True):
            raise DeclinedError("nothing was sent")


def interactive() -> bool:
    """Whether somebody is at the terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()
