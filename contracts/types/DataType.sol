// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

using {bits, isIn} for DataType global;

/// @notice Type of a tensor's elements, numbered as ONNX numbers `TensorProto.DataType`.
enum DataType {
    UNDEFINED,
    FLOAT,
    UINT8,
    INT8,
    UINT16,
    INT16,
    INT32,
    INT64,
    STRING,
    BOOL,
    FLOAT16,
    DOUBLE,
    UINT32,
    UINT64,
    COMPLEX64,
    COMPLEX128,
    BFLOAT16,
    FLOAT8E4M3FN,
    FLOAT8E4M3FNUZ,
    FLOAT8E5M2,
    FLOAT8E5M2FNUZ,
    UINT4,
    INT4,
    FLOAT4E2M1,
    FLOAT8E8M0,
    UINT2,
    INT2,
    FLOAT6E2M3,
    FLOAT6E3M2
}

/// @dev One byte a type, in the order of the enum.
bytes32 constant BITS = 0x0020080810102040000810402040408010080808080404040802020606000000;

// In assembly an enum is its number, without the check that each conversion of it costs.

/// @notice Width of an element in bits; zero for strings, whose elements differ in length.
function bits(DataType dtype) pure returns (uint256 width) {
    assembly ("memory-safe") {
        width := byte(dtype, BITS)
    }
}

/// @notice Whether a set holds the type: bit n of `set` stands for the type numbered n.
function isIn(DataType dtype, uint256 set) pure returns (bool found) {
    assembly ("memory-safe") {
        found := and(shr(dtype, set), 1)
    }
}
