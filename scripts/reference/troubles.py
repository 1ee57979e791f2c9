"""The page of errors: what each means, and what to do."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from assay import abi
from assay.contract_errors import advice, contract_error
from scripts.reference.errors import UnwritableError
from scripts.reference.markdown import WRITTEN, page, table
from scripts.reference.package import Named, Package, text_of

_REMEDIES = Path(__file__).with_name("remedies.toml")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Section:
    """Exceptions of some modules, in a table of their own."""

    module: str
    prefix: str = ""
    """Of anchors, since a name may be there twice."""
    title: str
    about: str


_SECTIONS = (
    _Section(
        module="assay",
        title="Python exceptions",
        about="All are [`AssayError`](#AssayError). What a contract refuses is a "
        "[`ContractError`](#ContractError), whether it was found out before sending or after.",
    ),
    _Section(
        module="assay.cli",
        prefix="cli-",
        title="Errors of the command line",
        about="What only `assay` on a terminal refuses; the exit codes are in [cli.md](cli.md).",
    ),
    _Section(
        module="assay.publish",
        title="Errors of publishing",
        about="What can keep a model from being published: [models.md](models.md).",
    ),
    _Section(
        module="worker",
        prefix="worker-",
        title="Errors of the worker",
        about="What the daemon itself refuses; it stands in its log, and most of it passes by "
        "itself. Why a worker does not vote, which is no error, is in "
        "[when it abstains](running-a-worker.md#when-it-abstains).",
    ),
)
_ELSEWHERE = {
    "AddressEmptyCode": "The settlement's second part is not there.",
    "EnforcedPause": "New jobs, or new versions, are not taken for the moment.",
    "ExpectedPause": "The contract is not paused.",
    "FailedCall": "A call inside the settlement failed without a reason.",
    "OwnableInvalidOwner": "A contract would have an owner of zero.",
    "OwnableUnauthorizedAccount": "Only the owner of the contract may do this.",
    "SafeERC20FailedOperation": "The asset refused to move.",
}
"""Errors that the contracts have from OpenZeppelin."""
_ANYBODYS = {
    "ERC20InsufficientAllowance": "The vault may not take as much of the asset.",
    "ERC20InsufficientBalance": "The account has less of the asset.",
    "ERC20InvalidApprover": "Allowances cannot be given from this address.",
    "ERC20InvalidReceiver": "The asset cannot be moved to this address.",
    "ERC20InvalidSender": "The asset cannot be moved from this address.",
    "ERC20InvalidSpender": "Allowances cannot be given to this address.",
    "Error": "A contract said why in words of its own, `reason`.",
    "NoReason": "A call was refused, and nothing was said.",
    "Panic": "A contract ran into a fault of its own, of this `code`.",
    "UnknownError": "A contract refused with an error that no ABI here has; `data` is all of it.",
}
"""What a ContractError can be called that is in no ABI of the deployment."""


def errors_page(package: Package, notices: Mapping[str, str]) -> str:
    """`errors.md`. `notices` are what the contracts say about their errors, by name.

    Raises:
        UnwritableError: what to do about an error is not said, or is said of one that is gone.
    """
    exceptions = package.exceptions()
    remedies = _remedies(exceptions)
    contracts = list(_contract_rows({**notices, **_ELSEWHERE, **_ANYBODYS}))
    return page(
        "# Errors",
        WRITTEN,
        "What each error means and what to do, by its name. Messages say the same with the values "
        "of the case.",
        "- [Python exceptions](#python-exceptions) · [Contract errors](#contract-errors) · "
        "[Errors of the worker](#errors-of-the-worker)",
        _python(_SECTIONS[0], exceptions, remedies),
        "## Contract errors",
        "In Python a [`ContractError`](#ContractError) of this `name`, with the arguments in "
        "`values`; where there is a class, it can be caught as that. Errors of libraries and "
        "consumers are in [the reference of the contracts](reference/solidity.md#libraries).",
        table(("error", "of", "caught as", "means", "do"), contracts),
        *(_python(section, exceptions, remedies) for section in _SECTIONS[1:]),
    )


def errors_by_contract() -> dict[str, list[str]]:
    """The contracts that can say an error, by its name; none for what anybody's contract says."""
    found: dict[str, list[str]] = {name: [] for name in _ANYBODYS}
    for contract in abi.CONTRACTS:
        for entry in abi.load(contract):
            if entry["type"] == "error":
                found.setdefault(entry["name"], []).append(contract)
    return found


def _section_of(exception: Named) -> _Section:
    fitting = [each for each in _SECTIONS if f"{exception.module}.".startswith(f"{each.module}.")]
    return max(fitting, key=lambda each: len(each.module))


def _remedies(exceptions: list[Named]) -> dict[tuple[str, str], str]:
    tables = tomllib.loads(_REMEDIES.read_text(encoding="utf-8"))
    told = {(module, name): do for module, names in tables.items() for name, do in names.items()}
    known = {(each.module, each.name) for each in exceptions}
    missing = [f"{module}.{name}: say what to do" for module, name in sorted(known - told.keys())]
    gone = [f"{module}.{name} is no more: take it out" for module, name in told.keys() - known]
    if missing or gone:
        raise UnwritableError([f"{fault} in {_REMEDIES.name}" for fault in missing + sorted(gone)])
    return told


def _python(
    section: _Section, exceptions: list[Named], remedies: Mapping[tuple[str, str], str]
) -> str:
    rows = [
        (
            f'<a id="{section.prefix}{each.name}"></a>`{each.name}`',
            f"`{each.module}`",
            _means(each),
            remedies[each.module, each.name],
        )
        for each in exceptions
        if _section_of(each) is section
    ]
    if not rows:
        return ""
    head = ("error", "from", "means", "do")
    return page(f"## {section.title}", section.about, table(head, rows))


def _means(exception: Named) -> str:
    """The docstring's first paragraph; of attributes alone the reader learns nothing."""
    return text_of(exception.what).split("\n\n")[0]


def _contract_rows(notices: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    silent = []
    for name, contracts in sorted(errors_by_contract().items()):
        means, do = notices.get(name), advice(name)
        if not means or not do:
            silent.append(f"{name}: " + ("no advice" if means else "no @notice"))
            continue
        kind = type(contract_error(name)).__name__
        caught = "" if kind == "ContractError" else f"[`{kind}`](#{kind})"
        shown = ", ".join(f"`{each}`" for each in contracts) or "any"
        yield f'<a id="{name}"></a>`{name}`', shown, caught, means, do
    if silent:
        raise UnwritableError(silent)
