// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {NONE} from "../../../contracts/types/JobWord.sol";
import {RequestLib} from "../../../contracts/types/Request.sol";
import {Job} from "../utils/Fixture.sol";
import {AttackFixture} from "./AttackFixture.sol";

/// @dev Attacks with requests: draw again until the committee suits; put another request where one was.
contract RepostingTest is AttackFixture {
    function test_cancelled_after_the_draw_and_posted_again__too_late_and_no_second_time() public {
        Job memory job = _post(requester, exactVersion, _terms(5, 1), _noCallback());
        vm.roll(block.number + 2);
        vm.startPrank(requester);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.CancelTooLate.selector, job.id));
        queue.cancel(job.request, job.rules);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.JobExists.selector, job.id));
        queue.post(exactVersion, job.request.nonce, job.key.terms, _noCallback(), INPUT);
    }

    /// @dev The requester could draw again with another nonce only by paying for both jobs.
    function test_posted_twice_with_other_nonces__both_are_paid_for() public {
        uint256 before = vault.credit(requester);
        _postExact(5, 1);
        _postExact(5, 1);
        assertEq(before - vault.credit(requester), 2 * 5 * FEE * UNIT);
    }

    /// @dev A reorganisation puts another input under the same nonce: another id, at which nothing meant for the first
    /// arrives, neither commitments nor a cancellation.
    function test_reorganised__another_input_under_the_same_nonce__old_transactions_hit_nothing() public {
        uint256 snapshot = vm.snapshotState();
        Job memory job = _postExact(5, 1);
        _commitRange(job, 0, 5, "a");
        assertTrue(vm.revertToState(snapshot));

        bytes memory other = hex"0101010100000000000001";
        vm.prank(requester);
        bytes32 id = queue.post(exactVersion, job.request.nonce, job.key.terms, _noCallback(), other);
        assertNotEq(id, job.id);
        _draw();
        bytes32 commitment = _commitment(job, workers[0], "a");
        vm.prank(_signerOf(workers[0]));
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, job.id, NONE));
        settlement.commit(job.key, workers[0], commitment, 1);
        vm.prank(requester);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, job.id, NONE));
        queue.cancel(job.request, job.rules);
        assertEq(_freeStake(workers[0]), STAKE);
    }

    /// @dev The commitment for the first request, sent for the second, cannot be opened there.
    function test_reorganised__old_commitment_in_the_other_job__never_opens() public {
        Job memory job = _job(requester, exactVersion, _terms(5, 1), _noCallback());
        bytes32 commitment = _commitment(job, workers[0], "a");
        Job memory other = _postExact(5, 1);
        (, uint256 slot) = settlement.seatsOf(other.key, workers[0]);
        vm.prank(_signerOf(workers[0]));
        settlement.commit(other.key, workers[0], commitment, 1);
        _commitRange(other, 1, 5, "a");
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.CommitmentMismatch.selector, workers[0], slot));
        settlement.reveal(other.key, workers[0], slot, _salt(job.id, 0, workers[0]), "a");
    }

    /// @dev The same request in another block: same id, another draw. A commitment made before is good again.
    function test_reorganised__same_request_in_another_block__commitment_still_opens() public {
        uint256 snapshot = vm.snapshotState();
        Job memory job = _postExact(5, 1);
        _commitRange(job, 0, 5, "a");
        uint256 firstSlot = slotOf[job.id][0][workers[0]];
        bytes32 commitment = _commitment(job, workers[0], "a");
        assertTrue(vm.revertToState(snapshot));

        vm.roll(block.number + 3);
        vm.prank(requester);
        queue.post(exactVersion, job.request.nonce, job.key.terms, _noCallback(), INPUT);
        _draw();
        (uint256 seats, uint256 slot) = settlement.seatsOf(job.key, workers[0]);
        assertEq(seats, 1);
        assertNotEq(slot, firstSlot);
        vm.prank(_signerOf(workers[0]));
        settlement.commit(job.key, workers[0], commitment, 1);
        _commitRange(job, 1, 5, "a");
        settlement.reveal(job.key, workers[0], slot, _salt(job.id, 0, workers[0]), "a");
        assertEq(settlement.job(job.id).revealed, 1);
    }

    function test_reorganised__rules_changed_meanwhile__another_id() public {
        Job memory job = _job(requester, exactVersion, _terms(5, 1), _noCallback());
        vm.prank(owner);
        queue.setBurnShare(BURN_BPS + 1);
        vm.prank(requester);
        bytes32 id = queue.post(exactVersion, job.request.nonce, job.key.terms, _noCallback(), INPUT);
        assertNotEq(id, job.id);
        assertNotEq(id, RequestLib.id(address(queue), job.key.terms, job.rules, job.key.body));
        assertEq(id, RequestLib.id(address(queue), job.key.terms, queue.rulesOf(exactVersion), job.key.body));
    }
}
