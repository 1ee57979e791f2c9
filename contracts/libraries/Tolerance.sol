// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DataType} from "../types/DataType.sol";
import {Tensor, Tensors} from "./Tensors.sol";

/// @title Tolerance: are two results the same, computed exactly on the bits
library Tolerance {
    using Tensors for bytes;

    uint256 internal constant SUPPORT = 1;
    uint256 internal constant RIGHT = 3;

    uint256 private constant SIGN = 0x80000000;
    uint256 private constant MAGNITUDE = 0x7FFFFFFF;
    uint256 private constant INFINITY = 0x7F800000;

    /// @dev The tolerance, `width` times over, taken apart once for all elements.
    struct Bound {
        /// @dev Significand of `width · atol`, at most 26 bits.
        uint256 atolSignificand;
        /// @dev Biased exponent of atol; its value is `significand · 2^(exponent - 150)`.
        uint256 atolExponent;
        /// @dev `(1 - width · rtol) · 2^32`, above zero because rtol is below a third.
        uint256 keep;
    }

    struct Pair {
        Tensor one;
        Tensor other;
        Bound bound;
    }

    function boundOf(uint32 atol, uint32 rtol, uint256 width) internal pure returns (Bound memory bound) {
        (uint256 significand, uint256 exponent) = _unpack(atol);
        bound.atolSignificand = significand * width;
        bound.atolExponent = exponent;
        bound.keep = (1 << 32) - width * rtol;
    }

    /// @notice Whether `|a - b| ≤ width · (atol + rtol · max(|a|, |b|))` for two float32 bit patterns.
    /// @dev NaN is near any NaN and nothing else, an infinity only itself. With M the greater magnitude and m the
    /// lesser, and `X = M · (1 - width · rtol)`, that is `X ≤ width · atol + m` if the signs agree and
    /// `X + m ≤ width · atol` if not: sums of positive numbers, kept in units of 2^(shift - 182).
    function nearFloat32(uint256 a, uint256 b, Bound memory bound) internal pure returns (bool) {
        if (a == b) return true;
        uint256 great = a & MAGNITUDE;
        uint256 small = b & MAGNITUDE;
        if (great < small) (great, small) = (small, great);
        if (great >= INFINITY) return small > INFINITY;
        bool sameSign = (a ^ b) & SIGN == 0;

        // No overflow: significands have at most 56 bits and exponents are at most 254 before the shift below,
        // 190 after it.
        unchecked {
            (uint256 x, uint256 xExponent) = _unpack(great);
            x *= bound.keep;
            (uint256 m, uint256 mExponent) = _unpack(small);
            mExponent += 32;
            uint256 atol = bound.atolSignificand;
            uint256 atolExponent = bound.atolExponent;
            uint256 top = xExponent > atolExponent ? xExponent : atolExponent;
            atolExponent += 32;
            if (top > 190) {
                uint256 drop = top - 190;
                // The greater magnitude is below 2^-160 of atol.
                if (xExponent < drop) return true;
                xExponent -= drop;
                (atol, atolExponent) = _lower(atol, atolExponent, drop, 0);
                // Rounded against support. Bits are lost only of numbers far below X or atol, see below.
                (m, mExponent) = _lower(m, mExponent, drop, sameSign ? 0 : 1);
            }
            x <<= xExponent;
            atol <<= atolExponent;
            m <<= mExponent;
            return sameSign ? x <= atol + m : x + m <= atol;
        }
    }

    /// @dev `significand · 2^exponent` with the exponent lowered by `drop`; rounded down, or up if `up` is 1, when
    /// bits fall off. X is a whole number of units, so against one rounded-down term the comparison stays exact;
    /// two terms that both lose bits are each below 2^27 units while X is above 2^190 of them.
    function _lower(uint256 significand, uint256 exponent, uint256 drop, uint256 up)
        private
        pure
        returns (uint256, uint256)
    {
        if (exponent >= drop) return (significand, exponent - drop);
        uint256 shift = drop - exponent;
        return ((significand + up * ((uint256(1) << shift) - 1)) >> shift, 0);
    }

    /// @dev A magnitude as `significand · 2^(exponent - 150)`, subnormals included.
    function _unpack(uint256 magnitude) private pure returns (uint256 significand, uint256 exponent) {
        unchecked {
            exponent = magnitude >> 23;
            significand = magnitude & 0x7FFFFF;
            if (exponent == 0) exponent = 1;
            else significand |= 0x800000;
        }
    }

    /// @notice Whether two payloads are the same within `width` tolerances: same tensors, float32 elements near,
    /// every other element equal. Malformed bytes are near nothing but themselves.
    function near(bytes calldata a, bytes calldata b, uint32 atol, uint32 rtol, uint256 width)
        internal
        pure
        returns (bool)
    {
        if (a.length != b.length) return false;
        if (_same(a, b)) return true;
        uint256 tensors = a.count();
        if (b.count() != tensors) return false;

        Pair memory pair;
        pair.bound = boundOf(atol, rtol, width);
        uint256 position = 1;
        for (uint256 i; i < tensors; ++i) {
            uint256 next = a.read(position, pair.one);
            if (b.read(position, pair.other) != next || !_sameHeader(a, b, position, pair)) return false;
            if (!_nearData(pair)) return false;
            position = next;
        }
        return position == a.length;
    }

    /// @dev Type, rank and dims: the bytes from `position` to the data.
    function _sameHeader(bytes calldata a, bytes calldata b, uint256 position, Pair memory pair)
        private
        pure
        returns (bool)
    {
        if (pair.one.rank != pair.other.rank) return false;
        uint256 end = position + 2 + 4 * pair.one.rank;
        return _same(a[position:end], b[position:end]);
    }

    function _nearData(Pair memory pair) private pure returns (bool) {
        if (pair.one.dtype != DataType.FLOAT) return _same(pair.one.data(), pair.other.data());
        return _nearElements(pair.one, pair.other, pair.bound);
    }

    function _same(bytes calldata a, bytes calldata b) private pure returns (bool) {
        return keccak256(a) == keccak256(b);
    }

    /// @dev Eight elements at a time; words that are equal need no look.
    function _nearElements(Tensor memory one, Tensor memory other, Bound memory bound) private pure returns (bool) {
        uint256 elements = one.elements;
        for (uint256 first; first < elements; first += 8) {
            uint256 x = _word(one.start + 4 * first);
            uint256 y = _word(other.start + 4 * first);
            uint256 lanes = elements - first < 8 ? elements - first : 8;
            // Drops what lies behind the last element.
            if ((x ^ y) >> (256 - 32 * lanes) == 0) continue;
            x = _bigEndian(x);
            y = _bigEndian(y);
            for (uint256 lane; lane < lanes; ++lane) {
                if (!nearFloat32(x >> 224, y >> 224, bound)) return false;
                x <<= 32;
                y <<= 32;
            }
        }
        return true;
    }

    /// @dev Turns the bytes of each of the eight elements of a word around.
    function _bigEndian(uint256 w) private pure returns (uint256) {
        w = (w & 0x00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF) << 8 | (w >> 8)
            & 0x00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF;
        return (w & 0x0000FFFF0000FFFF0000FFFF0000FFFF0000FFFF0000FFFF0000FFFF0000FFFF) << 16 | (w >> 16)
            & 0x0000FFFF0000FFFF0000FFFF0000FFFF0000FFFF0000FFFF0000FFFF0000FFFF;
    }

    function _word(uint256 place) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := calldataload(place)
        }
    }
}
