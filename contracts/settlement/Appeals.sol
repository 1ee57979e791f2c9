// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {EfficientHashLib} from "solady/utils/EfficientHashLib.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {Division} from "../libraries/Division.sol";
import {Sortition} from "../libraries/Sortition.sol";
import {COMMITTING, DECIDED, JobWord, PROPOSED} from "../types/JobWord.sol";
import {JobKey} from "../types/Request.sol";
import {TallyLib} from "../types/Tally.sol";
import {Terms} from "../types/Terms.sol";
import {VoteLib} from "../types/Vote.sol";
import {Lifecycle} from "./Lifecycle.sol";

/// @title Appeals: answers given in the clear, and the appeals that put any answer before a larger committee
abstract contract Appeals is Lifecycle {
    /// @inheritdoc ISettlement
    function propose(JobKey calldata key, address worker, bytes calldata result) external {
        bytes32 id = _idOf(key);
        JobWord j = _jobs[id];
        if (j.status() != COMMITTING) revert WrongStatus(id, j.status());
        if (!key.terms.isOpen(j.grown())) revert NotOpen(id, j.round());
        uint256 length = key.terms.commitSeconds();
        uint256 elapsed;
        unchecked {
            elapsed = block.timestamp - j.time(); // the round opened in the past
            if (elapsed >= length) revert CommitPhaseOver(j.time() + length, block.timestamp);
        }

        uint256 ticket = Sortition.ticket(_seedOf(id, j), worker);
        // The vault calls nobody, so nothing can come between this and the effects below.
        (uint256 weight, uint256 total) = _vault.bondWithTotal(worker, msg.sender, key.terms.bond(), j.time());
        if (!Sortition.mayPropose(ticket, elapsed, length, weight, total)) revert NotDrawn(worker, 0, 1);
        uint256 step = key.terms.isRange() ? Sortition.openStep(elapsed, length) : 0;
        emit Proposed(id, step << 160 | uint160(worker), result);
        _jobs[id] = j.proposed(block.timestamp, TallyLib.create(1, step), _proposalMark(worker, keccak256(result)));
    }

    /// @inheritdoc ISettlement
    function appeal(JobKey calldata key, address proposer, bytes32 digest) external {
        bytes32 id = _idOf(key);
        JobWord j = _jobs[id];
        _requireAppealable(key.terms, id, j);
        if (!_isAnswer(j, proposer, digest)) revert NotTheAnswer(id, proposer, digest);
        uint256 round = j.round();
        if (j.status() == PROPOSED) {
            _votes[_proposalPlace(id, proposer)] = VoteLib.proposed(id, round, digest, j.leader().steps());
        }
        _archive(id, j, _cut(digest), j.leader().asAnswer());
        _appeals[_appealKey(id, round)] = uint160(msg.sender);

        uint256 seats = key.terms.prepaidSeats(round, j.grown());
        uint256 deposit = Division.deposit(key.terms, _unit, seats);
        emit Appealed(id, msg.sender, round, deposit);
        _reopen(id, j.appealed());
        _vault.escrow(msg.sender, deposit);
    }

    /// @dev 96 bits: what of a job's word is left beside the total weight.
    function _seedOf(bytes32 id, JobWord j) internal view returns (uint256) {
        bytes32 entropy = _entropyOf(j.seedBlock());
        if (entropy == 0) {
            if (_entropyLost(j.seedBlock())) revert SeedLost(j.seedBlock(), block.number);
            revert SeedPending(j.seedBlock(), block.number);
        }
        return uint256(EfficientHashLib.hash(uint256(entropy), uint256(id), j.round())) >> 160;
    }

    /// @dev A committee's answer can be appealed once no reveal can come any more: an appeal ends its round, and a
    /// seat that had not spoken yet would count as silent.
    function _requireAppealable(Terms terms, bytes32 id, JobWord j) private view {
        if (!j.isAnswered()) revert WrongStatus(id, j.status());
        uint256 end = _finalAt(terms, j);
        if (block.timestamp >= end) revert AppealWindowOver(id, end, block.timestamp);
        uint256 revealEnd = j.time() + terms.revealSeconds();
        if (j.status() == DECIDED && j.revealed() != j.committed() && block.timestamp < revealEnd) {
            revert RevealPhaseOpen(revealEnd, block.timestamp);
        }
    }
}
