"""What is found out about a model before it runs, and what is refused."""

from __future__ import annotations

import json

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from assay.inspection import graph, runtime
from assay.inspection.errors import (
    CustomOperatorError,
    ExternalDataError,
    ModelTooLargeError,
    NotOnnxError,
    OpsetTooNewError,
    RandomOperatorError,
    UnsupportedTypeError,
)
from assay.inspection.exactness import float_outputs
from assay.inspection.report import Inspection, manifest_faults
from assay.manifest import Manifest
from assay.publish.saturation import saturating_node
from assay.tensors import DataType, TensorSpec
from tests.unit import onnx_models
from tests.unit.artefact_files import manifest_of
from tests.unit.onnx_models import BOOL, FLOAT, INT32, INT64, model, node, value

LIMIT = 1 << 20


def test_inspect__float_graph__signature_opset_and_node_that_rounds() -> None:
    found = graph.inspect(onnx_models.linear())
    assert found == Inspection(
        inputs=(TensorSpec("x", DataType.FLOAT, (None, 3)),),
        outputs=(TensorSpec("y", DataType.FLOAT, (None, 2)),),
        opset={"ai.onnx": 21},
        float_node="Gemm 'dense'",
        by_rows=True,
    )
    assert not found.batches
    assert not found.exact


def test_inspect__initializer_listed_as_input__not_part_of_the_signature() -> None:
    proto = onnx_models.linear()
    proto.graph.input.append(value("w", FLOAT, (3, 2)))
    assert [spec.name for spec in graph.inspect(proto).inputs] == ["x"]


def test_inspect__report_through_json__the_same() -> None:
    found = graph.inspect(onnx_models.linear())
    assert Inspection.from_json(json.loads(json.dumps(found.to_json()))) == found


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 not a model", b"\x00" * 64, b"\x08\x0a"])
def test_parse__not_onnx__refused(content: bytes) -> None:
    with pytest.raises(NotOnnxError, match="export it as ONNX"):
        graph.parse(content, LIMIT)


