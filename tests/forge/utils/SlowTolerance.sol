// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Wide, WideLib} from "./Wide.sol";

/// @dev The rule of protocol.md for two float32 bit patterns, word for word and without cleverness: every number is
/// an exact integer in units of 2^-181 (the smallest subnormal, times the 2^-32 in which rtol is counted).
library SlowTolerance {
    using WideLib for Wide;

    function near(uint256 a, uint256 b, uint32 atol, uint32 rtol, uint256 width) internal pure returns (bool) {
        if (_isNan(a) || _isNan(b)) return _isNan(a) && _isNan(b);
        if (_isInfinite(a) || _isInfinite(b)) return a == b;

        Wide memory x = _magnitude(a, 1 << 32);
        Wide memory y = _magnitude(b, 1 << 32);
        bool xIsLess = x.atMost(y);
        Wide memory distance = (a ^ b) >> 31 == 1 ? x.plus(y) : xIsLess ? y.minus(x) : x.minus(y);
        Wide memory allowed = _magnitude(atol, width << 32);
        allowed = allowed.plus(_magnitude(xIsLess ? b : a, width * rtol));
        return distance.atMost(allowed);
    }

    /// @dev `|value| · factor`.
    function _magnitude(uint256 pattern, uint256 factor) private pure returns (Wide memory) {
        uint256 exponent = (pattern >> 23) & 0xFF;
        uint256 significand = pattern & 0x7FFFFF;
        if (exponent == 0) return WideLib.scaled(significand * factor, 0);
        return WideLib.scaled((significand + 0x800000) * factor, exponent - 1);
    }

    function _isNan(uint256 pattern) private pure returns (bool) {
        return (pattern >> 23) & 0xFF == 0xFF && pattern & 0x7FFFFF != 0;
    }

    function _isInfinite(uint256 pattern) private pure returns (bool) {
        return (pattern >> 23) & 0xFF == 0xFF && pattern & 0x7FFFFF == 0;
    }
}
