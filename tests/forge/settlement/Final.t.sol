// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {RecordingCallback} from "../../../contracts/mocks/callbacks/RecordingCallback.sol";
import {COMMITTING, DECIDED, NONE, REVEALING} from "../../../contracts/types/JobWord.sol";
import {MODE_QUORUM, Terms} from "../../../contracts/types/Terms.sol";
import {AppealFixture} from "../utils/AppealFixture.sol";
import {Job} from "../utils/Fixture.sol";
import {Pack, TermsFields} from "../utils/Pack.sol";

/// @dev The second in which an answer becomes final, and all that waits for it.
contract FinalTest is AppealFixture {
    RecordingCallback private _target;

    function setUp() public override {
        super.setUp();
        _target = RecordingCallback(vm.deployCode("RecordingCallback.sol:RecordingCallback", ""));
    }

    // --- no answer ---

    function test_finalAt__no_answer__reverts() public {
        Job memory job = _job(requester, exactVersion, _openTerms(3), _noCallback());
        _expectNoAnswer(job, NONE);
        job = _postAppealable(3);
        _expectNoAnswer(job, COMMITTING);
        _wait(MIDDLE);
        _commitRange(job, 0, 5, "a");
        _expectNoAnswer(job, REVEALING);
    }

    function test_isSettled__no_answer__never() public {
        Job memory job = _postAppealable(3);
        assertFalse(settlement.isSettled(job.key, address(0), keccak256("a")));
        _wait(MIDDLE);
        _commitRange(job, 0, 5, "a");
        _revealRange(job, 0, 3, "a");
        assertFalse(settlement.isSettled(job.key, address(0), keccak256("a")));
        _wait(30 days);
        assertFalse(settlement.isSettled(job.key, address(0), keccak256("a")));
    }

    // --- a proposal ---

    function test_proposed__one_second_before_the_window_is_over__nothing_is_final() public {
        Job memory job = _proposedFor(3);
        uint256 end = settlement.finalAt(job.key);
        assertEq(end, block.timestamp + WINDOW);
        vm.warp(end - 1);
        assertFalse(settlement.isSettled(job.key, workers[0], keccak256("a")));
        _expectUndelivered(job, workers[0], "a");
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.AppealWindowOpen.selector, end, end - 1));
        _close(job);
        _expectClaimSkipped(job, workers[0], ISettlementTypes.NotEnded.selector);
        _claimProposal(job, 0, workers[0], "a");
        _appealProposal(job, stranger, workers[0], "a");
    }

    function test_proposed__in_the_second_the_window_is_over__everything_is() public {
        Job memory job = _proposedFor(3);
        uint256 end = settlement.finalAt(job.key);
        vm.warp(end);
        assertTrue(settlement.isSettled(job.key, workers[0], keccak256("a")));
        queue.deliver(job.request, job.rules, workers[0], "a");
        assertEq(_target.result(), "a");
        _close(job);
        _claimProposal(job, 0, workers[0], "a");
        assertEq(vault.credit(workers[0]), _netOf(1, OPEN_STEP));
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.AppealWindowOver.selector, job.id, end, end));
        settlement.appeal(job.key, workers[0], keccak256("a"));
        _assertNothingLeftInJobs();
    }

    /// @dev A proposal is known by its worker and its digest together.
    function test_proposed__another_proposer_or_result__not_the_answer() public {
        Job memory job = _proposedFor(3);
        _settle(job);
        assertFalse(settlement.isSettled(job.key, workers[1], keccak256("a")));
        assertFalse(settlement.isSettled(job.key, address(0), keccak256("a")));
        assertFalse(settlement.isSettled(job.key, workers[0], keccak256("b")));
        _expectUndelivered(job, workers[1], "a");
        _expectUndelivered(job, address(0), "a");
        _expectUndelivered(job, workers[0], "b");
    }

    function test_proposed__delivered_closed_and_claimed__in_any_order(uint8 order) public {
        Job memory job = _proposedFor(3);
        _settle(job);
        for (uint256 i; i < 3; ++i) {
            uint256 act = (i * (1 + order % 2) + order) % 3;
            if (act == 0) queue.deliver(job.request, job.rules, workers[0], "a");
            if (act == 1) _close(job);
            if (act == 2) _claimProposal(job, 0, workers[0], "a");
        }
        ISettlementTypes.JobView memory shown = settlement.job(job.id);
        assertTrue(shown.delivered && shown.closed && shown.claimed);
        assertEq(vault.credit(workers[0]), _netOf(1, OPEN_STEP));
        assertEq(vault.credit(address(this)), DELIVERY_FEE * UNIT);
        _assertNothingLeftInJobs();
    }

    /// @dev An appealed proposal that a committee confirms is the committee's answer: the proposer counts no more.
    function test_confirmed_by_a_committee__proposer_does_not_count() public {
        Job memory job = _proposedFor(3);
        _appealProposal(job, stranger, workers[0], "a");
        _committee(job, 5, "a", "");
        _settle(job);
        assertTrue(settlement.isSettled(job.key, address(0), keccak256("a")));
        assertTrue(settlement.isSettled(job.key, workers[3], keccak256("a")));
        queue.deliver(job.request, job.rules, address(0), "a");
        assertEq(_target.result(), "a");
    }

    // --- a committee's answer ---

    function test_decided__window_from_the_end_of_the_reveal_phase__nothing_before() public {
        Job memory job = _committedFor(3, WINDOW);
        uint256 end = block.timestamp + REVEAL_SECONDS + WINDOW;
        _revealRange(job, 0, 5, "a");
        assertEq(settlement.finalAt(job.key), end);
        vm.warp(end - 1);
        assertFalse(settlement.isSettled(job.key, address(0), keccak256("a")));
        _expectUndelivered(job, address(0), "a");
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.AppealWindowOpen.selector, end, end - 1));
        _close(job);
        _expectClaimSkipped(job, workers[0], ISettlementTypes.NotEnded.selector);
        _claim(job, 0, workers[0], "a");
        vm.warp(end);
        assertTrue(settlement.isSettled(job.key, address(0), keccak256("a")));
        queue.deliver(job.request, job.rules, address(0), "a");
        _close(job);
        for (uint256 i; i < 5; ++i) {
            _claim(job, 0, workers[i], "a");
            assertEq(vault.credit(workers[i]), _netOf(1, MIDDLE_STEP));
        }
        _assertNothingLeftInJobs();
    }

    /// @dev A window of zero: final at the reveal that decides, though the round's reveals go on.
    function test_decided__no_window__final_at_once() public {
        Job memory job = _committedFor(3, 0);
        _revealRange(job, 0, 4, "a");
        assertEq(settlement.job(job.id).status, DECIDED);
        assertEq(settlement.finalAt(job.key), 0);
        assertTrue(settlement.isSettled(job.key, address(0), keccak256("a")));
        queue.deliver(job.request, job.rules, address(0), "a");
        _claim(job, 0, workers[0], "a");
        assertEq(vault.credit(workers[0]), _netOf(1, MIDDLE_STEP));
        uint256 end = block.timestamp + REVEAL_SECONDS;
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.RevealPhaseOpen.selector, end, block.timestamp));
        _close(job);
    }

    /// @dev Nobody can appeal the last round, so its answer need not wait.
    function test_decided__last_round__final_at_once() public {
        Job memory job = _proposedFor(2);
        _appealProposal(job, stranger, workers[0], "a");
        _committee(job, 5, "b", "");
        assertEq(settlement.finalAt(job.key), 0);
        assertTrue(settlement.isSettled(job.key, address(0), keccak256("b")));
        queue.deliver(job.request, job.rules, address(0), "b");
        _claim(job, 1, workers[1], "b");
        assertEq(vault.credit(workers[1]), _netOf(1, MIDDLE_STEP));
        _close(job);
    }

    /// @dev A seat that reveals late in its phase delays nothing and is judged like the others.
    function test_decided__late_reveal_in_the_window__counts() public {
        Job memory job = _committedFor(3, WINDOW);
        uint256 end = block.timestamp + REVEAL_SECONDS;
        _revealRange(job, 0, 4, "a");
        vm.warp(end - 1);
        _reveal(job, workers[4], "a");
        assertEq(settlement.finalAt(job.key), end + WINDOW);
        _settle(job);
        _close(job);
        _claim(job, 0, workers[4], "a");
        assertEq(vault.credit(workers[4]), _netOf(1, MIDDLE_STEP));
    }

    // --- helpers ---

    function _proposedFor(uint256 rounds) private returns (Job memory job) {
        job = _post(requester, exactVersion, _openTerms(rounds), Pack.callback(address(_target), STIPEND, DELIVERY_FEE));
        _draw();
        _proposed(job, workers[0], "a");
    }

    function _committedFor(uint256 rounds, uint256 window) private returns (Job memory job) {
        TermsFields memory f = _appealFields(MODE_QUORUM, rounds);
        f.appealWindow = window;
        Terms terms = Pack.terms(f);
        job = _post(requester, exactVersion, terms, Pack.callback(address(_target), STIPEND, DELIVERY_FEE));
        _draw();
        _wait(MIDDLE);
        _commitRange(job, 0, 5, "a");
    }

    function _expectNoAnswer(Job memory job, uint256 status) private {
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, job.id, status));
        settlement.finalAt(job.key);
    }

    function _expectUndelivered(Job memory job, address proposer, bytes memory result) private {
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.NotSettledResult.selector, job.id, keccak256(result)));
        queue.deliver(job.request, job.rules, proposer, result);
    }
}
