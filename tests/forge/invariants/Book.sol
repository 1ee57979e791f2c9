// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {COMMITTING, DECIDED, PROPOSED, REVEALING} from "../../../contracts/types/JobWord.sol";
import {JobKey, RequestLib} from "../../../contracts/types/Request.sol";
import {EXACT} from "../../../contracts/types/Rules.sol";
import {MODE_OPTIMISTIC} from "../../../contracts/types/Terms.sol";
import {Fixture} from "../utils/Fixture.sol";
import {GhostJob, GhostVote, GhostWorker} from "./Ghosts.sol";

/// @dev The ghost accounts, and the rules of rounds in plain words: loops over votes instead of packed counters.
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

    /// @dev Seats of the round after so many that were not void.
    function _sizeAfter(GhostJob storage job, uint256 grown) internal view returns (uint256 size) {
        if (job.request.terms.mode() == MODE_OPTIMISTIC) {
            if (grown == 0) return 1;
            --grown;
        }
        size = job.request.terms.committee();
        for (uint256 i; i < grown; ++i) {
            size = size > 31 ? 63 : 2 * size + 1;
        }
    }

    function _size(GhostJob storage job) internal view returns (uint256) {
        return _sizeAfter(job, job.grown);
    }

    function _isOpenRound(GhostJob storage job) internal view returns (bool) {
        return job.grown == 0 && job.request.terms.mode() == MODE_OPTIMISTIC;
    }

    function _isLastRound(GhostJob storage job) internal view returns (bool) {
        return job.round + 1 == job.request.terms.rounds();
    }

    function _quorum(GhostJob storage job) internal view returns (uint256) {
        uint256 size = _size(job);
        return _isLastRound(job) ? size / 2 + 1 : size - size / 3;
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

    /// @dev Seats of the round under way behind an answer, and the steps of all their prices.
    function _behind(GhostJob storage job, uint256 answer) internal view returns (uint256 seats, uint256 steps) {
        for (uint256 i; i < job.votes.length; ++i) {
            GhostVote storage v = job.votes[i];
            if (v.round != job.round || v.backing >> answer & 1 == 0) continue;
            seats += v.seats;
            steps += uint256(v.seats) * v.step;
        }
    }

    function _isReference(GhostJob storage job, uint256 answer) internal view returns (bool) {
        (uint256 seats,) = _behind(job, answer);
        return seats != 0;
    }

    /// @dev The next round is open.
    function _openNext(GhostJob storage job) internal {
        job.round += 1;
        job.status = uint8(COMMITTING);
        job.since = uint64(block.timestamp);
        job.seedBlock = uint64(block.number + 1);
        (job.committed, job.revealed) = (0, 0);
    }

    // --- answers that can be appealed ---

    function _isAnswered(GhostJob storage job) internal view returns (bool) {
        return job.status == DECIDED || job.status == PROPOSED;
    }

    /// @dev When the answer there is becomes final; zero: at once.
    function _finalAt(GhostJob storage job) internal view returns (uint256) {
        uint256 window = job.request.terms.appealWindow();
        if (window == 0 || _isLastRound(job)) return 0;
        return window + (job.status == PROPOSED ? job.since : _revealEnd(job));
    }

    function _isFinal(GhostJob storage job) internal view returns (bool) {
        return _isAnswered(job) && block.timestamp >= _finalAt(job);
    }

    function _canAppeal(GhostJob storage job) internal view returns (bool) {
        if (!_isAnswered(job) || block.timestamp >= _finalAt(job)) return false;
        return job.status == PROPOSED || job.revealed == job.committed || block.timestamp >= _revealEnd(job);
    }

    /// @dev Who gave the answer of the open round; nobody if there is none.
    function _proposer(GhostJob storage job) internal view returns (address) {
        if (job.votes.length == 0 || !job.votes[0].isProposal) return address(0);
        return job.votes[0].worker; // no committee comes before an open round
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

    function _ballotOf(GhostJob storage job, GhostVote storage v)
        internal
        view
        returns (ISettlementTypes.Ballot memory b)
    {
        b.place = uint256(v.round) << 16 | v.slot;
        b.first = v.spoken ? _digest(job, v.answer) : v.commitment;
        if (v.spoken && v.supported != v.answer) b.second = _digest(job, v.supported);
    }
}
