// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Entropy} from "../entropy/Entropy.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {COMMITTING, JobWord, JobWordLib, REFUNDED, REVEALING, UNRESOLVED} from "../types/JobWord.sol";
import {JobKey} from "../types/Request.sol";
import {EXACT} from "../types/Rules.sol";
import {Tally} from "../types/Tally.sol";
import {Terms} from "../types/Terms.sol";
import {Ledger} from "./Ledger.sol";

/// @title Lifecycle: how jobs begin, go from round to round, end without an answer, and hand over one they have
abstract contract Lifecycle is Ledger, ISettlement, Entropy {
    modifier onlyQueue() {
        if (msg.sender != _queue) revert NotQueue(_queue, msg.sender);
        _;
    }

    /// @inheritdoc ISettlement
    function open(bytes32 jobId) external onlyQueue {
        if (JobWord.unwrap(_jobs[jobId]) != 0) revert JobExists(jobId);
        _jobs[jobId] = JobWordLib.opened(block.timestamp, _seedBlock());
    }

    /// @inheritdoc ISettlement
    function openMany(bytes32[] calldata jobIds) external onlyQueue {
        JobWord opened = JobWordLib.opened(block.timestamp, _seedBlock());
        for (uint256 i; i < jobIds.length; ++i) {
            if (JobWord.unwrap(_jobs[jobIds[i]]) != 0) revert JobExists(jobIds[i]);
            _jobs[jobIds[i]] = opened;
        }
    }

    /// @inheritdoc ISettlement
    function cancel(bytes32 jobId) external onlyQueue {
        JobWord j = _jobs[jobId];
        if (j.status() != COMMITTING) revert WrongStatus(jobId, j.status());
        // A commitment replaces the seed block in the word, and needs its hash to be known.
        if (j.round() != 0 || j.committed() != 0 || _entropyKnown(j.seedBlock())) revert CancelTooLate(jobId);
        _jobs[jobId] = j.withStatus(REFUNDED).asClosed();
        emit JobRefunded(jobId);
    }

    /// @inheritdoc ISettlement
    function advance(JobKey calldata key) external {
        bytes32 id = _idOf(key);
        JobWord j = _jobs[id];
        uint256 round = j.round();
        if (_isShort(key.terms, id, j)) {
            emit RoundVoided(id, round, j.committed());
            j = j.voided();
        } else {
            _requireUndecided(key, j);
            emit RoundUndecided(id, round);
        }

        // An answer proposed in the last round could not be appealed.
        uint256 needed = key.terms.isOpen(j.grown()) ? round + 2 : round + 1;
        if (needed >= key.terms.rounds()) {
            _end(id, j);
        } else {
            if (!j.isVoid(round)) _archive(id, j, j.mark(), j.leader());
            _reopen(id, j);
        }
    }

    /// @inheritdoc ISettlement
    function beginDelivery(bytes32 jobId, Terms terms, address proposer, bytes32 digest)
        external
        onlyQueue
        returns (bool feeDue)
    {
        JobWord j = _jobs[jobId];
        if (!_isFinal(terms, j) || !_isAnswer(j, proposer, digest)) revert NotSettledResult(jobId, digest);
        if (j.delivered()) revert DeliveredAlready(jobId);
        _jobs[jobId] = j.asDelivered();
        return !j.feePaid();
    }

    /// @inheritdoc ISettlement
    function deliveryFailed(bytes32 jobId) external onlyQueue {
        _jobs[jobId] = _jobs[jobId].asUndelivered();
    }

    /// @inheritdoc ISettlement
    function isSettled(JobKey calldata key, address proposer, bytes32 digest) external view returns (bool) {
        JobWord j = _jobs[_idOf(key)];
        return _isFinal(key.terms, j) && _isAnswer(j, proposer, digest);
    }

    /// @dev Keeps what closing and claims will need of a round that another one follows.
    function _archive(bytes32 id, JobWord j, uint160 digest, Tally behind) internal {
        _history[id] = _history[id].withRound(j.round(), j.committed(), j.revealed());
        if (j.leading() != 0) _tallies[_tallyKey(id, j.round(), digest)] = behind;
    }

    function _reopen(bytes32 id, JobWord j) internal {
        uint256 seedBlock = _seedBlock();
        _jobs[id] = j.reopened(block.timestamp, seedBlock);
        emit RoundOpened(id, j.round() + 1, seedBlock);
    }

    /// @dev Whether the round ended, or never can be drawn, with fewer seats committed than the quorum.
    /// Reverts while it can still fill.
    function _isShort(Terms terms, bytes32 id, JobWord j) private view returns (bool) {
        if (j.status() == REVEALING) return false;
        if (j.status() != COMMITTING) revert WrongStatus(id, j.status());
        uint256 end = j.time() + terms.commitSeconds();
        bool undrawable = j.committed() == 0 && _entropyLost(j.seedBlock());
        if (block.timestamp < end && !undrawable) revert CommitPhaseOpen(end, block.timestamp);
        return j.committed() < _quorum(terms, j);
    }

    /// @dev Reverts while reveals can still decide the round: until its reveal phase is over, or for EXACT, where
    /// support never changes, until every committed seat has revealed.
    function _requireUndecided(JobKey calldata key, JobWord j) private view {
        uint256 begin = j.status() == COMMITTING ? j.time() + key.terms.commitSeconds() : j.time();
        uint256 end = begin + key.terms.revealSeconds();
        bool exhausted = key.rules.numerics() == EXACT && j.revealed() == j.committed();
        if (block.timestamp < end && !exhausted) revert RevealPhaseOpen(end, block.timestamp);
    }

    /// @dev The last round is over. If no round could be judged nobody has done wrong.
    function _end(bytes32 id, JobWord j) private {
        bool judged = j.grown() != 0 || !j.isVoid(j.round());
        _jobs[id] = j.withStatus(judged ? UNRESOLVED : REFUNDED);
        if (judged) emit JobUnresolved(id);
        else emit JobRefunded(id);
    }
}
