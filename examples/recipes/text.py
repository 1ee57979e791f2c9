"""Texts: strings go into the graph, so the words and their weights are part of the model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import onnx
from onnx import TensorProto, helper, numpy_helper
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from assay import Client

QUESTIONS = [
    "how do I reset my password",
    "where can I see my invoice",
    "when does the shop open",
    "can I change the delivery address",
    "what is the warranty on this lamp",
    "do you ship to Portugal",
]
COMPLAINTS = [
    "the parcel arrived broken",
    "nobody answers my calls",
    "my refund is three weeks late",
    "the lamp stopped working again",
    "I was charged twice for one order",
    "the delivery never came",
]
KINDS = ["a question", "a complaint"]
SHELVES = {"lamp": "lighting", "chair": "furniture", "table": "furniture", "kettle": "kitchen"}


def run(publisher: Client, requester: Client, store: Path) -> Iterator[str]:
    """Letters are sorted by their words; articles get the names of their shelves."""
    sorter = publisher.publish(
        letters(),
        "letters",
        description="The words of a letter to the probabilities that it asks, or complains.",
        licence="MIT",
        samples=[words(text) for text in (*QUESTIONS, *COMPLAINTS)],
        store=store,
    )
    for text in ("The chair arrived broken", "Do you ship chairs to Peru"):
        answer = requester.infer(sorter.version_id, {"words": words(text)}, max_price=10**18)
        yield f"{text!r}: {KINDS[int(answer['probabilities'].argmax())]}"

    # Texts that are only looked up are the same everywhere: this one is EXACT.
    directory = publisher.publish(
        shelves(),
        "shelves",
        description="The name of an article to the shelf it stands on.",
        licence="MIT",
        samples=[[article] for article in SHELVES],
        store=store,
    )
    answer = requester.infer(directory.version_id, ["table", "kettle"], max_price=10**18)
    yield f"table, kettle: {', '.join(answer['shelf'])}"


def words(text: str) -> list[list[str]]:
    """The words of a text in small letters, [1, n].

    Not in the graph: what a StringNormalizer makes of letters depends on the languages that are
    installed where it runs.
    """
    return [text.lower().split()]


def letters() -> onnx.ModelProto:
    """Counts of words, weighed: strings [1, n] to float32 [1, 2]."""
    counter = CountVectorizer(token_pattern=r"\S+")
    counts = counter.fit_transform([*QUESTIONS, *COMPLAINTS])
    kinds = [0] * len(QUESTIONS) + [1] * len(COMPLAINTS)
    fit = LogisticRegression().fit(counts, kinds)
    vocabulary = list(counter.get_feature_names_out())
    weights = [
        numpy_helper.from_array(array.astype("float32"), name)
        for name, array in (("slope", fit.coef_), ("shift", fit.intercept_))
    ]
    nodes = [
        helper.make_node(
            "TfIdfVectorizer",
            ["words"],
            ["counts"],
            mode="TF",
            min_gram_length=1,
            max_gram_length=1,
            max_skip_count=0,
            ngram_counts=[0],
            ngram_indexes=list(range(len(vocabulary))),
            pool_strings=vocabulary,
        ),
        helper.make_node("Gemm", ["counts", "slope", "shift"], ["score"], transB=1),
        helper.make_node("Sigmoid", ["score"], ["complains"]),
        helper.make_node("Sub", ["one", "complains"], ["asks"]),
        helper.make_node("Concat", ["asks", "complains"], ["probabilities"], axis=1),
    ]
    one = helper.make_tensor("one", TensorProto.FLOAT, [1, 1], [1.0])
    graph = helper.make_graph(
        nodes,
        "letters",
        [helper.make_tensor_value_info("words", TensorProto.STRING, [1, None])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [1, 2])],
        [*weights, one],
    )
    return helper.make_model_gen_version(graph, opset_imports=[helper.make_opsetid("", 21)])


def shelves() -> onnx.ModelProto:
    """A table of texts: strings [n] to strings [n]."""
    node = helper.make_node(
        "LabelEncoder",
        ["article"],
        ["shelf"],
        domain="ai.onnx.ml",
        keys_strings=list(SHELVES),
        values_strings=list(SHELVES.values()),
        default_string="unknown",
    )
    graph = helper.make_graph(
        [node],
        "shelves",
        [helper.make_tensor_value_info("article", TensorProto.STRING, [None])],
        [helper.make_tensor_value_info("shelf", TensorProto.STRING, [None])],
    )
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("ai.onnx.ml", 3)]
    return helper.make_model_gen_version(graph, opset_imports=opsets)
