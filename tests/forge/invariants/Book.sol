// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlement} from "../../../contracts/interfaces/ISettlement.sol";
import {COMMITTING, DECIDED, REFUNDED, REVEALING, UNRESOLVED} from "../../../contracts/types/JobWord.sol";
import {JobKey, RequestLib} from "../../../contracts/types/Request.sol";
import {EXACT} from "../../../contracts/types/Rules.sol";
import {Fixture} from "../utils/Fixture.sol";
import {GhostJob, GhostVote, GhostWorker, Stage} from "./Ghosts.sol";

/// @dev The ghost accounts, and the protocol's rules in plain words: loops over votes instead of packed counters.
abstract contract Book is Fixture {
    uint256 internal constant ANSWERS = 8;

    GhostJob[] internal _book;
    /// @dev Wei.
    mapping(address account => uint256) internal _credit;
    mapping(address worker => GhostWorker) internal _workers;
    mapping(address worker => mapping(uint256 slot => bool)) internal _busy;
    uint256 internal _burned;
    /// @dev Units: free stake of active workers, and bonds that are out.
    uint256 internal _standing;
    uint256 internal _bondsOut;
    uint256 internal _total;
    uint256 internal _previousTotal;
    /// @dev Wei in the pots of all jobs.
    uint256 internal _pots;

    // --- answers ---

    /// @dev Two families of results: for TOLERANCE quarters of a tolerance, so that some are near and some are not.
    function _result(GhostJob storage job, uint256 answer) internal view returns (bytes memory) {
        if (job.rules.numerics() == EXACT) return abi.encodePacked("answer", uint8(answer));
        return _quarters(_position(answer));
    }

    function _position(uint256 answer) private pure returns (uint256) {
        return uint8([0, 2, 4, 5, 8, 12, 13, 100][answer]);
    }

    function _digest(GhostJob storage job, uint256 answer) internal view returns (bytes32) {
        return keccak256(_result(job, answer));
    }

    function _near(GhostJob storage job, uint256 a, uint256 b, uint256 width) internal view returns (bool) {
        if (job.rules.numerics() == EXACT) return a == b;
        (uint256 x, uint256 y) = (_position(a), _position(b));
        return (x > y ? x - y : y - x) <= 4 * width;
    }

    // --- a round ---

    function _size(GhostJob storage job) internal view returns (uint256 size) {
        size = job.request.terms.committee();
        for (uint256 i; i < job.grown; ++i) {
            size = size > 31 ? 63 : 2 * size + 1;
        }
    }

    function _quorum(GhostJob storage job) internal view returns (uint256) {
        uint256 size = _size(job);
        return job.round + 1 == job.request.terms.rounds() ? size / 2 + 1 : size - size / 3;
    }

    function _commitEnd(GhostJob storage job) internal view returns (uint256) {
        return job.since + job.request.terms.commitSeconds();
    }

    /// @dev When the reveal phase of the round ends, if it has begun or time has brought it about.
    function _revealEnd(GhostJob storage job) internal view returns (uint256) {
        uint256 begin = job.status == COMMITTING ? _commitEnd(job) : job.since;
        return begin + job.request.terms.revealSeconds();
    }

    function _canReveal(GhostJob storage job) internal view returns (bool) {
        if (block.timestamp >= _revealEnd(job)) return false;
        if (job.status == REVEALING || job.status == DECIDED) return true;
        return job.status == COMMITTING && block.timestamp >= _commitEnd(job) && job.committed >= _quorum(job);
    }

    /// @dev Seats of the round under way behind an answer.
    function _behind(GhostJob storage job, uint256 answer) internal view returns (uint256 seats) {
        for (uint256 i; i < job.votes.length; ++i) {
            GhostVote storage v = job.votes[i];
            if (v.round == job.round && v.backing >> answer & 1 == 1) seats += v.seats;
        }
    }

    function _decideIfReached(GhostJob storage job, uint256 answer) internal {
        if (job.status == REVEALING && _behind(job, answer) >= _quorum(job)) {
            job.status = uint8(DECIDED);
            job.settled = uint8(answer);
        }
    }

    // --- judging ---

    function _isRight(GhostJob storage job, GhostVote storage v) internal view returns (bool) {
        if (job.status != DECIDED || v.stage == Stage.VOTED || v.undone) return false;
        if (job.rules.numerics() == EXACT) return v.answer == job.settled;
        return v.vindicated || (v.round == job.round && v.backing >> job.settled & 1 == 1);
    }

    /// @dev Seats that are right, and seats whose bonds are lost, of votes claimed or not. A vote taken back was not
    /// silent unless the job was closed before, so this is asked once, at the close.
    function _judge(GhostJob storage job) internal view returns (uint256 right, uint256 lost) {
        for (uint256 i; i < job.votes.length; ++i) {
            GhostVote storage v = job.votes[i];
            if (v.undone || job.status == REFUNDED) continue;
            if (_isRight(job, v)) right += v.seats;
            else if (job.status == DECIDED || v.stage == Stage.VOTED) lost += v.seats;
        }
    }

    function _isClosable(GhostJob storage job) internal view returns (bool) {
        if (job.closed) return false;
        if (job.status == UNRESOLVED || job.status == REFUNDED) return true;
        if (job.status != DECIDED) return false;
        if (job.grown == 0 && _behind(job, job.settled) == job.committed) return true;
        if (job.rules.numerics() == EXACT) {
            return job.revealed == job.committed || block.timestamp >= _revealEnd(job);
        }
        return block.timestamp >= _revealEnd(job) + job.request.terms.revealSeconds();
    }

    function _isFinished(GhostJob storage job) internal view returns (bool) {
        if (!job.closed || (job.status == DECIDED && !job.feePaid && _deliveryFee(job) != 0)) return false;
        for (uint256 i; i < job.votes.length; ++i) {
            if (job.votes[i].stage != Stage.TAKEN_BACK) return false;
        }
        return true;
    }

    // --- money ---

    function _deliveryFee(GhostJob storage job) internal view returns (uint256) {
        return job.request.callback.deliveryFee() * UNIT;
    }

    function _seatFee(GhostJob storage job) internal view returns (uint256) {
        return job.request.terms.seatFee() * UNIT;
    }

    /// @dev Seat fees of every round at full size.
    function _escrowedFees(GhostJob storage job) internal view returns (uint256 wei_) {
        uint256 size = job.request.terms.committee();
        for (uint256 r; r < job.request.terms.rounds(); ++r) {
            wei_ += size * _seatFee(job);
            size = size > 31 ? 63 : 2 * size + 1;
        }
    }

    function _take(GhostJob storage job, address to, uint256 amount) internal {
        _credit[to] += amount;
        job.pot -= amount;
        _pots -= amount;
    }

    function _give(GhostJob storage job, uint256 amount) internal {
        job.pot += amount;
        _pots += amount;
    }

    // --- epochs ---

    /// @dev Goes forward in time; what stands when an epoch begins is what counts in it.
    function _goTo(uint256 timestamp, uint256 blockNumber) internal {
        uint256 epochs = timestamp / EPOCH - block.timestamp / EPOCH;
        if (epochs != 0) {
            uint256 now_ = _standing + _bondsOut;
            _previousTotal = epochs == 1 ? _total : now_;
            _total = now_;
            for (uint256 i; i < workers.length; ++i) {
                GhostWorker storage w = _workers[workers[i]];
                uint256 standing = w.active ? w.free : 0;
                w.previousWeight = epochs == 1 ? w.weight : standing;
                w.weight = standing;
            }
        }
        vm.warp(timestamp);
        vm.roll(blockNumber);
    }

    // --- naming jobs and votes to the contracts ---

    function _key(GhostJob storage job) internal view returns (JobKey memory key) {
        key.terms = job.request.terms;
        key.rules = job.rules;
        key.body = RequestLib.body(
            job.request.requester, job.request.nonce, job.request.versionId, job.request.inputHash, job.request.callback
        );
    }

    function _saltOf(GhostJob storage job, GhostVote storage v) internal view returns (bytes32) {
        return _salt(job.id, v.round, v.worker);
    }

    function _ballotOf(GhostJob storage job, GhostVote storage v) internal view returns (ISettlement.Ballot memory b) {
        b.place = uint256(v.round) << 16 | v.slot;
        b.first = v.stage == Stage.VOTED ? v.commitment : _digest(job, v.answer);
        if (v.stage == Stage.SPOKEN && v.supported != v.answer) b.second = _digest(job, v.supported);
    }
}
