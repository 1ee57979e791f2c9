// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IStakeVault} from "../../../contracts/interfaces/IStakeVault.sol";
import {Deployment} from "../utils/Deployment.sol";

contract BondsTest is Deployment {
    address private immutable alice = makeAddr("alice");
    address private immutable bob = makeAddr("bob");

    function setUp() public {
        _deploy();
        _enlist(alice, 1_000);
        _enlist(bob, 3_000);
        _toNextEpoch();
    }

    // --- reverts ---

    function test_bond_and_unbond__not_the_settlement__reverts() public {
        bytes memory expected =
            abi.encodeWithSelector(IStakeVault.NotSettlement.selector, address(settlement), address(queue));
        vm.startPrank(address(queue));
        vm.expectRevert(expected);
        vault.bond(alice, _signerOf(alice), 1, block.timestamp);
        vm.expectRevert(expected);
        vault.bondWithTotal(alice, _signerOf(alice), 1, block.timestamp);
        vm.expectRevert(expected);
        vault.unbond(alice, 1, 0);
    }

    function test_bond__not_the_signer__reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.NotSigner.selector, alice, _signerOf(alice), alice));
        _bond(alice, alice, 1);
    }

    function test_bond__worker_unknown__reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.NotSigner.selector, address(5), address(0), alice));
        _bond(address(5), alice, 1);
    }

    function test_bond__worker_off__reverts() public {
        _setActive(alice, false);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.WorkerInactive.selector, alice));
        _bond(alice, _signerOf(alice), 1);
    }

    function test_bond__one_unit_more_than_free__reverts() public {
        _bond(alice, _signerOf(alice), 600);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.InsufficientStake.selector, alice, 400, 401));
        _bond(alice, _signerOf(alice), 401);
    }

    function test_setActive__not_registered__reverts() public {
        vm.prank(address(5));
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.NotRegistered.selector, address(5)));
        vault.setActive(false);
    }

    function test_setActive__as_it_is__reverts() public {
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.ActiveAlready.selector, true));
        vault.setActive(true);
        _setActive(alice, false);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.ActiveAlready.selector, false));
        vault.setActive(false);
    }

    // --- weights ---

    function test_bond__this_epoch__weight_of_the_round_unchanged() public {
        assertEq(_bond(alice, _signerOf(alice), 600), 1_000);
        assertEq(_bond(alice, _signerOf(alice), 1), 1_000);
        _assertWeights(alice, 1_000, 4_000);
    }

    /// @dev The same bond, and in the same call what it is drawn against.
    function test_bondWithTotal__as_bond__and_the_total_of_the_round_s_epoch() public {
        vm.startPrank(address(settlement));
        (uint256 weight, uint256 total) = vault.bondWithTotal(alice, _signerOf(alice), 600, block.timestamp);
        assertEq(weight, 1_000);
        assertEq(total, 4_000);
        assertEq(vault.worker(alice).free, 400);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.InsufficientStake.selector, alice, 400, 401));
        vault.bondWithTotal(alice, _signerOf(alice), 401, block.timestamp);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.NotSigner.selector, alice, _signerOf(alice), alice));
        vault.bondWithTotal(alice, alice, 1, block.timestamp);
    }

    function test_bond__next_epoch__weighs_what_is_free_of_a_total_with_the_bond() public {
        _bond(alice, _signerOf(alice), 600);
        _toNextEpoch();
        _assertWeights(alice, 400, 4_000);
    }

    function test_unbond__next_epoch__weighs_all_again() public {
        _bond(alice, _signerOf(alice), 600);
        _toNextEpoch();
        _unbond(alice, 600, 5);
        assertEq(vault.credit(alice), 5);
        _assertWeights(alice, 400, 4_000);
        _toNextEpoch();
        _assertWeights(alice, 1_000, 4_000);
    }

    function test_divide__bond_lost__gone_from_the_total_at_the_next_epoch() public {
        _bond(alice, _signerOf(alice), 600);
        _lose(600);
        _assertWeights(bob, 3_000, 4_000);
        _toNextEpoch();
        _assertWeights(bob, 3_000, 3_400);
    }

    /// @dev A round draws with the total of the epoch it opened in, and with the lesser of a worker's two weights.
    function test_weightOf__round_of_the_epoch_before__the_lesser_weight() public {
        uint256 openedAt = block.timestamp;
        _fund(alice, 500 * UNIT);
        vm.prank(alice);
        vault.stake(500 * UNIT);
        vm.prank(bob);
        vault.unstake(1_000 * UNIT);
        _toNextEpoch();
        (uint256 weight, uint256 total) = vault.weightOf(alice, openedAt);
        assertEq(weight, 1_000);
        assertEq(total, 4_000);
        (weight,) = vault.weightOf(bob, openedAt);
        assertEq(weight, 2_000);
        _assertWeights(alice, 1_500, 3_500);
    }

    function test_weightOf__round_of_two_epochs_before__nothing() public {
        uint256 openedAt = block.timestamp;
        _toNextEpoch();
        _toNextEpoch();
        (uint256 weight, uint256 total) = vault.weightOf(alice, openedAt);
        assertEq(weight, 0);
        assertEq(total, 0);
    }

    // --- on and off ---

    function test_setActive__off__leaves_the_draw_at_the_next_epoch() public {
        vm.expectEmit(address(vault));
        emit IStakeVault.ActiveChanged(alice, false);
        _setActive(alice, false);
        _assertWeights(bob, 3_000, 4_000);
        _toNextEpoch();
        _assertWeights(bob, 3_000, 3_000);
        _assertWeights(alice, 0, 3_000);
    }

    function test_setActive__off_and_on_within_an_epoch__nothing_changes() public {
        _setActive(alice, false);
        _setActive(alice, true);
        _assertWeights(alice, 1_000, 4_000);
        _toNextEpoch();
        _assertWeights(alice, 1_000, 4_000);
    }

    function test_setActive__on_again_an_epoch_later__counts_from_the_epoch_after() public {
        _setActive(alice, false);
        _toNextEpoch();
        _setActive(alice, true);
        _assertWeights(alice, 0, 3_000);
        _toNextEpoch();
        _assertWeights(alice, 1_000, 4_000);
    }

    function test_setActive__off_with_a_bond_out__bond_stays_in_the_total_until_it_is_back() public {
        _bond(alice, _signerOf(alice), 600);
        _setActive(alice, false);
        _toNextEpoch();
        _assertWeights(bob, 3_000, 3_600);
        _unbond(alice, 600, 0);
        _toNextEpoch();
        _assertWeights(bob, 3_000, 3_000);
        _setActive(alice, true);
        _toNextEpoch();
        _assertWeights(alice, 1_000, 4_000);
    }

    function test_setActive__off_with_a_bond_lost__gone_once() public {
        _bond(alice, _signerOf(alice), 600);
        _setActive(alice, false);
        _lose(600);
        _setActive(alice, true);
        _toNextEpoch();
        _assertWeights(alice, 400, 3_400);
    }

    function test_stake_and_unstake__while_off__outside_the_total() public {
        _setActive(alice, false);
        _fund(alice, 500 * UNIT);
        vm.startPrank(alice);
        vault.stake(500 * UNIT);
        vault.unstake(200 * UNIT);
        vm.stopPrank();
        _toNextEpoch();
        _assertWeights(bob, 3_000, 3_000);
        _setActive(alice, true);
        _toNextEpoch();
        _assertWeights(alice, 1_300, 4_300);
    }

    // --- the signer ---

    function test_setSigner__stake_and_weight_move_with_it() public {
        _bond(alice, _signerOf(alice), 600);
        vm.prank(alice);
        vault.setSigner(address(9));
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.NotSigner.selector, alice, address(9), _signerOf(alice)));
        _bond(alice, _signerOf(alice), 1);
        assertEq(_bond(alice, address(9), 400), 1_000);
        _unbond(alice, 1_000, 0);
        assertEq(vault.worker(alice).free, 1_000);
    }

    function test_setSigner__the_same_or_an_earlier_one__nothing_lost_or_doubled() public {
        address[4] memory signers = [_signerOf(alice), address(9), _signerOf(alice), _signerOf(alice)];
        for (uint256 i; i < signers.length; ++i) {
            vm.prank(alice);
            vault.setSigner(signers[i]);
            assertEq(vault.signerOf(alice), signers[i]);
            _assertWeights(alice, 1_000, 4_000);
            assertEq(_bond(alice, signers[i], 250), 1_000);
        }
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.InsufficientStake.selector, alice, 0, 1));
        _bond(alice, _signerOf(alice), 1);
    }

    function test_setSigner__signer_of_another_worker__each_keeps_its_stake() public {
        vm.prank(alice);
        vault.setSigner(_signerOf(bob));
        _bond(alice, _signerOf(bob), 1_000);
        assertEq(vault.worker(bob).free, 3_000);
        _bond(bob, _signerOf(bob), 3_000);
        assertEq(vault.worker(alice).free + vault.worker(bob).free, 0);
    }

    // --- helpers ---

    function _lose(uint256 units) private {
        vm.prank(address(settlement));
        vault.divide(units, 0, address(1), 0, 0, address(1), 0);
    }

    function _bond(address worker, address signer, uint256 units) private returns (uint256) {
        vm.prank(address(settlement));
        return vault.bond(worker, signer, units, block.timestamp);
    }

    function _unbond(address worker, uint256 units, uint256 fee) private {
        vm.prank(address(settlement));
        vault.unbond(worker, units, fee);
    }

    function _setActive(address worker, bool active) private {
        vm.prank(worker);
        vault.setActive(active);
    }

    function _assertWeights(address worker, uint256 expectedWeight, uint256 expectedTotal) private view {
        (uint256 weight, uint256 total) = vault.weightOf(worker, block.timestamp);
        assertEq(weight, expectedWeight);
        assertEq(total, expectedTotal);
    }
}
