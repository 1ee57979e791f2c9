// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Tolerance} from "../../../contracts/libraries/Tolerance.sol";
import {SlowTolerance} from "../utils/SlowTolerance.sol";
import {Test} from "../utils/Test.sol";

contract ToleranceTest is Test {
    struct ElementVector {
        string name;
        uint256 a;
        uint256 b;
        uint256 atol;
        uint256 rtol;
        bool within1;
        bool within3;
    }

    uint32 private constant LARGEST_RTOL = 1_431_655_765;
    uint32 private constant LARGEST_ATOL = 0x7F7FFFFF;

    function test_near__every_vector__answers_as_the_file_says() public view {
        bytes memory encoded = vm.parseJsonTypeArray(
            vm.readFile("tests/vectors/tolerance.json"),
            ".elements",
            "V(string name,uint256 a,uint256 b,uint256 atol,uint256 rtol,bool within1,bool within3)"
        );
        ElementVector[] memory vectors = abi.decode(encoded, (ElementVector[]));
        assertGt(vectors.length, 300);
        for (uint256 i; i < vectors.length; ++i) {
            ElementVector memory v = vectors[i];
            vm.assertEq(_near(v.a, v.b, v.atol, v.rtol, 1), v.within1, v.name);
            vm.assertEq(_near(v.b, v.a, v.atol, v.rtol, 1), v.within1, v.name);
            vm.assertEq(_near(v.a, v.b, v.atol, v.rtol, 3), v.within3, v.name);
            vm.assertEq(_near(v.b, v.a, v.atol, v.rtol, 3), v.within3, v.name);
            vm.assertEq(SlowTolerance.near(v.a, v.b, uint32(v.atol), uint32(v.rtol), 1), v.within1, v.name);
            vm.assertEq(SlowTolerance.near(v.a, v.b, uint32(v.atol), uint32(v.rtol), 3), v.within3, v.name);
        }
    }

    function test_near__any_bits__agrees_with_the_slow_rule(uint32 a, uint32 b, uint32 atol, uint32 rtol, bool triple)
        public
        pure
    {
        _assertAgree(a, b, atol % (LARGEST_ATOL + 1), rtol % (LARGEST_RTOL + 1), triple ? 3 : 1);
    }

    /// @dev Bits drawn evenly hardly ever meet: here the exponents lie close together.
    function test_near__exponents_close__agrees_with_the_slow_rule(
        uint32[3] memory words,
        uint8[3] memory steps,
        uint32 rtol,
        bool triple
    ) public pure {
        uint256 middle = bound(words[0] >> 23 & 0xFF, 40, 214);
        uint256[3] memory patterns;
        for (uint256 i; i < 3; ++i) {
            uint256 exponent = middle + steps[i] % 80 - 40;
            patterns[i] = words[i] & 0x807FFFFF | exponent << 23;
        }
        uint32 atol = uint32(patterns[2] & 0x7FFFFFFF);
        _assertAgree(patterns[0], patterns[1], atol, rtol % (LARGEST_RTOL + 1), triple ? 3 : 1);
    }

    /// @dev The least atol that makes two patterns near is found by the slow rule: there the sums are almost equal.
    function test_near__at_the_least_atol__agrees_with_the_slow_rule(uint32 a, uint32 b, uint32 rtol, bool triple)
        public
        pure
    {
        rtol %= LARGEST_RTOL + 1;
        uint256 width = triple ? 3 : 1;
        uint32 low;
        uint32 high = LARGEST_ATOL;
        while (low < high) {
            uint32 middle = low + (high - low) / 2;
            if (SlowTolerance.near(a, b, middle, rtol, width)) high = middle;
            else low = middle + 1;
        }
        for (uint32 d; d < 3; ++d) {
            if (low + d >= 1 && low + d - 1 <= LARGEST_ATOL) _assertAgree(a, b, low + d - 1, rtol, width);
        }
    }

    function test_near__at_the_least_rtol__agrees_with_the_slow_rule(
        uint32 a,
        uint32 distance,
        uint32 atol,
        bool triple
    ) public pure {
        atol = uint32(atol % (1 << (a >> 24 & 0x1F)));
        uint256 b = uint256(a) ^ (distance & 0x7FFFFF);
        uint256 width = triple ? 3 : 1;
        uint32 low;
        uint32 high = LARGEST_RTOL;
        while (low < high) {
            uint32 middle = low + (high - low) / 2;
            if (SlowTolerance.near(a, b, atol, middle, width)) high = middle;
            else low = middle + 1;
        }
        for (uint32 d; d < 3; ++d) {
            if (low + d >= 1 && low + d - 1 <= LARGEST_RTOL) _assertAgree(a, b, atol, low + d - 1, width);
        }
    }

    function test_near__swapped__the_same_answer(uint32 a, uint32 b, uint32 atol, uint32 rtol) public pure {
        atol %= LARGEST_ATOL + 1;
        rtol %= LARGEST_RTOL + 1;
        assertEq(_near(a, b, atol, rtol, 1), _near(b, a, atol, rtol, 1));
        if (_near(a, b, atol, rtol, 1)) assertTrue(_near(a, b, atol, rtol, 3));
    }

    /// @dev What makes "right within 3τ" safe: two results near the same one are within three tolerances.
    function test_near__two_steps_of_one_tolerance__within_three(
        uint32 middle,
        int32[2] memory steps,
        uint32 atol,
        uint32 rtol
    ) public pure {
        middle %= 0x7F000000;
        atol %= LARGEST_ATOL + 1;
        rtol %= LARGEST_RTOL + 1;
        uint256 a = _stepped(middle, steps[0]);
        uint256 b = _stepped(middle, steps[1]);
        vm.assume(_near(a, middle, atol, rtol, 1) && _near(b, middle, atol, rtol, 1));
        assertTrue(_near(a, b, atol, rtol, 3));
    }

    // --- helpers ---

    /// @dev A magnitude some way off, nearer rather than further.
    function _stepped(uint256 pattern, int32 step) private pure returns (uint256) {
        uint256 size = uint256(uint32(step) & 0xFFFFFF) >> (uint32(step) >> 24 & 0x17);
        if (step > 0 || size > pattern) return pattern + size;
        return pattern - size;
    }

    function _assertAgree(uint256 a, uint256 b, uint32 atol, uint32 rtol, uint256 width) private pure {
        assertEq(_near(a, b, atol, rtol, width), SlowTolerance.near(a, b, atol, rtol, width));
    }

    function _near(uint256 a, uint256 b, uint256 atol, uint256 rtol, uint256 width) private pure returns (bool) {
        return Tolerance.nearFour(a, b, Tolerance.boundOf(uint32(atol), uint32(rtol), width));
    }
}
