"""Which of the things that wait is fetched next."""

from __future__ import annotations

from eth_typing import ChecksumAddress

from assay.terms import Numerics
from assay.versions import Version
from tests.unit.worker_jobs import ANN, BOB, CID
from worker.fetch_queue import FetchQueue
from worker.line import Waiting

VERSION = Version(artefact=bytes(32), manifest=bytes(32), numerics=Numerics.EXACT)


def job(number: int, deadline: int, requester: ChecksumAddress = ANN) -> Waiting:
    return Waiting(deadline, bytes([number]) * 32, VERSION, b"", None, requester)


def queue(*things: tuple[str, Waiting], each: int = 2) -> FetchQueue[str]:
    made = FetchQueue[str](each)
    for key, one in things:
        made.add(key, [one])
    return made


def test_take__several_wait__the_earliest_deadline_first_and_a_bond_before_all() -> None:
    waiting = queue(("late", job(1, 30)), ("soon", job(2, 10)), ("bond", job(3, 0)), each=9)
    assert [waiting.take() for _ in range(3)] == ["bond", "soon", "late"]


def test_take__somebody_more_urgent_joins__the_thing_is_as_urgent_as_he_is() -> None:
    waiting = queue(("shared", job(1, 30)), ("soon", job(2, 20)), ("shared", job(3, 10)))
    assert waiting.take() == "shared"


def test_take__as_many_of_one_requester_as_may_be__another_s_first() -> None:
    urgent = [(f"ann {number}", job(number, number)) for number in range(3)]
    waiting = queue(*urgent, ("bob", job(9, 90, BOB)))
    assert [waiting.take() for _ in range(3)] == ["ann 0", "ann 1", "bob"]
    waiting.finish("ann 0")
    assert waiting.take() == "ann 2"


def test_take__shared_with_one_who_has_as_many_as_may_be__taken_for_the_other() -> None:
    """Naming another's input takes none of his turns from him."""
    waiting = queue(("ann", job(1, 1)), ("shared", job(2, 2)), ("shared", job(3, 90, BOB)), each=1)
    assert [waiting.take(), waiting.take()] == ["ann", "shared"]


def test_finish__joined_while_it_was_fetched__all_who_waited() -> None:
    waiting = queue(("x", job(1, 1)))
    waiting.take()
    waiting.add("x", [job(2, 2)])
    assert waiting.finish("x") == [job(1, 1), job(2, 2)]


def test_put_back__nothing_else_is_fetched__not_so() -> None:
    waiting = queue(("x", job(1, 1)))
    waiting.take()
    assert not waiting.put_back("x")
    assert waiting.finish("x") == [job(1, 1)]


def test_put_back__something_else_is_fetched__after_that_is_finished() -> None:
    waiting = queue(("other", job(1, 1)), ("x", job(2, 2)))
    assert [waiting.take(), waiting.take()] == ["other", "x"]
    assert waiting.put_back("x")
    waiting.add("last", [job(3, 90)])
    assert waiting.take() == "last"
    waiting.finish("other")
    assert waiting.take() == "x"


def test_finish__something_was_put_back__it_goes_before_what_is_more_urgent() -> None:
    """Else whoever keeps a host busy with ever more urgent things would have it for himself."""
    waiting = queue(("other", job(1, 1)), ("x", job(2, 2, BOB)))
    assert [waiting.take(), waiting.take()] == ["other", "x"]
    assert waiting.put_back("x")
    waiting.add("urgent", [job(3, 0)])
    waiting.finish("other")
    assert [waiting.take(), waiting.take()] == ["x", "urgent"]


def test_drop__what_was_let_go_of_is_late__what_is_still_put_back_is_taken() -> None:
    waiting = FetchQueue[str](1)
    for number, (key, deadline) in enumerate((("other", 90), ("late", 10), ("x", 90))):
        waiting.add(key, [job(number, deadline, (ANN, BOB, CID)[number])])
    assert [waiting.take() for _ in range(3)] == ["late", "other", "x"]
    assert waiting.put_back("late")
    assert waiting.put_back("x")
    waiting.finish("other")  # lets go of one of them
    waiting.drop(11)
    assert waiting.take() == "x"


def test_drop__late_jobs__what_nobody_waits_for_is_not_taken() -> None:
    waiting = queue(("x", job(1, 10)), ("y", job(2, 30)), ("z", job(3, 10)))
    assert waiting.take() == "x"
    assert waiting.drop(11) == [job(3, 10), job(1, 10)]
    assert waiting.finish("x") == []
    assert waiting.take() == "y"


def test_put_back__nobody_waits_any_more__forgotten() -> None:
    waiting = queue(("other", job(1, 90)), ("x", job(2, 10)))
    assert {waiting.take(), waiting.take()} == {"other", "x"}
    waiting.drop(11)
    assert waiting.put_back("x")
    waiting.finish("other")
    waiting.add("y", [job(3, 90)])
    assert waiting.take() == "y"
