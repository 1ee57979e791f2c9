// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IInferenceCallback} from "../../interfaces/IInferenceCallback.sol";

/// @title ReenteringCallback: makes programmed calls while it is being called
contract ReenteringCallback is IInferenceCallback {
    struct Call {
        address target;
        bytes data;
    }

    Call[] private _calls;
    /// @notice How each programmed call ended the last time, and what it returned or reverted with.
    bool[] public succeeded;
    bytes[] public returned;
    /// @notice Whether to fail after the calls, so that the delivery has to be repeated.
    bool public refuses;

    error Refused();

    function program(address target, bytes calldata data) external {
        _calls.push(Call(target, data));
    }

    function forget() external {
        delete _calls;
    }

    function setRefuses(bool refuses_) external {
        refuses = refuses_;
    }

    /// @notice Makes any call as this contract: what a dapp's own functions would do.
    function perform(address target, bytes calldata data) external returns (bytes memory) {
        (bool ok, bytes memory answer) = target.call(data);
        require(ok, "perform: the call reverted");
        return answer;
    }

    function onInference(bytes32, bytes32, bytes calldata) external {
        delete succeeded;
        delete returned;
        for (uint256 i; i < _calls.length; ++i) {
            (bool ok, bytes memory answer) = _calls[i].target.call(_calls[i].data);
            succeeded.push(ok);
            returned.push(answer);
        }
        if (refuses) revert Refused();
    }
}
