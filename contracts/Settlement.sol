// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {BlockhashEntropy} from "./entropy/BlockhashEntropy.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {ISettlement} from "./interfaces/ISettlement.sol";
import {IStakeVault} from "./interfaces/IStakeVault.sol";
import {Claims} from "./settlement/Claims.sol";
import {Closing} from "./settlement/Closing.sol";
import {Comparator} from "./settlement/Comparator.sol";
import {Ledger} from "./settlement/Ledger.sol";
import {Voting} from "./settlement/Voting.sol";
import {COMMITTING, JobWord} from "./types/JobWord.sol";
import {JobKey, Request} from "./types/Request.sol";
import {Rules} from "./types/Rules.sol";
import {Vote} from "./types/Vote.sol";

/// @title Settlement: the rounds of all jobs. What each function does is said in ISettlement.
/// @dev Has no owner, and the code it runs never changes: the two contracts that hold what has no room here are created
/// with it. A chain with another entropy source gets its own contract like this one.
contract Settlement is Voting, Claims, BlockhashEntropy {
    address private immutable _closing;

    constructor(IStakeVault vault, IModelRegistry registry, address queue)
        Ledger(vault, registry, queue, new Comparator())
    {
        _closing = address(new Closing(vault, registry, queue, _comparator));
    }

    // --- money, by the code of `Closing`, which decodes the same call ---

    /// @inheritdoc ISettlement
    function vindicate(JobKey calldata, address, Ballot calldata, bytes calldata, bytes calldata) external {
        Address.functionDelegateCall(_closing, msg.data);
    }

    /// @inheritdoc ISettlement
    function uphold(JobKey calldata, uint256, bytes calldata, bytes calldata) external {
        Address.functionDelegateCall(_closing, msg.data);
    }

    /// @inheritdoc ISettlement
    function close(Request calldata, Rules) external {
        Address.functionDelegateCall(_closing, msg.data);
    }

    // --- views ---

    /// @inheritdoc ISettlement
    function VAULT() external view returns (address) {
        return address(_vault);
    }

    /// @inheritdoc ISettlement
    function REGISTRY() external view returns (address) {
        return address(_registry);
    }

    /// @inheritdoc ISettlement
    function QUEUE() external view returns (address) {
        return _queue;
    }

    /// @inheritdoc ISettlement
    function commitmentOf(bytes32 jobId, uint256 round, address worker, bytes32 digest, bytes32 salt)
        external
        view
        returns (bytes32)
    {
        return _commitmentOf(jobId, round, worker, digest, salt);
    }

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
