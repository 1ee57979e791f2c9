// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Act} from "./Act.sol";
import {GhostJob, GhostWorker} from "./Ghosts.sol";
import {Missteps} from "./Missteps.sol";

/// @dev The world that the invariants are asked about: eight workers, three requesters (one of them a worker), a model
/// that changes hands, callbacks of every kind, time that passes. Each action makes calls that the book says must
/// succeed, and now and then one that it says must not.
contract Handler is Missteps {
    uint256 private constant WORKERS = 8;

    function setUp() public override {
        super.setUp();
        _book.push(); // so that there is a job to point at before there is one
        for (uint256 i; i < WORKERS; ++i) {
            workers.push(makeAddr(string.concat("worker ", vm.toString(i))));
            _fund(workers[i], 10 * STAKE * UNIT);
            _credit[workers[i]] = 10 * STAKE * UNIT;
            _accounts.push(workers[i]);
            if (i < WORKERS - 2) _enlistKnown(workers[i], STAKE + i * 77_777);
        }
        _requesters = [requester, makeAddr("second requester"), workers[0]];
        _fund(_requesters[1], 1e9 * UNIT);
        (_credit[requester], _credit[_requesters[1]]) = (1e9 * UNIT, 1e9 * UNIT);
        _modelHolder = modelOwner;
        _versions = [exactVersion, toleranceVersion];
        _accounts.push(requester);
        _accounts.push(_requesters[1]);
        _accounts.push(modelOwner);
        _accounts.push(stranger);
        _accounts.push(address(queue));
        _recording = vm.deployCode("RecordingCallback.sol:RecordingCallback", "");
        _refusing = vm.deployCode("RevertingCallback.sol:RevertingCallback", "");
        _burning = vm.deployCode("GasBurningCallback.sol:GasBurningCallback", "");
        _bomb = vm.deployCode("ReturnBombCallback.sol:ReturnBombCallback", abi.encode(100_000, false));
        _reentering = vm.deployCode("ReenteringCallback.sol:ReenteringCallback", "");
        _goTo((block.timestamp / EPOCH + 1) * EPOCH, block.number + 1);
    }

    // --- time ---

    function time(uint256 seed) external from(seed) {
        uint256 what = _pick(32);
        if (what < 24) {
            _goTo(block.timestamp + _between(0, 30), block.number + _between(1, 3));
            _passed(Act.TICK);
        } else if (what < 28) {
            _toPhase();
        } else if (what == 28) {
            _goTo((block.timestamp / EPOCH + 1) * EPOCH + _pick(2) * _pick(EPOCH), block.number + 50);
            _passed(Act.EPOCH_BEGINS);
        } else if (what == 29) {
            _goTo(block.timestamp + _between(2, 4) * EPOCH, block.number + 500);
            _passed(Act.EPOCHS_PASS);
        } else {
            _goTo(block.timestamp + 1, block.number + _between(250, 260));
            _passed(Act.HASHES_AGE);
        }
    }

    /// @dev To the edge of a phase or window of some job, the second before it included.
    function _toPhase() private {
        (bool found, GhostJob storage job) = _someJob();
        if (!found) return;
        uint256 edge = _chance(40) ? _commitEnd(job) : _revealEnd(job);
        // An answer mostly waits for the end of its window.
        if (_isAnswered(job) && _finalAt(job) != 0 && _chance(60)) edge = _finalAt(job);
        if (_chance(20)) edge += job.request.terms.revealSeconds();
        if (_chance(20)) --edge;
        if (edge < block.timestamp) return;
        _goTo(edge, block.number + 1 + (edge - block.timestamp) / 12);
        _passed(Act.PHASE);
    }

    /// @dev Time is no call to the contracts, but it changes what they do.
    function _passed(Act act) private {
        ++allowed;
        _did(act);
    }

    // --- what is always true ---

    /// @dev The vault holds, to the wei, what is somebody's and what is in jobs; and everybody has what the book says.
    function checkBooks() external view {
        uint256 owned = _burned + _pots;
        for (uint256 i; i < _accounts.length; ++i) {
            assertEq(vault.credit(_accounts[i]), _credit[_accounts[i]]);
            owned += _credit[_accounts[i]];
        }
        uint256 weights;
        for (uint256 i; i < workers.length; ++i) {
            GhostWorker storage w = _workers[workers[i]];
            _checkWorker(workers[i], w);
            owned += (w.free + w.unbonding) * UNIT;
            weights += w.weight;
        }
        assertEq(vault.burned(), _burned);
        assertEq(token.balanceOf(address(vault)), owned);
        assertLe(weights, _total);
    }

    /// @dev No pot is without a job, and none is negative (they are unsigned sums).
    function checkPots() external view {
        uint256 pots;
        uint256 bonds;
        for (uint256 i; i < _live.length; ++i) {
            GhostJob storage job = _book[_live[i]];
            pots += job.pot;
            bonds += _bondsIn(job);
        }
        assertEq(pots, _pots);
        assertEq(bonds, _bondsOut);
    }

    function _checkWorker(address worker, GhostWorker storage w) private view {
        (uint256 weight, uint256 total) = vault.weightOf(worker, block.timestamp);
        assertEq(weight, w.weight);
        assertEq(total, _total);
        (weight, total) = vault.weightOf(worker, block.timestamp - EPOCH);
        assertEq(weight, w.previousWeight < w.weight ? w.previousWeight : w.weight);
        assertEq(total, _previousTotal);
        assertEq(vault.worker(worker).free, w.free);
        assertEq(vault.worker(worker).unbonding, w.unbonding);
        assertEq(vault.signerOf(worker), w.signer);
    }

    function _enlistKnown(address worker, uint256 units) private {
        vm.startPrank(worker);
        vault.register(_signerOf(worker), "https://worker.example");
        vault.stake(units * UNIT);
        vm.stopPrank();
        _credit[worker] -= units * UNIT;
        _workers[worker] = GhostWorker(_signerOf(worker), true, units, 0, 0, 0, 0);
        _standing += units;
    }
}
