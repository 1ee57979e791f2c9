// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {DECIDED, REVEALING} from "../../../contracts/types/JobWord.sol";
import {COMMITTED, Vote} from "../../../contracts/types/Vote.sol";
import {Fixture, Job} from "../utils/Fixture.sol";

/// @dev Results are named by quarters of the tolerance: `_quarters(0)` and `_quarters(4)` are just near.
contract SettlementToleranceTest is Fixture {
    Job private _open;

    function setUp() public override {
        super.setUp();
        _enlistEqual(5);
        _open = _postTolerance(5, 2);
    }

    // --- reverts: revealNear ---

    function test_revealNear__reference_unknown__reverts() public {
        _commitRange(_open, 0, 5, _quarters(0));
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.UnknownDigest.selector, keccak256(_quarters(1))));
        _revealNear(_open, workers[0], _quarters(0), _quarters(1));
    }

    /// @dev A result revealed in support of another is no reference, so it cannot be leant on in turn.
    function test_revealNear__reference_only_supported_another__reverts() public {
        _commitRange(_open, 0, 4, _quarters(4));
        _commit(_open, workers[4], _quarters(0), 1);
        _reveal(_open, workers[4], _quarters(0));
        _revealNear(_open, workers[0], _quarters(4), _quarters(0));
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.UnknownDigest.selector, keccak256(_quarters(4))));
        _revealNear(_open, workers[1], _quarters(4), _quarters(4));
    }

    function test_revealNear__a_bit_more_than_the_tolerance__reverts() public {
        _commitRange(_open, 0, 4, _quarters(5));
        _commit(_open, workers[4], _quarters(0), 1);
        _reveal(_open, workers[4], _quarters(0));
        vm.expectRevert(
            abi.encodeWithSelector(ISettlementTypes.NotClose.selector, keccak256(_quarters(5)), keccak256(_quarters(0)))
        );
        _revealNear(_open, workers[0], _quarters(5), _quarters(0));
    }

    function test_revealNear__another_result_than_committed__reverts() public {
        _commitRange(_open, 0, 5, _quarters(0));
        _reveal(_open, workers[0], _quarters(0));
        uint256 slot = slotOf[_open.id][0][workers[1]];
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.CommitmentMismatch.selector, workers[1], slot));
        _revealNear(_open, workers[1], _quarters(1), _quarters(0));
    }

    function test_reveal__sent_by_a_stranger__reverts() public {
        _commitRange(_open, 0, 5, _quarters(0));
        uint256 slot = slotOf[_open.id][0][workers[0]];
        bytes32 salt = _salt(_open.id, 0, workers[0]);
        bytes memory reason = abi.encodeWithSelector(ISettlementTypes.NotTheWorker.selector, workers[0], stranger);
        vm.startPrank(stranger);
        vm.expectRevert(reason);
        settlement.reveal(_open.key, workers[0], slot, salt, _quarters(0));
        vm.stopPrank();
        _reveal(_open, workers[1], _quarters(0));
        vm.startPrank(stranger);
        vm.expectRevert(reason);
        settlement.revealKnown(_open.key, workers[0], slot, salt, keccak256(_quarters(0)));
        vm.expectRevert(reason);
        settlement.revealNear(_open.key, workers[0], slot, salt, _quarters(0), _quarters(0));
    }

    // --- reverts: addSupport ---

    function test_addSupport__not_revealed_or_wrong_ballot__reverts() public {
        _twoReferences();
        ISettlementTypes.Ballot memory ballot = _silentBallot(_open, 0, workers[4], _quarters(2));
        bytes memory reason =
            abi.encodeWithSelector(ISettlementTypes.NoSuchVote.selector, _open.id, workers[4], ballot.place & 0xFFFF);
        vm.expectRevert(reason);
        settlement.addSupport(_open.key, workers[4], ballot, _quarters(2), _quarters(0));
        ballot = _revealedBallot(_open, 0, workers[4], _quarters(2));
        vm.expectRevert(reason);
        settlement.addSupport(_open.key, workers[4], ballot, _quarters(2), _quarters(0));
    }

    function test_addSupport__result_not_the_revealed_one__reverts() public {
        _twoReferences();
        ISettlementTypes.Ballot memory ballot = _revealedBallot(_open, 0, workers[1], _quarters(4));
        uint256 slot = ballot.place & 0xFFFF;
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.NoSuchVote.selector, _open.id, workers[1], slot));
        settlement.addSupport(_open.key, workers[1], ballot, _quarters(3), _quarters(0));
    }

    function test_addSupport__own_reference_or_twice__reverts() public {
        _twoReferences();
        ISettlementTypes.Ballot memory ballot = _revealedBallot(_open, 0, workers[1], _quarters(4));
        vm.expectRevert(
            abi.encodeWithSelector(ISettlementTypes.SupportedAlready.selector, workers[1], keccak256(_quarters(4)))
        );
        settlement.addSupport(_open.key, workers[1], ballot, _quarters(4), _quarters(4));
        settlement.addSupport(_open.key, workers[1], ballot, _quarters(4), _quarters(0));
        vm.expectRevert(
            abi.encodeWithSelector(ISettlementTypes.SupportedAlready.selector, workers[1], keccak256(_quarters(0)))
        );
        settlement.addSupport(_open.key, workers[1], ballot, _quarters(4), _quarters(0));
    }

    function test_addSupport__reference_named_at_the_reveal__reverts() public {
        _twoReferences();
        _revealNear(_open, workers[2], _quarters(2), _quarters(0));
        ISettlementTypes.Ballot memory ballot =
            _ballot(_open, 0, workers[2], keccak256(_quarters(2)), keccak256(_quarters(0)));
        vm.expectRevert(
            abi.encodeWithSelector(ISettlementTypes.SupportedAlready.selector, workers[2], keccak256(_quarters(0)))
        );
        settlement.addSupport(_open.key, workers[2], ballot, _quarters(2), _quarters(0));
    }

    function test_addSupport__reveal_phase_over__reverts() public {
        _twoReferences();
        uint256 end = settlement.job(_open.id).time + REVEAL_SECONDS;
        vm.warp(end);
        ISettlementTypes.Ballot memory ballot = _revealedBallot(_open, 0, workers[1], _quarters(4));
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.RevealPhaseOver.selector, end, end));
        settlement.addSupport(_open.key, workers[1], ballot, _quarters(4), _quarters(0));
    }

    function test_addSupport__two_references__told_as_added_and_counted() public {
        _twoReferences();
        ISettlementTypes.Ballot memory ballot = _revealedBallot(_open, 0, workers[1], _quarters(4));
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.SupportAdded(_open.id, workers[1], keccak256(_quarters(0)));
        settlement.addSupport(_open.key, workers[1], ballot, _quarters(4), _quarters(0));
        assertEq(settlement.job(_open.id).leading, 2);
    }

    function test_addSupport__too_far__reverts() public {
        _commitRange(_open, 0, 1, _quarters(0));
        _commitRange(_open, 1, 5, _quarters(5));
        _reveal(_open, workers[0], _quarters(0));
        _reveal(_open, workers[1], _quarters(5));
        ISettlementTypes.Ballot memory ballot = _revealedBallot(_open, 0, workers[1], _quarters(5));
        vm.expectRevert(
            abi.encodeWithSelector(ISettlementTypes.NotClose.selector, keccak256(_quarters(5)), keccak256(_quarters(0)))
        );
        settlement.addSupport(_open.key, workers[1], ballot, _quarters(5), _quarters(0));
    }

    function test_addSupport__decided__reverts() public {
        _twoReferences();
        _revealNear(_open, workers[2], _quarters(2), _quarters(0));
        _revealNear(_open, workers[3], _quarters(2), _quarters(0));
        _revealNear(_open, workers[4], _quarters(2), _quarters(0));
        ISettlementTypes.Ballot memory ballot = _revealedBallot(_open, 0, workers[1], _quarters(4));
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, _open.id, DECIDED));
        settlement.addSupport(_open.key, workers[1], ballot, _quarters(4), _quarters(0));
    }

    // --- reverts: vindicate ---

    function test_vindicate__not_decided_or_another_settled_result__reverts() public {
        _twoReferences();
        ISettlementTypes.Ballot memory ballot = _revealedBallot(_open, 0, workers[1], _quarters(4));
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, _open.id, REVEALING));
        settlement.vindicate(_open.key, workers[1], ballot, _quarters(4), _quarters(0));
        for (uint256 i = 2; i < 5; ++i) {
            _revealNear(_open, workers[i], _quarters(2), _quarters(0));
        }
        vm.expectRevert(
            abi.encodeWithSelector(ISettlementTypes.NotSettledResult.selector, _open.id, keccak256(_quarters(4)))
        );
        settlement.vindicate(_open.key, workers[1], ballot, _quarters(4), _quarters(4));
    }

    function test_vindicate__right_already_or_twice__reverts() public {
        _decidedAgainst(12);
        ISettlementTypes.Ballot memory ballot = _revealedBallot(_open, 0, workers[0], _quarters(0));
        uint256 slot = ballot.place & 0xFFFF;
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.RightAlready.selector, workers[0], slot));
        settlement.vindicate(_open.key, workers[0], ballot, _quarters(0), _quarters(0));
        ballot = _revealedBallot(_open, 0, workers[4], _quarters(12));
        settlement.vindicate(_open.key, workers[4], ballot, _quarters(12), _quarters(0));
        slot = ballot.place & 0xFFFF;
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.RightAlready.selector, workers[4], slot));
        settlement.vindicate(_open.key, workers[4], ballot, _quarters(12), _quarters(0));
    }

    function test_vindicate__more_than_three_tolerances__reverts() public {
        _decidedAgainst(13);
        ISettlementTypes.Ballot memory ballot = _revealedBallot(_open, 0, workers[4], _quarters(13));
        vm.expectRevert(
            abi.encodeWithSelector(
                ISettlementTypes.NotClose.selector, keccak256(_quarters(13)), keccak256(_quarters(0))
            )
        );
        settlement.vindicate(_open.key, workers[4], ballot, _quarters(13), _quarters(0));
    }

    function test_vindicate__silent__reverts() public {
        _commitRange(_open, 0, 5, _quarters(0));
        _revealRange(_open, 0, 4, _quarters(0));
        ISettlementTypes.Ballot memory ballot = _silentBallot(_open, 0, workers[4], _quarters(0));
        uint256 slot = ballot.place & 0xFFFF;
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.NoSuchVote.selector, _open.id, workers[4], slot));
        settlement.vindicate(_open.key, workers[4], ballot, _quarters(0), _quarters(0));
    }

    function test_vindicate__closed__reverts() public {
        _decidedAgainst(12);
        _wait(2 * REVEAL_SECONDS);
        _close(_open);
        ISettlementTypes.Ballot memory ballot = _revealedBallot(_open, 0, workers[4], _quarters(12));
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.ClosedAlready.selector, _open.id));
        settlement.vindicate(_open.key, workers[4], ballot, _quarters(12), _quarters(0));
    }

    // --- what happens ---

    function test_revealNear__just_near__supports_and_decides() public {
        _commit(_open, workers[0], _quarters(4), 1);
        _commitRange(_open, 1, 3, _quarters(0));
        _commitRange(_open, 3, 5, _quarters(8));
        _reveal(_open, workers[0], _quarters(4));
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.Supported(_open.id, workers[1], keccak256(_quarters(4)));
        _revealNear(_open, workers[1], _quarters(0), _quarters(4));
        _revealNear(_open, workers[2], _quarters(0), _quarters(4));
        _revealNear(_open, workers[3], _quarters(8), _quarters(4));
        assertEq(settlement.job(_open.id).status, DECIDED);
        assertTrue(settlement.isSettled(_open.key, address(0), keccak256(_quarters(4))));
        _revealNear(_open, workers[4], _quarters(8), _quarters(4));
        assertEq(settlement.job(_open.id).leading, 5);
        _close(_open);
        _claim(_open, 0, workers[0], _quarters(4));
        for (uint256 i = 1; i < 5; ++i) {
            bytes32 digest = keccak256(_quarters(i < 3 ? 0 : 8));
            _claimBallot(_open, workers[i], _ballot(_open, 0, workers[i], digest, keccak256(_quarters(4))));
        }
        assertEq(vault.burned(), 0);
        _assertNothingLeftInJobs();
    }

    function test_addSupport__by_anyone__can_decide() public {
        _twoReferences();
        _revealNear(_open, workers[2], _quarters(2), _quarters(0));
        _revealNear(_open, workers[3], _quarters(2), _quarters(4));
        ISettlementTypes.Ballot memory ballot = _revealedBallot(_open, 0, workers[1], _quarters(4));
        vm.prank(stranger);
        settlement.addSupport(_open.key, workers[1], ballot, _quarters(4), _quarters(0));
        assertEq(settlement.job(_open.id).status, REVEALING);
        ballot = _ballot(_open, 0, workers[3], keccak256(_quarters(2)), keccak256(_quarters(4)));
        settlement.addSupport(_open.key, workers[3], ballot, _quarters(2), _quarters(0));
        assertEq(settlement.job(_open.id).status, DECIDED);
        assertTrue(settlement.isSettled(_open.key, address(0), keccak256(_quarters(0))));
        assertEq(settlement.job(_open.id).leading, 4);
        // Supporters by addition are as right as the others, without anyone having to vindicate them.
        _claimBallot(_open, workers[3], ballot);
        _claim(_open, 0, workers[1], _quarters(4));
        assertEq(_freeStake(workers[1]) + _freeStake(workers[3]), 2 * STAKE);
    }

    function test_vindicate__three_tolerances__bond_back_and_paid() public {
        _decidedAgainst(12);
        ISettlementTypes.Ballot memory ballot = _revealedBallot(_open, 0, workers[4], _quarters(12));
        _expectClaimSkipped(_open, workers[4], ISettlementTypes.NotEnded.selector);
        _claimBallot(_open, workers[4], ballot);
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.Vindicated(_open.id, workers[4], 0, 1);
        vm.prank(stranger);
        settlement.vindicate(_open.key, workers[4], ballot, _quarters(12), _quarters(0));
        _claimBallot(_open, workers[4], ballot);
        assertEq(_freeStake(workers[4]), STAKE);
        assertGt(vault.credit(workers[4]), 0);
        _wait(2 * REVEAL_SECONDS);
        _close(_open);
        for (uint256 i; i < 4; ++i) {
            _claim(_open, 0, workers[i], _quarters(0));
        }
        assertEq(vault.burned(), 0);
        _assertNothingLeftInJobs();
    }

    function test_close__somebody_not_right_yet__waits_a_second_reveal_phase() public {
        uint256 begin = block.timestamp;
        _decidedAgainst(12);
        uint256 end = begin + 2 * REVEAL_SECONDS;
        vm.warp(end - 1);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.RevealPhaseOpen.selector, end, end - 1));
        _close(_open);
        vm.warp(end);
        _close(_open);
        _claim(_open, 0, workers[4], _quarters(12));
        assertEq(_freeStake(workers[4]), STAKE - BOND);
    }

    /// @dev The seats of an undecided round are judged by the answer of the next: vindicated one by one.
    function test_vindicate__seat_of_an_earlier_round__bond_back_and_paid() public {
        _undecidedThenSettled(_quarters(1));
        ISettlementTypes.Ballot memory ballot = _revealedBallot(_open, 0, workers[0], _quarters(0));
        _expectClaimSkipped(_open, workers[0], ISettlementTypes.NotEnded.selector);
        _claimBallot(_open, workers[0], ballot);
        settlement.vindicate(_open.key, workers[0], ballot, _quarters(0), _quarters(1));
        uint256 credit = vault.credit(workers[0]);
        _claimBallot(_open, workers[0], ballot);
        assertGt(vault.credit(workers[0]), credit);
        ballot = _revealedBallot(_open, 0, workers[3], _quarters(100));
        vm.expectRevert(
            abi.encodeWithSelector(
                ISettlementTypes.NotClose.selector, keccak256(_quarters(100)), keccak256(_quarters(1))
            )
        );
        settlement.vindicate(_open.key, workers[3], ballot, _quarters(100), _quarters(1));
    }

    /// @dev One that had supported the very digest that is settled now needs no vindication.
    function test_claim__seat_of_an_earlier_round_with_the_settled_digest__bond_back_and_paid_at_once() public {
        _undecidedThenSettled(_quarters(0));
        ISettlementTypes.Ballot memory ballot = _revealedBallot(_open, 0, workers[0], _quarters(0));
        vm.expectRevert(
            abi.encodeWithSelector(ISettlementTypes.RightAlready.selector, workers[0], slotOf[_open.id][0][workers[0]])
        );
        settlement.vindicate(_open.key, workers[0], ballot, _quarters(0), _quarters(0));
        uint256 credit = vault.credit(workers[0]);
        uint256 stake = _freeStake(workers[0]);
        _claimBallot(_open, workers[0], ballot);
        assertGt(vault.credit(workers[0]), credit);
        assertEq(_freeStake(workers[0]), stake + BOND);
    }

    /// @dev Unanimous at last, but the seats of the first round have still to be vindicated.
    function test_close__unanimous_after_an_undecided_round__waits_a_second_reveal_phase() public {
        _undecidedThenSettled(_quarters(1));
        for (uint256 i; i < 5; ++i) {
            if (slotOf[_open.id][1][workers[i]] == 0) continue;
            uint256 slot = slotOf[_open.id][1][workers[i]];
            if (Vote.wrap(settlement.vote(workers[i], slot)).stage() == COMMITTED) {
                _reveal(_open, workers[i], _quarters(1));
            }
        }
        ISettlementTypes.JobView memory shown = settlement.job(_open.id);
        assertEq(shown.leading, shown.committed);
        uint256 end = shown.time + 2 * REVEAL_SECONDS;
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.RevealPhaseOpen.selector, end, block.timestamp));
        _close(_open);
        vm.warp(end);
        _close(_open);
    }

    // --- helpers ---

    /// @dev Two references one tolerance apart; three workers between them have yet to reveal.
    function _twoReferences() private {
        _commit(_open, workers[0], _quarters(0), 1);
        _commit(_open, workers[1], _quarters(4), 1);
        _commitRange(_open, 2, 5, _quarters(2));
        _reveal(_open, workers[0], _quarters(0));
        _reveal(_open, workers[1], _quarters(4));
    }

    /// @dev Round 0: three near each other, two far off. Round 1 settles `answer`.
    function _undecidedThenSettled(bytes memory answer) private {
        _voted(_open, 3, _quarters(0), _quarters(100));
        _wait(REVEAL_SECONDS);
        _advance(_open);
        _draw();
        _wait(COMMIT_SECONDS - 1);
        for (uint256 i; i < 5 && settlement.job(_open.id).committed < 8; ++i) {
            _commit(_open, workers[i], answer, 3);
        }
        _wait(1);
        for (uint256 i; settlement.job(_open.id).status != DECIDED; ++i) {
            _reveal(_open, workers[i], answer);
        }
    }

    /// @dev Four agree, the fifth lies so many quarters off.
    function _decidedAgainst(uint256 quarters) private {
        _voted(_open, 4, _quarters(0), _quarters(quarters));
    }
}
