"""Every graph and every tensor inside a model, nested ones included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto


def graphs(model: ModelProto) -> Iterator[GraphProto]:
    """The main graph and the bodies of If, Loop and Scan."""
    return _below([model.graph])


def bodies(node: NodeProto) -> Iterator[GraphProto]:
    """The graphs inside a node, and those inside them."""
    return _below(_within(node.attribute))


def _below(waiting: list[GraphProto]) -> Iterator[GraphProto]:
    """The graphs and all that are nested in them, without recursion."""
    while waiting:
        graph = waiting.pop()
        yield graph
        waiting.extend(_within(_attributes(graph)))


def _within(attributes: Iterable[AttributeProto]) -> list[GraphProto]:
    found = []
    for attribute in attributes:
        if attribute.HasField("g"):
            found.append(attribute.g)
        found.extend(attribute.graphs)
    return found


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
