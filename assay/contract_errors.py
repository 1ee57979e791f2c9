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
        advice = _ADVICE.get(self.name)
        return f"{self.name}({shown})" + (f": {advice}" if advice else "")


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


class CancelTooLateError(ContractError):
    """The seed block has passed, so the job can no longer be taken back."""


def contract_error(name: str, /, **values: Any) -> ContractError:
    """The exception for the contracts' error of that name."""
    return _CLASSES.get(name, ContractError)(name, values)


_CLASSES: Mapping[str, type[ContractError]] = {
    "UnknownVersion": UnknownVersionError,
    "DeprecatedVersion": DeprecatedVersionError,
    "EnforcedPause": PausedError,
    "InsufficientCredit": InsufficientCreditError,
    "CancelTooLate": CancelTooLateError,
    "UnsupportedMode": TermsOutOfBoundsError,
    "AppealWindowOutOfBounds": TermsOutOfBoundsError,
    "ReservedTerms": TermsOutOfBoundsError,
    "CommitteeOutOfBounds": TermsOutOfBoundsError,
    "RoundsOutOfBounds": TermsOutOfBoundsError,
    "CommitPhaseOutOfBounds": TermsOutOfBoundsError,
    "RevealPhaseOutOfBounds": TermsOutOfBoundsError,
    "SeatFeeOutOfBounds": TermsOutOfBoundsError,
    "SeatFeeCapOutOfBounds": TermsOutOfBoundsError,
    "BondOutOfBounds": TermsOutOfBoundsError,
    "CallbackWithoutTarget": TermsOutOfBoundsError,
    "StipendOutOfBounds": TermsOutOfBoundsError,
}

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
    "JobExists": "this exact request was posted before; take another nonce",
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
}

_LONGEST_VALUE = 80


def _shown(value: Any) -> str:
    text = "0x" + value.hex() if isinstance(value, bytes) else str(value)
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"
