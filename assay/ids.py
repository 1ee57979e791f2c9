"""Ids, digests and commitments: the hashes that name things on chain (docs/encoding.md).

Each is keccak256 over the standard ABI encoding of its parts. Digests and ids are 32 bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from eth_abi.abi import encode

from assay.hashing import keccak

if TYPE_CHECKING:
    from assay.terms import Callback, Rules, Terms
    from assay.versions import Version

CUT_BYTES = 20
"""Length of the part of a digest that a job's word keeps."""

NONCE_BITS = 96
"""Width of a request's nonce."""

_WORD_BYTES = 32
_ADDRESS_CHARACTERS = 42

VERSION_TYPE = "(bytes32,bytes32,bytes32,address,uint8,uint32,uint32,uint16,string[])"
"""ABI type of what a version's id is made from, in the registry's order."""


def model_id(creator: str, name: str) -> bytes:
    """Id of the model `creator/name`; it stays when the model is transferred."""
    return _hash(("address", "string"), (creator, name))


def version_id(model: bytes, version: Version) -> bytes:
    """Id of a version of the model with the id `model`: a hash of all its content."""
    return _hash(("bytes32", VERSION_TYPE), (model, version.as_tuple()))


def body(
    requester: str, nonce: int, version: bytes, input_hash: bytes, callback: Callback
) -> bytes:
    """The part of a request that its rounds do not need, folded into one hash."""
    if nonce >> NONCE_BITS:
        raise ValueError(f"nonce {nonce}: expected an integer from 0 to 2^{NONCE_BITS} - 1")
    return hash_words(requester, nonce, version, input_hash, callback.pack())


def job_id(chain_id: int, queue: str, terms: Terms, rules: Rules, body_: bytes) -> bytes:
    """Id of a job: it commits to everything the job asks."""
    return hash_words(chain_id, queue, terms.pack(), rules.pack(), body_)


def commitment(
    chain_id: int,
    settlement: str,
    job: bytes,
    round_: int,
    worker: str,
    result_digest: bytes,
    salt: bytes,
) -> bytes:
    """What a worker commits: nobody can copy it, nor find the result without the salt.

    The last byte is the round: in another one it is refused.
    """
    hashed = hash_words(chain_id, settlement, job, round_, worker, result_digest, salt)
    return hashed[:-1] + bytes([round_])


def vote_binding(job: bytes, round_: int, first: bytes, second: bytes) -> bytes:
    """What the word of a vote binds, of which it keeps the first 28 bytes.

    Of a committed vote `first` is the commitment; of a revealed one its digest, and `second` the
    digest of the reference it supported if that is another. Else `second` is zero.
    """
    place = (int.from_bytes(job, "big") + round_) % (1 << 256)
    opening = (first, second) if any(second) else (first,)
    return hash_words(place, *opening)


def proposal_mark(worker: str, result_digest: bytes) -> bytes:
    """What a job's word keeps of a proposal: it binds the answer to the worker that gave it."""
    return cut(hash_words(worker, result_digest))


def digest(payload: bytes) -> bytes:
    """Digest of a result, and hash of an input."""
    return keccak(payload)


def cut(digest_: bytes) -> bytes:
    """The part of a digest that a job's word keeps."""
    return digest_[:CUT_BYTES]


def hash_words(*values: int | bytes | str) -> bytes:
    """keccak256 over values of one word each. Raises what `encode_words` raises."""
    return keccak(encode_words(*values))


def encode_words(*values: int | bytes | str) -> bytes:
    """Values of one word each: unsigned integers, 32 bytes, or addresses.

    What `eth_abi` would encode, at a tenth of the time: a worker needs many of these a job.
    Raises ValueError or OverflowError for what is no word.
    """
    return b"".join([_word(value) for value in values])


def _word(value: int | bytes | str) -> bytes:
    if isinstance(value, int):
        return value.to_bytes(_WORD_BYTES, "big")
    word = value if isinstance(value, bytes) else bytes.fromhex(value[2:]).rjust(_WORD_BYTES, b"\0")
    if len(word) != _WORD_BYTES or (isinstance(value, str) and len(value) != _ADDRESS_CHARACTERS):
        raise ValueError(f"{value!r}: expected an integer, 32 bytes or an address")
    return word


def _hash(types: Sequence[str], values: Sequence[Any]) -> bytes:
    return keccak(encode(types, values))
