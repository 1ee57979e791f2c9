// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DECIDED, REFUNDED, REVEALING, UNRESOLVED} from "../../../contracts/types/JobWord.sol";
import {EXACT} from "../../../contracts/types/Rules.sol";
import {MODE_OPTIMISTIC} from "../../../contracts/types/Terms.sol";
import {Draw} from "./Draw.sol";
import {GhostAppeal, GhostDivision, GhostJob, GhostVote} from "./Ghosts.sol";

/// @dev Who is right, when a job is over, and how its money is divided: one vote and one appeal after the other.
abstract contract Judging is Draw {
    uint256 private constant BASIS_POINTS = 10_000;

    // --- right and wrong ---

    function _decideIfReached(GhostJob storage job, uint256 answer) internal {
        (uint256 seats,) = _behind(job, answer);
        if (job.status != REVEALING || seats < _quorum(job)) return;
        job.status = uint8(DECIDED);
        job.settled = uint8(answer);
    }

    /// @dev By the answer there is; that means something once it is final.
    function _isRight(GhostJob storage job, GhostVote storage v) internal view returns (bool) {
        if (!_isAnswered(job) || !v.spoken || v.undone) return false;
        if (job.rules.numerics() == EXACT) return v.answer == job.settled;
        return v.vindicated || v.backing >> job.settled & 1 == 1;
    }

    /// @dev Whether the appealed answer was given again by the round the appeal has caused and so appealed again, or a
    /// seat that gave just this answer was shown to be right.
    function _isUpheld(GhostJob storage job, uint256 number) internal view returns (bool) {
        GhostAppeal storage a = job.appeals[number];
        if (a.upheld) return true;
        if (number + 1 < job.appeals.length && job.appeals[number + 1].answer == a.answer) return true;
        for (uint256 i; i < job.votes.length; ++i) {
            GhostVote storage v = job.votes[i];
            if (v.round == a.round && v.answer == a.answer && v.vindicated) return true;
        }
        return false;
    }

    function _isWrong(GhostJob storage job, uint256 number) internal view returns (bool) {
        return _isAnswered(job) && (job.appeals[number].answer == job.settled || _isUpheld(job, number));
    }

    /// @dev Whether a vote gets its bond back.
    function _keepsBond(GhostJob storage job, GhostVote storage v) internal view returns (bool) {
        if (v.undone || (job.status == UNRESOLVED && v.spoken)) return true;
        return _isFinal(job) && _isRight(job, v);
    }

    // --- the end ---

    function _isClosable(GhostJob storage job) internal view returns (bool) {
        if (job.closed) return false;
        if (job.status == UNRESOLVED || job.status == REFUNDED) return true;
        if (!_isFinal(job)) return false;
        (uint256 right,) = _behind(job, job.settled);
        if (job.grown == 0 && right == job.committed) return true;
        if (job.rules.numerics() == EXACT) return job.revealed == job.committed || block.timestamp >= _revealEnd(job);
        return block.timestamp >= _vindicationEnd(job);
    }

    /// @dev TOLERANCE: a reveal phase's and an appeal window's time after the answer is final and all reveals are in.
    function _vindicationEnd(GhostJob storage job) internal view returns (uint256) {
        (uint256 final_, uint256 revealEnd) = (_finalAt(job), _revealEnd(job));
        uint256 time = job.request.terms.revealSeconds() + job.request.terms.appealWindow();
        return (final_ > revealEnd ? final_ : revealEnd) + time;
    }

    function _isFinished(GhostJob storage job) internal view returns (bool) {
        if (!job.closed || (_isAnswered(job) && !job.feePaid && _deliveryFee(job) != 0)) return false;
        for (uint256 i; i < job.votes.length; ++i) {
            if (!job.votes[i].takenBack) return false;
        }
        return true;
    }

    // --- prices ---

    function _deliveryFee(GhostJob storage job) internal view returns (uint256) {
        return job.request.callback.deliveryFee() * UNIT;
    }

    function _bond(GhostJob storage job) internal view returns (uint256) {
        return job.request.terms.bond() * UNIT;
    }

    /// @dev The most that a right appellant is paid beyond what it gave: what burning leaves of a bond.
    function _reward(GhostJob storage job) internal view returns (uint256) {
        return _bond(job) - _bond(job) * job.rules.burnBps() / BASIS_POINTS;
    }

    /// @dev Seats at the highest price.
    function _atCap(GhostJob storage job, uint256 seats) internal view returns (uint256) {
        return seats * job.request.terms.seatFeeCap() * UNIT;
    }

    /// @dev A seat's price at step 0, and what each step adds.
    function _prices(GhostJob storage job) private view returns (uint256 base, uint256 rise) {
        (uint256 fee, uint256 cap) = (job.request.terms.seatFee(), job.request.terms.seatFeeCap());
        return (fee * UNIT, (cap - fee) * UNIT / 255);
    }

    function _feeOf(GhostJob storage job, GhostVote storage v) internal view returns (uint256) {
        (uint256 base, uint256 rise) = _prices(job);
        return v.seats * (base + v.step * rise);
    }

    /// @dev A share of a vote's fee, floored for the price and for what a step adds to it.
    function _shareOf(GhostJob storage job, GhostVote storage v, uint256 bps) internal view returns (uint256) {
        (uint256 base, uint256 rise) = _prices(job);
        return v.seats * (base * bps / BASIS_POINTS + v.step * (rise * bps / BASIS_POINTS));
    }

    // --- what is paid in advance ---

    /// @dev Seats of `count` rounds, none of them void, after `grown` others.
    function _seatsOfRounds(GhostJob storage job, uint256 grown, uint256 count) internal view returns (uint256 seats) {
        for (uint256 i; i < count; ++i) {
            seats += _sizeAfter(job, grown + i);
        }
    }

    /// @dev Seats of the requester's rounds.
    function _ownSeats(GhostJob storage job) internal view returns (uint256) {
        if (job.request.terms.mode() == MODE_OPTIMISTIC) return 1;
        return _seatsOfRounds(job, 0, job.request.terms.rounds());
    }

    // --- division ---

    /// @dev Who pays for a round: zero is the requester, else the number of the appeal, from one on.
    function _payerOf(GhostJob storage job, uint256 round) private view returns (uint256 payer) {
        for (uint256 i; i < job.appeals.length; ++i) {
            if (job.appeals[i].round < round) payer = i + 1;
        }
    }

    function _divide(GhostJob storage job) internal view returns (GhostDivision memory d) {
        uint256[] memory spent = new uint256[](1 + job.appeals.length);
        for (uint256 i; i < job.votes.length; ++i) {
            GhostVote storage v = job.votes[i];
            if (v.undone) continue;
            if (_isRight(job, v)) {
                spent[_payerOf(job, v.round)] += _feeOf(job, v);
                d.royalty += _shareOf(job, v, job.rules.royaltyBps());
                d.treasury += _shareOf(job, v, job.rules.protocolFeeBps());
            } else if (_isAnswered(job) || !v.spoken) {
                d.lostSeats += v.seats;
            }
        }
        d.refund = _atCap(job, _ownSeats(job)) - spent[0];
        if (!_isAnswered(job)) d.refund += _deliveryFee(job);

        uint256 forfeited = d.lostSeats * _bond(job);
        for (uint256 i; i < job.appeals.length; ++i) {
            if (_isWrong(job, i)) forfeited += _bond(job);
        }
        d.burned = forfeited * job.rules.burnBps() / BASIS_POINTS;
        _payAppellants(job, d, forfeited - d.burned, spent);
    }

    /// @dev What was lost repays the right ones, the earliest first, and then rewards them; the rest is the treasury's.
    function _payAppellants(GhostJob storage job, GhostDivision memory d, uint256 pool, uint256[] memory spent)
        private
        view
    {
        d.dues = new uint256[](job.appeals.length);
        for (uint256 i; i < job.appeals.length; ++i) {
            d.dues[i] = _atCap(job, job.appeals[i].seats) - spent[i + 1];
            if (!_isWrong(job, i)) d.dues[i] += _bond(job);
        }
        if (_isAnswered(job)) {
            for (uint256 i; i < job.appeals.length; ++i) {
                if (!_isWrong(job, i)) pool = _pour(d, i, pool, spent[i + 1]);
            }
            for (uint256 i; i < job.appeals.length; ++i) {
                if (!_isWrong(job, i)) pool = _pour(d, i, pool, _reward(job));
            }
        } else {
            for (uint256 i; i < job.appeals.length; ++i) {
                uint256 forfeit = _atCap(job, job.appeals[i].first);
                d.dues[i] -= forfeit;
                d.treasury += forfeit;
            }
        }
        d.treasury += pool;
    }

    /// @dev Pays an appellant what it is to have, or what there is; says what is left.
    function _pour(GhostDivision memory d, uint256 number, uint256 pool, uint256 amount)
        private
        pure
        returns (uint256)
    {
        if (amount > pool) amount = pool;
        d.dues[number] += amount;
        return pool - amount;
    }
}
