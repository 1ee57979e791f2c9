// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IJobQueue} from "../../../contracts/interfaces/IJobQueue.sol";
import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {COMMITTING, NONE, REFUNDED} from "../../../contracts/types/JobWord.sol";
import {Fixture, Job} from "../utils/Fixture.sol";
import {Pack} from "../utils/Pack.sol";

contract CancelTest is Fixture {
    Job private _posted;

    function setUp() public override {
        super.setUp();
        _enlistEqual(3);
        _posted = _post(requester, exactVersion, _terms(3, 2), Pack.callback(address(9), 1, DELIVERY_FEE));
    }

    function test_cancel__not_the_requester__reverts() public {
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IJobQueue.NotRequester.selector, requester, stranger));
        queue.cancel(_posted.request, _posted.rules);
    }

    /// @dev A request that names the caller as its requester is another request.
    function test_cancel__request_rewritten__reverts() public {
        Job memory job = _posted;
        job.request.requester = stranger;
        bytes32 id = queue.jobIdOf(job.request, job.rules);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, id, NONE));
        queue.cancel(job.request, job.rules);
    }

    function test_cancel__larger_fee_claimed__reverts() public {
        Job memory job = _posted;
        job.request.terms = _terms(3, 5);
        bytes32 id = queue.jobIdOf(job.request, job.rules);
        vm.prank(requester);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, id, NONE));
        queue.cancel(job.request, job.rules);
    }

    function test_cancel__after_the_seed_block__reverts() public {
        _draw();
        vm.prank(requester);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.CancelTooLate.selector, _posted.id));
        queue.cancel(_posted.request, _posted.rules);
    }

    function test_cancel__seat_taken__reverts() public {
        _draw();
        _commit(_posted, workers[0], "a", 1);
        vm.roll(block.number - 2);
        vm.prank(requester);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.CancelTooLate.selector, _posted.id));
        queue.cancel(_posted.request, _posted.rules);
    }

    function test_cancel__hash_of_the_seed_block_aged_out__reverts() public {
        vm.roll(block.number + 300);
        vm.prank(requester);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.CancelTooLate.selector, _posted.id));
        queue.cancel(_posted.request, _posted.rules);
    }

    /// @dev The seed block of a later round lies ahead too, but then the first committee has been drawn.
    function test_cancel__later_round__reverts() public {
        _wait(COMMIT_SECONDS);
        settlement.advance(_posted.key);
        vm.prank(requester);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.CancelTooLate.selector, _posted.id));
        queue.cancel(_posted.request, _posted.rules);
    }

    function test_cancel__twice__reverts() public {
        vm.startPrank(requester);
        queue.cancel(_posted.request, _posted.rules);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, _posted.id, REFUNDED));
        queue.cancel(_posted.request, _posted.rules);
    }

    function test_settlement_cancel_and_open__not_the_queue__revert() public {
        bytes memory reason = abi.encodeWithSelector(ISettlementTypes.NotQueue.selector, address(queue), requester);
        vm.startPrank(requester);
        vm.expectRevert(reason);
        settlement.cancel(_posted.id);
        vm.expectRevert(reason);
        settlement.open("x");
    }

    function test_cancel__same_block_and_seed_block__all_comes_back() public {
        for (uint256 i; i < 2; ++i) {
            uint256 before = vault.credit(requester);
            Job memory job = _post(requester, exactVersion, _terms(5, 3), Pack.callback(address(9), 1, DELIVERY_FEE));
            assertEq(settlement.job(job.id).status, COMMITTING);
            vm.roll(block.number + i);
            vm.expectEmit(address(queue));
            emit IJobQueue.JobCancelled(job.id);
            vm.prank(requester);
            queue.cancel(job.request, job.rules);
            assertEq(vault.credit(requester), before);
            assertEq(settlement.job(job.id).status, REFUNDED);
            assertTrue(settlement.job(job.id).closed);
        }
    }

    function test_cancel__then_any_step__reverts() public {
        vm.prank(requester);
        queue.cancel(_posted.request, _posted.rules);
        _draw();
        bytes memory ended = abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, _posted.id, REFUNDED);
        vm.prank(_signerOf(workers[0]));
        vm.expectRevert(ended);
        settlement.commit(_posted.key, workers[0], 0, 1);
        _wait(COMMIT_SECONDS);
        vm.expectRevert(ended);
        settlement.advance(_posted.key);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.ClosedAlready.selector, _posted.id));
        settlement.close(_posted.request, _posted.rules);
    }
}
