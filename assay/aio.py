"""The client for programs that do other things while they wait.

    client = AsyncClient(Web3(Web3.HTTPProvider(url)), deployments.load("local"), account)
    outputs = await client.infer("digits", {"pixels": pixels})

Each call to the node runs in a thread; between two looks for an answer there is none.
"""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Concatenate, ParamSpec, TypeVar, Unpack

from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress
from web3 import Web3

from assay.answers import Answer, AnswerPendingError
from assay.arranging import Inputs
from assay.asking import Wish
from assay.client import ANSWER_SECONDS, Client, Settings
from assay.credit import Quote
from assay.deadlines import within
from assay.deployments import Deployment
from assay.errors import AssayError
from assay.inference import Inference, Once, Watch, all_answered
from assay.manifest import Manifest
from assay.posting import PostedJob
from assay.progress import watched
from assay.references import JobReference
from assay.staking import Worker
from assay.terms import Callback, Terms
from assay.versions import Model

_P = ParamSpec("_P")
_T = TypeVar("_T")


def _threaded(
    method: Callable[Concatenate[Client, _P], _T],
) -> Callable[Concatenate[AsyncClient, _P], Coroutine[Any, Any, _T]]:
    @functools.wraps(method)
    async def run(self: AsyncClient, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        return await asyncio.to_thread(method, self.sync, *args, **kwargs)

    return run


class AsyncClient:
    """`assay.client.Client` with methods to be awaited; arguments, results and errors are its own.

    A task that is cancelled stops waiting. What it was about to send may be sent all the same.
    """

    def __init__(
        self,
        w3: Web3,
        deployment: Deployment,
        account: LocalAccount | None = None,
        settings: Settings | None = None,
    ) -> None:
        self.sync = Client(w3, deployment, account, settings)
        """The client that does the work."""
        chosen = settings or Settings()
        self._poll, self._shows = chosen.poll_seconds, chosen.progress

    def __repr__(self) -> str:
        return f"Async{self.sync!r}"

    @property
    def address(self) -> ChecksumAddress:
        """Of the account. Raises NoAccountError."""
        return self.sync.address

    check = _threaded(Client.check)
    offer = _threaded(Client.offer)
    offers = _threaded(Client.offers)
    accept = _threaded(Client.accept)
    share = _threaded(Client.share)
    draft = _threaded(Client.draft)
    release = _threaded(Client.release)
    publish = _threaded(Client.publish)
    register = _threaded(Client.register)
    deprecate = _threaded(Client.deprecate)
    model = _threaded(Client.model)
    version = _threaded(Client.version)
    find = _threaded(Client.find)
    find_model = _threaded(Client.find_model)
    manifest = _threaded(Client.manifest)
    asset = _threaded(Client.asset)
    balance = _threaded(Client.balance)
    credit = _threaded(Client.credit)
    deposit = _threaded(Client.deposit)
    withdraw = _threaded(Client.withdraw)
    assurance = _threaded(Client.assurance)
    worker = _threaded(Client.worker)
    total_stake = _threaded(Client.total_stake)
    minimum_stake = _threaded(Client.minimum_stake)
    register_worker = _threaded(Client.register_worker)
    set_signer = _threaded(Client.set_signer)
    set_endpoint = _threaded(Client.set_endpoint)
    set_active = _threaded(Client.set_active)
    check_stake = _threaded(Client.check_stake)
    stake = _threaded(Client.stake)
    unstake = _threaded(Client.unstake)
    release_stake = _threaded(Client.release_stake)
    jobs = _threaded(Client.jobs)
    post = _threaded(Client.post)
    posting = _threaded(Client.posting)
    post_many = _threaded(Client.post_many)
    view = _threaded(Client.view)
    job = _threaded(Client.job)
    history = _threaded(Client.history)
    cost = _threaded(Client.cost)
    cancel = _threaded(Client.cancel)
    advance = _threaded(Client.advance)
    close = _threaded(Client.close)
    appeal_deposit = _threaded(Client.appeal_deposit)
    appeal = _threaded(Client.appeal)
    deliver = _threaded(Client.deliver)

    def quote(self, terms: Terms, callback: Callback | None = None) -> Quote:
        """See `Client.quote`, which asks nobody."""
        return self.sync.quote(terms, callback)

    async def models(self) -> list[Model]:
        """All models, oldest first."""
        return await asyncio.to_thread(lambda: list(self.sync.models()))

    async def workers(self) -> list[Worker]:
        """All workers that ever registered, the newest first."""
        return await asyncio.to_thread(lambda: list(self.sync.workers()))

    async def versions(self, model_id: bytes) -> list[bytes]:
        """Ids of a model's versions, oldest first."""
        return await asyncio.to_thread(lambda: list(self.sync.versions(model_id)))

    async def infer(
        self,
        version: bytes | str,
        inputs: Inputs,
        *,
        timeout: float = ANSWER_SECONDS,
        watch: Watch | None = None,
        **wish: Unpack[Wish],
    ) -> Inference:
        """See `Client.infer`. `watch` is called from a thread."""
        found = await self.infer_many(version, [inputs], timeout=timeout, watch=watch, **wish)
        return found[0]

    async def infer_many(
        self,
        version: bytes | str,
        inputs: Sequence[Inputs],
        *,
        timeout: float = ANSWER_SECONDS,
        watch: Watch | None = None,
        **wish: Unpack[Wish],
    ) -> list[Inference]:
        """See `Client.infer_many`. `watch` is called from a thread."""
        end = time.monotonic() + timeout
        with watched(watch, self._shows) as once:
            with within(timeout):
                offers = await self.offers(version, inputs, **wish)
                posted = await self.accept(*offers, watch=once)
            left = max(0.0, end - time.monotonic())
            found = await asyncio.gather(
                *(
                    self._result(one, left, offer.manifest, once)
                    for one, offer in zip(posted, offers, strict=True)
                )
            )
        return all_answered(posted, found)

    async def _result(
        self, job: PostedJob, seconds: float, manifest: Manifest, watch: Watch | None
    ) -> Inference | AssayError:
        try:
            return await self.resume(job, seconds, manifest=manifest, watch=watch)
        except AssayError as error:
            return error

    async def resume(
        self,
        job: JobReference,
        timeout: float = ANSWER_SECONDS,
        *,
        manifest: Manifest | None = None,
        watch: Watch | None = None,
    ) -> Inference:
        """See `Client.resume`. `watch` is called from a thread."""
        posted = job if isinstance(job, PostedJob) else await self.job(job)
        once = Once.of(watch)
        return await self._patiently(
            timeout,
            lambda: self.sync.resume(posted, 0.0, manifest=manifest, watch=once),
        )

    async def wait(
        self,
        job: JobReference,
        timeout: float,
        *,
        provisional: bool = False,
        watch: Watch | None = None,
    ) -> Answer:
        """See `Client.wait`. `watch` is called from a thread."""
        once = None if watch is None else Once.of(watch)
        return await self._patiently(
            timeout, lambda: self.sync.wait(job, 0.0, provisional=provisional, watch=once)
        )

    async def _patiently(self, timeout: float, look: Callable[[], _T]) -> _T:
        end = time.monotonic() + timeout
        while True:
            try:
                return await asyncio.to_thread(look)
            except AnswerPendingError:
                left = end - time.monotonic()
                if left <= 0:
                    raise
            await asyncio.sleep(min(self._poll, left))
