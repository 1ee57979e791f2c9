// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {MODE_QUORUM, Terms} from "../../../contracts/types/Terms.sol";
import {AppealFixture} from "../utils/AppealFixture.sol";
import {Job} from "../utils/Fixture.sol";
import {Pack} from "../utils/Pack.sol";

/// @dev TOLERANCE: whether an appellant was wrong depends on whether the answer it appealed is the final one, or was shown
/// to be right, within three tolerances of it. Four quarters are one tolerance. The proposer is worker 4.
contract AppealToleranceTest is AppealFixture {
    uint256 private _before;

    function setUp() public override {
        super.setUp();
        _before = vault.credit(stranger);
    }

    // --- a proposal ---

    function test_vindicate__proposal_within_three_tolerances__upheld_and_the_appellant_wrong() public {
        Job memory job = _overruled(12);
        (, bool upheld) = settlement.appellant(job.id, 0);
        assertFalse(upheld);
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.Vindicated(job.id, workers[4], 0, 1);
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.Upheld(job.id, 0);
        _vindicateProposal(job, 12);
        (, upheld) = settlement.appellant(job.id, 0);
        assertTrue(upheld);
        _closeInTime(job);
        assertEq(vault.credit(stranger), _before - BOND_WEI - _priceOf(5, 5 * MIDDLE_STEP));
        assertEq(vault.burned(), _burnedOf(1));
        _claimProposal(job, 0, workers[4], _quarters(12));
        assertEq(vault.credit(workers[4]), _netOf(1, OPEN_STEP));
        _claimCommittee(job, 1);
        _assertNothingLeftInJobs();
    }

    function test_vindicate__proposal_just_beyond__reverts_and_the_appellant_right() public {
        Job memory job = _overruled(13);
        vm.expectRevert(
            abi.encodeWithSelector(
                ISettlementTypes.NotClose.selector, keccak256(_quarters(13)), keccak256(_quarters(0))
            )
        );
        _vindicateProposal(job, 13);
        _closeInTime(job);
        assertEq(vault.credit(stranger), _before + _poolOf(1) - _priceOf(5, 5 * MIDDLE_STEP));
        _claimProposal(job, 0, workers[4], _quarters(13));
        _claimCommittee(job, 1);
        assertEq(_freeStake(workers[4]), STAKE - APPEAL_BOND);
        _assertNothingLeftInJobs();
    }

    /// @dev Nobody shows it, so it is not so.
    function test_close__proposal_near_but_not_vindicated__lost_and_the_appellant_right() public {
        Job memory job = _overruled(4);
        _closeInTime(job);
        assertEq(vault.credit(stranger), _before + _poolOf(1) - _priceOf(5, 5 * MIDDLE_STEP));
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.ClosedAlready.selector, job.id));
        _vindicateProposal(job, 4);
    }

    /// @dev The committee has said the very same: the appellant is wrong and the seat right without more.
    function test_close__proposal_is_the_final_answer__appellant_wrong_and_proposer_paid_without_vindication() public {
        Job memory job = _overruled(0);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.RightAlready.selector, workers[4], 0xFFFF));
        _vindicateProposal(job, 0);
        _closeInTime(job);
        assertEq(vault.credit(stranger), _before - BOND_WEI - _priceOf(5, 5 * MIDDLE_STEP));
        assertEq(vault.burned(), _burnedOf(1));
        _claimProposal(job, 0, workers[4], _quarters(0));
        assertEq(vault.credit(workers[4]), _netOf(1, OPEN_STEP));
        _claimCommittee(job, 1);
        _assertNothingLeftInJobs();
    }

    function test_vindicate__proposal_twice__reverts() public {
        Job memory job = _overruled(12);
        _vindicateProposal(job, 12);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.RightAlready.selector, workers[4], 0xFFFF));
        _vindicateProposal(job, 12);
    }

    function test_vindicate__proposal_of_another_worker__reverts() public {
        Job memory job = _overruled(12);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.NoSuchVote.selector, job.id, workers[3], 0xFFFF));
        settlement.vindicate(job.key, workers[3], _proposalBallot(0, _quarters(12)), _quarters(12), _quarters(0));
    }

    // --- a committee's answer ---

    /// @dev The reference is worker 0's result; the others supported it with results of their own. Only showing the reference
    /// itself right says that the answer was.
    function test_vindicate__committee_s_reference__upheld_and_a_supporter_s_result_is_not_enough() public {
        Job memory job = _postTolerantCommittee();
        _wait(MIDDLE);
        _commit(job, workers[0], _quarters(8), 1);
        _commitRange(job, 1, 5, _quarters(6));
        _reveal(job, workers[0], _quarters(8));
        for (uint256 i = 1; i < 5; ++i) {
            _revealNear(job, workers[i], _quarters(6), _quarters(8));
        }
        _appeal(job, stranger, _quarters(8));
        _secondCommittee(job, _quarters(0), _quarters(50));
        _settle(job);

        bytes32 digest = keccak256(_quarters(6));
        ISettlementTypes.Ballot memory ballot = _ballot(job, 0, workers[1], digest, keccak256(_quarters(8)));
        settlement.vindicate(job.key, workers[1], ballot, _quarters(6), _quarters(0));
        (, bool upheld) = settlement.appellant(job.id, 0);
        assertFalse(upheld);
        ballot = _revealedBallot(job, 0, workers[0], _quarters(8));
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.Upheld(job.id, 0);
        settlement.vindicate(job.key, workers[0], ballot, _quarters(8), _quarters(0));

        uint256 asked = vault.credit(requester);
        _closeInTime(job);
        // Two of the five seats were shown right; three were not, and two of the second committee, and the appellant.
        assertEq(vault.burned(), _burnedOf(3 + 2 + 1));
        assertEq(vault.credit(stranger), _before - BOND_WEI - _priceOf(9, 9 * LATE_STEP));
        assertEq(vault.credit(requester), asked + (5 + 11 + 23) * CAP_WEI - _priceOf(2, 2 * MIDDLE_STEP));
        _claim(job, 0, workers[0], _quarters(8));
        assertEq(vault.credit(workers[0]), _netOf(1, MIDDLE_STEP));
    }

    /// @dev A committee that answered what became final after an appeal: the appellant is wrong by the digest,
    /// and so are the committee's seats right.
    function test_close__committee_s_answer_is_the_final_one__seats_right_and_appellant_wrong_by_the_digest() public {
        Job memory job = _postTolerantCommittee();
        _committee(job, 5, _quarters(0), "");
        _appeal(job, stranger, _quarters(0));
        _secondCommittee(job, _quarters(0), _quarters(50));
        _settle(job);
        _closeInTime(job);
        assertEq(vault.credit(stranger), _before - BOND_WEI - _priceOf(9, 9 * LATE_STEP));
        assertEq(vault.burned(), _burnedOf(2 + 1));
        _claimCommittee(job, 0);
        for (uint256 i; i < 3; ++i) {
            _claim(job, 1, workers[i], _quarters(0));
        }
        _claim(job, 1, workers[3], _quarters(50));
        _assertNothingLeftInJobs();
    }

    /// @dev The first appeal was of an answer that the final one is near to, the second of one that it is not.
    function test_vindicate__first_of_two_appeals__only_that_one_is_wrong() public {
        uint256 rivals = vault.credit(rival);
        Job memory job = _postOpenTolerance(4);
        _proposed(job, workers[4], _quarters(8));
        _appealProposal(job, stranger, workers[4], _quarters(8));
        _committee(job, 5, _quarters(40), "");
        _appeal(job, rival, _quarters(40));
        _secondCommittee(job, _quarters(0), _quarters(50));
        _settle(job);
        _vindicateProposal(job, 8);
        _closeInTime(job);
        (, bool upheld) = settlement.appellant(job.id, 0);
        assertTrue(upheld);
        (, upheld) = settlement.appellant(job.id, 1);
        assertFalse(upheld);
        assertEq(vault.credit(stranger), _before - BOND_WEI);
        assertEq(vault.credit(rival), rivals + REWARD_WEI);
        assertEq(vault.burned(), _burnedOf(5 + 2 + 1));
    }

    // --- an answer given again ---

    /// @dev The committee gives the proposal again, within three tolerances, and is appealed in turn: the first appeal is lost,
    /// though the last committee says something else.
    function test_uphold__given_again_within_three_tolerances__first_appellant_wrong() public {
        Job memory job = _givenAgain(12);
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.Upheld(job.id, 0);
        vm.prank(workers[0]);
        settlement.uphold(job.key, 0, _quarters(12), _quarters(0));
        _secondCommittee(job, _quarters(60), _quarters(90));
        _settle(job);
        _closeInTime(job);
        assertEq(vault.credit(stranger), _before - BOND_WEI);
        assertEq(vault.burned(), _burnedOf(1 + 5 + 2 + 1));
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.ClosedAlready.selector, job.id));
        settlement.uphold(job.key, 0, _quarters(12), _quarters(0));
    }

    function test_uphold__just_beyond__reverts() public {
        Job memory job = _givenAgain(13);
        bytes memory expected = abi.encodeWithSelector(
            ISettlementTypes.NotClose.selector, keccak256(_quarters(13)), keccak256(_quarters(0))
        );
        vm.expectRevert(expected);
        settlement.uphold(job.key, 0, _quarters(13), _quarters(0));
    }

    function test_uphold__not_the_appealed_answers__reverts() public {
        Job memory job = _givenAgain(12);
        bytes4 selector = ISettlementTypes.NotTheAnswer.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, job.id, address(0), keccak256(_quarters(11))));
        settlement.uphold(job.key, 0, _quarters(11), _quarters(0));
        vm.expectRevert(abi.encodeWithSelector(selector, job.id, address(0), keccak256(_quarters(1))));
        settlement.uphold(job.key, 0, _quarters(12), _quarters(1));
        vm.expectRevert(abi.encodeWithSelector(selector, job.id, address(0), keccak256(_quarters(0))));
        settlement.uphold(job.key, 1, _quarters(0), _quarters(0));
        vm.expectRevert(abi.encodeWithSelector(selector, job.id, address(0), keccak256(_quarters(12))));
        settlement.uphold(job.key, 7, _quarters(12), _quarters(0));
    }

    function test_uphold__exact__reverts() public {
        Job memory job = _postOpen(4);
        _proposed(job, workers[4], "x");
        _appealProposal(job, stranger, workers[4], "x");
        _committee(job, 5, "y", "");
        _appeal(job, rival, "y");
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.NotTolerance.selector, job.id));
        settlement.uphold(job.key, 0, "x", "y");
    }

    // --- helpers ---

    /// @dev A proposal, appealed; a committee of one mind, `_quarters(0)`, appealed in turn.
    function _givenAgain(uint256 proposal) private returns (Job memory job) {
        job = _postOpenTolerance(4);
        _proposed(job, workers[4], _quarters(proposal));
        _appealProposal(job, stranger, workers[4], _quarters(proposal));
        _committee(job, 5, _quarters(0), "");
        _appeal(job, rival, _quarters(0));
    }

    function _postTolerantCommittee() private returns (Job memory job) {
        Terms terms = Pack.terms(_appealFields(MODE_QUORUM, 3));
        job = _post(requester, toleranceVersion, terms, _noCallback());
        _draw();
    }

    /// @dev A proposal, appealed; the committee, in the last round, is of one mind: `_quarters(0)`.
    function _overruled(uint256 proposal) private returns (Job memory job) {
        job = _postOpenTolerance(2);
        _proposed(job, workers[4], _quarters(proposal));
        vm.prank(stranger);
        settlement.appeal(job.key, workers[4], keccak256(_quarters(proposal)));
        _before = vault.credit(stranger) + BOND_WEI + 5 * CAP_WEI;
        _draw();
        _committee(job, 5, _quarters(0), "");
    }

    function _vindicateProposal(Job memory job, uint256 proposal) private {
        ISettlementTypes.Ballot memory ballot = _proposalBallot(0, _quarters(proposal));
        settlement.vindicate(job.key, workers[4], ballot, _quarters(proposal), _quarters(0));
    }

    function _closeInTime(Job memory job) private {
        _wait(2 * REVEAL_SECONDS + WINDOW);
        _close(job);
    }

    function _claimCommittee(Job memory job, uint256 round) private {
        for (uint256 i; i < 5; ++i) {
            _claim(job, round, workers[i], _quarters(0));
        }
    }
}