def test_parse__truncated_model__refused() -> None:
    content = onnx_models.linear().SerializeToString()
    with pytest.raises(NotOnnxError):
        graph.parse(content[: len(content) // 2], LIMIT)


def test_parse__above_the_limit__refused() -> None:
    content = onnx_models.linear().SerializeToString()
    assert graph.parse(content, len(content)).graph.name == "graph"
    with pytest.raises(ModelTooLargeError, match=f"at most {len(content) - 1}"):
        graph.parse(content, len(content) - 1)


@pytest.mark.parametrize("domain", ["com.microsoft", "ai.onnx.preview.training", "custom"])
def test_inspect__operator_of_another_domain__refused(domain: str) -> None:
    proto = model(
        [node("Gelu", ["x"], ["y"], domain=domain)],
        [value("x")],
        [value("y")],
        opset={"": 21, domain: 1},
    )
    with pytest.raises(CustomOperatorError, match=rf"{domain}\.Gelu: expected only ai.onnx"):
        graph.inspect(proto)


def test_inspect__custom_operator_inside_a_branch__refused() -> None:
    hidden = helper.make_graph(
        [node("Thing", ["x"], ["inner"], domain="custom")], "branch", [], [value("inner")]
    )
    plain = helper.make_graph([node("Identity", ["x"], ["other"])], "branch", [], [value("other")])
    outer = helper.make_graph(
        [node("If", ["c"], ["middle"], then_branch=hidden, else_branch=plain)],
        "branch",
        [],
        [value("middle")],
    )
    proto = model(
        [node("If", ["c"], ["y"], then_branch=outer, else_branch=plain)],
        [value("x"), value("c", BOOL, ())],
        [value("y")],
    )
    with pytest.raises(CustomOperatorError, match=r"custom\.Thing"):
        graph.inspect(proto)


def test_inspect__functions_of_its_own__refused() -> None:
    proto = onnx_models.identity()
    imports = [helper.make_opsetid("", 21)]
    proto.functions.append(
        helper.make_function("", "Twice", ["a"], ["b"], [node("Add", ["a", "a"], ["b"])], imports)
    )
    with pytest.raises(CustomOperatorError, match="inline"):
        graph.inspect(proto)


@pytest.mark.parametrize("operator", ["RandomUniformLike", "RandomNormalLike", "Bernoulli"])
def test_inspect__operator_that_draws_numbers__refused(operator: str) -> None:
    proto = model([node(operator, ["x"], ["y"])], [value("x")], [value("y")])
    with pytest.raises(RandomOperatorError, match=f"{operator} draws random numbers"):
        graph.inspect(proto)


def test_inspect__dropout__refused_in_training_mode_only() -> None:
    inputs, constants = [value("x")], {"ratio": np.float32(0.5), "training": np.array(True)}
    inference = model([node("Dropout", ["x", "ratio"], ["y"])], inputs, [value("y")], constants)
    assert graph.inspect(inference).outputs[0].name == "y"
    training = node("Dropout", ["x", "ratio", "training"], ["y"])
    with pytest.raises(RandomOperatorError, match="export it for inference"):
        graph.inspect(model([training], inputs, [value("y")], constants))


def _outside(name: str) -> TensorProto:
    tensor = TensorProto(name=name, data_type=FLOAT, dims=[2], data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value="/etc/passwd")
    return tensor


def test_inspect__weights_outside__refused() -> None:
    proto = model([node("Add", ["x", "w"], ["y"])], [value("x")], [value("y")])
    proto.graph.initializer.append(_outside("w"))
    with pytest.raises(ExternalDataError, match="'w' keeps its data outside"):
        graph.inspect(proto)


def test_inspect__constant_outside__refused() -> None:
    constant = node("Constant", [], ["w"], value=_outside("secret"))
    proto = model([constant, node("Add", ["x", "w"], ["y"])], [value("x")], [value("y")])
    with pytest.raises(ExternalDataError, match="secret"):
        graph.inspect(proto)


def test_inspect__sequence_of_maps__refused_with_the_way_to_export() -> None:
    zipped = helper.make_sequence_type_proto(
        helper.make_map_type_proto(INT64, helper.make_tensor_type_proto(FLOAT, ()))
    )
    proto = model(
        [node("ZipMap", ["x"], ["y"], domain="ai.onnx.ml", classlabels_int64s=[0, 1])],
        [value("x", FLOAT, (1, 2))],
        [helper.make_value_info("y", zipped)],
        opset={"": 21, "ai.onnx.ml": 1},
    )
    with pytest.raises(UnsupportedTypeError, match=r"'y' is a sequence: .*'zipmap': False"):
        graph.inspect(proto)


def test_inspect__optional_output__refused() -> None:
    inner = helper.make_tensor_type_proto(FLOAT, (2,))
    output = helper.make_value_info("y", helper.make_optional_type_proto(inner))
    with pytest.raises(UnsupportedTypeError, match="optional_type: expected a dense tensor"):
        graph.inspect(model([node("Optional", ["x"], ["y"])], [value("x")], [output]))


@pytest.mark.parametrize("dtype", [TensorProto.INT4, TensorProto.COMPLEX64])
def test_inspect__elements_the_runtime_does_not_pass__refused(dtype: int) -> None:
    with pytest.raises(UnsupportedTypeError, match="cast it inside the graph"):
        graph.inspect(onnx_models.identity(dtype))


def test_inspect__output_without_rank__refused() -> None:
    proto = onnx_models.identity()
    proto.graph.output[0].type.tensor_type.ClearField("shape")
    with pytest.raises(UnsupportedTypeError, match="'y' has no rank"):
        graph.inspect(proto)


def test_inspect__nine_axes__refused() -> None:
    with pytest.raises(UnsupportedTypeError, match="9 axes"):
        graph.inspect(onnx_models.identity(shape=[1] * 9))


def test_inspect__domain_imported_in_two_versions__refused() -> None:
    proto = onnx_models.identity()
    proto.opset_import.append(helper.make_opsetid("ai.onnx", 20))
    with pytest.raises(NotOnnxError, match="in two versions"):
        graph.inspect(proto)


def _quantised() -> onnx.ModelProto:
    return model(
        [node("QuantizeLinear", ["x", "s", "z"], ["y"])],
        [value("x")],
        [value("y", TensorProto.UINT8)],
        {"s": np.float32(0.1), "z": np.uint8(0)},
    )


def _label_of_floats() -> onnx.ModelProto:
    return model(
        [node("MatMul", ["x", "w"], ["h"]), node("ArgMax", ["h"], ["y"])],
        [value("x", FLOAT, (1, 2))],
        [value("y", INT64, (1, 2))],
        {"w": np.eye(2, dtype=np.float32)},
    )


def _float_hidden_in_the_middle() -> onnx.ModelProto:
    cast = node("Cast", ["x"], ["f"], to=FLOAT)
    back = node("Cast", ["s"], ["y"], to=INT32)
    return model([cast, node("Sqrt", ["f"], ["s"]), back], [value("x", INT32)], [value("y", INT32)])


@pytest.mark.parametrize(
    "proto", [onnx_models.linear(), _quantised(), _label_of_floats(), _float_hidden_in_the_middle()]
)
def test_inspect__graph_that_rounds_floats__not_exact(proto: onnx.ModelProto) -> None:
    assert graph.inspect(proto).float_node is not None


def _lookup() -> onnx.ModelProto:
    return model(
        [node("Gather", ["table", "i"], ["y"])],
        [value("i", INT64, (3,))],
        [value("y", FLOAT, (3,))],
        {"table": np.linspace(0, 1, 7, dtype=np.float32)},
    )


@pytest.mark.parametrize(
    "proto",
    [
        onnx_models.identity(),
        onnx_models.integer_product(),
        onnx_models.loop_bomb(),
        _lookup(),
        model([node("Less", ["x", "x"], ["y"])], [value("x")], [value("y", BOOL)]),
    ],
)
def test_inspect__graph_of_integers_or_moves__exact(proto: onnx.ModelProto) -> None:
    assert graph.inspect(proto).float_node is None


def test_inspect__type_that_nothing_states__counts_as_float() -> None:
    unknown = node("Mystery", ["x"], ["h"])
    proto = model(
        [unknown, node("Identity", ["h"], ["y"])], [value("x", INT32)], [value("y", INT32)]
    )
    assert graph.inspect(proto).float_node == "Mystery"


def test_check_opset__known_to_the_runtime__passes() -> None:
    runtime.check_opset(onnx_models.linear(), {"ai.onnx": 21, "ai.onnx.ml": 3})


@pytest.mark.parametrize(("domain", "version"), [("ai.onnx", 99), ("ai.onnx.ml", 50)])
def test_check_opset__too_new__refused_with_the_highest_that_runs(
    domain: str, version: int
) -> None:
    with pytest.raises(OpsetTooNewError, match=rf"{domain} opset {version} .*target_opset=\d+"):
        runtime.check_opset(onnx_models.linear(), {"ai.onnx": 21, domain: version})


def test_check_opset__file_format_too_new__refused() -> None:
    proto = onnx_models.identity()
    proto.ir_version = 99
    with pytest.raises(OpsetTooNewError, match="ONNX file format 99"):
        runtime.check_opset(proto, {"ai.onnx": 21})


def test_manifest_faults__manifest_of_the_graph__none() -> None:
    found = graph.inspect(onnx_models.linear())
    assert manifest_faults(found, manifest_of(found)) == []


def test_manifest_faults__everything_differs__each_named() -> None:
    found = graph.inspect(onnx_models.linear())
    other = Manifest(
        description="",
        licence="MIT",
        inputs=[TensorSpec("x", DataType.FLOAT, (1, 3))],
        outputs=[],
        opset={"ai.onnx": 20},
        runtime="any",
    )
    assert manifest_faults(found, other) == [
        "inputs: the manifest says x FLOAT[1, 3], the graph x FLOAT[?, 3]",
        "outputs: the manifest says none, the graph y FLOAT[?, 2]",
        "opset: the manifest says {'ai.onnx': 20}, the graph {'ai.onnx': 21}",
    ]


# --- what hangs on floats ---


def test_float_outputs__label_of_floats_beside_what_was_only_moved__told_apart() -> None:
    proto = model(
        [
            node("Mul", ["x", "x"], ["y"]),
            node("ArgMax", ["y"], ["label"]),
            node("Greater", ["x", "zero"], ["positive"]),
            node("Shape", ["x"], ["shape"]),
        ],
        [value("x", FLOAT, (1, 2))],
        [
            value("y", FLOAT, (1, 2)),
            value("label", INT64, (1, 2)),
            value("positive", BOOL, (1, 2)),
            value("shape", INT64, (2,)),
        ],
        {"zero": np.float32(0)},
    )
    assert float_outputs(proto) == {"y", "label"}


def test_float_outputs__computed_inside_a_branch__hang_on_it() -> None:
    body = helper.make_graph(
        [node("Mul", ["x", "x"], ["m"]), node("Cast", ["m"], ["n"], to=INT64)],
        "body",
        [],
        [value("n", INT64, (2,))],
    )
    other = helper.make_graph([node("Identity", ["k"], ["i"])], "o", [], [value("i", INT64, (2,))])
    proto = model(
        [node("If", ["go"], ["y"], then_branch=body, else_branch=other)],
        [value("x"), value("k", INT64), value("go", BOOL, ())],
        [value("y", INT64), value("k", INT64)],
    )
    assert float_outputs(proto) == {"y"}
    assert float_outputs(onnx_models.integer_product()) == set()


# --- int8 products ---


def product(weights: object, *, constant_node: bool = False) -> onnx.ModelProto:
    array = np.array([weights, weights], np.int8)
    proto = model(
        [node("MatMulInteger", ["x", "w"], ["y"])],
        [value("x", TensorProto.UINT8, (1, 2))],
        [value("y", INT32, (1, 2))],
        {} if constant_node else {"w": array},
    )
    if constant_node:
        tensor = onnx.numpy_helper.from_array(array)
        proto.graph.node.insert(0, node("Constant", [], ["w"], value=tensor))
    return proto


@pytest.mark.parametrize("constant_node", [False, True])
def test_saturating_node__weights_of_eight_bits__named(constant_node: bool) -> None:
    for wide in ((65, 0), (0, -65), (-128, 127)):
        found = saturating_node(product(wide, constant_node=constant_node))
        assert found == "MatMulInteger with the weights 'w'"


def test_saturating_node__weights_of_seven_bits_or_none__nothing() -> None:
    assert saturating_node(product((64, -64))) is None
    assert saturating_node(onnx_models.linear()) is None
