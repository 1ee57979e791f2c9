// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Tolerance} from "../../contracts/libraries/Tolerance.sol";
import {Test} from "../forge/utils/Test.sol";

/// @dev `nearFour` against the rule as rational numbers, for significands and exponents of a few bits. Every number is
/// then a whole multiple of the least one, 2^-150 of exponent 1 and the 2^-32 in which rtol is counted.
contract NearSymbolic is Test {
    uint256 private constant SIGN = 1 << 31;
    uint256 private constant EXPONENTS = 3;
    uint256 private constant SIGNIFICAND_BITS = 2;
    uint256 private constant INFINITY = 0x7F800000;
    uint256 private constant LARGEST_RTOL = 0x15555555;

    function check_near__itself__always(uint32 a, uint32 atol, uint32 rtol) public pure {
        vm.assume(rtol <= LARGEST_RTOL && atol < INFINITY);
        assertTrue(_near(a, a, Tolerance.boundOf(atol, rtol, 1)));
    }

    function check_near__either_order__the_same(uint32 a, uint32 b, uint32 atol) public pure {
        vm.assume(_isSmall(a) && _isSmall(b) && _isSmall(atol) && atol & SIGN == 0);
        Tolerance.Bound memory bound = Tolerance.boundOf(atol, 0, 1);
        assertTrue(_near(a, b, bound) == _near(b, a, bound));
    }

    function check_near__small_numbers__as_rationals_say(uint32 a, uint32 b, uint32 atol) public pure {
        _assertAgrees(a, b, atol, 0, Tolerance.SUPPORT);
    }

    function check_near__small_numbers__as_rationals_say_for_three(uint32 a, uint32 b, uint32 atol) public pure {
        _assertAgrees(a, b, atol, 0, Tolerance.RIGHT);
    }

    function check_near__relative__as_rationals_say(uint32 a, uint32 b) public pure {
        _assertAgrees(a, b, 0, 1 << 22, Tolerance.SUPPORT);
    }

    function check_near__infinities_and_nan__their_own_kind_only(uint32 a, uint32 b) public pure {
        vm.assume(a & 0x7FFFFFFF >= INFINITY && a != b);
        bool bothNan = a & 0x7FFFFFFF > INFINITY && b & 0x7FFFFFFF > INFINITY;
        assertTrue(_near(a, b, Tolerance.boundOf(0x3a800000, 1, 1)) == bothNan);
    }

    /// @dev What one slot says does not hang on the other three.
    function check_near__two_pairs_at_once__both_near(uint32 a, uint32 b, uint32 c, uint32 d) public pure {
        vm.assume(_isSmall(a) && _isSmall(b) && _isSmall(c) && _isSmall(d));
        Tolerance.Bound memory bound = Tolerance.boundOf(1 << 22, 0, 1);
        bool both = Tolerance.nearFour(uint256(a) << 192 | c, uint256(b) << 192 | d, bound);
        assertTrue(both == (_near(a, b, bound) && _near(c, d, bound)));
    }

    function _assertAgrees(uint32 a, uint32 b, uint32 atol, uint32 rtol, uint256 width) private pure {
        vm.assume(_isSmall(a) && _isSmall(b) && _isSmall(atol) && atol & SIGN == 0);
        bool expected = _rational(a, b, atol, rtol, width);
        assertTrue(_near(a, b, Tolerance.boundOf(atol, rtol, width)) == expected);
    }

    /// @dev One pair, in the third slot; the zeros of the others are near.
    function _near(uint256 a, uint256 b, Tolerance.Bound memory bound) private pure returns (bool) {
        return Tolerance.nearFour(a << 128, b << 128, bound);
    }

    /// @dev `|a - b| ≤ width · (atol + rtol · max(|a|, |b|))`, written down as it stands.
    function _rational(uint256 a, uint256 b, uint256 atol, uint256 rtol, uint256 width) private pure returns (bool) {
        uint256 x = _magnitude(a);
        uint256 y = _magnitude(b);
        uint256 distance = (a ^ b) & SIGN != 0 ? x + y : x > y ? x - y : y - x;
        return distance << 32 <= width * ((_magnitude(atol) << 32) + rtol * (x > y ? x : y));
    }

    function _magnitude(uint256 pattern) private pure returns (uint256) {
        uint256 exponent = (pattern & ~SIGN) >> 23;
        uint256 significand = pattern & 0x7FFFFF;
        return exponent == 0 ? significand : (significand | 0x800000) << (exponent - 1);
    }

    /// @dev Few exponents, and only the high bits of the significand.
    function _isSmall(uint256 pattern) private pure returns (bool) {
        return (pattern & ~SIGN) >> 23 <= EXPONENTS && pattern & ((1 << (23 - SIGNIFICAND_BITS)) - 1) == 0;
    }
}
