"""Asking a model: an offer, a job, its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypedDict

from eth_typing import ChecksumAddress
from hexbytes import HexBytes

from assay import deadlines, inference, rpc
from assay.addresses import ZERO_ADDRESS
from assay.answers import AnswerReader, JobRefundedError
from assay.arranging import Inputs, arrange
from assay.asset import Asset
from assay.assurance import Assurance
from assay.catalogue import Cards, Catalogue, require_own
from assay.chain import Chain
from assay.contract_errors import contract_error
from assay.credit import Credit, Quote
from assay.errors import AssayError
from assay.events import JobPosted
from assay.inference import Inference, Offer, Once, Stage, Watch
from assay.jobs import Job
from assay.manifest import Manifest
from assay.market import Market, MarketError, Mode, TooDearError
from assay.posting import PostedJob, Poster, Posting, nonces
from assay.publishing import RegistryReader
from assay.remote_inputs import RemoteInput, RemoteInputError, is_reference
from assay.remote_reading import RemoteReader
from assay.tensors import check_signature, encode
from assay.terms import MODE_OPTIMISTIC, Callback, Rules, Terms
from assay.transactions import Sender
from assay.versions import PublishedVersion, Version

SHARE = 0.3
"""Of the stake that somebody may have, for which an offer says how sure its answer is."""

_POST_GAS = 70_000
_GAS_OF_BYTE, _GAS_OF_ZERO = 25, 13
"""Of a byte of the input: in the calldata, and in the log."""
_FLOOR_GAS = 21_000
_FLOOR_OF_BYTE, _FLOOR_OF_ZERO = 40, 10
"""What calldata costs at least (EIP-7623)."""
_DEPOSIT_GAS = 150_000


class UnattendedError(AssayError):
    """Nobody with stake is there to answer."""


class TimeIsUpError(AssayError):
    """No job was posted, because the time for it and its answer was over."""


class CallbackError(AssayError):
    """The callback goes to an address without code."""


class Wish(TypedDict, total=False):
    """What a caller may say about the way to an answer."""

    mode: Mode
    """"committee", the default: workers vote under seal, about an input by reference once and for
    all. "optimistic": one answers, anybody may appeal for a while; cheaper, and final later."""
    committee: int
    """Seats of the first committee; 3 by default, better odd."""
    max_price: int | None
    """Wei an answer may cost at most; without terms it has to be said."""
    terms: Terms | None
    """Instead of mode, committee and a price of the client's choice."""
    callback: Callback | None
    """Where the answer is delivered, too."""
    manifest: Manifest | None
    """The version's; by default fetched from where the version says."""
    check_remote: bool
    """Whether an input by reference is fetched and compared with the manifest before it is paid
    for, the default. Nobody answers one that cannot be fetched."""


