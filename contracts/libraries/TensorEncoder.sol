// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DataType} from "../types/DataType.sol";
import {FixedPoint} from "./FixedPoint.sol";
import {Tensors} from "./Tensors.sol";

/// @title TensorEncoder: payloads of one tensor, for contracts that post jobs
/// @notice Values are in row-major order. Without dims the tensor has one axis; models that work on
/// batches often want two, `[1, n]`.
library TensorEncoder {
    /// @notice The zero-tensor payload: the right answer to an input that does not fit its model.
    bytes internal constant EMPTY_PAYLOAD = hex"00";

    /// @notice The dims do not multiply to the number of values.
    error TensorsWrongElements(uint256 expected, uint256 received);

    /// @notice FLOAT from numbers with 18 decimals, rounded as `FixedPoint` says.
    function encodeFloat32(int256[] memory values) internal pure returns (bytes memory) {
        return encodeFloat32(values, _vector(values.length));
    }

    function encodeFloat32(int256[] memory values, uint32[] memory dims) internal pure returns (bytes memory payload) {
        uint256 place;
        (payload, place) = _begin(DataType.FLOAT, dims, values.length);
        for (uint256 i = 0; i < values.length; ++i) {
            place = _put(place, FixedPoint.toFloat32(values[i]), 4);
        }
    }

    /// @notice INT64.
    function encodeInt64(int64[] memory values) internal pure returns (bytes memory) {
        return encodeInt64(values, _vector(values.length));
    }

    function encodeInt64(int64[] memory values, uint32[] memory dims) internal pure returns (bytes memory payload) {
        uint256 place;
        (payload, place) = _begin(DataType.INT64, dims, values.length);
        for (uint256 i = 0; i < values.length; ++i) {
            place = _put(place, uint64(values[i]), 8);
        }
    }

    function _vector(uint256 length) private pure returns (uint32[] memory dims) {
        dims = new uint32[](1);
        dims[0] = uint32(length);
    }

    /// @dev A payload with its header written, and the place in memory where its data goes.
    function _begin(DataType dtype, uint32[] memory dims, uint256 elements)
        private
        pure
        returns (bytes memory payload, uint256 place)
    {
        _checkDims(dims, elements);
        uint256 size = 3 + 4 * dims.length + (elements * dtype.bits()) / 8;
        // Every write is a whole word, so the last one needs a word to spare.
        payload = new bytes(size + 32);
        assembly ("memory-safe") {
            mstore(payload, size)
            place := add(payload, 32)
        }
        place = _put(place, 1, 1);
        place = _put(place, uint256(dtype), 1);
        place = _put(place, dims.length, 1);
        for (uint256 axis = 0; axis < dims.length; ++axis) {
            place = _put(place, dims[axis], 4);
        }
    }

    function _checkDims(uint32[] memory dims, uint256 elements) private pure {
        uint256 rank = dims.length;
        if (rank > Tensors.MAX_RANK) revert Tensors.TensorsRankTooHigh(Tensors.MAX_RANK, rank);
        uint256 product = 1;
        bool empty = false;
        for (uint256 axis = 0; axis < rank; ++axis) {
            if (dims[axis] == 0) empty = true;
            else product *= dims[axis];
            if (product > Tensors.MAX_ELEMENTS) {
                revert Tensors.TensorsTooManyElements(Tensors.MAX_ELEMENTS, product);
            }
        }
        if (empty) product = 0;
        if (product != elements) revert TensorsWrongElements(product, elements);
    }

    /// @dev Writes the low `size` bytes of `value`, lowest first, and zeros up to the word's end.
    function _put(uint256 place, uint256 value, uint256 size) private pure returns (uint256) {
        value = ((value & 0x00ff00ff00ff00ff) << 8) | ((value >> 8) & 0x00ff00ff00ff00ff);
        value = ((value & 0x0000ffff0000ffff) << 16) | ((value >> 16) & 0x0000ffff0000ffff);
        value = (value << 32) | (value >> 32);
        assembly ("memory-safe") {
            mstore(place, shl(192, value))
        }
        return place + size;
    }
}
