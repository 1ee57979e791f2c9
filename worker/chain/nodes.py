"""Several nodes of one chain, used as if they were one: the first that is well."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog

from assay.deadlines import within
from assay.rpc import RpcError, UnreachableRpcError
from worker.chain.node import Call, Node, RateLimitedError, Refusal

_FIRST_REST_SECONDS = 1.0
_SLOW_REST_SECONDS = 30.0
"""At least, after an answer that was waited for in vain."""
_LONGEST_REST_SECONDS = 60.0
_TIMES = 3
"""That a question is asked at most, before the node counts as away."""
_SECONDS_TO_ASK_AGAIN_IN = 2.0
_SECONDS_FOR_OTHERS = 3.0
"""For an answer of a node that is not in use: everything else waits for it."""
_FAILURES_UNTIL_STRANGE = 3
_STRANGER_RESTS_SECONDS = 600.0
_SECONDS_BETWEEN_COMPARISONS = 15.0
_COMPARISONS_UNTIL_LATE = 2
_ENOUGH_TO_OUTVOTE = 3
_SECONDS_AWAY = 60.0
"""How long the other nodes are preferred to one that was turned away."""
_MOST_SECONDS_AHEAD = 60
"""A head that claims to come from further in the future is no head to go by."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a node has to show before it is believed: that it is on the chain of the deployment."""

    chain_id: int
    genesis_hash: bytes


