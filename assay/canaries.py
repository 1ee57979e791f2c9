"""Canary jobs: jobs whose right answer the requester knows before it posts them.

A job's id is known before the job is posted, because the requester chooses its nonce. So a
requester can commit to which of its jobs are canaries, and to their answers, before any of them is
on chain: it publishes the `root` of salted leaves (job id, answer's digest, salt). Later it opens
one canary with its `proof`, and anyone, a contract too, can `verify` that the answer was known in
advance. What is not opened stays hidden: without its salt a leaf cannot be tried out.
docs/economics.md says what canaries are for.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from assay import merkle
from assay.errors import AssayError

LEAF_TYPES = ("bytes32", "bytes32", "bytes32")
"""Of a leaf, in Solidity's words: jobId, digest of the answer, salt."""

LEAST_SECRET_BYTES = 32
"""Length of the shortest secret that salts are derived from."""


class CanaryError(AssayError):
    """A canary's parts are not 32 bytes, the secret is short, or no canary has that job id."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Canary:
    """One job with its known answer. Parts have 32 bytes; CanaryError for other lengths."""

    job_id: bytes
    answer: bytes
    """Digest of the right result."""
    salt: bytes

    def __post_init__(self) -> None:
        for name in ("job_id", "answer", "salt"):
            length = len(getattr(self, name))
            if length != 32:
                raise CanaryError(f"{name} of {length} bytes; expected 32")

    def leaf(self) -> bytes:
        """`keccak256(bytes.concat(keccak256(abi.encode(jobId, answer, salt))))`."""
        return merkle.leaf(LEAF_TYPES, (self.job_id, self.answer, self.salt))


def salt(secret: bytes, job_id: bytes) -> bytes:
    """A job's salt, made from one secret, so that only the secret has to be kept.

    Raises:
        CanaryError: the secret is shorter than 32 bytes.
    """
    if len(secret) < LEAST_SECRET_BYTES:
        raise CanaryError(
            f"a secret of {len(secret)} bytes can be guessed; "
            f"give at least {LEAST_SECRET_BYTES} random ones"
        )
    return hmac.digest(secret, b"assay canary" + job_id, sha256)


def root(canaries: Sequence[Canary]) -> bytes:
    """What is published before the jobs are posted.

    Raises:
        MerkleError: there is no canary, or one is there twice.
    """
    return merkle.root([canary.leaf() for canary in canaries])


def proof(canaries: Sequence[Canary], job_id: bytes) -> tuple[bytes, ...]:
    """What opens the canary of that job, for `MerkleProof.verify` or `verify`.

    Raises:
        CanaryError: none of the canaries is of that job, or several are.
        MerkleError: one canary is there twice.
    """
    leaves = [canary.leaf() for canary in canaries]
    found = [each for each, canary in zip(leaves, canaries, strict=True) if canary.job_id == job_id]
    if len(found) != 1:
        raise CanaryError(f"{len(found)} canaries of the job 0x{job_id.hex()}; expected one")
    return merkle.proof(leaves, found[0])


def verify(root_: bytes, canary: Canary, proof_: Sequence[bytes]) -> bool:
    """Whether a published root committed to this canary."""
    return merkle.verify(root_, canary.leaf(), proof_)
