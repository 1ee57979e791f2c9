"""Transactions against a node that answers from a table."""

from collections.abc import Callable
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_account import Account
from eth_account.typed_transactions.typed_transaction import TypedTransaction
from eth_utils.crypto import keccak
from hexbytes import HexBytes
from requests import ConnectionError as NoConnectionError

from assay.chain import Chain
from assay.contract_errors import ContractError, InsufficientCreditError
from assay.rpc import RefusedByNodeError
from assay.transactions import (
    GasTooDearError,
    InsufficientFundsError,
    Sender,
    Sending,
    TransactionFailedError,
    TransactionPendingError,
)
from tests.unit.nodes import TableProvider, node
from tests.unit.samples import ACCOUNT, DEPLOYMENT

GWEI = 10**9
RECEIPT: dict[str, Any] = {
    "blockHash": "0x" + "01" * 32,
    "blockNumber": "0x20",
    "transactionHash": "0x" + "02" * 32,
    "transactionIndex": "0x0",
    "from": ACCOUNT.address,
    "to": DEPLOYMENT.vault,
    "gasUsed": "0xc350",
    "cumulativeGasUsed": "0xc350",
    "effectiveGasPrice": "0x1",
    "contractAddress": None,
    "logs": [],
    "logsBloom": "0x" + "00" * 256,
    "status": "0x1",
    "type": "0x2",
}


def mined(**other: Any) -> Callable[..., dict[str, Any]]:
    """A node's answer with the receipt of the transaction that is asked for."""
    return lambda request, *_: RECEIPT | {"transactionHash": request} | other


LITTLE_CREDIT = (
    "0x"
    + (
        keccak(text="InsufficientCredit(address,uint256,uint256)")[:4]
        + encode(("address", "uint256", "uint256"), (ACCOUNT.address, 1, 2))
    ).hex()
)


def refusal(message: str) -> dict[str, Any]:
    return {"error": {"code": -32000, "message": message}}


def sender(**answers: Any) -> tuple[Sender, TableProvider, Callable[[], Any]]:
    """A sender, its node, and the call `withdraw(account, 5)` being sent."""
    usual = {
        "eth_chainId": hex(31_337),
        "eth_estimateGas": hex(40_000),
        "eth_feeHistory": {
            "oldestBlock": "0x1f",
            "baseFeePerGas": [hex(6 * GWEI), hex(7 * GWEI)],
            "gasUsedRatio": [0.5],
        },
        "eth_maxPriorityFeePerGas": hex(2 * GWEI),
        "eth_getTransactionCount": "0x9",
        "eth_sendRawTransaction": "0x" + "02" * 32,
        "eth_getTransactionReceipt": mined(),
    }
    chain = Chain(node(**usual | answers), DEPLOYMENT)
    made = Sender(chain, ACCOUNT, deadline=0, poll=0)
    provider = chain.w3.provider
    assert isinstance(provider, TableProvider)
    withdraw = chain.vault.functions.withdraw(ACCOUNT.address, 5)
    return made, provider, lambda: made.send(withdraw)


def raw_transactions(provider: TableProvider) -> list[bytes]:
    return [
        bytes.fromhex(params[0].removeprefix("0x"))
        for method, params in provider.calls
        if method == "eth_sendRawTransaction"
    ]


def fields(raw: bytes) -> tuple[int, ...]:
    """Chain id, nonce, tip, highest fee and gas of a transaction of type 2."""
    found = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
    assert found["type"] == 2
    names = ("chainId", "nonce", "maxPriorityFeePerGas", "maxFeePerGas", "gas")
    return tuple(found[name] for name in names)


def test_send__mined__fees_of_type_2_and_gas_with_a_margin() -> None:
    _, provider, send = sender()
    sent = send()
    (raw,) = raw_transactions(provider)
    assert fields(raw) == (31_337, 9, 2 * GWEI, 16 * GWEI, 50_000)
    assert Account.recover_transaction(raw) == ACCOUNT.address
    assert (sent.block_number, sent.gas_used, sent.events) == (32, 50_000, ())
    assert sent.transaction_hash == keccak(raw)


def test_send__refused_in_simulation__nothing_sent() -> None:
    error = {"error": {"code": 3, "message": "execution reverted", "data": LITTLE_CREDIT}}
    _, provider, send = sender(eth_estimateGas=error)
    with pytest.raises(InsufficientCreditError):
        send()
    assert raw_transactions(provider) == []


