// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {IStakeVault} from "../../../contracts/interfaces/IStakeVault.sol";
import {COMMITTING, DECIDED, PROPOSED} from "../../../contracts/types/JobWord.sol";
import {EXACT} from "../../../contracts/types/Rules.sol";
import {Act} from "./Act.sol";
import {GhostJob, GhostVote} from "./Ghosts.sol";
import {Trespasses} from "./Trespasses.sol";

/// @dev Steps taken in the wrong round, too early, too late, or with the wrong names: each is refused for its reason.
abstract contract Missteps is Trespasses {
    function misstep(uint256 seed) external from(seed) {
        (bool found, GhostJob storage job) = _someJobThat(_chance(50) ? _isProvisional : _isPremature);
        if (!found && _live.length == 0) return;
        if (!found) (, job) = _someJob();
        if (job.status == COMMITTING) {
            _stepInWrongRound(job);
            _appealNothing(job);
        }
        if (job.status == PROPOSED) _proposeAgain(job);
        if (!_isAnswered(job)) return;
        _appealOutOfTime(job);
        if (_canAppeal(job)) _appealWrongly(job);
        if (!_isFinal(job)) return _hurry(job);
        _deliverWrongly(job);
        _closeWhileVindicating(job);
    }

    function _isProvisional(GhostJob storage job) private view returns (bool) {
        return _isAnswered(job) && !_isFinal(job);
    }

    /// @dev Decided, but seats may still speak.
    function _isPremature(GhostJob storage job) private view returns (bool) {
        return _isProvisional(job) && !_canAppeal(job);
    }

    // --- rounds ---

    function _stepInWrongRound(GhostJob storage job) private {
        address worker = _someWorker();
        address signer = _workers[worker].signer;
        bytes memory result = _result(job, 0);
        bool able = _workers[worker].active && _workers[worker].free >= job.request.terms.bond();
        if (!_isOpenRound(job)) {
            if (!able) return;
            bytes memory proposal = abi.encodeCall(settlement.propose, (_key(job), worker, result));
            _refusedStep(Act.REFUSED_PROPOSE_IN_COMMITTEE, ISettlementTypes.NotOpen.selector, signer, proposal);
            return;
        }
        if (block.timestamp >= _commitEnd(job)) return;
        bytes memory data = abi.encodeCall(settlement.commit, (_key(job), worker, keccak256(result), 1));
        _refusedStep(Act.REFUSED_COMMIT_IN_OPEN_ROUND, ISettlementTypes.OpenRound.selector, signer, data);

        if (block.number <= job.seedBlock) _goTo(block.timestamp, job.seedBlock + 1);
        if (!_isDrawing(job)) return;
        (uint256 seats,) = _drawn(job, worker);
        if (seats != 0 || !able) return;
        data = abi.encodeCall(settlement.propose, (_key(job), worker, result));
        _refusedStep(Act.REFUSED_PROPOSE_NOT_DRAWN, ISettlementTypes.NotDrawn.selector, signer, data);
    }

    function _proposeAgain(GhostJob storage job) private {
        address worker = _chance(50) ? _proposer(job) : _someWorker();
        bytes memory data = abi.encodeCall(settlement.propose, (_key(job), worker, _result(job, _someAnswer())));
        address signer = _workers[worker].signer;
        if (!_workers[worker].active || _workers[worker].free < job.request.terms.bond()) return;
        _refusedStep(Act.REFUSED_PROPOSE_AGAIN, ISettlementTypes.WrongStatus.selector, signer, data);
    }

    // --- appeals ---

    function _appealNothing(GhostJob storage job) private {
        bytes memory data = abi.encodeCall(settlement.appeal, (_key(job), _proposer(job), _digest(job, job.settled)));
        _refusedStep(Act.REFUSED_APPEAL_NO_ANSWER, ISettlementTypes.WrongStatus.selector, _somebody(), data);
    }

    function _appealOutOfTime(GhostJob storage job) private {
        if (_canAppeal(job)) return;
        (Act act, bytes4 reason) = (Act.REFUSED_APPEAL_TOO_EARLY, ISettlementTypes.RevealPhaseOpen.selector);
        if (_isFinal(job)) {
            act = _finalAt(job) == 0 ? Act.REFUSED_APPEAL_LAST_ROUND : Act.REFUSED_APPEAL_TOO_LATE;
            reason = ISettlementTypes.AppealWindowOver.selector;
        }
        bytes memory data = abi.encodeCall(settlement.appeal, (_key(job), _proposer(job), _digest(job, job.settled)));
        _refusedStep(act, reason, job.request.requester, data);
    }

    function _appealWrongly(GhostJob storage job) private {
        bytes4 reason = ISettlementTypes.NotTheAnswer.selector;
        bytes32 other = _digest(job, (job.settled + _between(1, ANSWERS - 1)) % ANSWERS);
        bytes memory data = abi.encodeCall(settlement.appeal, (_key(job), _proposer(job), other));
        _refusedStep(Act.REFUSED_APPEAL_WRONG_ANSWER, reason, job.request.requester, data);

        bytes32 digest = _digest(job, job.settled);
        if (job.status == PROPOSED) {
            address proposer = address(uint160(_proposer(job)) + 1);
            data = abi.encodeCall(settlement.appeal, (_key(job), proposer, digest));
            _refusedStep(Act.REFUSED_APPEAL_WRONG_PROPOSER, reason, job.request.requester, data);
        }

        address account = _somebody();
        if (_credit[account] >= _depositOf(job)) return;
        data = abi.encodeCall(settlement.appeal, (_key(job), _proposer(job), digest));
        reason = IStakeVault.InsufficientCredit.selector;
        _refusedStep(Act.REFUSED_APPEAL_WITHOUT_CREDIT, reason, account, data);
    }

    // --- before the answer is final ---

    function _hurry(GhostJob storage job) private {
        bytes memory data = abi.encodeCall(settlement.close, (job.request, job.rules));
        bytes4 early = ISettlementTypes.AppealWindowOpen.selector;
        _refusedStep(Act.REFUSED_CLOSE_BEFORE_FINAL, early, stranger, data);
        _deliver(Act.REFUSED_DELIVER_BEFORE_FINAL, job, _proposer(job));
        _claimEarly(job);

        data = abi.encodeCall(settlement.advance, (_key(job)));
        _refusedStep(Act.REFUSED_ADVANCE_ANSWERED, ISettlementTypes.WrongStatus.selector, stranger, data);
        if (job.status == DECIDED && job.rules.numerics() != EXACT) _vindicateEarly(job);
    }

    /// @dev A claim does not revert: it must leave everything as it was, which the books show.
    function _claimEarly(GhostJob storage job) private {
        GhostVote storage v = job.votes[_pick(job.votes.length)];
        if (v.undone || v.takenBack) return;
        ISettlementTypes.Claim[] memory claims = new ISettlementTypes.Claim[](1);
        claims[0] = ISettlementTypes.Claim(_key(job), _ballotOf(job, v));
        settlement.claim(v.worker, claims);
        assertEq(vault.credit(v.worker), _credit[v.worker]);
        assertEq(vault.worker(v.worker).free, _workers[v.worker].free);
        _did(Act.REFUSED_CLAIM_BEFORE_FINAL);
        _check(job);
    }

    function _vindicateEarly(GhostJob storage job) private {
        for (uint256 i; i < job.votes.length; ++i) {
            GhostVote storage v = job.votes[i];
            if (!v.spoken || !_near(job, v.answer, job.settled, 3)) continue;
            bytes memory data = abi.encodeCall(
                settlement.vindicate,
                (_key(job), v.worker, _ballotOf(job, v), _result(job, v.answer), _result(job, job.settled))
            );
            bytes4 reason = ISettlementTypes.AppealWindowOpen.selector;
            return _refusedStep(Act.REFUSED_VINDICATE_BEFORE_FINAL, reason, v.worker, data);
        }
    }

    /// @dev At the last moment at which a seat can still count on time to be vindicated.
    function _closeWhileVindicating(GhostJob storage job) private {
        if (job.closed || job.rules.numerics() == EXACT || _isClosable(job)) return;
        _goTo(_vindicationEnd(job) - 1, block.number);
        bytes memory data = abi.encodeCall(settlement.close, (job.request, job.rules));
        bytes4 reason = ISettlementTypes.RevealPhaseOpen.selector;
        _refusedStep(Act.REFUSED_CLOSE_WHILE_VINDICATING, reason, stranger, data);
    }

    // --- deliveries ---

    function _deliverWrongly(GhostJob storage job) private {
        if (job.status != PROPOSED) return;
        _deliver(Act.REFUSED_DELIVER_WRONG_PROPOSER, job, address(uint160(_proposer(job)) + 1));
    }

    function _deliver(Act act, GhostJob storage job, address proposer) private {
        if (job.request.callback.target() == address(0)) return;
        bytes memory result = _result(job, job.settled);
        bytes memory data = abi.encodeCall(queue.deliver, (job.request, job.rules, proposer, result));
        _refused(act, ISettlementTypes.NotSettledResult.selector, stranger, address(queue), data);
    }

    function _refusedStep(Act act, bytes4 reason, address sender, bytes memory data) private {
        _refused(act, reason, sender, address(settlement), data);
    }
}
