"""Two honest CPUs that round differently: their results differ, and neither loses its bond.

The example models run on this machine's processor and, emulated, on two older generations, in the
session that the worker's sandboxed process uses. `Haswell` has AVX2 like most machines of today;
`Nehalem` has SSE alone, so other kernels compute there, which round otherwise.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from assay.jobs import Status
from assay.terms import Numerics
from assay.tolerance import SUPPORT, payloads_close
from examples.models import diabetes, digits
from examples.models.export import ExampleModel
from tests.conftest import STAKE
from tests.support.protocol import version

QEMU = "qemu-x86_64"
ROOT = Path(__file__).resolve().parents[2]
ROWS = 12
RECIPES = {"digits": digits, "diabetes": diabetes}

pytestmark = [
    pytest.mark.skipif(
        shutil.which(QEMU) is None, reason=f"{QEMU} is not installed (Debian package qemu-user)"
    ),
    pytest.mark.skipif(
        platform.machine() != "x86_64", reason="this Python is not built for x86-64"
    ),
]

Results = dict[str, list[bytes]]
"""By model: the payload of each held-out row."""


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ExampleModel]:
    folder = tmp_path_factory.mktemp("models")
    return {name: recipe.build(folder) for name, recipe in RECIPES.items()}


def run_on(models: dict[str, ExampleModel], *emulator: str) -> Results:
    """The models' results for their first held-out rows, on the processor emulated, if any."""
    rows = {str(model.artefact): model.test.rows[:ROWS].tolist() for model in models.values()}
    # The emulator wants the interpreter itself, which knows nothing of the virtual environment.
    interpreter = os.path.realpath(sys.executable)
    packages = os.pathsep.join([str(ROOT), sysconfig.get_paths()["purelib"]])
    done = subprocess.run(
        [*emulator, interpreter, "-m", "tests.support.run_models"],
        input=json.dumps(rows),
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": packages},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    answer = json.loads(done.stdout)
    return {
        name: [bytes.fromhex(payload) for payload in answer[str(model.artefact)]]
        for name, model in models.items()
    }


@pytest.fixture(scope="module")
def here(models: dict[str, ExampleModel]) -> Results:
    return run_on(models)


@pytest.fixture(scope="module")
def nehalem(models: dict[str, ExampleModel]) -> Results:
    return run_on(models, QEMU, "-cpu", "Nehalem")


@pytest.fixture(scope="module")
def haswell(models: dict[str, ExampleModel]) -> Results:
    return run_on(models, QEMU, "-cpu", "Haswell")


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("cpu", ["nehalem", "haswell"])
def test_payloads_close__another_cpu__within_the_published_tolerance(
    name, cpu, models, here, request
):
    elsewhere = request.getfixturevalue(cpu)
    pairs = list(zip(here[name], elsewhere[name], strict=True))
    assert len(pairs) == ROWS
    far = [
        row
        for row, (one, other) in enumerate(pairs)
        if not payloads_close(one, other, models[name].tolerance, SUPPORT)
    ]
    assert not far


@pytest.mark.parametrize("name", RECIPES)
def test_reveal__results_of_two_cpus__both_right_and_paid(
    name, models, here, nehalem, publish, post, protocol, trio, anyone
):
    tolerance = models[name].tolerance
    declared = version(Numerics.TOLERANCE, atol=tolerance.atol, rtol=tolerance.rtol)
    pairs = zip(here[name], nehalem[name], strict=True)
    differing = [(ours, theirs) for ours, theirs in pairs if ours != theirs]
    assert differing, "both CPUs round every row alike, so this shows nothing: take other rows"
    ours, theirs = differing[0]
    credit = [protocol.credit(worker.account) for worker in trio[:2]]

    job = post(version=publish(declared))
    job.draw()
    first, second = job.commit(trio[0], ours), job.commit(trio[1], theirs)
    job.end_commits()
    job.reveal(first)
    job.reveal_near(second, ours)
    assert job.view.status is Status.DECIDED
    job.end_reveals()
    job.claim(first, first.revealed(), sender=anyone)
    job.claim(second, second.revealed(ours), sender=anyone)
    job.close(sender=anyone)

    assert [protocol.free_stake(worker) for worker in trio[:2]] == [STAKE] * 2
    earned = [
        protocol.credit(worker.account) - before
        for worker, before in zip(trio[:2], credit, strict=True)
    ]
    seat_fee = job.request.terms.seat_fee * protocol.unit
    assert (
        earned == [seat_fee * (10_000 - 500 - 250) // 10_000] * 2
    )  # less royalty and protocol fee
