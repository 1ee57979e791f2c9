// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Tolerance} from "../../../contracts/libraries/Tolerance.sol";
import {SlowTolerance} from "../utils/SlowTolerance.sol";
import {Boundary, ToleranceBoundaries} from "../utils/ToleranceBoundaries.sol";
import {Test} from "../utils/Test.sol";

/// @dev Pairs at the very edge of a tolerance, judged by exact fractions, alone and among others.
contract ToleranceBoundariesTest is Test {
    using ToleranceBoundaries for bytes;

    /// @dev Two bit patterns of every sort that are near at any tolerance. Arithmetic on them that runs over would
    /// reach the pairs beside.
    uint256[8] private _calm = [
        uint256(0xFFFFFFFF_7F800001),
        0x7F800000_7F800000,
        0x00000000_80000000,
        0xFF7FFFFF_FF7FFFFF,
        0x80000000_00000000,
        0x7FC00000_FFFFFFFF,
        0x00000001_00000001,
        0xFF800000_FF800000
    ];

    function near(bytes calldata a, bytes calldata b, uint32 atol, uint32 rtol, uint256 width)
        external
        pure
        returns (bool)
    {
        return Tolerance.near(a, b, atol, rtol, width);
    }

    function test_nearFour__every_boundary__answers_as_the_file_says() public view {
        bytes memory file = vm.readFileBinary(ToleranceBoundaries.PATH);
        uint256 count = file.count();
        assertGt(count, 10_000);
        for (uint256 i; i < count; ++i) {
            Boundary memory v = file.record(i);
            // The slot changes; the other three hold zeros.
            uint256 shift = 64 * (i % 4);
            _assertNear(v, shift, 1, v.within1);
            _assertNear(v, shift, 3, v.within3);
        }
    }

    function test_slowRule__every_boundary__answers_as_the_file_says() public view {
        bytes memory file = vm.readFileBinary(ToleranceBoundaries.PATH);
        uint256 count = file.count();
        for (uint256 i; i < count; ++i) {
            Boundary memory v = file.record(i);
            assertEq(SlowTolerance.near(v.a, v.b, v.atol, v.rtol, 1), v.within1);
            assertEq(SlowTolerance.near(v.b, v.a, v.atol, v.rtol, 3), v.within3);
        }
    }

    /// @dev One boundary among eleven elements, in every place by turns.
    function test_near__every_boundary_in_a_payload__answers_as_the_file_says() public view {
        bytes memory file = vm.readFileBinary(ToleranceBoundaries.PATH);
        uint256 count = file.count();
        bytes memory one = _calmPayload(32);
        bytes memory other = _calmPayload(0);
        for (uint256 i; i < count; ++i) {
            Boundary memory v = file.record(i);
            uint256 place = i % 11;
            _put(one, place, v.a);
            _put(other, place, v.b);
            assertEq(this.near(one, other, v.atol, v.rtol, 1), v.within1);
            assertEq(this.near(other, one, v.atol, v.rtol, 3), v.within3);
            _put(one, place, uint32(_calm[place % 8] >> 32));
            _put(other, place, uint32(_calm[place % 8]));
        }
    }

    /// @dev Any eight pairs about one tolerance: the payload is near exactly if the slow rule says so of each.
    function test_near__eight_pairs_about_the_tolerance__agrees_with_the_slow_rule(
        uint32[8] memory patterns,
        uint32[8] memory distances,
        uint32 atol,
        uint32 rtol,
        uint8 free
    ) public view {
        atol %= 0x7F800000;
        rtol = (rtol >> (atol & 31)) % 1_431_655_766;
        uint256 width = free & 8 == 0 ? 1 : 3;
        bytes memory one = _calmPayload(32);
        bytes memory other = _calmPayload(0);
        bool expected = true;
        for (uint256 i; i < 8; ++i) {
            uint256 a = patterns[i];
            uint256 b = _beside(a, distances[i], atol, uint256(rtol) * width >> 9);
            bool close = SlowTolerance.near(a, b, atol, rtol, width);
            // Only one pair may decide that the answer is no, or it nearly always would be.
            if (!close && i != free % 8) b = a;
            else expected = expected && close;
            _put(one, i, uint32(a));
            _put(other, i, uint32(b));
        }
        assertEq(this.near(one, other, atol, rtol, width), expected);
        assertEq(this.near(other, one, atol, rtol, width), expected);
    }

    /// @dev A pattern off by about as much as a tolerance allows, or of the other sign, or nowhere near.
    function _beside(uint256 a, uint256 distance, uint256 atol, uint256 steps) private pure returns (uint256) {
        uint256 kind = distance & 7;
        distance >>= 3;
        // Whatever runs over is cut off.
        unchecked {
            if (kind == 0) return distance << 3;
            if (kind == 1) return uint32((a ^ 0x80000000) - distance % 3);
            if (kind == 2) return uint32((atol ^ a & 0x80000000) + distance % 3 - 1);
            if (kind == 3) return uint32(a + steps + distance % 3 - 1);
            if (kind == 4) return uint32(a - steps - distance % 3 + 1);
            return a ^ distance >> (distance & 31);
        }
    }

    function _assertNear(Boundary memory v, uint256 shift, uint256 width, bool expected) private pure {
        Tolerance.Bound memory bound = Tolerance.boundOf(v.atol, v.rtol, width);
        assertEq(Tolerance.nearFour(uint256(v.a) << shift, uint256(v.b) << shift, bound), expected);
        assertEq(Tolerance.nearFour(uint256(v.b) << shift, uint256(v.a) << shift, bound), expected);
    }

    /// @dev One float32[11] tensor; `side` is 32 for the first of each calm pair and 0 for the second.
    function _calmPayload(uint256 side) private view returns (bytes memory payload) {
        payload = bytes.concat(hex"0101010b000000", new bytes(44));
        for (uint256 i; i < 11; ++i) {
            _put(payload, i, uint32(_calm[i % 8] >> side));
        }
    }

    function _put(bytes memory payload, uint256 index, uint32 pattern) private pure {
        for (uint256 i; i < 4; ++i) {
            payload[7 + 4 * index + i] = bytes1(uint8(pattern >> (8 * i)));
        }
    }
}
