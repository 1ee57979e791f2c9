"""The cycle: read the chain, decide about the jobs that ask for it, act, and again."""

from __future__ import annotations

import math
import time

import structlog

from assay.rpc import RpcError, UnreachableRpcError
from worker.chain import Header
from worker.errors import NodeBehindError, ReorganisedError
from worker.intake import News
from worker.parts import Parts
from worker.sender import Seat
from worker.turn import Turn, hold

_KEPT_BLOCKS = 1_024
_BLOCKS_BETWEEN_PRUNINGS = 256
_FIRST_RETRY_SECONDS = 0.25
_LONGEST_RETRY_SECONDS = 5.0
_CYCLES_OF_A_NODE = 3
"""That may fail in a row, although it answers, before another node is asked."""


class Daemon:
    """One worker at work. Not thread-safe, but for `stop`."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        """What it is made of, to look at."""
        self._stopping = False
        self._owed = True
        """Whether there is a block that no turn has been taken at."""
        self._attempts = 0
        self._pruned_at = 0
        self._missed: set[Seat] = set()
        """Whose logs were left out; read again once."""
        self._log = structlog.get_logger(__name__)

    def run(self) -> None:
        """Work until `stop` is called, whatever goes wrong meanwhile."""
        if self.parts.heads is not None:
            self.parts.heads.start()
        self._log.info("working", worker=self.parts.worker, jobs=len(self.parts.board.live))
        while not self._stopping:
            self._pause(self._guarded_cycle())
        self._log.info("stopped")

    def run_until_idle(self) -> None:
        """Work until nothing is left to do now. Raises what a cycle raises."""
        while self.cycle(flush=True) or not self._is_idle():
            self._pause(self.parts.pace.pause(math.inf))

    def stop(self) -> None:
        """Make `run` return after the cycle under way. May be called from another thread."""
        self._stopping = True
        self.parts.wake.set()

    def close(self) -> None:
        """Let go of the store, the node and the model processes."""
        if self.parts.heads is not None:
            self.parts.heads.close()
        self.parts.computations.close()
        self.parts.chain.close()
        self.parts.store.close()

    def cycle(self, *, flush: bool = False) -> bool:
        """One look at the chain and what follows from it; whether anything was done.

        `flush` takes back votes at once instead of gathering them. Raises RpcError,
        ReorganisedError and NodeBehindError; the next cycle goes on where this one stopped.
        """
        head, moved = self._read()
        self._owed = self._owed or moved
        collected = self._collect(head)
        if not (self._owed or self.parts.board.is_touched or flush):
            return False
        if self._owed:
            hold(self.parts, self.parts.sender.follow(head), head)
            self._require_seats_told()
        acted = Turn(self.parts, head).take(flush=flush)
        self._owed = False
        self._prune(head)
        return acted or collected

    def _read(self) -> tuple[Header, bool]:
        parts, moved = self.parts, False
        while True:
            news = parts.intake.read()
            self._follow(news)
            moved = moved or news.moved
            if not news.more:
                break
        parts.draws.see(news.head)
        parts.pace.see(news.head, time.monotonic())
        parts.clock.see(news.head, parts.pace.block_seconds, time.monotonic(), time.time())
        return news.head, moved

    def _follow(self, news: News) -> None:
        self.parts.board.follow(news)
        if news.undone:
            self.parts.draws.forget()
        for job_id in news.undone:
            self.parts.holds.forget(job_id)
            self.parts.seats_left.forget(job_id)
            self.parts.computations.forget(job_id)

    def _require_seats_told(self) -> None:
        """Nodes leave logs out now and then. Of a seat without its log no vote would be revealed.

        Raises NodeBehindError, so that it is read again, from another node if there is one.
        """
        for seat in self.parts.sender.seats:
            state = self.parts.board.get(seat.job_id)
            if state is None or (seat.round, self.parts.worker) in state.votes:
                continue
            if seat in self._missed:
                continue
            self._missed.add(seat)
            news = self.parts.intake.read_again(seat.block_number)
            if news is not None:
                self._follow(news)
                raise NodeBehindError(
                    f"block {seat.block_number} has a commitment or proposal of this worker that "
                    "the node told no log of"
                )

    def _collect(self, head: Header) -> bool:
        """Keep what has been computed: before anything is committed to."""
        self.parts.computations.drop_late(head.timestamp)
        for job_id in self.parts.computations.rested():
            self.parts.board.touch(job_id)
        collected = self.parts.computations.collect()
        for job_id, outcome in collected:
            if outcome is None:
                self.parts.board.wake(job_id, head.timestamp + 1)
            else:
                self.parts.store.outcomes.keep(job_id, outcome)
                self.parts.board.touch(job_id)
        return bool(collected)

    def _prune(self, head: Header) -> None:
        if head.number >= self._pruned_at + _BLOCKS_BETWEEN_PRUNINGS:
            self.parts.store.prune(head.number - _KEPT_BLOCKS)
            self._pruned_at = head.number

    def _is_idle(self) -> bool:
        cursor = self.parts.store.history.cursor()
        in_flight = self.parts.store.outbox.in_flight(cursor.number if cursor else 0)
        return self.parts.computations.idle and not in_flight

    def _pause(self, seconds: float) -> None:
        self.parts.wake.wait(seconds)
        self.parts.wake.clear()

    def _guarded_cycle(self) -> float:
        """A cycle that survives what goes wrong in it; returns how long to wait for the next."""
        try:
            self.cycle()
        except NodeBehindError as error:
            self._log.info("reading again", reason=str(error))
            self.parts.chain.turn_away()
        except ReorganisedError as error:
            self._log.info("reading again", reason=str(error))
        except UnreachableRpcError as error:
            return self._wait_out(str(error))
        except RpcError as error:
            return self._wait_out(str(error), of_the_node=True)
        except Exception:  # noqa: BLE001 - a daemon that stops misses reveals, and loses bonds
            self._log.exception("cycle failed")
            return self._wait_out("an unexpected error", of_the_node=True)
        if self._attempts:
            self._log.info("going on", after_attempts=self._attempts)
            self._attempts = 0
        heads = self.parts.heads
        listening = heads is not None and heads.alive
        return self.parts.pace.pause(time.monotonic(), listening=listening)

    def _wait_out(self, reason: str, *, of_the_node: bool = False) -> float:
        """How long to wait. `of_the_node`: what it answers may be at fault."""
        if not self._attempts:
            self._log.warning("waiting", reason=reason)
        self._attempts += 1
        if of_the_node and self._attempts % _CYCLES_OF_A_NODE == 0:
            self.parts.chain.turn_away()
        seconds = _FIRST_RETRY_SECONDS * math.exp2(min(self._attempts, 10))
        return min(seconds, _LONGEST_RETRY_SECONDS)
