// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {COMMITTING} from "../../../contracts/types/JobWord.sol";
import {PROPOSAL, RING} from "../../../contracts/types/Vote.sol";
import {Book} from "./Book.sol";
import {GhostJob, GhostWorker} from "./Ghosts.sol";

/// @dev Who is drawn for how many seats, and at what price: the rules of docs/protocol.md as one fraction.
abstract contract Draw is Book {
    uint256 private constant KNOWN_BLOCKS = 256;
    uint256 private constant STEPS = 255;

    /// @dev Whether seats can be taken now.
    function _isDrawing(GhostJob storage job) internal view returns (bool) {
        if (job.status != COMMITTING || block.timestamp >= _commitEnd(job)) return false;
        return job.committed != 0 || _isSeedKnown(job);
    }

    function _isSeedKnown(GhostJob storage job) internal view returns (bool) {
        return block.number > job.seedBlock && block.number <= job.seedBlock + KNOWN_BLOCKS;
    }

    function _hasLostSeed(GhostJob storage job) internal view returns (bool) {
        return job.committed == 0 && block.number > job.seedBlock + KNOWN_BLOCKS;
    }

    /// @dev The first commitment keeps it, because the hash ages.
    function _seedOf(GhostJob storage job) internal view returns (uint256) {
        if (job.committed != 0) return job.seed;
        return uint256(keccak256(abi.encode(blockhash(job.seedBlock), job.id, uint256(job.round)))) >> 160;
    }

    /// @dev Seats a worker may take now, and where its vote would lie.
    function _drawn(GhostJob storage job, address worker) internal view returns (uint256 seats, uint256 slot) {
        if (!_isDrawing(job)) return (0, 0);
        uint256 ticket = uint256(keccak256(abi.encode(_seedOf(job), worker)));
        (uint256 weight, uint256 total) = _weights(job, worker);
        (uint256 length, uint256 elapsed) = (job.request.terms.commitSeconds(), block.timestamp - job.since);
        if (_isOpenRound(job)) {
            // The draw is one seat at first, two after half of the time, and in the end without bound.
            return (_seats(ticket, weight * length, total * (length - elapsed)) == 0 ? 0 : 1, PROPOSAL);
        }
        uint256 growth = 2 * elapsed > length ? 2 * elapsed - length : 0;
        return (_seats(ticket, weight * _size(job) * (length + growth), total * length), ticket % RING);
    }

    /// @dev The whole seats of a share, and one more if the lot is below what is left of it.
    function _seats(uint256 ticket, uint256 share, uint256 whole) private pure returns (uint256) {
        if (whole == 0) return 0;
        bool oneMore = (ticket >> 128) * whole < (share % whole) << 128;
        return share / whole + (oneMore ? 1 : 0);
    }

    /// @dev Stake counts as the lesser of what it was when the round opened and what it is in this epoch.
    function _weights(GhostJob storage job, address worker) private view returns (uint256 weight, uint256 total) {
        GhostWorker storage w = _workers[worker];
        if (job.since / EPOCH == block.timestamp / EPOCH) return (w.weight, _total);
        return (w.previousWeight < w.weight ? w.previousWeight : w.weight, _previousTotal);
    }

    /// @dev Of the price of a seat that is taken now.
    function _stepNow(GhostJob storage job) internal view returns (uint256) {
        if (job.request.terms.seatFee() == job.request.terms.seatFeeCap()) return 0;
        (uint256 length, uint256 elapsed) = (job.request.terms.commitSeconds(), block.timestamp - job.since);
        if (_isOpenRound(job)) return STEPS * elapsed / length;
        return elapsed <= length / 2 ? 0 : STEPS * (2 * elapsed - length) / length;
    }
}
