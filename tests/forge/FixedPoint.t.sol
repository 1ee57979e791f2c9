// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPoint} from "../../contracts/libraries/FixedPoint.sol";
import {Test} from "./utils/Test.sol";

contract FixedPointHarness {
    function from(string calldata dtype, uint256 bits) external pure returns (int256) {
        bytes32 name = keccak256(bytes(dtype));
        if (name == keccak256("FLOAT")) return FixedPoint.fromFloat32(bits);
        if (name == keccak256("DOUBLE")) return FixedPoint.fromFloat64(bits);
        if (name == keccak256("FLOAT16")) return FixedPoint.fromFloat16(bits);
        require(name == keccak256("BFLOAT16"), "unknown dtype");
        return FixedPoint.fromBfloat16(bits);
    }

    function toFloat32(int256 value) external pure returns (uint256) {
        return FixedPoint.toFloat32(value);
    }
}

contract FixedPointTest is Test {
    struct FromVector {
        string dtype;
        uint256 bits;
        int256 value;
        string failure;
    }

    struct ToVector {
        int256 value;
        uint256 bits;
        string failure;
    }

    uint256 private constant SIGN = 0x80000000;

    FixedPointHarness private harness;

    function setUp() public {
        harness = new FixedPointHarness();
    }

    // --- vectors, from exact fractions ---

    function test_from__vectors__nearest_even() public {
        string memory types = "FromVector(string dtype,uint256 bits,int256 value,string failure)";
        FromVector[] memory vectors = abi.decode(_parse(".to_fixed", types), (FromVector[]));
        assertGe(vectors.length, 400);
        for (uint256 i = 0; i < vectors.length; ++i) {
            FromVector memory vector = vectors[i];
            if (bytes(vector.failure).length != 0) {
                vm.expectRevert(
                    abi.encodeWithSignature(string.concat("FixedPoint", vector.failure, "(uint256)"), vector.bits)
                );
                harness.from(vector.dtype, vector.bits);
            } else {
                string memory message = string.concat(vector.dtype, vm.toString(vector.bits));
                int256 value = harness.from(vector.dtype, vector.bits);
                vm.assertEq(value, vector.value, message);
            }
        }
    }

    function test_toFloat32__vectors__nearest_even() public {
        string memory types = "ToVector(int256 value,uint256 bits,string failure)";
        ToVector[] memory vectors = abi.decode(_parse(".to_float32", types), (ToVector[]));
        assertGe(vectors.length, 150);
        for (uint256 i = 0; i < vectors.length; ++i) {
            ToVector memory vector = vectors[i];
            if (bytes(vector.failure).length != 0) {
                vm.expectRevert(abi.encodeWithSelector(FixedPoint.FixedPointAboveFloat32.selector, vector.value));
                harness.toFloat32(vector.value);
            } else {
                assertEq(harness.toFloat32(vector.value), vector.bits);
            }
        }
    }

    // --- properties ---

    /// @dev The result v of a number m·2^e is within half a unit: |2·v·2^-e - 2·m·10^18| ≤ 2^-e.
    function testFuzz_fromFloat32__below_one__within_half_a_unit(uint256 fraction, uint256 exponent) public view {
        fraction = bound(fraction, 0, (1 << 23) - 1);
        exponent = bound(exponent, 1, 126);
        uint256 value = uint256(harness.from("FLOAT", exponent << 23 | fraction));
        uint256 scaled = (1 << 23 | fraction) * 1e18;
        uint256 shift = 150 - exponent;
        uint256 left = 2 * (value << shift);
        uint256 distance = left > 2 * scaled ? left - 2 * scaled : 2 * scaled - left;
        assertLe(distance, 1 << shift);
        if (distance == 1 << shift) assertEq(value & 1, 0);
    }

    function testFuzz_fromFloat32__at_least_one__exact_when_a_whole_number(uint256 bits) public view {
        bits = bound(bits, 150 << 23, 0x7f7fffff);
        uint256 significand = 1 << 23 | (bits & 0x7fffff);
        uint256 value = significand * 1e18 << ((bits >> 23) - 150);
        assertEq(harness.from("FLOAT", bits), int256(value));
        assertEq(harness.from("FLOAT", bits | SIGN), -int256(value));
    }

    function testFuzz_toFloat32__from_float32_of_2_to_minus_35__round_trip(uint256 bits) public view {
        bits = bound(bits, (127 - 35) << 23, 0x7f7fffff);
        assertEq(harness.toFloat32(harness.from("FLOAT", bits)), bits);
        assertEq(harness.toFloat32(harness.from("FLOAT", bits | SIGN)), bits | SIGN);
    }

    /// @dev No neighbour among the float32 is nearer, compared after a second, exact conversion.
    function testFuzz_toFloat32__no_neighbour_nearer(uint256 magnitude) public view {
        magnitude = bound(magnitude, 2 ** 24 * 1e18, 2 ** 187);
        int256 value = int256(magnitude);
        uint256 bits = harness.toFloat32(value);
        uint256 distance = _distance(value, harness.from("FLOAT", bits));
        uint256 below = _distance(value, harness.from("FLOAT", bits - 1));
        uint256 above = _distance(value, harness.from("FLOAT", bits + 1));
        assertLe(distance, below);
        assertLe(distance, above);
        if (distance == below || distance == above) assertEq(bits & 1, 0);
    }

    function _distance(int256 a, int256 b) private pure returns (uint256) {
        return a > b ? uint256(a - b) : uint256(b - a);
    }

    function _parse(string memory key, string memory types) private view returns (bytes memory) {
        string memory json = vm.readFile("tests/vectors/fixed_point.json");
        return vm.parseJsonTypeArray(json, key, types);
    }
}
