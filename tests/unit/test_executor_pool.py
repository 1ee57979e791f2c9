"""The pool of warm children, with children that only remember what happened to them."""

from __future__ import annotations

import threading
from typing import cast

import pytest

from worker.executor.errors import ChildStartError, ExecutorClosedError
from worker.executor.loaded import LoadedModel
from worker.executor.pool import ChildPool


class FakeChild:
    def __init__(self) -> None:
        self.usable = True
        self.killed = False

    def kill(self) -> None:
        self.usable, self.killed = False, True


def start() -> LoadedModel:
    return cast(LoadedModel, FakeChild())


def killed(child: LoadedModel) -> bool:
    return cast(FakeChild, child).killed


def forbidden() -> LoadedModel:
    raise AssertionError("no child should be started")


def test_borrow__returned_child_of_the_key__lent_again() -> None:
    pool = ChildPool(2)
    child = pool.borrow("a", start)
    pool.give_back("a", child)
    assert pool.borrow("a", forbidden) is child


def test_borrow__key_that_is_lent_already__a_second_child() -> None:
    pool = ChildPool(2)
    assert pool.borrow("a", start) is not pool.borrow("a", start)


def test_borrow__full__the_one_unused_for_longest_makes_room() -> None:
    pool = ChildPool(2)
    first, second = pool.borrow("a", start), pool.borrow("b", start)
    pool.give_back("a", first)
    pool.give_back("b", second)
    pool.give_back("a", pool.borrow("a", forbidden))
    pool.borrow("c", start)
    assert (killed(first), killed(second)) == (False, True)


def test_borrow__all_lent__waits_until_one_comes_back() -> None:
    pool = ChildPool(1)
    first = pool.borrow("a", start)
    lent: list[LoadedModel] = []
    waiting = threading.Thread(target=lambda: lent.append(pool.borrow("a", forbidden)))
    waiting.start()
    assert lent == []
    pool.give_back("a", first)
    waiting.join(30)
    assert lent == [first]


def test_borrow__start_fails__its_place_is_free_again() -> None:
    pool = ChildPool(1)

    def fail() -> LoadedModel:
        raise ChildStartError("no interpreter")

    for _ in range(3):
        with pytest.raises(ChildStartError):
            pool.borrow("a", fail)
    assert pool.borrow("a", start).usable


def test_give_back__child_that_is_not_usable__killed_and_replaced() -> None:
    pool = ChildPool(1)
    broken = pool.borrow("a", start)
    broken.usable = False
    pool.give_back("a", broken)
    assert killed(broken)
    assert pool.borrow("a", start) is not broken


def test_close__idle_and_lent_children__all_killed() -> None:
    pool = ChildPool(2)
    idle, lent = pool.borrow("a", start), pool.borrow("b", start)
    pool.give_back("a", idle)
    pool.close()
    assert (killed(idle), killed(lent)) == (True, False)
    pool.give_back("b", lent)
    assert killed(lent)


def test_close__somebody_waits__refused() -> None:
    pool = ChildPool(1)
    pool.borrow("a", start)
    refusals: list[BaseException] = []

    def wait() -> None:
        try:
            pool.borrow("a", forbidden)
        except ExecutorClosedError as error:
            refusals.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    pool.close()
    waiting.join(30)
    assert len(refusals) == 1


def test_pool__no_room_for_any_child__refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        ChildPool(0)
