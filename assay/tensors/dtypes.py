"""The element types of the encoding: ONNX codes, widths in bits and numpy's counterparts."""

from enum import IntEnum
from typing import Any

import ml_dtypes
import numpy as np
import numpy.typing as npt

from assay.errors import UnencodableTensorError


class DataType(IntEnum):
    """ONNX `TensorProto.DataType`: the first byte of an encoded tensor."""

    FLOAT = 1
    UINT8 = 2
    INT8 = 3
    UINT16 = 4
    INT16 = 5
    INT32 = 6
    INT64 = 7
    STRING = 8
    BOOL = 9
    FLOAT16 = 10
    DOUBLE = 11
    UINT32 = 12
    UINT64 = 13
    COMPLEX64 = 14
    COMPLEX128 = 15
    BFLOAT16 = 16
    FLOAT8E4M3FN = 17
    FLOAT8E4M3FNUZ = 18
    FLOAT8E5M2 = 19
    FLOAT8E5M2FNUZ = 20
    UINT4 = 21
    INT4 = 22
    FLOAT4E2M1 = 23
    FLOAT8E8M0 = 24
    UINT2 = 25
    INT2 = 26
    FLOAT6E2M3 = 27
    FLOAT6E3M2 = 28

    @property
    def numpy(self) -> np.dtype[Any]:
        """The dtype of decoded arrays, in the host's byte order (strings: object)."""
        return _NUMPY[self]

    @property
    def bits(self) -> int:
        """Width of an encoded element in bits; 0 for strings, whose elements differ in length."""
        if self is DataType.STRING:
            return 0
        return _PACKED_BITS.get(self, 8 * self.numpy.itemsize)

    @property
    def wire(self) -> np.dtype[Any]:
        """What numpy reads and writes for elements of a whole number of bytes: little-endian.

        The types of ml_dtypes know no byte order, so they travel as unsigned integers.
        """
        native = self.numpy
        if native.isbuiltin == 1:
            return native.newbyteorder("<")
        return np.dtype(f"<u{native.itemsize}")

    @staticmethod
    def of(array: npt.NDArray[Any]) -> "DataType":
        """The type that encodes `array`: any byte order; strings as str, object or StringDType.

        Raises:
            UnencodableTensorError: no ONNX type holds this dtype.
        """
        if array.dtype.kind in "UTO":
            return DataType.STRING
        code = _CODES.get(array.dtype.newbyteorder("="))
        if code is None:
            raise UnencodableTensorError(
                f"dtype {array.dtype} has no ONNX type: convert the array with astype first"
            )
        return code


_NUMPY: dict[DataType, np.dtype[Any]] = {
    DataType.FLOAT: np.dtype(np.float32),
    DataType.UINT8: np.dtype(np.uint8),
    DataType.INT8: np.dtype(np.int8),
    DataType.UINT16: np.dtype(np.uint16),
    DataType.INT16: np.dtype(np.int16),
    DataType.INT32: np.dtype(np.int32),
    DataType.INT64: np.dtype(np.int64),
    DataType.STRING: np.dtype(np.object_),
    DataType.BOOL: np.dtype(np.bool_),
    DataType.FLOAT16: np.dtype(np.float16),
    DataType.DOUBLE: np.dtype(np.float64),
    DataType.UINT32: np.dtype(np.uint32),
    DataType.UINT64: np.dtype(np.uint64),
    DataType.COMPLEX64: np.dtype(np.complex64),
    DataType.COMPLEX128: np.dtype(np.complex128),
    DataType.BFLOAT16: np.dtype(ml_dtypes.bfloat16),
    DataType.FLOAT8E4M3FN: np.dtype(ml_dtypes.float8_e4m3fn),
    DataType.FLOAT8E4M3FNUZ: np.dtype(ml_dtypes.float8_e4m3fnuz),
    DataType.FLOAT8E5M2: np.dtype(ml_dtypes.float8_e5m2),
    DataType.FLOAT8E5M2FNUZ: np.dtype(ml_dtypes.float8_e5m2fnuz),
    DataType.UINT4: np.dtype(ml_dtypes.uint4),
    DataType.INT4: np.dtype(ml_dtypes.int4),
    DataType.FLOAT4E2M1: np.dtype(ml_dtypes.float4_e2m1fn),
    DataType.FLOAT8E8M0: np.dtype(ml_dtypes.float8_e8m0fnu),
    DataType.UINT2: np.dtype(ml_dtypes.uint2),
    DataType.INT2: np.dtype(ml_dtypes.int2),
    DataType.FLOAT6E2M3: np.dtype(ml_dtypes.float6_e2m3fn),
    DataType.FLOAT6E3M2: np.dtype(ml_dtypes.float6_e3m2fn),
}

_CODES: dict[np.dtype[Any], DataType] = {dtype: code for code, dtype in _NUMPY.items()}

_PACKED_BITS: dict[DataType, int] = {
    DataType.UINT4: 4,
    DataType.INT4: 4,
    DataType.FLOAT4E2M1: 4,
    DataType.UINT2: 2,
    DataType.INT2: 2,
    DataType.FLOAT6E2M3: 6,
    DataType.FLOAT6E3M2: 6,
}
