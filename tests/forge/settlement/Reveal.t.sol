// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {DECIDED, REVEALING} from "../../../contracts/types/JobWord.sol";
import {REVEALED, Vote} from "../../../contracts/types/Vote.sol";
import {Fixture, Job} from "../utils/Fixture.sol";

contract RevealTest is Fixture {
    Job private _open;

    function setUp() public override {
        super.setUp();
        _enlistEqual(5);
        _open = _postExact(5, 2);
    }

    // --- reverts: too early, too late ---

    function test_reveal__seats_left_and_time_left__reverts() public {
        _commitRange(_open, 0, 4, "a");
        uint256 end = settlement.job(_open.id).time + COMMIT_SECONDS;
        vm.warp(end - 1);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.CommitPhaseOpen.selector, end, end - 1));
        _reveal(_open, workers[0], "a");
        vm.warp(end);
        _reveal(_open, workers[0], "a");
        assertEq(settlement.job(_open.id).time, end);
    }

    function test_reveal__fewer_seats_than_the_quorum__reverts() public {
        _commitRange(_open, 0, 3, "a");
        _wait(COMMIT_SECONDS);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.ShortRound.selector, 3, 4));
        _reveal(_open, workers[0], "a");
    }

    function test_reveal__reveal_phase_over__reverts() public {
        _commitRange(_open, 0, 5, "a");
        uint256 end = block.timestamp + REVEAL_SECONDS;
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.RevealPhaseOver.selector, end, end));
        _reveal(_open, workers[0], "a");
        vm.warp(end - 1);
        _reveal(_open, workers[0], "a");
    }

    /// @dev A round that nobody revealed in stays COMMITTING in the word; its reveal phase ends all the same.
    function test_reveal__first_one_after_both_phases__reverts() public {
        _commitRange(_open, 0, 4, "a");
        uint256 end = block.timestamp + COMMIT_SECONDS + REVEAL_SECONDS;
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.RevealPhaseOver.selector, end, end));
        _reveal(_open, workers[0], "a");
    }

    // --- reverts: not the vote that was committed ---

    function test_reveal__twice__reverts() public {
        _commitRange(_open, 0, 5, "a");
        _reveal(_open, workers[0], "a");
        _expectMismatch(workers[0]);
        _reveal(_open, workers[0], "a");
        _expectMismatch(workers[0]);
        _revealKnown(workers[0], workers[0], "a");
    }

    function test_reveal__another_result__reverts() public {
        _commitRange(_open, 0, 5, "a");
        _expectMismatch(workers[0]);
        _reveal(_open, workers[0], "b");
    }

    function test_reveal__another_s_salt__reverts() public {
        _commitRange(_open, 0, 5, "a");
        uint256 slot = slotOf[_open.id][0][workers[0]];
        _expectMismatch(workers[0]);
        settlement.reveal(_open.key, workers[0], slot, _salt(_open.id, 0, workers[1]), "a");
    }

    function test_reveal__another_s_slot__reverts() public {
        _commitRange(_open, 0, 5, "a");
        uint256 slot = slotOf[_open.id][0][workers[1]];
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.CommitmentMismatch.selector, workers[0], slot));
        settlement.reveal(_open.key, workers[0], slot, _salt(_open.id, 0, workers[0]), "a");
    }

    function test_reveal__never_committed__reverts() public {
        _commitRange(_open, 0, 4, "a");
        _wait(COMMIT_SECONDS);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.CommitmentMismatch.selector, workers[4], 0));
        _reveal(_open, workers[4], "a");
    }

    function test_reveal__commitment_of_another_job__reverts() public {
        Job memory other = _postExact(5, 2);
        _commitRange(_open, 0, 5, "a");
        _commitRange(other, 0, 5, "a");
        uint256 slot = slotOf[other.id][0][workers[0]];
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.CommitmentMismatch.selector, workers[0], slot));
        settlement.reveal(_open.key, workers[0], slot, _salt(other.id, 0, workers[0]), "a");
    }

    // --- reverts: TOLERANCE functions, unknown digests ---

    function test_revealKnown__nobody_published_it__reverts() public {
        _commitRange(_open, 0, 4, "a");
        _commit(_open, workers[4], "b", 1);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.UnknownDigest.selector, keccak256("a")));
        _revealKnown(workers[0], workers[0], "a");
        _reveal(_open, workers[0], "a");
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.UnknownDigest.selector, keccak256("b")));
        _revealKnown(workers[4], workers[4], "b");
    }

    function test_revealNear_and_addSupport_and_vindicate__exact_job__revert() public {
        _commitRange(_open, 0, 5, "a");
        _reveal(_open, workers[0], "a");
        bytes memory reason = abi.encodeWithSelector(ISettlementTypes.NotTolerance.selector, _open.id);
        vm.expectRevert(reason);
        _revealNear(_open, workers[1], "a", "a");
        ISettlementTypes.Ballot memory ballot = _revealedBallot(_open, 0, workers[0], "a");
        vm.expectRevert(reason);
        settlement.addSupport(_open.key, workers[0], ballot, "a", "a");
        vm.expectRevert(reason);
        settlement.vindicate(_open.key, workers[0], ballot, "a", "a");
    }

    // --- what happens ---

    function test_reveal__first__publishes_and_leads() public {
        _commitRange(_open, 0, 5, "a");
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.ResultPublished(_open.id, "a");
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.Revealed(_open.id, workers[0], keccak256("a"));
        _reveal(_open, workers[0], "a");
        ISettlementTypes.JobView memory shown = settlement.job(_open.id);
        assertEq(shown.status, REVEALING);
        assertEq(shown.revealed, 1);
        assertEq(shown.leading, 1);
        assertEq(shown.mark, bytes20(keccak256("a")));
        Vote v = Vote.wrap(settlement.vote(workers[0], slotOf[_open.id][0][workers[0]]));
        assertEq(v.stage(), REVEALED);
    }

    function test_reveal__result_published_before__not_again() public {
        _commitRange(_open, 0, 4, "a");
        _commit(_open, workers[4], "b", 1);
        vm.recordLogs();
        _revealRange(_open, 0, 2, "a");
        _reveal(_open, workers[4], "b");
        _revealKnown(workers[2], stranger, "a");
        assertEq(_published(), 2);
    }

    function test_revealKnown__the_other_digest__counts_behind_it() public {
        _commitRange(_open, 0, 2, "a");
        _commitRange(_open, 2, 5, "b");
        _revealRange(_open, 0, 2, "a");
        _reveal(_open, workers[2], "b");
        _revealKnown(workers[3], stranger, "b");
        ISettlementTypes.JobView memory shown = settlement.job(_open.id);
        assertEq(shown.leading, 2);
        assertEq(shown.revealed, 4);
    }

    /// @dev EXACT: whoever holds the salt may send the reveal, also after the signer has been replaced.
    function test_reveal__sent_by_anyone__counts_for_the_worker() public {
        _commitRange(_open, 0, 5, "a");
        vm.prank(workers[0]);
        vault.setSigner(stranger);
        uint256 slot = slotOf[_open.id][0][workers[0]];
        vm.prank(requester);
        settlement.reveal(_open.key, workers[0], slot, _salt(_open.id, 0, workers[0]), "a");
        assertEq(settlement.job(_open.id).revealed, 1);
    }

    function test_reveal__worker_off_and_unstaked__still_counts() public {
        _commitRange(_open, 0, 5, "a");
        vm.startPrank(workers[0]);
        vault.setActive(false);
        vault.unstake((STAKE - BOND) * UNIT);
        vm.stopPrank();
        _reveal(_open, workers[0], "a");
        assertEq(settlement.job(_open.id).revealed, 1);
    }

    function test_reveal__the_one_that_reaches_the_quorum__decides() public {
        _commitRange(_open, 0, 4, "a");
        _commit(_open, workers[4], "b", 1);
        _reveal(_open, workers[4], "b");
        _revealRange(_open, 0, 3, "a");
        assertEq(settlement.job(_open.id).status, REVEALING);
        assertFalse(settlement.isSettled(_open.key, address(0), keccak256("a")));
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.Decided(_open.id, bytes20(keccak256("a")));
        _reveal(_open, workers[3], "a");
        ISettlementTypes.JobView memory shown = settlement.job(_open.id);
        assertEq(shown.status, DECIDED);
        assertEq(shown.leading, 4);
        assertEq(shown.mark, bytes20(keccak256("a")));
        assertTrue(settlement.isSettled(_open.key, address(0), keccak256("a")));
        assertFalse(settlement.isSettled(_open.key, address(0), keccak256("b")));
    }

    function test_reveal__after_the_decision__counts_but_decides_nothing() public {
        _commitRange(_open, 0, 5, "a");
        _revealRange(_open, 0, 4, "a");
        assertEq(settlement.job(_open.id).status, DECIDED);
        _reveal(_open, workers[4], "a");
        ISettlementTypes.JobView memory shown = settlement.job(_open.id);
        assertEq(shown.leading, 5);
        assertEq(shown.revealed, 5);
    }

    /// @dev The digest that led until another one decided is still published, and can be named.
    function test_revealKnown__leader_that_was_overtaken__still_known() public {
        Job memory job = _postExact(5, 1);
        _commitRange(job, 0, 3, "a");
        _commitRange(job, 3, 5, "b");
        _reveal(job, workers[3], "b");
        _revealRange(job, 0, 3, "a");
        assertEq(settlement.job(job.id).status, DECIDED);
        uint256 slot = slotOf[job.id][0][workers[4]];
        settlement.revealKnown(job.key, workers[4], slot, _salt(job.id, 0, workers[4]), keccak256("b"));
        assertEq(settlement.job(job.id).revealed, 5);
        assertEq(settlement.job(job.id).leading, 3);
    }

    function test_reveal__wrong_one_after_the_decision__does_not_lead() public {
        _commitRange(_open, 0, 4, "a");
        _commit(_open, workers[4], "b", 1);
        _revealRange(_open, 0, 4, "a");
        _reveal(_open, workers[4], "b");
        ISettlementTypes.JobView memory shown = settlement.job(_open.id);
        assertEq(shown.leading, 4);
        assertEq(shown.revealed, 5);
        assertEq(shown.mark, bytes20(keccak256("a")));
    }

    function test_batch__reveals_of_many_workers__a_bad_one_is_reported() public {
        _commitRange(_open, 0, 5, "a");
        bytes[] memory calls = new bytes[](5);
        for (uint256 i; i < 5; ++i) {
            bytes32 salt = _salt(_open.id, 0, i == 2 ? stranger : workers[i]);
            uint256 slot = slotOf[_open.id][0][workers[i]];
            calls[i] = i == 0
                ? abi.encodeCall(settlement.reveal, (_open.key, workers[i], slot, salt, "a"))
                : abi.encodeCall(settlement.revealKnown, (_open.key, workers[i], slot, salt, keccak256("a")));
        }
        settlement.batch(calls);
        assertEq(settlement.job(_open.id).revealed, 4);
        assertEq(settlement.job(_open.id).status, DECIDED);
    }

    // --- helpers ---

    function _expectMismatch(address worker) private {
        uint256 slot = slotOf[_open.id][0][worker];
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.CommitmentMismatch.selector, worker, slot));
    }

    function _revealKnown(address worker, address sender, bytes memory result) private {
        uint256 slot = slotOf[_open.id][0][worker];
        vm.prank(sender);
        settlement.revealKnown(_open.key, worker, slot, _salt(_open.id, 0, worker), keccak256(result));
    }

    function _published() private returns (uint256 count) {
        return _countLogs(ISettlementTypes.ResultPublished.selector);
    }
}
