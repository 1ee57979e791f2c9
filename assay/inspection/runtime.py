"""Whether the onnxruntime here knows the operator sets of a model."""

from __future__ import annotations

import onnxruntime
from onnx import ModelProto, TensorProto, helper

from assay.inspection.errors import OpsetTooNewError

_OLD_IR, _OLD_OPSET = 8, {"ai.onnx": 13}
_HIGHEST_TRIED = 64


def check_opset(model: ModelProto, opset: dict[str, int]) -> None:
    """Ask onnxruntime itself, with a graph of one Identity; raises OpsetTooNewError."""
    if _loads(model.ir_version, {**_OLD_OPSET, **opset}) or not _loads(_OLD_IR, _OLD_OPSET):
        return  # when even the old one does not load, something else is wrong
    release = onnxruntime.__version__
    if not _loads(model.ir_version, _OLD_OPSET):
        raise OpsetTooNewError(
            f"ONNX file format {model.ir_version} is unknown to onnxruntime {release}: "
            "save the model with a lower ir_version, or update the worker's onnxruntime"
        )
    for domain, version in opset.items():
        if not _loads(_OLD_IR, {**_OLD_OPSET, domain: version}):
            highest = _highest(domain, version)
            raise OpsetTooNewError(
                f"{domain} opset {version} is unknown to onnxruntime {release}, which runs up to "
                f"{highest}: export with target_opset={highest}, or update the worker's onnxruntime"
            )


def _highest(domain: str, below: int) -> int:
    candidates = range(min(below, _HIGHEST_TRIED) - 1, 0, -1)
    return next((n for n in candidates if _loads(_OLD_IR, {**_OLD_OPSET, domain: n})), 0)


def _loads(ir_version: int, opset: dict[str, int]) -> bool:
    value = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
    same = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])
    graph = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["y"])], "probe", [value], [same]
    )
    imports = [helper.make_opsetid(domain, version) for domain, version in opset.items()]
    model = helper.make_model(graph, opset_imports=imports, ir_version=ir_version)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # the sandbox allows no more
    try:
        onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
    except Exception:  # noqa: BLE001 - its errors share no other base class
        return False
    return True
