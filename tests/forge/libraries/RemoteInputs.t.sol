// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {RemoteInput, RemoteInputs} from "../../../contracts/libraries/RemoteInputs.sol";
import {Tensors} from "../../../contracts/libraries/Tensors.sol";
import {Test} from "../utils/Test.sol";

struct ValidReference {
    string name;
    bytes input;
    bytes32 digest;
    uint256 size;
    string[] uris;
}

struct MalformedReference {
    string name;
    bytes input;
    string failure;
    uint256[] args;
}

/// @dev Puts inputs into calldata.
contract RemoteInputsHarness {
    function decode(bytes calldata input) external pure returns (RemoteInput memory) {
        return RemoteInputs.decode(input);
    }

    function isReference(bytes calldata input) external pure returns (bool) {
        return RemoteInputs.isReference(input);
    }

    function validate(bytes calldata payload) external pure {
        Tensors.validate(payload);
    }
}

/// @dev The cases of tests/vectors/remote_inputs.json.
contract RemoteInputsTest is Test {
    string private constant VECTORS = "tests/vectors/remote_inputs.json";

    RemoteInputsHarness private immutable _harness = new RemoteInputsHarness();

    function test_decode__valid_vectors__what_they_name() public view {
        ValidReference[] memory vectors = _valid();
        assertEq(vectors.length, uint256(7));
        for (uint256 i; i < vectors.length; ++i) {
            RemoteInput memory found = _harness.decode(vectors[i].input);
            assertEq(found.digest, vectors[i].digest);
            assertEq(found.size, vectors[i].size);
            assertEq(keccak256(abi.encode(found.uris)), keccak256(abi.encode(vectors[i].uris)));
        }
    }

    function test_decode__malformed_vectors__refused_with_the_same_numbers() public {
        MalformedReference[] memory vectors = _malformed();
        assertTrue(vectors.length > 30);
        for (uint256 i; i < vectors.length; ++i) {
            string memory signature = string.concat("RemoteInput", vectors[i].failure, "(uint256,uint256)");
            vm.expectRevert(
                abi.encodeWithSelector(bytes4(keccak256(bytes(signature))), vectors[i].args[0], vectors[i].args[1])
            );
            _harness.decode(vectors[i].input);
        }
    }

    function test_isReference__every_vector__by_its_first_two_bytes() public view {
        ValidReference[] memory valid = _valid();
        for (uint256 i; i < valid.length; ++i) {
            assertTrue(_harness.isReference(valid[i].input));
        }
        assertTrue(!_harness.isReference(""));
        assertTrue(!_harness.isReference(hex"ff"));
        assertTrue(!_harness.isReference(hex"ff01"));
        assertTrue(!_harness.isReference(hex"00ff"));
        assertTrue(_harness.isReference(hex"ff00"));
    }

    /// @dev So nothing can be both.
    function testFuzz_isReference__anything_that_is__no_payload(bytes calldata rest) public {
        bytes memory input = bytes.concat(RemoteInputs.MARK, rest);
        vm.expectRevert(abi.encodeWithSelector(Tensors.TensorsUnknownDtype.selector, uint256(1), uint256(0)));
        _harness.validate(input);
    }

    function testFuzz_decode__byte_changed_before_the_text__another_reference_or_refused(uint256 place, uint8 to)
        public
        view
    {
        bytes memory input = _valid()[0].input;
        place = place % 46;
        if (uint8(input[place]) == to) return;
        bytes32 before = keccak256(abi.encode(_harness.decode(input)));
        input[place] = bytes1(to);
        try _harness.decode(input) returns (RemoteInput memory found) {
            assertTrue(keccak256(abi.encode(found)) != before);
        } catch {}
    }

    function _valid() private view returns (ValidReference[] memory) {
        string memory types = "ValidReference(string name,bytes input,bytes32 digest,uint256 size,string[] uris)";
        return abi.decode(vm.parseJsonTypeArray(vm.readFile(VECTORS), ".valid", types), (ValidReference[]));
    }

    function _malformed() private view returns (MalformedReference[] memory) {
        string memory types = "MalformedReference(string name,bytes input,string failure,uint256[] args)";
        return abi.decode(vm.parseJsonTypeArray(vm.readFile(VECTORS), ".malformed", types), (MalformedReference[]));
    }
}
