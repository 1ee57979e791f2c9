// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {InferenceConsumer} from "../../../contracts/consumers/InferenceConsumer.sol";
import {IJobQueue} from "../../../contracts/interfaces/IJobQueue.sol";
import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {IStakeVault} from "../../../contracts/interfaces/IStakeVault.sol";
import {LocalInference} from "../../../contracts/testing/LocalInference.sol";
import {LocalToken} from "../../../contracts/testing/LocalToken.sol";
import {NoWorkers} from "../../../contracts/testing/NoWorkers.sol";
import {MODE_OPTIMISTIC, Terms} from "../../../contracts/types/Terms.sol";
import {COMMITTING, DECIDED, PROPOSED, REFUNDED, UNRESOLVED} from "../../../contracts/types/JobWord.sol";
import {Callback, JobKey, Request, RequestLib} from "../../../contracts/types/Request.sol";
import {Rules} from "../../../contracts/types/Rules.sol";
import {RecordingConsumer} from "../consumers/InferenceConsumer.t.sol";
import {ConsumerFixture} from "../consumers/ConsumerFixture.sol";
import {Job} from "../utils/Fixture.sol";
import {Pack, TermsFields} from "../utils/Pack.sol";

/// @dev The same consumer asks the double and the protocol; what it can see of both is compared.
contract LocalInferenceTest is ConsumerFixture {
    bytes private constant ANSWER = hex"01010100000041";
    uint256 private constant LOCAL_UNIT = 1e12;
    uint256 private constant CREDIT = 1e9;

    LocalInference private _local;
    RecordingConsumer private _double;
    RecordingConsumer private _real;

    function setUp() public override {
        super.setUp();
        LocalToken asset = new LocalToken();
        _local = new LocalInference(address(asset), registry);
        _double = new RecordingConsumer(_local.vault(), _local.queue());
        asset.mint(address(this), CREDIT * LOCAL_UNIT);
        asset.approve(address(_local.vault()), CREDIT * LOCAL_UNIT);
        _local.vault().deposit(address(_double), CREDIT * LOCAL_UNIT);
        _real = new RecordingConsumer(vault, queue);
        _fundConsumer(address(_real), CREDIT * UNIT);
    }

    // --- reverts ---

    function test_post__terms_out_of_bounds__refused_as_the_queue_does() public {
        TermsFields memory f = _fields(3, 1);
        f.committee = 2;
        Terms few = Pack.terms(f);
        bytes memory refusal =
            abi.encodeWithSelector(IJobQueue.CommitteeOutOfBounds.selector, uint256(3), uint256(31), uint256(2));
        vm.expectRevert(refusal);
        _real.ask(exactVersion, few, _noCallback(), INPUT);
        vm.expectRevert(refusal);
        _double.ask(exactVersion, few, _noCallback(), INPUT);
    }

    function test_post__no_credit__refused_as_the_vault_does() public {
        _double.withdraw(address(this), CREDIT * LOCAL_UNIT);
        uint256 escrow = _local.queue().escrowOf(_terms(3, 1), _noCallback());
        vm.expectRevert(
            abi.encodeWithSelector(IStakeVault.InsufficientCredit.selector, address(_double), uint256(0), escrow)
        );
        _double.ask(exactVersion, _terms(3, 1), _noCallback(), INPUT);
    }

    function test_answer__no_such_job__reverts() public {
        Job memory job = _askDouble(_terms(3, 1));
        job.request.nonce = 2;
        bytes32 id = _local.queue().jobIdOf(job.request, job.rules);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, id, uint256(0)));
        _local.answer(job.request, job.rules, ANSWER);
    }

    function test_answer__twice__reverts() public {
        Job memory job = _askDouble(_terms(3, 1));
        _local.answer(job.request, job.rules, ANSWER);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, job.id, DECIDED));
        _local.answer(job.request, job.rules, ANSWER);
    }

    function test_refund__answered__reverts() public {
        Job memory job = _askDouble(_terms(3, 1));
        _local.refuse(job.request, job.rules);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, job.id, DECIDED));
        _local.refund(job.request, job.rules);
    }

    function test_finish__within_the_appeal_window__reverts() public {
        Job memory job = _askDouble(_optimistic());
        assertFalse(_local.answer(job.request, job.rules, ANSWER));
        bytes memory refusal =
            abi.encodeWithSelector(ISettlementTypes.NotSettledResult.selector, job.id, keccak256(ANSWER));
        vm.expectRevert(refusal);
        _local.finish(job.request, job.rules, ANSWER);
        uint256 end = _local.finalAt(job.key);
        vm.warp(end - 1);
        vm.expectRevert(refusal);
        _local.finish(job.request, job.rules, ANSWER);
        vm.warp(end);
        assertTrue(_local.finish(job.request, job.rules, ANSWER));
    }

    function test_finalAt__not_answered__reverts() public {
        Job memory job = _askDouble(_optimistic());
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, job.id, COMMITTING));
        _local.finalAt(job.request, job.rules);
    }

    function test_finish__another_result__reverts() public {
        Job memory job = _askDouble(_optimistic());
        _local.answer(job.request, job.rules, ANSWER);
        _wait(COMMIT_SECONDS);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.NotSettledResult.selector, job.id, keccak256(INPUT)));
        _local.finish(job.request, job.rules, INPUT);
    }

    function test_commit__any__refused_by_name() public {
        Job memory job = _askDouble(_terms(3, 1));
        vm.expectRevert(abi.encodeWithSelector(NoWorkers.NoWorkersHere.selector, _local.commit.selector));
        _local.commit(job.key, stranger, "", 1);
    }

    function test_appellant__any__refused_by_name() public {
        vm.expectRevert(abi.encodeWithSelector(NoWorkers.NoWorkersHere.selector, _local.appellant.selector));
        _local.appellant("", 0);
    }

    function test_open__stranger__refused_as_the_settlement_does() public {
        vm.expectRevert(
            abi.encodeWithSelector(ISettlementTypes.NotQueue.selector, address(_local.queue()), address(this))
        );
        _local.open("job");
    }

    // --- the same as the protocol ---

    function test_answer__committee__as_the_protocol() public {
        Job memory played = _askReal(_terms(3, 1));
        _answer(played, ANSWER);
        _close(played);
        Job memory job = _askDouble(_terms(3, 1));
        assertTrue(_local.answer(job.request, job.rules, ANSWER));
        _assertAlike(job, played, DECIDED, RecordingConsumer.End.ANSWER);
        assertEq(_double.result(), ANSWER);
        assertEq(_double.versionId(), exactVersion);
    }

    function test_answer__committee_of_a_range_of_fees__as_the_protocol() public {
        TermsFields memory f = _fields(3, 2);
        (f.seatFeeCap, f.bond) = (2 * FEE, 10 * FEE);
        Job memory played = _askReal(Pack.terms(f));
        _answer(played, ANSWER);
        _close(played);
        Job memory job = _askDouble(Pack.terms(f));
        assertTrue(_local.answer(job.request, job.rules, ANSWER));
        _assertAlike(job, played, DECIDED, RecordingConsumer.End.ANSWER);
    }

    function test_answer__tolerance__as_the_protocol() public {
        bytes memory answer = _quarters(1);
        Job memory played = _askReal(toleranceVersion, _terms(3, 1));
        _draw();
        _commitRange(played, 0, 3, answer);
        _revealRange(played, 0, 3, answer);
        _deliver(played, answer);
        _close(played);
        Job memory job = _askDouble(toleranceVersion, _terms(3, 1));
        assertTrue(_local.answer(job.request, job.rules, answer));
        _assertAlike(job, played, DECIDED, RecordingConsumer.End.ANSWER);
    }

    function test_answer__optimistic__as_the_protocol() public {
        Job memory played = _askReal(_optimistic());
        address worker = _propose(played, ANSWER);
        uint256 end = settlement.finalAt(played.key);
        vm.warp(end);
        queue.deliver(played.request, played.rules, worker, ANSWER);
        _close(played);

        Job memory job = _askDouble(_optimistic());
        assertFalse(_local.answer(job.request, job.rules, ANSWER));
        assertEq(uint256(_double.progress(job.id)), uint256(InferenceConsumer.Progress.PENDING));
        assertEq(_local.finalAt(job.request, job.rules), _local.finalAt(job.key));
        vm.warp(_local.finalAt(job.request, job.rules));
        assertTrue(_local.finish(job.request, job.rules, ANSWER));
        _assertAlike(job, played, PROPOSED, RecordingConsumer.End.ANSWER);
    }

    function test_answer__committee_with_window__final_when_the_protocol_says() public {
        Terms terms = _windowed();
        Job memory played = _askReal(terms);
        _draw();
        _voted(played, 3, ANSWER, "");
        uint256 window = settlement.finalAt(played.key) - block.timestamp;
        Job memory job = _askDouble(terms);
        assertFalse(_local.answer(job.request, job.rules, ANSWER));
        assertEq(_local.finalAt(job.key) - block.timestamp, window);
    }

    function test_refuse__committee__as_the_protocol() public {
        Job memory played = _askReal(_terms(3, 1));
        _answer(played, NO_TENSORS);
        _close(played);
        Job memory job = _askDouble(_terms(3, 1));
        assertTrue(_local.refuse(job.request, job.rules));
        _assertAlike(job, played, DECIDED, RecordingConsumer.End.REFUSED);
    }

    function test_answer__handler_refuses__undelivered_and_told_later_as_the_protocol() public {
        _real.setRefuses(true);
        _double.setRefuses(true);
        Job memory played = _askReal(_terms(3, 1));
        _answer(played, ANSWER);
        _close(played);
        Job memory job = _askDouble(_terms(3, 1));
        assertFalse(_local.answer(job.request, job.rules, ANSWER));
        assertEq(_spent(), _localSpent());
        _real.setRefuses(false);
        _double.setRefuses(false);
        _deliver(played, ANSWER);
        _local.queue().deliver(job.request, job.rules, address(0), ANSWER);
        _assertAlike(job, played, DECIDED, RecordingConsumer.End.ANSWER);
    }

    function test_answer__no_callback__taken_as_from_the_protocol() public {
        bytes32 id = _double.ask(exactVersion, _terms(3, 1), _noCallback(), INPUT);
        Job memory job = _localJob(exactVersion, _terms(3, 1), _noCallback());
        assertEq(job.id, id);
        assertFalse(_local.answer(job.request, job.rules, ANSWER));
        _double.takeAnswer(job.request, job.rules, address(0), ANSWER);
        assertEq(uint256(_double.ends(id)), uint256(RecordingConsumer.End.ANSWER));
    }

    function test_answer__after_a_round_nobody_came_to__as_the_protocol() public {
        Job memory played = _askReal(_terms(3, 2));
        _wait(COMMIT_SECONDS);
        _advance(played);
        _answer(played, ANSWER);
        _close(played);
        Job memory job = _askDouble(_terms(3, 2));
        _wait(COMMIT_SECONDS);
        _local.advance(job.key);
        assertTrue(_local.answer(job.request, job.rules, ANSWER));
        _assertAlike(job, played, DECIDED, RecordingConsumer.End.ANSWER);
    }

    function test_refund__one_round__as_the_protocol() public {
        _refundAlike(_terms(3, 1), 1);
    }

    function test_refund__several_rounds__as_the_protocol() public {
        _refundAlike(_terms(3, 3), 3);
    }

    function test_refund__optimistic__as_the_protocol() public {
        _refundAlike(_optimistic(), 2);
    }

    function test_leaveUnresolved__committee__as_the_protocol() public {
        Job memory played = _askReal(_terms(3, 1));
        _disagree(played);
        _close(played);
        _real.giveUp(played.id);
        Job memory job = _askDouble(_terms(3, 1));
        _local.leaveUnresolved(job.request, job.rules);
        _double.giveUp(job.id);
        _assertAlike(job, played, UNRESOLVED, RecordingConsumer.End.NO_ANSWER);
    }

    function test_leaveUnresolved__optimistic__whole_escrow_back() public {
        Job memory job = _askDouble(_optimistic());
        _local.leaveUnresolved(job.request, job.rules);
        _double.giveUp(job.id);
        assertEq(_local.job(job.id).status, UNRESOLVED);
        assertEq(_localSpent(), 0);
    }

    function test_cancel__before_the_seed__as_the_protocol() public {
        Job memory played = _askReal(_terms(3, 1));
        _real.cancel(played.request, played.rules);
        _real.giveUp(played.id);
        Job memory job = _askDouble(_terms(3, 1));
        _double.cancel(job.request, job.rules);
        _double.giveUp(job.id);
        _assertAlike(job, played, REFUNDED, RecordingConsumer.End.NO_ANSWER);
    }

    // --- helpers ---

    function _optimistic() private pure returns (Terms) {
        TermsFields memory f = _fields(3, 3);
        (f.mode, f.appealWindow, f.bond) = (MODE_OPTIMISTIC, 300, 20 * FEE);
        return Pack.terms(f);
    }

    function _windowed() private pure returns (Terms) {
        TermsFields memory f = _fields(3, 2);
        (f.appealWindow, f.bond) = (300, 40 * FEE);
        return Pack.terms(f);
    }

    function _refundAlike(Terms terms, uint256 rounds) private {
        Job memory played = _askReal(terms);
        for (uint256 i; i < rounds; ++i) {
            _wait(COMMIT_SECONDS);
            _advance(played);
        }
        _close(played);
        _real.giveUp(played.id);
        Job memory job = _askDouble(terms);
        _local.refund(job.request, job.rules);
        _double.giveUp(job.id);
        _assertAlike(job, played, REFUNDED, RecordingConsumer.End.NO_ANSWER);
        assertEq(_localSpent(), 0);
    }

    /// @dev The worker that is drawn answers an open round.
    function _propose(Job memory job, bytes memory result) private returns (address worker) {
        _wait(COMMIT_SECONDS - 1);
        worker = workers[0];
        vm.prank(_signerOf(worker));
        settlement.propose(job.key, worker, result);
    }

    function _askReal(Terms terms) private returns (Job memory) {
        return _askReal(exactVersion, terms);
    }

    function _askReal(bytes32 version, Terms terms) private returns (Job memory job) {
        Callback callback = Pack.callback(address(_real), STIPEND, DELIVERY_FEE);
        job = _made(address(_real), version, terms, callback, queue);
        assertEq(_real.ask(version, terms, callback, INPUT), job.id);
    }

    function _askDouble(Terms terms) private returns (Job memory) {
        return _askDouble(exactVersion, terms);
    }

    function _askDouble(bytes32 version, Terms terms) private returns (Job memory job) {
        Callback callback = Pack.callback(address(_double), STIPEND, DELIVERY_FEE);
        job = _localJob(version, terms, callback);
        assertEq(_double.ask(version, terms, callback, INPUT), job.id);
        assertEq(_local.job(job.id).status, COMMITTING);
    }

    function _localJob(bytes32 version, Terms terms, Callback callback) private view returns (Job memory) {
        return _made(address(_double), version, terms, callback, _local.queue());
    }

    /// @dev The first job of a consumer.
    function _made(address consumer, bytes32 version, Terms terms, Callback callback, IJobQueue asked)
        private
        view
        returns (Job memory job)
    {
        job.request = Request(consumer, 1, version, keccak256(INPUT), terms, callback);
        job.rules = asked.rulesOf(version);
        job.key = JobKey(terms, job.rules, RequestLib.body(consumer, 1, version, keccak256(INPUT), callback));
        job.id = asked.jobIdOf(job.request, job.rules);
    }

    /// @dev Units of its credit that the consumer's jobs have taken.
    function _spent() private view returns (uint256) {
        return CREDIT - vault.credit(address(_real)) / UNIT;
    }

    function _localSpent() private view returns (uint256) {
        return CREDIT - _local.vault().credit(address(_double)) / LOCAL_UNIT;
    }

    function _assertAlike(Job memory job, Job memory played, uint256 status, RecordingConsumer.End end) private view {
        ISettlementTypes.JobView memory seen = _local.job(job.id);
        ISettlementTypes.JobView memory expected = settlement.job(played.id);
        assertEq(seen.status, status);
        assertEq(expected.status, status);
        assertEq(seen.closed, expected.closed);
        assertEq(seen.delivered, expected.delivered);
        assertEq(seen.round, expected.round);
        assertEq(seen.voids, expected.voids);
        assertEq(seen.committed, expected.committed);
        assertEq(seen.revealed, expected.revealed);
        if (status == DECIDED) assertEq(bytes32(seen.mark), bytes32(expected.mark));
        assertEq(uint256(_double.ends(job.id)), uint256(end));
        assertEq(uint256(_real.ends(played.id)), uint256(end));
        assertEq(_double.calls(), _real.calls());
        assertEq(_localSpent(), _spent());
    }
}
