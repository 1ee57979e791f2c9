// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IJobQueue} from "../../../contracts/interfaces/IJobQueue.sol";
import {IStakeVault} from "../../../contracts/interfaces/IStakeVault.sol";
import {Fixture, Job} from "../utils/Fixture.sol";
import {Pack} from "../utils/Pack.sol";

contract OwnerTest is Fixture {
    // --- reverts ---

    function test_owner_functions__anyone_else__revert() public {
        bytes[6] memory calls = [
            abi.encodeCall(queue.setProtocolFee, (0)),
            abi.encodeCall(queue.setBurnShare, (5_000)),
            abi.encodeCall(queue.pause, ()),
            abi.encodeCall(queue.unpause, ()),
            abi.encodeCall(queue.withdrawTreasury, (stranger, 0)),
            abi.encodeCall(queue.transferOwnership, (stranger))
        ];
        for (uint256 i; i < calls.length; ++i) {
            vm.prank(stranger);
            (bool ok, bytes memory reason) = address(queue).call(calls[i]);
            assertFalse(ok);
            assertEq(reason, abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
        }
    }

    function test_setProtocolFee__above_a_tenth__reverts() public {
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IJobQueue.ShareOutOfBounds.selector, 0, 1_000, 1_001));
        queue.setProtocolFee(1_001);
    }

    function test_setBurnShare__out_of_bounds__reverts() public {
        uint256[4] memory shares = [uint256(0), 999, 9_001, type(uint256).max];
        for (uint256 i; i < shares.length; ++i) {
            vm.prank(owner);
            vm.expectRevert(abi.encodeWithSelector(IJobQueue.ShareOutOfBounds.selector, 1_000, 9_000, shares[i]));
            queue.setBurnShare(shares[i]);
        }
    }

    function test_withdrawTreasury__more_than_was_earned__reverts() public {
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.InsufficientCredit.selector, address(queue), 0, 1));
        queue.withdrawTreasury(owner, 1);
    }

    // --- what happens ---

    function test_setProtocolFee__bounds_themselves__from_then_on() public {
        vm.startPrank(owner);
        vm.expectEmit(address(queue));
        emit IJobQueue.ProtocolFeeChanged(PROTOCOL_FEE_BPS, 1_000);
        queue.setProtocolFee(1_000);
        assertEq(queue.rulesOf(exactVersion).protocolFeeBps(), 1_000);
        queue.setProtocolFee(0);
        assertEq(queue.rulesOf(exactVersion).protocolFeeBps(), 0);
    }

    function test_setBurnShare__bounds_themselves__from_then_on() public {
        vm.startPrank(owner);
        vm.expectEmit(address(queue));
        emit IJobQueue.BurnShareChanged(BURN_BPS, 1_000);
        queue.setBurnShare(1_000);
        assertEq(queue.rulesOf(exactVersion).burnBps(), 1_000);
        queue.setBurnShare(9_000);
        assertEq(queue.rulesOf(exactVersion).burnBps(), 9_000);
    }

    /// @dev Fees, burn share, pause and a deprecated version: a job that runs keeps its rules and comes to its end.
    function test_owner__changes_all_it_can__a_running_job_is_paid_as_posted() public {
        _enlistEqual(3);
        Job memory job = _post(requester, exactVersion, _terms(3, 1), Pack.callback(address(9), STIPEND, 1));
        _draw();
        vm.prank(modelOwner);
        registry.deprecate(exactVersion);
        vm.startPrank(owner);
        queue.setProtocolFee(1_000);
        queue.setBurnShare(9_000);
        queue.pause();
        registry.pause();
        vm.stopPrank();

        _voted(job, 2, "a", "b");
        queue.deliver(job.request, job.rules, address(0), "a");
        _close(job);
        _claim(job, 0, workers[0], "a");
        uint256 fee = FEE * UNIT;
        uint256 protocolFee = fee * PROTOCOL_FEE_BPS / 10_000;
        assertEq(vault.credit(workers[0]), fee - protocolFee - fee * ROYALTY_BPS / 10_000);
        uint256 burned = BOND * UNIT * BURN_BPS / 10_000;
        assertEq(vault.burned(), burned);
        assertEq(vault.credit(address(queue)), 2 * protocolFee + BOND * UNIT - burned);
    }

    function test_pause__holds_up_posting_only() public {
        Job memory job = _post(requester, exactVersion, _terms(3, 1), _noCallback());
        vm.prank(owner);
        queue.pause();
        uint256 credit = vault.credit(requester);
        vm.startPrank(requester);
        queue.cancel(job.request, job.rules);
        vault.withdraw(requester, credit);
    }

    function test_withdrawTreasury__what_was_earned__to_anyone() public {
        _enlistEqual(3);
        Job memory job = _postExact(3, 1);
        _voted(job, 3, "a", "");
        _close(job);
        uint256 earned = vault.credit(address(queue));
        assertGt(earned, 0);
        vm.expectEmit(address(queue));
        emit IJobQueue.TreasuryWithdrawn(stranger, earned);
        vm.prank(owner);
        queue.withdrawTreasury(stranger, earned);
        assertEq(token.balanceOf(stranger), earned);
        assertEq(vault.credit(address(queue)), 0);
    }

    function test_transferOwnership__two_steps() public {
        vm.prank(owner);
        queue.transferOwnership(stranger);
        assertEq(queue.owner(), owner);
        vm.prank(stranger);
        queue.acceptOwnership();
        assertEq(queue.owner(), stranger);
    }
}
