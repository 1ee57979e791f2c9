// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title What a contract implements to be told a settled answer
interface IInferenceCallback {
    /// @notice Called by the `JobQueue` once, with exactly the gas stipend the job's terms give.
    /// @dev Check that `msg.sender` is the queue and that `jobId` is a job of yours: anyone may name any target.
    /// @param result the settled payload (docs/encoding.md); the empty one, a single zero byte, when the input did not fit
    /// the model: `Payloads.isEmpty(result)`
    function onInference(bytes32 jobId, bytes32 versionId, bytes calldata result) external;
}
