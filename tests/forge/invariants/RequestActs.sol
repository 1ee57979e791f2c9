// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ReenteringCallback} from "../../../contracts/mocks/callbacks/ReenteringCallback.sol";
import {RevertingCallback} from "../../../contracts/mocks/callbacks/RevertingCallback.sol";
import {COMMITTING, DECIDED, REFUNDED} from "../../../contracts/types/JobWord.sol";
import {Callback} from "../../../contracts/types/Request.sol";
import {EXACT, TOLERANCE} from "../../../contracts/types/Rules.sol";
import {Terms} from "../../../contracts/types/Terms.sol";
import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {Job} from "../utils/Fixture.sol";
import {Pack, TermsFields} from "../utils/Pack.sol";
import {AccountActs} from "./AccountActs.sol";
import {Act} from "./Acts.sol";
import {GhostJob} from "./Ghosts.sol";

/// @dev What requesters, deliverers, the owner of the model and the owner of the protocol do.
abstract contract RequestActs is AccountActs {
    uint256 private constant MOST_LIVE = 4;
    uint256 private constant MOST_VERSIONS = 10;

    bytes32[] internal _versions;
    mapping(bytes32 versionId => bool) private _deprecated;
    address internal _modelHolder;
    bool private _paused;
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
        _did(Act.CANCEL);
        _check(job);
    }

    function deliver(uint256 seed) external from(seed) {
        (bool found, GhostJob storage job) = _someJobThat(_isDeliverable);
        if (!found) return;
        address target = job.request.callback.target();
        uint256 answer = _chance(90) ? job.settled : _pick(ANSWERS);
        bool fine = _isDeliverable(job) && answer == job.settled;
        if (target == _refusing) RevertingCallback(_refusing).setAccepts(_chance(50));
        if (target == _reentering) _programReentry(job);
        address sender = _somebody();
        bytes memory data = abi.encodeCall(queue.deliver, (job.request, job.rules, address(0), _result(job, answer)));
        bool closable = _isClosable(job);
        if (!_attempt(fine, sender, address(queue), data)) return;

        if (job.feePaid) _did(Act.DELIVER_AGAIN);
        else _take(job, sender, _deliveryFee(job));
        job.feePaid = true;
        job.delivered = target != _burning && !(target == _refusing && !RevertingCallback(_refusing).accepts());
        _did(job.delivered ? Act.DELIVER : Act.DELIVERY_FAILS);
        if (target == _reentering) {
            assertFalse(ReenteringCallback(_reentering).succeeded(0));
            assertEq(ReenteringCallback(_reentering).succeeded(1), closable);
            if (closable) _closed(job);
            _did(Act.REENTER);
        }
        _check(job);
    }

    function govern(uint256 seed) external from(seed) {
        uint256 what = _pick(8);
        if (what < 2) _setShares();
        else if (what == 2) _pause();
        else if (what < 5) _unpause();
        else if (what == 5) _publish();
        else if (what == 6) _deprecate();
        else _sellModel();
    }

    /// @dev In the handler of closing.
    function _closed(GhostJob storage job) internal virtual;

    // --- posting ---

    function _postSome() internal returns (bool) {
        if (_live.length >= MOST_LIVE) return false;
        address asker = _requesters[_pick(_requesters.length)];
        bytes32 versionId = _versions[_pick(_versions.length)];
        if (_deprecated[versionId]) return _attempt(false, asker, address(queue), _postData(versionId));
        Job memory job = _job(asker, versionId, _someTerms(), _someCallback());
        uint256 escrow = queue.escrowOf(job.request.terms, job.request.callback);
        bytes memory data =
            abi.encodeCall(queue.post, (versionId, job.request.nonce, job.request.terms, job.request.callback, INPUT));
        if (!_attempt(!_paused && _credit[asker] >= escrow, asker, address(queue), data)) return false;

        GhostJob storage ghost = _book.push();
        _live.push(_book.length - 1);
        (ghost.id, ghost.request, ghost.rules) = (job.id, job.request, job.rules);
        ghost.status = uint8(COMMITTING);
        ghost.since = uint64(block.timestamp);
        ghost.seedBlock = uint64(block.number + 1);
        uint256 expected = _escrowedFees(ghost) + _deliveryFee(ghost);
        assertEq(escrow, expected);
        _credit[asker] -= expected;
        _give(ghost, expected);
        _did(job.rules.numerics() == EXACT ? Act.POST_EXACT : Act.POST_TOLERANCE);
        _check(ghost);
        return true;
    }

    function _postData(bytes32 versionId) private view returns (bytes memory) {
        return abi.encodeCall(queue.post, (versionId, 0, _terms(5, 2), _noCallback(), INPUT));
    }

    function _someTerms() private returns (Terms) {
        TermsFields memory f;
        f.committee = uint8([3, 3, 4, 5, 7, 31][_pick(6)]);
        f.rounds = uint8([1, 2, 2, 3, 5][_pick(5)]);
        f.commitSeconds = uint16([300, 600, 3_600][_pick(3)]);
        f.revealSeconds = uint16([200, 600][_pick(2)]);
        f.seatFee = _between(1, 2_000);
        f.seatFeeCap = f.seatFee;
        f.bond = _chance(20) ? f.seatFee : _between(f.seatFee, 20_000);
        return Pack.terms(f);
    }

    function _someCallback() private returns (Callback) {
        uint256 fee = _chance(30) ? 0 : _between(1, 5_000);
        address[5] memory targets = [_recording, _refusing, _burning, _bomb, _reentering];
        uint256 which = _pick(7);
        if (which >= 5) return _noCallback();
        return Pack.callback(targets[which], which == 2 ? 30_000 : which == 4 ? 2_000_000 : STIPEND, fee);
    }

    function _isDeliverable(GhostJob storage job) private view returns (bool) {
        return job.status == DECIDED && !job.delivered && job.request.callback.target() != address(0);
    }

    function _programReentry(GhostJob storage job) private {
        ReenteringCallback callback = ReenteringCallback(_reentering);
        callback.forget();
        bytes memory data =
            abi.encodeCall(queue.deliver, (job.request, job.rules, address(0), _result(job, job.settled)));
        callback.program(address(queue), data);
        callback.program(address(settlement), abi.encodeCall(settlement.close, (job.request, job.rules)));
    }

    // --- governing ---

    function _setShares() private {
        address sender = _chance(80) ? owner : stranger;
        uint256 fee = _between(0, 1_050);
        uint256 burn = _between(900, 10_100);
        bool isOwner = sender == owner;
        bytes memory data = abi.encodeCall(queue.setProtocolFee, (fee));
        if (_attempt(isOwner && fee <= 1_000, sender, address(queue), data)) _did(Act.SET_SHARES);
        data = abi.encodeCall(queue.setBurnShare, (burn));
        if (_attempt(isOwner && burn >= 1_000 && burn <= 10_000, sender, address(queue), data)) _did(Act.SET_SHARES);
    }

    function _pause() private {
        if (_chance(50) || !_attempt(!_paused, owner, address(queue), abi.encodeCall(queue.pause, ()))) return;
        _paused = true;
        _did(Act.PAUSE);
    }

    function _unpause() private {
        if (!_attempt(_paused, owner, address(queue), abi.encodeCall(queue.unpause, ()))) return;
        _paused = false;
        _did(Act.UNPAUSE);
    }

    function _publish() private {
        if (_versions.length == MOST_VERSIONS) return;
        bool tolerant = _chance(50);
        IModelRegistry.Version memory v = _version(tolerant ? TOLERANCE : EXACT, tolerant ? ATOL : 0, 0);
        v.artefact = bytes32(_versions.length);
        v.royaltyBps = uint16(_between(0, 5_000));
        bytes memory data = abi.encodeCall(registry.publish, (modelId, v));
        if (!_attempt(true, _modelHolder, address(registry), data)) return;
        _versions.push(registry.versionIdOf(modelId, v));
        _did(Act.PUBLISH);
    }

    /// @dev The first two versions stay in service.
    function _deprecate() private {
        if (_versions.length < 4) return;
        bytes32 versionId = _versions[_between(2, _versions.length - 1)];
        bytes memory data = abi.encodeCall(registry.deprecate, (versionId));
        if (!_attempt(!_deprecated[versionId], _modelHolder, address(registry), data)) return;
        _deprecated[versionId] = true;
        _did(Act.DEPRECATE);
    }

    function _sellModel() private {
        address buyer = _modelHolder == modelOwner ? stranger : modelOwner;
        bytes memory data = abi.encodeCall(registry.transferModel, (modelId, buyer));
        _attempt(true, _modelHolder, address(registry), data);
        _attempt(true, buyer, address(registry), abi.encodeCall(registry.acceptModel, (modelId)));
        _modelHolder = buyer;
        _did(Act.SELL_MODEL);
    }
}
