"""A worker that lies: it runs the model like any other and turns the answer around.

    python -m scripts.demo.liar -c CONFIG

Everything but the answer is the product's own code.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from assay.tensors import decode, encode
from assay.versions import Version
from worker import app, logs, signals
from worker.executor.outcomes import Outcome, Result
from worker.inference import ModelInference
from worker.settings import load


class Lying:
    """Answers with one minus the honest result."""

    def __init__(self, honest: ModelInference) -> None:
        self._honest = honest

    def batches(self, version: Version) -> bool:
        return self._honest.batches(version)

    def has(self, version: Version) -> bool:
        return self._honest.has(version)

    def fetch(self, version: Version) -> None:
        self._honest.fetch(version)

    def infer(self, version: Version, payloads: Sequence[bytes]) -> list[Outcome]:
        return [_turned(outcome) for outcome in self._honest.infer(version, payloads)]

    def close(self) -> None:
        self._honest.close()


def _turned(outcome: Outcome) -> Outcome:
    if not isinstance(outcome, Result):
        return outcome
    lie = encode([1 - array for array in decode(outcome.payload)])
    return dataclasses.replace(outcome, payload=lie)


def main(config: Path) -> None:
    settings = load(config)
    logs.configure(settings)
    with (
        closing(app.build(settings, Lying(ModelInference(settings)))) as daemon,
        signals.answered(lambda _: daemon.stop()),
    ):
        daemon.run()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m scripts.demo.liar")
    parser.add_argument("-c", dest="config", type=Path, required=True)
    main(parser.parse_args().config)
