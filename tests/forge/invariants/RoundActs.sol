// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {COMMITTING, DECIDED, REFUNDED, REVEALING, UNRESOLVED} from "../../../contracts/types/JobWord.sol";
import {EXACT} from "../../../contracts/types/Rules.sol";
import {Act} from "./Acts.sol";
import {GhostJob, GhostVote, GhostWorker, Stage} from "./Ghosts.sol";
import {RequestActs} from "./RequestActs.sol";

/// @dev What happens in rounds: workers that tell the truth, lie, keep silent or hold back, and steps anyone may take.
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
        if (_postSome() && _chance(60)) _commitSome(_book[_book.length - 1]);
    }

    function commit(uint256 seed) external from(seed) {
        (bool found, GhostJob storage job) = _someJobThat(_isCommitting);
        if (found) _commitSome(job);
    }

    function reveal(uint256 seed) external from(seed) {
        (bool found, GhostJob storage job) = _someJobThat(_hasToReveal);
        if (!found || job.votes.length == 0) return;
        uint256 first = _pick(job.votes.length);
        for (uint256 i = _between(1, 8); i != 0; --i) {
            _revealOne(job, job.votes[(first + i) % job.votes.length]);
        }
        _check(job);
    }

    function support(uint256 seed) external from(seed) {
        (bool found, GhostJob storage job) = _someJobThat(_chance(50) ? _hasReferences : _hasToSupport);
        if (!found || job.votes.length == 0) return;
        for (uint256 i; i < job.votes.length; ++i) {
            GhostVote storage v = job.votes[i];
            if (job.status == DECIDED) _vindicate(job, v);
            else _addSupport(job, v);
        }
        _check(job);
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

    // --- which jobs ---

    function _isCommitting(GhostJob storage job) private view returns (bool) {
        return job.status == COMMITTING && block.timestamp < _commitEnd(job);
    }

    function _hasToReveal(GhostJob storage job) private view returns (bool) {
        return _canReveal(job) && job.revealed < job.committed;
    }

    function _hasToSupport(GhostJob storage job) private view returns (bool) {
        bool alive = job.status == REVEALING || (job.status == DECIDED && !job.closed);
        return alive && job.rules.numerics() != EXACT;
    }

    function _hasReferences(GhostJob storage job) private view returns (bool) {
        return job.status == REVEALING && job.rules.numerics() != EXACT && job.revealed != 0;
    }

    // --- commit ---

    /// @dev As a rule the seed is awaited first, and often some of the ramp.
    function _commitSome(GhostJob storage job) private {
        if (job.committed == 0 && block.number <= job.seedBlock && _chance(90)) {
            _goTo(block.timestamp + _pick(12), job.seedBlock + 1);
            vm.setBlockhash(job.seedBlock, bytes32(_random()));
        }
        if (_isCommitting(job) && _chance(50)) {
            _goTo(_between(block.timestamp, _commitEnd(job) - 1), block.number + 1);
        }
        uint256 first = _pick(workers.length);
        for (uint256 i = _between(1, workers.length); i != 0; --i) {
            _commitOne(job, workers[(first + i) % workers.length]);
        }
        _check(job);
    }

    function _commitOne(GhostJob storage job, address worker) private {
        Seat memory seat;
        seat.worker = worker;
        (seat.entitled, seat.slot) = settlement.seatsOf(_key(job), worker);
        seat.wanted = _chance(10) ? _pick(seat.entitled + 3) : _between(1, seat.entitled == 0 ? 1 : seat.entitled);
        _judgeSeat(job, seat);
        // The truth, something near it, or anything.
        seat.answer = _chance(60) ? 0 : _pick(_chance(60) ? 3 : ANSWERS);
        address sender = _workers[worker].signer;
        if (_chance(5)) (sender, seat.fine) = (worker, seat.fine && sender == worker);
        if (_chance(4)) seat.foreign = _live[_pick(_live.length)];
        seat.commitment = _commitmentFor(seat.foreign == 0 ? job : _book[seat.foreign], seat);
        bytes memory data = abi.encodeCall(settlement.commit, (_key(job), worker, seat.commitment, seat.wanted));
        if (_attempt(seat.fine, sender, address(settlement), data)) _committed(job, seat);
    }

    function _commitmentFor(GhostJob storage job, Seat memory seat) private view returns (bytes32) {
        bytes32 salt = _salt(job.id, job.round, seat.worker);
        return settlement.commitmentOf(job.id, job.round, seat.worker, _digest(job, seat.answer), salt);
    }

    function _judgeSeat(GhostJob storage job, Seat memory seat) private view {
        GhostWorker storage w = _workers[seat.worker];
        bool open = job.status == COMMITTING && block.timestamp < _commitEnd(job);
        bool drawn = job.committed != 0 || (block.number > job.seedBlock && block.number <= job.seedBlock + 256);
        if (!open) return;
        uint256 room = _size(job) - job.committed;
        seat.taken = seat.wanted < room ? seat.wanted : room;
        bool able = w.active && w.free >= seat.taken * job.request.terms.bond() && !_busy[seat.worker][seat.slot];
        seat.fine = drawn && able && seat.taken != 0 && seat.taken <= seat.entitled;
    }

    function _committed(GhostJob storage job, Seat memory seat) private {
        GhostVote storage v = job.votes.push();
        (v.worker, v.slot, v.seats) = (seat.worker, uint16(seat.slot), uint8(seat.taken));
        (v.round, v.answer, v.commitment) = (job.round, uint8(seat.answer), seat.commitment);
        if (seat.foreign != 0 && _book[seat.foreign].id != job.id) v.foreign = seat.foreign;
        _busy[seat.worker][seat.slot] = true;
        uint256 bond = seat.taken * job.request.terms.bond();
        _workers[seat.worker].free -= bond;
        _standing -= bond;
        _bondsOut += bond;
        _give(job, bond * UNIT);
        job.committed += uint16(seat.taken);
        if (seat.taken < seat.wanted) _did(Act.COMMIT_LAST_SEATS);
        if (job.committed == _size(job)) {
            job.status = uint8(REVEALING);
            job.since = uint64(block.timestamp);
        }
        _did(seat.answer == 0 ? Act.COMMIT_TRUTH : Act.COMMIT_LIE);
    }

    // --- reveal ---

    function _revealOne(GhostJob storage job, GhostVote storage v) private {
        bool fine = _canReveal(job) && v.stage == Stage.VOTED && v.round == job.round && v.foreign == 0;
        if (v.foreign != 0) _revealElsewhere(_book[v.foreign], v);
        (bool known, uint256 reference_) = _reference(job, v);
        address sender = _chance(80) ? _workers[v.worker].signer : _chance(50) ? v.worker : stranger;
        if (sender == stranger && job.rules.numerics() != EXACT) fine = false;
        (Act act, bytes memory data) = _revealCall(job, v, known, reference_);
        if (!_attempt(fine, sender, address(settlement), data)) return;

        if (job.status == COMMITTING) {
            job.since = uint64(_commitEnd(job));
            job.status = uint8(REVEALING);
        }
        v.stage = Stage.SPOKEN;
        v.supported = uint8(act == Act.REVEAL_NEAR ? reference_ : v.answer);
        v.backing = uint16(1 << v.supported);
        job.revealed += v.seats;
        _did(act);
        _decided(job, v.supported);
    }

    /// @dev A seat of one job must not speak in another, whatever its commitment says.
    function _revealElsewhere(GhostJob storage job, GhostVote storage v) private {
        bytes32 salt = _salt(job.id, job.round, v.worker);
        bytes memory data =
            abi.encodeCall(settlement.reveal, (_key(job), v.worker, v.slot, salt, _result(job, v.answer)));
        _attempt(false, _workers[v.worker].signer, address(settlement), data);
    }

    /// @dev Picks the way to reveal: own reference, known digest, or near a reference.
    function _revealCall(GhostJob storage job, GhostVote storage v, bool known, uint256 reference_)
        private
        returns (Act act, bytes memory data)
    {
        bytes32 salt = _saltOf(job, v);
        bytes memory result = _result(job, v.answer);
        if (known && job.rules.numerics() != EXACT && _chance(70)) {
            data = abi.encodeCall(
                settlement.revealNear, (_key(job), v.worker, v.slot, salt, result, _result(job, reference_))
            );
            return (Act.REVEAL_NEAR, data);
        }
        if (_behind(job, v.answer) != 0 && _chance(70)) {
            data = abi.encodeCall(settlement.revealKnown, (_key(job), v.worker, v.slot, salt, keccak256(result)));
            return (Act.REVEAL_KNOWN, data);
        }
        data = abi.encodeCall(settlement.reveal, (_key(job), v.worker, v.slot, salt, result));
        return (Act.REVEAL, data);
    }

    /// @dev A reference of this round that a vote may support and does not yet.
    function _reference(GhostJob storage job, GhostVote storage v) private returns (bool found, uint256 answer) {
        uint256 first = _pick(ANSWERS);
        for (uint256 i; i < ANSWERS; ++i) {
            answer = (first + i) % ANSWERS;
            bool fresh = v.backing >> answer & 1 == 0;
            if (fresh && _near(job, v.answer, answer, 1) && _behind(job, answer) != 0) return (true, answer);
        }
    }

    function _addSupport(GhostJob storage job, GhostVote storage v) private {
        (bool found, uint256 answer) = _reference(job, v);
        if (!found) answer = _pick(ANSWERS);
        bool fine = found && job.status == REVEALING && block.timestamp < _revealEnd(job);
        fine = fine && job.rules.numerics() != EXACT && v.stage == Stage.SPOKEN && v.round == job.round;
        bytes memory data = abi.encodeCall(
            settlement.addSupport,
            (_key(job), v.worker, _ballotOf(job, v), _result(job, v.answer), _result(job, answer))
        );
        if (!_attempt(fine, stranger, address(settlement), data)) return;
        v.backing |= uint16(1 << answer);
        _did(Act.ADD_SUPPORT);
        _decided(job, answer);
    }

    function _decided(GhostJob storage job, uint256 answer) private {
        if (job.status == DECIDED) return;
        _decideIfReached(job, answer);
        if (job.status == DECIDED) _did(job.round == 0 ? Act.DECIDE_FIRST_ROUND : Act.DECIDE_LATER_ROUND);
    }

    function _vindicate(GhostJob storage job, GhostVote storage v) private {
        bool fine = job.rules.numerics() != EXACT && !job.closed && v.stage == Stage.SPOKEN && !_isRight(job, v);
        fine = fine && _near(job, v.answer, job.settled, 3);
        bytes memory data = abi.encodeCall(
            settlement.vindicate,
            (_key(job), v.worker, _ballotOf(job, v), _result(job, v.answer), _result(job, job.settled))
        );
        if (!_attempt(fine, stranger, address(settlement), data)) return;
        v.vindicated = true;
        _did(Act.VINDICATE);
    }

    // --- advance ---

    function _isShort(GhostJob storage job) private view returns (bool) {
        return job.status == COMMITTING && job.committed < _quorum(job);
    }

    function _hasLostSeed(GhostJob storage job) private view returns (bool) {
        return job.committed == 0 && block.number > job.seedBlock + 256;
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
        if (short) {
            _did(block.timestamp < _commitEnd(job) ? Act.VOID_LOST_SEED : Act.VOID_ROUND);
            for (uint256 i; i < job.votes.length; ++i) {
                if (job.votes[i].round == job.round) job.votes[i].undone = true;
            }
        } else {
            _did(Act.UNDECIDED_ROUND);
        }
        if (job.round + 1 < job.request.terms.rounds()) {
            job.round += 1;
            if (!short) job.grown += 1;
            job.status = uint8(COMMITTING);
            job.since = uint64(block.timestamp);
            job.seedBlock = uint64(block.number + 1);
            (job.committed, job.revealed) = (0, 0);
        } else {
            bool judged = !short || job.grown != 0;
            job.status = uint8(judged ? UNRESOLVED : REFUNDED);
            _did(judged ? Act.END_UNRESOLVED : Act.END_REFUNDED);
        }
    }
}
