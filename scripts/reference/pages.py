"""Which names of the package stand on which page. What is on none is the package's own business."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ALL: tuple[str, ...] = ()
"""Every public name that a module defines or, in an `__init__`, exports."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A page: `docs/reference/<name>.md`."""

    name: str
    title: str
    about: str
    modules: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Names by module; `ALL` for all of its."""


PAGES = (
    Page(
        name="client",
        title="The client",
        about="Asks models, posts jobs, reads answers and moves credit. "
        "[building-a-dapp.md](../building-a-dapp.md) tells it as a story.",
        modules={
            "assay": ("Client", "AsyncClient", "Settings"),
            "assay.asking": ("Wish",),
            "assay.references": ALL,
            "assay.transactions": ("Mined", "MAX_GAS_PRICE"),
            "assay.staking": ("Worker",),
            "assay.asset": ("Asset",),
            "assay.client": ("Arrays", "ANSWER_SECONDS"),
        },
    ),
    Page(
        name="answers",
        title="Jobs and answers",
        about="What the client takes and returns while a job goes its way: "
        "[a job's life](../protocol.md#a-jobs-life).",
        modules={
            "assay.inference": ("Inference", "Provenance", "Offer", "Progress", "Stage", "Watch"),
            "assay.posting": ("Posting", "PostedJob"),
            "assay.answers": ("Answer",),
            "assay.appeals": ("Appeal",),
            "assay.jobs": ("Job", "JobView", "Status", "Request", "JobKey", "quorum", "final_at"),
        },
    ),
    Page(
        name="terms",
        title="Terms and money",
        about="What a job is posted under, what it costs, and what its answer is worth defending: "
        "[terms and their bounds](../protocol.md#terms-and-their-bounds).",
        modules={
            "assay.terms": ALL,
            "assay.credit": ("Quote",),
            "assay.assurance": ALL,
            "assay.market": ("Mode",),
        },
    ),
    Page(
        name="models",
        title="Models",
        about="What is published, and how it is described: [models.md](../models.md).",
        modules={
            "assay.versions": ALL,
            "assay.manifest": ALL,
            "assay.tolerance": ALL,
            "assay.publishing": ("Publication",),
            "assay.artefacts.settings": ALL,
            "assay.artefacts.uris": ALL,
        },
    ),
    Page(
        name="publishing",
        title="Publishing",
        about="From a model's file to a version, with the extra `assay[publish]`: "
        "[models.md](../models.md).",
        modules={
            "assay.publish.details": ("Details",),
            "assay.publish.draft": ("Draft",),
            "assay.publish.settings": ("Measuring", "Setting"),
            "assay.publish.measure": ("Measured",),
            "assay.publish.cautions": ("Caution", "Kind", "PublishWarning"),
            "assay.publish.stores.opening": ("open_store",),
            "assay.publish.stores.base": ("Store",),
        },
    ),
    Page(
        name="tensors",
        title="Tensors",
        about="Arrays to payload bytes and back, without ONNX and any runtime: "
        "[encoding.md](../encoding.md).",
        modules={"assay.tensors": ALL, "assay.remote_inputs": ("RemoteInput", "is_reference")},
    ),
    Page(
        name="events",
        title="Events",
        about="The contracts' events as frozen dataclasses. What each of them says is in "
        "[the reference of the contracts](solidity.md).",
        modules={"assay.events": ALL},
    ),
    Page(
        name="deployments",
        title="Deployments, ABIs and reverts",
        about="Where the contracts are, and what they say, for programs that call them themselves.",
        modules={
            "assay.deployments": ALL,
            "assay.addresses": ALL,
            "assay.abi": ALL,
            "assay.reverts": ALL,
            "assay.contract_errors": ("contract_error", "advice"),
        },
    ),
    Page(
        name="hashes",
        title="Ids, draws and canaries",
        about="What the contracts compute, computed here: [ids and words](../encoding.md), "
        "[sortition](../protocol.md#sortition), [canaries](../canaries.md).",
        modules={
            "assay.ids": ALL,
            "assay.sortition": ALL,
            "assay.canaries": ALL,
            "assay.merkle": ALL,
        },
    ),
)
