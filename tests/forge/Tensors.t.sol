// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPoint} from "../../contracts/libraries/FixedPoint.sol";
import {Tensor, Tensors} from "../../contracts/libraries/Tensors.sol";
import {DataType} from "../../contracts/types/DataType.sol";
import {DtypeVector, MalformedVector, TensorVector, TensorVectors, ValidVector} from "./utils/TensorVectors.sol";

/// @dev Puts payloads into calldata, and the views out of it.
contract TensorsHarness {
    function validate(bytes calldata payload) external pure {
        Tensors.validate(payload);
    }

    /// @return The bytes that `validate` takes of memory.
    function memoryOfValidate(bytes calldata payload) external pure returns (uint256) {
        uint256 before = _freeMemory();
        Tensors.validate(payload);
        return _freeMemory() - before;
    }

    function _freeMemory() private pure returns (uint256 pointer) {
        assembly ("memory-safe") {
            pointer := mload(0x40)
        }
    }

    function count(bytes calldata payload) external pure returns (uint256) {
        return Tensors.count(payload);
    }

    function decode(bytes calldata payload) external pure returns (Tensor[] memory) {
        return Tensors.decode(payload);
    }

    function tensorAt(bytes calldata payload, uint256 index) external pure returns (Tensor memory) {
        return Tensors.tensorAt(payload, index);
    }

    function dim(bytes calldata payload, uint256 index, uint256 axis) external pure returns (uint256) {
        return Tensors.tensorAt(payload, index).dim(axis);
    }

    function data(bytes calldata payload, uint256 index) external pure returns (bytes memory) {
        return Tensors.tensorAt(payload, index).data();
    }

    function bitsAt(bytes calldata payload, uint256 index, uint256 element) external pure returns (uint256) {
        return Tensors.tensorAt(payload, index).bitsAt(element);
    }

    function intAt(bytes calldata payload, uint256 index, uint256 element) external pure returns (int256) {
        return Tensors.tensorAt(payload, index).intAt(element);
    }

    function fixedAt(bytes calldata payload, uint256 index, uint256 element) external pure returns (int256) {
        return Tensors.tensorAt(payload, index).fixedAt(element);
    }

    function boolAt(bytes calldata payload, uint256 index, uint256 element) external pure returns (bool) {
        return Tensors.tensorAt(payload, index).boolAt(element);
    }

    function stringAt(bytes calldata payload, uint256 index, uint256 element) external pure returns (string memory) {
        return Tensors.tensorAt(payload, index).stringAt(element);
    }
}

