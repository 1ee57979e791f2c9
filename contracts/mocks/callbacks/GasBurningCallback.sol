// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IInferenceCallback} from "../../interfaces/IInferenceCallback.sol";

/// @title GasBurningCallback: uses all the gas it is given
contract GasBurningCallback is IInferenceCallback {
    uint256 private _steps;

    function onInference(bytes32, bytes32, bytes calldata) external {
        while (true) ++_steps;
    }
}
