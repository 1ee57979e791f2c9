// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {DECIDED, UNRESOLVED} from "../../../contracts/types/JobWord.sol";
import {MODE_QUORUM, Terms} from "../../../contracts/types/Terms.sol";
import {AppealFixture} from "../utils/AppealFixture.sol";
import {Job} from "../utils/Fixture.sol";
import {Pack} from "../utils/Pack.sol";

/// @dev Attacks with appeals: to get a lost bond back, to delay, to silence seats, to farm honest bonds, to veto.
contract AppealAttacksTest is AppealFixture {
    /// @dev Workers 0 to `count` - 1, and the stranger who appeals for them.
    function _coalition(uint256 count) private view returns (uint256 wealth) {
        wealth = _wealth(stranger);
        for (uint256 i; i < count; ++i) {
            wealth += _wealth(workers[i]);
        }
    }

    /// @dev A liar that is about to be found out appeals against itself, to win its own bond.
    function test_appealing_against_oneself__loses_the_burned_share_and_the_committee_s_fees() public {
        uint256 before = _coalition(1);
        Job memory job = _postOpen(3);
        _proposed(job, workers[0], "lie");
        _appealProposal(job, stranger, workers[0], "lie");
        _wait(MIDDLE);
        _commitRange(job, 1, 5, "a");
        _wait(COMMIT_SECONDS - MIDDLE);
        _revealRange(job, 1, 5, "a");
        _settle(job);
        _close(job);
        _claimProposal(job, 0, workers[0], "lie");
        assertEq(before - _coalition(1), _burnedOf(1) + _priceOf(4, 4 * MIDDLE_STEP));
    }

    /// @dev Delay the truth, hope that the committee errs: a bond and the committee's fees.
    function test_frivolous__true_answer_confirmed__loses_a_bond_and_the_committee_s_fees() public {
        uint256 before = _wealth(stranger);
        Job memory job = _postOpen(3);
        _proposed(job, workers[0], "a");
        _appealProposal(job, stranger, workers[0], "a");
        _committee(job, 5, "a", "");
        _settle(job);
        _close(job);
        assertEq(before - _wealth(stranger), BOND_WEI + _priceOf(5, 5 * MIDDLE_STEP));
        for (uint256 i; i < 5; ++i) {
            _claim(job, 1, workers[i], "a");
        }
        _claimProposal(job, 0, workers[0], "a");
        _assertNothingLeftInJobs();
    }

    /// @dev An appeal ends a round; whoever has not revealed by then would be silent, and lose.
    function test_appealed_before_the_others_have_revealed__refused_while_they_can() public {
        Job memory job = _postAppealable(3);
        _wait(MIDDLE);
        _commitRange(job, 0, 5, "a");
        _revealRange(job, 0, 4, "a");
        uint256 end = block.timestamp + REVEAL_SECONDS;
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.RevealPhaseOpen.selector, end, block.timestamp));
        settlement.appeal(job.key, address(0), keccak256("a"));
        vm.warp(end - 1);
        _reveal(job, workers[4], "a");
        _appeal(job, stranger, "a");
        _secondCommittee(job, "a", "b");
        _settle(job);
        _claim(job, 0, workers[4], "a");
        assertEq(vault.credit(workers[4]), _netOf(1, MIDDLE_STEP));
    }

    /// @dev Whoever holds a quorum of the committee appeals the truth to farm honest bonds. What it can win by that is less
    /// than what it has put at risk before it knew the draw, however many bonds were lost.
    function test_majority_farms_through_an_appeal__wins_what_burning_leaves_of_a_bond_and_risks_a_whole_one() public {
        uint256 won = _appealOfTheTruth(4);
        uint256 lost = _appealOfTheTruth(0);
        assertEq(won, REWARD_WEI);
        assertEq(lost, BOND_WEI + _priceOf(5, 5 * MIDDLE_STEP));
        assertLt(won, lost);
    }

    /// @dev What the appellant has won, or lost, where the first `liars` workers say that the truth is not true.
    function _appealOfTheTruth(uint256 liars) private returns (uint256) {
        uint256 before = _wealth(stranger);
        // Six bonds are lost where the lie wins: the proposal's and, of the five seats of each committee, some.
        Job memory job = _postOpen(2);
        _proposed(job, workers[4], "a");
        _appealProposal(job, stranger, workers[4], "a");
        _committee(job, liars, "lie", "a");
        _wait(REVEAL_SECONDS);
        _close(job);
        uint256 now_ = _wealth(stranger);
        return now_ > before ? now_ - before : before - now_;
    }

    /// @dev Name an answer nobody gave: the appeal would be of nothing, and its appellant never wrong.
    function test_appeal_of_another_answer_than_the_one_given__refused() public {
        Job memory job = _postOpen(3);
        _proposed(job, workers[0], "a");
        _expectNotTheAnswer(job, workers[0], "b");
        _expectNotTheAnswer(job, workers[1], "a");
        _expectNotTheAnswer(job, address(0), "a");
        _appealProposal(job, stranger, workers[0], "a");
        _committee(job, 4, "a", "b");
        _expectNotTheAnswer(job, workers[0], "b");
        _appeal(job, rival, "a");
    }

    /// @dev Seats of the round an appeal has caused stay silent, so that it decides nothing: the next round does, and each
    /// silent seat has lost its bond.
    function test_withheld_in_an_appeal_round__withholders_pay_and_the_next_round_decides() public {
        uint256 before = _wealth(stranger);
        Job memory job = _postOpen(4);
        _proposed(job, workers[4], "lie");
        _appealProposal(job, stranger, workers[4], "lie");
        _wait(MIDDLE);
        _commitRange(job, 0, 3, "a");
        _commitRange(job, 3, 5, "lie");
        _revealRange(job, 0, 3, "a");
        _wait(REVEAL_SECONDS);
        _advance(job);
        _draw();
        _secondCommittee(job, "a", "lie");
        _settle(job);
        _close(job);
        // Lost: the proposal, two silent seats, two wrong ones: enough for both rounds and the reward.
        assertEq(_wealth(stranger), before + REWARD_WEI);
        assertEq(vault.burned(), _burnedOf(1 + 2 + 2));
        _claimBallot(job, workers[3], _silentBallot(job, 1, workers[3], "lie"));
        _claim(job, 2, workers[3], "lie");
        assertEq(_wealth(workers[3]), (STAKE - 3 * APPEAL_BOND) * UNIT);
    }

    /// @dev The same in the last round: no answer stands, the withholder has lost its bond, the proposer nothing.
    function test_withheld_in_the_last_round_after_an_appeal__withholder_pays_and_the_honest_do_not() public {
        Job memory job = _postOpen(2);
        _proposed(job, workers[0], "a");
        _appealProposal(job, stranger, workers[0], "a");
        _wait(MIDDLE);
        _commitRange(job, 0, 5, "a");
        _revealRange(job, 0, 2, "a");
        _wait(REVEAL_SECONDS);
        _advance(job);
        assertEq(settlement.job(job.id).status, UNRESOLVED);
        _close(job);
        assertEq(vault.burned(), _burnedOf(3));
        _claimProposal(job, 0, workers[0], "a");
        for (uint256 i; i < 5; ++i) {
            if (i < 2) _claim(job, 1, workers[i], "a");
            else _claimBallot(job, workers[i], _silentBallot(job, 1, workers[i], "a"));
            assertEq(_wealth(workers[i]), (i < 2 ? STAKE : STAKE - APPEAL_BOND) * UNIT);
        }
        _assertNothingLeftInJobs();
    }

    /// @dev An appeal that only means to leave the job without an answer pays for the committee it has caused in full.
    function test_appeal_as_a_veto__no_answer__forfeits_the_round_it_caused() public {
        uint256 before = _wealth(stranger);
        Job memory job = _postOpen(3);
        _proposed(job, workers[0], "a");
        _appealProposal(job, stranger, workers[0], "a");
        for (uint256 i; i < 2; ++i) {
            _wait(COMMIT_SECONDS);
            _advance(job);
        }
        assertEq(settlement.job(job.id).status, UNRESOLVED);
        _close(job);
        assertEq(before - _wealth(stranger), 5 * CAP_WEI);
        assertEq(vault.credit(address(queue)), 5 * CAP_WEI);
    }

    /// @dev TOLERANCE: liars show each other right by a lie that is about to be overruled, and keep the mark.
    function test_vindicated_by_a_lie_that_can_be_appealed__refused() public {
        Terms terms = Pack.terms(_appealFields(MODE_QUORUM, 3));
        Job memory job = _post(requester, toleranceVersion, terms, _noCallback());
        _draw();
        _wait(MIDDLE);
        _commitRange(job, 0, 4, _quarters(40));
        _commit(job, workers[4], _quarters(50), 1);
        _revealRange(job, 0, 4, _quarters(40));
        assertEq(settlement.job(job.id).status, DECIDED);
        _reveal(job, workers[4], _quarters(50));
        ISettlementTypes.Ballot memory ballot = _revealedBallot(job, 0, workers[4], _quarters(50));
        uint256 end = settlement.finalAt(job.key);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.AppealWindowOpen.selector, end, block.timestamp));
        settlement.vindicate(job.key, workers[4], ballot, _quarters(50), _quarters(40));
        _appeal(job, stranger, _quarters(40));
        _secondCommittee(job, _quarters(0), _quarters(0));
        _settle(job);
        _claimBallot(job, workers[4], ballot);
        assertEq(_wealth(workers[4]), (STAKE - APPEAL_BOND) * UNIT);
    }

    /// @dev TOLERANCE: the appellant closes at once, before the proposer it has overruled by a hair can show that it was right.
    function test_closed_before_the_proposer_can_show_it_was_right__refused_for_a_reveal_phase_and_a_window() public {
        Job memory job = _postOpenTolerance(2);
        _proposed(job, workers[0], _quarters(8));
        _appealProposal(job, stranger, workers[0], _quarters(8));
        _committee(job, 5, _quarters(0), "");
        assertEq(settlement.job(job.id).leading, 5);
        uint256 end = block.timestamp + 2 * REVEAL_SECONDS + WINDOW;
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.RevealPhaseOpen.selector, end, block.timestamp));
        _close(job);
        vm.warp(end - 1);
        settlement.vindicate(job.key, workers[0], _proposalBallot(0, _quarters(8)), _quarters(8), _quarters(0));
        vm.warp(end);
        _close(job);
        _claimProposal(job, 0, workers[0], _quarters(8));
        assertEq(vault.credit(workers[0]), _netOf(1, OPEN_STEP));
    }

    function _expectNotTheAnswer(Job memory job, address proposer, bytes memory result) private {
        bytes32 digest = keccak256(result);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.NotTheAnswer.selector, job.id, proposer, digest));
        settlement.appeal(job.key, proposer, digest);
    }
}
