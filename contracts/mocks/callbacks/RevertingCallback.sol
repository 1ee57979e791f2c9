// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IInferenceCallback} from "../../interfaces/IInferenceCallback.sol";

/// @title RevertingCallback: refuses answers until it is switched
contract RevertingCallback is IInferenceCallback {
    error Refused();

    bool public accepts;
    uint256 public calls;

    function setAccepts(bool accepts_) external {
        accepts = accepts_;
    }

    function onInference(bytes32, bytes32, bytes calldata) external {
        if (!accepts) revert Refused();
        ++calls;
    }
}
