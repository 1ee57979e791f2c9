// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPoint} from "../../contracts/libraries/FixedPoint.sol";
import {TensorEncoder} from "../../contracts/libraries/TensorEncoder.sol";
import {Tensors} from "../../contracts/libraries/Tensors.sol";
import {Test} from "./utils/Test.sol";

contract TensorEncoderHarness {
    function float32(int256[] memory values) external pure returns (bytes memory) {
        return TensorEncoder.encodeFloat32(values);
    }

    function float32(int256[] memory values, uint32[] memory dims) external pure returns (bytes memory) {
        return TensorEncoder.encodeFloat32(values, dims);
    }

    function int64s(int64[] memory values) external pure returns (bytes memory) {
        return TensorEncoder.encodeInt64(values);
    }

    function int64s(int64[] memory values, uint32[] memory dims) external pure returns (bytes memory) {
        return TensorEncoder.encodeInt64(values, dims);
    }

    function fixedAt(bytes calldata payload, uint256 index) external pure returns (int256) {
        Tensors.validate(payload);
        return Tensors.tensorAt(payload, 0).fixedAt(index);
    }

    function intAt(bytes calldata payload, uint256 index) external pure returns (int256) {
        Tensors.validate(payload);
        return Tensors.tensorAt(payload, 0).intAt(index);
    }
}

contract TensorEncoderTest is Test {
    TensorEncoderHarness private harness;

    function setUp() public {
        harness = new TensorEncoderHarness();
    }

    function test_encodeFloat32__vector__bytes_of_the_specification() public view {
        bytes memory expected = hex"010101030000000000c03f000080be00004040";
        assertEq(harness.float32(_threeNumbers()), expected);
    }

    function test_encodeFloat32__batch_of_one__two_axes() public view {
        bytes memory expected = hex"01010201000000030000000000c03f000080be00004040";
        assertEq(harness.float32(_threeNumbers(), _dims(1, 3)), expected);
    }

    function test_encodeFloat32__nothing__empty_tensor() public view {
        assertEq(harness.float32(new int256[](0)), hex"01010100000000");
        assertEq(harness.float32(new int256[](0), _dims(4, 0)), hex"0101020400000000000000");
    }

    function test_encodeFloat32__no_axes__scalar() public view {
        int256[] memory values = new int256[](1);
        values[0] = -2e18;
        assertEq(harness.float32(values, new uint32[](0)), hex"010100000000c0");
    }

    function test_encodeFloat32__above_float32__refused() public {
        int256[] memory values = new int256[](1);
        values[0] = type(int256).max;
        vm.expectRevert(abi.encodeWithSelector(FixedPoint.FixedPointAboveFloat32.selector, values[0]));
        harness.float32(values);
    }

    function test_encodeInt64__vector__bytes_of_the_specification() public view {
        int64[] memory values = new int64[](2);
        values[0] = -2;
        values[1] = type(int64).max;
        bytes memory expected = hex"01070102000000feffffffffffffffffffffffffffff7f";
        assertEq(harness.int64s(values), expected);
    }

    function test_encode__dims_of_another_product__refused() public {
        vm.expectRevert(abi.encodeWithSelector(TensorEncoder.TensorsWrongElements.selector, 6, 3));
        harness.float32(_threeNumbers(), _dims(2, 3));
        vm.expectRevert(abi.encodeWithSelector(TensorEncoder.TensorsWrongElements.selector, 0, 3));
        harness.float32(_threeNumbers(), _dims(3, 0));
    }

    function test_encode__rank_over_the_bound__refused() public {
        vm.expectRevert(abi.encodeWithSelector(Tensors.TensorsRankTooHigh.selector, 8, 9));
        harness.int64s(new int64[](0), new uint32[](9));
    }

    function test_encode__empty_with_absurd_dims__refused() public {
        vm.expectRevert(abi.encodeWithSelector(Tensors.TensorsTooManyElements.selector, 1 << 27, type(uint32).max));
        harness.int64s(new int64[](0), _dims(0, type(uint32).max));
    }

    function testFuzz_encodeFloat32__decoded__nearest_float32(int256[] memory values) public view {
        for (uint256 i = 0; i < values.length; ++i) {
            values[i] = values[i] >> 68; // within float32
        }
        bytes memory payload = harness.float32(values);
        assertEq(payload.length, 7 + 4 * values.length);
        for (uint256 i = 0; i < values.length; ++i) {
            int256 nearest = FixedPoint.fromFloat32(FixedPoint.toFloat32(values[i]));
            assertEq(harness.fixedAt(payload, i), nearest);
        }
    }

    function testFuzz_encodeInt64__decoded__round_trip(int64[] memory values) public view {
        bytes memory payload = harness.int64s(values);
        assertEq(payload.length, 7 + 8 * values.length);
        for (uint256 i = 0; i < values.length; ++i) {
            assertEq(harness.intAt(payload, i), values[i]);
        }
    }

    function _threeNumbers() private pure returns (int256[] memory values) {
        values = new int256[](3);
        values[0] = 1.5e18;
        values[1] = -0.25e18;
        values[2] = 3e18;
    }

    function _dims(uint32 rows, uint32 columns) private pure returns (uint32[] memory dims) {
        dims = new uint32[](2);
        dims[0] = rows;
        dims[1] = columns;
    }
}
