"""Revert data to errors, and what the errors say."""

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from assay import abi, contract_errors, reverts
from assay.addresses import address
from assay.contract_errors import (
    AssetError,
    CancelTooLateError,
    ContractError,
    DeprecatedVersionError,
    DoneAlreadyError,
    InsufficientCreditError,
    InsufficientStakeError,
    PausedError,
    TermsOutOfBoundsError,
    TooEarlyError,
    TooLateError,
    UnknownVersionError,
    WrongCallerError,
    WrongStatusError,
    contract_error,
)

ACCOUNT = address("0x" + "ab" * 20)
SAMPLES = {
    "address": ACCOUNT,
    "bool": True,
    "bytes32": b"\x01" * 32,
    "string": "text",
    **{f"uint{bits}": 7 for bits in (8, 16, 32, 64, 256)},
}


def data(signature: str, *values: object) -> bytes:
    types = signature[signature.index("(") + 1 : -1].split(",") if values else ()
    return keccak(text=signature)[:4] + encode(types, values)


@pytest.mark.parametrize(
    ("raw", "kind", "values"),
    [
        (
            data("InsufficientCredit(address,uint256,uint256)", ACCOUNT, 1, 2),
            InsufficientCreditError,
            {"account": ACCOUNT, "available": 1, "required": 2},
        ),
        (
            data("CommitteeOutOfBounds(uint256,uint256,uint256)", 3, 31, 2),
            TermsOutOfBoundsError,
            {"least": 3, "most": 31, "received": 2},
        ),
        (data("EnforcedPause()"), PausedError, {}),
        (
            data("UnknownVersion(bytes32)", b"\x01" * 32),
            UnknownVersionError,
            {"version_id": b"\x01" * 32},
        ),
        (
            data("DeprecatedVersion(bytes32)", b"\x01" * 32),
            DeprecatedVersionError,
            {"version_id": b"\x01" * 32},
        ),
        (
            data("CancelTooLate(bytes32)", b"\x01" * 32),
            CancelTooLateError,
            {"job_id": b"\x01" * 32},
        ),
        (
            data("NotDrawn(address,uint256,uint256)", ACCOUNT, 0, 1),
            ContractError,
            {"worker": ACCOUNT, "entitled": 0, "requested": 1},
        ),
    ],
)
def test_decode__error_of_a_contract__its_class_and_values(
    raw: bytes, kind: type[ContractError], values: dict[str, object]
) -> None:
    error = reverts.decode(raw)
    assert type(error) is kind
    assert error.values == values
    assert str(reverts.decode("0x" + raw.hex())) == str(error)


def test_decode__every_error_of_the_abis__known_by_its_name() -> None:
    count = 0
    for contract in abi.CONTRACTS:
        for entry in abi.load(contract):
            if entry["type"] == "error":
                types = [item["type"] for item in entry["inputs"]]
                selector = keccak(text=f"{entry['name']}({','.join(types)})")[:4]
                error = reverts.decode(selector + encode(types, [SAMPLES[kind] for kind in types]))
                assert error.name == entry["name"]
                assert len(error.values) == len(types)
                count += 1
    assert count > 80


@pytest.mark.parametrize(
    ("raw", "name", "values"),
    [
        (data("Error(string)", "no"), "Error", {"reason": "no"}),
        (data("Panic(uint256)", 17), "Panic", {"code": 17}),
        (
            data("ERC20InsufficientBalance(address,uint256,uint256)", ACCOUNT, 1, 2),
            "ERC20InsufficientBalance",
            {"sender": ACCOUNT, "balance": 1, "needed": 2},
        ),
        (b"", "NoReason", {}),
        (b"\x01\x02\x03\x04rest", "UnknownError", {"data": b"\x01\x02\x03\x04rest"}),
        (b"\x01", "UnknownError", {"data": b"\x01"}),
    ],
)
def test_decode__error_of_anybody_else__named(
    raw: bytes, name: str, values: dict[str, object]
) -> None:
    error = reverts.decode(raw)
    assert (error.name, error.values) == (name, values)


@pytest.mark.parametrize("tail", [b"", bytes(31), b"\xff" * 96])
def test_decode__known_selector_and_other_data__unknown(tail: bytes) -> None:
    selector = keccak(text="NotDrawn(address,uint256,uint256)")[:4]
    error = reverts.decode(selector + tail)
    assert (error.name, error.values) == ("UnknownError", {"data": selector + tail})


def test_message__error_with_advice__name_values_and_what_to_do() -> None:
    error = contract_error("InsufficientCredit", account=ACCOUNT, available=1, required=2)
    assert str(error) == (
        f"InsufficientCredit(account={ACCOUNT}, available=1, required=2): amounts in wei; "
        "deposit the difference first, or offer a lower fee"
    )


def test_message__long_value__cut_short() -> None:
    assert len(str(contract_error("UnknownError", data=bytes(5_000)))) < 200


ERRORS = {
    entry["name"]: entry
    for contract in abi.CONTRACTS
    for entry in abi.load(contract)
    if entry["type"] == "error"
}
ANYBODYS = set(reverts._COMMON) | {"NoReason", "UnknownError"}
"""What contracts say that are not this project's."""


@pytest.mark.parametrize("name", ERRORS)
def test_decode__every_error_of_the_abis__name_values_and_advice(name: str) -> None:
    inputs = ERRORS[name]["inputs"]
    types = [item["type"] for item in inputs]
    values = [SAMPLES[kind] for kind in types]
    error = reverts.decode(keccak(text=f"{name}({','.join(types)})")[:4] + encode(types, values))
    assert error.name == name
    assert list(error.values.values()) == values
    assert [given.replace("_", "") for given in error.values] == [
        item["name"].lower() for item in inputs
    ]
    assert str(error).endswith(f": {contract_errors.advice(name)}")


def test_decode__every_error_of_the_abis__selectors_differ() -> None:
    assert len(reverts._signatures()) == len(ERRORS.keys() | reverts._COMMON.keys())


def test_advice__names__errors_that_exist() -> None:
    assert set(contract_errors._ADVICE) == set(ERRORS) | ANYBODYS
    assert set(contract_errors._CLASSES) <= set(ERRORS) | ANYBODYS


def test_families__names__in_one_family_each() -> None:
    named = " ".join(contract_errors._FAMILIES.values()).split()
    assert len(named) == len(set(named))
    kinds = {kind for kind in vars(contract_errors).values() if isinstance(kind, type)}
    kinds = {kind for kind in kinds if issubclass(kind, ContractError)}
    assert set(contract_errors._FAMILIES) == kinds - {ContractError}


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("NotRequester", WrongCallerError),
        ("NotOpen", WrongStatusError),
        ("RevealPhaseOpen", TooEarlyError),
        ("AppealWindowOver", TooLateError),
        ("CancelTooLate", TooLateError),
        ("ClosedAlready", DoneAlreadyError),
        ("BelowMinimumStake", InsufficientStakeError),
        ("ERC20InsufficientBalance", AssetError),
    ],
)
def test_contract_error__of_a_family__caught_as_it(name: str, family: type[ContractError]) -> None:
    with pytest.raises(family):
        raise contract_error(name)


def test_name_of__selector__the_errors_name() -> None:
    assert reverts.name_of(keccak(text="NotEnded(bytes32,uint256)")[:4]) == "NotEnded"
    assert reverts.name_of(bytes(4)) == "UnknownError"
