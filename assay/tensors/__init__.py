"""The tensor encoding of docs/encoding.md: numpy arrays to payload bytes and back.

Free of ONNX and of any runtime, so that a dapp can import it alone.
"""

from assay.tensors.codec import EMPTY_PAYLOAD, decode, encode
from assay.tensors.dtypes import DataType
from assay.tensors.limits import MAX_ELEMENTS, MAX_RANK, MAX_TENSORS, Limits
from assay.tensors.signature import TensorSpec, check_signature

__all__ = [
    "EMPTY_PAYLOAD",
    "MAX_ELEMENTS",
    "MAX_RANK",
    "MAX_TENSORS",
    "DataType",
    "Limits",
    "TensorSpec",
    "check_signature",
    "decode",
    "encode",
]
