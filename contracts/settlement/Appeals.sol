// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {EfficientHashLib} from "solady/src/utils/EfficientHashLib.sol";
import {Batch} from "../base/Batch.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {Division} from "../libraries/Division.sol";
import {Sortition} from "../libraries/Sortition.sol";
import {COMMITTING, DECIDED, JobWord, PROPOSED} from "../types/JobWord.sol";
import {JobKey, RequestLib} from "../types/Request.sol";
import {Rules} from "../types/Rules.sol";
import {TallyLib} from "../types/Tally.sol";
import {Terms} from "../types/Terms.sol";
import {VoteLib} from "../types/Vote.sol";
import {Lifecycle} from "./Lifecycle.sol";

/// @title Appeals: answers given in the clear, and the appeals that put any answer before a larger committee
abstract contract Appeals is Lifecycle, Batch {
    /// @dev A worker in the draw of a round: its weight and the total weight when that opened, and the size of its committee.
    struct Lot {
        address worker;
        uint256 weight;
        uint256 total;
        uint256 time;
        uint256 size;
    }

    /// @inheritdoc ISettlement
    function propose(JobKey calldata key, address worker, bytes calldata result) external {
        bytes32 id = _idOf(key);
        JobWord j = _jobs[id];
        (uint256 weight, uint256 total) = _vault.bondWithTotal(worker, msg.sender, key.terms.bond(), j.time());
        bytes memory refused = _propose(key.terms, id, j, Lot(worker, weight, total, 0, 1), result);
        if (refused.length != 0) _bubble(refused);
    }

    /// @inheritdoc ISettlement
    function proposeMany(Terms terms, Rules rules, address worker, Proposal[] calldata proposals) external {
        Lot memory lot = Lot(worker, 0, 0, 0, 1);
        uint256 taken;
        for (uint256 i; i < proposals.length; ++i) {
            bytes32 id = RequestLib.id(_queue, terms, rules, proposals[i].body);
            JobWord j = _jobs[id];
            _weigh(lot, j.time());
            bytes memory refused = _propose(terms, id, j, lot, proposals[i].result);
            if (refused.length == 0) ++taken;
            else emit BatchItemFailed(i, refused);
        }
        // The bonds of all seats at once. The vault calls nobody, and reverts unless the sender may work.
        if (taken != 0) _vault.bond(worker, msg.sender, taken * terms.bond(), lot.time);
    }

    /// @inheritdoc ISettlement
    function appeal(JobKey calldata key, address proposer, bytes32 digest) external {
        bytes32 id = _idOf(key);
        JobWord j = _jobs[id];
        _requireAppealable(key.terms, id, j);
        if (!_isAnswer(j, proposer, digest)) revert NotTheAnswer(id, proposer, digest);
        uint256 round = j.round();
        if (j.appeals() != 0) _loseIfRepeated(id, j, digest);
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

    /// @dev Weights are the vault's of when a round opened; the rounds of a batch mostly opened together.
    function _weigh(Lot memory lot, uint256 time) internal view {
        if (time == lot.time) return;
        lot.time = time;
        (lot.weight, lot.total) = _vault.weightOf(lot.worker, time);
    }

    /// @dev Records a proposal, or returns the error that says why not. The bond is the caller's business.
    function _propose(Terms terms, bytes32 id, JobWord j, Lot memory lot, bytes calldata result)
        private
        returns (bytes memory refused)
    {
        if (j.status() != COMMITTING) return abi.encodeWithSelector(WrongStatus.selector, id, j.status());
        if (!terms.isOpen(j.grown())) return abi.encodeWithSelector(NotOpen.selector, id, j.round());
        uint256 length = terms.commitSeconds();
        uint256 elapsed;
        unchecked {
            elapsed = block.timestamp - j.time(); // the round opened in the past
            if (elapsed >= length) {
                return abi.encodeWithSelector(CommitPhaseOver.selector, j.time() + length, block.timestamp);
            }
        }
        uint256 seed = _seedOf(id, j);
        if (seed == 0) return _noSeed(j);
        if (!Sortition.mayPropose(Sortition.ticket(seed, lot.worker), elapsed, length, lot.weight, lot.total)) {
            return abi.encodeWithSelector(NotDrawn.selector, lot.worker, 0, 1);
        }

        uint256 step = terms.isRange() ? Sortition.openStep(elapsed, length) : 0;
        emit Proposed(id, step << 160 | uint160(lot.worker), result);
        _jobs[id] = j.proposed(block.timestamp, TallyLib.create(1, step), _proposalMark(lot.worker, keccak256(result)));
    }

    /// @dev Reverts with an error that is encoded already.
    function _bubble(bytes memory reason) internal pure {
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }

    function _noSeed(JobWord j) internal view returns (bytes memory) {
        bytes4 reason = _entropyLost(j.seedBlock()) ? SeedLost.selector : SeedPending.selector;
        return abi.encodeWithSelector(reason, j.seedBlock(), block.number);
    }

    /// @dev 96 bits: what of a job's word is left beside the total weight. Zero while the entropy is not known; else it
    /// is zero once in 2^96 times, and such a round is redrawn.
    function _seedOf(bytes32 id, JobWord j) internal view returns (uint256) {
        bytes32 entropy = _entropyOf(j.seedBlock());
        if (entropy == 0) return 0;
        return uint256(EfficientHashLib.hash(uint256(entropy), uint256(id), j.round())) >> 160;
    }

    /// @dev An appeal whose own round has given the same answer again is lost, whatever comes later: else appealing a
    /// true answer over and over costs nothing once a later committee is captured.
    function _loseIfRepeated(bytes32 id, JobWord j, bytes32 digest) private {
        uint256 last = j.round() - 1;
        while (!j.isAppealed(last)) --last; // one is
        if (_tallies[_tallyKey(id, last, _cut(digest))].isAnswer()) _uphold(id, last);
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
