// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Payloads} from "../../../contracts/libraries/Payloads.sol";
import {TensorEncoder} from "../../../contracts/libraries/TensorEncoder.sol";
import {Tensor, Tensors} from "../../../contracts/libraries/Tensors.sol";
import {Test} from "../utils/Test.sol";

contract PayloadsHarness {
    function row(int256[] memory values) external pure returns (bytes memory) {
        return Payloads.row(values);
    }

    function fixedFrom(uint256 amount, uint256 decimals) external pure returns (int256) {
        return Payloads.fixedFrom(amount, decimals);
    }

    function join(bytes[] memory singles) external pure returns (bytes memory) {
        return Payloads.join(singles);
    }

    function isEmpty(bytes calldata result) external pure returns (bool) {
        return Payloads.isEmpty(result);
    }

    /// @dev Elements of each tensor of a payload that is well formed to its last byte.
    function sizes(bytes calldata payload) external pure returns (uint256[] memory found) {
        Tensor[] memory tensors = Tensors.decode(payload);
        found = new uint256[](tensors.length);
        for (uint256 i; i < tensors.length; ++i) {
            found[i] = tensors[i].elements;
        }
    }

    function lastFixedAt(bytes calldata payload, uint256 tensor) external pure returns (int256) {
        Tensor memory found = Tensors.tensorAt(payload, tensor);
        return found.fixedAt(found.elements - 1);
    }
}

contract PayloadsTest is Test {
    PayloadsHarness private _payloads;

    function setUp() public {
        _payloads = new PayloadsHarness();
    }

    function test_isEmpty__one_zero_byte__true() public view {
        assertTrue(_payloads.isEmpty(TensorEncoder.EMPTY_PAYLOAD));
        assertTrue(_payloads.isEmpty(hex"00"));
    }

    function test_isEmpty__no_byte__true() public view {
        assertTrue(_payloads.isEmpty(""));
    }

    function test_isEmpty__a_tensor_without_elements__false() public view {
        assertFalse(_payloads.isEmpty(TensorEncoder.encodeFloat32(new int256[](0))));
    }

    function testFuzz_isEmpty__tensors__false(uint8 tensors, bytes calldata rest) public view {
        vm.assume(tensors != 0);
        assertFalse(_payloads.isEmpty(bytes.concat(bytes1(tensors), rest)));
    }

    function test_row__three_numbers__batch_of_one() public view {
        int256[] memory values = new int256[](3);
        (values[0], values[1], values[2]) = (1.5e18, -0.25e18, 3e18);
        assertEq(_payloads.row(values), hex"01010201000000030000000000c03f000080be00004040");
    }

    function test_fixedFrom__fewer_decimals__scaled_up() public view {
        assertEq(_payloads.fixedFrom(1_250_000, 6), 1.25e18);
        assertEq(_payloads.fixedFrom(7, 0), 7e18);
        assertEq(_payloads.fixedFrom(7, 18), 7);
    }

    function test_fixedFrom__more_decimals__cut() public view {
        assertEq(_payloads.fixedFrom(1.999e20, 20), 1.999e18);
        assertEq(_payloads.fixedFrom(199, 20), 1);
    }

    function test_fixedFrom__above_int256__reverts() public {
        uint256 amount = uint256(type(int256).max) + 1;
        vm.expectRevert(abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintToInt.selector, amount));
        _payloads.fixedFrom(amount, 18);
    }

    function test_join__none__no_tensors() public view {
        assertEq(_payloads.join(new bytes[](0)), TensorEncoder.EMPTY_PAYLOAD);
    }

    function test_join__two_types__both_in_order() public view {
        bytes[] memory singles = new bytes[](2);
        int64[] memory whole = new int64[](1);
        whole[0] = -2;
        singles[0] = TensorEncoder.encodeInt64(whole);
        singles[1] = hex"010101010000000000c03f";
        assertEq(_payloads.join(singles), hex"02070101000000feffffffffffffff0101010000000000c03f");
    }

    function test_join__payload_of_two__reverts() public {
        bytes[] memory singles = new bytes[](2);
        singles[0] = hex"010101010000000000c03f";
        singles[1] = hex"02";
        vm.expectRevert(abi.encodeWithSelector(Payloads.PayloadsNotOneTensor.selector, 1, 2));
        _payloads.join(singles);
    }

    function test_join__nothing_among_them__reverts() public {
        vm.expectRevert(abi.encodeWithSelector(Payloads.PayloadsNotOneTensor.selector, 0, 0));
        _payloads.join(new bytes[](1));
    }

    function test_join__more_than_a_payload_counts__reverts() public {
        vm.expectRevert(abi.encodeWithSelector(Payloads.PayloadsTooMany.selector, 255, 256));
        _payloads.join(new bytes[](256));
    }

    function testFuzz_join__any_lengths__decodes_to_them(uint8[] memory lengths) public view {
        vm.assume(lengths.length < 16);
        bytes[] memory singles = new bytes[](lengths.length);
        for (uint256 i; i < lengths.length; ++i) {
            int256[] memory values = new int256[](uint256(lengths[i]) + 1);
            values[lengths[i]] = int256(i) * 1e18;
            singles[i] = _payloads.row(values);
        }
        bytes memory joined = _payloads.join(singles);
        uint256[] memory sizes = _payloads.sizes(joined);
        assertEq(sizes.length, lengths.length);
        for (uint256 i; i < sizes.length; ++i) {
            assertEq(sizes[i], uint256(lengths[i]) + 1);
            assertEq(_payloads.lastFixedAt(joined, i), int256(i) * 1e18);
        }
    }
}
