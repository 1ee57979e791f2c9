// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {IStakeVault} from "../../../contracts/interfaces/IStakeVault.sol";
import {COMMITTING, NONE, PROPOSED, REFUNDED} from "../../../contracts/types/JobWord.sol";
import {MODE_OPTIMISTIC} from "../../../contracts/types/Terms.sol";
import {PROPOSAL} from "../../../contracts/types/Vote.sol";
import {AppealFixture} from "../utils/AppealFixture.sol";
import {Job} from "../utils/Fixture.sol";
import {Pack, TermsFields} from "../utils/Pack.sol";

contract ProposeTest is AppealFixture {
    // --- reverts ---

    function test_propose__unknown_job__reverts() public {
        Job memory job = _job(requester, exactVersion, _openTerms(3), _noCallback());
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, job.id, NONE));
        _propose(job, workers[0], "a");
    }

    function test_propose__committee_s_round__reverts() public {
        Job memory job = _postAppealable(3);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.NotOpen.selector, job.id, 0));
        _propose(job, workers[0], "a");
    }

    function test_propose__round_of_an_appeal__reverts() public {
        Job memory job = _postOpen(3);
        _proposed(job, workers[0], "a");
        _appealProposal(job, stranger, workers[0], "a");
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.NotOpen.selector, job.id, 1));
        _propose(job, workers[0], "a");
    }

    function test_propose__second_time__reverts() public {
        Job memory job = _postOpen(3);
        _proposed(job, workers[0], "a");
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, job.id, PROPOSED));
        _propose(job, workers[1], "b");
    }

    function test_propose__time_is_over__reverts() public {
        Job memory job = _postOpen(3);
        uint256 end = block.timestamp + COMMIT_SECONDS;
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.CommitPhaseOver.selector, end, end));
        _propose(job, workers[0], "a");
        vm.warp(end - 1);
        _propose(job, workers[0], "a");
    }

    function test_propose__same_block_or_seed_block__reverts() public {
        Job memory job = _post(requester, exactVersion, _openTerms(3), _noCallback());
        uint256 seedBlock = block.number + 1;
        vm.warp(block.timestamp + ANYBODY);
        for (uint256 i; i < 2; ++i) {
            vm.roll(seedBlock - 1 + i);
            vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.SeedPending.selector, seedBlock, block.number));
            _propose(job, workers[0], "a");
        }
        vm.roll(seedBlock + 1);
        _propose(job, workers[0], "a");
    }

    function test_propose__seed_aged_out__reverts() public {
        Job memory job = _post(requester, exactVersion, _openTerms(3), _noCallback());
        uint256 seedBlock = block.number + 1;
        vm.warp(block.timestamp + ANYBODY);
        vm.roll(seedBlock + 257);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.SeedLost.selector, seedBlock, block.number));
        _propose(job, workers[0], "a");
        vm.roll(seedBlock + 256);
        _propose(job, workers[0], "a");
    }

    function test_propose__not_the_signer__reverts() public {
        Job memory job = _postOpen(3);
        _wait(ANYBODY);
        address signer = _signerOf(workers[0]);
        address[3] memory senders = [workers[0], _signerOf(workers[1]), stranger];
        for (uint256 i; i < senders.length; ++i) {
            vm.prank(senders[i]);
            vm.expectRevert(abi.encodeWithSelector(IStakeVault.NotSigner.selector, workers[0], signer, senders[i]));
            settlement.propose(job.key, workers[0], "a");
        }
    }

    function test_propose__worker_off__reverts() public {
        Job memory job = _postOpen(3);
        _wait(ANYBODY);
        vm.prank(workers[0]);
        vault.setActive(false);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.WorkerInactive.selector, workers[0]));
        _propose(job, workers[0], "a");
    }

    function test_propose__free_stake_below_the_bond__reverts() public {
        Job memory job = _postOpen(3);
        _wait(ANYBODY);
        vm.prank(workers[0]);
        vault.unstake((STAKE - APPEAL_BOND + 1) * UNIT);
        vm.expectRevert(
            abi.encodeWithSelector(IStakeVault.InsufficientStake.selector, workers[0], APPEAL_BOND - 1, APPEAL_BOND)
        );
        _propose(job, workers[0], "a");
    }

    /// @dev Drawn from the second on in which the grown share passes the ticket, as the view says.
    function test_propose__one_second_before_it_is_drawn__reverts() public {
        Job memory job = _postOpen(3);
        uint256 start = block.timestamp;
        uint256 drawnAt;
        for (uint256 i; drawnAt < 100; ++i) {
            vm.setBlockhash(block.number - 1, keccak256(abi.encode(i)));
            drawnAt = _secondDrawn(job, start);
        }
        vm.warp(start + drawnAt - 1);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.NotDrawn.selector, workers[0], 0, 1));
        _propose(job, workers[0], "a");
        vm.warp(start + drawnAt);
        _propose(job, workers[0], "a");
    }

    function test_propose__stake_of_this_epoch__not_drawn_even_in_the_last_second() public {
        Job memory job = _postOpen(3);
        _enlist(stranger, 100 * STAKE);
        _wait(LATE);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.NotDrawn.selector, stranger, 0, 1));
        _propose(job, stranger, "a");
    }

    function test_commit__open_round__reverts() public {
        Job memory job = _postOpen(3);
        vm.prank(_signerOf(workers[0]));
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.OpenRound.selector, job.id, 0));
        settlement.commit(job.key, workers[0], "commitment", 1);
    }

    // --- what happens ---

    function test_propose__drawn__bond_taken_and_answer_provisional() public {
        Job memory job = _postOpen(3);
        _wait(ANYBODY);
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.Proposed(job.id, OPEN_STEP << 160 | uint160(workers[0]), "a");
        _propose(job, workers[0], "a");
        ISettlementTypes.JobView memory shown = settlement.job(job.id);
        assertEq(shown.status, PROPOSED);
        assertEq(shown.committed, 1);
        assertEq(shown.revealed, 1);
        assertEq(shown.leading, 1);
        assertEq(shown.steps, OPEN_STEP);
        assertEq(shown.time, block.timestamp);
        assertEq(shown.mark, bytes20(keccak256(abi.encode(workers[0], keccak256("a")))));
        assertFalse(shown.claimed);
        assertEq(_freeStake(workers[0]), STAKE - APPEAL_BOND);
        assertEq(settlement.finalAt(job.key), block.timestamp + WINDOW);
        assertFalse(settlement.isSettled(job.key, workers[0], keccak256("a")));
    }

    function test_propose__one_price__step_0_at_any_time() public {
        TermsFields memory f = _appealFields(MODE_OPTIMISTIC, 2);
        f.seatFeeCap = FEE;
        Job memory job = _post(requester, exactVersion, Pack.terms(f), _noCallback());
        _draw();
        _wait(LATE);
        _propose(job, workers[0], "a");
        assertEq(settlement.job(job.id).steps, 0);
    }

    /// @dev What an input that does not decode is answered with.
    function test_propose__empty_payload__an_answer_as_any() public {
        Job memory job = _postOpen(2);
        _proposed(job, workers[0], "");
        _settle(job);
        assertTrue(settlement.isSettled(job.key, workers[0], keccak256("")));
    }

    function test_propose__tolerance__as_any() public {
        Job memory job = _postOpenTolerance(2);
        _proposed(job, workers[0], _quarters(0));
        _settle(job);
        _close(job);
        _claimProposal(job, 0, workers[0], _quarters(0));
        assertEq(vault.credit(workers[0]), _netOf(1, OPEN_STEP));
        _assertNothingLeftInJobs();
    }

    function test_propose__second_open_round__after_a_void_one() public {
        Job memory job = _postOpen(4);
        _wait(COMMIT_SECONDS);
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.RoundVoided(job.id, 0, 0);
        _advance(job);
        assertEq(settlement.job(job.id).status, COMMITTING);
        _draw();
        _proposed(job, workers[0], "a");
        assertEq(settlement.job(job.id).round, 1);
        _settle(job);
        _close(job);
        _claimProposal(job, 1, workers[0], "a");
        assertEq(vault.credit(workers[0]), _netOf(1, OPEN_STEP));
        _assertNothingLeftInJobs();
    }

    function test_advance__nobody_proposes__refunded_with_one_round_left() public {
        for (uint256 rounds = 2; rounds < 6; ++rounds) {
            uint256 before = vault.credit(requester);
            Job memory job = _postOpen(rounds);
            for (uint256 r; r < rounds - 1; ++r) {
                assertEq(settlement.job(job.id).status, COMMITTING);
                assertEq(settlement.job(job.id).round, r);
                _wait(COMMIT_SECONDS);
                _advance(job);
            }
            assertEq(settlement.job(job.id).status, REFUNDED);
            _close(job);
            assertEq(vault.credit(requester), before);
        }
    }

    function test_advance__hash_aged_out_before_a_proposal__redrawn_before_the_time_is_over() public {
        Job memory job = _post(requester, exactVersion, _openTerms(3), _noCallback());
        vm.roll(block.number + 2 + 256);
        _advance(job);
        assertEq(settlement.job(job.id).round, 1);
    }

    function test_advance__proposed__reverts() public {
        Job memory job = _postOpen(3);
        _proposed(job, workers[0], "a");
        _wait(1 days);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, job.id, PROPOSED));
        _advance(job);
    }

    function test_cancel__open_round_until_the_seed_block__one_seat_at_the_cap_returned() public {
        uint256 before = vault.credit(requester);
        Job memory job = _post(requester, exactVersion, _openTerms(3), _noCallback());
        vm.prank(requester);
        queue.cancel(job.request, job.rules);
        assertEq(vault.credit(requester), before);
    }

    function test_seatsOf__open_round__one_and_the_proposal_s_slot_once_drawn() public {
        Job memory job = _post(requester, exactVersion, _openTerms(3), _noCallback());
        (uint256 seats, uint256 slot) = settlement.seatsOf(job.key, workers[0]);
        assertEq(seats + slot, 0);
        _draw();
        _wait(ANYBODY);
        (seats, slot) = settlement.seatsOf(job.key, workers[0]);
        assertEq(seats, 1);
        assertEq(slot, PROPOSAL);
        (seats,) = settlement.seatsOf(job.key, stranger);
        assertEq(seats, 0);
        _propose(job, workers[0], "a");
        (seats,) = settlement.seatsOf(job.key, workers[1]);
        assertEq(seats, 0);
    }

    // --- helpers ---

    /// @dev Seconds until worker 0 may propose.
    function _secondDrawn(Job memory job, uint256 start) private returns (uint256 elapsed) {
        for (uint256 drawn; drawn == 0; ++elapsed) {
            vm.warp(start + elapsed);
            (drawn,) = settlement.seatsOf(job.key, workers[0]);
        }
        return elapsed - 1;
    }
}
