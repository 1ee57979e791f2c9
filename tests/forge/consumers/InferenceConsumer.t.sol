// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {InferenceConsumer} from "../../../contracts/consumers/InferenceConsumer.sol";
import {IJobQueue} from "../../../contracts/interfaces/IJobQueue.sol";
import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {IStakeVault} from "../../../contracts/interfaces/IStakeVault.sol";
import {COMMITTING, DECIDED, NONE, REFUNDED, UNRESOLVED} from "../../../contracts/types/JobWord.sol";
import {Callback, Request} from "../../../contracts/types/Request.sol";
import {Rules} from "../../../contracts/types/Rules.sol";
import {Terms} from "../../../contracts/types/Terms.sol";
import {Job} from "../utils/Fixture.sol";
import {Pack} from "../utils/Pack.sol";
import {ConsumerFixture} from "./ConsumerFixture.sol";

/// @dev Remembers how its jobs ended, or refuses to.
contract RecordingConsumer is InferenceConsumer {
    enum End {
        NONE,
        ANSWER,
        REFUSED,
        NO_ANSWER
    }

    mapping(bytes32 jobId => End) public ends;
    uint256 public calls;
    bytes32 public versionId;
    bytes public result;
    bool public refuses;

    error Refuses();

    constructor(IStakeVault vault, IJobQueue queue) InferenceConsumer(vault, queue) {}

    function setRefuses(bool refuses_) external {
        refuses = refuses_;
    }

    function ask(bytes32 version, Terms terms, Callback callback, bytes memory input) external returns (bytes32) {
        return _ask(version, terms, callback, input);
    }

    function withdraw(address to, uint256 amount) external {
        _withdrawCredit(to, amount);
    }

    function cancel(Request calldata request, Rules rules) external {
        _cancel(request, rules);
    }

    function callbackOf(uint32 gasStipend, uint64 deliveryFee) external view returns (Callback) {
        return _callback(gasStipend, deliveryFee);
    }

    function _onAnswer(bytes32 jobId, bytes32 version, bytes calldata result_) internal override {
        _end(jobId, End.ANSWER);
        (versionId, result) = (version, result_);
    }

    function _onRefused(bytes32 jobId) internal override {
        _end(jobId, End.REFUSED);
    }

    function _onNoAnswer(bytes32 jobId) internal override {
        _end(jobId, End.NO_ANSWER);
    }

    function _end(bytes32 jobId, End end) private {
        if (refuses) revert Refuses();
        ends[jobId] = end;
        ++calls;
    }
}

