"""The client: all that a dapp or a publisher does, from Python.

    client = Client(Web3(Web3.HTTPProvider(url)), deployments.load("local"), account)
    outputs = client.infer("0x7099…79C8/digits", {"pixels": pixels}, max_price=10**18)
    print(outputs["probabilities"], outputs.provenance.agreed)

`infer` is made of steps that can be taken one by one: `offer`, `accept`, `resume`. Below them lie
`post` and `wait`, which take terms and give payloads.

Amounts are in wei, times in seconds. Nothing is kept here that the chain does not know: with a
job's id another process goes on where this one stopped.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy.typing as npt
from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress
from web3 import Web3
from web3.types import BlockIdentifier

from assay import listing, publishing
from assay.addresses import address
from assay.answers import Answer, AnswerReader
from assay.appeals import Appeal, Appellant, deposit_of
from assay.arranging import Inputs
from assay.artefacts.settings import ArtefactSettings
from assay.asking import Asker, Wish
from assay.asset import Asset
from assay.assurance import Assurance
from assay.catalogue import Cards, Catalogue, usual_places
from assay.chain import LOG_SPAN, Chain
from assay.credit import Credit, Quote
from assay.deadlines import within
from assay.deployments import Deployment
from assay.errors import AssayError
from assay.events import Closed, Event, JobCancelled
from assay.inference import Inference, Offer, Watch, all_answered, follow
from assay.jobs import Job, JobView
from assay.listing import Listing
from assay.manifest import Manifest
from assay.posting import PostedJob, Poster, Posting
from assay.progress import watched
from assay.publish import uploading
from assay.publish.cautions import PublishWarning
from assay.publish.details import Details
from assay.publish.draft import Draft
from assay.publish.extra import required
from assay.publish.stores.base import InputFile, Store
from assay.publish.stores.opening import open_store
from assay.publishing import Publication, Publisher, RegistryReader
from assay.references import JobReference, id_of
from assay.remote_inputs import RemoteInput, is_reference
from assay.remote_reading import RemoteReader
from assay.staking import Staker, Stakes, Worker
from assay.tensors import check_signature, decode, encode
from assay.terms import Callback, Terms
from assay.tolerance import Tolerance
from assay.transactions import MAX_GAS_PRICE, BeforeSending, Mined, Sender
from assay.versions import Model, PublishedVersion

if TYPE_CHECKING:
    from assay.publish.drafting import Drafter
    from assay.publish.source import Source

Arrays = Sequence[npt.NDArray[Any]]
"""A payload's tensors, in the order of the model's inputs or outputs."""

ANSWER_SECONDS = 600.0
"""How long an answer is waited for, unless the caller says otherwise."""


class NoAccountError(AssayError):
    """The client was made without an account, and this needs one."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How patient a client is."""

    poll_seconds: float = 1.0
    """Between two looks for an answer or a receipt."""
    receipt_seconds: float = 120.0
    """How long a transaction may take to be mined."""
    max_gas_price: int = MAX_GAS_PRICE
    """Wei of the chain's coin for a gas, tip included. Prices come from the node."""
    confirmations: int = 0
    """Blocks that lie on top of an answer before it is believed."""
    progress: bool | None = None
    """Whether `infer` shows how its jobs come along, when nobody watches. None: on a terminal and
    in a notebook."""
    log_span: int = LOG_SPAN
    """Blocks in one request for logs; fewer are tried when a node refuses."""
    before_sending: BeforeSending | None = None
    """Told of each transaction before it is signed, with its gas; what it raises keeps it from
    being sent."""
    artefacts: ArtefactSettings | None = None
    """Where manifests may come from and where they are kept. None: from public hosts, on a local
    chain for development from files and hosts of this machine too; kept in the user's cache."""


