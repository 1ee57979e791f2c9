"""Canary jobs: the commitment to their answers, and the tree that contracts can check."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay import canaries, ids, merkle
from assay.canaries import Canary, CanaryError
from assay.jobs import Request
from assay.terms import Numerics, Rules, Terms

SECRET = bytes(range(32))
ADDRESS = "0x5FbDB2315678afecb367f032d93F642f64180aa3"


def canary(number: int, answer: bytes = b"cat") -> Canary:
    request = Request(
        requester=ADDRESS,
        nonce=number,
        version_id=bytes(32),
        input_hash=ids.digest(b"input"),
        terms=Terms.for_committee(5, seat_fee=2_000, bond=50_000),
    )
    job_id = request.key(Rules(numerics=Numerics.EXACT)).job_id(31_337, ADDRESS)
    return Canary(job_id=job_id, answer=ids.digest(answer), salt=canaries.salt(SECRET, job_id))


def test_root__readme_of_openzeppelin_merkle_tree__same() -> None:
    """The root that the README of @openzeppelin/merkle-tree prints for its two rows."""
    rows = (("0x" + "11" * 20, 5 * 10**18), ("0x" + "22" * 20, 25 * 10**17))
    leaves = [merkle.leaf(("address", "uint256"), row) for row in rows]
    root = "d4dee0beab2d53f2cc83e567171bd2820e49898130a22622b10ead383e90bd77"
    assert merkle.root(leaves).hex() == root
    proof = merkle.proof(leaves, leaves[0])
    assert [each.hex() for each in proof] == [
        "b92c48e9d7abe27fd8dfd6b5dfdbfb1c9a463f80c712b66f3a5180a090cccafc"
    ]


@given(st.sets(st.binary(min_size=32, max_size=32), min_size=1, max_size=40), st.data())
def test_proof__any_leaf_of_any_tree__leads_to_the_root(
    rows: set[bytes], choose: st.DataObject
) -> None:
    leaves = [merkle.leaf(("bytes32",), (row,)) for row in rows]
    wanted = choose.draw(st.sampled_from(leaves))
    proof = merkle.proof(leaves, wanted)
    assert merkle.verify(merkle.root(leaves), wanted, proof)
    assert len(proof) <= max(1, (2 * len(leaves) - 1).bit_length())
    for place in range(len(proof)):
        broken = (*proof[:place], bytes(32), *proof[place + 1 :])
        assert not merkle.verify(merkle.root(leaves), wanted, broken)


def test_root__order_of_leaves__does_not_matter() -> None:
    leaves = [merkle.leaf(("uint256",), (number,)) for number in range(7)]
    assert merkle.root(leaves) == merkle.root(leaves[::-1])


def test_root__no_leaf_or_one_twice__refused() -> None:
    with pytest.raises(merkle.MerkleError, match="at least one"):
        merkle.root([])
    with pytest.raises(merkle.MerkleError, match="twice"):
        merkle.root([bytes(32), bytes(32)])


def test_proof__leaf_of_another_tree__refused() -> None:
    with pytest.raises(merkle.MerkleError, match="not a leaf"):
        merkle.proof([bytes(32)], b"\x01" * 32)


def test_proof__inner_node__is_not_taken_for_a_leaf() -> None:
    leaves = [merkle.leaf(("uint256",), (number,)) for number in range(4)]
    inner = merkle.proof(leaves, leaves[0])[-1]
    with pytest.raises(merkle.MerkleError, match="not a leaf"):
        merkle.proof(leaves, inner)


def test_verify__each_canary_of_five__opens_the_root() -> None:
    chosen = [canary(number) for number in range(5)]
    root = canaries.root(chosen)
    for each in chosen:
        assert canaries.verify(root, each, canaries.proof(chosen, each.job_id))


def test_verify__other_answer_salt_job_or_proof__refused() -> None:
    chosen = [canary(number) for number in range(5)]
    root, first = canaries.root(chosen), chosen[0]
    proof = canaries.proof(chosen, first.job_id)
    others = (
        Canary(job_id=first.job_id, answer=ids.digest(b"dog"), salt=first.salt),
        Canary(job_id=first.job_id, answer=first.answer, salt=bytes(32)),
        Canary(job_id=bytes(32), answer=first.answer, salt=first.salt),
    )
    assert not any(canaries.verify(root, other, proof) for other in others)
    assert not canaries.verify(root, first, canaries.proof(chosen, chosen[1].job_id))
    assert not canaries.verify(root, first, ())


def test_verify__single_canary__its_leaf_is_the_root() -> None:
    only = canary(0)
    assert canaries.root([only]) == only.leaf()
    assert canaries.verify(only.leaf(), only, canaries.proof([only], only.job_id))


def test_leaf__known_parts__known_hash() -> None:
    """keccak256(bytes.concat(keccak256(abi.encode(bytes32(0), bytes32(0), bytes32(0)))))."""
    zeros = Canary(job_id=bytes(32), answer=bytes(32), salt=bytes(32))
    assert zeros.leaf() == ids.digest(ids.digest(bytes(96)))


def test_proof__job_that_is_no_canary__refused() -> None:
    with pytest.raises(CanaryError, match="0 canaries"):
        canaries.proof([canary(0)], bytes(32))


def test_proof__two_answers_for_one_job__refused() -> None:
    with pytest.raises(CanaryError, match="2 canaries"):
        canaries.proof([canary(0), canary(0, b"dog")], canary(0).job_id)


def test_salt__other_job_or_secret__another_salt() -> None:
    job, other = canary(0).job_id, canary(1).job_id
    found = {
        canaries.salt(SECRET, job),
        canaries.salt(SECRET, other),
        canaries.salt(SECRET[::-1], job),
    }
    assert len(found) == 3
    assert {len(each) for each in found} == {32}


def test_salt__short_secret__refused() -> None:
    with pytest.raises(CanaryError, match="31 bytes"):
        canaries.salt(bytes(31), bytes(32))


@pytest.mark.parametrize("name", ["job_id", "answer", "salt"])
def test_canary__part_of_another_length__refused(name: str) -> None:
    parts = {"job_id": bytes(32), "answer": bytes(32), "salt": bytes(32), name: bytes(31)}
    with pytest.raises(CanaryError, match=f"{name} of 31 bytes"):
        Canary(**parts)


def test_proof__five_canaries__as_the_contracts_test_has_it() -> None:
    """tests/forge/Canaries.t.sol checks this root and proof with OpenZeppelin's MerkleProof."""
    chosen = [
        Canary(
            job_id=number.to_bytes(32, "big"),
            answer=ids.digest(b"cat"),
            salt=(100 + number).to_bytes(32, "big"),
        )
        for number in range(1, 6)
    ]
    root = "770126f6b2d4e98d2d21d19866edda62e3bf5f24d8794bd167ee30dd35ffcbb9"
    assert canaries.root(chosen).hex() == root
    assert [each.hex() for each in canaries.proof(chosen, chosen[2].job_id)] == [
        "05dd916a713c4514479289841e4455c605d8409b69a0ba19127ece06b47f65e5",
        "25350013ca87423276c7128102cc4105071fd929dda08fe99392a57f8de7b7d7",
    ]
