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

    // --- what LabelGate relies on: with gas enough, an answer's contents are read or refused with data ---

    function testFuzz_likeliest__any_bytes__value_or_error_with_data(bytes memory payload, uint16 labels) public view {
        _assertReadOrRefused(payload, labels);
    }

    /// @dev Bytes that go on as a tensor would, of every type: from its header to beyond the end of its data.
    function testFuzz_likeliest__any_tensor__value_or_error_with_data(
        uint8 code,
        uint32[] memory dims,
        bytes memory data,
        uint16 labels
    ) public view {
        bytes memory header = abi.encodePacked(uint8(1), code % 40, uint8(dims.length));
        for (uint256 i; i < dims.length; ++i) {
            // Mostly small, so that data sometimes suffice; some as large as they can be.
            header = abi.encodePacked(header, _littleEndian(dims[i] % 8 == 0 ? dims[i] : dims[i] % 5));
        }
        _assertReadOrRefused(bytes.concat(header, data), labels);
    }

    /// @dev Every bit pattern of a FLOAT, in as many elements as there are labels.
    function testFuzz_likeliest__any_floats__value_or_error_with_data(uint32[] memory bits) public view {
        bytes memory payload = abi.encodePacked(uint8(1), uint8(1), uint8(1), _littleEndian(uint32(bits.length)));
        for (uint256 i; i < bits.length; ++i) {
            payload = abi.encodePacked(payload, _littleEndian(bits[i]));
        }
        _assertReadOrRefused(payload, bits.length);
    }

    function test_likeliest__prefixes_of_a_payload__error_with_data() public view {
        bytes memory payload = _three(0.25e18, 0.5e18, 0.25e18);
        for (uint256 length; length < payload.length; ++length) {
            bytes memory cut = new bytes(length);
            for (uint256 i; i < length; ++i) {
                cut[i] = payload[i];
            }
            (bool read, bytes memory reason) = _tryRead(cut, 3);
            assertFalse(read);
            assertGe(reason.length, 4);
        }
    }

    function test_likeliest__nothing_or_no_tensor__error_with_data() public view {
        _assertRefused("", abi.encodeWithSelector(Tensors.TensorsTruncated.selector, 1, 0));
        _assertRefused(
            TensorEncoder.EMPTY_PAYLOAD, abi.encodeWithSelector(Tensors.TensorsIndexOutOfRange.selector, 0, 0)
        );
    }

    function test_likeliest__largest_dims__error_with_data() public view {
        bytes memory huge = hex"010108" hex"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
        _assertRefused(
            huge, abi.encodeWithSelector(Tensors.TensorsTooManyElements.selector, uint256(1) << 27, type(uint32).max)
        );
    }

    // --- helpers ---

    function _tryRead(bytes memory payload, uint256 labels) private view returns (bool, bytes memory) {
        return address(this).staticcall(abi.encodeCall(this.likeliest, (payload, labels)));
    }

    function _assertReadOrRefused(bytes memory payload, uint256 labels) private view {
        (bool read, bytes memory reason) = _tryRead(payload, labels);
        if (read) assertEq(reason.length, 64);
        else assertGe(reason.length, 4);
    }

    function _assertRefused(bytes memory payload, bytes memory expected) private view {
        (bool read, bytes memory reason) = _tryRead(payload, 3);
        assertFalse(read);
        assertEq(reason, expected);
    }

    function _littleEndian(uint32 value) private pure returns (bytes4) {
        return bytes4(value >> 24 | (value >> 8 & 0xff00) | (value << 8 & 0xff0000) | value << 24);
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
