"""Writes tests/vectors/consumers.json: what the example models say, for the contracts that ask.

    python -m tests.support.record_consumers

Training ends elsewhere on another processor, so the results are recorded, not compared bit by bit:
tests/unit/test_consumer_vectors.py says what must hold of them anywhere.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnxruntime

from assay import tensors
from examples.models import digits, volatility
from examples.models.export import ExampleModel
from examples.models.garch import simulate
from scripts.vectors.vector_file import FOLDER, Json, render

NAME = "consumers.json"
_WAD = 10**18
_STEP = 10**6
"""Returns are kept with 12 decimals."""
_DIGITS = 10


def prices(seed: int) -> list[int]:
    """A simulated price before each return of a window and after the last, 18 decimals."""
    path = simulate(1, volatility.WINDOW, seed).returns[0]
    return [int(2_000 * _WAD * np.exp(total)) for total in np.cumsum([0.0, *path])]


def returns(observed: list[int]) -> list[int]:
    """Log returns as a contract keeps them, 18 decimals, cut to 12."""
    with localcontext() as context:
        context.prec = 60
        logs = [int((Decimal(price) / _WAD).ln() * _WAD) for price in observed]
    steps = [after - before for before, after in pairwise(logs)]
    return [int(Decimal(step) / _STEP) * _STEP for step in steps]


def question(observed: list[int]) -> bytes:
    """The payload that asks about prices."""
    row = [float(Decimal(step) / _WAD) for step in returns(observed)]
    return tensors.encode([np.array([row], dtype=np.float32)])


def result(model: ExampleModel, payload: bytes) -> bytes:
    """What a worker answers."""
    session = onnxruntime.InferenceSession(
        model.artefact.read_bytes(), providers=["CPUExecutionProvider"]
    )
    (input_,) = session.get_inputs()
    (rows,) = tensors.decode(payload)
    return tensors.encode([session.run(None, {input_.name: rows})[0]])


def volatility_case(model: ExampleModel, seed: int) -> Json:
    observed = prices(seed)
    payload = question(observed)
    answer = result(model, payload)
    ((value,),) = tensors.decode(answer)[0]
    return {
        "prices": [str(price) for price in observed],
        "question": "0x" + payload.hex(),
        "result": "0x" + answer.hex(),
        "volatility": str(round(Decimal(float(value)) * _WAD)),
    }


def digit_case(model: ExampleModel, row: int) -> Json:
    payload = tensors.encode([model.test.rows[row][np.newaxis]])
    answer = result(model, payload)
    probabilities = tensors.decode(answer)[0][0]
    label = int(np.argmax(probabilities))
    return {
        "question": "0x" + payload.hex(),
        "result": "0x" + answer.hex(),
        "label": label,
        "likelihood": str(round(Decimal(float(probabilities[label])) * _WAD)),
        "truth": int(model.test.targets[row]),
    }


def main() -> None:
    """Train both models, ask them and write what they say."""
    with TemporaryDirectory() as folder:
        market, pictures = volatility.build(Path(folder)), digits.build(Path(folder))
        sections = {
            "volatility": [volatility_case(market, seed) for seed in range(6)],
            "digits": [digit_case(pictures, row) for row in range(_DIGITS)],
        }
    (FOLDER / NAME).write_text(render(sections), encoding="utf-8")


if __name__ == "__main__":
    main()
