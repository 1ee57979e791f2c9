"""Inputs by reference: fetched by worker daemons; what nobody can have costs nobody anything."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from threading import Event as Flag
from threading import Semaphore, Thread
from typing import Any

import numpy as np
import pytest

from assay import RemoteInput
from assay.answers import JobRefundedError
from assay.artefacts.errors import ArtefactUnavailableError
from assay.artefacts.settings import ArtefactSettings
from assay.client import Client, Settings
from assay.errors import SignatureMismatchError
from assay.events import Appealed, Committed, Event, JobPosted, Proposed
from assay.events import decode as decode_event
from assay.inference import Progress, Stage
from assay.jobs import Job, Status
from assay.market import MarketError
from assay.posting import PostedJob
from assay.remote_inputs import MalformedReferenceError
from assay.tensors import EMPTY_PAYLOAD, encode
from assay.terms import Terms
from tests.support.plain_chain import ETHER, REQUESTER, STAKE, UNIT, PlainChain
from tests.support.worker_rig import MOST_LOOKS, TERMS, Rig, Shifted
from tests.unit import onnx_models
from worker.inputs import InputStore
from worker.runner import Daemon
from worker.store import Abstained

INTEGERS = np.arange(70_000, dtype=np.int32) % 100
"""More than fits into a transaction."""
PAYLOAD = encode([INTEGERS])
SUM = np.array(INTEGERS.sum(), np.int32)
SMALL = encode([np.array([4, 5], np.int32)])
OPTIMISTIC = Terms.optimistic(
    3, seat_fee=100, bond=2_000, appeal_window=60, rounds=2, commit_seconds=60, reveal_seconds=40
)
CREDIT = ETHER
"""Wei of each worker's at the beginning."""
APPEALS = {"appeal_max_deposit": CREDIT, "watch_percent": 100}