class Asker:
    """Asks for one account."""

    def __init__(
        self,
        chain: Chain,
        signers: Callable[[], tuple[Sender, Credit]],
        reader: AnswerReader,
        cards: Cards,
        remote: RemoteReader,
    ) -> None:
        """`signers` raises NoAccountError where there is no account; reading needs none."""
        self._chain = chain
        self._signers = signers
        self._reader = reader
        self._cards = cards
        self._remote = remote
        self._catalogue = Catalogue(RegistryReader(chain))
        self._market = Market(chain)

    def offers(
        self,
        version: bytes | str,
        inputs: Sequence[Inputs],
        *,
        mode: Mode = "committee",
        committee: int = 3,
        max_price: int | None = None,
        terms: Terms | None = None,
        callback: Callback | None = None,
        manifest: Manifest | None = None,
        check_remote: bool = True,
    ) -> list[Offer]:
        """What answers would cost, and how sure they would be. Nothing is sent."""
        if not inputs:
            return []
        _require_wei(max_price)
        found = self._catalogue.find(version)
        if found.deprecated:
            raise contract_error("DeprecatedVersion", version_id=found.version_id)
        card = self._card(found, manifest)
        payloads = [self._payload(each, card, check_remote) for each in inputs]
        receiver = callback or Callback.none()
        self._require_code(receiver)
        burn_bps = self._burn_bps(found)
        chosen = terms or self._market.terms(
            mode,
            committee=committee,
            max_price=max_price,
            delivery_fee=receiver.delivery_fee,
            burn_bps=burn_bps,
        )
        if terms is None and any(isinstance(each, RemoteInput) for each in inputs):
            chosen = _without_later_rounds(chosen)
        quote = Quote.of(chosen, receiver, self._chain.deployment.unit)
        if max_price is not None and quote.escrow > max_price:
            asset = Asset.of(self._chain.deployment)
            raise TooDearError(
                f"the job may cost {asset.both(quote.escrow)}, and at most {asset.both(max_price)} "
                "were to be paid: raise max_price, or ask under lower terms"
            )
        postings = [
            Posting(version_id=found.version_id, payload=payload, terms=chosen, callback=receiver)
            for payload in payloads
        ]
        # Chosen now: accepted twice, an offer makes the same job, which the chain refuses.
        postings = [
            replace(posting, nonce=nonce)
            for posting, nonce in zip(postings, nonces(postings), strict=True)
        ]
        self._poster.check(postings)
        self._require_attended(chosen)
        top_ups = [self._credit.missing(quote.escrow * len(postings)), *[0] * (len(postings) - 1)]
        gas_price = self._gas_price()
        assurance = Assurance.of(chosen, burn_bps, self._chain.deployment.unit, SHARE)
        return [
            Offer(
                version=found,
                manifest=card,
                posting=posting,
                quote=quote,
                assurance=assurance,
                gas=post_gas(posting.payload) + (_DEPOSIT_GAS if top_up else 0),
                gas_price=gas_price,
                top_up=top_up,
            )
            for posting, top_up in zip(postings, top_ups, strict=True)
        ]

    def encoded(self, version: bytes | str, inputs: Inputs, manifest: Manifest | None) -> bytes:
        """The payload of inputs that fit a model; one by reference is fetched."""
        card = self._card(self._catalogue.find(version), manifest)
        if isinstance(inputs, RemoteInput):
            return encode(self._remote.arrays(inputs))
        return encode(arrange(inputs, card.inputs))

    def accept(self, offers: Sequence[Offer], watch: Watch | None = None) -> list[PostedJob]:
        """Posts what was offered, together, after depositing what the credit lacks.

        Each once: accepted again, an offer is refused as a job that exists, unless the protocol's
        shares have changed meanwhile, and the job's id with them.

        `watch` is told of each job before it is posted, and when it is.
        """
        if not offers:
            return []
        self._require_time()
        once = Once.of(watch)

        def announce(stage: Stage, job_ids: Iterable[bytes]) -> None:
            for job_id, offer in zip(job_ids, offers, strict=True):
                once(inference.at_first(job_id, stage, offer.posting.terms))

        self._sender.require_coin(sum(offer.gas_cost for offer in offers))
        lacking = self._credit.missing(sum(offer.quote.escrow for offer in offers))
        if lacking:  # now: other jobs may have been paid since the offers were made
            self._credit.deposit(lacking, self._sender.address)
        self._require_time()
        posted = self._poster.post(
            [offer.posting for offer in offers], lambda ids: announce(Stage.SENDING, ids)
        )
        announce(Stage.POSTED, (one.job_id for one in posted))
        return posted

    def follow(
        self,
        job: Job,
        timeout: float,
        *,
        manifest: Manifest | None = None,
        watch: Watch | None = None,
    ) -> Inference:
        """The job's final answer, by the names of its model's outputs."""
        found = self._catalogue.find(job.request.version_id)
        card = self._card(found, manifest)  # first: without it an answer has no names
        once = Once.of(watch)
        try:
            answer = self._reader.wait(
                job, timeout, known=True, watch=lambda view: once(inference.progress(job, view))
            )
        except JobRefundedError as error:
            raise self._explained(error, found.version) from None
        once.final(job.job_id)
        history, unit = self._reader.history(job.job_id), self._chain.deployment.unit
        return Inference(
            job_id=HexBytes(job.job_id),
            outputs=inference.named(answer, card.outputs),
            answer=answer,
            provenance=inference.provenance(job, answer, history, found),
            quote=Quote.of(job.request.terms, job.request.callback, unit),
            assurance=Assurance.of(job.request.terms, job.rules.burn_bps, unit, SHARE),
        )

    @property
    def _sender(self) -> Sender:
        return self._signers()[0]

    @property
    def _credit(self) -> Credit:
        return self._signers()[1]

    @property
    def _poster(self) -> Poster:
        return Poster(self._chain, *self._signers())

    def _require_time(self) -> None:
        """What is sent late is paid, and its answer not waited for."""
        if deadlines.left() == 0:
            raise TimeIsUpError("the time to wait was over before a job was posted: allow more")

    def _payload(self, inputs: Inputs, card: Manifest, check_remote: bool) -> bytes:
        """What is posted as the input."""
        if not isinstance(inputs, RemoteInput):
            return encode(arrange(inputs, card.inputs))
        if check_remote:
            check_signature(self._remote.arrays(inputs), card.inputs)
        return inputs.encode()

    def _explained(self, error: JobRefundedError, version: Version) -> JobRefundedError:
        """Says so where a reason is likely: what lies in files is on one machine only."""
        (posted, *_) = self._reader.history(error.job_id)
        places = {"model": version.uris or ("nowhere",)}
        if isinstance(posted, JobPosted) and (remote := _remote(posted.input)):
            places["input"] = remote.uris
        local = [
            f"its {what} lies at {', '.join(uris)}"
            for what, uris in places.items()
            if not any(uri.startswith(("http:", "https:", "ipfs:")) for uri in uris)
        ]
        if not local:
            return error
        return JobRefundedError(
            error.job_id,
            f"{error.reason}. Here {' and '.join(local)}: workers elsewhere cannot have that, and "
            "those on this machine need its folder among their file_roots",
        )

    def _card(self, version: PublishedVersion, given: Manifest | None) -> Manifest:
        if given is None:
            return self._cards.of(version.version)
        require_own(given, version.version)
        return given

    def _burn_bps(self, version: PublishedVersion) -> int:
        """Of the bonds lost in jobs of the version that are posted now."""
        raw = self._chain.call(self._chain.queue.functions.rulesOf(version.version_id))
        return Rules.unpack(raw).burn_bps

    def _require_code(self, callback: Callback) -> None:
        target: ChecksumAddress = callback.target
        if not callback or target == ZERO_ADDRESS:
            return
        with rpc.translated(self._chain.w3):
            code = self._chain.w3.eth.get_code(target)
        if not code:
            raise CallbackError(
                f"the callback's target {target} has no code: nothing would receive the answer; "
                "deploy the consumer first, or check the address"
            )

    def _require_attended(self, terms: Terms) -> None:
        """Stake that is there at all must cover the bonds of a committee."""
        total = self._market.stake()
        needed = terms.committee_after(0) * terms.bond
        if total < needed:
            unit, asset = self._chain.deployment.unit, Asset.of(self._chain.deployment)
            raise UnattendedError(
                f"the workers' stake is {asset.both(total * unit)} in all, and the bonds of the "
                f"first committee take {asset.both(needed * unit)}: ask for a smaller committee, "
                "lower the bond, or wait for workers"
            )

    def _gas_price(self) -> int:
        with rpc.translated(self._chain.w3):
            return int(self._chain.w3.eth.gas_price)


