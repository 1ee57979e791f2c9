// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlement} from "../../../contracts/interfaces/ISettlement.sol";
import {DECIDED, REFUNDED, UNRESOLVED} from "../../../contracts/types/JobWord.sol";
import {Act} from "./Acts.sol";
import {GhostJob, GhostVote, GhostWorker, Stage} from "./Ghosts.sol";
import {RoundActs} from "./RoundActs.sol";

/// @dev How the money leaves a job: claims and the close.
abstract contract PayoutActs is RoundActs {
    uint256 private constant CLAIMS = 4;

    function claim(uint256 seed) external from(seed) {
        if (_live.length == 0) return;
        address worker = _someWorker();
        ISettlement.Claim[] memory claims = new ISettlement.Claim[](CLAIMS);
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
            claims[count] = ISettlement.Claim(_key(job), _ballotOf(job, job.votes[which]));
            if (_isDue(job, job.votes[which])) ++due;
            if (_chance(5)) index = _misname(claims[count], job, index);
            named[count++] = [index, which];
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
            ISettlement.Claim[] memory claims = new ISettlement.Claim[](1);
            claims[0] = ISettlement.Claim(_key(job), _ballotOf(job, v));
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
    /// which job the claim is about, zero for none. Nothing may come of it.
    function _misname(ISettlement.Claim memory c, GhostJob storage job, uint256 index) private returns (uint256) {
        GhostJob storage other = _book[_live[_pick(_live.length)]];
        if (other.id == job.id) return index;
        c.key = _key(other);
        unchecked {
            c.ballot.place += (uint256(job.id) - uint256(other.id)) << 16;
        }
        return 0;
    }

    function _hasToClaim(GhostJob storage job) private view returns (bool) {
        for (uint256 i; i < job.votes.length; ++i) {
            if (_isDue(job, job.votes[i])) return true;
        }
        return false;
    }

    /// @dev A job that is over goes from the list with the first of several claims.
    function _isDone(uint256 index) private view returns (bool) {
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
            if (v.stage == Stage.TAKEN_BACK) continue;
            if (!job.closed || _keepsBond(job, v)) seats += v.seats;
        }
        return seats * job.request.terms.bond();
    }

    /// @dev Whether a vote that is not taken back gets its bond back.
    function _keepsBond(GhostJob storage job, GhostVote storage v) private view returns (bool) {
        return v.undone || _isRight(job, v) || (job.status == UNRESOLVED && v.stage == Stage.SPOKEN);
    }

    function _isDue(GhostJob storage job, GhostVote storage v) private view returns (bool) {
        return v.stage != Stage.TAKEN_BACK && (job.closed || _keepsBond(job, v));
    }

    function _claimed(GhostJob storage job, GhostVote storage v) private {
        if (!_isDue(job, v)) return _did(Act.CLAIM_SKIPPED);
        bool right = _isRight(job, v);
        bool bondBack = _keepsBond(job, v);
        if (right) _did(Act.CLAIM_RIGHT);
        else if (v.undone) _did(Act.CLAIM_SHORT_ROUND);
        else _did(bondBack ? Act.CLAIM_UNRESOLVED : Act.CLAIM_NOTHING);

        if (right) _take(job, v.worker, v.seats * _netFee(job));
        if (bondBack) _returnBond(job, v.worker, v.seats * job.request.terms.bond());
        _busy[v.worker][v.slot] = false;
        // Its bond and fee are gone from the pot, but it still counts as right when the job is closed.
        v.stage = Stage.TAKEN_BACK;
    }

    function _returnBond(GhostJob storage job, address worker, uint256 units) private {
        GhostWorker storage w = _workers[worker];
        w.free += units;
        _bondsOut -= units;
        if (w.active) _standing += units;
        job.pot -= units * UNIT;
        _pots -= units * UNIT;
    }

    function _netFee(GhostJob storage job) private view returns (uint256) {
        uint256 fee = _seatFee(job);
        return fee - fee * job.rules.royaltyBps() / 10_000 - fee * job.rules.protocolFeeBps() / 10_000;
    }

    function _closed(GhostJob storage job) internal override {
        (uint256 right, uint256 lost) = _judge(job);
        uint256 fee = _seatFee(job);
        uint256 refund = _escrowedFees(job) - right * fee;
        if (job.status != DECIDED) refund += _deliveryFee(job);
        uint256 bonds = lost * job.request.terms.bond();
        uint256 burned = bonds * UNIT * job.rules.burnBps() / 10_000;

        _take(job, job.request.requester, refund);
        _take(job, address(queue), bonds * UNIT - burned + right * (fee * job.rules.protocolFeeBps() / 10_000));
        _take(job, _modelHolder, right * (fee * job.rules.royaltyBps() / 10_000));
        job.pot -= burned;
        _pots -= burned;
        _burned += burned;
        _bondsOut -= bonds;
        job.closed = true;
        _did(
            job.status == DECIDED
                ? Act.CLOSE_DECIDED
                : job.status == UNRESOLVED ? Act.CLOSE_UNRESOLVED : Act.CLOSE_REFUNDED
        );
    }
}
