// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IJobQueue} from "../../../contracts/interfaces/IJobQueue.sol";
import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {RecordingCallback} from "../../../contracts/mocks/callbacks/RecordingCallback.sol";
import {RevertingCallback} from "../../../contracts/mocks/callbacks/RevertingCallback.sol";
import {Fixture, Job} from "../utils/Fixture.sol";
import {Pack} from "../utils/Pack.sol";

contract DeliverTest is Fixture {
    RecordingCallback private _target;
    RevertingCallback private _refusing;

    function setUp() public override {
        super.setUp();
        _enlistEqual(3);
        _target = RecordingCallback(vm.deployCode("RecordingCallback.sol:RecordingCallback", ""));
        _refusing = RevertingCallback(vm.deployCode("RevertingCallback.sol:RevertingCallback", ""));
    }

    // --- reverts ---

    function test_deliver__no_callback__reverts() public {
        Job memory job = _postExact(3, 1);
        _voted(job, 3, "a", "");
        vm.expectRevert(abi.encodeWithSelector(IJobQueue.NoCallback.selector, job.id));
        queue.deliver(job.request, job.rules, address(0), "a");
    }

    function test_deliver__not_decided__reverts() public {
        Job memory job = _postFor(address(_target));
        _commitRange(job, 0, 3, "a");
        _reveal(job, workers[0], "a");
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.NotSettledResult.selector, job.id, keccak256("a")));
        queue.deliver(job.request, job.rules, address(0), "a");
    }

    function test_deliver__another_result__reverts() public {
        Job memory job = _settledFor(address(_target));
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.NotSettledResult.selector, job.id, keccak256("b")));
        queue.deliver(job.request, job.rules, address(0), "b");
    }

    function test_deliver__twice__reverts() public {
        Job memory job = _settledFor(address(_target));
        queue.deliver(job.request, job.rules, address(0), "a");
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.DeliveredAlready.selector, job.id));
        queue.deliver(job.request, job.rules, address(0), "a");
        assertEq(_target.calls(), 1);
    }

    function test_deliver__another_callback_named__reverts() public {
        Job memory job = _settledFor(address(_target));
        job.request.callback = Pack.callback(address(_refusing), STIPEND, DELIVERY_FEE);
        bytes32 id = queue.jobIdOf(job.request, job.rules);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.NotSettledResult.selector, id, keccak256("a")));
        queue.deliver(job.request, job.rules, address(0), "a");
    }

    function test_beginDelivery_and_deliveryFailed__not_the_queue__revert() public {
        Job memory job = _settledFor(address(_target));
        bytes memory reason = abi.encodeWithSelector(ISettlementTypes.NotQueue.selector, address(queue), address(this));
        vm.expectRevert(reason);
        settlement.beginDelivery(job.id, job.key.terms, address(0), keccak256("a"));
        vm.expectRevert(reason);
        settlement.deliveryFailed(job.id);
    }

    function test_deliverForFee__fee_paid_with_a_failed_attempt__reverts() public {
        Job memory job = _settledFor(address(_refusing));
        queue.deliverForFee(job.request, job.rules, address(0), "a");
        vm.expectRevert(abi.encodeWithSelector(IJobQueue.DeliveryFeePaid.selector, job.id));
        queue.deliverForFee(job.request, job.rules, address(0), "a");
    }

    // --- what happens ---

    function test_deliverForFee__first_attempt__as_deliver() public {
        Job memory job = _settledFor(address(_target));
        vm.prank(stranger);
        queue.deliverForFee(job.request, job.rules, address(0), "a");
        assertEq(_target.calls(), 1);
        assertEq(vault.credit(stranger), DELIVERY_FEE * UNIT);
        assertTrue(settlement.job(job.id).delivered);
    }

    function test_deliver__settled__tells_the_target_and_pays_the_caller() public {
        Job memory job = _settledFor(address(_target));
        vm.expectEmit(address(queue));
        emit IJobQueue.Delivered(job.id, address(_target), stranger);
        vm.prank(stranger);
        queue.deliver(job.request, job.rules, address(0), "a");
        assertEq(_target.sender(), address(queue));
        assertEq(_target.jobId(), job.id);
        assertEq(_target.versionId(), exactVersion);
        assertEq(_target.result(), "a");
        assertEq(vault.credit(stranger), DELIVERY_FEE * UNIT);
        assertTrue(settlement.job(job.id).delivered);
    }

    function test_deliver__closed_and_claimed__still_possible() public {
        Job memory job = _settledFor(address(_target));
        _close(job);
        _claim(job, 0, workers[0], "a");
        vm.prank(stranger);
        queue.deliver(job.request, job.rules, address(0), "a");
        assertEq(vault.credit(stranger), DELIVERY_FEE * UNIT);
    }

    function test_deliver__callback_fails__paid_once_and_repeated_until_it_succeeds() public {
        Job memory job = _settledFor(address(_refusing));
        vm.expectEmit(address(queue));
        emit IJobQueue.DeliveryFailed(job.id, address(_refusing), stranger);
        vm.prank(stranger);
        queue.deliver(job.request, job.rules, address(0), "a");
        assertFalse(settlement.job(job.id).delivered);
        vm.prank(workers[0]);
        queue.deliver(job.request, job.rules, address(0), "a");
        _refusing.setAccepts(true);
        vm.prank(workers[1]);
        queue.deliver(job.request, job.rules, address(0), "a");
        assertTrue(settlement.job(job.id).delivered);
        assertEq(_refusing.calls(), 1);
        assertEq(vault.credit(stranger), DELIVERY_FEE * UNIT);
        assertEq(vault.credit(workers[0]) + vault.credit(workers[1]), 0);
    }

    function test_deliver__no_fee_offered__nothing_paid() public {
        Job memory job = _post(requester, exactVersion, _terms(3, 1), Pack.callback(address(_target), STIPEND, 0));
        _draw();
        _voted(job, 3, "a", "");
        vm.prank(stranger);
        queue.deliver(job.request, job.rules, address(0), "a");
        assertEq(vault.credit(stranger), 0);
    }

    function test_deliver__target_without_code__counts_as_delivered() public {
        Job memory job = _settledFor(address(0xC0DE));
        queue.deliver(job.request, job.rules, address(0), "a");
        assertTrue(settlement.job(job.id).delivered);
    }

    /// @dev The engine trusts the queue; a callback lets a requester choose whom the queue calls.
    function test_deliver__target_is_part_of_the_engine__fails_and_changes_nothing() public {
        address[5] memory targets =
            [address(vault), address(settlement), address(queue), address(registry), address(token)];
        for (uint256 i; i < targets.length; ++i) {
            Job memory job = _settledFor(targets[i]);
            uint256 treasury = vault.credit(address(queue));
            vm.prank(stranger);
            queue.deliver(job.request, job.rules, address(0), "a");
            assertFalse(settlement.job(job.id).delivered);
            assertEq(vault.credit(address(queue)), treasury);
        }
    }

    function test_batch__one_delivery_of_two_is_bad__the_other_arrives() public {
        Job memory job = _settledFor(address(_target));
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(queue.deliver, (job.request, job.rules, address(0), "b"));
        calls[1] = abi.encodeCall(queue.deliver, (job.request, job.rules, address(0), "a"));
        vm.prank(stranger);
        queue.batch(calls);
        assertEq(_target.calls(), 1);
        assertEq(vault.credit(stranger), DELIVERY_FEE * UNIT);
    }

    // --- helpers ---

    function _postFor(address target) private returns (Job memory job) {
        job = _post(requester, exactVersion, _terms(3, 1), Pack.callback(target, STIPEND, DELIVERY_FEE));
        _draw();
    }

    function _settledFor(address target) private returns (Job memory job) {
        job = _postFor(target);
        _voted(job, 3, "a", "");
    }
}