def _remote(payload: bytes) -> RemoteInput | None:
    try:
        return RemoteInput.decode(payload) if is_reference(payload) else None
    except RemoteInputError:
        return None


def _require_wei(max_price: object) -> None:
    """Half a token is no 0.5: a fraction would be taken for nothing."""
    if max_price is not None and not isinstance(max_price, int):
        raise MarketError(
            f"max_price={max_price!r}: expected an int, in wei; client.asset().wei('0.5') is half "
            "a token"
        )


def _without_later_rounds(terms: Terms) -> Terms:
    """A committee that none but itself judges: workers take no other seats on inputs by reference,
    which could be withdrawn before a later round, unless their operators allow it.
    """
    if terms.mode == MODE_OPTIMISTIC:
        raise MarketError(
            "an optimistic job about an input by reference: usual workers leave it, since the "
            "input could be withdrawn before an appeal. Ask a committee; or give terms, if you "
            "know workers that take it (take_references)"
        )
    return replace(terms, rounds=1)


def post_gas(payload: bytes) -> int:
    """About what posting a job with this input takes, alone in its transaction."""
    zeros = payload.count(0)
    others = len(payload) - zeros
    usual = _POST_GAS + others * _GAS_OF_BYTE + zeros * _GAS_OF_ZERO
    return max(usual, _FLOOR_GAS + others * _FLOOR_OF_BYTE + zeros * _FLOOR_OF_ZERO)
