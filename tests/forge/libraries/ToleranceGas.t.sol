// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Tolerance} from "../../../contracts/libraries/Tolerance.sol";
import {Test} from "../utils/Test.sol";

/// @dev What comparing 256 float32 elements costs. Every comparison here ends with "near": it has looked at all.
contract ToleranceGasTest is Test {
    uint256 private constant ELEMENTS = 256;
    uint256 private constant TYPICAL = 130_000;
    uint256 private constant WORST = 190_000;

    uint256 private constant SIGN = 0x80000000;
    uint32 private constant ATOL_1E5 = 0x3727C5AC;
    uint32 private constant RTOL_1E4 = 429_497;
    uint32 private constant LARGEST_RTOL = 1_431_655_765;

    function measure(bytes calldata a, bytes calldata b, uint32 atol, uint32 rtol, uint256 width)
        external
        view
        returns (bool near, uint256 gas)
    {
        gas = gasleft();
        near = Tolerance.near(a, b, atol, rtol, width);
        gas -= gasleft();
    }

    function test_near__last_bits_differ_everywhere__within_the_typical_bound() public view {
        bytes memory one = _header();
        bytes memory other = _header();
        for (uint256 i; i < ELEMENTS; ++i) {
            uint256 random = uint256(keccak256(abi.encode(i)));
            uint256 value = (random & 0x807FFFFF) | (110 + (random >> 32) % 20) << 23;
            _put(one, i, value);
            _put(other, i, value ^ (1 + (random >> 64) % 7));
        }
        _assertCheap(one, other, ATOL_1E5, RTOL_1E4, TYPICAL);
    }

    /// @dev Pairs of bit patterns, either way round, that no shortcut settles: they are near only just, their signs
    /// differ, their exponents lie far apart or lack a hidden bit.
    function test_near__no_shortcut_helps__within_the_worst_bound() public view {
        // The lesser first: they are swapped.
        _assertWorst(SIGN | 0x3EFFFFFE, 0x3F000001, 0x3F800000, 0);
        _assertWorst(SIGN | 0x3E800000, 0x3F800000, 0x3F800000, LARGEST_RTOL);
        _assertWorst(SIGN | 0x3E800000, 0x3F7FFFFF, 0x3F800000, LARGEST_RTOL);
        _assertWorst(0x3F000000, 0x3FA00000, 0x3F800000, 0);
        // A gap of all exponents.
        _assertWorst(SIGN | 0x00800000, 0x7F000000, 0x7F7FFFFF, 0);
        _assertWorst(SIGN | 1, 0x7F000000, 0x7F7FFFFF, LARGEST_RTOL);
        _assertWorst(1, 0x7F7FFFFF, 0x7F7FFFFF, 0);
        // Subnormals.
        _assertWorst(SIGN | 0x00000001, 0x007FFFFE, 0x007FFFFF, 0);
        _assertWorst(SIGN | 0x00000001, 0x00800001, 0x00800002, 0);
        _assertWorst(0x00400000, 0x007FFFFF, 0x00200000, LARGEST_RTOL);
        _assertWorst(SIGN | 0x00A00000, 0x01000000, 0x01300000, LARGEST_RTOL);
        // NaN of other bits.
        _assertWorst(0x7F800001, 0xFFFFFFFF, 0x3F800000, 0);
    }

    function _assertWorst(uint256 a, uint256 b, uint32 atol, uint32 rtol) private view {
        bytes memory one = _header();
        bytes memory other = _header();
        for (uint256 i; i < ELEMENTS; ++i) {
            _put(one, i, a);
            _put(other, i, b);
        }
        _assertCheap(one, other, atol, rtol, WORST);
        _assertCheap(other, one, atol, rtol, WORST);
    }

    function _assertCheap(bytes memory one, bytes memory other, uint32 atol, uint32 rtol, uint256 most) private view {
        for (uint256 width = 1; width < 4; width += 2) {
            (bool near, uint256 gas) = this.measure(one, other, atol, rtol, width);
            assertTrue(near);
            assertLe(gas, most);
        }
    }

    /// @dev A payload of one float32[256] tensor of zeros.
    function _header() private pure returns (bytes memory) {
        return bytes.concat(hex"01010100010000", new bytes(4 * ELEMENTS));
    }

    function _put(bytes memory payload, uint256 index, uint256 pattern) private pure {
        for (uint256 i; i < 4; ++i) {
            payload[7 + 4 * index + i] = bytes1(uint8(pattern >> (8 * i)));
        }
    }
}