@pytest.mark.parametrize("message", ["nonce too low", "replacement transaction underpriced"])
def test_send__nonce_taken_meanwhile__sent_with_the_next(message: str) -> None:
    counts, answers = iter(["0x9", "0xa"]), iter([refusal(message), "0x" + "02" * 32])
    _, provider, send = sender(
        eth_getTransactionCount=lambda *_: next(counts),
        eth_sendRawTransaction=lambda *_: next(answers),
    )
    send()
    assert [fields(raw)[1] for raw in raw_transactions(provider)] == [9, 10]


def test_send__another_nonce__told_again() -> None:
    """The node may keep both, so twice as much is signed for."""
    told: list[Sending] = []
    counts, answers = iter(["0x9", "0xa"]), iter([refusal("nonce too low"), "0x" + "02" * 32])
    made, _, _ = sender(
        eth_getTransactionCount=lambda *_: next(counts),
        eth_sendRawTransaction=lambda *_: next(answers),
    )
    asking = Sender(made._chain, ACCOUNT, deadline=0, poll=0, before=told.append)
    asking.send(made._chain.vault.functions.withdraw(ACCOUNT.address, 5))
    assert [one.function for one in told] == ["withdraw", "withdraw"]


def test_send__agreed_to_before__told_again_only_for_more_gas() -> None:
    told: list[Sending] = []
    made, _, _ = sender()
    asking = Sender(made._chain, ACCOUNT, deadline=0, poll=0, before=told.append)
    withdraw = made._chain.vault.functions.withdraw(ACCOUNT.address, 5)
    for gas, times in ((50_000, 1), (49_999, 2)):
        agreed = asking.agree("withdraw", DEPLOYMENT.vault, gas)
        asking.send(withdraw, agreed=agreed)
        assert [one.gas for one in told][-times:] == [gas, 50_000][:times]


def test_send__nonce_always_taken__given_up() -> None:
    _, provider, send = sender(eth_sendRawTransaction=refusal("nonce too low"))
    with pytest.raises(RefusedByNodeError, match="nonce too low"):
        send()
    assert len(raw_transactions(provider)) == 3


def test_send__node_knows_it_already__waited_for() -> None:
    _, provider, send = sender(eth_sendRawTransaction=refusal("already known"))
    assert send().block_number == 32
    assert len(raw_transactions(provider)) == 1


def test_send__no_coin_for_gas__said() -> None:
    message = "insufficient funds for gas * price + value"
    _, _, send = sender(eth_sendRawTransaction=refusal(message))
    with pytest.raises(InsufficientFundsError, match="cannot pay for 50000 gas"):
        send()


def test_send__connection_lost_while_sending__hash_to_look_up() -> None:
    _, provider, send = sender(eth_sendRawTransaction=NoConnectionError("/v3/secret-key"))
    with pytest.raises(TransactionPendingError, match="may still be") as caught:
        send()
    (raw,) = raw_transactions(provider)
    assert caught.value.transaction_hash == keccak(raw)
    assert "secret-key" not in str(caught.value)


@pytest.mark.parametrize("answer", [None, NoConnectionError("/v3/secret-key")])
def test_send__no_receipt__hash_to_look_up(answer: Any) -> None:
    _, provider, send = sender(eth_getTransactionReceipt=answer)
    with pytest.raises(TransactionPendingError) as caught:
        send()
    (raw,) = raw_transactions(provider)
    assert caught.value.transaction_hash == keccak(raw)
    assert "secret-key" not in str(caught.value)


def test_send__receipt_of_another_transaction__not_believed() -> None:
    _, _, send = sender(eth_getTransactionReceipt=RECEIPT | {"status": "0x0"})
    with pytest.raises(TransactionPendingError, match="receipt of another one"):
        send()


def test_send__node_names_another_hash__own_one_is_looked_up() -> None:
    _, provider, send = sender()  # it answers with 0x0202…
    send()
    (raw,) = raw_transactions(provider)
    asked = [params[0] for method, params in provider.calls if "Receipt" in method]
    assert set(asked) == {"0x" + keccak(raw).hex()}


def test_send__failed_when_mined__why() -> None:
    error = {"error": {"code": 3, "message": "execution reverted", "data": LITTLE_CREDIT}}
    _, provider, send = sender(eth_getTransactionReceipt=mined(status="0x0"), eth_call=error)
    with pytest.raises(InsufficientCreditError):
        send()
    ((call, block),) = [params for method, params in provider.calls if method == "eth_call"]
    assert (call["from"], int(block, 16)) == (ACCOUNT.address, 31)


