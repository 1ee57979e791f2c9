// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Callback, JobKey, Request, RequestLib} from "../types/Request.sol";
import {Rules} from "../types/Rules.sol";

/// @title Jobs: what contracts that ask, or their tests, say about a job
library Jobs {
    /// @notice The callback of a job: what `JobQueue.post` takes.
    /// @param target what is told the answer
    /// @param gasStipend gas for its `onInference`, at most `JobQueue.MOST_STIPEND`; measure it
    /// @param deliveryFee units for whoever delivers
    function callback(address target, uint32 gasStipend, uint64 deliveryFee) internal pure returns (Callback) {
        return Callback.wrap(uint256(uint160(target)) | uint256(gasStipend) << 160 | uint256(deliveryFee) << 192);
    }

    /// @notice What the settlement names a job by, in `isSettled`, `finalAt`, `appeal` and others.
    function keyOf(Request memory r, Rules rules) internal pure returns (JobKey memory) {
        bytes32 body = RequestLib.body(r.requester, r.nonce, r.versionId, r.inputHash, r.callback);
        return JobKey(r.terms, rules, body);
    }
}
