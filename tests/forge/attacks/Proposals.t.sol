// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {RecordingCallback} from "../../../contracts/mocks/callbacks/RecordingCallback.sol";
import {COMMITTING, PROPOSED, REFUNDED} from "../../../contracts/types/JobWord.sol";
import {PROPOSAL} from "../../../contracts/types/Vote.sol";
import {AppealFixture} from "../utils/AppealFixture.sol";
import {Job} from "../utils/Fixture.sol";
import {Pack} from "../utils/Pack.sol";

/// @dev Attacks on the answer of an open round, which one worker gives in the clear: to take it, to be paid for it twice or
/// too early, to give it where nobody can object.
contract ProposalsTest is AppealFixture {
    /// @dev The digest is public; the worker is part of what the job keeps.
    function test_claim_stolen__by_another_worker__nothing_for_the_thief() public {
        Job memory job = _postOpen(3);
        _proposed(job, workers[0], "a");
        _settle(job);
        _expectClaimSkipped(job, workers[1], ISettlementTypes.NoSuchVote.selector);
        vm.prank(workers[1]);
        _claimProposal(job, 0, workers[1], "a");
        assertEq(_wealth(workers[1]), STAKE * UNIT);
        _claimProposal(job, 0, workers[0], "a");
        assertEq(_wealth(workers[0]), STAKE * UNIT + _netOf(1, OPEN_STEP));
    }

    /// @dev Appealed, it lies where its worker's address leads.
    function test_claim_stolen__of_an_appealed_proposal__nothing_for_the_thief() public {
        Job memory job = _postOpen(3);
        _proposed(job, workers[0], "a");
        _appealProposal(job, stranger, workers[0], "a");
        _wait(MIDDLE);
        _commitRange(job, 0, 5, "a");
        _revealRange(job, 0, 5, "a");
        _settle(job);
        _expectClaimSkipped(job, workers[1], ISettlementTypes.NoSuchVote.selector);
        _claimProposal(job, 0, workers[1], "a");
        assertEq(_wealth(workers[1]), (STAKE - APPEAL_BOND) * UNIT);
        _claimProposal(job, 0, workers[0], "a");
        assertEq(vault.credit(workers[0]), _netOf(1, OPEN_STEP));
    }

    function test_claimed_twice__paid_once() public {
        Job memory job = _postOpen(3);
        _proposed(job, workers[0], "a");
        _settle(job);
        ISettlementTypes.Claim[] memory claims = new ISettlementTypes.Claim[](2);
        claims[0] = ISettlementTypes.Claim(job.key, _proposalBallot(0, "a"));
        claims[1] = claims[0];
        settlement.claim(workers[0], claims);
        settlement.claim(workers[0], claims);
        assertEq(_wealth(workers[0]), STAKE * UNIT + _netOf(1, OPEN_STEP));
        _close(job);
        _claimProposal(job, 0, workers[0], "a");
        _assertNothingLeftInJobs();
    }

    /// @dev Take the money of a lie and let it be overruled afterwards.
    function test_claimed_before_the_window_is_over__not_yet_and_then_never() public {
        Job memory job = _postOpen(3);
        _proposed(job, workers[0], "lie");
        vm.warp(settlement.finalAt(job.key) - 1);
        _expectClaimSkipped(job, workers[0], ISettlementTypes.NotEnded.selector);
        _claimProposal(job, 0, workers[0], "lie");
        assertEq(_wealth(workers[0]), (STAKE - APPEAL_BOND) * UNIT);
        _overrule(job);
        _claimProposal(job, 0, workers[0], "lie");
        assertEq(_wealth(workers[0]), (STAKE - APPEAL_BOND) * UNIT);
    }

    function test_claimed_after_being_overruled__nothing() public {
        Job memory job = _postOpen(3);
        _proposed(job, workers[0], "lie");
        _overrule(job);
        _expectClaimSkipped(job, workers[0], ISettlementTypes.NotEnded.selector);
        _claimProposal(job, 0, workers[0], "lie");
        _close(job);
        _claimProposal(job, 0, workers[0], "lie");
        assertEq(_wealth(workers[0]), (STAKE - APPEAL_BOND) * UNIT);
    }

    /// @dev An overruled proposer opens its vote with the digest that won.
    function test_claimed_after_being_overruled__under_the_right_digest__nothing() public {
        Job memory job = _postOpen(3);
        _proposed(job, workers[0], "lie");
        _overrule(job);
        _expectClaimSkipped(job, workers[0], ISettlementTypes.NoSuchVote.selector);
        _claimProposal(job, 0, workers[0], "a");
        assertEq(_wealth(workers[0]), (STAKE - APPEAL_BOND) * UNIT);
    }

    /// @dev A settled and paid proposal, appealed by its own side, would become a vote that can be claimed again.
    function test_claimed_and_then_appealed__too_late() public {
        Job memory job = _postOpen(3);
        _proposed(job, workers[0], "a");
        _settle(job);
        _claimProposal(job, 0, workers[0], "a");
        uint256 end = settlement.finalAt(job.key);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.AppealWindowOver.selector, job.id, end, end));
        settlement.appeal(job.key, workers[0], keccak256("a"));
        assertTrue(settlement.job(job.id).claimed);
    }

    /// @dev Wait until every open round but the last has passed, and lie where no round is left to appeal to.
    function test_proposed_in_the_last_round__there_is_no_open_last_round() public {
        uint256 before = vault.credit(requester);
        Job memory job = _postOpen(3);
        _wait(COMMIT_SECONDS);
        _advance(job);
        assertEq(settlement.job(job.id).status, COMMITTING);
        _wait(COMMIT_SECONDS);
        _advance(job);
        _draw();
        _wait(ANYBODY);
        vm.prank(_signerOf(workers[0]));
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, job.id, REFUNDED));
        settlement.propose(job.key, workers[0], "lie");
        _close(job);
        assertEq(vault.credit(requester), before);
    }

    /// @dev A lazy worker sends the answer it saw in another's pending proposal. It gains the fee only if it was drawn too.
    function test_copied__by_a_worker_that_is_not_drawn__refused() public {
        Job memory job = _postOpen(3);
        _drawOnly(job, workers[0], workers[1]);
        vm.prank(_signerOf(workers[1]));
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.NotDrawn.selector, workers[1], 0, 1));
        settlement.propose(job.key, workers[1], "a");
        _propose(job, workers[0], "a");
        vm.prank(_signerOf(workers[1]));
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, job.id, PROPOSED));
        settlement.propose(job.key, workers[1], "a");
        assertEq(_freeStake(workers[1]), STAKE);
    }

    /// @dev Nor can a stranger propose in the name, and with the bond, of a worker that is drawn.
    function test_proposed_in_another_s_name__refused() public {
        Job memory job = _postOpen(3);
        _wait(ANYBODY);
        vm.prank(_signerOf(workers[1]));
        vm.expectRevert();
        settlement.propose(job.key, workers[0], "lie");
        assertEq(_freeStake(workers[0]), STAKE);
        assertEq(settlement.job(job.id).status, COMMITTING);
    }

    /// @dev The slot that stands for a proposal holds nothing in a committee's job, before and after it ends.
    function test_vote_in_the_slot_of_a_proposal_never_made__opens_nothing() public {
        Job memory job = _postAppealable(3);
        _wait(MIDDLE);
        _commitRange(job, 0, 5, "a");
        vm.prank(_signerOf(workers[0]));
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.CommitmentMismatch.selector, workers[0], PROPOSAL));
        settlement.reveal(job.key, workers[0], PROPOSAL, _salt(job.id, 0, workers[0]), "a");
        _revealRange(job, 0, 5, "a");
        _settle(job);
        for (uint256 closed; closed < 2; ++closed) {
            _expectClaimSkipped(job, workers[0], ISettlementTypes.NoSuchVote.selector);
            _claimProposal(job, 0, workers[0], "a");
            if (closed == 0) _close(job);
        }
        assertEq(_wealth(workers[0]), (STAKE - APPEAL_BOND) * UNIT);
    }

    /// @dev A dapp must not be told what can still be overruled.
    function test_lie_delivered_while_it_can_be_appealed__refused() public {
        RecordingCallback target = RecordingCallback(vm.deployCode("RecordingCallback.sol:RecordingCallback", ""));
        Job memory job =
            _post(requester, exactVersion, _openTerms(3), Pack.callback(address(target), STIPEND, DELIVERY_FEE));
        _draw();
        _proposed(job, workers[0], "lie");
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.NotSettledResult.selector, job.id, keccak256("lie")));
        queue.deliver(job.request, job.rules, workers[0], "lie");
        vm.warp(settlement.finalAt(job.key) - 1);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.NotSettledResult.selector, job.id, keccak256("lie")));
        queue.deliver(job.request, job.rules, workers[0], "lie");
        _overrule(job);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.NotSettledResult.selector, job.id, keccak256("lie")));
        queue.deliver(job.request, job.rules, workers[0], "lie");
        queue.deliver(job.request, job.rules, address(0), "a");
        assertEq(target.result(), "a");
    }

    /// @dev A reorganisation puts another proposal under an appeal on its way: the appeal is of the one it names, or of none.
    function test_reorganised__another_proposal_under_an_appeal__not_appealed() public {
        Job memory job = _postOpen(3);
        _wait(ANYBODY);
        uint256 snapshot = vm.snapshotState();
        _propose(job, workers[0], "lie");
        vm.revertToState(snapshot);
        _propose(job, workers[1], "a");
        uint256 before = vault.credit(stranger);
        vm.prank(stranger);
        vm.expectRevert(
            abi.encodeWithSelector(ISettlementTypes.NotTheAnswer.selector, job.id, workers[0], keccak256("lie"))
        );
        settlement.appeal(job.key, workers[0], keccak256("lie"));
        assertEq(vault.credit(stranger), before);
        assertEq(settlement.job(job.id).round, 0);
    }

    // --- helpers ---

    /// @dev An appeal, a committee of the four others that says "a", and its window.
    function _overrule(Job memory job) private {
        _appealProposal(job, stranger, workers[0], "lie");
        _wait(MIDDLE);
        _commitRange(job, 1, 5, "a");
        _wait(COMMIT_SECONDS - MIDDLE);
        _revealRange(job, 1, 5, "a");
        _settle(job);
    }

    /// @dev A draw in which the one may propose now and the other may not, found by trying block hashes.
    function _drawOnly(Job memory job, address drawn, address other) private {
        for (uint256 i;; ++i) {
            vm.setBlockhash(block.number - 1, keccak256(abi.encode("only", i)));
            (uint256 mine,) = settlement.seatsOf(job.key, drawn);
            (uint256 others,) = settlement.seatsOf(job.key, other);
            if (mine == 1 && others == 0) return;
        }
    }
}