def test_send__its_moment_had_passed_when_mined__why() -> None:
    """As of the block before it would still have done."""
    passed = {"error": {"code": 3, "message": "execution reverted", "data": LITTLE_CREDIT}}
    _, _, send = sender(
        eth_getTransactionReceipt=mined(status="0x0"),
        eth_call=lambda _, block: passed if int(block, 16) == 32 else "0x",
    )
    with pytest.raises(InsufficientCreditError):
        send()


@pytest.mark.parametrize("again", ["0x", refusal("no state of that block")])
def test_send__failed_when_mined_and_nobody_knows_why__said(again: Any) -> None:
    _, _, send = sender(eth_getTransactionReceipt=mined(status="0x0"), eth_call=again)
    with pytest.raises(TransactionFailedError, match=r"the node at .* says .* Look it up"):
        send()


def test_send__batch_with_a_failure__named_by_its_index() -> None:
    reason = keccak(text="EmptyInput()")[:4]
    failed = {
        "address": DEPLOYMENT.queue,
        "blockHash": "0x" + "01" * 32,
        "blockNumber": "0x20",
        "transactionHash": "0x" + "02" * 32,
        "transactionIndex": "0x0",
        "logIndex": "0x0",
        "topics": [
            "0x" + keccak(text="BatchItemFailed(uint256,bytes)").hex(),
            "0x" + (3).to_bytes(32, "big").hex(),
        ],
        "data": "0x" + encode(("bytes",), (reason,)).hex(),
        "removed": False,
    }
    _, _, send = sender(eth_getTransactionReceipt=mined(logs=[failed]))
    failures = send().failures
    assert {index: error.name for index, error in failures.items()} == {3: "EmptyInput"}
    assert all(isinstance(error, ContractError) for error in failures.values())


def test_require_coin__less_than_it_takes__both_said() -> None:
    made, _, _ = sender(eth_getBalance=hex(5))
    made.require_coin(5)
    with pytest.raises(InsufficientFundsError, match=r"has 5 wei .* takes about 6: send it some"):
        made.require_coin(6)


def test_send__told_beforehand__gas_and_price_of_the_very_call() -> None:
    told: list[Sending] = []
    made, provider, _ = sender()
    asking = Sender(made._chain, ACCOUNT, deadline=0, poll=0, before=told.append)
    asking.send(made._chain.vault.functions.withdraw(ACCOUNT.address, 5))
    (one,) = told
    assert (one.function, one.to) == ("withdraw", DEPLOYMENT.vault)
    assert (one.gas, one.gas_price, one.cost) == (50_000, 9 * GWEI, 450_000 * GWEI)
    assert (one.max_gas_price, one.most) == (16 * GWEI, 800_000 * GWEI)
    assert len(raw_transactions(provider)) == 1


def test_send__price_raised_once_it_was_agreed__signed_as_agreed() -> None:
    told: list[Sending] = []
    tips = iter([hex(2 * GWEI), hex(400 * GWEI)])
    made, provider, _ = sender(eth_maxPriorityFeePerGas=lambda *_: next(tips))
    asking = Sender(made._chain, ACCOUNT, deadline=0, poll=0, before=told.append)
    asking.send(made._chain.vault.functions.withdraw(ACCOUNT.address, 5))
    (raw,) = raw_transactions(provider)
    assert fields(raw)[2:4] == (2 * GWEI, told[0].max_gas_price)


def test_send__dearer_than_anybody_pays__nothing_sent() -> None:
    _, provider, send = sender(eth_maxPriorityFeePerGas=hex(500 * GWEI))
    with pytest.raises(GasTooDearError, match="507000000000 wei"):
        send()
    assert raw_transactions(provider) == []


def test_send__kept_back_beforehand__nothing_signed_or_sent() -> None:
    class NoError(Exception):
        pass

    def refuse(sending: Sending) -> None:
        raise NoError

    made, provider, _ = sender()
    asking = Sender(made._chain, ACCOUNT, deadline=0, poll=0, before=refuse)
    with pytest.raises(NoError):
        asking.send(made._chain.vault.functions.withdraw(ACCOUNT.address, 5))
    assert raw_transactions(provider) == []
