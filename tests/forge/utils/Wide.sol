// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @dev Naturals below 2^512, for reckoning in which nothing can be lost.
struct Wide {
    uint256 high;
    uint256 low;
}

library WideLib {
    /// @dev `value · 2^exponent`; the caller keeps it below 2^512.
    function scaled(uint256 value, uint256 exponent) internal pure returns (Wide memory w) {
        if (exponent >= 256) return Wide(value << (exponent - 256), 0);
        w.low = value << exponent;
        if (exponent != 0) w.high = value >> (256 - exponent);
    }

    function plus(Wide memory a, Wide memory b) internal pure returns (Wide memory c) {
        unchecked {
            c.low = a.low + b.low;
            c.high = a.high + b.high + (c.low < a.low ? 1 : 0);
        }
    }

    /// @dev `a - b` for `a ≥ b`.
    function minus(Wide memory a, Wide memory b) internal pure returns (Wide memory c) {
        unchecked {
            c.low = a.low - b.low;
            c.high = a.high - b.high - (a.low < b.low ? 1 : 0);
        }
    }

    function atMost(Wide memory a, Wide memory b) internal pure returns (bool) {
        return a.high != b.high ? a.high < b.high : a.low <= b.low;
    }
}
