// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BlockhashEntropy} from "./entropy/BlockhashEntropy.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {ISettlement} from "./interfaces/ISettlement.sol";
import {IStakeVault} from "./interfaces/IStakeVault.sol";
import {Ledger} from "./settlement/Ledger.sol";
import {Payout} from "./settlement/Payout.sol";
import {Voting} from "./settlement/Voting.sol";
import {COMMITTING, JobWord} from "./types/JobWord.sol";
import {JobKey} from "./types/Request.sol";
import {Vote} from "./types/Vote.sol";

/// @title Settlement: the rounds of all jobs. What each function does is said in ISettlement.
/// @dev Has no owner. A chain with another entropy source gets its own contract of four lines like this one.
contract Settlement is Voting, Payout, BlockhashEntropy {
    constructor(IStakeVault vault, IModelRegistry registry, address queue) Ledger(vault, registry, queue) {}

    /// @inheritdoc ISettlement
    function job(bytes32 jobId) external view returns (JobView memory shown) {
        JobWord j = _jobs[jobId];
        // The casts undo the packing of `JobWord`.
        shown.status = uint8(j.status());
        shown.closed = j.closed();
        shown.delivered = j.delivered();
        shown.claimed = j.claimed();
        shown.round = uint8(j.round());
        shown.voids = uint8(j.voids());
        shown.appeals = uint8(j.appeals());
        shown.committed = uint8(j.committed());
        shown.revealed = uint8(j.revealed());
        shown.leading = uint8(j.leading());
        shown.steps = uint16(j.leader().steps());
        shown.vindicated = uint16(_history[jobId].allVindicated());
        shown.time = uint64(j.time());
        if (j.status() == COMMITTING) {
            if (j.committed() == 0) shown.seedBlock = uint64(j.seedBlock());
            else (shown.seed, shown.totalWeight) = (uint96(j.seed()), uint64(j.total()));
        } else if (j.leading() != 0) {
            shown.mark = bytes20(j.mark());
        }
    }

    /// @inheritdoc ISettlement
    function finalAt(JobKey calldata key) external view returns (uint256) {
        bytes32 id = _idOf(key);
        JobWord j = _jobs[id];
        if (!j.isAnswered()) revert WrongStatus(id, j.status());
        return _finalAt(key.terms, j);
    }

    /// @inheritdoc ISettlement
    function appellant(bytes32 jobId, uint256 round) external view returns (address account, bool upheld) {
        uint256 word = _appeals[_appealKey(jobId, round)];
        return (address(uint160(word)), word & UPHELD != 0);
    }

    /// @inheritdoc ISettlement
    function vote(address worker, uint256 slot) external view returns (uint256) {
        return Vote.unwrap(_votes[_ringPlace(worker, slot)]);
    }
}
