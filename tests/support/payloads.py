"""Payloads to vote on."""

import numpy as np

from assay import tensors


def floats(*values: float) -> bytes:
    """One float32 tensor of one row."""
    return tensors.encode([np.array([values], dtype=np.float32)])
