// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlement} from "../interfaces/ISettlement.sol";
import {Division} from "../libraries/Division.sol";
import {JobWord, PROPOSED, UNRESOLVED} from "../types/JobWord.sol";
import {JobKey, RequestLib} from "../types/Request.sol";
import {Rules} from "../types/Rules.sol";
import {Terms} from "../types/Terms.sol";
import {REVEALED, Vote, VoteLib} from "../types/Vote.sol";
import {Ledger} from "./Ledger.sol";

/// @title Claims: votes taken back one by one, with what is due for each
abstract contract Claims is Ledger, ISettlement {
    /// @dev What is due for a seat and for a step of its price, and for all votes so far: bonds in units, the rest in wei.
    struct Due {
        uint256 perSeat;
        uint256 perStep;
        uint256 bonds;
        uint256 fees;
    }

    /// @inheritdoc ISettlement
    function claim(address worker, Claim[] calldata claims) external {
        Due memory all;
        for (uint256 i; i < claims.length; ++i) {
            JobKey calldata key = claims[i].key;
            bytes32 id = _idOf(key);
            (all.perSeat, all.perStep) = Division.rates(key.terms, key.rules, _unit);
            (bool done, uint256 amount) = _claim(key.terms, key.rules, id, worker, claims[i].ballot, all);
            if (done) emit Claimed(id, worker, amount);
        }
        if (all.bonds != 0) _vault.unbond(worker, all.bonds, all.fees);
    }

    /// @inheritdoc ISettlement
    function claimMany(Terms terms, Rules rules, address worker, Return[] calldata returned) external {
        Due memory all;
        (all.perSeat, all.perStep) = Division.rates(terms, rules, _unit);
        bytes32[] memory ids = new bytes32[](returned.length);
        uint256[] memory amounts = new uint256[](returned.length);
        for (uint256 i; i < returned.length; ++i) {
            Return calldata r = returned[i];
            bytes32 id = RequestLib.id(_queue, terms, rules, r.body);
            bool done;
            (done, amounts[i]) = _claim(terms, rules, id, worker, r.ballot, all);
            if (done) ids[i] = id;
        }
        emit ClaimedMany(worker, ids, amounts);
        if (all.bonds != 0) _vault.unbond(worker, all.bonds, all.fees);
    }

    /// @dev Frees the slot of one vote, and adds what is due for it to the rest. `amount` is that in wei.
    function _claim(Terms terms, Rules rules, bytes32 id, address worker, Ballot calldata ballot, Due memory all)
        private
        returns (bool done, uint256 amount)
    {
        JobWord j = _jobs[id];
        bytes4 refused;
        uint256 seats;
        uint256 steps;
        bool paid = true;
        if (j.status() == PROPOSED) {
            (refused, seats, steps) = (_whyUnclaimed(terms, j, worker, ballot), 1, j.leader().steps());
            if (refused == 0) _jobs[id] = j.asClaimed();
        } else {
            Vote v = _opened(id, worker, ballot);
            (refused, seats, paid) = _due(terms, rules, id, j, worker, ballot, v);
            steps = seats * v.step();
            if (refused == 0) _votes[_placeOf(id, worker, ballot)] = VoteLib.free();
        }
        if (refused != 0) {
            emit ClaimSkipped(id, worker, refused);
            return (false, 0);
        }
        // Seats have 7 bits, steps 8, amounts 48, a unit at most 60; together they are what the vault holds, at most.
        unchecked {
            uint256 bond = seats * terms.bond();
            uint256 fee = paid ? seats * all.perSeat + steps * all.perStep : 0;
            all.bonds += bond;
            all.fees += fee;
            return (true, bond * _unit + fee);
        }
    }

    /// @dev The answer of a job that nobody has appealed: its seat is in the job's own word.
    function _whyUnclaimed(Terms terms, JobWord j, address worker, Ballot calldata ballot)
        private
        view
        returns (bytes4)
    {
        if (j.claimed() || !_isAnswer(j, worker, ballot.first)) return NoSuchVote.selector;
        return _isFinal(terms, j) ? bytes4(0) : NotEnded.selector;
    }

    /// @dev The seats whose bonds a vote gets back and whether it is paid, or the error that says why that is not known.
    function _due(Terms terms, Rules rules, bytes32 id, JobWord j, address worker, Ballot calldata ballot, Vote v)
        private
        view
        returns (bytes4 refused, uint256 seats, bool paid)
    {
        if (!v.isBusy()) return (NoSuchVote.selector, 0, false);
        if (j.isVoid(_roundOf(ballot))) return (0, v.seats(), false);
        if (v.stage() == REVEALED) {
            if (j.status() == UNRESOLVED) return (0, v.seats(), false);
            if (_isFinal(terms, j) && _isRight(rules, id, j, worker, ballot, v)) return (0, v.seats(), true);
        }
        // What is left was wrong or silent; until the job is closed that could still change.
        return (j.closed() ? bytes4(0) : NotEnded.selector, 0, false);
    }
}
