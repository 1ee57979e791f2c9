"""The example models: trained, exported, fetched, run, and right about rows they never saw."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assay.artefacts.settings import ArtefactSettings
from assay.artefacts.sources import FileSource
from assay.artefacts.store import ArtefactStore
from assay.manifest import Manifest, manifest_uri
from assay.tensors import DataType, TensorSpec, decode, encode
from examples.models import diabetes, digits, volatility
from examples.models.export import ExampleModel
from worker.executor.executor import Executor
from worker.executor.outcomes import Result
from worker.executor.settings import ExecutorSettings


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def digits_model(folder: Path) -> ExampleModel:
    return digits.build(folder)


@pytest.fixture(scope="module")
def diabetes_model(folder: Path) -> ExampleModel:
    return diabetes.build(folder)


@pytest.fixture(scope="module")
def volatility_model(folder: Path) -> ExampleModel:
    return volatility.build(folder)


def answers(model: ExampleModel, cache: Path, rows: int) -> np.ndarray:  # type: ignore[type-arg]
    """The vouched results [rows, outputs], by the same road as a worker's."""
    settings = ArtefactSettings(cache_dir=cache)
    store = ArtefactStore(settings, {"file": FileSource([model.artefact.parent])})
    fetched = store.fetch(model.sha256, model.manifest.digest, [model.artefact.as_uri()])
    results = []
    with Executor(ExecutorSettings()) as executor:
        for row in model.test.rows[:rows]:
            outcome = executor.vouch(fetched, encode([row[np.newaxis]]), model.tolerance)
            assert isinstance(outcome, Result), outcome
            (output,) = decode(outcome.payload)
            results.append(output[0])
    return np.stack(results)


def test_digits__held_out_rows__labelled_right(digits_model: ExampleModel, tmp_path: Path) -> None:
    probabilities = answers(digits_model, tmp_path, 100)
    assert probabilities.shape == (100, 10)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert np.mean(probabilities.argmax(axis=1) == digits_model.test.targets[:100]) >= 0.93


def test_diabetes__held_out_rows__better_than_the_mean(
    diabetes_model: ExampleModel, tmp_path: Path
) -> None:
    predicted = answers(diabetes_model, tmp_path, 100)[:, 0]
    targets = diabetes_model.test.targets[:100]
    assert np.square(predicted - targets).mean() < 0.8 * np.var(targets)


def test_volatility__held_out_paths__better_than_their_standard_deviation(
    volatility_model: ExampleModel, tmp_path: Path
) -> None:
    predicted = answers(volatility_model, tmp_path, 400)[:, 0]
    test = volatility_model.test
    naive = 100 * test.rows[:400].std(axis=1)
    errors = [np.square(guess - test.targets[:400]).mean() for guess in (predicted, naive)]
    assert errors[0] < 0.75 * errors[1]
    assert predicted.min() > 0


def test_volatility__signature__window_in_one_number_out(volatility_model: ExampleModel) -> None:
    manifest = volatility_model.manifest
    (returns,), (answer,) = manifest.inputs, manifest.outputs
    assert returns == TensorSpec("returns", DataType.FLOAT, (1, volatility.WINDOW))
    assert (answer.dtype, answer.shape) == (DataType.FLOAT, (1, 1))


def test_digits__signature__one_row_in_probabilities_out(digits_model: ExampleModel) -> None:
    manifest = digits_model.manifest
    assert manifest.inputs == (TensorSpec("pixels", DataType.FLOAT, (1, 64)),)
    assert manifest.outputs == (TensorSpec("probabilities", DataType.FLOAT, (1, 10)),)


def test_export__manifest_file__beside_the_artefact(digits_model: ExampleModel) -> None:
    beside = Path(manifest_uri(str(digits_model.artefact)))
    assert Manifest.parse(beside.read_bytes()) == digits_model.manifest


def test_build__same_seed__same_bytes(digits_model: ExampleModel, tmp_path: Path) -> None:
    again = digits.build(tmp_path)
    assert again.sha256 == digits_model.sha256
    assert again.manifest == digits_model.manifest
    assert again.tolerance == digits_model.tolerance


def test_build__another_seed__another_model(diabetes_model: ExampleModel, tmp_path: Path) -> None:
    assert diabetes.build(tmp_path, seed=1).sha256 != diabetes_model.sha256


def test_build__tolerance__wide_enough_and_no_wider_than_it_matters(
    digits_model: ExampleModel, diabetes_model: ExampleModel, volatility_model: ExampleModel
) -> None:
    assert 0 < digits_model.tolerance.atol_value < 1e-4  # of a probability
    assert 0 < diabetes_model.tolerance.atol_value < 0.1  # of 25 to 346
    assert 0 < volatility_model.tolerance.atol_value < 0.01  # of 0.1 to 2
