// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Act} from "./Act.sol";
import {Agreement} from "./Agreement.sol";
import {GhostWorker} from "./Ghosts.sol";

/// @dev What accounts do with their own money: credit, stake, being a worker.
abstract contract AccountActs is Agreement {
    bytes32 private constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    /// @dev Everybody whose balance is watched; the last is the queue, which acts for its owner only.
    address[] internal _accounts;

    function credit(uint256 seed) external from(seed) {
        uint256 what = _pick(20);
        if (what < 3) _deposit();
        else if (what == 8) _depositWithPermit();
        else if (what < 6) _withdraw();
        else if (what == 6) _flushBurn();
        else if (what == 7) _withdrawTreasury();
    }

    function stake(uint256 seed) external from(seed) {
        uint256 what = _pick(10);
        address worker = _someWorker();
        if (what == 0) _register(worker);
        else if (what == 1) _setSigner(worker);
        else if (what == 2) _setEndpoint(worker);
        else if (what < 5) _addStake(worker);
        else if (what == 5) _unstake(worker);
        else if (what == 6) _release(worker);
        else _switch(worker);
    }

    function _somebody() internal returns (address) {
        return _accounts[_pick(_accounts.length - 1)];
    }

    // --- credit ---

    function _deposit() private {
        address from_ = _somebody();
        address to = _accounts[_pick(_accounts.length)];
        uint256 amount = _between(1, 1e6 * UNIT);
        token.mint(from_, amount);
        vm.prank(from_);
        token.approve(address(vault), amount);
        if (!_attempt(true, from_, address(vault), abi.encodeCall(vault.deposit, (to, amount)))) return;
        _credit[to] += amount;
        _did(Act.DEPOSIT);
    }

    /// @dev With the key that `makeAddr` gives an account of this name; half of the time somebody was faster to use it.
    function _depositWithPermit() private {
        uint256 key = uint256(keccak256("requester"));
        uint256 amount = _between(1, 1e6 * UNIT);
        uint256 deadline = block.timestamp + _pick(2);
        token.mint(requester, amount);
        vm.prank(requester);
        token.approve(address(vault), 0);
        bytes32 permit = keccak256(abi.encode(PERMIT, requester, vault, amount, token.nonces(requester), deadline));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), permit));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        if (_chance(50)) token.permit(requester, address(vault), amount, deadline, v, r, s);
        // The permit speaks of its signer's asset and of no other amount.
        uint256 asked = _chance(80) ? amount : amount + 1;
        bytes memory data = abi.encodeCall(vault.depositWithPermit, (requester, asked, deadline, v, r, s));
        if (!_attempt(asked == amount, requester, address(vault), data)) return;
        _credit[requester] += amount;
        _did(Act.DEPOSIT_WITH_PERMIT);
    }

    function _withdraw() private {
        address from_ = _somebody();
        uint256 amount = _chance(20) ? _credit[from_] + 1 : _between(0, _credit[from_] / (_chance(20) ? 1 : 8));
        bytes memory data = abi.encodeCall(vault.withdraw, (from_, amount));
        if (!_attempt(amount <= _credit[from_], from_, address(vault), data)) return;
        _credit[from_] -= amount;
        _did(Act.WITHDRAW);
    }

    function _flushBurn() private {
        _attempt(true, stranger, address(vault), abi.encodeCall(vault.flushBurn, ()));
        if (_burned != 0) _did(Act.FLUSH_BURN);
        _burned = 0;
    }

    function _withdrawTreasury() private {
        uint256 amount = _between(0, _credit[address(queue)]);
        address sender = _chance(20) ? stranger : owner;
        bytes memory data = abi.encodeCall(queue.withdrawTreasury, (owner, amount));
        if (!_attempt(sender == owner, sender, address(queue), data)) return;
        _credit[address(queue)] -= amount;
        if (amount != 0) _did(Act.WITHDRAW_TREASURY);
    }

    // --- workers ---

    function _register(address worker) private {
        GhostWorker storage w = _workers[worker];
        bytes memory data = abi.encodeCall(vault.register, (_signerOf(worker), ""));
        if (!_attempt(w.signer == address(0), worker, address(vault), data)) return;
        w.signer = _signerOf(worker);
        w.active = true;
        _did(Act.REGISTER);
    }

    function _setSigner(address worker) private {
        GhostWorker storage w = _workers[worker];
        // Sometimes the one it has, an earlier one, or another worker's.
        address signer = _chance(50) ? _signerOf(_someWorker()) : address(uint160(_between(0x1000, 0x1009)));
        if (!_attempt(w.signer != address(0), worker, address(vault), abi.encodeCall(vault.setSigner, (signer)))) {
            return;
        }
        w.signer = signer;
        _did(Act.SET_SIGNER);
    }

    function _setEndpoint(address worker) private {
        bool fine = _workers[worker].signer != address(0);
        if (_attempt(fine, worker, address(vault), abi.encodeCall(vault.setEndpoint, ("x")))) _did(Act.SET_ENDPOINT);
    }

    function _addStake(address worker) private {
        GhostWorker storage w = _workers[worker];
        uint256 affordable = _credit[worker] / UNIT;
        uint256 units = _chance(10) ? affordable + 1 : _between(0, affordable);
        bool fine = w.signer != address(0) && units != 0 && units <= affordable && w.free + units >= MINIMUM_STAKE;
        if (!_attempt(fine, worker, address(vault), abi.encodeCall(vault.stake, (units * UNIT)))) return;
        _credit[worker] -= units * UNIT;
        w.free += units;
        if (w.active) _standing += units;
        _did(Act.STAKE);
    }

    function _unstake(address worker) private {
        GhostWorker storage w = _workers[worker];
        uint256 units = _chance(10) ? w.free + 1 : _chance(10) ? w.free : _between(0, w.free / 4);
        bool fine = w.signer != address(0) && units != 0 && units <= w.free;
        fine = fine && (units == w.free || w.free - units >= MINIMUM_STAKE);
        if (!_attempt(fine, worker, address(vault), abi.encodeCall(vault.unstake, (units * UNIT)))) return;
        w.free -= units;
        w.unbonding += units;
        w.releaseEpoch = block.timestamp / EPOCH + 1;
        if (w.active) _standing -= units;
        _did(Act.UNSTAKE);
    }

    function _release(address worker) private {
        GhostWorker storage w = _workers[worker];
        bool fine = w.unbonding != 0 && block.timestamp / EPOCH >= w.releaseEpoch;
        if (!_attempt(fine, worker, address(vault), abi.encodeCall(vault.release, ()))) return;
        _credit[worker] += w.unbonding * UNIT;
        w.unbonding = 0;
        _did(Act.RELEASE);
    }

    /// @dev Workers that are off come back sooner than others leave.
    function _switch(address worker) private {
        GhostWorker storage w = _workers[worker];
        if (w.active && _chance(60)) return;
        bool active = _chance(10) ? w.active : !w.active;
        bool fine = w.signer != address(0) && active != w.active;
        if (!_attempt(fine, worker, address(vault), abi.encodeCall(vault.setActive, (active)))) return;
        w.active = active;
        if (active) _standing += w.free;
        else _standing -= w.free;
        _did(active ? Act.SWITCH_ON : Act.SWITCH_OFF);
    }
}
