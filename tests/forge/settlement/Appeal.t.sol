// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {IStakeVault} from "../../../contracts/interfaces/IStakeVault.sol";
import {COMMITTING, DECIDED, NONE, REVEALING, UNRESOLVED} from "../../../contracts/types/JobWord.sol";
import {AppealFixture} from "../utils/AppealFixture.sol";
import {Job} from "../utils/Fixture.sol";

contract AppealTest is AppealFixture {
    // --- reverts ---

    function test_appeal__no_answer_yet__reverts() public {
        Job memory job = _job(requester, exactVersion, _openTerms(3), _noCallback());
        _expectRefused(job, abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, job.id, NONE));
        job = _postAppealable(3);
        _expectRefused(job, abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, job.id, COMMITTING));
        _wait(MIDDLE);
        _commitRange(job, 0, 5, "a");
        _revealRange(job, 0, 3, "a");
        _expectRefused(job, abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, job.id, REVEALING));
    }

    function test_appeal__ended_without_an_answer__reverts() public {
        Job memory job = _postAppealable(1);
        _wait(MIDDLE);
        _commitRange(job, 0, 5, "a");
        _reveal(job, workers[0], "a");
        _wait(REVEAL_SECONDS);
        _advance(job);
        _expectRefused(job, abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, job.id, UNRESOLVED));
    }

    function test_appeal__window_over__reverts() public {
        Job memory job = _postOpen(3);
        _proposed(job, workers[0], "a");
        uint256 end = block.timestamp + WINDOW;
        vm.warp(end);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.AppealWindowOver.selector, job.id, end, end));
        settlement.appeal(job.key, workers[0], keccak256("a"));
        vm.warp(end - 1);
        _appealProposal(job, stranger, workers[0], "a");
    }

    function test_appeal__committee_s_window_over__reverts() public {
        Job memory job = _postAppealable(3);
        _wait(MIDDLE);
        _commitRange(job, 0, 5, "a");
        uint256 end = block.timestamp + REVEAL_SECONDS + WINDOW;
        _revealRange(job, 0, 5, "a");
        vm.warp(end);
        _expectRefused(job, abi.encodeWithSelector(ISettlementTypes.AppealWindowOver.selector, job.id, end, end));
        vm.warp(end - 1);
        _appeal(job, stranger, "a");
    }

    /// @dev Final at once: the last round's answer, and any without a window.
    function test_appeal__last_round_or_no_window__reverts() public {
        Job[2] memory jobs = [_postAppealable(1), _postExact(5, 3)];
        for (uint256 i; i < 2; ++i) {
            _commitRange(jobs[i], 0, 5, "a");
            _revealRange(jobs[i], 0, 5, "a");
            bytes4 selector = ISettlementTypes.AppealWindowOver.selector;
            _expectRefused(jobs[i], abi.encodeWithSelector(selector, jobs[i].id, 0, block.timestamp));
        }
    }

    function test_appeal__reveals_can_come__reverts_until_the_phase_is_over() public {
        Job memory job = _postAppealable(3);
        _wait(MIDDLE);
        _commitRange(job, 0, 5, "a");
        uint256 end = block.timestamp + REVEAL_SECONDS;
        _revealRange(job, 0, 4, "a");
        vm.warp(end - 1);
        _expectRefused(job, abi.encodeWithSelector(ISettlementTypes.RevealPhaseOpen.selector, end, end - 1));
        vm.warp(end);
        _appeal(job, stranger, "a");
        assertEq(settlement.job(job.id).round, 1);
    }

    function test_appeal__another_answer__reverts() public {
        Job memory job = _postOpen(3);
        _proposed(job, workers[0], "a");
        _expectNotTheAnswer(job, workers[0], "b");
        _expectNotTheAnswer(job, workers[1], "a");
        _appealProposal(job, stranger, workers[0], "a");
        _committee(job, 4, "b", "a");
        _expectNotTheAnswer(job, address(0), "a");
        _expectNotTheAnswer(job, workers[0], "a");
    }

    function test_appeal__one_wei_short__reverts() public {
        Job memory job = _postOpen(3);
        _proposed(job, workers[0], "a");
        address poor = makeAddr("poor");
        uint256 deposit = BOND_WEI + (5 + 11) * CAP_WEI;
        _fund(poor, deposit - 1);
        vm.prank(poor);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.InsufficientCredit.selector, poor, deposit - 1, deposit));
        settlement.appeal(job.key, workers[0], keccak256("a"));
        _fund(poor, 1);
        _appealProposal(job, poor, workers[0], "a");
        assertEq(vault.credit(poor), 0);
    }

    function test_appeal__twice__reverts() public {
        Job memory job = _postOpen(3);
        _proposed(job, workers[0], "a");
        _appealProposal(job, stranger, workers[0], "a");
        vm.prank(rival);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, job.id, COMMITTING));
        settlement.appeal(job.key, workers[0], keccak256("a"));
    }

    // --- what happens ---

    function test_appeal__proposal__deposit_taken_and_a_committee_opened() public {
        Job memory job = _postOpen(4);
        _proposed(job, workers[0], "a");
        uint256 before = vault.credit(stranger);
        uint256 deposit = BOND_WEI + (5 + 11 + 23) * CAP_WEI;
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.Appealed(job.id, stranger, 0, deposit);
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.RoundOpened(job.id, 1, block.number + 1);
        vm.prank(stranger);
        settlement.appeal(job.key, workers[0], keccak256("a"));
        assertEq(before - vault.credit(stranger), deposit);
        ISettlementTypes.JobView memory shown = settlement.job(job.id);
        assertEq(shown.status, COMMITTING);
        assertEq(shown.round, 1);
        assertEq(shown.appeals, 1);
        assertEq(shown.voids, 0);
        assertEq(shown.committed + shown.revealed + shown.leading, 0);
        assertEq(shown.time, block.timestamp);
        assertEq(shown.seedBlock, block.number + 1);
        (address account, bool upheld) = settlement.appellant(job.id, 0);
        assertEq(account, stranger);
        assertFalse(upheld);
        (account,) = settlement.appellant(job.id, 1);
        assertEq(account, address(0));
    }

    function test_appeal__committee__next_one_grows_and_what_is_prepaid_shrinks() public {
        Job memory job = _postOpen(4);
        _proposed(job, workers[0], "a");
        _appealProposal(job, stranger, workers[0], "a");
        _committee(job, 5, "b", "");
        assertEq(settlement.job(job.id).committed, 5);
        uint256 before = vault.credit(rival);
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.Appealed(job.id, rival, 1, BOND_WEI + (11 + 23) * CAP_WEI);
        _appeal(job, rival, "b");
        assertEq(before - vault.credit(rival), BOND_WEI + (11 + 23) * CAP_WEI);
        assertEq(settlement.job(job.id).appeals, 3);
        _secondCommittee(job, "a", "c");
        assertEq(settlement.job(job.id).committed, 11);
        assertEq(settlement.job(job.id).status, DECIDED);
        (address account,) = settlement.appellant(job.id, 1);
        assertEq(account, rival);
    }

    /// @dev Void open rounds have not grown the committee, but used up rounds.
    function test_appeal__proposal_of_the_second_open_round__fewer_rounds_prepaid() public {
        Job memory job = _postOpen(4);
        _wait(COMMIT_SECONDS);
        _advance(job);
        _draw();
        _proposed(job, workers[0], "a");
        uint256 before = vault.credit(stranger);
        _appealProposal(job, stranger, workers[0], "a");
        assertEq(before - vault.credit(stranger), BOND_WEI + (5 + 11) * CAP_WEI);
        assertEq(settlement.job(job.id).appeals, 2);
        assertEq(settlement.job(job.id).voids, 1);
    }

    function test_appeal__committee_from_the_start__the_next_size_prepaid() public {
        Job memory job = _postAppealable(3);
        _committee(job, 5, "a", "");
        uint256 before = vault.credit(stranger);
        _appeal(job, stranger, "a");
        assertEq(before - vault.credit(stranger), BOND_WEI + (11 + 23) * CAP_WEI);
    }

    /// @dev The last round after an appeal needs a majority of the committee, an earlier one two thirds.
    function test_appeal__next_round__quorum_of_its_own_size() public {
        Job memory job = _postOpen(2);
        _proposed(job, workers[0], "a");
        _appealProposal(job, stranger, workers[0], "a");
        _committee(job, 3, "b", "a");
        assertEq(settlement.job(job.id).status, DECIDED);
        assertEq(settlement.job(job.id).leading, 3);
        job = _postOpen(3);
        _proposed(job, workers[0], "a");
        _appealProposal(job, stranger, workers[0], "a");
        _committee(job, 3, "b", "a");
        assertEq(settlement.job(job.id).status, REVEALING);
        _advance(job);
        assertEq(settlement.job(job.id).round, 2);
    }

    function test_appeal__anyone_with_credit__even_requester_or_proposer() public {
        address[3] memory appellants = [requester, workers[0], workers[3]];
        for (uint256 i; i < 3; ++i) {
            Job memory job = _postOpen(2);
            _wait(ANYBODY);
            _propose(job, workers[0], "a");
            if (appellants[i] != requester) _fund(appellants[i], BOND_WEI + 5 * CAP_WEI);
            _appealProposal(job, appellants[i], workers[0], "a");
            (address account,) = settlement.appellant(job.id, 0);
            assertEq(account, appellants[i]);
            _toNextEpoch();
        }
    }

    // --- helpers ---

    function _expectRefused(Job memory job, bytes memory reason) private {
        vm.prank(stranger);
        vm.expectRevert(reason);
        settlement.appeal(job.key, address(0), keccak256("a"));
    }

    function _expectNotTheAnswer(Job memory job, address proposer, bytes memory result) private {
        vm.prank(stranger);
        vm.expectRevert(
            abi.encodeWithSelector(ISettlementTypes.NotTheAnswer.selector, job.id, proposer, keccak256(result))
        );
        settlement.appeal(job.key, proposer, keccak256(result));
    }
}
