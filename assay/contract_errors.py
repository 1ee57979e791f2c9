"""What the contracts refuse, as exceptions with the names and values the contracts give.

A check made before a transaction raises the same class as the contract would, so one `except`
covers both.
"""

from collections.abc import Mapping
from typing import Any

from assay.errors import AssayError


class ContractError(AssayError):
    """A contract refused something. `name` and `values` are those of its error."""

    def __init__(self, name: str, values: Mapping[str, Any]) -> None:
        super().__init__(name, dict(values))
        self.name = name
        self.values = dict(values)

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={_shown(value)}" for name, value in self.values.items())
        told = advice(self.name)
        return f"{self.name}({shown})" + (f": {told}" if told else "")


class UnknownVersionError(ContractError):
    """No version has that id."""


class DeprecatedVersionError(ContractError):
    """The version takes no new jobs."""


class PausedError(ContractError):
    """Posting or publishing is paused."""


class TermsOutOfBoundsError(ContractError):
    """The queue refuses these terms or this callback."""


class InsufficientCreditError(ContractError):
    """An account has less credit in the vault than this takes."""


class WrongCallerError(ContractError):
    """Somebody else may do this, and the account that asked may not."""


class WrongStatusError(ContractError):
    """The step does not fit how the job stands, or what kind of job or round it is."""


class TooEarlyError(ContractError):
    """It will be possible later; the values say when, where that is a matter of time."""


class TooLateError(ContractError):
    """It was possible until a moment that has passed."""


class CancelTooLateError(TooLateError):
    """The seed block has passed, so the job can no longer be taken back."""


class DoneAlreadyError(ContractError):
    """What was asked for is so already. Whoever only wanted it to be so can go on."""


class InsufficientStakeError(ContractError):
    """A worker has less free stake than this takes or has to leave."""


class AssetError(ContractError):
    """The asset refused to move, or moved another amount."""


def contract_error(name: str, /, **values: Any) -> ContractError:
    """The exception for the contracts' error of that name."""
    return _CLASSES.get(name, ContractError)(name, values)


def advice(name: str) -> str | None:
    """What to do about the contracts' error of that name; docs/errors.md has it for all."""
    return _ADVICE.get(name)


_FAMILIES: Mapping[type[ContractError], str] = {
    UnknownVersionError: "UnknownVersion",
    DeprecatedVersionError: "DeprecatedVersion",
    PausedError: "EnforcedPause",
    InsufficientCreditError: "InsufficientCredit",
    TermsOutOfBoundsError: "UnsupportedMode AppealWindowOutOfBounds ReservedTerms "
    "CommitteeOutOfBounds RoundsOutOfBounds CommitPhaseOutOfBounds RevealPhaseOutOfBounds "
    "SeatFeeOutOfBounds SeatFeeCapOutOfBounds BondOutOfBounds CallbackWithoutTarget "
    "StipendOutOfBounds",
    WrongCallerError: "NotEngine NotModelOwner NotPendingModelOwner NotQueue NotRequester "
    "NotSettlement NotSigner NotTheWorker OwnableUnauthorizedAccount",
    WrongStatusError: "WrongStatus OpenRound NotOpen NotExact NotTolerance ShortRound",
    TooEarlyError: "AppealWindowOpen CommitPhaseOpen RevealPhaseOpen NotEnded SeedPending "
    "StillUnbonding",
    TooLateError: "AppealWindowOver CommitPhaseOver RevealPhaseOver SeedLost",
    CancelTooLateError: "CancelTooLate",
    DoneAlreadyError: "ActiveAlready AlreadyRegistered ClosedAlready DeliveredAlready "
    "DeliveryFeePaid JobExists ModelExists RightAlready SupportedAlready VersionExists",
    InsufficientStakeError: "InsufficientStake BelowMinimumStake",
    AssetError: "ERC20InsufficientAllowance ERC20InsufficientBalance ERC20InvalidApprover "
    "ERC20InvalidReceiver ERC20InvalidSender ERC20InvalidSpender SafeERC20FailedOperation "
    "WrongAmountReceived",
}
_CLASSES = {name: kind for kind, names in _FAMILIES.items() for name in names.split()}

