"""What tests/vectors/consumers.json records of the example models, on whatever machine this is."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assay import tensors
from examples.models import digits, volatility
from examples.models.export import ExampleModel
from tests.support import record_consumers

PATH = Path(__file__).parents[1] / "vectors" / record_consumers.NAME
RECORDED: dict[str, list[dict[str, Any]]] = json.loads(PATH.read_text(encoding="utf-8"))


def data(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def value(text: str) -> float:
    return float(Decimal(text) / 10**18)


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> ExampleModel:
    return volatility.build(tmp_path_factory.mktemp("market"))


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> ExampleModel:
    return digits.build(tmp_path_factory.mktemp("pictures"))


def test_volatility__questions__made_of_the_prices() -> None:
    for seed, case in enumerate(RECORDED["volatility"]):
        prices = [int(price) for price in case["prices"]]
        assert record_consumers.question(prices) == data(case["question"])
        simulated = record_consumers.prices(seed)
        np.testing.assert_allclose(np.array(prices, float), np.array(simulated, float), rtol=1e-9)


def test_volatility__results__the_number_recorded() -> None:
    for case in RECORDED["volatility"]:
        ((found,),) = tensors.decode(data(case["result"]))[0]
        assert float(found) == pytest.approx(value(case["volatility"]), abs=1e-18)


def test_volatility__model_trained_here__about_the_same(market: ExampleModel) -> None:
    for case in RECORDED["volatility"]:
        answer = record_consumers.result(market, data(case["question"]))
        ((found,),) = tensors.decode(answer)[0]
        assert found == pytest.approx(value(case["volatility"]), rel=0.2)


def test_digits__results__label_and_likelihood_recorded() -> None:
    for case in RECORDED["digits"]:
        probabilities = tensors.decode(data(case["result"]))[0][0]
        assert probabilities.shape == (10,)
        assert int(np.argmax(probabilities)) == case["label"]
        assert float(probabilities.max()) == pytest.approx(value(case["likelihood"]), abs=1e-18)


def test_digits__model_trained_here__nearly_always_the_same_label(pictures: ExampleModel) -> None:
    answers = [
        record_consumers.result(pictures, data(case["question"])) for case in RECORDED["digits"]
    ]
    labels = [int(np.argmax(tensors.decode(answer)[0][0])) for answer in answers]
    same = [found == case["label"] for found, case in zip(labels, RECORDED["digits"], strict=True)]
    assert sum(same) >= len(same) - 1