contract InferenceConsumerTest is ConsumerFixture {
    bytes private constant ANSWER = hex"01010100000041";
    RecordingConsumer private _consumer;

    function setUp() public override {
        super.setUp();
        _consumer = new RecordingConsumer(vault, queue);
        _fundConsumer(address(_consumer), 1e9 * UNIT);
    }

    // --- reverts ---

    function test_constructor__vault_of_another_deployment__reverts() public {
        IStakeVault other = IStakeVault(stranger);
        vm.expectRevert(abi.encodeWithSelector(InferenceConsumer.WrongVault.selector, vault, other));
        new RecordingConsumer(other, queue);
    }

    function test_ask__no_credit__reverts() public {
        _consumer.withdraw(address(this), 1e9 * UNIT);
        uint256 escrow = queue.escrowOf(_consumerTerms(), _delivered());
        vm.expectRevert(
            abi.encodeWithSelector(IStakeVault.InsufficientCredit.selector, address(_consumer), uint256(0), escrow)
        );
        _consumer.ask(exactVersion, _consumerTerms(), _delivered(), INPUT);
    }

    function test_onInference__stranger__reverts() public {
        Job memory job = _ask(1, _delivered());
        vm.expectRevert(abi.encodeWithSelector(InferenceConsumer.NotQueue.selector, queue, stranger));
        vm.prank(stranger);
        _consumer.onInference(job.id, exactVersion, ANSWER);
    }

    function test_onInference__job_of_somebody_else__reverts() public {
        bytes32 id = keccak256("no job of the consumer");
        _expectWrongProgress(id, InferenceConsumer.Progress.UNKNOWN);
        vm.prank(address(queue));
        _consumer.onInference(id, exactVersion, ANSWER);
    }

    function test_onInference__twice__reverts() public {
        Job memory job = _ask(1, _delivered());
        _answer(job, ANSWER);
        _expectWrongProgress(job.id, InferenceConsumer.Progress.DONE);
        vm.prank(address(queue));
        _consumer.onInference(job.id, exactVersion, ANSWER);
    }

    function test_takeAnswer__not_settled__reverts() public {
        Job memory job = _ask(1, _noCallback());
        vm.expectRevert(abi.encodeWithSelector(InferenceConsumer.NotTheAnswer.selector, job.id, keccak256(ANSWER)));
        _consumer.takeAnswer(job.request, job.rules, address(0), ANSWER);
    }

    function test_takeAnswer__another_result__reverts() public {
        Job memory job = _ask(1, _noCallback());
        _settle(job, ANSWER);
        vm.expectRevert(abi.encodeWithSelector(InferenceConsumer.NotTheAnswer.selector, job.id, keccak256(INPUT)));
        _consumer.takeAnswer(job.request, job.rules, address(0), INPUT);
    }

    function test_takeAnswer__settled_job_of_somebody_else__reverts() public {
        Job memory job = _post(requester, exactVersion, _consumerTerms(), _delivered());
        _settle(job, ANSWER);
        _expectWrongProgress(job.id, InferenceConsumer.Progress.UNKNOWN);
        _consumer.takeAnswer(job.request, job.rules, address(0), ANSWER);
    }

    function test_takeAnswer__under_another_version__reverts() public {
        Job memory job = _ask(1, _noCallback());
        _settle(job, ANSWER);
        job.request.versionId = toleranceVersion;
        bytes32 other = queue.jobIdOf(job.request, job.rules);
        vm.expectRevert(abi.encodeWithSelector(InferenceConsumer.NotTheAnswer.selector, other, keccak256(ANSWER)));
        _consumer.takeAnswer(job.request, job.rules, address(0), ANSWER);
    }

    function test_giveUp__job_under_way__reverts() public {
        Job memory job = _ask(1, _delivered());
        vm.expectRevert(abi.encodeWithSelector(InferenceConsumer.AnswerPossible.selector, job.id, COMMITTING));
        _consumer.giveUp(job.id);
    }

    function test_giveUp__settled__reverts() public {
        Job memory job = _ask(1, _delivered());
        _settle(job, ANSWER);
        vm.expectRevert(abi.encodeWithSelector(InferenceConsumer.AnswerPossible.selector, job.id, DECIDED));
        _consumer.giveUp(job.id);
    }

    function test_giveUp__no_such_job__reverts() public {
        vm.expectRevert(abi.encodeWithSelector(InferenceConsumer.AnswerPossible.selector, bytes32("none"), NONE));
        _consumer.giveUp("none");
    }

    function test_giveUp__refunded_job_of_somebody_else__reverts() public {
        Job memory job = _post(requester, exactVersion, _consumerTerms(), _delivered());
        _expire(job);
        _expectWrongProgress(job.id, InferenceConsumer.Progress.UNKNOWN);
        _consumer.giveUp(job.id);
    }

    function test_giveUp__twice__reverts() public {
        Job memory job = _ask(1, _delivered());
        _expire(job);
        _consumer.giveUp(job.id);
        _expectWrongProgress(job.id, InferenceConsumer.Progress.DONE);
        _consumer.giveUp(job.id);
    }

    function test_cancel__drawn__reverts() public {
        Job memory job = _ask(1, _delivered());
        _draw();
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.CancelTooLate.selector, job.id));
        _consumer.cancel(job.request, job.rules);
    }

    function test_cancel__job_of_somebody_else__reverts() public {
        Job memory job = _post(requester, exactVersion, _consumerTerms(), _delivered());
        vm.expectRevert(abi.encodeWithSelector(IJobQueue.NotRequester.selector, requester, address(_consumer)));
        _consumer.cancel(job.request, job.rules);
    }

    // --- effects ---

    function test_cancel__before_the_draw__escrow_back_and_given_up_once() public {
        uint256 credit = vault.credit(address(_consumer));
        Job memory job = _ask(1, _delivered());
        _consumer.cancel(job.request, job.rules);
        assertEq(vault.credit(address(_consumer)), credit);
        assertEq(uint256(_consumer.progress(job.id)), uint256(InferenceConsumer.Progress.PENDING));
        vm.prank(stranger);
        _consumer.giveUp(job.id);
        _assertEnded(job.id, RecordingConsumer.End.NO_ANSWER);
    }

    function test_ask__several__each_pending_under_its_own_nonce() public {
        for (uint96 nonce = 1; nonce <= 3; ++nonce) {
            Job memory job = _ask(nonce, _delivered());
            assertEq(uint256(_consumer.progress(job.id)), uint256(InferenceConsumer.Progress.PENDING));
        }
    }

    function test_callback__any__this_contract_stipend_and_fee() public view {
        Callback made = _consumer.callbackOf(type(uint32).max, type(uint64).max);
        Callback expected = Pack.callback(address(_consumer), type(uint32).max, type(uint64).max);
        assertEq(Callback.unwrap(made), Callback.unwrap(expected));
    }

    function test_deliver__settled__answer_with_version() public {
        Job memory job = _ask(1, _delivered());
        _settle(job, ANSWER);
        _expectDelivery(job);
        _deliver(job, ANSWER);
        _assertEnded(job.id, RecordingConsumer.End.ANSWER);
        assertEq(_consumer.versionId(), exactVersion);
        assertEq(_consumer.result(), ANSWER);
    }

    function test_deliver__no_tensors__refused() public {
        Job memory job = _ask(1, _delivered());
        _answer(job, NO_TENSORS);
        _assertEnded(job.id, RecordingConsumer.End.REFUSED);
    }

    function test_deliver__no_byte__refused() public {
        Job memory job = _ask(1, _delivered());
        _answer(job, "");
        _assertEnded(job.id, RecordingConsumer.End.REFUSED);
    }

    function test_deliver__handler_refuses__pending_and_told_later() public {
        Job memory job = _ask(1, _delivered());
        _settle(job, ANSWER);
        _consumer.setRefuses(true);
        _expectDeliveryFailed(job);
        _deliver(job, ANSWER);
        assertEq(uint256(_consumer.progress(job.id)), uint256(InferenceConsumer.Progress.PENDING));
        _consumer.setRefuses(false);
        _deliver(job, ANSWER);
        _assertEnded(job.id, RecordingConsumer.End.ANSWER);
    }

    function test_takeAnswer__posted_without_callback__answer_with_version() public {
        Job memory job = _ask(1, _noCallback());
        _settle(job, ANSWER);
        vm.prank(stranger);
        _consumer.takeAnswer(job.request, job.rules, address(0), ANSWER);
        _assertEnded(job.id, RecordingConsumer.End.ANSWER);
        assertEq(_consumer.versionId(), exactVersion);
        assertEq(_consumer.result(), ANSWER);
    }

    function test_takeAnswer__stipend_too_small__answer_once() public {
        Job memory job = _ask(1, Pack.callback(address(_consumer), 20_000, DELIVERY_FEE));
        _settle(job, ANSWER);
        _expectDeliveryFailed(job);
        _deliver(job, ANSWER);
        _consumer.takeAnswer(job.request, job.rules, address(0), ANSWER);
        _assertEnded(job.id, RecordingConsumer.End.ANSWER);
        _expectDeliveryFailed(job);
        _deliver(job, ANSWER);
        assertEq(_consumer.calls(), 1);
    }

    function test_giveUp__nobody_came__no_answer() public {
        Job memory job = _ask(1, _delivered());
        _expire(job);
        vm.expectEmit(address(_consumer));
        emit InferenceConsumer.GaveUp(job.id, REFUNDED);
        vm.prank(stranger);
        _consumer.giveUp(job.id);
        _assertEnded(job.id, RecordingConsumer.End.NO_ANSWER);
    }

    function test_giveUp__no_agreement__no_answer() public {
        Job memory job = _ask(1, _delivered());
        _disagree(job);
        vm.expectEmit(address(_consumer));
        emit InferenceConsumer.GaveUp(job.id, UNRESOLVED);
        _consumer.giveUp(job.id);
        _assertEnded(job.id, RecordingConsumer.End.NO_ANSWER);
    }

    function test_giveUp__closed__whole_escrow_is_credit_again() public {
        uint256 credit = vault.credit(address(_consumer));
        Job memory job = _ask(1, _delivered());
        _expire(job);
        _close(job);
        _consumer.giveUp(job.id);
        assertEq(vault.credit(address(_consumer)), credit);
        _consumer.withdraw(stranger, credit);
        assertEq(token.balanceOf(stranger), credit);
    }

    // --- helpers ---

    function _delivered() private view returns (Callback) {
        return Pack.callback(address(_consumer), STIPEND, DELIVERY_FEE);
    }

    function _ask(uint96 nonce, Callback callback) private returns (Job memory job) {
        job = _jobOf(address(_consumer), nonce, exactVersion, callback, INPUT);
        assertEq(_consumer.ask(exactVersion, _consumerTerms(), callback, INPUT), job.id);
    }

    function _expectWrongProgress(bytes32 id, InferenceConsumer.Progress received) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                InferenceConsumer.WrongProgress.selector, id, InferenceConsumer.Progress.PENDING, received
            )
        );
    }

    function _assertEnded(bytes32 id, RecordingConsumer.End end) private view {
        assertEq(uint256(_consumer.ends(id)), uint256(end));
        assertEq(uint256(_consumer.progress(id)), uint256(InferenceConsumer.Progress.DONE));
        assertEq(_consumer.calls(), 1);
    }
}
