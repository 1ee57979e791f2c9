"""Every graph and every tensor inside a model, nested ones included."""

from __future__ import annotations

from collections.abc import Iterator

from onnx import AttributeProto, GraphProto, ModelProto, TensorProto


def graphs(model: ModelProto) -> Iterator[GraphProto]:
    """The main graph and the bodies of If, Loop and Scan, without recursion."""
    waiting = [model.graph]
    while waiting:
        graph = waiting.pop()
        yield graph
        for attribute in _attributes(graph):
            if attribute.HasField("g"):
                waiting.append(attribute.g)
            waiting.extend(attribute.graphs)


def tensors(model: ModelProto) -> Iterator[TensorProto]:
    """Initializers and the tensors in attributes, the parts of sparse ones included."""
    for graph in graphs(model):
        yield from graph.initializer
        sparse = list(graph.sparse_initializer)
        for attribute in _attributes(graph):
            if attribute.HasField("t"):
                yield attribute.t
            yield from attribute.tensors
            if attribute.HasField("sparse_tensor"):
                sparse.append(attribute.sparse_tensor)
            sparse.extend(attribute.sparse_tensors)
        for tensor in sparse:
            yield tensor.values
            yield tensor.indices


def _attributes(graph: GraphProto) -> Iterator[AttributeProto]:
    for node in graph.node:
        yield from node.attribute
