// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IInferenceCallback} from "../../interfaces/IInferenceCallback.sol";

/// @title RecordingCallback: remembers what it was told, and with how much gas
contract RecordingCallback is IInferenceCallback {
    uint256 public calls;
    address public sender;
    bytes32 public jobId;
    bytes32 public versionId;
    bytes public result;
    /// @notice Gas left when the body began, so a little less than the stipend.
    uint256 public gasGiven;

    function onInference(bytes32 jobId_, bytes32 versionId_, bytes calldata result_) external {
        gasGiven = gasleft();
        ++calls;
        (sender, jobId, versionId, result) = (msg.sender, jobId_, versionId_, result_);
    }
}
