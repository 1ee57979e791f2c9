"""A model with several inputs and outputs, whose state goes from one job into the next.

Holt's linear smoothing (Holt 1957): a level and a trend follow a series, one value at a time.

    level    = a value + (1 - a) (level' + trend')
    trend    = b (level - level') + (1 - b) trend'
    forecast = level + trend
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
from onnx import ModelProto

from assay import Client

TEXT = """
<ir_version: 10, opset_import: ["": 21]>
smoothing (float[1] value, float[1] level_before, float[1] trend_before)
    => (float[1] forecast, float[1] level, float[1] trend)
<float[1] a = {0.5}, float[1] b = {0.25}>
{
    expected = Add(level_before, trend_before)
    error = Sub(value, expected)
    step = Mul(a, error)
    level = Add(expected, step)
    rise = Mul(b, step)
    trend = Add(trend_before, rise)
    forecast = Add(level, trend)
}
"""
SALES = [20.0, 24.0, 30.0]


def run(publisher: Client, requester: Client, store: Path) -> Iterator[str]:
    """Sales of three weeks; each answer's state is the next question's."""
    published = publisher.publish(
        smoothing(),
        "sales",
        description="Follows a series of sales and says the next one; the state goes in and out.",
        licence="MIT",
        samples=[{"value": [v], "level_before": [v - 1], "trend_before": [1.0]} for v in SALES],
        store=store,
    )
    level, trend = np.array([SALES[0]], np.float32), np.zeros(1, np.float32)
    for week, sold in enumerate(SALES, 1):
        answer = requester.infer(
            published.version_id,
            {"value": [sold], "level_before": level, "trend_before": trend},
            max_price=10**18,
        )
        level, trend = answer["level"], answer["trend"]
        yield f"week {week}: {sold:.0f} sold, {float(answer['forecast'][0]):.2f} expected next"


def smoothing() -> ModelProto:
    """The graph; `value`, `level_before`, `trend_before` to `forecast`, `level`, `trend`."""
    return onnx.parser.parse_model(TEXT)
