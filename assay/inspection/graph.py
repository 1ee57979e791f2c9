"""Reads an ONNX graph without running it, and refuses what no worker could agree on.

For a sandboxed child where the bytes are hostile, and for publishers, whose own they are.
"""

from __future__ import annotations

from collections.abc import Iterable

import onnx
from google.protobuf.message import DecodeError
from onnx import ModelProto, TensorProto, ValueInfoProto

from assay.inspection.errors import (
    CustomOperatorError,
    ExternalDataError,
    ModelTooLargeError,
    NotOnnxError,
    RandomOperatorError,
    UnsupportedTypeError,
)
from assay.inspection.exactness import first_float_node
from assay.inspection.report import Inspection
from assay.inspection.rows import is_by_rows
from assay.inspection.walk import graphs, tensors
from assay.tensors import MAX_RANK, MAX_TENSORS, DataType, TensorSpec

# What onnxruntime's Python binding takes in and gives out; the others exist inside graphs only.
RUNTIME_TYPES = frozenset(
    {*range(DataType.FLOAT, DataType.UINT64 + 1)}
    | {*range(DataType.BFLOAT16, DataType.FLOAT8E5M2FNUZ + 1)}
)
# With a seed, too: onnxruntime goes on with the sequence from one run to the next.
_RANDOM = frozenset(
    "Bernoulli Multinomial RandomNormal RandomNormalLike RandomUniform RandomUniformLike".split()
)
_DOMAINS = {"": "ai.onnx", "ai.onnx": "ai.onnx", "ai.onnx.ml": "ai.onnx.ml"}


def parse(model: bytes, max_bytes: int) -> ModelProto:
    """The model in an artefact. Raises ModelTooLargeError or NotOnnxError."""
    if len(model) > max_bytes:
        raise ModelTooLargeError(
            f"the artefact has {len(model)} bytes: this worker runs at most {max_bytes}; "
            "publish a smaller model, or raise the worker's limit"
        )
    proto = ModelProto()
    try:
        proto.ParseFromString(model)
    except DecodeError as error:
        raise NotOnnxError(
            f"the artefact is not an ONNX model ({error}): export it as ONNX"
        ) from None
    if not proto.HasField("graph") or not proto.graph.output:
        raise NotOnnxError(
            "the artefact is not an ONNX model (no graph with outputs): export it as ONNX"
        )
    return proto


def inspect(model: ModelProto) -> Inspection:
    """Signature and character of a model that any worker can run.

    Raises CustomOperatorError, RandomOperatorError, ExternalDataError, UnsupportedTypeError or
    NotOnnxError.
    """
    _refuse_custom_operators(model)
    _refuse_random_operators(model)
    _refuse_external_data(model)
    given = {tensor.name for tensor in model.graph.initializer}
    given |= {tensor.values.name for tensor in model.graph.sparse_initializer}
    return Inspection(
        inputs=_signature("input", (v for v in model.graph.input if v.name not in given)),
        outputs=_signature("output", model.graph.output),
        opset=_opset(model),
        float_node=first_float_node(model),
        by_rows=is_by_rows(model),
    )


def _opset(model: ModelProto) -> dict[str, int]:
    """Versions of the two standard domains, as imported."""
    versions: dict[str, int] = {}
    for entry in model.opset_import:
        domain = _DOMAINS.get(entry.domain)
        if domain and versions.setdefault(domain, entry.version) != entry.version:
            raise NotOnnxError(f"the model imports {domain} in two versions: import it once")
    return versions


def _refuse_custom_operators(model: ModelProto) -> None:
    for graph in graphs(model):
        for node in graph.node:
            if node.domain not in _DOMAINS:
                raise CustomOperatorError(
                    f"operator {node.domain}.{node.op_type}: expected only ai.onnx and ai.onnx.ml; "
                    "export the model without custom or fused operators"
                )
    if model.functions:
        raise CustomOperatorError(
            f"the model defines functions of its own ({model.functions[0].name}): inline them "
            "before publishing (onnx.inliner.inline_local_functions)"
        )


def _refuse_random_operators(model: ModelProto) -> None:
    for graph in graphs(model):
        for node in graph.node:
            training = node.op_type == "Dropout" and len(node.input) > 2 and node.input[2]
            if node.op_type in _RANDOM or training:
                raise RandomOperatorError(
                    f"operator {node.op_type} draws random numbers: expected a graph that gives "
                    "the same result each time; export it for inference, or make the random "
                    "numbers an input"
                )


def _refuse_external_data(model: ModelProto) -> None:
    for tensor in tensors(model):
        if tensor.data_location == TensorProto.EXTERNAL or tensor.external_data:
            raise ExternalDataError(
                f"tensor {tensor.name!r} keeps its data outside the artefact: save the model as "
                "one file (onnx.save_model with save_as_external_data=False)"
            )


def _signature(what: str, values: Iterable[ValueInfoProto]) -> tuple[TensorSpec, ...]:
    specs = tuple(_spec(what, value) for value in values)
    if len(specs) > MAX_TENSORS:
        raise UnsupportedTypeError(
            f"{len(specs)} {what}s: a payload holds at most {MAX_TENSORS} tensors; concatenate some"
        )
    return specs


def _spec(what: str, value: ValueInfoProto) -> TensorSpec:
    kind = value.type.WhichOneof("value")
    if kind in ("sequence_type", "map_type"):
        raise UnsupportedTypeError(
            f"{what} {value.name!r} is a {kind.removesuffix('_type')}: expected a tensor; export "
            "with plain tensors (skl2onnx: options={'zipmap': False}), or drop it from the graph"
        )
    if kind != "tensor_type":
        raise UnsupportedTypeError(
            f"{what} {value.name!r} is of type {kind}: expected a dense tensor; change the export"
        )
    tensor = value.type.tensor_type
    if tensor.elem_type not in RUNTIME_TYPES:
        name = onnx.helper.tensor_dtype_to_string(tensor.elem_type)
        raise UnsupportedTypeError(
            f"{what} {value.name!r} has elements of type {name}: onnxruntime does not pass these "
            "in or out; cast it inside the graph"
        )
    if not tensor.HasField("shape"):
        raise UnsupportedTypeError(
            f"{what} {value.name!r} has no rank: state its shape, or let "
            "onnx.shape_inference.infer_shapes do it"
        )
    if len(tensor.shape.dim) > MAX_RANK:
        raise UnsupportedTypeError(
            f"{what} {value.name!r} has {len(tensor.shape.dim)} axes: a payload holds at most "
            f"{MAX_RANK}; reshape it inside the graph"
        )
    dims = (dim.dim_value if dim.HasField("dim_value") else -1 for dim in tensor.shape.dim)
    shape = tuple(dim if dim >= 0 else None for dim in dims)
    return TensorSpec(value.name, DataType(tensor.elem_type), shape)
