"""Ids, digests and commitments against the shared vectors."""

import pytest

from assay import ids
from assay.jobs import Request
from assay.terms import Callback, Numerics, Rules, Terms
from assay.versions import Version
from tests.unit.protocol_vectors import Case, cases, data, integer


@pytest.mark.parametrize("case", cases("models"))
def test_model_id__every_vector__same(case: Case) -> None:
    assert ids.model_id(case["owner"], case["name"]) == data(case["modelId"])


@pytest.mark.parametrize("case", cases("versions"))
def test_version_id__every_vector__same(case: Case) -> None:
    version = Version(
        artefact=data(case["artefact"]),
        manifest=data(case["manifest"]),
        graph_root=data(case["graphRoot"]),
        verifier=case["verifier"],
        numerics=Numerics(case["numerics"]),
        atol=case["atol"],
        rtol=case["rtol"],
        royalty_bps=case["royaltyBps"],
        uris=tuple(case["uris"]),
    )
    assert ids.version_id(data(case["modelId"]), version) == data(case["versionId"])
    assert Version.from_tuple(version.as_tuple()) == version


@pytest.mark.parametrize("case", cases("jobs"))
def test_job_id__every_vector__same(case: Case) -> None:
    request = request_of(case)
    key = request.key(Rules.unpack(integer(case["rules"])))
    assert key.body == request.body() == data(case["body"])
    assert key.job_id(case["chainId"], case["queue"]) == data(case["jobId"])
    assert key.as_tuple() == (integer(case["terms"]), integer(case["rules"]), data(case["body"]))


def test_job_id__anything_else__another_id() -> None:
    case = cases("jobs")[1]
    request, rules = request_of(case), Rules.unpack(integer(case["rules"]))
    key = request.key(rules)
    other_terms = Terms.for_committee(7, seat_fee=2_000, bond=50_000)
    other_rules = Rules(numerics=Numerics.EXACT, protocol_fee_bps=101, burn_bps=2_000)
    callback = Callback(target=case["queue"], gas_stipend=1)
    found = {
        key.job_id(31_337, case["queue"]),
        key.job_id(31_338, case["queue"]),
        key.job_id(31_337, case["requester"]),
        ids.job_id(31_337, case["queue"], other_terms, rules, key.body),
        ids.job_id(31_337, case["queue"], request.terms, other_rules, key.body),
    }
    bodies = {
        ids.body(case["requester"], 1, data(case["versionId"]), data(case["inputHash"]), callback),
        ids.body(
            case["requester"], 1, data(case["versionId"]), data(case["versionId"]), Callback.none()
        ),
        request.body(),
    }
    assert (len(found), len(bodies)) == (5, 3)


@pytest.mark.parametrize("case", cases("commitments"))
def test_commitment__every_vector__same(case: Case) -> None:
    got = ids.commitment(
        case["chainId"],
        case["settlement"],
        data(case["jobId"]),
        case["round"],
        case["worker"],
        data(case["digest"]),
        data(case["salt"]),
    )
    assert got == data(case["commitment"])


def test_digest__empty_payload__known_hash() -> None:
    assert ids.digest(b"\x00").hex() == (
        "bc36789e7a1e281436464229828f817d6612f7b477d66591ff96a9e064bcc98a"
    )
    assert ids.cut(ids.digest(b"\x00")) == ids.digest(b"\x00")[:20]


@pytest.mark.parametrize("case", cases("proposals"))
def test_proposal_mark__every_vector__same(case: Case) -> None:
    assert ids.proposal_mark(case["worker"], data(case["digest"])) == data(case["mark"])


def request_of(case: Case) -> Request:
    return Request(
        requester=case["requester"],
        nonce=integer(case["nonce"]),
        version_id=data(case["versionId"]),
        input_hash=data(case["inputHash"]),
        terms=Terms.unpack(integer(case["terms"])),
        callback=Callback.unpack(integer(case["callback"])),
    )