_ADVICE: Mapping[str, str] = {
    # posting
    "UnknownVersion": "check the version id and that it was published on this deployment",
    "DeprecatedVersion": "its owner took it out of service; choose another version of the model",
    "EnforcedPause": "the owner paused new jobs or new versions; try again later. "
    "Running jobs and withdrawals go on",
    "InsufficientCredit": "amounts in wei; deposit the difference first, or offer a lower fee",
    "UnsupportedMode": "use mode 0, a committee, or mode 1, optimistic",
    "AppealWindowOutOfBounds": "seconds; choose a length within the bounds. "
    "Only a committee's answer may be final at once, with a window of 0",
    "ReservedTerms": "leave the highest byte of the terms zero",
    "CommitteeOutOfBounds": "choose a committee within the bounds",
    "RoundsOutOfBounds": "choose as many rounds as the bounds allow; "
    "an optimistic job keeps its last one for an appeal",
    "CommitPhaseOutOfBounds": "seconds; choose a length within the bounds. "
    "The longest is an epoch of the vault",
    "RevealPhaseOutOfBounds": "seconds; choose a length within the bounds",
    "SeatFeeOutOfBounds": "units of the vault; offer at least one",
    "SeatFeeCapOutOfBounds": "units of the vault; the cap is at least the seat fee",
    "BondOutOfBounds": "units of the vault; a bond is a multiple of the highest seat fee and, "
    "with an appeal window, repays the committee of an appeal twice: see Terms.least_bond",
    "CallbackWithoutTarget": "name the contract to call, or post without a callback",
    "StipendOutOfBounds": "gas; the callback has to make do with less",
    "EmptyInput": "send a payload; the one without tensors is the single byte 0",
    "JobExists": "this exact request was posted before: make another offer, since each is "
    "accepted once, or take another nonce",
    "NonceTooLarge": "start the row of jobs at a lower nonce, so that all are below 2^96",
    # afterwards
    "CancelTooLate": "it can be taken back only until its seed block has passed; "
    "wait for the answer, or for the refund",
    "NotRequester": "only the account that posted the job may take it back",
    "WrongStatus": "the job has moved on; read its view",
    "CommitPhaseOpen": "times are UNIX seconds; wait until the phase ends",
    "RevealPhaseOpen": "times are UNIX seconds; wait until the phase ends",
    "NotTheAnswer": "the job has another answer, or another worker proposed it; read it again",
    "AppealWindowOver": "times are UNIX seconds; the answer is final",
    "AppealWindowOpen": "times are UNIX seconds; wait until the answer is final",
    "NotSettledResult": "it is not the final answer, or not yet; wait for that",
    "OpenRound": "the round has one seat, which is taken with a proposal",
    "NotOpen": "the round is a committee's; commit",
    "NotEnded": "wait for the answer, or advance a round that ran out of time",
    "ClosedAlready": "its money has been divided; nothing is left to do",
    "DeliveredAlready": "the callback has the answer",
    "NoCallback": "the job was posted without one",
    "NotEnoughGas": "send the transaction with a higher gas limit",
    "DeliveryFeePaid": "whoever still wants the callback to have the answer uses deliver, unpaid",
    # taking part in a round
    "NotDrawn": "ask for as many seats as the draw gives; it grows in the second half of the phase",
    "NoSeats": "the round is full; there is nothing to take",
    "CommitPhaseOver": "times are UNIX seconds; wait for the next round, if there is one",
    "RevealPhaseOver": "times are UNIX seconds; the round has to be advanced",
    "SeedPending": "block numbers; wait until the seed block is mined",
    "SeedLost": "block numbers; advance the job, so that the round is redrawn or the job ends",
    "SlotBusy": "claim the earlier vote, or leave this round out",
    "WrongRound": "make the commitment anew for the round under way",
    "ShortRound": "seats; advance the job: bonds return, and the round is redrawn",
    "CommitmentMismatch": "reveal with the salt and the result of the commitment, and its slot",
    "NotTheWorker": "reveal from the worker's account or with its present signer",
    "UnknownDigest": "reveal the result itself; this round has not published it",
    "NotExact": "take these jobs one by one; many at once are for EXACT jobs",
    "NotTolerance": "an EXACT job compares digests; leave this step out",
    "NotClose": "reveal the result as a reference of its own",
    "SupportedAlready": "nothing is left to do; a vote counts once for a reference",
    "RightAlready": "nothing is left to do; claim the vote",
    "NoSuchVote": "bring round, slot and digests of the vote as it lies there; "
    "a vote that was claimed lies nowhere",
    # publishing
    "NotModelOwner": "publish with the account that owns the model",
    "BadModelName": "use 1 to 64 characters of a to z, 0 to 9, '-', '_' and '.'",
    "VersionExists": "it is published; versions never change",
    "ModelExists": "the account has a model of that name",
    "RoyaltyTooHigh": "basis points; ask for less",
    "BadTolerance": "EXACT takes zeros, TOLERANCE a finite atol and an rtol below a third",
    "MissingDigest": "give the sha256 of the artefact and of the manifest",
    "TooManyUris": "name fewer places",
    "UriTooLong": "bytes of UTF-8; name a shorter one",
    # stake
    "NotRegistered": "the account is no worker yet; register it with its signer first",
    "AlreadyRegistered": "it is a worker; its signer, endpoint and switch can be changed",
    "ActiveAlready": "there is nothing to switch",
    "NotWholeUnits": "amounts in wei; stake is a whole number of units",
    "BelowMinimumStake": "units of stake; leave at least the minimum, or take all of it out",
    "InsufficientStake": "units of stake; what lies in jobs as bonds is not free",
    "StillUnbonding": "it can be released from that epoch on",
    "NothingToRelease": "nothing is on its way out; unstake first",
    "EndpointTooLong": "bytes of UTF-8; name a shorter one",
    # money
    "ERC20InsufficientBalance": "the account holds too little of the asset",
    "ERC20InsufficientAllowance": "the account must approve the vault first",
    "SafeERC20FailedOperation": "the asset refused the transfer; check balance and allowance",
    "WrongAmountReceived": "the asset takes a fee on transfer, which the vault refuses",
    "ZeroAmount": "the amount must be above zero",
    "ZeroAddress": "name an address that is not zero",
    "ERC20InvalidSender": "the asset moves nothing from this address; name another",
    "ERC20InvalidReceiver": "the asset moves nothing to this address; name another",
    "ERC20InvalidApprover": "the asset takes no allowance from this address; name another",
    "ERC20InvalidSpender": "the asset gives no allowance to this address; name another",
    # signers, owners, and the contracts among themselves
    "NotSigner": "send it with the worker's present signer, and name the worker it belongs to",
    "WorkerInactive": "its cold account has switched it off; switch it on to take seats",
    "UnknownModel": "check the model id and that the model was created on this deployment",
    "BadNumerics": "use 0, EXACT, or 1, TOLERANCE",
    "NotPendingModelOwner": "its owner has to offer the model to this account first",
    "OwnableUnauthorizedAccount": "it is for the owner of the contract",
    "OwnableInvalidOwner": "name an owner that is not zero",
    "ExpectedPause": "it is not paused; there is nothing to end",
    "ShareOutOfBounds": "basis points; choose a share within the bounds",
    "UnitTooLarge": "wei; deploy with a unit of at most 10^18",
    "NotQueue": "leave this step to the queue: post, cancel and deliver take it",
    "NotSettlement": "leave this step to the settlement, which moves bonds and pots",
    "NotEngine": "leave this step to the queue and the settlement",
    "PositionOverflow": "units of stake; one position cannot count as many",
    "PositionUnderflow": "units of stake; this is a fault of the contracts, since they look first",
    "AddressEmptyCode": "the address has no code; check that the deployment is whole",
    "FailedCall": "a call inside failed without saying why, most likely for want of gas; send more",
    # what no contract of this project says
    "NoReason": "the call was refused without a reason; most likely the address is not the "
    "contract that was meant, or the gas ran out",
    "UnknownError": "another contract's error; look its first four bytes up",
    "Error": "the text is that of the contract that was called, most likely the asset",
    "Panic": "the codes are Solidity's, 17 (0x11) being an overflow; a contract that was called "
    "has a fault",
}

_LONGEST_VALUE = 80


def _shown(value: Any) -> str:
    text = "0x" + value.hex() if isinstance(value, bytes) else str(value)
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"
