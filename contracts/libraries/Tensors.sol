// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DataType} from "../types/DataType.sol";
import {FixedPoint} from "./FixedPoint.sol";
import {Utf8} from "./Utf8.sol";

using Tensors for Tensor global;

/// @notice One tensor of a payload: a view into the calldata of the current call, nothing is copied.
/// @dev Made by `Tensors` only: its accessors trust `dims`, `start` and `size`.
struct Tensor {
    DataType dtype;
    /// @dev Number of axes.
    uint256 rank;
    /// @dev Product of the dims: 1 for a scalar, 0 for an empty tensor.
    uint256 elements;
    /// @dev Where in calldata the dims are, and where the data.
    uint256 dims;
    uint256 start;
    /// @dev Bytes of the data.
    uint256 size;
}

/// @title Tensors: payloads as docs/encoding.md specifies them, read in place
/// @notice `decode` and `validate` refuse exactly the payloads that the Python package refuses, with
/// the same two numbers. `at` and `read` check what they need to stay inside the payload, and leave
/// booleans, padding, UTF-8 and trailing bytes to those two.
library Tensors {
    uint256 internal constant MAX_RANK = 8;

    /// @notice Bound of a tensor's dims multiplied, a zero counted as one.
    uint256 internal constant MAX_ELEMENTS = 1 << 27;

    /// @dev Sets of types, see `DataType.isIn`.
    uint256 private constant INTEGERS = 0x066030fc;
    uint256 private constant SIGNED = 0x044000e8;
    uint256 private constant FLOATS = 0x00010c02;
    uint256 private constant UP_TO_64_BITS = 0x1fff7efe;

    uint256 private constant NOT_BOOLEAN =
        0xfefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefe;

    // Offsets count bytes from the start of the payload.

    /// @notice The payload ends before a part of it that must reach at least to `expected`.
    error TensorsTruncated(uint256 expected, uint256 received);

    /// @notice The tensors end at `expected`, the payload does not.
    error TensorsTrailing(uint256 expected, uint256 received);

    error TensorsUnknownDtype(uint256 offset, uint256 received);
    error TensorsRankTooHigh(uint256 maximum, uint256 received);

    /// @dev `received` is the product of the dims up to the first that exceeds the maximum.
    error TensorsTooManyElements(uint256 maximum, uint256 received);

    error TensorsInvalidBool(uint256 offset, uint256 received);

    /// @dev `offset` and `received` tell the first byte of the bad sequence.
    error TensorsInvalidUtf8(uint256 offset, uint256 received);

    error TensorsNonzeroPadding(uint256 offset, uint256 received);

    /// @notice No such tensor, axis or element.
    error TensorsIndexOutOfRange(uint256 length, uint256 received);

    /// @dev Bit n of `expected` stands for the type numbered n.
    error TensorsWrongDtype(uint256 expected, DataType received);

    // --- whole payloads ---

    /// @notice Number of tensors.
    function count(bytes calldata payload) internal pure returns (uint256) {
        _need(payload, 1);
        return uint8(payload[0]);
    }

    /// @notice All tensors of a payload that is well formed to its last byte.
    function decode(bytes calldata payload) internal pure returns (Tensor[] memory tensors) {
        tensors = new Tensor[](count(payload));
        uint256 position = 1;
        for (uint256 i = 0; i < tensors.length; ++i) {
            position = read(payload, position, tensors[i]);
            _checkContents(payload, tensors[i]);
        }
        if (position != payload.length) revert TensorsTrailing(position, payload.length);
    }

    /// @notice The checks of `decode` in six words of memory.
    function validate(bytes calldata payload) internal pure {
        Tensor memory tensor;
        uint256 tensors = count(payload);
        uint256 position = 1;
        for (uint256 i = 0; i < tensors; ++i) {
            position = read(payload, position, tensor);
            _checkContents(payload, tensor);
        }
        if (position != payload.length) revert TensorsTrailing(position, payload.length);
    }

    /// @notice The tensor at `index`, over those before it.
    function at(bytes calldata payload, uint256 index)
        internal
        pure
        returns (Tensor memory tensor)
    {
        _checkIndex(count(payload), index);
        uint256 position = 1;
        for (uint256 i = 0; i <= index; ++i) {
            position = read(payload, position, tensor);
        }
    }

    /// @notice Reads the tensor at `position` into `tensor`. The first tensor is at position 1.
    /// @return next The position after it.
    function read(bytes calldata payload, uint256 position, Tensor memory tensor)
        internal
        pure
        returns (uint256 next)
    {
        _need(payload, position + 1);
        uint256 code = uint8(payload[position]);
        if (code == 0 || code > uint256(type(DataType).max)) {
            revert TensorsUnknownDtype(position, code);
        }
        _need(payload, position + 2);
        uint256 rank = uint8(payload[position + 1]);
        if (rank > MAX_RANK) revert TensorsRankTooHigh(MAX_RANK, rank);
        position += 2;
        next = position + 4 * rank;
        _need(payload, next);

        tensor.dtype = DataType(code);
        tensor.rank = rank;
        tensor.dims = _place(payload, position);
        tensor.start = _place(payload, next);
        tensor.elements = _product(tensor.dims, tensor.start);
        if (tensor.dtype == DataType.STRING) {
            next = _skipStrings(payload, next, tensor.elements);
        } else {
            next += (tensor.elements * tensor.dtype.bits() + 7) / 8;
            _need(payload, next);
        }
        tensor.size = _place(payload, next) - tensor.start;
    }

    // --- one tensor ---

    /// @notice Size of one axis.
    function dim(Tensor memory tensor, uint256 axis) internal pure returns (uint256) {
        _checkIndex(tensor.rank, axis);
        return _u32(tensor.dims + 4 * axis);
    }

    /// @notice The data as encoded: row-major, little-endian.
    function data(Tensor memory tensor) internal pure returns (bytes calldata) {
        return _slice(tensor.start, tensor.size);
    }

    /// @notice Bits of the element at `index` of the flattened tensor; all types but STRING and
    /// COMPLEX128.
    function bitsAt(Tensor memory tensor, uint256 index) internal pure returns (uint256) {
        _checkDtype(tensor, UP_TO_64_BITS);
        _checkIndex(tensor.elements, index);
        uint256 width = tensor.dtype.bits();
        // No overflow: fewer than 2^27 elements of at most 64 bits.
        unchecked {
            uint256 first = index * width;
            uint256 word = _u64(tensor.start + (first >> 3));
            return (word >> (first & 7)) & ((1 << width) - 1);
        }
    }

    /// @notice An element of any integer type.
    function intAt(Tensor memory tensor, uint256 index) internal pure returns (int256) {
        _checkDtype(tensor, INTEGERS);
        uint256 value = bitsAt(tensor, index);
        uint256 width = tensor.dtype.bits();
        bool negative = tensor.dtype.isIn(SIGNED) && value >> (width - 1) == 1;
        return negative ? int256(value) - int256(1 << width) : int256(value);
    }

    /// @notice A FLOAT, DOUBLE, FLOAT16 or BFLOAT16 with 18 decimals, rounded as `FixedPoint` says.
    function fixedAt(Tensor memory tensor, uint256 index) internal pure returns (int256) {
        _checkDtype(tensor, FLOATS);
        uint256 bits = bitsAt(tensor, index);
        if (tensor.dtype == DataType.FLOAT) return FixedPoint.fromFloat32(bits);
        if (tensor.dtype == DataType.DOUBLE) return FixedPoint.fromFloat64(bits);
        if (tensor.dtype == DataType.FLOAT16) return FixedPoint.fromFloat16(bits);
        return FixedPoint.fromBfloat16(bits);
    }

    function boolAt(Tensor memory tensor, uint256 index) internal pure returns (bool) {
        _checkDtype(tensor, 1 << uint256(DataType.BOOL));
        return bitsAt(tensor, index) != 0;
    }

    /// @notice A string, over those before it. UTF-8 if the payload was validated.
    function stringAt(Tensor memory tensor, uint256 index) internal pure returns (string calldata) {
        _checkDtype(tensor, 1 << uint256(DataType.STRING));
        _checkIndex(tensor.elements, index);
        uint256 place = tensor.start;
        for (uint256 i = 0; i < index; ++i) {
            place += 4 + _u32(place);
        }
        return string(_slice(place + 4, _u32(place)));
    }

    // --- checks ---

    function _need(bytes calldata payload, uint256 length) private pure {
        if (length > payload.length) revert TensorsTruncated(length, payload.length);
    }

    function _checkIndex(uint256 length, uint256 index) private pure {
        if (index >= length) revert TensorsIndexOutOfRange(length, index);
    }

    function _checkDtype(Tensor memory tensor, uint256 expected) private pure {
        if (!tensor.dtype.isIn(expected)) revert TensorsWrongDtype(expected, tensor.dtype);
    }

    /// @dev The product of the dims from one place to another, bounded before it is zero.
    function _product(uint256 place, uint256 end) private pure returns (uint256 product) {
        product = 1;
        bool empty = false;
        for (; place < end; place += 4) {
            uint256 size = _u32(place);
            if (size == 0) empty = true;
            else product *= size;
            if (product > MAX_ELEMENTS) revert TensorsTooManyElements(MAX_ELEMENTS, product);
        }
        if (empty) return 0;
    }

    /// @dev The position after `strings` strings.
    function _skipStrings(bytes calldata payload, uint256 position, uint256 strings)
        private
        pure
        returns (uint256)
    {
        for (uint256 i = 0; i < strings; ++i) {
            _need(payload, position + 4);
            position += 4 + _u32(_place(payload, position));
            _need(payload, position);
        }
        return position;
    }

    function _checkContents(bytes calldata payload, Tensor memory tensor) private pure {
        if (tensor.dtype == DataType.STRING) {
            _checkStrings(payload, tensor);
        } else if (tensor.dtype == DataType.BOOL) {
            _checkBooleans(payload, tensor);
        } else if (tensor.dtype.bits() < 8) {
            _checkPadding(payload, tensor);
        }
    }

    function _checkStrings(bytes calldata payload, Tensor memory tensor) private pure {
        uint256 end = tensor.start + tensor.size;
        for (uint256 place = tensor.start; place < end;) {
            bytes calldata text = _slice(place + 4, _u32(place));
            uint256 bad = Utf8.firstInvalid(text);
            if (bad < text.length) {
                uint256 offset = place + 4 + bad - _place(payload, 0);
                revert TensorsInvalidUtf8(offset, uint8(text[bad]));
            }
            place += 4 + text.length;
        }
    }

    function _checkBooleans(bytes calldata payload, Tensor memory tensor) private pure {
        uint256 end = tensor.start + tensor.size;
        for (uint256 place = tensor.start; place < end; place += 32) {
            uint256 word = _word(place) & NOT_BOOLEAN;
            if (end - place < 32) word >>= 256 - 8 * (end - place);
            if (word != 0) _revertAtBoolean(payload, place);
        }
    }

    function _revertAtBoolean(bytes calldata payload, uint256 place) private pure {
        while (_word(place) >> 248 < 2) ++place;
        revert TensorsInvalidBool(place - _place(payload, 0), _word(place) >> 248);
    }

    function _checkPadding(bytes calldata payload, Tensor memory tensor) private pure {
        uint256 used = (tensor.elements * tensor.dtype.bits()) & 7;
        if (used == 0) return;
        uint256 last = tensor.start + tensor.size - 1;
        uint256 octet = _word(last) >> 248;
        if (octet >> used != 0) {
            revert TensorsNonzeroPadding(last - _place(payload, 0), octet);
        }
    }

    // --- calldata ---

    /// @dev Where in calldata a position of the payload is.
    function _place(bytes calldata payload, uint256 position) private pure returns (uint256 place) {
        assembly ("memory-safe") {
            place := add(payload.offset, position)
        }
    }

    function _slice(uint256 place, uint256 size) private pure returns (bytes calldata slice) {
        assembly ("memory-safe") {
            slice.offset := place
            slice.length := size
        }
    }

    function _word(uint256 place) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := calldataload(place)
        }
    }

    function _u32(uint256 place) private pure returns (uint256) {
        return _u64(place) & 0xffffffff;
    }

    function _u64(uint256 place) private pure returns (uint256 value) {
        value = _word(place) >> 192;
        value = ((value & 0x00ff00ff00ff00ff) << 8) | ((value >> 8) & 0x00ff00ff00ff00ff);
        value = ((value & 0x0000ffff0000ffff) << 16) | ((value >> 16) & 0x0000ffff0000ffff);
        value = ((value & 0xffffffff) << 32) | (value >> 32);
    }
}
