// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "./Test.sol";

struct DtypeVector {
    string name;
    uint256 code;
    uint256 bits;
}

struct TensorVector {
    string dtype;
    uint256 code;
    uint256[] shape;
    bytes data;
    string[] values;
}

struct ValidVector {
    string name;
    bytes payload;
}

/// @dev `failure` is empty for payloads that are well formed after all.
struct MalformedVector {
    string name;
    bytes payload;
    string failure;
    uint256[] args;
}

/// @dev The cases of tests/vectors/tensors.json and tensor_mutations.json.
abstract contract TensorVectors is Test {
    string internal constant TENSORS = "tests/vectors/tensors.json";
    string internal constant MUTATIONS = "tests/vectors/tensor_mutations.json";

    string private constant MALFORMED_TYPE = "MalformedVector(string name,bytes payload,string failure,uint256[] args)";
    string private constant VALID_TYPE = "ValidVector(string name,bytes payload)";
    string private constant TENSOR_TYPE =
        "TensorVector(string dtype,uint256 code,uint256[] shape,bytes data,string[] values)";

    function dtypeVectors() internal view returns (DtypeVector[] memory) {
        string memory types = "DtypeVector(string name,uint256 code,uint256 bits)";
        return abi.decode(_parse(TENSORS, ".dtypes", types), (DtypeVector[]));
    }

    function validVectors() internal view returns (ValidVector[] memory) {
        return abi.decode(_parse(TENSORS, ".valid", VALID_TYPE), (ValidVector[]));
    }

    /// @dev The tensors of the valid vector at `index`; decoding all at once is too deep for the stack.
    function tensorVectors(uint256 index) internal view returns (TensorVector[] memory) {
        string memory key = string.concat(".valid[", vm.toString(index), "].tensors");
        return abi.decode(_parse(TENSORS, key, TENSOR_TYPE), (TensorVector[]));
    }

    function malformedVectors() internal view returns (MalformedVector[] memory) {
        return abi.decode(_parse(TENSORS, ".malformed", MALFORMED_TYPE), (MalformedVector[]));
    }

    function mutationVectors() internal view returns (MalformedVector[] memory) {
        return abi.decode(_parse(MUTATIONS, ".mutations", MALFORMED_TYPE), (MalformedVector[]));
    }

    function _parse(string memory path, string memory key, string memory types) private view returns (bytes memory) {
        return vm.parseJsonTypeArray(vm.readFile(path), key, types);
    }
}
