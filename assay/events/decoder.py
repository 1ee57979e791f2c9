"""From logs to events, by their first topic.

The fields of an event come from the contracts' ABIs, so a name that differs is found by the tests.
Works on what web3 returns and on the plain JSON of a node; `web3.contract` would be twenty times
slower.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from eth_abi.abi import decode as abi_decode
from eth_abi.exceptions import DecodingError
from eth_typing import HexStr
from eth_utils.abi import collapse_if_tuple
from eth_utils.crypto import keccak

from assay import abi
from assay.addresses import address
from assay.events import queue, registry, settlement, vault
from assay.events.base import Event, EventDecodeError, Place
from assay.terms import Callback, Rules, Terms
from assay.versions import Version

_WORD = 32

_SOURCES = (
    ("ModelRegistry", registry),
    ("StakeVault", vault),
    ("JobQueue", queue),
    ("Settlement", settlement),
)

# By the type that Solidity knows and the ABI only mentions.
_CONVERTERS: dict[str, Callable[[Any], Any]] = {
    "address": address,
    "Terms": Terms.unpack,
    "Rules": Rules.unpack,
    "Callback": Callback.unpack,
    "struct IModelRegistry.Version": Version.from_tuple,
}


@dataclass(frozen=True, slots=True)
class _Input:
    name: str
    type: str
    solidity: str
    indexed: bool
    bits: int | None
    """Of an unsigned integer or an address; None for every other type."""


@dataclass(frozen=True, slots=True)
class _Decoder:
    kind: type[Event]
    indexed: tuple[_Input, ...]
    data: tuple[_Input, ...]

    def values(self, topics: list[bytes], data: bytes) -> dict[str, Any]:
        if len(topics) != len(self.indexed):
            raise EventDecodeError(
                f"a {self.kind.__name__} log with {len(topics)} indexed values: expected "
                f"{len(self.indexed)}; check that the address is of this deployment"
            )
        inputs = self.indexed + self.data
        try:
            raw = [
                _topic_value(item, topic) for item, topic in zip(self.indexed, topics, strict=True)
            ]
            raw += self.values_in(data)
        except (DecodingError, OverflowError, UnicodeDecodeError) as error:
            raise EventDecodeError(
                f"a {self.kind.__name__} log does not decode ({error}); check that the address "
                "is of this deployment"
            ) from None
        return {
            item.name: _CONVERTERS.get(item.solidity, _same)(value)
            for item, value in zip(inputs, raw, strict=True)
        }

    def values_in(self, data: bytes) -> Iterable[Any]:
        """What `eth_abi` would decode, at a tenth of the time; what is unusual is left to it."""
        values = []
        for place, item in enumerate(self.data):
            word = data[place * _WORD : (place + 1) * _WORD]
            value = self._bytes_at(word, data) if item.type == "bytes" else _read_word(item, word)
            if value is None:
                return abi_decode([each.type for each in self.data], data)
            values.append(value)
        return values

    def _bytes_at(self, word: bytes, data: bytes) -> bytes | None:
        """What a word points to; None unless it is there whole, with zeros after it."""
        begin = int.from_bytes(word, "big") + _WORD
        if len(word) < _WORD or not (len(self.data) + 1) * _WORD <= begin <= len(data):
            return None
        end = begin + int.from_bytes(data[begin - _WORD : begin], "big")
        padded = end + -end % _WORD if begin % _WORD == 0 else -1
        if not end <= padded <= len(data) or any(data[end:padded]):
            return None
        return data[begin:end]


def decode(log: Mapping[str, Any]) -> Event | None:
    """The event in a log, or None when it is none of these contracts'.

    Raises EventDecodeError when the topic is known and the rest does not fit.
    """
    topics = [_bytes(topic) for topic in log["topics"]]
    decoder = _decoders().get(topics[0]) if topics else None
    if decoder is None:
        return None
    values = decoder.values(topics[1:], _bytes(log["data"]))
    return decoder.kind(at=_place(log), **values)


def topics(*kinds: type[Event]) -> list[HexStr]:
    """First topics of logs of these kinds, for a filter; of all kinds when none is given."""
    wanted = kinds or tuple(decoder.kind for decoder in _decoders().values())
    return [_first_topics()[kind] for kind in wanted]


@cache
def _first_topics() -> dict[type[Event], HexStr]:
    return {decoder.kind: HexStr("0x" + topic.hex()) for topic, decoder in _decoders().items()}


@cache
def _decoders() -> dict[bytes, _Decoder]:
    """By first topic. A few names (Paused, …) are in several contracts, with one topic."""
    found = {}
    for contract, module in _SOURCES:
        for entry in abi.load(contract):
            if entry["type"] == "event":
                kind = getattr(module, entry["name"], None) or getattr(queue, entry["name"])
                found[_topic(entry)] = _decoder(kind, entry)
    return found


def _decoder(kind: type[Event], entry: Mapping[str, Any]) -> _Decoder:
    inputs = [
        _Input(
            name=_field_name(item["name"]),
            type=collapse_if_tuple(item),
            solidity=item["internalType"],
            indexed=item["indexed"],
            bits=_bits(collapse_if_tuple(item)),
        )
        for item in entry["inputs"]
    ]
    return _Decoder(
        kind=kind,
        indexed=tuple(item for item in inputs if item.indexed),
        data=tuple(item for item in inputs if not item.indexed),
    )


def _bits(type_: str) -> int | None:
    if type_ == "address":
        return 160
    found = re.fullmatch(r"uint(\d+)", type_)
    return int(found[1]) if found else None


def _topic_value(item: _Input, topic: bytes) -> Any:
    value = _read_word(item, topic)
    return abi_decode((item.type,), topic)[0] if value is None else value


def _read_word(item: _Input, word: bytes) -> Any | None:
    """The value in a word; None for what is no word, or has bits that its type has not."""
    if len(word) < _WORD:
        return None
    if item.type == "bytes32":
        return word
    value = int.from_bytes(word, "big")
    if item.bits is None or value >> item.bits:
        return None
    return "0x" + word[12:].hex() if item.type == "address" else value


def _topic(entry: Mapping[str, Any]) -> bytes:
    types = ",".join(collapse_if_tuple(item) for item in entry["inputs"])
    return keccak(text=f"{entry['name']}({types})")


def _field_name(solidity: str) -> str:
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", solidity).lower()
    return name + "_" if name == "from" else name


def _place(log: Mapping[str, Any]) -> Place:
    timestamp = log.get("blockTimestamp")
    return Place(
        block_number=_int(log["blockNumber"]),
        block_hash=_bytes(log["blockHash"]),
        transaction_hash=_bytes(log["transactionHash"]),
        log_index=_int(log["logIndex"]),
        address=address(log["address"]),
        timestamp=None if timestamp is None else _int(timestamp),
    )


def _bytes(value: str | bytes) -> bytes:
    return bytes.fromhex(value.removeprefix("0x")) if isinstance(value, str) else bytes(value)


def _int(value: str | int) -> int:
    return int(value, 16) if isinstance(value, str) else value


def _same(value: Any) -> Any:
    return value
