// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ReenteringCallback} from "../../../contracts/mocks/callbacks/ReenteringCallback.sol";
import {RevertingCallback} from "../../../contracts/mocks/callbacks/RevertingCallback.sol";
import {COMMITTING, DECIDED, PROPOSED, REFUNDED} from "../../../contracts/types/JobWord.sol";
import {Callback} from "../../../contracts/types/Request.sol";
import {EXACT, Rules} from "../../../contracts/types/Rules.sol";
import {MODE_OPTIMISTIC, MODE_QUORUM} from "../../../contracts/types/Terms.sol";
import {IJobQueue} from "../../../contracts/interfaces/IJobQueue.sol";
import {Job} from "../utils/Fixture.sol";
import {Pack, TermsFields} from "../utils/Pack.sol";
import {Act} from "./Act.sol";
import {GhostJob} from "./Ghosts.sol";
import {GovernActs} from "./GovernActs.sol";

/// @dev What requesters and deliverers do.
abstract contract RequestActs is GovernActs {
    uint256 private constant MOST_LIVE = 4;

    address[] internal _requesters;
    address internal _recording;
    address internal _refusing;
    address internal _burning;
    address internal _bomb;
    address internal _reentering;

    /// @dev Posts a job and takes it back, or tries to, within a few blocks.
    function postAndCancel(uint256 seed) external from(seed) {
        if (!_postSome()) return;
        _goTo(block.timestamp, block.number + _pick(3));
        GhostJob storage job = _book[_book.length - 1];
        address sender = _chance(80) ? job.request.requester : stranger;
        bool fine = sender == job.request.requester && job.status == COMMITTING && job.committed == 0;
        fine = fine && job.round == 0 && block.number <= job.seedBlock;
        if (!_attempt(fine, sender, address(queue), abi.encodeCall(queue.cancel, (job.request, job.rules)))) return;
        _take(job, sender, job.pot);
        job.status = uint8(REFUNDED);
        job.closed = true;
        _did(_isOpenRound(job) ? Act.CANCEL_OPTIMISTIC : Act.CANCEL);
        _check(job);
    }

    /// @dev Jobs of the same terms, which a worker may serve together.
    function postMany(uint256 seed) external from(seed) {
        if (_live.length >= MOST_LIVE || _paused) return;
        bytes32 versionId = _versions[_pick(2)]; // these stay in service
        address asker = _requesters[_pick(_requesters.length)];
        Job memory first = _job(asker, versionId, Pack.terms(_someFields(queue.rulesOf(versionId))), _someCallback());
        Job memory second = _job(asker, versionId, first.request.terms, first.request.callback);
        uint256 escrow = queue.escrowOf(first.request.terms, first.request.callback);
        bytes[] memory inputs = new bytes[](2);
        (inputs[0], inputs[1]) = (INPUT, INPUT);
        bytes memory data = abi.encodeCall(
            queue.postMany, (versionId, first.request.nonce, first.request.terms, first.request.callback, inputs)
        );
        if (!_attempt(_credit[asker] >= 2 * escrow, asker, address(queue), data)) return;
        _posted(first, escrow);
        _posted(second, escrow);
        _did(Act.POST_MANY);
    }

    function deliver(uint256 seed) external from(seed) {
        (bool found, GhostJob storage job) = _someJobThat(_isDeliverable);
        if (!found) return;
        address target = job.request.callback.target();
        uint256 answer = _chance(90) ? job.settled : _pick(ANSWERS);
        // Who proposed matters only as long as nobody but one worker has given the answer.
        address proposer = _chance(80) ? _proposer(job) : _somebody();
        bool fine = _isDeliverable(job) && answer == job.settled;
        fine = fine && (job.status == DECIDED || proposer == _proposer(job));
        if (target == _refusing) RevertingCallback(_refusing).setAccepts(_chance(50));
        if (target == _reentering) _programReentry(job);
        address sender = _somebody();
        bytes memory data = abi.encodeCall(queue.deliver, (job.request, job.rules, proposer, _result(job, answer)));
        bool closable = _isClosable(job);
        if (!_attempt(fine, sender, address(queue), data)) return;

        _delivered(job, sender);
        if (target == _reentering) {
            assertFalse(ReenteringCallback(_reentering).succeeded(0));
            assertEq(ReenteringCallback(_reentering).succeeded(1), closable);
            if (closable) _closed(job);
            _did(Act.REENTER);
        }
        _check(job);
    }

    /// @dev In the handler of closing.
    function _closed(GhostJob storage job) internal virtual;

    // --- posting ---

    function _postSome() internal returns (bool) {
        if (_live.length >= MOST_LIVE) return false;
        address asker = _requesters[_pick(_requesters.length)];
        bytes32 versionId = _versions[_pick(_versions.length)];
        if (_deprecated[versionId]) return _attempt(false, asker, address(queue), _postData(versionId));
        Rules rules = queue.rulesOf(versionId);
        TermsFields memory fields = _someFields(rules);
        if (_chance(5) && !_paused) _tryBadTerms(asker, versionId, fields, rules);
        Job memory job = _job(asker, versionId, Pack.terms(fields), _someCallback());
        uint256 escrow = queue.escrowOf(job.request.terms, job.request.callback);
        bytes memory data =
            abi.encodeCall(queue.post, (versionId, job.request.nonce, job.request.terms, job.request.callback, INPUT));
        if (!_attempt(!_paused && _credit[asker] >= escrow, asker, address(queue), data)) return false;
        _posted(job, escrow);
        return true;
    }

    function _posted(Job memory job, uint256 escrow) private {
        GhostJob storage ghost = _book.push();
        _live.push(_book.length - 1);
        (ghost.id, ghost.request, ghost.rules) = (job.id, job.request, job.rules);
        ghost.status = uint8(COMMITTING);
        ghost.since = uint64(block.timestamp);
        ghost.seedBlock = uint64(block.number + 1);
        uint256 expected = _atCap(ghost, _ownSeats(ghost)) + _deliveryFee(ghost);
        assertEq(escrow, expected);
        _credit[job.request.requester] -= expected;
        _give(ghost, expected);
        bool exact = job.rules.numerics() == EXACT;
        if (_isOpenRound(ghost)) _did(exact ? Act.POST_OPTIMISTIC_EXACT : Act.POST_OPTIMISTIC_TOLERANCE);
        else _did(exact ? Act.POST_EXACT : Act.POST_TOLERANCE);
        _didIf(!_isOpenRound(ghost) && job.request.terms.appealWindow() != 0, Act.POST_WITH_WINDOW);
        _didIf(job.request.terms.seatFee() != job.request.terms.seatFeeCap(), Act.POST_WITH_RANGE);
        _check(ghost);
    }

    function _postData(bytes32 versionId) private view returns (bytes memory) {
        return abi.encodeCall(queue.post, (versionId, 0, _terms(5, 2), _noCallback(), INPUT));
    }

    function _someFields(Rules rules) private returns (TermsFields memory f) {
        bool optimistic = _chance(50);
        f.mode = optimistic ? MODE_OPTIMISTIC : MODE_QUORUM;
        f.committee = uint8([3, 3, 3, 4, 4, 5, 5, 7, 31][_pick(9)]);
        f.rounds = optimistic ? uint8([2, 3, 4, 5, 5][_pick(5)]) : uint8([1, 2, 2, 3, 5][_pick(5)]);
        // Rather short phases to commit and long ones to reveal, for all jobs share one time.
        f.commitSeconds = uint16([100, 300, 300, 600, 3_600][_pick(5)]);
        f.revealSeconds = uint16([200, 600, 1_200][_pick(3)]);
        if (optimistic || _chance(50)) f.appealWindow = uint16([24, 300, 1_200][_pick(3)]);
        // What can be appealed asks for high bonds; the workers' stake has to bear them.
        f.seatFee = _between(1, f.appealWindow == 0 ? 2_000 : 100);
        f.seatFeeCap = _chance(40) ? f.seatFee : f.seatFee + _between(1, 2 * f.seatFee);
        uint256 least = _leastBond(f, rules);
        f.bond = _chance(40) ? least : least + _between(0, 20_000);
    }

    /// @dev Where rounds follow by themselves a bond has to be worth several fees. Else a lie's bond, less what is burned of it, has to pay twice for the committee that finds it out.
    function _leastBond(TermsFields memory f, Rules rules) private pure returns (uint256 bond) {
        if (f.appealWindow == 0) return f.rounds > 1 ? 5 * f.seatFeeCap : f.seatFeeCap;
        uint256 seats = f.mode == MODE_OPTIMISTIC ? f.committee : f.committee > 31 ? 63 : 2 * f.committee + 1;
        uint256 twice = 2 * seats * f.seatFeeCap;
        bond = twice * 10_000 / (10_000 - rules.burnBps());
        if (bond * (10_000 - rules.burnBps()) < twice * 10_000) ++bond;
    }

    /// @dev Terms with one fault.
    function _tryBadTerms(address asker, bytes32 versionId, TermsFields memory fields, Rules rules) private {
        TermsFields memory f = abi.decode(abi.encode(fields), (TermsFields));
        uint256 fault = _pick(5);
        bytes4 reason;
        if (fault == 0) (f.mode, reason) = (2, IJobQueue.UnsupportedMode.selector);
        if (fault == 1) (f.seatFeeCap, reason) = (f.seatFee - 1, IJobQueue.SeatFeeCapOutOfBounds.selector);
        if (fault == 2) (f.bond, reason) = (_leastBond(f, rules) - 1, IJobQueue.BondOutOfBounds.selector);
        if (fault == 3) (f.appealWindow, reason) = (SHORTEST_PHASE - 1, IJobQueue.AppealWindowOutOfBounds.selector);
        if (fault == 4) {
            f.rounds = f.mode == MODE_OPTIMISTIC ? 1 : 0;
            reason = IJobQueue.RoundsOutOfBounds.selector;
        }
        bytes memory data = abi.encodeCall(queue.post, (versionId, 0, Pack.terms(f), _noCallback(), INPUT));
        _refused(Act.REFUSED_TERMS, reason, asker, address(queue), data);
    }

    function _someCallback() private returns (Callback) {
        uint256 fee = _chance(30) ? 0 : _between(1, 5_000);
        address[5] memory targets = [_recording, _refusing, _burning, _bomb, _reentering];
        uint256 which = _pick(7);
        if (which >= 5) return _noCallback();
        return Pack.callback(targets[which], which == 2 ? 30_000 : which == 4 ? 2_000_000 : STIPEND, fee);
    }

    // --- delivering ---

    function _isDeliverable(GhostJob storage job) internal view returns (bool) {
        return _isFinal(job) && !job.delivered && job.request.callback.target() != address(0);
    }

    function _delivered(GhostJob storage job, address sender) private {
        address target = job.request.callback.target();
        if (job.feePaid) _did(Act.DELIVER_AGAIN);
        else _take(job, sender, _deliveryFee(job));
        job.feePaid = true;
        job.delivered = target != _burning && !(target == _refusing && !RevertingCallback(_refusing).accepts());
        _did(job.delivered ? Act.DELIVER : Act.DELIVERY_FAILS);
        _didIf(job.status == PROPOSED, Act.DELIVER_PROPOSAL);
    }

    function _programReentry(GhostJob storage job) private {
        ReenteringCallback callback = ReenteringCallback(_reentering);
        callback.forget();
        bytes memory data =
            abi.encodeCall(queue.deliver, (job.request, job.rules, _proposer(job), _result(job, job.settled)));
        callback.program(address(queue), data);
        callback.program(address(settlement), abi.encodeCall(settlement.close, (job.request, job.rules)));
    }
}
