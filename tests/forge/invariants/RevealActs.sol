// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {COMMITTING, DECIDED, REVEALING} from "../../../contracts/types/JobWord.sol";
import {EXACT} from "../../../contracts/types/Rules.sol";
import {Act} from "./Act.sol";
import {GhostAppeal, GhostJob, GhostVote} from "./Ghosts.sol";
import {RoundActs} from "./RoundActs.sol";

/// @dev Reveals, and what shows a result to be near another one.
abstract contract RevealActs is RoundActs {
    function reveal(uint256 seed) external from(seed) {
        (bool found, GhostJob storage job) = _someJobThat(_hasToReveal);
        if (!found || job.votes.length == 0) return;
        // As a rule only those of the round under way, which come last.
        uint256 begin = _chance(90) ? _beginOfRound(job) : 0;
        uint256 count = job.votes.length - begin;
        if (count == 0) return;
        uint256 first = _pick(count);
        for (uint256 i = _chance(30) ? count : _between(1, count); i != 0; --i) {
            _revealOne(job, job.votes[begin + (first + i) % count]);
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

    // --- which jobs ---

    function _hasToReveal(GhostJob storage job) internal view returns (bool) {
        return _canReveal(job) && job.revealed < job.committed;
    }

    function _hasToSupport(GhostJob storage job) private view returns (bool) {
        bool alive = job.status == REVEALING || (job.status == DECIDED && _isFinal(job) && !job.closed);
        return alive && job.rules.numerics() != EXACT;
    }

    function _hasReferences(GhostJob storage job) private view returns (bool) {
        return job.status == REVEALING && job.rules.numerics() != EXACT && job.revealed != 0;
    }

    // --- reveal ---

    function _beginOfRound(GhostJob storage job) private view returns (uint256 begin) {
        begin = job.votes.length;
        while (begin != 0 && job.votes[begin - 1].round == job.round) --begin;
    }

    function _revealOne(GhostJob storage job, GhostVote storage v) private {
        bool fine = _canReveal(job) && !v.spoken && v.round == job.round && v.foreign == 0;
        if (v.foreign != 0) _revealElsewhere(_book[v.foreign], v);
        (bool known, uint256 reference_) = _reference(job, v);
        address sender = _chance(80) ? _workers[v.worker].signer : _chance(50) ? v.worker : stranger;
        if (sender == stranger && job.rules.numerics() != EXACT) fine = false;
        (Act act, bytes memory data) = _revealCall(job, v, known, reference_);
        if (!_attempt(fine, sender, address(settlement), data)) return;
        _revealed(job, v, act == Act.REVEAL_NEAR ? reference_ : v.answer);
        _did(act);
    }

    function _revealed(GhostJob storage job, GhostVote storage v, uint256 supported) internal {
        if (job.status == COMMITTING) {
            job.since = uint64(_commitEnd(job));
            job.status = uint8(REVEALING);
        }
        v.spoken = true;
        v.supported = uint8(supported);
        v.backing = uint16(1 << v.supported);
        if (job.revealed == 0) job.first = v.supported;
        job.revealed += v.seats;
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
        if (_isReference(job, v.answer) && _chance(70)) {
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
            if (fresh && _near(job, v.answer, answer, 1) && _isReference(job, answer)) return (true, answer);
        }
    }

    function _addSupport(GhostJob storage job, GhostVote storage v) private {
        (bool found, uint256 answer) = _reference(job, v);
        if (!found) answer = _pick(ANSWERS);
        bool fine = found && job.status == REVEALING && block.timestamp < _revealEnd(job);
        fine = fine && job.rules.numerics() != EXACT && v.spoken && v.round == job.round;
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
        if (job.status != DECIDED) return;
        _did(job.round == 0 ? Act.DECIDE_FIRST_ROUND : Act.DECIDE_LATER_ROUND);
        _didIf(job.appeals.length != 0, Act.DECIDE_AFTER_APPEAL);
    }

    function _vindicate(GhostJob storage job, GhostVote storage v) private {
        bool fine = job.rules.numerics() != EXACT && _isFinal(job) && !job.closed && v.spoken && !v.takenBack;
        fine = fine && !_isRight(job, v) && _near(job, v.answer, job.settled, 3);
        bytes memory data = abi.encodeCall(
            settlement.vindicate,
            (_key(job), v.worker, _ballotOf(job, v), _result(job, v.answer), _result(job, job.settled))
        );
        if (!_attempt(fine, stranger, address(settlement), data)) return;
        v.vindicated = true;
        _did(v.isProposal ? Act.VINDICATE_PROPOSAL : Act.VINDICATE);
        for (uint256 i; i < job.appeals.length; ++i) {
            GhostAppeal storage a = job.appeals[i];
            _didIf(a.round == v.round && a.answer == v.answer, Act.VINDICATE_UPHOLDS);
        }
    }
}
