// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Batch: many calls of one sender in one transaction, of which a bad one does not spoil the rest
abstract contract Batch {
    /// @notice Call `index` of a batch reverted with `reason` (the ABI-encoded error) and had no effect.
    event BatchItemFailed(uint256 indexed index, bytes reason);

    /// @notice Runs each of `calls` (calldata of this contract's own functions) on behalf of the caller.
    /// @dev A delegate call to itself keeps `msg.sender`; nothing here is payable, so no value can be spent twice.
    function batch(bytes[] calldata calls) external {
        for (uint256 i; i < calls.length; ++i) {
            // The code called is this contract's own, so a failed call returns one of its own, small errors.
            (bool ok, bytes memory reason) = address(this).delegatecall(calls[i]);
            if (!ok) emit BatchItemFailed(i, reason);
        }
    }
}
