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
/// @notice `decode` and `validate` refuse exactly the payloads that the Python package refuses, with the same two
/// numbers. `tensorAt` and `read` check what they need to stay inside the payload, and leave booleans, padding,
/// UTF-8 and trailing bytes to those two.
/// @dev Why so much is unchecked: a position never exceeds the payload's length by more than a string's 2^32 bytes
/// before it is compared with it, a place is a position plus an offset into calldata, and a tensor has at most 2^27
/// elements of at most 128 bits.
library Tensors {
    uint256 internal constant MAX_RANK = 8;

    /// @notice Bound of a tensor's dims multiplied, a zero counted as one.
    uint256 internal constant MAX_ELEMENTS = 1 << 27;

    /// @dev Sets of types, see `DataType.isIn`.
    uint256 private constant INTEGERS = 0x066030fc;
    uint256 private constant SIGNED = 0x044000e8;
    uint256 private constant FLOATS = 0x00010c02;
    uint256 private constant STRING = 0x00000100;
    uint256 private constant BOOLEAN = 0x00000200;
    uint256 private constant UP_TO_64_BITS = 0x1fff7efe;

    uint256 private constant NOT_BOOLEAN = 0xfefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefe;

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
        if (payload.length == 0) revert TensorsTruncated(1, 0);
        return _octet(_place(payload, 0));
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
    function tensorAt(bytes calldata payload, uint256 index) internal pure returns (Tensor memory tensor) {
        _checkIndex(count(payload), index);
        uint256 position = 1;
        for (uint256 i = 0; i <= index; ++i) {
            position = read(payload, position, tensor);
        }
    }

    /// @notice Reads the tensor at `position` into `tensor`. The first tensor is at position 1.
    /// @return next The position after it.
    function read(bytes calldata payload, uint256 position, Tensor memory tensor) internal pure returns (uint256 next) {
        unchecked {
            if (position >= payload.length) revert TensorsTruncated(position + 1, payload.length);
            uint256 place = _place(payload, position);
            uint256 code = _octet(place);
            if (code == 0 || code > uint256(type(DataType).max)) revert TensorsUnknownDtype(position, code);
            _need(payload, position + 2);
            uint256 rank = _octet(place + 1);
            if (rank > MAX_RANK) revert TensorsRankTooHigh(MAX_RANK, rank);
            next = position + 2 + 4 * rank;
            _need(payload, next);

            uint256 start = _place(payload, next);
            uint256 elements = _product(place + 2, start);
            if (code == uint256(DataType.STRING)) {
                next = _skipStrings(payload, next, elements);
            } else {
                next += (elements * DataType(code).bits() + 7) >> 3;
                _need(payload, next);
            }
            tensor.dtype = DataType(code);
            tensor.rank = rank;
            tensor.elements = elements;
            tensor.dims = place + 2;
            tensor.start = start;
            tensor.size = _place(payload, next) - start;
        }
    }

    // --- one tensor ---

    /// @notice Size of one axis.
    function dim(Tensor memory tensor, uint256 axis) internal pure returns (uint256) {
        _checkIndex(tensor.rank, axis);
        unchecked {
            return _u32(tensor.dims + 4 * axis);
        }
    }

    /// @notice The data as encoded: row-major, little-endian.
    function data(Tensor memory tensor) internal pure returns (bytes calldata) {
        return _slice(tensor.start, tensor.size);
    }

    /// @notice Bits of the element at `index` of the flattened tensor; any type but STRING and COMPLEX128.
    function bitsAt(Tensor memory tensor, uint256 index) internal pure returns (uint256) {
        return _element(tensor, index, UP_TO_64_BITS);
    }

    /// @notice An element of any integer type.
    function intAt(Tensor memory tensor, uint256 index) internal pure returns (int256) {
        uint256 value = _element(tensor, index, INTEGERS);
        DataType dtype = tensor.dtype;
        if (!dtype.isIn(SIGNED)) return int256(value);
        unchecked {
            uint256 unused = 256 - dtype.bits();
            return int256(value << unused) >> unused;
        }
    }

    /// @notice A FLOAT, DOUBLE, FLOAT16 or BFLOAT16 with 18 decimals, rounded as `FixedPoint` says.
    function fixedAt(Tensor memory tensor, uint256 index) internal pure returns (int256) {
        uint256 bits = _element(tensor, index, FLOATS);
        DataType dtype = tensor.dtype;
        if (dtype == DataType.FLOAT) return FixedPoint.fromFloat32(bits);
        if (dtype == DataType.DOUBLE) return FixedPoint.fromFloat64(bits);
        if (dtype == DataType.FLOAT16) return FixedPoint.fromFloat16(bits);
        return FixedPoint.fromBfloat16(bits);
    }

    /// @notice A boolean: true unless its byte is zero. The byte is 0 or 1 if the payload was validated.
    function boolAt(Tensor memory tensor, uint256 index) internal pure returns (bool) {
        return _element(tensor, index, BOOLEAN) != 0;
    }

    /// @notice A string, over those before it. UTF-8 if the payload was validated.
    function stringAt(Tensor memory tensor, uint256 index) internal pure returns (string calldata) {
        _checkDtype(tensor.dtype, STRING);
        _checkIndex(tensor.elements, index);
        unchecked {
            uint256 place = tensor.start;
            for (uint256 i = 0; i < index; ++i) {
                place += 4 + _u32(place);
            }
            return string(_slice(place + 4, _u32(place)));
        }
    }

    /// @dev Bits of an element whose type is in the set. It may start inside a byte.
    function _element(Tensor memory tensor, uint256 index, uint256 types) private pure returns (uint256) {
        DataType dtype = tensor.dtype;
        _checkDtype(dtype, types);
        _checkIndex(tensor.elements, index);
        unchecked {
            uint256 width = dtype.bits();
            uint256 first = index * width;
            uint256 place = tensor.start + (first >> 3);
            uint256 word = _u32(place);
            if (width == 64) return word | (_u32(place + 4) << 32);
            return (word >> (first & 7)) & ((1 << width) - 1);
        }
    }

    // --- checks ---

    function _need(bytes calldata payload, uint256 length) private pure {
        if (length > payload.length) revert TensorsTruncated(length, payload.length);
    }

    function _checkIndex(uint256 length, uint256 index) private pure {
        if (index >= length) revert TensorsIndexOutOfRange(length, index);
    }

    function _checkDtype(DataType dtype, uint256 expected) private pure {
        if (!dtype.isIn(expected)) revert TensorsWrongDtype(expected, dtype);
    }

    /// @dev The product of the dims from one place to another, bounded before a zero makes it zero.
    function _product(uint256 place, uint256 end) private pure returns (uint256 product) {
        product = 1;
        bool empty = false;
        unchecked {
            for (; place < end; place += 4) {
                uint256 size = _u32(place);
                if (size == 0) empty = true;
                else product *= size;
                if (product > MAX_ELEMENTS) revert TensorsTooManyElements(MAX_ELEMENTS, product);
            }
        }
        if (empty) return 0;
    }

    /// @dev The position after `strings` strings.
    function _skipStrings(bytes calldata payload, uint256 position, uint256 strings) private pure returns (uint256) {
        unchecked {
            for (uint256 i = 0; i < strings; ++i) {
                _need(payload, position + 4);
                position += 4 + _u32(_place(payload, position));
                _need(payload, position);
            }
        }
        return position;
    }

    function _checkContents(bytes calldata payload, Tensor memory tensor) private pure {
        DataType dtype = tensor.dtype;
        if (dtype == DataType.STRING) _checkStrings(payload, tensor);
        else if (dtype == DataType.BOOL) _checkBooleans(payload, tensor);
        else if (dtype.bits() < 8) _checkPadding(payload, tensor);
    }

    function _checkStrings(bytes calldata payload, Tensor memory tensor) private pure {
        unchecked {
            uint256 place = tensor.start;
            uint256 end = place + tensor.size;
            while (place < end) {
                bytes calldata text = _slice(place + 4, _u32(place));
                uint256 bad = Utf8.firstInvalid(text);
                if (bad < text.length) {
                    place += 4 + bad;
                    revert TensorsInvalidUtf8(place - _place(payload, 0), _octet(place));
                }
                place += 4 + text.length;
            }
        }
    }

    function _checkBooleans(bytes calldata payload, Tensor memory tensor) private pure {
        unchecked {
            uint256 end = tensor.start + tensor.size;
            for (uint256 place = tensor.start; place < end; place += 32) {
                uint256 bad = _word(place) & NOT_BOOLEAN;
                if (end - place < 32) bad >>= 256 - 8 * (end - place);
                if (bad == 0) continue;
                while (_octet(place) < 2) ++place;
                revert TensorsInvalidBool(place - _place(payload, 0), _octet(place));
            }
        }
    }

    function _checkPadding(bytes calldata payload, Tensor memory tensor) private pure {
        unchecked {
            uint256 used = (tensor.elements * tensor.dtype.bits()) & 7;
            if (used == 0) return;
            uint256 last = tensor.start + tensor.size - 1;
            if (_octet(last) >> used == 0) return;
            revert TensorsNonzeroPadding(last - _place(payload, 0), _octet(last));
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

    function _octet(uint256 place) private pure returns (uint256 octet) {
        assembly ("memory-safe") {
            octet := byte(0, calldataload(place))
        }
    }

    function _u32(uint256 place) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            let word := calldataload(place)
            value := or(or(byte(0, word), shl(8, byte(1, word))), or(shl(16, byte(2, word)), shl(24, byte(3, word))))
        }
    }
}
