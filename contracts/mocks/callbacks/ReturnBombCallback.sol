// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IInferenceCallback} from "../../interfaces/IInferenceCallback.sol";

/// @title ReturnBombCallback: returns, or reverts with, more data than its caller could afford to copy
contract ReturnBombCallback is IInferenceCallback {
    uint256 public immutable BYTES;
    bool public immutable REVERTS;

    constructor(uint256 bytes_, bool reverts) {
        BYTES = bytes_;
        REVERTS = reverts;
    }

    function onInference(bytes32, bytes32, bytes calldata) external view {
        uint256 length = BYTES;
        if (REVERTS) {
            assembly {
                revert(0, length)
            }
        }
        assembly {
            return(0, length)
        }
    }
}
