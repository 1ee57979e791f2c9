// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {DECIDED, PROPOSED, UNRESOLVED} from "../../../contracts/types/JobWord.sol";
import {TOLERANCE} from "../../../contracts/types/Rules.sol";
import {Act} from "./Act.sol";
import {AppealActs} from "./AppealActs.sol";
import {GhostAppeal, GhostDivision, GhostJob, GhostVote, GhostWorker} from "./Ghosts.sol";

/// @dev How the money leaves a job: claims and the close.
abstract contract PayoutActs is AppealActs {
    uint256 private constant CLAIMS = 4;

    function claim(uint256 seed) external from(seed) {
        if (_live.length == 0) return;
        address worker = _someWorker();
        ISettlementTypes.Claim[] memory claims = new ISettlementTypes.Claim[](CLAIMS);
        uint256[2][] memory named = new uint256[2][](CLAIMS);
        uint256 count;
        uint256 due;
        // Votes of the worker in any of the jobs; the same one may come twice.
        for (uint256 tries; tries < 16 && count < CLAIMS; ++tries) {
            uint256 index = _live[_pick(_live.length)];
            GhostJob storage job = _book[index];
            if (job.votes.length == 0) continue;
            uint256 which = _pick(job.votes.length);
            if (job.votes[which].worker != worker) continue;
            claims[count] = ISettlementTypes.Claim(_key(job), _ballotOf(job, job.votes[which]));
            if (_isDue(job, job.votes[which])) ++due;
            named[count] = [index, which];
            if (_chance(5)) named[count] = _misname(claims[count], job, named[count]);
            ++count;
        }
        if (count == 0 || (due == 0 && !_chance(10))) return;
        assembly {
            mstore(claims, count)
        }
        _attempt(true, stranger, address(settlement), abi.encodeCall(settlement.claim, (worker, claims)));
        for (uint256 i; i < count; ++i) {
            if (named[i][0] != 0) _claimed(_book[named[i][0]], _book[named[i][0]].votes[named[i][1]]);
        }
        for (uint256 i; i < count; ++i) {
            if (named[i][0] != 0 && !_isDone(named[i][0])) _check(_book[named[i][0]]);
        }
    }

    /// @dev Claims everything of one job that can be claimed, so that jobs come to their end.
    function claimJob(uint256 seed) external from(seed) {
        (bool found, GhostJob storage job) = _someJobThat(_hasToClaim);
        if (!found) return;
        for (uint256 i; i < job.votes.length; ++i) {
            GhostVote storage v = job.votes[i];
            ISettlementTypes.Claim[] memory claims = new ISettlementTypes.Claim[](1);
            claims[0] = ISettlementTypes.Claim(_key(job), _ballotOf(job, v));
            _attempt(true, v.worker, address(settlement), abi.encodeCall(settlement.claim, (v.worker, claims)));
            _claimed(job, v);
        }
        _check(job);
    }

    function close(uint256 seed) external from(seed) {
        (bool found, GhostJob storage job) = _someJobThat(_isClosable);
        if (!found) return;
        bytes memory data = abi.encodeCall(settlement.close, (job.request, job.rules));
        if (!_attempt(_isClosable(job), stranger, address(settlement), data)) return;
        _closed(job);
        _check(job);
    }

    /// @dev Names a vote under another job, as if it were of a round that its id plus the round would come to; says
    /// which job and vote the claim is about, zero for none. Nothing may come of it, unless the same worker has proposed
    /// the same answer there.
    function _misname(ISettlementTypes.Claim memory c, GhostJob storage job, uint256[2] memory named)
        private
        returns (uint256[2] memory)
    {
        uint256 index = _live[_pick(_live.length)];
        GhostJob storage other = _book[index];
        if (other.id == job.id) return named;
        address worker = job.votes[named[1]].worker;
        c.key = _key(other);
        unchecked {
            c.ballot.place += (uint256(job.id) - uint256(other.id)) << 16;
        }
        bool same = other.status == PROPOSED && _proposer(other) == worker;
        if (same && _digest(other, other.settled) == c.ballot.first) return [index, 0];
        return [uint256(0), 0];
    }

    function _hasToClaim(GhostJob storage job) internal view returns (bool) {
        for (uint256 i; i < job.votes.length; ++i) {
            if (_isDue(job, job.votes[i])) return true;
        }
        return false;
    }

    /// @dev A job that is over goes from the list with the first of several claims.
    function _isDone(uint256 index) internal view returns (bool) {
        for (uint256 i; i < _live.length; ++i) {
            if (_live[i] == index) return false;
        }
        return true;
    }

    // --- the book ---

    /// @dev Units of bonds in a job's pot.
    function _bondsIn(GhostJob storage job) internal view returns (uint256 seats) {
        for (uint256 i; i < job.votes.length; ++i) {
            GhostVote storage v = job.votes[i];
            if (v.takenBack) continue;
            if (!job.closed || _keepsBond(job, v)) seats += v.seats;
        }
        return seats * job.request.terms.bond();
    }

    function _isDue(GhostJob storage job, GhostVote storage v) internal view returns (bool) {
        return !v.takenBack && (job.closed || _keepsBond(job, v));
    }

    function _claimed(GhostJob storage job, GhostVote storage v) internal {
        if (!_isDue(job, v)) return _did(Act.CLAIM_SKIPPED);
        bool right = _isRight(job, v);
        bool bondBack = _keepsBond(job, v);
        if (right) {
            _did(Act.CLAIM_RIGHT);
            // Whose own round gave another answer, and who did not have to be vindicated.
            bool behind = job.rules.numerics() == TOLERANCE && v.round != job.round && !v.vindicated;
            _didIf(behind, Act.CLAIM_RIGHT_EARLIER_ROUND);
            uint256 shares = _shareOf(job, v, job.rules.royaltyBps()) + _shareOf(job, v, job.rules.protocolFeeBps());
            _take(job, v.worker, _feeOf(job, v) - shares);
        } else if (v.undone) {
            _did(Act.CLAIM_SHORT_ROUND);
        } else {
            _did(bondBack ? Act.CLAIM_UNRESOLVED : Act.CLAIM_NOTHING);
        }
        if (v.isProposal) _countProposal(job, right, bondBack);
        else _busy[v.worker][v.slot] = false;
        if (bondBack) _returnBond(job, v.worker, v.seats * job.request.terms.bond());
        // Its bond and fee are gone from the pot, but it still counts as right when the job is closed.
        v.takenBack = true;
    }

    function _countProposal(GhostJob storage job, bool right, bool bondBack) private {
        if (job.status == PROPOSED) _did(Act.CLAIM_PROPOSAL);
        else if (right) _did(Act.CLAIM_APPEALED_PROPOSAL);
        else _did(bondBack ? Act.CLAIM_UNRESOLVED_PROPOSAL : Act.CLAIM_WRONG_PROPOSAL);
    }

    function _returnBond(GhostJob storage job, address worker, uint256 units) private {
        GhostWorker storage w = _workers[worker];
        w.free += units;
        _bondsOut -= units;
        if (w.active) _standing += units;
        job.pot -= units * UNIT;
        _pots -= units * UNIT;
    }

    function _closed(GhostJob storage job) internal override {
        GhostDivision memory d = _divide(job);
        _take(job, job.request.requester, d.refund);
        _take(job, address(queue), d.treasury);
        _take(job, _modelHolder, d.royalty);
        for (uint256 i; i < d.dues.length; ++i) {
            _take(job, job.appeals[i].account, d.dues[i]);
        }
        job.pot -= d.burned;
        _pots -= d.burned;
        _burned += d.burned;
        _bondsOut -= d.lostSeats * job.request.terms.bond();
        job.closed = true;
        if (_isAnswered(job)) _did(job.status == DECIDED ? Act.CLOSE_DECIDED : Act.CLOSE_PROPOSED);
        else _did(job.status == UNRESOLVED ? Act.CLOSE_UNRESOLVED : Act.CLOSE_REFUNDED);
        _countAppellants(job, d);
    }

    /// @dev What an appeal can come to, whatever the figures: see docs/protocol.md.
    function _countAppellants(GhostJob storage job, GhostDivision memory d) private {
        uint256 right;
        for (uint256 i; i < job.appeals.length; ++i) {
            GhostAppeal storage a = job.appeals[i];
            uint256 deposit = _bond(job) + _atCap(job, a.seats);
            assertLe(d.dues[i], deposit + _reward(job));
            if (job.status == UNRESOLVED) {
                _did(Act.CLOSE_UNRESOLVED_APPELLANT);
                assertLt(d.dues[i], deposit);
            } else if (_isWrong(job, i)) {
                _did(a.answer == job.settled ? Act.CLOSE_WRONG_APPELLANT : Act.CLOSE_UPHELD);
                assertLe(d.dues[i] + _bond(job), deposit);
            } else {
                ++right;
                _did(Act.CLOSE_RIGHT_APPELLANT);
                _didIf(d.dues[i] < deposit + _reward(job), Act.CLOSE_SHORT_POOL);
                // The round it has caused decided at once: no pool can be too small for that.
                if (job.appeals.length == 1 && job.round == a.round + 1) assertGe(d.dues[i], deposit);
            }
        }
        _didIf(right > 1, Act.CLOSE_SEVERAL_RIGHT_APPELLANTS);
        _didIf(right != 0 && right < job.appeals.length, Act.CLOSE_RIGHT_AND_WRONG_APPELLANTS);
    }
}
