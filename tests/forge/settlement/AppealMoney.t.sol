// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {DECIDED, UNRESOLVED} from "../../../contracts/types/JobWord.sol";
import {MODE_OPTIMISTIC} from "../../../contracts/types/Terms.sol";
import {AppealFixture} from "../utils/AppealFixture.sol";
import {Job} from "../utils/Fixture.sol";
import {Pack, TermsFields} from "../utils/Pack.sol";

/// @dev Every rule of who pays for what once there were appeals, EXACT, to the wei. The proposer is worker 4.
contract AppealMoneyTest is AppealFixture {
    /// @dev Credit before the job.
    uint256 private _asked;
    uint256 private _first;
    uint256 private _second;

    function setUp() public override {
        super.setUp();
        (_asked, _first, _second) = (vault.credit(requester), vault.credit(stranger), vault.credit(rival));
    }

    // --- one appellant ---

    /// @dev One bond was lost, and what burning leaves of it is less than a round and the reward.
    function test_right__pool_shorter_than_its_due__gets_all_of_it() public {
        Job memory job = _appealed(4, "lie");
        _committee(job, 5, "a", "");
        _finish(job);
        uint256 spent = _priceOf(5, 5 * MIDDLE_STEP);
        assertLt(_poolOf(1), spent + REWARD_WEI);
        assertEq(vault.credit(stranger), _first + _poolOf(1) - spent);
        assertEq(vault.credit(requester), _asked);
        assertEq(vault.burned(), _burnedOf(1));
        assertEq(vault.credit(address(queue)), _protocolFeeOf(5, 5 * MIDDLE_STEP));
        assertEq(vault.credit(modelOwner), _royaltyOf(5, 5 * MIDDLE_STEP));
        _claimFirstCommittee(job, 1, 5, "a", "");
        _claimProposal(job, 0, workers[4], "lie");
        assertEq(_freeStake(workers[4]), STAKE - APPEAL_BOND);
        _assertNothingLeftInJobs();
    }

    /// @dev Two bonds: it is repaid its round and rewarded what burning leaves of one, and the rest is the treasury's.
    function test_right__pool_larger__round_repaid_and_the_reward_and_no_more() public {
        Job memory job = _appealed(4, "lie");
        _committee(job, 4, "a", "b");
        uint256 spent = _priceOf(4, 4 * MIDDLE_STEP);
        assertGt(_poolOf(2), spent + REWARD_WEI);
        uint256 due = 39 * CAP_WEI - spent + BOND_WEI + spent + REWARD_WEI;
        _settle(job);
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.Closed(
            job.id,
            4,
            2,
            _burnedOf(2),
            CAP_WEI,
            _poolOf(2) - spent - REWARD_WEI + _protocolFeeOf(4, 4 * MIDDLE_STEP),
            _royaltyOf(4, 4 * MIDDLE_STEP)
        );
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.AppealSettled(job.id, stranger, 0, due);
        _close(job);
        assertEq(vault.credit(stranger), _first + REWARD_WEI);
        assertEq(vault.credit(address(queue)), _poolOf(2) - spent - REWARD_WEI + _protocolFeeOf(4, 4 * MIDDLE_STEP));
        _claimFirstCommittee(job, 1, 4, "a", "b");
        _assertNothingLeftInJobs();
    }

    /// @dev Its bond is lost like a seat's, and its reserve comes back.
    function test_wrong__bond_lost_and_unspent_reserve_back() public {
        Job memory job = _appealed(4, "a");
        _committee(job, 5, "a", "");
        _finish(job);
        uint256 spent = _priceOf(5, 5 * MIDDLE_STEP);
        assertEq(vault.credit(stranger), _first - BOND_WEI - spent);
        assertEq(vault.burned(), _burnedOf(1));
        uint256 fees = _protocolFeeOf(6, 5 * MIDDLE_STEP + OPEN_STEP);
        assertEq(vault.credit(address(queue)), _poolOf(1) + fees);
        assertEq(vault.credit(modelOwner), _royaltyOf(6, 5 * MIDDLE_STEP + OPEN_STEP));
        assertEq(vault.credit(requester), _asked - _priceOf(1, OPEN_STEP));
        _claimFirstCommittee(job, 1, 5, "a", "");
        uint256 before = vault.credit(workers[4]);
        _claimProposal(job, 0, workers[4], "a");
        assertEq(vault.credit(workers[4]), before + _netOf(1, OPEN_STEP));
        assertEq(_freeStake(workers[4]), STAKE);
        _assertNothingLeftInJobs();
    }

    /// @dev The proposer is paid by the requester, at its own price, and may claim before the close as well as after it.
    function test_wrong__proposer_claims_after_the_appeal__before_or_after_the_close() public {
        for (uint256 late; late < 2; ++late) {
            uint256 snapshot = vm.snapshotState();
            Job memory job = _appealed(4, "a");
            _committee(job, 5, "a", "");
            _settle(job);
            if (late == 1) _close(job);
            vm.expectEmit(address(settlement));
            emit ISettlementTypes.Claimed(job.id, workers[4], BOND_WEI + _netOf(1, OPEN_STEP));
            _claimProposal(job, 0, workers[4], "a");
            _expectClaimSkipped(job, workers[4], ISettlementTypes.NoSuchVote.selector);
            _claimProposal(job, 0, workers[4], "a");
            assertEq(vault.credit(workers[4]), _netOf(1, OPEN_STEP));
            vm.revertToState(snapshot);
        }
    }

    /// @dev A committee's answer, appealed: its seats were the requester's to pay, the next ones the appellant's.
    function test_right__against_a_committee__requester_pays_before_and_appellant_after() public {
        Job memory job = _postAppealable(3);
        _committee(job, 4, "lie", "a");
        _appeal(job, stranger, "lie");
        _secondCommittee(job, "a", "b");
        _finish(job);
        uint256 spent = _priceOf(9, 9 * LATE_STEP);
        assertEq(vault.credit(stranger), _first + REWARD_WEI);
        assertEq(vault.credit(requester), _asked - _priceOf(1, MIDDLE_STEP));
        assertEq(vault.burned(), _burnedOf(6));
        uint256 fees = _protocolFeeOf(10, MIDDLE_STEP + 9 * LATE_STEP);
        assertEq(vault.credit(address(queue)), _poolOf(6) - spent - REWARD_WEI + fees);
        _claimFirstCommittee(job, 0, 4, "lie", "a");
        _claimSecondCommittee(job, 1, "a");
        assertEq(_freeStake(workers[4]), STAKE);
        assertEq(vault.credit(workers[4]), _netOf(1, MIDDLE_STEP));
        _assertNothingLeftInJobs();
    }

    function test_wrong__against_a_committee__its_seats_stay_right() public {
        Job memory job = _postAppealable(3);
        _committee(job, 5, "a", "");
        _appeal(job, stranger, "a");
        _secondCommittee(job, "a", "b");
        _finish(job);
        assertEq(vault.credit(stranger), _first - BOND_WEI - _priceOf(9, 9 * LATE_STEP));
        assertEq(vault.credit(requester), _asked - _priceOf(5, 5 * MIDDLE_STEP));
        assertEq(vault.burned(), _burnedOf(3));
        _claimFirstCommittee(job, 0, 5, "a", "");
        _claimSecondCommittee(job, 1, "a");
        _assertNothingLeftInJobs();
    }

    // --- two appellants in a row ---

    function test_right_then_right__both_repaid_and_rewarded() public {
        Job memory job = _twiceAppealed("x", "y");
        uint256 spent = _priceOf(9, 9 * LATE_STEP);
        // Lost: the proposal, five seats, two seats. None of the first appellant's round was right.
        assertEq(vault.credit(stranger), _first + REWARD_WEI);
        assertEq(vault.credit(rival), _second + REWARD_WEI);
        _assertDivided(8, 2 * REWARD_WEI + spent, 9, 9 * LATE_STEP);
        assertEq(vault.credit(requester), _asked);
        _claimAll(job, "x", "y");
    }

    function test_right_then_wrong__the_second_one_s_bond_feeds_the_pool() public {
        Job memory job = _twiceAppealed("lie", "a");
        uint256 first = _priceOf(5, 5 * MIDDLE_STEP);
        uint256 second = _priceOf(9, 9 * LATE_STEP);
        assertEq(vault.credit(stranger), _first + REWARD_WEI);
        assertEq(vault.credit(rival), _second - BOND_WEI - second);
        // Lost: the proposal, two seats, the second appellant's bond.
        _assertDivided(4, REWARD_WEI + first, 14, 5 * MIDDLE_STEP + 9 * LATE_STEP);
        assertEq(vault.credit(requester), _asked);
        _claimAll(job, "lie", "a");
    }

    function test_wrong_then_right__the_first_one_s_bond_feeds_the_pool() public {
        Job memory job = _twiceAppealed("a", "lie");
        uint256 second = _priceOf(9, 9 * LATE_STEP);
        // Nothing of the first appellant's round was right, so all it prepaid comes back.
        assertEq(vault.credit(stranger), _first - BOND_WEI);
        assertEq(vault.credit(rival), _second + REWARD_WEI);
        _assertDivided(8, REWARD_WEI + second, 10, OPEN_STEP + 9 * LATE_STEP);
        assertEq(vault.credit(requester), _asked - _priceOf(1, OPEN_STEP));
        _claimAll(job, "a", "lie");
    }

    function test_wrong_then_wrong__both_bonds_lost_and_all_of_the_pool_to_the_treasury() public {
        Job memory job = _twiceAppealed("a", "a");
        assertEq(vault.credit(stranger), _first - BOND_WEI - _priceOf(5, 5 * MIDDLE_STEP));
        assertEq(vault.credit(rival), _second - BOND_WEI - _priceOf(9, 9 * LATE_STEP));
        _assertDivided(4, 0, 15, OPEN_STEP + 5 * MIDDLE_STEP + 9 * LATE_STEP);
        assertEq(vault.credit(requester), _asked - _priceOf(1, OPEN_STEP));
        _claimAll(job, "a", "a");
    }

    /// @dev A pool that does not reach for both rewards: everybody is repaid, then the earliest rewarded in full. Lost are the
    /// proposal and two of three seats, and seven seats of the last committee cost more than one reward.
    function test_right_then_right__pool_too_short__both_repaid_and_the_earliest_rewarded_first() public {
        vm.prank(owner);
        queue.setBurnShare(9_000);
        TermsFields memory f = _appealFields(MODE_OPTIMISTIC, 4);
        (f.committee, f.bond) = (3, 14_000);
        Job memory job = _post(requester, exactVersion, Pack.terms(f), _noCallback());
        _draw();
        _proposed(job, workers[4], "x");
        _appealProposal(job, stranger, workers[4], "x");
        _wait(LATE);
        _commitRange(job, 0, 2, "y");
        _commit(job, workers[2], "a", 1);
        _revealRange(job, 0, 2, "y");
        _reveal(job, workers[2], "a");
        _appeal(job, rival, "y");
        _wait(LATE);
        for (uint256 i; i < 4; ++i) {
            _commit(job, workers[i], "a", i < 3 ? 2 : 1);
        }
        _revealRange(job, 0, 4, "a");
        _finish(job);
        uint256 reward = f.bond * UNIT / 10;
        uint256 left = 3 * reward - _priceOf(8, 8 * LATE_STEP) - reward;
        assertLt(left, reward);
        assertEq(vault.credit(stranger), _first + reward);
        assertEq(vault.credit(rival), _second + left);
        assertEq(vault.burned(), 3 * f.bond * UNIT - 3 * reward);
        assertEq(vault.credit(address(queue)), _protocolFeeOf(8, 8 * LATE_STEP));
        _claimProposal(job, 0, workers[4], "x");
        for (uint256 i; i < 4; ++i) {
            if (i < 3) _claim(job, 1, workers[i], i < 2 ? bytes("y") : bytes("a"));
            _claim(job, 2, workers[i], "a");
        }
        _assertNothingLeftInJobs();
    }

    /// @dev Its own round has given the appealed answer again: the first appeal is lost at once, though both were wrong.
    function test_repeated_answer__first_appeal_is_lost_whatever_comes_later() public {
        Job memory job = _appealed(4, "x");
        _committee(job, 5, "x", "");
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.Upheld(job.id, 0);
        _appeal(job, rival, "x");
        (, bool upheld) = settlement.appellant(job.id, 0);
        assertTrue(upheld);
        _secondCommittee(job, "a", "b");
        _finish(job);
        assertEq(vault.credit(stranger), _first - BOND_WEI);
        assertEq(vault.credit(rival), _second + REWARD_WEI);
        // Lost: the proposal, five seats, two seats, the first appellant's bond.
        _assertDivided(9, REWARD_WEI + _priceOf(9, 9 * LATE_STEP), 9, 9 * LATE_STEP);
        _claimAll(job, "x", "x");
    }

    function test_repeated_answer__after_an_undecided_round__first_appeal_is_lost() public {
        Job memory job = _appealed(4, "x");
        _committee(job, 3, "x", "b");
        _advance(job);
        _draw();
        _secondCommittee(job, "x", "b");
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.Upheld(job.id, 0);
        _appeal(job, rival, "x");
        (, bool upheld) = settlement.appellant(job.id, 0);
        assertTrue(upheld);
    }

    /// @dev Another answer than the appealed one, appealed in turn, says nothing of the first appeal.
    function test_another_answer__appealed_in_turn__first_appeal_not_lost() public {
        Job memory job = _appealed(4, "x");
        _committee(job, 5, "y", "");
        _appeal(job, rival, "y");
        (, bool upheld) = settlement.appellant(job.id, 0);
        assertFalse(upheld);
    }

    // --- rounds without an answer after an appeal ---

    /// @dev An undecided round and the one that follows are both the appellant's to pay, and to be repaid.
    function test_right__undecided_round_after_the_appeal__both_rounds_repaid() public {
        Job memory job = _appealed(4, "lie");
        _committee(job, 3, "a", "b");
        _advance(job);
        _draw();
        _secondCommittee(job, "a", "b");
        _finish(job);
        uint256 steps = 3 * MIDDLE_STEP + 9 * LATE_STEP;
        assertEq(vault.credit(stranger), _first + REWARD_WEI);
        _assertDivided(5, REWARD_WEI + _priceOf(12, steps), 12, steps);
        _claimFirstCommittee(job, 1, 3, "a", "b");
        _claimSecondCommittee(job, 2, "a");
        _assertNothingLeftInJobs();
    }

    function test_wrong__undecided_round_after_the_appeal__pays_for_both() public {
        Job memory job = _appealed(4, "a");
        _committee(job, 3, "a", "b");
        _advance(job);
        _draw();
        _secondCommittee(job, "a", "b");
        _finish(job);
        uint256 steps = 3 * MIDDLE_STEP + 9 * LATE_STEP;
        assertEq(vault.credit(stranger), _first - BOND_WEI - _priceOf(12, steps));
        _assertDivided(2 + 2 + 1, 0, 13, steps + OPEN_STEP);
    }

    /// @dev A void round costs nothing: bonds back, and the committee is redrawn at the same size.
    function test_right__void_round_after_the_appeal__costs_nothing() public {
        Job memory job = _appealed(4, "lie");
        _wait(MIDDLE);
        _commitRange(job, 0, 3, "b");
        _wait(COMMIT_SECONDS - MIDDLE);
        _advance(job);
        _draw();
        assertEq(settlement.job(job.id).voids, 2);
        _committee(job, 5, "a", "");
        assertEq(settlement.job(job.id).committed, 5);
        _finish(job);
        uint256 spent = _priceOf(5, 5 * MIDDLE_STEP);
        assertEq(vault.credit(stranger), _first + _poolOf(1) - spent);
        assertEq(vault.burned(), _burnedOf(1));
        for (uint256 i; i < 3; ++i) {
            _claimBallot(job, workers[i], _silentBallot(job, 1, workers[i], "b"));
        }
        _claimFirstCommittee(job, 2, 5, "a", "");
        assertEq(_freeStake(workers[0]), STAKE);
        _assertNothingLeftInJobs();
    }

    // --- no answer in the end ---

    /// @dev No fees; silence pays; each appellant forfeits the first round it has caused, and has the rest back.
    function test_unresolved__two_appellants__each_forfeits_its_first_round() public {
        TermsFields memory f = _appealFields(MODE_OPTIMISTIC, 4);
        Job memory job = _post(requester, exactVersion, Pack.terms(f), Pack.callback(address(9), STIPEND, DELIVERY_FEE));
        _draw();
        _proposed(job, workers[4], "a");
        _appealProposal(job, stranger, workers[4], "a");
        _committee(job, 5, "a", "");
        _appeal(job, rival, "a");
        _wait(LATE);
        _commit(job, workers[0], "a", 4);
        _commit(job, workers[1], "b", 4);
        _commit(job, workers[2], "c", 3);
        _revealRange(job, 0, 1, "a");
        _reveal(job, workers[1], "b");
        _wait(REVEAL_SECONDS);
        _advance(job);
        _wait(COMMIT_SECONDS);
        _advance(job);
        assertEq(settlement.job(job.id).status, UNRESOLVED);
        _close(job);
        assertEq(vault.credit(requester), _asked);
        assertEq(vault.credit(stranger), _first - 5 * CAP_WEI);
        assertEq(vault.credit(rival), _second - 11 * CAP_WEI);
        assertEq(vault.burned(), _burnedOf(3));
        assertEq(vault.credit(address(queue)), _poolOf(3) + 16 * CAP_WEI);
        assertEq(vault.credit(modelOwner), 0);

        _claimProposal(job, 0, workers[4], "a");
        for (uint256 i; i < 5; ++i) {
            _claim(job, 1, workers[i], "a");
        }
        _claim(job, 2, workers[0], "a");
        _claim(job, 2, workers[1], "b");
        _claimBallot(job, workers[2], _silentBallot(job, 2, workers[2], "c"));
        for (uint256 i; i < 5; ++i) {
            assertEq(vault.credit(workers[i]), 0);
            assertEq(_freeStake(workers[i]), i == 2 ? STAKE - 3 * APPEAL_BOND : STAKE);
        }
        _assertNothingLeftInJobs();
    }

    /// @dev Void to the end is no answer either: an answer was appealed, so the job is unresolved, not refunded.
    function test_unresolved__nobody_comes_after_the_appeal__proposer_s_bond_back_without_fee() public {
        Job memory job = _appealed(3, "a");
        for (uint256 i; i < 2; ++i) {
            _wait(COMMIT_SECONDS);
            _advance(job);
        }
        assertEq(settlement.job(job.id).status, UNRESOLVED);
        _claimProposal(job, 0, workers[4], "a");
        assertEq(_wealth(workers[4]), STAKE * UNIT);
        _close(job);
        assertEq(vault.credit(requester), _asked);
        assertEq(vault.credit(stranger), _first - 5 * CAP_WEI);
        assertEq(vault.credit(address(queue)), 5 * CAP_WEI);
        assertEq(vault.burned(), 0);
        _assertNothingLeftInJobs();
    }

    /// @dev One account may appeal twice: what it is due for both is added up.
    function test_one_account_appeals_twice__both_settled() public {
        Job memory job = _appealed(4, "lie");
        _committee(job, 5, "a", "");
        _appeal(job, stranger, "a");
        _secondCommittee(job, "a", "b");
        _finish(job);
        uint256 second = _priceOf(9, 9 * LATE_STEP);
        // Right with a reward, and wrong with the loss of a bond.
        assertEq(vault.credit(stranger), _first + REWARD_WEI - BOND_WEI - second);
        _claimAll(job, "lie", "a");
    }

    // --- helpers ---

    /// @dev A proposal of worker 4's, appealed by the stranger.
    function _appealed(uint256 rounds, bytes memory proposal) private returns (Job memory job) {
        job = _postOpen(rounds);
        _proposed(job, workers[4], proposal);
        _appealProposal(job, stranger, workers[4], proposal);
    }

    /// @dev A proposal, a committee of one mind, and a second committee, nine seats of which say "a", two "b".
    function _twiceAppealed(bytes memory proposal, bytes memory answer) private returns (Job memory job) {
        job = _appealed(4, proposal);
        _committee(job, 5, answer, "");
        _appeal(job, rival, answer);
        _secondCommittee(job, "a", "b");
        _finish(job);
    }

    function _finish(Job memory job) private {
        assertEq(settlement.job(job.id).status, DECIDED);
        _settle(job);
        _close(job);
    }

    /// @dev Burned and treasury, after so many bonds were lost, of which `taken` wei went to appellants.
    function _assertDivided(uint256 bonds, uint256 taken, uint256 right, uint256 steps) private view {
        assertEq(vault.burned(), _burnedOf(bonds));
        assertEq(vault.credit(address(queue)), _poolOf(bonds) - taken + _protocolFeeOf(right, steps));
        assertEq(vault.credit(modelOwner), _royaltyOf(right, steps));
    }

    function _claimFirstCommittee(Job memory job, uint256 round, uint256 right, bytes memory answer, bytes memory other)
        private
    {
        for (uint256 i; i < 5; ++i) {
            _claim(job, round, workers[i], i < right ? answer : other);
        }
    }

    function _claimSecondCommittee(Job memory job, uint256 round, bytes memory answer) private {
        for (uint256 i; i < 4; ++i) {
            _claim(job, round, workers[i], i < 3 ? answer : bytes("b"));
        }
    }

    function _claimAll(Job memory job, bytes memory proposal, bytes memory answer) private {
        _claimProposal(job, 0, workers[4], proposal);
        _claimFirstCommittee(job, 1, 5, answer, "");
        _claimSecondCommittee(job, 2, "a");
        _assertNothingLeftInJobs();
    }
}
