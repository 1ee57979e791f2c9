// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPoint} from "../../../contracts/libraries/FixedPoint.sol";
import {Likelihoods} from "../../../contracts/libraries/Likelihoods.sol";
import {TensorEncoder} from "../../../contracts/libraries/TensorEncoder.sol";
import {Tensors} from "../../../contracts/libraries/Tensors.sol";
import {DataType} from "../../../contracts/types/DataType.sol";
import {Test} from "../utils/Test.sol";

contract LikelihoodsTest is Test {
    function likeliest(bytes calldata payload, uint256 labels) external pure returns (uint256, uint256) {
        return Likelihoods.likeliest(Tensors.tensorAt(payload, 0), labels);
    }

    function test_likeliest__one_above_the_others__that() public view {
        _assertLikeliest(_three(0.25e18, 0.625e18, 0.125e18), 1, 0.625e18);
        _assertLikeliest(_three(0.125e18, 0.25e18, 0.625e18), 2, 0.625e18);
    }

    function test_likeliest__equals__first() public view {
        _assertLikeliest(_three(0.125e18, 0.5e18, 0.5e18), 1, 0.5e18);
    }

    function test_likeliest__all_zero__first_with_none() public view {
        _assertLikeliest(_three(0, 0, 0), 0, 0);
    }

    function test_likeliest__another_number__reverts() public {
        for (uint256 labels; labels < 5; ++labels) {
            if (labels == 3) continue;
            vm.expectRevert(abi.encodeWithSelector(Likelihoods.LikelihoodsWrongCount.selector, labels, 3));
            this.likeliest(_three(0, 0, 0), labels);
        }
    }

    function test_likeliest__no_label_of_none__reverts() public {
        bytes memory empty = TensorEncoder.encodeFloat32(new int256[](0));
        vm.expectRevert(abi.encodeWithSelector(Likelihoods.LikelihoodsWrongCount.selector, 0, 0));
        this.likeliest(empty, 0);
    }

    function test_likeliest__negative__reverts() public {
        vm.expectRevert(abi.encodeWithSelector(Likelihoods.LikelihoodsNegative.selector, 1, int256(-0.5e18)));
        this.likeliest(_three(0.5e18, -0.5e18, 1e18), 3);
    }

    function test_likeliest__nan__reverts() public {
        vm.expectRevert(abi.encodeWithSelector(FixedPoint.FixedPointNotFinite.selector, 0x7fc00000));
        this.likeliest(hex"01010101000000" hex"0000c07f", 1);
    }

    function test_likeliest__integers__reverts() public {
        bytes memory whole = TensorEncoder.encodeInt64(new int64[](3));
        // FLOAT, FLOAT16, DOUBLE and BFLOAT16.
        vm.expectRevert(abi.encodeWithSelector(Tensors.TensorsWrongDtype.selector, 0x10c02, DataType.INT64));
        this.likeliest(whole, 3);
    }

    function testFuzz_likeliest__any__no_other_is_likelier(uint64[3] memory values) public view {
        bytes memory payload =
            _three(int256(uint256(values[0])), int256(uint256(values[1])), int256(uint256(values[2])));
        (uint256 label, uint256 likelihood) = this.likeliest(payload, 3);
        for (uint256 i; i < 3; ++i) {
            int256 rounded = FixedPoint.fromFloat32(FixedPoint.toFloat32(int256(uint256(values[i]))));
            assertLe(uint256(rounded), likelihood);
            if (i == label) assertEq(uint256(rounded), likelihood);
            if (i < label) assertLt(uint256(rounded), likelihood);
        }
    }

    function _three(int256 a, int256 b, int256 c) private pure returns (bytes memory) {
        int256[] memory values = new int256[](3);
        (values[0], values[1], values[2]) = (a, b, c);
        return TensorEncoder.encodeFloat32(values);
    }

    function _assertLikeliest(bytes memory payload, uint256 label, uint256 likelihood) private view {
        (uint256 found, uint256 foundLikelihood) = this.likeliest(payload, 3);
        assertEq(found, label);
        assertEq(foundLikelihood, likelihood);
    }
}
