// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlement} from "../interfaces/ISettlement.sol";
import {Tolerance} from "../libraries/Tolerance.sol";
import {DECIDED, JobWord, REFUNDED, UNRESOLVED} from "../types/JobWord.sol";
import {JobKey, Request, RequestLib} from "../types/Request.sol";
import {BASIS_POINTS, EXACT, Rules, TOLERANCE} from "../types/Rules.sol";
import {Terms} from "../types/Terms.sol";
import {REVEALED, Vote, VoteLib} from "../types/Vote.sol";
import {Ledger} from "./Ledger.sol";

/// @title Payout: who was right, who is paid, and where the rest goes
/// @dev No pot is stored. What went into a job follows from its terms and its seats, and so does what leaves it:
/// claims pay the right seats one by one, `close` everything else at once.
abstract contract Payout is Ledger {
    /// @dev How a job is divided when it is closed.
    struct Division {
        /// @dev Seats that earned their fee.
        uint256 right;
        /// @dev Seats whose bonds are lost.
        uint256 lost;
        // Amounts in wei.
        uint256 burned;
        uint256 refund;
        uint256 treasury;
        uint256 royalty;
    }

    /// @inheritdoc ISettlement
    function vindicate(
        JobKey calldata key,
        address worker,
        Ballot calldata ballot,
        bytes calldata result,
        bytes calldata settled
    ) external {
        if (!Tolerance.near(result, settled, key.rules.atol(), key.rules.rtol(), Tolerance.RIGHT)) {
            revert NotClose(keccak256(result), keccak256(settled));
        }
        _vindicate(key, worker, ballot, keccak256(result), keccak256(settled));
    }

    /// @inheritdoc ISettlement
    function claim(address worker, Claim[] calldata claims) external {
        uint256 bonds;
        uint256 fees;
        for (uint256 i; i < claims.length; ++i) {
            Claim calldata c = claims[i];
            (uint256 bond, uint256 fee) = _claim(worker, c.key, c.ballot);
            unchecked {
                bonds += bond; // what the vault holds, at most
                fees += fee;
            }
        }
        if (bonds != 0) _vault.unbond(worker, bonds, fees);
    }

    /// @inheritdoc ISettlement
    function close(Request calldata request, Rules rules) external {
        bytes32 id = RequestLib.id(QUEUE, request, rules);
        JobWord j = _jobs[id];
        if (j.closed()) revert ClosedAlready(id);
        _requireClosable(request.terms, rules, id, j);
        _jobs[id] = j.asClosed();

        Division memory d;
        (d.right, d.lost) = _judged(rules, id, j);
        _divide(d, request, rules, j.status() == DECIDED);
        emit Closed(id, d.right, d.lost, d.burned, d.refund, d.treasury, d.royalty);
        address modelOwner = d.royalty == 0 ? address(0) : _registry.ownerOfVersion(request.versionId);
        _vault.divide(
            d.lost * request.terms.bond(), d.burned, request.requester, d.refund, d.treasury, modelOwner, d.royalty
        );
    }

    function _vindicate(JobKey calldata key, address worker, Ballot calldata ballot, bytes32 digest, bytes32 settled)
        private
    {
        bytes32 id = _idOf(key);
        JobWord j = _jobs[id];
        if (key.rules.numerics() != TOLERANCE) revert NotTolerance(id);
        if (j.status() != DECIDED) revert WrongStatus(id, j.status());
        if (j.closed()) revert ClosedAlready(id);
        if (_cut(settled) != j.mark()) revert NotSettledResult(id, settled);
        Vote v = _opened(id, worker, ballot);
        if (v.stage() != REVEALED || digest != ballot.first) revert NoSuchVote(id, worker, _slotOf(ballot));
        if (_isRight(key.rules, id, j, worker, ballot, v)) revert RightAlready(worker, _slotOf(ballot));

        _votes[_ringPlace(worker, _slotOf(ballot))] = v.vindicate();
        _jobs[id] = j.addVindicated(v.seats());
        emit Vindicated(id, worker, _roundOf(ballot), v.seats());
    }

    // --- claims ---

    /// @dev Frees the slot of one vote and says what is due for it: bond in units, fee in wei.
    function _claim(address worker, JobKey calldata key, Ballot calldata ballot)
        private
        returns (uint256 bond, uint256 fee)
    {
        bytes32 id = _idOf(key);
        Vote v = _opened(id, worker, ballot);
        (bytes4 refused, bool bondBack, bool paid) = _due(key.rules, id, worker, ballot, v);
        if (refused != 0) {
            emit ClaimSkipped(id, worker, refused);
            return (0, 0);
        }

        _votes[_ringPlace(worker, _slotOf(ballot))] = VoteLib.free();
        // Seats have 7 bits, amounts 48, a unit at most 60.
        unchecked {
            if (bondBack) bond = v.seats() * key.terms.bond();
            if (paid) {
                (fee,,) = key.rules.split(key.terms.seatFee() * _unit);
                fee *= v.seats();
            }
            emit Claimed(id, worker, bond * _unit + fee);
        }
    }

    /// @dev Whether a vote gets its bond back and whether it is paid, or the error that says why that is not known.
    function _due(Rules rules, bytes32 id, address worker, Ballot calldata ballot, Vote v)
        private
        view
        returns (bytes4 refused, bool bondBack, bool paid)
    {
        if (!v.isBusy()) return (NoSuchVote.selector, false, false);
        JobWord j = _jobs[id];
        if (j.isVoid(_roundOf(ballot))) return (0, true, false);
        if (v.stage() == REVEALED) {
            if (j.status() == UNRESOLVED) return (0, true, false);
            if (j.status() == DECIDED && _isRight(rules, id, j, worker, ballot, v)) return (0, true, true);
        }
        // What is left was wrong or silent; until the job is closed that could still change.
        if (!j.closed()) return (NotEnded.selector, false, false);
    }

    // --- judging ---

    /// @dev Whether a revealed vote of a round that was not void agrees with the settled answer.
    function _isRight(Rules rules, bytes32 id, JobWord j, address worker, Ballot calldata ballot, Vote v)
        private
        view
        returns (bool)
    {
        uint168 settled = j.mark();
        if (rules.numerics() == EXACT) return _cut(ballot.first) == settled;
        if (v.isVindicated()) return true;
        if (_roundOf(ballot) != j.round()) return false;
        bytes32 supported = ballot.second == 0 ? ballot.first : ballot.second;
        return _cut(supported) == settled || _supports[_supportKey(id, j.round(), worker, settled)];
    }

    /// @dev All reveals must be in. For TOLERANCE there is one more reveal phase's time to vindicate in, unless
    /// every committed seat is right already.
    function _requireClosable(Terms terms, Rules rules, bytes32 id, JobWord j) private view {
        if (j.status() == UNRESOLVED || j.status() == REFUNDED) return;
        if (j.status() != DECIDED) revert NotEnded(id, j.status());
        if (j.leading() == j.committed() && j.grown() == 0) return;
        uint256 end = j.time() + terms.revealSeconds();
        if (rules.numerics() == TOLERANCE) end += terms.revealSeconds();
        else if (j.revealed() == j.committed()) return;
        if (block.timestamp < end) revert RevealPhaseOpen(end, block.timestamp);
    }

    /// @dev Seats of all rounds that were right, and those whose bonds are lost.
    function _judged(Rules rules, bytes32 id, JobWord j) private view returns (uint256 right, uint256 lost) {
        if (j.status() == REFUNDED) return (0, 0);
        bool decided = j.status() == DECIDED;
        uint256 committed;
        uint256 revealed;
        if (!j.isVoid(j.round())) (committed, revealed) = (j.committed(), j.revealed());
        if (decided) right = j.leading() + j.vindicated();

        // At most `JobQueue.MAX_ROUNDS` steps. A void round has left no history and no tally.
        if (j.grown() == 0) return (right, committed - (decided ? right : revealed));
        uint256 history = _history[id];
        for (uint256 r; history != 0; ++r) {
            committed += history & 0xFF;
            revealed += (history >> 8) & 0xFF;
            if (decided && rules.numerics() == EXACT) right += _tallies[_tallyKey(id, r, j.mark())];
            history >>= 16;
        }
        lost = committed - (decided ? right : revealed);
    }

    // --- dividing ---

    /// @dev Lost bonds reach neither another seat nor the requester, else whoever is both, with a majority of the
    /// seats, would farm the minority.
    function _divide(Division memory d, Request calldata request, Rules rules, bool decided) private view {
        Terms terms = request.terms;
        uint256 fee = terms.seatFee() * _unit;
        d.refund = terms.seatFees() * _unit - d.right * fee;
        if (!decided) d.refund += request.callback.deliveryFee() * _unit;

        uint256 forfeited = d.lost * terms.bond() * _unit;
        d.burned = forfeited * rules.burnBps() / BASIS_POINTS;
        (, uint256 royalty, uint256 protocolFee) = rules.split(fee);
        d.royalty = d.right * royalty;
        d.treasury = forfeited - d.burned + d.right * protocolFee;
    }
}
