"""Merkle trees that `MerkleProof` of OpenZeppelin checks on chain.

The tree is that of OpenZeppelin's StandardMerkleTree: leaves are hashed twice, so that no inner
node can pass for a leaf, and sorted; each pair is sorted before it is hashed, so a proof carries no
directions. Equal leaves give the same root here and there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from assay.errors import AssayError


class MerkleError(AssayError):
    """A tree without leaves, with a leaf twice, or asked about a leaf it does not hold."""


def leaf(types: Sequence[str], values: Sequence[Any]) -> bytes:
    """The 32 bytes that stand for one row of values."""
    return keccak(keccak(encode(types, values)))


def root(leaves: Sequence[bytes]) -> bytes:
    """The root, whatever the order of the leaves.

    Raises:
        MerkleError: there is no leaf, or one is there twice.
    """
    return _nodes(leaves)[0]


def proof(leaves: Sequence[bytes], wanted: bytes) -> tuple[bytes, ...]:
    """What leads from a leaf to the root, lowest first; empty for a tree of one leaf.

    Raises:
        MerkleError: the leaf is not among the leaves, or they make no tree.
    """
    nodes = _nodes(leaves)
    if wanted not in leaves:
        raise MerkleError(f"0x{wanted.hex()} is not a leaf of this tree of {len(leaves)}")
    place = nodes.index(wanted, len(leaves) - 1)
    found = []
    while place > 0:
        found.append(nodes[place + 1 if place % 2 else place - 1])
        place = (place - 1) // 2
    return tuple(found)


def verify(root_: bytes, leaf_: bytes, proof_: Sequence[bytes]) -> bool:
    """Whether the proof leads from the leaf to the root."""
    node = leaf_
    for sibling in proof_:
        node = _parent(node, sibling)
    return node == root_


def _nodes(leaves: Sequence[bytes]) -> list[bytes]:
    """The whole tree, root first; the children of node i are 2i + 1 and 2i + 2."""
    if not leaves:
        raise MerkleError("a tree needs at least one leaf")
    if len(set(leaves)) != len(leaves):
        raise MerkleError("a leaf is there twice; give each row of values once")
    inner = len(leaves) - 1
    nodes = [b""] * inner + sorted(leaves, reverse=True)
    for place in reversed(range(inner)):
        nodes[place] = _parent(nodes[2 * place + 1], nodes[2 * place + 2])
    return nodes


def _parent(first: bytes, second: bytes) -> bytes:
    return keccak(min(first, second) + max(first, second))
