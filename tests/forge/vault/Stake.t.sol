// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IStakeVault} from "../../../contracts/interfaces/IStakeVault.sol";
import {Deployment} from "../utils/Deployment.sol";

contract StakeTest is Deployment {
    address private immutable alice = makeAddr("alice");
    address private immutable signer = makeAddr("signer");

    function setUp() public {
        _deploy();
        _fund(alice, 10_000 * UNIT);
    }

    // --- register ---

    function test_register__no_signer__reverts() public {
        vm.prank(alice);
        vm.expectRevert(IStakeVault.ZeroAddress.selector);
        vault.register(address(0), "");
    }

    function test_register__twice__reverts() public {
        _register();
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.AlreadyRegistered.selector, alice));
        vault.register(signer, "");
    }

    function test_register__endpoint_of_257_bytes__reverts() public {
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.EndpointTooLong.selector, 256, 257));
        vault.register(signer, string(new bytes(257)));
    }

    function test_register__new__on_without_stake() public {
        vm.expectEmit(address(vault));
        emit IStakeVault.WorkerRegistered(alice, signer, "x");
        vm.prank(alice);
        vault.register(signer, "x");
        IStakeVault.Worker memory w = vault.worker(alice);
        assertEq(w.signer, signer);
        assertTrue(w.active);
        assertEq(w.endpoint, "x");
        assertEq(w.free + w.weight + w.unbonding + w.releaseEpoch, 0);
    }

    // --- signer and endpoint ---

    function test_setSigner__not_registered__reverts() public {
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.NotRegistered.selector, alice));
        vault.setSigner(signer);
    }

    function test_setSigner__nobody__reverts() public {
        _register();
        vm.prank(alice);
        vm.expectRevert(IStakeVault.ZeroAddress.selector);
        vault.setSigner(address(0));
    }

    function test_setSigner__another__replaces_at_once() public {
        _register();
        vm.expectEmit(address(vault));
        emit IStakeVault.SignerChanged(alice, signer, address(9));
        vm.prank(alice);
        vault.setSigner(address(9));
        assertEq(vault.worker(alice).signer, address(9));
    }

    /// @dev The hot key may work and nothing else: what it does here, it does for itself.
    function test_signer__acts_for_the_worker__reverts() public {
        _register();
        _stake(1_000);
        vm.startPrank(signer);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.NotRegistered.selector, signer));
        vault.unstake(UNIT);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.NotRegistered.selector, signer));
        vault.setActive(false);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.InsufficientCredit.selector, signer, 0, 1));
        vault.withdraw(signer, 1);
    }

    function test_setEndpoint__not_registered__reverts() public {
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.NotRegistered.selector, alice));
        vault.setEndpoint("");
    }

    function test_setEndpoint__too_long__reverts() public {
        _register();
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.EndpointTooLong.selector, 256, 300));
        vault.setEndpoint(string(new bytes(300)));
    }

    function test_setEndpoint__256_bytes__shows() public {
        _register();
        string memory endpoint = string(new bytes(256));
        vm.expectEmit(address(vault));
        emit IStakeVault.EndpointChanged(alice, endpoint);
        vm.prank(alice);
        vault.setEndpoint(endpoint);
        assertEq(vault.worker(alice).endpoint, endpoint);
    }

    // --- stake ---

    function test_stake__not_registered__reverts() public {
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.NotRegistered.selector, alice));
        vault.stake(MINIMUM_STAKE * UNIT);
    }

    function test_stake__nothing__reverts() public {
        _register();
        vm.prank(alice);
        vm.expectRevert(IStakeVault.ZeroAmount.selector);
        vault.stake(0);
    }

    function test_stake__a_wei_beside_whole_units__reverts() public {
        _register();
        for (uint256 i; i < 2; ++i) {
            uint256 amount = i == 0 ? 200 * UNIT + 1 : 200 * UNIT - 1;
            vm.prank(alice);
            vm.expectRevert(abi.encodeWithSelector(IStakeVault.NotWholeUnits.selector, UNIT, amount));
            vault.stake(amount);
        }
    }

    function test_stake__one_unit_below_the_minimum__reverts() public {
        _register();
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.BelowMinimumStake.selector, MINIMUM_STAKE, 99));
        vault.stake(99 * UNIT);
    }

    function test_stake__more_than_the_credit__reverts() public {
        _register();
        vm.prank(alice);
        vm.expectRevert(
            abi.encodeWithSelector(IStakeVault.InsufficientCredit.selector, alice, 10_000 * UNIT, 10_001 * UNIT)
        );
        vault.stake(10_001 * UNIT);
    }

    function test_stake__now__counts_from_the_next_epoch() public {
        _register();
        vm.expectEmit(address(vault));
        emit IStakeVault.Staked(alice, MINIMUM_STAKE);
        _stake(MINIMUM_STAKE);
        assertEq(vault.worker(alice).free, MINIMUM_STAKE);
        assertEq(vault.worker(alice).weight, 0);
        _assertWeights(0, 0);
        _toNextEpoch();
        assertEq(vault.worker(alice).weight, MINIMUM_STAKE);
        _assertWeights(MINIMUM_STAKE, MINIMUM_STAKE);
        assertEq(vault.credit(alice), (10_000 - MINIMUM_STAKE) * UNIT);
    }

    // --- unstake ---

    function test_unstake__not_registered__reverts() public {
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.NotRegistered.selector, alice));
        vault.unstake(UNIT);
    }

    function test_unstake__not_whole_units__reverts() public {
        _register();
        _stake(1_000);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.NotWholeUnits.selector, UNIT, 1));
        vault.unstake(1);
        vm.expectRevert(IStakeVault.ZeroAmount.selector);
        vault.unstake(0);
    }

    function test_unstake__more_than_is_free__reverts() public {
        _register();
        _stake(1_000);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.InsufficientStake.selector, alice, 1_000, 1_001));
        vault.unstake(1_001 * UNIT);
    }

    function test_unstake__leaves_less_than_the_minimum__reverts() public {
        _register();
        _stake(1_000);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.BelowMinimumStake.selector, MINIMUM_STAKE, 99));
        vault.unstake(901 * UNIT);
    }

    function test_unstake__all_of_it__leaves_the_draw_at_the_next_epoch() public {
        _register();
        _stake(1_000);
        _toNextEpoch();
        vm.expectEmit(address(vault));
        emit IStakeVault.Unstaked(alice, 1_000, vault.currentEpoch() + 1);
        vm.prank(alice);
        vault.unstake(1_000 * UNIT);
        IStakeVault.Worker memory w = vault.worker(alice);
        assertEq(w.free, 0);
        assertEq(w.unbonding, 1_000);
        assertEq(w.releaseEpoch, vault.currentEpoch() + 1);
        _assertWeights(1_000, 1_000);
        _toNextEpoch();
        _assertWeights(0, 0);
    }

    // --- release ---

    function test_release__nothing_unbonding__reverts() public {
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.NothingToRelease.selector, alice));
        vault.release();
    }

    function test_release__in_the_last_second_of_the_epoch__reverts() public {
        _register();
        _stake(1_000);
        vm.prank(alice);
        vault.unstake(1_000 * UNIT);
        uint256 epoch = vault.currentEpoch();
        vm.warp((epoch + 1) * EPOCH - 1);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.StillUnbonding.selector, epoch + 1, epoch));
        vault.release();
    }

    function test_release__second_unstake__postponed_for_both() public {
        _register();
        _stake(1_000);
        vm.prank(alice);
        vault.unstake(300 * UNIT);
        _toNextEpoch();
        vm.startPrank(alice);
        vault.unstake(400 * UNIT);
        uint256 epoch = vault.currentEpoch();
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.StillUnbonding.selector, epoch + 1, epoch));
        vault.release();
        vm.stopPrank();
        assertEq(vault.worker(alice).unbonding, 700);
    }

    function test_release__next_epoch__credits_once() public {
        _register();
        _stake(1_000);
        vm.prank(alice);
        vault.unstake(400 * UNIT);
        _toNextEpoch();
        uint256 before = vault.credit(alice);
        vm.startPrank(alice);
        vm.expectEmit(address(vault));
        emit IStakeVault.Released(alice, 400);
        vault.release();
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.NothingToRelease.selector, alice));
        vault.release();
        assertEq(vault.credit(alice), before + 400 * UNIT);
        assertEq(vault.worker(alice).free, 600);
    }

    // --- helpers ---

    function _register() private {
        vm.prank(alice);
        vault.register(signer, "");
    }

    function _stake(uint256 units) private {
        vm.prank(alice);
        vault.stake(units * UNIT);
    }

    function _assertWeights(uint256 expectedWeight, uint256 expectedTotal) private view {
        (uint256 weight, uint256 total) = vault.weightOf(alice, block.timestamp);
        assertEq(weight, expectedWeight);
        assertEq(total, expectedTotal);
    }
}
