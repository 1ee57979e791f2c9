// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {JobQueue} from "../../../contracts/JobQueue.sol";
import {ModelRegistry} from "../../../contracts/ModelRegistry.sol";
import {Settlement} from "../../../contracts/Settlement.sol";
import {StakeVault} from "../../../contracts/StakeVault.sol";
import {MockToken} from "../../../contracts/mocks/MockToken.sol";
import {Test} from "./Test.sol";

/// @dev The contracts as a deployment wires them, with figures that make rounding show.
abstract contract Deployment is Test {
    /// @dev Wei in a unit. A prime, so that no share of a fee comes out even.
    uint256 internal constant UNIT = 999_999_937;
    uint256 internal constant EPOCH = 1 hours;
    /// @dev Units.
    uint256 internal constant MINIMUM_STAKE = 100;
    uint256 internal constant PROTOCOL_FEE_BPS = 300;
    uint256 internal constant BURN_BPS = 4_000;
    /// @dev Two blocks of twelve seconds.
    uint256 internal constant SHORTEST_PHASE = 24;

    address internal immutable owner = makeAddr("owner");
    MockToken internal token;
    ModelRegistry internal registry;
    StakeVault internal vault;
    JobQueue internal queue;
    Settlement internal settlement;

    function _deploy() internal {
        vm.warp(400_000 * EPOCH);
        vm.roll(20_000_000);
        token = MockToken(vm.deployCode("MockToken.sol:MockToken", ""));
        registry = ModelRegistry(vm.deployCode("ModelRegistry.sol:ModelRegistry", abi.encode(owner)));
        _deployAround(address(token));
    }

    /// @dev Vault, settlement and queue know each other for good, so their addresses are predicted.
    function _deployAround(address asset) internal {
        uint256 nonce = vm.getNonce(address(this));
        address settlement_ = vm.computeCreateAddress(address(this), nonce + 1);
        address queue_ = vm.computeCreateAddress(address(this), nonce + 2);
        bytes memory arguments = abi.encode(asset, UNIT, EPOCH, MINIMUM_STAKE, queue_, settlement_);
        vault = StakeVault(vm.deployCode("StakeVault.sol:StakeVault", arguments));
        arguments = abi.encode(vault, registry, queue_);
        settlement = Settlement(vm.deployCode("Settlement.sol:Settlement", arguments));
        arguments = abi.encode(owner, registry, vault, settlement_, PROTOCOL_FEE_BPS, BURN_BPS, SHORTEST_PHASE);
        queue = JobQueue(vm.deployCode("JobQueue.sol:JobQueue", arguments));
        assertEq(address(settlement), settlement_);
        assertEq(address(queue), queue_);
    }

    // --- time ---

    function _wait(uint256 seconds_) internal {
        vm.warp(block.timestamp + seconds_);
        vm.roll(block.number + 1 + seconds_ / 12);
    }

    /// @dev Goes on until the hash of the next block, which seeds a round opened now, is known; no second passes.
    function _draw() internal {
        vm.roll(block.number + 2);
    }

    function _toNextEpoch() internal {
        _wait(EPOCH - block.timestamp % EPOCH);
    }

    // --- accounts ---

    /// @dev Gives an account `amount` wei of credit in the vault.
    function _fund(address account, uint256 amount) internal {
        token.mint(account, amount);
        vm.startPrank(account);
        token.approve(address(vault), amount);
        vault.deposit(account, amount);
        vm.stopPrank();
    }

    function _signerOf(address worker) internal pure returns (address) {
        return address(uint160(worker) ^ 1);
    }

    /// @dev Makes an account a worker with `units` of stake, which count from the next epoch on.
    function _enlist(address worker, uint256 units) internal {
        _fund(worker, units * UNIT);
        vm.startPrank(worker);
        vault.register(_signerOf(worker), "https://worker.example");
        vault.stake(units * UNIT);
        vm.stopPrank();
    }
}
