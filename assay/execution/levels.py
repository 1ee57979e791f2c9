"""How far onnxruntime may rewrite a graph before it runs it."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """The level that votes and the level that checks it.

    Votes come from the graph as published: what onnxruntime's optimiser does differs between its
    releases and, with its CPU-specific layouts, between machines, and 8 of 10 elements of a small
    convolution network change with it. It costs little (a network of two convolutions: 0.19 ms
    instead of 0.12 ms) and leaves no constant folding to a hostile graph. The full rewriting is
    the other extreme, so a result that stays put between the two is likely to elsewhere.
    """

    AS_PUBLISHED = "as-published"
    INTEGERS = "integers"
    """That of votes by graphs without floats. Only from here on does onnxruntime widen int8 weights
    whose products would saturate on x64 processors without VNNI, and nothing else it rewrites in
    such a graph can change a bit."""
    BASIC = "basic"
    """On the way from the graph as published to the rewritten one. No vote hangs on it; publishers
    see by it how far results move."""
    EXTENDED = "extended"
    """The same, further on."""
    REWRITTEN = "rewritten"
