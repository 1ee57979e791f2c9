// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";

/// @title FixedPoint: binary floating-point numbers to 18-decimal integers and back
/// @notice An integer v stands for `v · 10^-18`. Both ways round once, to the nearest, a tie to the
/// even neighbour. A float32 of magnitude 2^-35 (about 3e-11) or more survives the way there and
/// back. -0 becomes 0.
library FixedPoint {
    uint256 private constant ONE = 1e18;

    /// @notice The number behind `bits` is NaN or an infinity.
    error FixedPointNotFinite(uint256 bits);

    /// @notice The number behind `bits` is beyond the range of int256, ±5.7e58.
    error FixedPointOutOfRange(uint256 bits);

    /// @notice `value` is nearer to the power of two above the largest float32 than to that.
    error FixedPointAboveFloat32(int256 value);

    /// @notice Every finite float32 fits; exact at multiples of 2^-18, so above 32 always.
    function fromFloat32(uint256 bits) internal pure returns (int256) {
        return _fromBinary(bits, 8, 23);
    }

    function fromFloat64(uint256 bits) internal pure returns (int256) {
        return _fromBinary(bits, 11, 52);
    }

    function fromFloat16(uint256 bits) internal pure returns (int256) {
        return _fromBinary(bits, 5, 10);
    }

    function fromBfloat16(uint256 bits) internal pure returns (int256) {
        return _fromBinary(bits, 8, 7);
    }

    /// @notice Bits of the float32 nearest to `value · 10^-18`.
    function toFloat32(int256 value) internal pure returns (uint32) {
        if (value == 0) return 0;
        uint256 magnitude = SignedMath.abs(value);
        // No overflow: at most 255 places to shift, and a quotient between 2^195 and 2^197.
        unchecked {
            uint256 lift = 255 - Math.log2(magnitude);
            // The remainder never breaks a tie: of a tie the quotient is a multiple of 2^171, and of values within
            // range lift is above 60, so the remainder is a multiple of 2^60, yet below 10^18: zero.
            uint256 quotient = (magnitude << lift) / ONE;
            uint256 drop = Math.log2(quotient) - 23;
            uint256 significand = _roundedShift(quotient, drop);
            // Biased, less one: the significand's top bit adds it, or two when rounding carried.
            uint256 bits = ((149 + drop - lift) << 23) + significand;
            if (bits >= 0x7f800000) revert FixedPointAboveFloat32(value);
            return uint32(value < 0 ? bits | 0x80000000 : bits);
        }
    }

    /// @dev Any IEEE 754 binary format: a sign, a biased exponent, a fraction.
    function _fromBinary(uint256 bits, uint256 exponentBits, uint256 fractionBits) private pure returns (int256) {
        // No overflow: exponents have at most 11 bits, `significand · 10^18` at most 113.
        unchecked {
            uint256 top = (1 << exponentBits) - 1;
            uint256 exponent = (bits >> fractionBits) & top;
            if (exponent == top) revert FixedPointNotFinite(bits);
            uint256 scaled = bits & ((1 << fractionBits) - 1);
            if (exponent == 0) exponent = 1;
            else scaled |= 1 << fractionBits;
            scaled *= ONE;
            // The exponent at which the significand is a whole number.
            uint256 unit = (top >> 1) + fractionBits;
            if (exponent < unit) {
                scaled = _roundedShift(scaled, unit - exponent);
            } else {
                uint256 shift = exponent - unit;
                if (scaled > uint256(type(int256).max) >> shift) revert FixedPointOutOfRange(bits);
                scaled <<= shift;
            }
            bool negative = (bits >> (exponentBits + fractionBits)) & 1 == 1;
            return negative ? -int256(scaled) : int256(scaled);
        }
    }

    /// @dev `value / 2^shift` rounded to the nearest, a tie to the even; shift above zero.
    function _roundedShift(uint256 value, uint256 shift) private pure returns (uint256 rounded) {
        if (shift > 255) return 0; // all callers' values are far below 2^255
        unchecked {
            rounded = value >> shift;
            uint256 rest = value & ((1 << shift) - 1);
            uint256 half = 1 << (shift - 1);
            if (rest > half || (rest == half && rounded & 1 == 1)) ++rounded;
        }
    }
}
