// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Tolerance: are two results the same, computed exactly on the bits
library Tolerance {
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
    /// every other element equal.
    function near(bytes calldata a, bytes calldata b, uint32 atol, uint32 rtol, uint256 width)
        internal
        pure
        returns (bool)
    {
        if (a.length != b.length) return false;
        if (keccak256(a) == keccak256(b)) return true;
        return false;
    }
}
