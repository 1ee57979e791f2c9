// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlement} from "../interfaces/ISettlement.sol";
import {Sortition} from "../libraries/Sortition.sol";
import {COMMITTING, JobWord} from "../types/JobWord.sol";
import {JobKey, RequestLib} from "../types/Request.sol";
import {Rules} from "../types/Rules.sol";
import {Terms} from "../types/Terms.sol";
import {PROPOSAL, RING, VoteLib} from "../types/Vote.sol";
import {Appeals} from "./Appeals.sol";

/// @title Seating: the seats of committees, taken with commitments
abstract contract Seating is Appeals {
    /// @inheritdoc ISettlement
    function commit(JobKey calldata key, address worker, bytes32 commitment, uint256 seats) external {
        bytes32 id = _idOf(key);
        JobWord j = _jobs[id];
        Lot memory lot;
        lot.worker = worker;
        bytes memory refused;
        (seats, refused) = _seatsLeft(key.terms, id, j, lot, seats);
        if (refused.length != 0) _bubble(refused);
        // The vault calls nobody, so nothing can come between this and the effects below.
        uint256 bonds = seats * key.terms.bond();
        if (j.committed() == 0) (lot.weight, lot.total) = _vault.bondWithTotal(worker, msg.sender, bonds, j.time());
        else lot.weight = _vault.bond(worker, msg.sender, bonds, j.time());
        uint256 seat;
        (seat, refused) = _take(key.terms, id, j, lot, commitment, seats);
        if (refused.length != 0) _bubble(refused);
        emit Committed(id, worker, seat);
    }

    /// @inheritdoc ISettlement
    function commitMany(Terms terms, Rules rules, address worker, uint256 seats, Bid[] calldata bids) external {
        bytes32[] memory ids = new bytes32[](bids.length);
        uint256[] memory places = new uint256[](bids.length);
        Lot memory lot;
        lot.worker = worker;
        uint256 taken;
        for (uint256 i; i < bids.length; ++i) {
            (bytes32 id, uint256 seat, bytes memory refused) = _bid(terms, rules, lot, seats, bids[i]);
            if (refused.length == 0) (ids[i], places[i], taken) = (id, seat, taken + (seat >> 32));
            else emit BatchItemFailed(i, refused);
        }
        if (taken == 0) return;
        emit CommittedMany(worker, ids, places);
        // The bonds of all seats at once. The vault reverts unless the sender may work.
        _vault.bond(worker, msg.sender, taken * terms.bond(), lot.time);
    }

    /// @inheritdoc ISettlement
    function seatsOf(JobKey calldata key, address worker) external view returns (uint256 seats, uint256 slot) {
        bytes32 id = _idOf(key);
        JobWord j = _jobs[id];
        if (j.status() != COMMITTING || block.timestamp >= j.time() + key.terms.commitSeconds()) return (0, 0);
        if (j.committed() == 0) {
            if (_entropyOf(j.seedBlock()) == 0) return (0, 0);
            j = j.withSeed(_seedOf(id, j), _vault.totalAt(j.time()));
        }
        uint256 ticket = Sortition.ticket(j.seed(), worker);
        (uint256 weight,) = _vault.weightOf(worker, j.time());
        if (key.terms.isOpen(j.grown())) {
            uint256 elapsed = block.timestamp - j.time();
            bool drawn = Sortition.mayPropose(ticket, elapsed, key.terms.commitSeconds(), weight, j.total());
            return (drawn ? 1 : 0, PROPOSAL);
        }
        return (_entitled(key.terms, j, key.terms.committeeAfter(j.grown()), ticket, weight), ticket % RING);
    }

    function _bid(Terms terms, Rules rules, Lot memory lot, uint256 seats, Bid calldata bid)
        private
        returns (bytes32 id, uint256 seat, bytes memory refused)
    {
        id = RequestLib.id(_queue, terms, rules, bid.body);
        JobWord j = _jobs[id];
        _weigh(lot, j.time());
        (seats, refused) = _seatsLeft(terms, id, j, lot, seats);
        if (refused.length == 0) (seat, refused) = _take(terms, id, j, lot, bid.commitment, seats);
    }

    /// @dev How many of the seats that are asked for are left, or the error that says why none is.
    function _seatsLeft(Terms terms, bytes32 id, JobWord j, Lot memory lot, uint256 asked)
        private
        view
        returns (uint256 seats, bytes memory refused)
    {
        if (j.status() != COMMITTING) return (0, abi.encodeWithSelector(WrongStatus.selector, id, j.status()));
        unchecked {
            uint256 end = j.time() + terms.commitSeconds(); // 34 and 24 bits
            if (block.timestamp >= end) {
                return (0, abi.encodeWithSelector(CommitPhaseOver.selector, end, block.timestamp));
            }
            uint256 size = terms.committeeAfter(j.grown());
            // Committees have three seats at least.
            if (size == 1) return (0, abi.encodeWithSelector(OpenRound.selector, id, j.round()));
            lot.size = size;
            seats = size - j.committed(); // a round that is committing has seats left
        }
        if (asked < seats) seats = asked;
        if (seats == 0) refused = abi.encodeWithSelector(NoSeats.selector);
    }

    /// @dev Takes seats that are left and says where, as `Committed` does, or returns the error that says why not. The bond
    /// is the caller's business.
    function _take(Terms terms, bytes32 id, JobWord j, Lot memory lot, bytes32 commitment, uint256 seats)
        private
        returns (uint256 seat, bytes memory refused)
    {
        uint256 meant = uint8(uint256(commitment));
        if (meant != j.round()) return (0, abi.encodeWithSelector(WrongRound.selector, id, j.round(), meant));
        if (j.committed() == 0) {
            uint256 seed = _seedOf(id, j);
            if (seed == 0) return (0, _noSeed(j));
            j = j.withSeed(seed, lot.total);
        }
        (seat, refused) = _drawn(terms, j, lot, seats);
        if (refused.length != 0) return (0, refused);

        uint256 step = terms.isRange() ? Sortition.step(block.timestamp - j.time(), terms.commitSeconds()) : 0;
        _votes[_ringPlace(lot.worker, seat)] = VoteLib.commit(id, j.round(), commitment, seats, step);
        seat |= seats << 32 | j.round() << 16;
        j = j.addCommitted(seats);
        _jobs[id] = j.committed() == lot.size ? j.revealing(block.timestamp) : j;
    }

    /// @dev Where the vote of a worker that is drawn for so many seats goes, or the error that says why it cannot.
    function _drawn(Terms terms, JobWord j, Lot memory lot, uint256 seats)
        private
        view
        returns (uint256 slot, bytes memory refused)
    {
        uint256 ticket = Sortition.ticket(j.seed(), lot.worker);
        uint256 entitled = _entitled(terms, j, lot.size, ticket, lot.weight);
        slot = ticket % RING;
        if (seats > entitled) {
            refused = abi.encodeWithSelector(NotDrawn.selector, lot.worker, entitled, seats);
        } else if (_votes[_ringPlace(lot.worker, slot)].isBusy()) {
            refused = abi.encodeWithSelector(SlotBusy.selector, lot.worker, slot);
        }
    }

    function _entitled(Terms terms, JobWord j, uint256 size, uint256 ticket, uint256 weight)
        private
        view
        returns (uint256)
    {
        unchecked {
            uint256 elapsed = block.timestamp - j.time(); // the round opened in the past
            return Sortition.seats(ticket, size, elapsed, terms.commitSeconds(), weight, j.total());
        }
    }
}
