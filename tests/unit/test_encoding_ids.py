"""The worked values of docs/encoding.md, recomputed from what the page says goes into them."""

import re
from pathlib import Path

from eth_utils.crypto import keccak

from assay import ids, sortition
from assay.addresses import address
from assay.jobs import Request
from assay.terms import Callback, Numerics, Rules, Terms
from assay.versions import Version
from assay.words import Layout

PAGE = (Path(__file__).parents[2] / "docs" / "encoding.md").read_text(encoding="utf-8")
SECTION = PAGE[PAGE.index("\n## Ids, digests and commitments\n") :]
EXAMPLE = dict(
    line.split(maxsplit=1)
    for line in SECTION[SECTION.index("```text\n") + 8 :].split("```")[0].splitlines()
    if line
)

TERMS = Terms.for_committee(5, seat_fee=2_000, bond=50_000)
RULES = Rules(
    numerics=Numerics.TOLERANCE,
    atol=0x3727C5AC,  # the float32 nearest to 1e-5
    rtol=429_497,
    royalty_bps=500,
    protocol_fee_bps=250,
    burn_bps=2_000,
)
CALLBACK = Callback(target=address(EXAMPLE["target"]), gas_stipend=200_000, delivery_fee=1_500)


def data(name: str) -> bytes:
    return bytes.fromhex(EXAMPLE[name].removeprefix("0x"))


def number(name: str) -> int:
    return int(EXAMPLE[name], 0)


def test_example__words__of_the_terms_in_the_text() -> None:
    assert [TERMS.pack(), RULES.pack(), CALLBACK.pack()] == [
        number(name) for name in ("terms", "rules", "callback")
    ]


def test_example__model_and_version__same_ids() -> None:
    version = Version(
        artefact=data("artefact"),
        manifest=data("manifest"),
        numerics=RULES.numerics,
        atol=RULES.atol,
        rtol=RULES.rtol,
        royalty_bps=RULES.royalty_bps,
        uris=("ipfs://model",),
    )
    model = ids.model_id(EXAMPLE["creator"], EXAMPLE["name"])
    assert model == data("modelId")
    assert ids.version_id(model, version) == data("versionId")


def test_example__job__same_hashes_and_bytes() -> None:
    assert ids.digest(data("input")) == data("inputHash")
    request = Request(
        requester=address(EXAMPLE["requester"]),
        nonce=number("nonce"),
        version_id=data("versionId"),
        input_hash=data("inputHash"),
        terms=TERMS,
        callback=CALLBACK,
    )
    assert request.body() == data("body")
    assert request.key(RULES).job_id(number("chainId"), EXAMPLE["queue"]) == data("jobId")
    words = re.findall(r"^([0-9a-f]{64})  \w+$", SECTION, re.MULTILINE)
    assert len(words) == 5
    assert keccak(bytes.fromhex("".join(words))) == data("jobId")


def test_example__draw__same_ticket_and_slot() -> None:
    seed = sortition.seed(data("blockHash"), data("jobId"), 0)
    assert seed == number("seed")
    ticket = sortition.ticket(seed, EXAMPLE["worker"])
    assert (ticket, sortition.slot(ticket)) == (number("ticket"), number("slot"))


def test_example__vote__same_commitment_and_bindings() -> None:
    assert ids.digest(data("result")) == data("resultDigest")
    promised = ids.commitment(
        number("chainId"),
        EXAMPLE["settlement"],
        data("jobId"),
        0,
        EXAMPLE["worker"],
        data("resultDigest"),
        data("salt"),
    )
    assert promised == data("commitment")
    job, nothing = data("jobId"), bytes(32)
    assert ids.vote_binding(job, 0, promised, nothing)[:28] == data("committedVote")
    assert ids.vote_binding(job, 0, data("resultDigest"), nothing)[:28] == data("revealedVote")


def test_example__proposal__same_mark() -> None:
    mark = ids.proposal_mark(EXAMPLE["worker"], data("resultDigest"))
    assert mark == data("proposalMark")


def test_tables__bits_of_words__those_of_the_layouts() -> None:
    listed = re.findall(r"(\w+) \| (\d+)\u2013(\d+)", SECTION)
    layouts = (Terms.LAYOUT, Rules.LAYOUT, Callback.LAYOUT)
    assert {(name, int(low), int(high)) for name, low, high in listed} == {
        row for layout in layouts for row in bits(layout)
    }


def bits(layout: Layout) -> list[tuple[str, int, int]]:
    """Name, lowest and highest bit of each field."""
    rows, offset = [], 0
    for name, width in layout:
        camel = re.sub(r"_(.)", lambda found: found[1].upper(), name)
        rows.append((camel, offset, offset + width - 1))
        offset += width
    return rows