contract TensorsTest is TensorVectors {
    uint256 private constant INTEGERS = 0x066030fc;

    /// @dev FLOAT[3]: 1.5, -0.25, 3.
    bytes private constant FLOATS = hex"010101030000000000c03f000080be00004040";

    TensorsHarness private harness;
    bytes private every;

    function setUp() public {
        harness = new TensorsHarness();
        ValidVector[] memory vectors = validVectors();
        every = vectors[vectors.length - 2].payload;
        assertEq(vectors[vectors.length - 2].name, "every kind together");
    }

    // --- vectors ---

    function test_dtypes__every_vector__same_code_and_width() public view {
        DtypeVector[] memory dtypes = dtypeVectors();
        assertEq(dtypes.length, uint256(type(DataType).max));
        for (uint256 i = 0; i < dtypes.length; ++i) {
            assertEq(dtypes[i].code, i + 1);
            vm.assertEq(DataType(i + 1).bits(), dtypes[i].bits, dtypes[i].name);
        }
    }

    function test_decode__valid_vectors__views_match() public view {
        ValidVector[] memory vectors = validVectors();
        assertGe(vectors.length, 50);
        for (uint256 i = 0; i < vectors.length; ++i) {
            harness.validate(vectors[i].payload);
            _checkTensors(vectors[i], tensorVectors(i));
        }
    }

    function test_decode__malformed_vectors__refused() public view {
        MalformedVector[] memory vectors = malformedVectors();
        assertGe(vectors.length, 70);
        for (uint256 i = 0; i < vectors.length; ++i) {
            assertTrue(bytes(vectors[i].failure).length != 0);
            _checkVerdict(vectors[i]);
        }
    }

    function test_decode__mutated_vectors__verdict_as_python() public view {
        MalformedVector[] memory vectors = mutationVectors();
        assertGe(vectors.length, 300);
        for (uint256 i = 0; i < vectors.length; ++i) {
            _checkVerdict(vectors[i]);
        }
    }

    function _checkTensors(ValidVector memory vector, TensorVector[] memory expected) private view {
        Tensor[] memory tensors = harness.decode(vector.payload);
        vm.assertEq(tensors.length, expected.length, vector.name);
        assertEq(harness.count(vector.payload), expected.length);
        // Looking at all 255 tensors of the largest vector through `tensorAt` is quadratic.
        uint256 step = tensors.length > 20 ? 50 : 1;
        for (uint256 i = 0; i < tensors.length; i += step) {
            _checkView(tensors[i], expected[i], vector.name);
            assertEq(harness.data(vector.payload, i), expected[i].data);
            for (uint256 axis = 0; axis < tensors[i].rank; ++axis) {
                assertEq(harness.dim(vector.payload, i, axis), expected[i].shape[axis]);
            }
            for (uint256 j = 0; j < tensors[i].elements; ++j) {
                _checkElement(vector, i, expected[i], j);
            }
        }
    }

    function _checkView(Tensor memory tensor, TensorVector memory expected, string memory name) private pure {
        vm.assertEq(uint256(tensor.dtype), expected.code, name);
        vm.assertEq(tensor.rank, expected.shape.length, name);
        vm.assertEq(tensor.elements, expected.values.length, name);
        vm.assertEq(tensor.size, expected.data.length, name);
    }

    function _checkElement(ValidVector memory vector, uint256 i, TensorVector memory tensor, uint256 j) private view {
        DataType dtype = DataType(tensor.code);
        string memory expected = tensor.values[j];
        if (dtype == DataType.STRING) {
            vm.assertEq(harness.stringAt(vector.payload, i, j), expected, vector.name);
        } else if (dtype == DataType.BOOL) {
            bool truth = keccak256(bytes(expected)) == keccak256("1");
            vm.assertEq(harness.boolAt(vector.payload, i, j), truth, vector.name);
        } else if (dtype.isIn(INTEGERS)) {
            int256 value = vm.parseInt(expected);
            vm.assertEq(harness.intAt(vector.payload, i, j), value, vector.name);
        } else if (dtype != DataType.COMPLEX128) {
            uint256 bits = _littleEndianBits(tensor.data, j, dtype.bits());
            vm.assertEq(harness.bitsAt(vector.payload, i, j), bits, vector.name);
        }
    }

    function _checkVerdict(MalformedVector memory vector) private view {
        bytes memory expected;
        if (bytes(vector.failure).length != 0) {
            string memory signature = string.concat("Tensors", vector.failure, "(uint256,uint256)");
            expected = abi.encodeWithSignature(signature, vector.args[0], vector.args[1]);
        }
        vm.assertEq(_reason(abi.encodeCall(harness.decode, (vector.payload))), expected, vector.name);
        vm.assertEq(_reason(abi.encodeCall(harness.validate, (vector.payload))), expected, vector.name);
    }

    /// @dev The revert data of a call; empty if it succeeds.
    function _reason(bytes memory call) private view returns (bytes memory) {
        (bool success, bytes memory reason) = address(harness).staticcall(call);
        if (success) return "";
        assertTrue(reason.length != 0);
        return reason;
    }

    /// @dev One bit at a time, unlike the library.
    function _littleEndianBits(bytes memory data, uint256 index, uint256 width) private pure returns (uint256 bits) {
        for (uint256 i = 0; i < width; ++i) {
            uint256 bit = index * width + i;
            bits |= ((uint256(uint8(data[bit / 8])) >> (bit % 8)) & 1) << i;
        }
    }

    // --- accessors ---

    function test_tensorAt__no_such_tensor__refused() public {
        _expectIndex(0, 0);
        harness.tensorAt(hex"00", 0);
        _expectIndex(1, 1);
        harness.tensorAt(FLOATS, 1);
    }

    function test_tensorAt__cut_payload__refused() public {
        vm.expectRevert(abi.encodeWithSelector(Tensors.TensorsTruncated.selector, 19, 18));
        harness.tensorAt(hex"010101030000000000c03f000080be000040", 0);
    }

    function test_tensorAt__trailing_bytes__left_to_validate() public {
        bytes memory payload = abi.encodePacked(FLOATS, hex"00");
        assertEq(harness.fixedAt(payload, 0, 0), 1.5e18);
        vm.expectRevert(abi.encodeWithSelector(Tensors.TensorsTrailing.selector, 19, 20));
        harness.validate(payload);
    }

    function test_tensorAt__strings_before__passed_over() public view {
        bytes memory payload = hex"02080102000000020000006e6f03000000796573060000000080";
        assertEq(harness.intAt(payload, 1, 0), type(int32).min);
        assertEq(harness.stringAt(payload, 0, 1), "yes");
    }

    function test_dim__no_such_axis__refused() public {
        _expectIndex(1, 1);
        harness.dim(FLOATS, 0, 1);
    }

    function test_elements__index_at_the_end__refused() public {
        _expectIndex(3, 3);
        harness.fixedAt(FLOATS, 0, 3);
        _expectIndex(3, type(uint256).max);
        harness.bitsAt(FLOATS, 0, type(uint256).max);
        _expectIndex(1, 1);
        harness.stringAt(hex"01080000000000", 0, 1);
    }

    function test_elements__wrong_type__refused() public {
        _expectDtype(INTEGERS, DataType.FLOAT);
        harness.intAt(FLOATS, 0, 0);
        _expectDtype(1 << uint256(DataType.BOOL), DataType.FLOAT);
        harness.boolAt(FLOATS, 0, 0);
        _expectDtype(1 << uint256(DataType.STRING), DataType.FLOAT);
        harness.stringAt(FLOATS, 0, 0);
        _expectDtype(0x00010c02, DataType.INT8);
        harness.fixedAt(hex"01030001", 0, 0);
        _expectDtype(0x1fff7efe, DataType.STRING);
        harness.bitsAt(hex"01080000000000", 0, 0);
    }

    function test_fixedAt__not_a_number__refused() public {
        vm.expectRevert(abi.encodeWithSelector(FixedPoint.FixedPointNotFinite.selector, 0x7fc00000));
        harness.fixedAt(hex"0101000000c07f", 0, 0);
    }

    function test_validate__any_payload__no_more_memory_than_one_view() public view {
        assertEq(harness.memoryOfValidate(every), 6 * 32);
    }

    // --- fuzzing ---

    function testFuzz_decode__random_bytes__typed_error_or_views(bytes calldata payload) public view {
        _checkTyped(payload);
    }

    /// @dev Damage to a payload that holds every kind of element goes deeper than random bytes do.
    function testFuzz_decode__damaged__typed_error_or_views(uint256 place, bytes1 value, uint256 length) public view {
        bytes memory payload = every;
        payload[bound(place, 0, payload.length - 1)] = value;
        length = bound(length, payload.length - 3, payload.length);
        assembly ("memory-safe") {
            mstore(payload, length)
        }
        _checkTyped(payload);
    }

    function testFuzz_intAt__int64__round_trip(int64 value) public view {
        bytes memory payload = abi.encodePacked(hex"010700", _reversed(uint64(value)));
        assertEq(harness.intAt(payload, 0, 0), value);
    }

    function _checkTyped(bytes memory payload) private view {
        bytes memory reason = _reason(abi.encodeCall(harness.decode, (payload)));
        assertEq(_reason(abi.encodeCall(harness.validate, (payload))), reason);
        if (reason.length == 0) return;
        assertEq(reason.length, 68);
        assertTrue(_isMalformed(bytes4(reason)));
    }

    function _isMalformed(bytes4 selector) private pure returns (bool) {
        return selector == Tensors.TensorsTruncated.selector || selector == Tensors.TensorsTrailing.selector
            || selector == Tensors.TensorsUnknownDtype.selector || selector == Tensors.TensorsRankTooHigh.selector
            || selector == Tensors.TensorsTooManyElements.selector || selector == Tensors.TensorsInvalidBool.selector
            || selector == Tensors.TensorsInvalidUtf8.selector || selector == Tensors.TensorsNonzeroPadding.selector;
    }

    function _reversed(uint64 value) private pure returns (bytes memory reversed) {
        for (uint256 i = 0; i < 8; ++i) {
            reversed = abi.encodePacked(reversed, uint8(value >> (8 * i)));
        }
    }

    function _expectIndex(uint256 length, uint256 index) private {
        vm.expectRevert(abi.encodeWithSelector(Tensors.TensorsIndexOutOfRange.selector, length, index));
    }

    function _expectDtype(uint256 expected, DataType received) private {
        vm.expectRevert(abi.encodeWithSelector(Tensors.TensorsWrongDtype.selector, expected, received));
    }
}