class _Member:
    """A node, and how it has done."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.known = False
        """Whether it has shown its chain since it was last away for long."""
        self.failures = 0
        """In a row."""
        self.rests_until = 0.0
        self.rest_seconds = 0.0
        self.late = False
        self.comparisons_lost = 0
        self.away_until = 0.0

    def fail(self, now: float, error: UnreachableRpcError, took: float = 0.0) -> None:
        """`took` is how many seconds it was waited for."""
        self.failures += 1
        if self.failures >= _FAILURES_UNTIL_STRANGE:
            self.known = False  # it may have been replaced by another
        if isinstance(error, RateLimitedError):
            self.rests_until = now + error.seconds
            return
        least = _SLOW_REST_SECONDS if took > _SECONDS_TO_ASK_AGAIN_IN else _FIRST_REST_SECONDS
        self.rest_seconds = min(max(2 * self.rest_seconds, least), _LONGEST_REST_SECONDS)
        self.rests_until = now + self.rest_seconds

    def succeed(self) -> None:
        self.failures = 0
        self.rest_seconds = self.rests_until = 0.0


class Nodes:
    """Asks the first node, in the order given, that is neither resting, late nor turned away.

    One that does not answer, asked a few times, or wants to be left alone, rests for a while,
    longer each time, and the next is asked at once. Raises what `Node` raises, once no node is left
    to ask. All that a worker asks may be asked twice: its transactions bear their nonces.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        identity: Identity,
        max_lag: int,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """`max_lag` is how many blocks a node may be behind the others."""
        self._members = [_Member(node) for node in nodes]
        self._identity = identity
        self._max_lag = max_lag
        self._clock = clock
        self._wall_clock = wall_clock
        self._used: _Member | None = None
        self._compare_at = clock() + _SECONDS_BETWEEN_COMPARISONS
        self._log = structlog.get_logger(__name__)

    @property
    def host(self) -> str:
        """Where the node in use is, without what may be secret in its address."""
        return (self._used or self._members[0]).node.host

    def ask(self, method: str, *params: Any) -> Any:
        """The answer to one call."""
        self._compare()
        return self._try(lambda node: node.ask(method, *params))

    def ask_all(self, calls: Sequence[Call]) -> list[Any]:
        """The answers to several calls, all from one node. A call refused gives a Refusal."""
        return self._try(lambda node: node.ask_all(calls))

    def tell_all(self, calls: Sequence[Call]) -> list[Any]:
        """Hand something to every node: one may keep it to itself.

        A call is refused when all refuse it; the refusal is the first node's. Raises what the node
        in use does if no other answers either.
        """
        answers: list[Any] | None = None
        failure: RpcError | None = None
        try:
            answers = self.ask_all(calls)
        except RpcError as error:
            failure = error
        for member in self._members:
            if member is self._used or not self._is_well(member):
                continue
            told = self._ask(member, lambda node: node.ask_all(calls))
            if told is not None:
                answers = told if answers is None else _best(answers, told)
        if answers is None:
            assert failure is not None  # noqa: S101 - one of the two was set
            raise failure
        return answers

    def turn_away(self) -> None:
        """The node in use is behind, or answers nonsense: prefer the others for a while."""
        if self._used is not None and len(self._members) > 1:
            self._used.away_until = self._clock() + _SECONDS_AWAY
            self._log.warning("node turned away", node=self.host, seconds=_SECONDS_AWAY)

    def close(self) -> None:
        """Let go of the connections."""
        for member in self._members:
            member.node.close()

    def _try(self, ask: Callable[[Node], _T]) -> _T:
        error: UnreachableRpcError | None = None
        for member in self._in_order():
            began = self._clock()
            try:
                answer = self._patiently(member, ask)
            except UnreachableRpcError as failure:
                member.fail(self._clock(), failure, self._clock() - began)
                error = error or failure
                continue
            except RpcError:
                self._use(member)  # to be turned away, if it refuses too much
                raise
            member.succeed()
            self._use(member)
            return answer
        raise error or self._all_resting()

    def _patiently(self, member: _Member, ask: Callable[[Node], _T]) -> _T:
        """What the node answers, if it does so at once or when asked again.

        A cycle asks a dozen questions, so on a bad line some answer is lost in most of them. What
        takes its time to fail is an outage, and not repeated.
        """
        give_up = self._clock() + _SECONDS_TO_ASK_AGAIN_IN
        for _ in range(_TIMES - 1):
            try:
                self._require_known(member)
                return ask(member.node)
            except RateLimitedError:
                raise
            except UnreachableRpcError:
                if self._clock() > give_up:
                    raise
        self._require_known(member)
        return ask(member.node)

    def _in_order(self) -> list[_Member]:
        """Those that are well, then the late ones, then those turned away, the longest ago first.

        The one whose rest ends first if all rest; but a rest that a node has asked for is kept to.
        """
        now = self._clock()
        awake = [m for m in self._members if m.rests_until <= now]
        if awake:
            return sorted(awake, key=lambda m: (m.away_until if m.away_until > now else 0, m.late))
        failed = [member for member in self._members if member.rest_seconds]
        return sorted(failed, key=lambda member: member.rests_until)[:1]

    def _is_well(self, member: _Member) -> bool:
        return member.rests_until <= self._clock()

    def _all_resting(self) -> UnreachableRpcError:
        seconds = min(member.rests_until for member in self._members) - self._clock()
        return RateLimitedError(
            f"no node may be asked for another {seconds:.1f} s: name more of them in rpc_fallbacks",
            max(0.0, seconds),
        )

    def _require_known(self, member: _Member) -> None:
        """Raises UnreachableRpcError for a node that is on another chain."""
        if member.known:
            return
        node, identity = member.node, self._identity
        chain_id, genesis = node.ask_all(
            [("eth_chainId", ()), ("eth_getBlockByNumber", ("0x0", False))]
        )
        shown = _shown(chain_id, genesis)
        if shown is None:
            raise UnreachableRpcError(f"the node at {node.host} does not say what its chain is")
        if shown != identity:
            self._log.error(
                "node of another chain", node=node.host, chain_id=shown.chain_id,
                genesis=shown.genesis_hash, expected_chain_id=identity.chain_id,
                expected_genesis=identity.genesis_hash,
            )  # fmt: skip
            raise RateLimitedError(
                f"the node at {node.host} is of another chain: take it out of the settings",
                _STRANGER_RESTS_SECONDS,
            )
        member.known = True

    def _ask(self, member: _Member, ask: Callable[[Node], _T]) -> _T | None:
        """What a node answers that is not needed; None when it does not."""
        began = self._clock()
        try:
            with within(_SECONDS_FOR_OTHERS):
                self._require_known(member)
                return ask(member.node)
        except UnreachableRpcError as error:
            member.fail(self._clock(), error, self._clock() - began)
        except RpcError:
            pass  # it answers, if not to this
        return None

    def _use(self, member: _Member) -> None:
        if member is not self._used:
            if self._used is not None:
                self._log.warning("node changed", node=member.node.host, before=self.host)
            self._used = member

    # --- lag ---

    def _compare(self) -> None:
        """Now and then, see which nodes are behind the others."""
        if len(self._members) == 1 or self._clock() < self._compare_at:
            return
        self._compare_at = self._clock() + _SECONDS_BETWEEN_COMPARISONS
        heads = {member: self._head(member) for member in self._members if self._is_well(member)}
        known = sorted(head for head in heads.values() if head is not None)
        if not known:
            return
        # One of three or more that is ahead of all others may be making it up.
        best = known[-1] if len(known) < _ENOUGH_TO_OUTVOTE else known[-2]
        for member, head in heads.items():
            behind = head is None or head < best - self._max_lag
            member.comparisons_lost = member.comparisons_lost + 1 if behind else 0
            late = member.comparisons_lost >= _COMPARISONS_UNTIL_LATE
            if late and not member.late:
                self._log.warning("node is behind", node=member.node.host, head=head, best=best)
            member.late = late

    def _head(self, member: _Member) -> int | None:
        """The newest block of a node, or None if it cannot be believed."""
        block: Any = self._ask(
            member, lambda node: node.ask("eth_getBlockByNumber", "latest", False)
        )
        try:
            number, timestamp = int(block["number"], 16), int(block["timestamp"], 16)
        except (TypeError, KeyError, ValueError):
            return None
        return number if timestamp <= self._wall_clock() + _MOST_SECONDS_AHEAD else None


def _best(answers: Sequence[Any], others: Sequence[Any]) -> list[Any]:
    return [
        other if isinstance(answer, Refusal) else answer
        for answer, other in zip(answers, others, strict=True)
    ]


def _shown(chain_id: Any, genesis: Any) -> Identity | None:
    try:
        return Identity(int(chain_id, 16), bytes.fromhex(genesis["hash"].removeprefix("0x")))
    except (TypeError, KeyError, ValueError, AttributeError):
        return None