class Client:
    """One account, or none for reading, on one deployment.

    Every method can raise RpcError when the node cannot be reached or refuses. Those that send a
    transaction can raise NoAccountError, ContractError and TransactionError. `check` says whether
    node and deployment fit together.
    """

    def __init__(
        self,
        w3: Web3,
        deployment: Deployment,
        account: LocalAccount | None = None,
        settings: Settings | None = None,
    ) -> None:
        chosen = settings or Settings()
        self.deployment = deployment
        self._chain = Chain(w3, deployment, chosen.log_span)
        self._account = account
        self._registry = RegistryReader(self._chain)
        self._reader = AnswerReader(self._chain, chosen.poll_seconds, chosen.confirmations)

        def places() -> ArtefactSettings:
            return chosen.artefacts or usual_places(w3, deployment)

        self._cards, self._remote = Cards(places), RemoteReader(places)
        self._shows = chosen.progress
        self._checked = False
        self._signing: tuple[Sender, Credit] | None = None
        if account is not None:
            sender = Sender(
                self._chain,
                account,
                chosen.receipt_seconds,
                chosen.poll_seconds,
                chosen.max_gas_price,
                chosen.before_sending,
            )
            self._signing = sender, Credit(self._chain, sender, account)

    def __repr__(self) -> str:
        place = self._account.address if self._account else None
        return f"Client(network={self.deployment.network!r}, account={place!r})"

    @property
    def address(self) -> ChecksumAddress:
        """Of the account. Raises NoAccountError."""
        return self._sender.address

    def check(self) -> None:
        """Whether the node is on the deployment's chain. Raises what `Deployment.check` does.

        `infer` and `offer` ask that once, before anything else.
        """
        self.deployment.check(self._chain.w3)
        self._checked = True

    # --- answers ---

    def infer(
        self,
        version: bytes | str,
        inputs: Inputs,
        *,
        timeout: float = ANSWER_SECONDS,
        watch: Watch | None = None,
        **wish: Unpack[Wish],
    ) -> Inference:
        """The outputs of a model, once the chain has settled them.

        Deposits what the credit lacks, posts a job and waits for its final answer. `watch` is told
        the job's id before it is posted; by it `resume` goes on in another process.

        Args:
            version: id of a version, or a model's id or `creator/name`, for its newest.
            inputs: arrays by input name, in the model's order, or the only one; numbers, texts and
                lists of them are converted. Or a `RemoteInput`, for what is too large to post. They
                are public.
            timeout: seconds for all of it. A call to the node that is under way is not cut short.
            watch: told how the job comes along, first before it is posted. None: shown on a
                terminal or in a notebook, as `Settings.progress` says.
            wish: see `assay.asking.Wish`: mode, committee, max_price, terms, callback, manifest,
                check_remote.

        Raises:
            CatalogueError, ArtefactUnavailableError: the model is not found, or not its manifest.
            PartlyAnsweredError: of `infer_many`, when some jobs have no answer.
            SignatureMismatchError, UnencodableTensorError: the inputs are not what it takes.
            MarketError: too dear, or no price is known; UnattendedError: too little stake is there.
            InsufficientCreditError: the account has less of the asset than it costs.
            TimeIsUpError: `timeout` was over before a job was posted.
            What `post` and `wait` raise: AnswerPendingError after `timeout`, and others.
        """
        return self.infer_many(version, [inputs], timeout=timeout, watch=watch, **wish)[0]

    def infer_many(
        self,
        version: bytes | str,
        inputs: Sequence[Inputs],
        *,
        timeout: float = ANSWER_SECONDS,
        watch: Watch | None = None,
        **wish: Unpack[Wish],
    ) -> list[Inference]:
        """The outputs for each input, from jobs posted together; arguments are those of `infer`.

        `max_price` is for each, `timeout` for all. Nothing is posted unless all can be.
        """
        end = time.monotonic() + timeout
        with watched(watch, self._shows) as once:
            with within(timeout):
                offers = self.offers(version, inputs, **wish)
                posted = self.accept(*offers, watch=once)
            found: list[Inference | AssayError] = []
            for one, offer in zip(posted, offers, strict=True):
                left = max(0.0, end - time.monotonic())
                try:
                    found.append(self.resume(one, left, manifest=offer.manifest, watch=once))
                except AssayError as error:
                    found.append(error)
        return all_answered(posted, found)

    def offer(self, version: bytes | str, inputs: Inputs, **wish: Unpack[Wish]) -> Offer:
        """What `infer` would post: its price, its gas, and how sure the answer will be.

        Nothing is sent. Arguments and errors are those of `infer`.
        """
        return self.offers(version, [inputs], **wish)[0]

    def offers(
        self, version: bytes | str, inputs: Sequence[Inputs], **wish: Unpack[Wish]
    ) -> list[Offer]:
        """The same for many inputs. What the credit lacks for all is in the first."""
        if not self._checked:
            self.check()
        return self._asker.offers(version, inputs, **wish)

    def accept(self, *offers: Offer, watch: Watch | None = None) -> list[PostedJob]:
        """Posts what was offered, together, after depositing what the credit lacks.

        An offer is one job: accepted again, it raises JobExists, a ContractError; a job of its own
        it is only if the protocol's shares have changed meanwhile. `watch` is told of each job
        before it is posted, and when it is.
        """
        return self._asker.accept(offers, watch)

    def resume(
        self,
        job: JobReference,
        timeout: float = ANSWER_SECONDS,
        *,
        manifest: Manifest | None = None,
        watch: Watch | None = None,
    ) -> Inference:
        """The outputs of a job posted before, by this process or another.

        Raises what `wait` does, InputRefusedError and OutputMismatchError.
        """
        return self._asker.follow(self.job(job), timeout, manifest=manifest, watch=watch)

    def share(
        self,
        version: bytes | str,
        inputs: Inputs,
        store: str | Path | Store,
        *,
        manifest: Manifest | None = None,
        upload: bool = True,
    ) -> RemoteInput:
        """Uploads inputs that are too large to post, for `infer` to take the reference instead.

        They are public from then on, and nothing is sent to the chain. `version`, `inputs` and
        `manifest` are as for `infer`, `store` as for `publish`; what it serves is read back.
        Without `upload` nothing is, and the reference is as long as it would be.

        Raises StoreError, and what `infer` raises about a model or its inputs.
        """
        payload = self._asker.encoded(version, inputs, manifest)
        place, file = open_store(store), InputFile(payload)
        uri = uploading.upload(place, file) if upload else place.foreseen(file)
        return RemoteInput.of(payload, uris=[uri])

    # --- models ---

    def draft(self, source: Source, name: str | bytes, **details: Unpack[Details]) -> Draft:
        """What `publish` would publish: manifest, class and tolerance, cautions, gas.

        Nothing is uploaded or sent. The model is run, in a process of its own, at every level of
        optimisation, on one thread and two, and on emulated processors where there are any.

        Args:
            source: the path of an ONNX file, its bytes, or an `onnx.ModelProto`. Weights that a
                path's model keeps in files called `….data`, or after it, are folded in, those in
                others if they are named.
            name: the model's name, under which it is created if there is none; or `creator/name`
                or the id of one that the account owns.
            details: see `assay.publish.details.Details`: description, licence, weights, lineage,
                store, uris, samples, numerics, royalty_bps, measuring.

        Raises:
            ExtraMissingError: the extra `assay[publish]` is not installed.
            SourceError, InspectionError: no file that workers could run; it names the operator.
            ManifestError, DetailsError, UnknownStoreError, CatalogueError: what was said about it.
            SignatureMismatchError, UnencodableTensorError: samples that the model does not take.
            NumericsError: a class that the graph cannot be of.
            MeasuringError: it fails on its samples, or takes too much time or memory.
            DeprecatedVersionError, ContractError: what the registry would refuse.
        """
        return self._drafter.draft(source, name, **details)

    def release(self, draft: Draft) -> Publication:
        """Uploads what was drafted, reads it back, and registers it; safe to repeat.

        Raises StoreError, before anything is sent to the chain, and what `register` raises.
        """
        _ = self._sender  # before anything is uploaded
        return self._drafter.release(draft)

    def publish(self, source: Source, name: str | bytes, **details: Unpack[Details]) -> Publication:
        """Publishes a model: `release(draft(…))`, whose arguments and errors these are.

        What the draft cautions against is told by `warnings`, as PublishWarning.
        """
        draft = self.draft(source, name, **details)
        for caution in draft.cautions:
            warnings.warn(str(caution), PublishWarning, stacklevel=2)
        return self.release(draft)

    def register(
        self,
        model: str | bytes,
        artefact: bytes | Path,
        manifest: Manifest,
        *,
        uris: Sequence[str] = (),
        tolerance: Tolerance | None = None,
        royalty_bps: int = 0,
    ) -> Publication:
        """Registers an artefact as a version of the account's model as it is; safe to repeat.

        `publish` looks at the graph, writes the manifest, measures a tolerance and uploads first.

        Args:
            model: its name, under which it is created if there is none, or the id of a model.
            artefact: the ONNX file's bytes or path.
            manifest: its card. The file lies beside the artefact (`manifest_uri`).
            uris: where workers fetch the artefact.
            tolerance: how far right results may differ; None publishes it as EXACT.
            royalty_bps: the owner's share of every seat fee, basis points.

        Raises:
            DeprecatedVersionError: this very version was taken out of service.
        """
        version = publishing.describe(
            artefact, manifest, uris=uris, tolerance=tolerance, royalty_bps=royalty_bps
        )
        return Publisher(self._chain, self._sender).publish(model, version)

    def deprecate(self, version_id: bytes) -> Mined:
        """Takes a version out of service for good: no new jobs, running ones finish."""
        return Publisher(self._chain, self._sender).deprecate(version_id)

    def model(self, model_id: bytes) -> Model:
        """A model. Raises ContractError, named UnknownModel."""
        return self._registry.model(model_id)

    def models(self) -> Iterator[Model]:
        """All models, oldest first."""
        return self._registry.models()

    def find(self, name: bytes | str) -> PublishedVersion:
        """What `infer` would ask: the version of that id, or a model's newest in service.

        Raises CatalogueError.
        """
        return Catalogue(self._registry).find(name)

    def find_model(self, name: bytes | str) -> Model:
        """The model of that id or `creator/name`. Raises CatalogueError."""
        return Catalogue(self._registry).model(name)

    def manifest(self, version: PublishedVersion) -> Manifest:
        """A version's manifest, from where the version says; it is kept.

        Raises ArtefactUnavailableError.
        """
        return self._cards.of(version.version)

    def version(self, version_id: bytes) -> PublishedVersion:
        """A version. Raises UnknownVersionError."""
        return self._registry.version(version_id)

    def versions(self, model_id: bytes) -> Iterator[bytes]:
        """Ids of a model's versions, oldest first."""
        return self._registry.versions(model_id)

    # --- money ---

    def asset(self) -> Asset:
        """The asset's symbol and decimals, as the deployment has them."""
        return Asset.of(self.deployment)

    def balance(self, account: str | None = None) -> int:
        """Wei of the asset that an account holds outside of the vault, by default one's own."""
        owner = self.address if account is None else address(account)
        return int(self._chain.call(self._chain.asset.functions.balanceOf(owner)))

    def credit(self, account: str | None = None) -> int:
        """Wei in the vault at the disposal of an account, by default one's own."""
        owner = self.address if account is None else address(account)
        return int(self._chain.call(self._chain.vault.functions.credit(owner)))

    def deposit(self, amount: int, to: str | None = None) -> Mined:
        """Moves wei of the asset into the credit of an account, by default one's own.

        In one transaction where the asset takes a signed allowance (EIP-2612), else after
        approving exactly that much.
        """
        return self._credit.deposit(amount, self.address if to is None else address(to))

    def withdraw(self, amount: int, to: str | None = None) -> Mined:
        """Pays wei of one's credit out, by default to oneself. Raises InsufficientCreditError."""
        receiver = self.address if to is None else address(to)
        return self._sender.send(self._chain.vault.functions.withdraw(receiver, amount))

    def cost(self, job: JobReference) -> int | None:
        """Wei that a job has cost its requester, gas apart; None until it is closed.

        Raises UnknownJobError.
        """
        posted = self.job(job)
        for event in self.history(job):
            if isinstance(event, JobCancelled):
                return 0
            if isinstance(event, Closed):
                quote = self.quote(posted.request.terms, posted.request.callback)
                return quote.escrow - event.refund
        return None

    def quote(self, terms: Terms, callback: Callback | None = None) -> Quote:
        """What a job under these terms costs, in wei; its `escrow` is taken from the credit."""
        return Quote.of(terms, callback or Callback.none(), self.deployment.unit)

    def assurance(self, terms: Terms, share: float = 0.3) -> Assurance:
        """What an answer under these terms is worth defending.

        Args:
            share: of the stake, 0 to 1, that somebody may have, split into many workers.
        """
        burn_bps = int(self._chain.call(self._chain.queue.functions.burnBps()))
        return Assurance.of(terms, burn_bps, self.deployment.unit, share)

    # --- stake ---

    def worker(self, account: str | None = None) -> Worker:
        """The worker of a cold account, by default one's own; not `registered` if it is none."""
        return Stakes(self._chain).worker(self.address if account is None else account)

    def workers(self) -> Iterator[Worker]:
        """All workers that ever registered, the newest first."""
        return Stakes(self._chain).workers()

    def total_stake(self) -> int:
        """Wei of stake that a round draws from which opens now."""
        return Stakes(self._chain).total()

    def minimum_stake(self) -> int:
        """Wei of free stake that a worker which changes it has at least, or none."""
        return Stakes(self._chain).minimum()

    def register_worker(self, signer: str, endpoint: str = "") -> Mined:
        """Makes the account a worker, switched on, whose hot key is `signer`."""
        return self._staker.register(signer, endpoint)

    def set_signer(self, signer: str) -> Mined:
        """Gives one's worker another hot key, at once; old commitments stay valid."""
        return self._staker.set_signer(signer)

    def set_endpoint(self, endpoint: str) -> Mined:
        """Says where one's worker serves artefacts."""
        return self._staker.set_endpoint(endpoint)

    def set_active(self, active: bool) -> Mined:
        """Switches one's worker on or off. Off, it takes no seats."""
        return self._staker.set_active(active)

    def check_stake(self, amount: int) -> None:
        """Raises ContractError if the vault would not take so much more stake."""
        self._staker.check(amount)

    def stake(self, amount: int) -> Mined:
        """Moves wei into the stake, whole units; what the credit lacks is deposited first.

        It counts from the next epoch on. Raises InsufficientCreditError, and ContractError, named
        NotRegistered, NotWholeUnits or BelowMinimumStake, before anything is sent.
        """
        return self._staker.stake(amount)

    def unstake(self, amount: int) -> Mined:
        """Starts moving wei of free stake out, whole units.

        An epoch later `release_stake` ends it.
        """
        return self._staker.unstake(amount)

    def release_stake(self) -> Mined:
        """Moves what has finished unbonding into the credit.

        Raises ContractError, named StillUnbonding or NothingToRelease.
        """
        return self._staker.release()

    # --- jobs ---

    def jobs(
        self,
        requester: str | None = None,
        *,
        limit: int = listing.JOBS,
        blocks: int = listing.BLOCKS,
    ) -> Listing:
        """The newest jobs of one account, or of all, from the last blocks."""
        return listing.list_jobs(self._chain, requester, limit, blocks)

    def post(
        self,
        version_id: bytes,
        inputs: bytes | Arrays | RemoteInput,
        terms: Terms,
        callback: Callback | None = None,
        *,
        nonce: int | None = None,
        manifest: Manifest | None = None,
    ) -> PostedJob:
        """Posts a job, once everything that can be checked before paying is.

        Args:
            inputs: arrays in the order of the model's inputs, an encoded payload, or a reference to
                one. They are public.
            nonce: below 2^96; random by default. Give one of your own to be sure that a repeated
                call does not post twice.
            manifest: the version's, to check the inputs against, for which those by reference are
                fetched; inputs that do not fit are answered with the empty payload.

        Raises:
            SignatureMismatchError, MalformedPayloadError, UnencodableTensorError: bad inputs.
            MalformedReferenceError, ArtefactUnavailableError: a bad reference, or one that no URI
                serves.
            TermsOutOfBoundsError, UnknownVersionError, DeprecatedVersionError, PausedError: what
                the queue would refuse. Nothing was sent.
            InsufficientCreditError: the credit is below the escrow. Nothing was sent.
            PostPendingError: sent, and not mined in time; it holds the job's id.
        """
        posting = self.posting(version_id, inputs, terms, callback, nonce=nonce, manifest=manifest)
        return self.post_many([posting])[0]

    def post_many(self, postings: Sequence[Posting]) -> list[PostedJob]:
        """Posts several jobs in one transaction, like `post`; raises PartlyPostedError too.

        Jobs of one version under the same terms and callback are posted together, all or none, for
        less gas, if their nonces are left to the client or follow each other.
        """
        return Poster(self._chain, *self._signers).post(postings) if postings else []

    def posting(
        self,
        version_id: bytes,
        inputs: bytes | Arrays | RemoteInput,
        terms: Terms,
        callback: Callback | None = None,
        *,
        nonce: int | None = None,
        manifest: Manifest | None = None,
    ) -> Posting:
        """A job for `post_many`; the arguments are those of `post`."""
        payload = _encoded(inputs)
        if manifest is not None:
            check_signature(self._decoded(payload), manifest.inputs)
        return Posting(
            version_id=version_id,
            payload=payload,
            terms=terms,
            callback=callback or Callback.none(),
            nonce=nonce,
        )

    def wait(
        self,
        job: JobReference,
        timeout: float,
        *,
        provisional: bool = False,
        watch: Watch | None = None,
    ) -> Answer:
        """The answer as soon as it is final. A timeout of 0 looks once.

        An answer is final when nobody can appeal it any more; that takes no transaction. With
        `provisional` it is returned as soon as it is given; `final` and `final_at` say how it
        stands. `watch` is told how the job comes along.

        Raises:
            AnswerPendingError: there is none yet; wait again.
            JobUnresolvedError, JobRefundedError, JobCancelledError: there will be none.
            UnknownJobError: no job has this id.
            ResultMissingError: the node has lost the log with the result.
        """
        posted = job.job if isinstance(job, PostedJob) else job
        if watch is not None:
            return follow(self._reader, self.job(job), timeout, watch, provisional=provisional)
        if isinstance(posted, Job):
            return self._reader.wait(posted, timeout, known=True, provisional=provisional)
        return self._reader.wait(id_of(job), timeout, known=False, provisional=provisional)

    def view(self, job: JobReference, block: BlockIdentifier = "latest") -> JobView:
        """How a job stands; of status NONE when the chain does not know it."""
        return self._reader.view(id_of(job), block)

    def job(self, job: JobReference) -> Job:
        """A job as it was posted. Raises UnknownJobError."""
        if isinstance(job, PostedJob):
            return job.job
        return job if isinstance(job, Job) else self._reader.job(id_of(job))

    def history(self, job: JobReference) -> list[Event]:
        """All that happened to a job, in order; `event.at` says where. Raises UnknownJobError."""
        return self._reader.history(id_of(job))

    def cancel(self, job: JobReference) -> Mined:
        """Takes back a job of one's own; its escrow returns to the credit.

        Possible until its seed block has passed. Raises CancelTooLateError afterwards.
        """
        posted = self.job(job)
        return self._sender.send(
            self._chain.queue.functions.cancel(posted.request.as_tuple(), posted.rules.pack())
        )

    def advance(self, job: JobReference) -> Mined:
        """Ends a round that ran out of time; anyone may. Raises ContractError while it runs."""
        posted = self.job(job)
        return self._sender.send(self._chain.settlement.functions.advance(posted.key.as_tuple()))

    def close(self, job: JobReference) -> Mined:
        """Divides the money of a job that has ended; anyone may, once."""
        posted = self.job(job)
        return self._sender.send(
            self._chain.settlement.functions.close(posted.request.as_tuple(), posted.rules.pack())
        )

    def appeal_deposit(self, job: JobReference) -> int:
        """Wei that an appeal of the job's present answer takes from the credit.

        Raises ContractError when there is no answer, or none that could be appealed.
        """
        posted = self.job(job)
        return deposit_of(posted, self._reader.view(posted.job_id), self.deployment.unit)

    def appeal(self, job: JobReference) -> Appeal:
        """Puts the job's present answer before a larger committee, at one's own risk.

        The deposit is a bond, lost if the answer stands, and the seats of all rounds that may
        follow. If the answer falls, bond and cost come back, and a reward of at most what burning
        leaves of a bond.

        Raises:
            InsufficientCreditError: less credit than `appeal_deposit`. Nothing was sent.
            ContractError: there is no answer (WrongStatus), seats may still reveal
                (RevealPhaseOpen), or it is final (AppealWindowOver).
        """
        return self._appellant.appeal(self.job(job))

    def deliver(self, job: JobReference) -> Mined:
        """Calls the callback of a job with its final answer; anyone may, for the delivery fee.

        Raises what `wait` does when there is no final answer, and ContractError, named NoCallback
        or DeliveredAlready, when there is nothing to deliver.
        """
        posted = self.job(job)
        return self._appellant.deliver(posted, self.wait(posted, timeout=0))

    def _decoded(self, payload: bytes) -> Arrays:
        """The arrays of an input, fetched if it is a reference."""
        if is_reference(payload):
            return self._remote.arrays(RemoteInput.decode(payload))
        return decode(payload)

    @property
    def _drafter(self) -> Drafter:
        required("onnx", "onnxruntime")
        from assay.publish.drafting import Drafter  # with its extra only

        return Drafter(self._chain, None if self._signing is None else lambda: self._sender)

    @property
    def _asker(self) -> Asker:
        return Asker(self._chain, lambda: self._signers, self._reader, self._cards, self._remote)

    @property
    def _staker(self) -> Staker:
        return Staker(self._chain, lambda: self._signers)

    @property
    def _appellant(self) -> Appellant:
        return Appellant(self._chain, self._sender, self._reader, self._credit)

    @property
    def _sender(self) -> Sender:
        return self._signers[0]

    @property
    def _credit(self) -> Credit:
        return self._signers[1]

    @property
    def _signers(self) -> tuple[Sender, Credit]:
        if self._signing is None:
            raise NoAccountError(
                "this client only reads: give Client an account to send transactions with"
            )
        return self._signing


def _encoded(inputs: bytes | Arrays | RemoteInput) -> bytes:
    if isinstance(inputs, RemoteInput):
        return inputs.encode()
    return inputs if isinstance(inputs, bytes) else encode(inputs)