class Host:
    """An HTTP server on this machine that serves what a test puts there, and counts requests."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.drips: dict[str, Flag] = {}
        self.served = Semaphore(0)
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host.asked.append(self.path)
                if self.path in host.drips:
                    self.send_response(200)
                    self.end_headers()
                    host._drip(self.wfile, host.drips[self.path])
                    return
                content = host.files.get(self.path)
                self.send_response(404 if content is None else 200)
                self.end_headers()
                self.wfile.write(content or b"")
                host.served.release()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self._server.serve_forever, daemon=True).start()

    def uri(self, path: str, content: bytes | None = None) -> str:
        """Where a file is, and is served from now on if its content is given."""
        if content is not None:
            self.files[path] = content
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    def drip(self, path: str) -> Flag:
        """A byte now and then from that path, until the event is set."""
        return self.drips.setdefault(path, Flag())

    def _drip(self, body: BufferedIOBase, over: Flag) -> None:
        with suppress(OSError):  # whoever asked has had enough
            while not over.wait(0.05):
                body.write(b"x")
                body.flush()

    def close(self) -> None:
        for over in self.drips.values():
            over.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def host() -> Iterator[Host]:
    host = Host()
    yield host
    host.close()


@pytest.fixture(scope="module")
def running(running: PlainChain) -> PlainChain:
    """Whose workers can appeal."""
    running.give_credit(CREDIT)
    return running


@pytest.fixture
def exact(rig: Rig) -> bytes:
    """Of a model that adds its numbers up."""
    return rig.publish(
        onnx_models.model(
            [onnx_models.node("ReduceSum", ["x"], ["y"], keepdims=0)],
            [onnx_models.value("x", onnx_models.INT32, (None,))],
            [onnx_models.value("y", onnx_models.INT32, ())],
        )
    )


def daemon(
    rig: Rig, number: int, inference: Shifted | None = None, *, local: bool = True, **changes: Any
) -> Daemon:
    """One that may ask hosts of this machine, if it is `local`, takes all references, and helps to
    end jobs.
    """
    artefacts = {"file_roots": [rig.models], "private_hosts": ["127.0.0.1"] if local else []}
    usual = {"help_others": True, "take_references": "always", "artefacts": artefacts}
    return rig.daemon(number, inference, **usual | changes)


def post(rig: Rig, version: bytes, given: bytes | RemoteInput, terms: Terms = TERMS) -> PostedJob:
    """Posts an input as it is, and mines its seed block."""
    posted = rig.client.post(version, given, terms)
    rig.pass_time(0)
    return posted


def post_unchecked(rig: Rig, version: bytes, given: bytes) -> Job:
    """The same for what the client refuses."""
    call = (version, 1, OPTIMISTIC.pack(), 0, given)
    receipt = rig.chain.send("queue", "post", *call, sender=REQUESTER.address)
    events = map(decode_event, receipt["logs"])
    (posted,) = (event for event in events if isinstance(event, JobPosted))
    rig.pass_time(0)
    return posted.job()


def kinds(rig: Rig, job: PostedJob | Job) -> list[type[Event]]:
    return [type(event) for event in rig.client.history(job)]


def assert_nobody_came(rig: Rig, posted: PostedJob, credit: int) -> None:
    """The job ends refunded and closed, its escrow is back, and no bond was ever in it."""
    rig.drive(lambda: rig.client.view(posted).closed, seconds=10)
    assert rig.client.view(posted).status is Status.REFUNDED
    assert rig.client.credit() == credit
    assert not {Committed, Proposed} & set(kinds(rig, posted))
    assert [rig.free(number) for number in range(3)] == [STAKE] * 3
    with pytest.raises(JobRefundedError):
        rig.client.wait(posted, timeout=0)


def rest(daemon: Daemon, seconds: float = 120) -> None:
    """So much time passes for what a daemon leaves alone for a while."""
    computations = daemon.parts.computations
    later = time.monotonic() + seconds
    for part in (computations, computations._fetching_inputs):
        part._clock = lambda: later


def pinned(daemon: Daemon) -> int:
    """How many inputs it keeps for jobs."""
    inputs = daemon.parts.computations._inputs
    assert isinstance(inputs, InputStore)
    return len(inputs._pins.digests())


# --- answers ---


def test_worker__input_by_reference__fetched_once_by_each_and_settled(
    rig: Rig, exact: bytes, host: Host
) -> None:
    for number in range(3):
        daemon(rig, number)
    remote = RemoteInput.of(PAYLOAD, [host.uri("/x", PAYLOAD)])
    posted = post(rig, exact, remote)
    rig.drive_until_done()
    assert rig.client.wait(posted, timeout=0).arrays[0] == SUM
    assert rig.client.view(posted).closed
    assert host.asked == ["/x"] * 3
    assert posted.job.input == remote.encode()
    assert len(posted.job.input) < 100


def test_worker__inputs_here_and_there_in_one_batch__each_its_own_answer(
    rig: Rig, exact: bytes, host: Host
) -> None:
    daemon(rig, 0)
    payloads = [encode([np.full(4, number, np.int32)]) for number in range(6)]
    given = [
        RemoteInput.of(payload, [host.uri(f"/{number}", payload)]) if number % 2 else payload
        for number, payload in enumerate(payloads)
    ]
    jobs = [post(rig, exact, one, OPTIMISTIC) for one in given]
    rig.pass_time(58 - 12)  # near the end of the phase anybody may take the seat
    rig.drive_until_done(seconds=5)
    assert [rig.client.wait(job, timeout=0).arrays[0] for job in jobs] == [0, 4, 8, 12, 16, 20]


def test_worker__first_uris_serve_nothing_or_other_bytes__the_next_does(
    rig: Rig, exact: bytes, host: Host
) -> None:
    for number in range(2):
        daemon(rig, number)
    uris = [host.uri("/gone"), host.uri("/other", bytes(len(SMALL))), host.uri("/x", SMALL)]
    posted = post(rig, exact, RemoteInput.of(SMALL, uris))
    rig.drive_until_done()
    assert rig.client.wait(posted, timeout=0).arrays[0] == 9
    assert host.asked == ["/gone", "/other", "/x"] * 2


def test_worker__served_late__tried_again_in_the_same_round(
    rig: Rig, exact: bytes, host: Host
) -> None:
    for number in range(2):
        daemon(rig, number, Shifted())
    posted = post(rig, exact, RemoteInput.of(SMALL, [host.uri("/x")]))
    for _ in range(3):
        for one in rig.daemons:
            rig.step(one)
        rig.pass_time(2)
    tries = len(host.asked)
    host.uri("/x", SMALL)
    for one in rig.daemons:
        rest(one)
    rig.drive(lambda: rig.client.view(posted).status.answered)
    assert rig.client.view(posted).round == 0
    assert (tries, len(host.asked)) == (2, 4)


def test_worker__malformed_reference__answered_with_the_empty_payload(
    rig: Rig, exact: bytes, host: Host
) -> None:
    daemon(rig, 0)
    malformed = RemoteInput.of(SMALL, [host.uri("/x", SMALL)]).encode()[:-1]
    with pytest.raises(MalformedReferenceError):
        rig.client.post(exact, malformed, TERMS)
    job = post_unchecked(rig, exact, malformed)
    rig.pass_time(55)
    rig.drive_until_done(seconds=5)
    assert rig.client.wait(job, timeout=0).payload == EMPTY_PAYLOAD
    assert host.asked == []


@pytest.mark.parametrize("kind", ["no payload", "reference to a reference", "another signature"])
def test_worker__fetched_bytes_fit_no_input__answered_with_the_empty_payload(
    rig: Rig, exact: bytes, host: Host, kind: str
) -> None:
    daemon(rig, 0)
    behind = {
        "no payload": b"no payload",
        "reference to a reference": RemoteInput.of(SMALL, [host.uri("/x", SMALL)]).encode(),
        "another signature": encode([np.zeros(2, np.float32)]),
    }[kind]
    digest = sha256(behind).digest()
    uris = (host.uri("/behind", behind),)
    remote = RemoteInput(sha256=digest, size=len(behind), uris=uris)
    posted = post(rig, exact, remote, OPTIMISTIC)
    rig.pass_time(55)
    rig.drive_until_done(seconds=5)
    assert rig.client.wait(posted, timeout=0).payload == EMPTY_PAYLOAD
    assert set(host.asked) == {"/behind"}


# --- what nobody can have ---


def test_worker__nobody_serves_it__refunded_and_other_jobs_go_on(
    rig: Rig, exact: bytes, host: Host
) -> None:
    for number in range(2):
        daemon(rig, number, Shifted())
    credit = rig.client.credit()
    posted = post(rig, exact, RemoteInput.of(SMALL, [host.uri("/x"), "file:///nowhere"]))
    beside = rig.post(exact, np.array([4, 5], np.int32))
    rig.drive(lambda: rig.client.view(beside).closed, seconds=5)
    assert_nobody_came(rig, posted, credit - 2 * TERMS.seat_fee * UNIT)  # two seats of that
    assert len(host.asked) <= 2 * TERMS.rounds


@pytest.mark.parametrize("served", [bytes(len(SMALL)), SMALL + b"\x00"], ids=["others", "more"])
def test_worker__content_swapped_after_the_post__nobody_commits(
    rig: Rig, exact: bytes, host: Host, served: bytes
) -> None:
    daemon(rig, 0, Shifted())
    credit = rig.client.credit()
    posted = post(rig, exact, RemoteInput.of(SMALL, [host.uri("/x", SMALL)]))
    host.files["/x"] = served
    assert_nobody_came(rig, posted, credit)
    assert set(host.asked) == {"/x"}


@pytest.mark.parametrize("by", [1, -1])
def test_worker__size_is_a_lie__nobody_commits(rig: Rig, exact: bytes, host: Host, by: int) -> None:
    daemon(rig, 0, Shifted())
    credit = rig.client.credit()
    right = RemoteInput.of(SMALL, [host.uri("/x", SMALL)])
    posted = post(rig, exact, replace(right, size=right.size + by))
    assert_nobody_came(rig, posted, credit)


def test_worker__uri_into_its_own_network__never_asked(rig: Rig, exact: bytes, host: Host) -> None:
    daemon(rig, 0, Shifted(), local=False)
    credit = rig.client.credit()
    posted = post(rig, exact, RemoteInput.of(SMALL, [host.uri("/x", SMALL)]))
    assert_nobody_came(rig, posted, credit)
    assert host.asked == []


def test_worker__body_that_drips__other_jobs_are_answered_meanwhile(
    rig: Rig, exact: bytes, host: Host
) -> None:
    over = host.drip("/x")
    one = daemon(rig, 0, Shifted())
    slow = post(rig, exact, RemoteInput.of(SMALL, [host.uri("/x")]), OPTIMISTIC)
    beside = post(rig, exact, SMALL, OPTIMISTIC)
    rig.pass_time(50)
    for _ in range(MOST_LOOKS):
        rig.glance(one)
        if rig.client.view(beside).status is Status.PROPOSED:
            break
        one.parts.wake.wait(1)
    assert rig.client.view(beside).status is Status.PROPOSED
    assert one.parts.computations.is_busy_with(slow.job_id)
    assert host.asked == ["/x"]
    over.set()


def test_worker__larger_than_it_takes__abstains_and_others_answer(
    rig: Rig, exact: bytes, host: Host
) -> None:
    payload = encode([np.ones(300_000, np.int32)])  # more than a MiB
    small = {"private_hosts": ["127.0.0.1"], "max_input_mb": 1}
    reluctant = daemon(rig, 0, artefacts=small)
    posted = post(rig, exact, RemoteInput.of(payload, [host.uri("/x", payload)]), OPTIMISTIC)
    rig.pass_time(55)
    rig.step(reluctant)
    outcome = reluctant.parts.results.own(posted.job_id)
    assert isinstance(outcome, Abstained)
    assert "input-too-large" in outcome.reason
    daemon(rig, 1)
    rig.drive(lambda: rig.client.view(posted).status is Status.PROPOSED)
    assert rig.client.wait(posted, timeout=0, provisional=True).arrays[0] == 300_000
    assert host.asked == ["/x"]


# --- served to some ---


def test_served_to_its_requester_s_own_worker_alone__optimistic__its_lie_stands(
    rig: Rig, exact: bytes, host: Host
) -> None:
    """What a reader of such an answer must know: nobody else could check it."""
    daemon(rig, 0, Shifted(1.0))
    for number in (1, 2):
        daemon(rig, number, Shifted(), local=False, **APPEALS)
    posted = post(rig, exact, RemoteInput.of(SMALL, [host.uri("/x", SMALL)]), OPTIMISTIC)
    rig.drive_until_done(seconds=5)
    answer = rig.client.wait(posted, timeout=0)
    assert (answer.arrays[0].tolist(), answer.final) == ([5, 6], True)
    assert Appealed not in kinds(rig, posted)
    assert host.asked == ["/x"]


def test_served_to_its_requester_s_own_worker_alone__committee__no_quorum_and_no_bond_lost(
    rig: Rig, exact: bytes, host: Host
) -> None:
    daemon(rig, 0, Shifted(1.0))
    for number in (1, 2):
        daemon(rig, number, Shifted(), local=False)
    credit = rig.client.credit()
    posted = post(rig, exact, RemoteInput.of(SMALL, [host.uri("/x", SMALL)]))
    rig.drive_until_done(seconds=5)
    assert rig.client.view(posted).status is Status.REFUNDED
    assert rig.client.credit() == credit
    assert [rig.free(number) for number in range(3)] == [STAKE] * 3


def test_served_to_all_once_a_lie_is_proposed__watcher_tries_again_and_appeals(
    rig: Rig, exact: bytes, host: Host
) -> None:
    """Having failed to fetch it before is no reason to leave it alone for good."""
    lie = (rig.models / "x").as_uri()
    (rig.models / "x").write_bytes(SMALL)
    daemon(rig, 0, Shifted(1.0))
    for number in (1, 2):
        artefacts = {"private_hosts": ["127.0.0.1"]}
        daemon(rig, number, Shifted(), artefacts=artefacts, **APPEALS)
    remote = RemoteInput.of(SMALL, [host.uri("/x"), lie])
    posted = post(rig, exact, remote, OPTIMISTIC)
    rig.drive(lambda: rig.client.view(posted).status is Status.PROPOSED)
    host.uri("/x", SMALL)
    for one in rig.daemons:
        rest(one)
    rig.drive_until_done(seconds=2)
    answer = rig.client.wait(posted, timeout=0)
    assert answer.arrays[0].tolist() == [4, 5]
    assert Appealed in kinds(rig, posted)


# --- withdrawn ---


@pytest.mark.parametrize(
    "under",
    [OPTIMISTIC, TERMS, replace(TERMS, appeal_window=60, bond=2_000)],
    ids=["optimistic", "several rounds", "appeal window"],
)
def test_worker__as_it_is_set__nothing_put_up_that_a_later_round_could_judge(
    rig: Rig, exact: bytes, host: Host, under: Terms
) -> None:
    """Served until an honest answer is there, and withdrawn before it is appealed, an input would
    leave the next committee to those who lie.
    """
    one = daemon(rig, 0, Shifted(), take_references="last-round", help_others=False, **APPEALS)
    posted = post(rig, exact, RemoteInput.of(SMALL, [host.uri("/x", SMALL)]), under)
    for _ in range(3):
        rig.step(one)
        rig.pass_time(19)
    assert rig.client.view(posted).status is Status.COMMITTING
    assert rig.client.view(posted).round == 0
    assert (host.asked, rig.free(0)) == ([], STAKE)


def test_worker__as_it_is_set__committee_without_a_later_round_answers(
    rig: Rig, exact: bytes, host: Host
) -> None:
    for number in range(3):
        daemon(rig, number, take_references="last-round")
    remote = RemoteInput.of(SMALL, [host.uri("/x", SMALL)])
    posted = post(rig, exact, remote, replace(TERMS, rounds=1))
    rig.drive_until_done()
    assert rig.client.wait(posted, timeout=0).arrays[0] == 9
    assert host.asked == ["/x"] * 3


def test_withdrawn_once_an_answer_is_given__fetched_ahead__committee_has_it_and_no_bond_is_lost(
    rig: Rig, exact: bytes, host: Host
) -> None:
    for number in range(3):
        daemon(rig, number)
    posted = post(rig, exact, RemoteInput.of(SMALL, [host.uri("/x", SMALL)]), OPTIMISTIC)
    for one in rig.daemons:
        rig.step(one)
    for _ in rig.daemons:
        assert host.served.acquire(timeout=30)
    host.files.clear()
    rig.drive(lambda: rig.client.view(posted).status is Status.PROPOSED)
    rig.client.appeal(posted)
    rig.drive_until_done()
    answer = rig.client.wait(posted, timeout=0)
    assert (answer.arrays[0], answer.final) == (9, True)
    assert Appealed in kinds(rig, posted)
    assert [rig.free(number) for number in range(3)] == [STAKE] * 3
    assert host.asked == ["/x"] * 3


def test_worker__fetched_ahead_and_never_run__let_go_when_the_job_is_over(
    rig: Rig, exact: bytes, host: Host
) -> None:
    for number in range(3):
        daemon(rig, number)
    posted = post(rig, exact, RemoteInput.of(SMALL, [host.uri("/x", SMALL)]), OPTIMISTIC)
    for one in rig.daemons:
        rig.step(one)
    rig.drive(lambda: rig.client.view(posted).status is Status.PROPOSED)
    while_it_can_be_appealed = sum(map(pinned, rig.daemons))
    rig.drive_until_done(seconds=5)
    assert while_it_can_be_appealed >= 2
    assert sum(map(pinned, rig.daemons)) == 0


# --- the client ---


@pytest.fixture
def client(rig: Rig) -> Client:
    """One that fetches from hosts of this machine."""
    places = ArtefactSettings(
        cache_dir=rig.folder / "cache", file_roots=(rig.models,), private_hosts=("127.0.0.1",)
    )
    settings = Settings(poll_seconds=0.01, artefacts=places)
    return Client(rig.chain.w3, rig.chain.deployment, REQUESTER, settings)


def test_infer__by_reference__checked_and_posted(
    rig: Rig, client: Client, exact: bytes, host: Host
) -> None:
    remote = RemoteInput.of(PAYLOAD, [host.uri("/x", PAYLOAD)])
    offer = client.offer(exact, remote, terms=TERMS)
    assert offer.input_bytes == len(remote.encode())
    assert host.asked == ["/x"]

    def watch(progress: Progress) -> None:
        if progress.stage is Stage.POSTED:
            result = encode([SUM])
            rig.chain.settle(client.job(progress.job_id), *[result] * 3)

    found = client.infer(exact, remote, terms=TERMS, watch=watch)
    assert found["y"] == SUM


def test_offer__by_reference_without_terms__one_committee_at_the_usual_price(
    client: Client, exact: bytes, host: Host
) -> None:
    """Workers take no seats on it that a later round could judge."""
    remote = RemoteInput.of(SMALL, [host.uri("/x", SMALL)])
    price = 25 * 100 * UNIT
    there = client.offer(exact, remote, max_price=price).posting.terms
    usual = client.offer(exact, SMALL, max_price=price).posting.terms
    assert (there.rounds, there) == (1, replace(usual, rounds=1))
    assert usual.rounds == 3


def test_offer__by_reference_and_optimistic__refused_unless_terms_say_so(
    client: Client, exact: bytes, host: Host
) -> None:
    """Usual workers leave it, so that it would be refunded after a while."""
    remote = RemoteInput.of(SMALL, [host.uri("/x", SMALL)])
    with pytest.raises(MarketError, match="usual workers leave it"):
        client.offer(exact, remote, mode="optimistic", max_price=400 * UNIT)
    terms = Terms.optimistic(3, seat_fee=100, bond=3_000, appeal_window=60)
    assert client.offer(exact, remote, terms=terms).posting.terms == terms


def test_infer__reference_that_is_none_of_the_model_s__refused_before_it_is_paid(
    rig: Rig, client: Client, exact: bytes, host: Host
) -> None:
    sent = rig.chain.w3.eth.get_transaction_count(REQUESTER.address)
    floats = encode([np.zeros(2, np.float32)])
    with pytest.raises(SignatureMismatchError):
        client.infer(exact, RemoteInput.of(floats, [host.uri("/f", floats)]), terms=TERMS)
    nowhere = RemoteInput.of(SMALL, [host.uri("/nowhere")])
    with pytest.raises(ArtefactUnavailableError, match="404"):
        client.infer(exact, nowhere, terms=TERMS)
    with pytest.raises(ArtefactUnavailableError):
        client.post(
            exact, nowhere, TERMS, manifest=client.offer(exact, SMALL, terms=TERMS).manifest
        )
    assert client.offer(exact, nowhere, terms=TERMS, check_remote=False).posting.payload == (
        nowhere.encode()
    )
    assert rig.chain.w3.eth.get_transaction_count(REQUESTER.address) == sent


def test_post__reference_as_bytes__taken_like_the_reference(
    rig: Rig, client: Client, exact: bytes, host: Host
) -> None:
    remote = RemoteInput.of(SMALL, [host.uri("/x", SMALL)])
    card = client.offer(exact, SMALL, terms=TERMS).manifest
    for given in (remote, remote.encode()):
        posted = client.post(exact, given, TERMS, manifest=card)
        assert posted.job.input == remote.encode()
