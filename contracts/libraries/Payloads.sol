// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {TensorEncoder} from "./TensorEncoder.sol";

/// @title Payloads: inputs that a contract makes from its own numbers, and results that are none
library Payloads {
    uint256 private constant MOST_TENSORS = 255;

    /// @notice A payload to join holds another number of tensors than one.
    error PayloadsNotOneTensor(uint256 index, uint256 received);
    error PayloadsTooMany(uint256 maximum, uint256 received);

    /// @notice Whether a result is the empty payload, one zero byte: its input did not fit the model.
    /// @dev Also for no byte at all, which is no payload, and nothing that `Tensors` could read.
    function isEmpty(bytes calldata result) internal pure returns (bool) {
        return result.length == 0 || result[0] == 0;
    }

    /// @notice FLOAT [1, n], what a model takes that was trained on rows of n numbers.
    /// @param values with 18 decimals
    function row(int256[] memory values) internal pure returns (bytes memory) {
        uint32[] memory dims = new uint32[](2);
        // An array in memory has far fewer than 2^32 elements.
        (dims[0], dims[1]) = (1, uint32(values.length));
        return TensorEncoder.encodeFloat32(values, dims);
    }

    /// @notice An amount of a token, or of a price feed, with 18 decimals; beyond those it is cut.
    function fixedFrom(uint256 amount, uint256 decimals) internal pure returns (int256) {
        if (decimals > 18) return SafeCast.toInt256(amount / 10 ** (decimals - 18));
        return SafeCast.toInt256(amount * 10 ** (18 - decimals));
    }

    /// @notice One payload with the tensors of several that hold one each: for a model with several inputs.
    function join(bytes[] memory singles) internal pure returns (bytes memory payload) {
        uint256 tensors = singles.length;
        if (tensors > MOST_TENSORS) revert PayloadsTooMany(MOST_TENSORS, tensors);
        uint256 size = 1;
        for (uint256 i; i < tensors; ++i) {
            uint256 found = singles[i].length == 0 ? 0 : uint8(singles[i][0]);
            if (found != 1) revert PayloadsNotOneTensor(i, found);
            size += singles[i].length - 1;
        }
        payload = new bytes(size);
        payload[0] = bytes1(uint8(tensors));
        uint256 position = 1;
        for (uint256 i; i < tensors; ++i) {
            bytes memory single = singles[i];
            // All but the first byte of each, within the size counted above.
            assembly ("memory-safe") {
                mcopy(add(add(payload, 32), position), add(single, 33), sub(mload(single), 1))
            }
            position += single.length - 1;
        }
    }
}
