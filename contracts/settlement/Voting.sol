// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlement} from "../interfaces/ISettlement.sol";
import {Sortition} from "../libraries/Sortition.sol";
import {Tolerance} from "../libraries/Tolerance.sol";
import {COMMITTING, DECIDED, JobWord, REVEALING} from "../types/JobWord.sol";
import {JobKey} from "../types/Request.sol";
import {TOLERANCE} from "../types/Rules.sol";
import {Tally} from "../types/Tally.sol";
import {COMMITTED, PROPOSAL, REVEALED, RING, Vote, VoteLib} from "../types/Vote.sol";
import {Appeals} from "./Appeals.sol";

/// @title Voting: commit, reveal, decide
abstract contract Voting is Appeals {
    /// @inheritdoc ISettlement
    function commit(JobKey calldata key, address worker, bytes32 commitment, uint256 seats) external {
        bytes32 id = _idOf(key);
        JobWord j = _jobs[id];
        uint256 size = _requireCommitting(key, id, j);
        uint256 taken = j.committed();
        if (taken == 0) {
            uint256 seed = _seedOf(id, j);
            if (seed == 0) _bubble(_noSeed(j));
            j = j.withSeed(seed, _vault.totalAt(j.time()));
        }
        unchecked {
            if (seats > size - taken) seats = size - taken; // a round that is committing has seats left
        }
        if (seats == 0) revert NoSeats();

        uint256 ticket = Sortition.ticket(j.seed(), worker);
        uint256 slot = ticket % RING;
        if (_votes[_ringPlace(worker, slot)].isBusy()) revert SlotBusy(worker, slot);
        // The vault calls nobody, so nothing can come between this and the effects below.
        _bond(key, j, worker, size, ticket, seats);

        _votes[_ringPlace(worker, slot)] = VoteLib.commit(id, j.round(), commitment, seats, _step(key, j));
        emit Committed(id, worker, seats << 32 | j.round() << 16 | slot);
        j = j.addCommitted(seats);
        _jobs[id] = taken + seats == size ? j.revealing(block.timestamp) : j;
    }

    /// @inheritdoc ISettlement
    function reveal(JobKey calldata key, address worker, uint256 slot, bytes32 salt, bytes calldata result) external {
        (bytes32 id, JobWord j) = _revealing(key);
        bytes32 digest = keccak256(result);
        if (!_isKnown(id, j, digest)) emit ResultPublished(id, result);
        _record(key, id, j, worker, slot, salt, digest, 0);
    }

    /// @inheritdoc ISettlement
    function revealKnown(JobKey calldata key, address worker, uint256 slot, bytes32 salt, bytes32 digest) external {
        (bytes32 id, JobWord j) = _revealing(key);
        if (!_isKnown(id, j, digest)) revert UnknownDigest(digest);
        _record(key, id, j, worker, slot, salt, digest, 0);
    }

    /// @inheritdoc ISettlement
    function revealNear(
        JobKey calldata key,
        address worker,
        uint256 slot,
        bytes32 salt,
        bytes calldata result,
        bytes calldata referenceResult
    ) external {
        (bytes32 id, JobWord j) = _revealing(key);
        bytes32 digest = keccak256(result);
        bytes32 supported = _requireNear(key, id, j, digest, result, referenceResult);
        _record(key, id, j, worker, slot, salt, digest, supported == digest ? bytes32(0) : supported);
    }

    /// @inheritdoc ISettlement
    function addSupport(
        JobKey calldata key,
        address worker,
        Ballot calldata ballot,
        bytes calldata result,
        bytes calldata referenceResult
    ) external {
        (bytes32 id, JobWord j) = _revealing(key);
        if (j.status() != REVEALING) revert WrongStatus(id, j.status());
        Vote v = _opened(id, worker, ballot);
        bool opened = v.stage() == REVEALED && _roundOf(ballot) == j.round() && keccak256(result) == ballot.first;
        if (!opened) revert NoSuchVote(id, worker, _slotOf(ballot));
        bytes32 added = _requireNear(key, id, j, ballot.first, result, referenceResult);
        _jobs[id] = _addSupport(key, id, j, worker, ballot, added, v.tally());
    }

    // --- views ---

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
        return (_entitled(key, j, key.terms.committeeAfter(j.grown()), ticket, weight), ticket % RING);
    }

    // --- commit ---

    function _requireCommitting(JobKey calldata key, bytes32 id, JobWord j) private view returns (uint256 size) {
        if (j.status() != COMMITTING) revert WrongStatus(id, j.status());
        unchecked {
            uint256 end = j.time() + key.terms.commitSeconds(); // 34 and 24 bits
            if (block.timestamp >= end) revert CommitPhaseOver(end, block.timestamp);
        }
        size = key.terms.committeeAfter(j.grown());
        if (size == 1) revert OpenRound(id, j.round()); // committees have three seats at least
    }

    /// @dev Moves the bonds of seats into the job, if the worker is entitled to so many.
    function _bond(JobKey calldata key, JobWord j, address worker, uint256 size, uint256 ticket, uint256 seats)
        private
    {
        uint256 weight = _vault.bond(worker, msg.sender, seats * key.terms.bond(), j.time());
        uint256 entitled = _entitled(key, j, size, ticket, weight);
        if (seats > entitled) revert NotDrawn(worker, entitled, seats);
    }

    /// @dev Of the price of seats that are taken now.
    function _step(JobKey calldata key, JobWord j) private view returns (uint256) {
        if (!key.terms.isRange()) return 0;
        return Sortition.step(block.timestamp - j.time(), key.terms.commitSeconds());
    }

    function _entitled(JobKey calldata key, JobWord j, uint256 size, uint256 ticket, uint256 weight)
        private
        view
        returns (uint256)
    {
        unchecked {
            uint256 elapsed = block.timestamp - j.time(); // the round opened in the past
            return Sortition.seats(ticket, size, elapsed, key.terms.commitSeconds(), weight, j.total());
        }
    }

    // --- reveal ---

    /// @dev The job in its reveal phase, which begins by itself when the time to commit is over.
    function _revealing(JobKey calldata key) private view returns (bytes32 id, JobWord j) {
        id = _idOf(key);
        j = _jobs[id];
        uint256 status = j.status();
        // Times have 34 bits, phases 24.
        unchecked {
            if (status == COMMITTING) {
                uint256 commitEnd = j.time() + key.terms.commitSeconds();
                if (block.timestamp < commitEnd) revert CommitPhaseOpen(commitEnd, block.timestamp);
                uint256 quorum = _quorum(key.terms, j);
                if (j.committed() < quorum) revert ShortRound(j.committed(), quorum);
                j = j.revealing(commitEnd);
            } else if (status != REVEALING && status != DECIDED) {
                revert WrongStatus(id, status);
            }
            uint256 end = j.time() + key.terms.revealSeconds();
            if (block.timestamp >= end) revert RevealPhaseOver(end, block.timestamp);
        }
    }

    function _record(
        JobKey calldata key,
        bytes32 id,
        JobWord j,
        address worker,
        uint256 slot,
        bytes32 salt,
        bytes32 digest,
        bytes32 supported
    ) private {
        // Else a copy of a pending reveal could name another reference and so spend the worker's vote.
        if (key.rules.numerics() == TOLERANCE && msg.sender != worker && msg.sender != _vault.signerOf(worker)) {
            revert NotTheWorker(worker, msg.sender);
        }
        Vote v = _votes[_ringPlace(worker, slot)];
        bytes32 commitment = commitmentOf(id, j.round(), worker, digest, salt);
        if (v.stage() != COMMITTED || !v.opens(id, j.round(), commitment, 0)) revert CommitmentMismatch(worker, slot);

        _votes[_ringPlace(worker, slot)] = v.reveal(id, j.round(), digest, supported);
        emit Revealed(id, worker, digest);
        if (supported != 0) emit Supported(id, worker, supported);
        _jobs[id] = _count(key, id, j.addRevealed(v.seats()), supported == 0 ? digest : supported, v.tally());
    }

    /// @dev Whether a reveal of this round has published, or become a reference with, this digest.
    function _isKnown(bytes32 id, JobWord j, bytes32 digest) private view returns (bool) {
        if (j.leading() == 0) return false;
        return j.mark() == _cut(digest) || _tallies[_tallyKey(id, j.round(), _cut(digest))].seats() != 0;
    }

    function _addSupport(
        JobKey calldata key,
        bytes32 id,
        JobWord j,
        address worker,
        Ballot calldata ballot,
        bytes32 added,
        Tally tally
    ) private returns (JobWord) {
        bytes32 supported = ballot.second == 0 ? ballot.first : ballot.second;
        bytes32 supportKey = _supportKey(id, j.round(), worker, _cut(added));
        if (_cut(added) == _cut(supported) || _supports[supportKey]) revert SupportedAlready(worker, added);
        _supports[supportKey] = true;
        emit Supported(id, worker, added);
        return _count(key, id, j, added, tally);
    }

    function _requireNear(
        JobKey calldata key,
        bytes32 id,
        JobWord j,
        bytes32 digest,
        bytes calldata result,
        bytes calldata referenceResult
    ) private view returns (bytes32 supported) {
        if (key.rules.numerics() != TOLERANCE) revert NotTolerance(id);
        supported = keccak256(referenceResult);
        if (!_isKnown(id, j, supported)) revert UnknownDigest(supported);
        _requireClose(digest, result, supported, referenceResult, key.rules, Tolerance.SUPPORT);
    }

    /// @dev Adds seats behind a digest; the first digest to reach the quorum decides the round.
    function _count(JobKey calldata key, bytes32 id, JobWord j, bytes32 digest, Tally tally) private returns (JobWord) {
        uint160 cut = _cut(digest);
        Tally behind = tally;
        if (j.leading() == 0) {
            j = j.withLeader(cut, tally);
        } else if (j.mark() == cut) {
            behind = tally.plus(j.leader());
            j = j.addLeading(tally);
        } else {
            bytes32 tallyKey = _tallyKey(id, j.round(), cut);
            behind = tally.plus(_tallies[tallyKey]);
            _tallies[tallyKey] = behind;
        }
        if (j.status() != REVEALING || behind.seats() < _quorum(key.terms, j)) return j;

        emit Decided(id, bytes20(cut));
        if (j.mark() != cut) {
            _tallies[_tallyKey(id, j.round(), j.mark())] = j.leader();
            j = j.withLeader(cut, behind);
        }
        return j.withStatus(DECIDED);
    }
}
