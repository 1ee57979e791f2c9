// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {COMMITTING, PROPOSED, REFUNDED, REVEALING, UNRESOLVED} from "../../../contracts/types/JobWord.sol";
import {EXACT} from "../../../contracts/types/Rules.sol";
import {PROPOSAL} from "../../../contracts/types/Vote.sol";
import {Act} from "./Act.sol";
import {GhostJob, GhostVote, GhostWorker} from "./Ghosts.sol";
import {RequestActs} from "./RequestActs.sol";

/// @dev How rounds fill and pass: workers that propose or commit the truth or a lie, and the steps anyone may take.
abstract contract RoundActs is RequestActs {
    /// @dev What a worker is about to try.
    struct Seat {
        address worker;
        uint256 slot;
        uint256 entitled;
        uint256 wanted;
        uint256 taken;
        uint256 answer;
        bytes32 commitment;
        uint256 foreign;
        bool fine;
    }

    function post(uint256 seed) external from(seed) {
        if (_postSome() && _chance(60)) _fill(_book[_book.length - 1]);
    }

    /// @dev Open rounds get a proposal, committees commitments.
    function fill(uint256 seed) external from(seed) {
        (bool found, GhostJob storage job) = _someJobThat(_isFilling);
        if (found) _fill(job);
    }

    function advance(uint256 seed) external from(seed) {
        (bool found, GhostJob storage job) = _someJobThat(_canAdvance);
        if (!found) return;
        bytes memory data = abi.encodeCall(settlement.advance, (_key(job)));
        if (!_attempt(_canAdvance(job), stranger, address(settlement), data)) return;
        _advanced(job);
        _check(job);
    }

    /// @dev Every job under way in one call; those that cannot go on are left as they are.
    function batch(uint256 seed) external from(seed) {
        bytes[] memory calls = new bytes[](_live.length);
        uint256 possible;
        for (uint256 i; i < calls.length; ++i) {
            GhostJob storage job = _book[_live[i]];
            calls[i] = abi.encodeCall(settlement.advance, (_key(job)));
            if (_canAdvance(job)) ++possible;
        }
        if (possible == 0) return;
        _attempt(true, stranger, address(settlement), abi.encodeCall(settlement.batch, (calls)));
        for (uint256 i; i < calls.length; ++i) {
            GhostJob storage job = _book[_live[i]];
            if (!_canAdvance(job)) continue;
            _advanced(job);
            _check(job);
            _did(Act.BATCH);
        }
    }

    function _isFilling(GhostJob storage job) internal view returns (bool) {
        return job.status == COMMITTING && block.timestamp < _commitEnd(job);
    }

    /// @dev As a rule the seed is awaited first, and often some of the ramp.
    function _fill(GhostJob storage job) private {
        if (job.committed == 0 && block.number <= job.seedBlock && _chance(90)) {
            _goTo(block.timestamp + _pick(12), job.seedBlock + 1);
            vm.setBlockhash(job.seedBlock, bytes32(_random()));
        }
        if (_isFilling(job) && _chance(20)) {
            _goTo(_between(block.timestamp, _commitEnd(job) - 1), block.number + 1);
        }
        uint256 first = _pick(workers.length);
        bool open = _isOpenRound(job);
        for (uint256 i = _chance(50) ? workers.length : _between(1, workers.length); i != 0; --i) {
            Seat memory seat;
            seat.worker = workers[(first + i) % workers.length];
            (seat.entitled, seat.slot) = _drawn(job, seat.worker);
            if (i == 1) _checkDraw(job, seat);
            if (open) _proposeOne(job, seat);
            else _commitOne(job, seat);
        }
        _check(job);
    }

    /// @dev In half of the rounds the workers have agreed upon an answer, the truth or a lie.
    function _answerNow(GhostJob storage job) private returns (uint256) {
        uint256 plot = uint256(keccak256(abi.encode(job.id, job.round)));
        return plot % 2 == 0 ? _someAnswer() : (plot >> 1) % ANSWERS;
    }

    function _checkDraw(GhostJob storage job, Seat memory seat) private view {
        (uint256 seats, uint256 slot) = settlement.seatsOf(_key(job), seat.worker);
        assertEq(seats, seat.entitled);
        assertEq(slot, seat.slot);
    }

    /// @dev Now and then the cold account instead of the signer, which is allowed only if they are one.
    function _someSender(address worker) internal returns (address sender, bool isSigner) {
        sender = _chance(5) ? worker : _workers[worker].signer;
        isSigner = sender == _workers[worker].signer;
    }

    function _bondLeaves(GhostJob storage job, address worker, uint256 seats) private {
        uint256 bond = seats * job.request.terms.bond();
        _workers[worker].free -= bond;
        _standing -= bond;
        _bondsOut += bond;
        _give(job, bond * UNIT);
    }

    // --- propose ---

    function _proposeOne(GhostJob storage job, Seat memory seat) private {
        address worker = seat.worker;
        GhostWorker storage w = _workers[worker];
        (address sender, bool fine) = _someSender(worker);
        fine = fine && seat.entitled == 1 && w.active && w.free >= job.request.terms.bond();
        uint256 answer = _answerNow(job);
        bytes memory data = abi.encodeCall(settlement.propose, (_key(job), worker, _result(job, answer)));
        if (_attempt(fine, sender, address(settlement), data)) _proposed(job, worker, answer);
    }

    function _proposed(GhostJob storage job, address worker, uint256 answer) internal {
        GhostVote storage v = job.votes.push();
        (v.worker, v.slot, v.seats, v.step) = (worker, uint16(PROPOSAL), 1, uint8(_stepNow(job)));
        (v.round, v.answer, v.supported, v.backing) = (job.round, uint8(answer), uint8(answer), uint16(1 << answer));
        (v.isProposal, v.spoken) = (true, true);
        _bondLeaves(job, worker, 1);
        job.status = uint8(PROPOSED);
        job.since = uint64(block.timestamp);
        job.settled = uint8(answer);
        (job.committed, job.revealed) = (1, 1);
        _did(answer == 0 ? Act.PROPOSE_TRUTH : Act.PROPOSE_LIE);
        _didIf(v.step != 0, Act.PROPOSE_ABOVE_LEAST);
        _didIf(job.round != 0, Act.PROPOSE_AFTER_VOID);
    }

    // --- commit ---

    function _commitOne(GhostJob storage job, Seat memory seat) private {
        seat.wanted = _chance(10) ? _pick(seat.entitled + 3) : _between(1, seat.entitled == 0 ? 1 : seat.entitled);
        _judgeSeat(job, seat);
        seat.answer = _answerNow(job);
        (address sender, bool fine) = _someSender(seat.worker);
        GhostWorker storage w = _workers[seat.worker];
        fine = fine && seat.fine && w.active && w.free >= seat.taken * job.request.terms.bond();
        if (_chance(4)) seat.foreign = _live[_pick(_live.length)];
        seat.commitment = _commitmentFor(seat.foreign == 0 ? job : _book[seat.foreign], seat);
        if (_chance(2)) seat.commitment ^= bytes32(uint256(1)); // for the round before or after
        fine = fine && uint8(uint256(seat.commitment)) == job.round;
        bytes memory data = abi.encodeCall(settlement.commit, (_key(job), seat.worker, seat.commitment, seat.wanted));
        if (_attempt(fine, sender, address(settlement), data)) _committed(job, seat);
    }

    function _commitmentFor(GhostJob storage job, Seat memory seat) internal view returns (bytes32) {
        bytes32 salt = _salt(job.id, job.round, seat.worker);
        return settlement.commitmentOf(job.id, job.round, seat.worker, _digest(job, seat.answer), salt);
    }

    /// @dev Whether the seat can be had by a worker that may work and has the stake.
    function _judgeSeat(GhostJob storage job, Seat memory seat) internal view {
        if (!_isDrawing(job)) return;
        uint256 room = _size(job) - job.committed;
        seat.taken = seat.wanted < room ? seat.wanted : room;
        seat.fine = seat.taken != 0 && seat.taken <= seat.entitled && !_busy[seat.worker][seat.slot];
    }

    function _committed(GhostJob storage job, Seat memory seat) internal {
        job.seed = _seedOf(job);
        GhostVote storage v = job.votes.push();
        (v.worker, v.slot, v.seats) = (seat.worker, uint16(seat.slot), uint8(seat.taken));
        (v.round, v.answer, v.commitment) = (job.round, uint8(seat.answer), seat.commitment);
        v.step = uint8(_stepNow(job));
        if (seat.foreign != 0 && _book[seat.foreign].id != job.id) v.foreign = seat.foreign;
        _busy[seat.worker][seat.slot] = true;
        _bondLeaves(job, seat.worker, seat.taken);
        job.committed += uint16(seat.taken);
        _didIf(seat.taken < seat.wanted, Act.COMMIT_LAST_SEATS);
        _didIf(v.step != 0, Act.COMMIT_ABOVE_LEAST);
        if (job.committed == _size(job)) {
            job.status = uint8(REVEALING);
            job.since = uint64(block.timestamp);
        }
        _did(seat.answer == 0 ? Act.COMMIT_TRUTH : Act.COMMIT_LIE);
    }

    // --- advance ---

    function _isShort(GhostJob storage job) private view returns (bool) {
        return job.status == COMMITTING && job.committed < _quorum(job);
    }

    function _canAdvance(GhostJob storage job) private view returns (bool) {
        if (job.status == COMMITTING && _isShort(job)) {
            return block.timestamp >= _commitEnd(job) || _hasLostSeed(job);
        }
        if (job.status != COMMITTING && job.status != REVEALING) return false;
        if (block.timestamp >= _revealEnd(job)) return true;
        return job.status == REVEALING && job.rules.numerics() == EXACT && job.revealed == job.committed;
    }

    function _advanced(GhostJob storage job) private {
        bool short = _isShort(job);
        bool open = _isOpenRound(job);
        if (short) _becomesVoid(job);
        else _did(Act.UNDECIDED_ROUND);
        _didIf(!short && job.appeals.length != 0, Act.UNDECIDED_AFTER_APPEAL);
        // The last round of an optimistic job is kept for an appeal.
        uint256 kept = open ? 1 : 0;
        if (job.round + 1 + kept < job.request.terms.rounds()) {
            if (!short) job.grown += 1;
            _openNext(job);
            return;
        }
        bool judged = !short || job.grown != 0;
        job.status = uint8(judged ? UNRESOLVED : REFUNDED);
        _did(judged ? Act.END_UNRESOLVED : Act.END_REFUNDED);
        _didIf(job.appeals.length != 0, Act.END_UNRESOLVED_AFTER_APPEAL);
        _didIf(open, Act.VOID_LAST_OPEN_ROUND);
    }

    function _becomesVoid(GhostJob storage job) private {
        _did(block.timestamp < _commitEnd(job) ? Act.VOID_LOST_SEED : Act.VOID_ROUND);
        _didIf(_isOpenRound(job), Act.VOID_OPEN_ROUND);
        _didIf(job.appeals.length != 0, Act.VOID_AFTER_APPEAL);
        job.isVoid[job.round] = true;
        for (uint256 i; i < job.votes.length; ++i) {
            if (job.votes[i].round == job.round) job.votes[i].undone = true;
        }
    }
}
