"""The demo's verdict names each fault, and its figures are what they say."""

from dataclasses import replace

import numpy as np
import pytest

from scripts.demo.findings import Balance, Earnings, Guarded, Judged, closeness
from scripts.demo.follow import Course
from scripts.demo.report import figures, verdict

PROBABILITIES = np.array([[0.1, 0.9]], np.float32)
RIGHT = Judged("digits", PROBABILITIES, truth=1, agrees=True)
HONEST = Earnings("worker 1", lies=False, seats=3, right=3, fees=30, bonds_lost=0)
LIAR = Earnings("liar", lies=True, seats=2, right=0, fees=0, bonds_lost=200)
GUARDED = Guarded(proposed=9, lies=2, appealed=2, overturned=2, doubted=0)
BOOKS = Balance(held=1_000, credit=300, stake=600, burned=100)


def test_verdict__all_as_it_should_be__empty():
    assert verdict([RIGHT], [HONEST, LIAR], GUARDED, BOOKS) == []


def test_verdict__answer_is_not_the_models__names_model_and_answer():
    (fault,) = verdict([RIGHT, replace(RIGHT, agrees=False)], [HONEST, LIAR], GUARDED, BOOKS)
    assert fault == ("a job for digits settled on [0.1 0.9], which is not what the model answers")


def test_verdict__right_answer_of_a_model_that_errs__no_fault():
    assert verdict([replace(RIGHT, truth=0)], [HONEST, LIAR], GUARDED, BOOKS) == []


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (replace(LIAR, bonds_lost=0), "the liar kept its bonds"),
        (replace(LIAR, seats=0, bonds_lost=0), "the liar was never drawn"),
        (replace(LIAR, right=1), "the liar was found right in 1 seats"),
        (replace(HONEST, bonds_lost=100), "worker 1 is honest and lost 100 wei"),
        (replace(HONEST, appeals=1, rewards=-7), "worker 1 is honest and lost 7 wei"),
    ],
)
def test_verdict__one_worker__named_with_its_fault(entry, fault):
    others = [HONEST if entry.lies else LIAR]
    assert verdict([RIGHT], [entry, *others], GUARDED, BOOKS) == [fault]


@pytest.mark.parametrize(
    ("guarded", "fault"),
    [
        (replace(GUARDED, appealed=1, overturned=1), "only 1 of 2 proposed lies were appealed"),
        (replace(GUARDED, overturned=1), "1 of the appealed lies stood"),
        (replace(GUARDED, doubted=3), "3 true answers were appealed"),
    ],
)
def test_verdict__proposals__each_fault_counted(guarded, fault):
    assert verdict([RIGHT], [HONEST, LIAR], guarded, BOOKS) == [fault]


def test_figures__optimistic_jobs__only_in_the_time_of_the_daemons():
    jobs = [Course(posted=10, answered=14)] * 3 + [Course(posted=10, answered=99, optimistic=True)]
    found = figures(jobs, cpu_seconds=[0.040])
    assert (found.jobs, found.blocks_median, found.overhead_ms) == (4, 4, 10)


@pytest.mark.parametrize("held", [999, 1_001])
def test_verdict__a_wei_too_few_or_too_many__says_what_is_held_and_owed(held):
    faults = verdict([RIGHT], [HONEST, LIAR], GUARDED, replace(BOOKS, held=held))
    assert faults == [f"the vault holds {held} wei and owes 1000"]


def test_verdict__several_faults__all_of_them():
    wrong = replace(RIGHT, agrees=False)
    earned = [replace(HONEST, bonds_lost=1), replace(LIAR, bonds_lost=0)]
    assert len(verdict([wrong, wrong], earned, GUARDED, replace(BOOKS, burned=0))) == 5


def test_figures__blocks_and_time__per_job_at_the_median():
    jobs = [Course(posted=10, answered=10 + blocks) for blocks in (3, 4, 4, 5, 24)]
    found = figures(jobs, cpu_seconds=[0.010, 0.050, 0.400])
    assert (found.jobs, found.blocks_median, found.overhead_ms) == (5, 4, 10)
    assert found.blocks_p95 == pytest.approx(20.2)


def test_closeness__labels_and_numbers__accuracy_and_mean_error():
    judged = [
        RIGHT,
        replace(RIGHT, truth=0),
        Judged("diabetes", np.array([[150.0]], np.float32), truth=140, agrees=True),
        Judged("diabetes", np.array([[100.0]], np.float32), truth=130, agrees=True),
    ]
    assert closeness(judged) == (0.5, 20.0)
