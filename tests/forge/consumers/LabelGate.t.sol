// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {InferenceConsumer} from "../../../contracts/consumers/InferenceConsumer.sol";
import {LabelGate} from "../../../contracts/consumers/LabelGate.sol";
import {FixedPoint} from "../../../contracts/libraries/FixedPoint.sol";
import {Likelihoods} from "../../../contracts/libraries/Likelihoods.sol";
import {TensorEncoder} from "../../../contracts/libraries/TensorEncoder.sol";
import {Tensors} from "../../../contracts/libraries/Tensors.sol";
import {HookToken} from "../../../contracts/mocks/HookToken.sol";
import {MockToken} from "../../../contracts/mocks/MockToken.sol";
import {Callback} from "../../../contracts/types/Request.sol";
import {Job} from "../utils/Fixture.sol";
import {Pack} from "../utils/Pack.sol";
import {ConsumerFixture} from "./ConsumerFixture.sol";

contract LabelGateTest is ConsumerFixture {
    uint32 private constant _GAS = 150_000;
    uint256 private constant AMOUNT = 7e18;
    /// @dev To one byte at https://a.example/x.
    bytes private constant REFERENCE = hex"ff00016e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d0100000000000000"
        hex"01130068747470733a2f2f612e6578616d706c652f78";
    address private immutable _depositor = makeAddr("depositor");
    address private immutable _payee = makeAddr("payee");

    HookToken private _money;
    LabelGate private _gate;
    uint96 private _asked;

    function setUp() public override {
        super.setUp();
        _money = HookToken(vm.deployCode("HookToken.sol:HookToken", ""));
        _gate = _newGate(_money);
        _money.mint(_depositor, 100 * AMOUNT);
        token.mint(_depositor, 100 * _escrow());
        vm.startPrank(_depositor);
        _money.approve(address(_gate), 100 * AMOUNT);
        token.approve(address(_gate), 100 * _escrow());
        vm.stopPrank();
    }

    // --- reverts: lock ---

    function test_lock__no_payee__reverts() public {
        vm.expectRevert(LabelGate.ZeroAddress.selector);
        _gate.lock(address(0), AMOUNT, _condition(), exactVersion, INPUT);
    }

    function test_lock__nothing__reverts() public {
        vm.expectRevert(LabelGate.ZeroAmount.selector);
        _gate.lock(_payee, 0, _condition(), exactVersion, INPUT);
    }

    function test_lock__label_that_is_none__reverts() public {
        LabelGate.Condition memory c = LabelGate.Condition(10, 10, 0.6e18);
        vm.expectRevert(abi.encodeWithSelector(LabelGate.LabelOutOfBounds.selector, uint256(10), uint256(10)));
        _gate.lock(_payee, AMOUNT, c, exactVersion, INPUT);
    }

    function test_lock__no_least_likelihood__reverts() public {
        LabelGate.Condition memory c = LabelGate.Condition(7, 10, 0);
        vm.expectRevert(abi.encodeWithSelector(LabelGate.LikelihoodOutOfBounds.selector, 1e18, uint256(0)));
        _gate.lock(_payee, AMOUNT, c, exactVersion, INPUT);
    }

    function test_lock__least_likelihood_above_one__reverts() public {
        LabelGate.Condition memory c = LabelGate.Condition(7, 10, 1e18 + 1);
        vm.expectRevert(abi.encodeWithSelector(LabelGate.LikelihoodOutOfBounds.selector, 1e18, 1e18 + 1));
        _gate.lock(_payee, AMOUNT, c, exactVersion, INPUT);
    }

    function test_lock__token_that_keeps_a_fee__reverts() public {
        MockToken taxed = MockToken(vm.deployCode("FeeOnTransferToken.sol:FeeOnTransferToken", ""));
        LabelGate gate = _newGate(taxed);
        taxed.mint(_depositor, AMOUNT);
        vm.startPrank(_depositor);
        taxed.approve(address(gate), AMOUNT);
        vm.expectRevert(abi.encodeWithSelector(LabelGate.WrongAmountReceived.selector, AMOUNT, AMOUNT - AMOUNT / 100));
        gate.lock(_payee, AMOUNT, _condition(), exactVersion, INPUT);
        vm.stopPrank();
    }

    function test_lock__input_by_reference__reverts_and_nothing_moves() public {
        vm.prank(_depositor);
        vm.expectRevert(abi.encodeWithSelector(LabelGate.InputByReference.selector, bytes2(0xff00)));
        _gate.lock(_payee, AMOUNT, _condition(), exactVersion, REFERENCE);
        assertEq(_gate.held(), 0);
    }

    function test_lock__begins_like_a_reference_and_is_none__reverts() public {
        vm.prank(_depositor);
        vm.expectRevert(abi.encodeWithSelector(LabelGate.InputByReference.selector, bytes2(0xff00)));
        _gate.lock(_payee, AMOUNT, _condition(), exactVersion, hex"ff0002");
    }

    // --- reverts: withdraw ---

    function test_withdraw__not_answered__reverts() public {
        Job memory job = _lock();
        _expectNotWithdrawable(job.id, LabelGate.Stage.LOCKED);
        vm.prank(_depositor);
        _gate.withdraw(job.id, _depositor);
    }

    function test_withdraw__no_such_lock__reverts() public {
        _expectNotWithdrawable("none", LabelGate.Stage.UNKNOWN);
        _gate.withdraw("none", address(this));
    }

    function test_withdraw__released_to_the_depositor__reverts() public {
        Job memory job = _lock();
        _answer(job, _likely(7, 0.75e18));
        vm.expectRevert(abi.encodeWithSelector(LabelGate.NotEntitled.selector, _payee, _depositor));
        vm.prank(_depositor);
        _gate.withdraw(job.id, _depositor);
    }

    function test_withdraw__returned_to_the_payee__reverts() public {
        Job memory job = _lock();
        _answer(job, _likely(3, 0.75e18));
        vm.expectRevert(abi.encodeWithSelector(LabelGate.NotEntitled.selector, _depositor, _payee));
        vm.prank(_payee);
        _gate.withdraw(job.id, _payee);
    }

    function test_withdraw__to_nobody__reverts() public {
        Job memory job = _lock();
        _answer(job, _likely(7, 0.75e18));
        vm.expectRevert(LabelGate.ZeroAddress.selector);
        vm.prank(_payee);
        _gate.withdraw(job.id, address(0));
    }

    function test_withdraw__twice__reverts() public {
        Job memory job = _lock();
        _lock(); // somebody else's money is there to be taken
        _answer(job, _likely(7, 0.75e18));
        _withdraw(job, _payee);
        _expectNotWithdrawable(job.id, LabelGate.Stage.WITHDRAWN);
        vm.prank(_payee);
        _gate.withdraw(job.id, _payee);
    }

    function test_withdraw__again_from_the_token__refused() public {
        Job memory job = _lock();
        _lock();
        _answer(job, _likely(7, 0.75e18));
        _money.program(address(_gate), abi.encodeCall(LabelGate.withdraw, (job.id, _payee)));
        _withdraw(job, _payee);
        assertTrue(_money.called());
        assertFalse(_money.succeeded());
        assertEq(_gate.held(), AMOUNT);
    }

    // --- reverts: strangers' answers ---

    function test_onInference__stranger__reverts() public {
        Job memory job = _lock();
        vm.expectRevert(abi.encodeWithSelector(InferenceConsumer.NotQueue.selector, queue, _payee));
        vm.prank(_payee);
        _gate.onInference(job.id, exactVersion, _likely(7, 0.75e18));
    }

    function test_deliver__job_of_the_payee_naming_the_gate__not_taken() public {
        Job memory locked = _lock();
        Job memory job = _post(requester, exactVersion, _consumerTerms(), _delivered());
        _settle(job, _likely(7, 0.75e18));
        _expectDeliveryFailed(job);
        _deliver(job, _likely(7, 0.75e18));
        _assertStage(job.id, LabelGate.Stage.UNKNOWN);
        _assertStage(locked.id, LabelGate.Stage.LOCKED);
    }

    function test_deliver__lock_taken_back__not_taken() public {
        Job memory job = _lock();
        _answer(job, _likely(3, 0.75e18));
        _withdraw(job, _depositor);
        vm.expectRevert(
            abi.encodeWithSelector(
                InferenceConsumer.WrongProgress.selector,
                job.id,
                InferenceConsumer.Progress.PENDING,
                InferenceConsumer.Progress.DONE
            )
        );
        vm.prank(address(queue));
        _gate.onInference(job.id, exactVersion, _likely(7, 0.75e18));
    }

    // --- effects ---

    function test_lock__first__token_held_and_escrow_brought() public {
        uint256 assets = token.balanceOf(_depositor);
        assertEq(_gate.shortfall(), _escrow());
        Job memory job = _lock();
        LabelGate.Lock memory found = _gate.lockOf(job.id);
        assertEq(found.depositor, _depositor);
        assertEq(found.payee, _payee);
        assertEq(found.amount, AMOUNT);
        _assertStage(job.id, LabelGate.Stage.LOCKED);
        assertEq(_gate.held(), AMOUNT);
        assertEq(_money.balanceOf(address(_gate)), AMOUNT);
        assertEq(token.balanceOf(_depositor), assets - _escrow());
        assertEq(vault.credit(address(_gate)), 0);
    }

    function test_lock__credit_left_of_an_earlier_job__only_the_rest_is_brought() public {
        Job memory job = _lock();
        _expire(job);
        _close(job);
        vault.deposit(address(_gate), _tokens(1));
        uint256 assets = token.balanceOf(_depositor);
        assertEq(_gate.shortfall(), 0);
        _lock();
        assertEq(token.balanceOf(_depositor), assets);
        assertEq(vault.credit(address(_gate)), 1);
        assertEq(_gate.shortfall(), _escrow() - 1);
    }

    function test_lock__token_is_the_asset__kept_apart_from_the_credit() public {
        _gate = _newGate(token);
        _asked = 0;
        token.mint(_depositor, AMOUNT);
        uint256 brought = AMOUNT + _escrow();
        vm.prank(_depositor);
        token.approve(address(_gate), brought);
        Job memory job = _lock();
        assertEq(token.balanceOf(address(_gate)), AMOUNT);
        _answer(job, _likely(7, 0.75e18));
        _withdraw(job, _payee);
        assertEq(token.balanceOf(_payee), AMOUNT);
        assertEq(token.balanceOf(address(_gate)), 0);
    }

    function test_deliver__matching_label__payee_withdraws() public {
        Job memory job = _lock();
        _settle(job, _likely(7, 0.75e18));
        vm.expectEmit(address(_gate));
        emit LabelGate.Answered(job.id, 7, 0.75e18);
        vm.expectEmit(address(_gate));
        emit LabelGate.Opened(job.id, LabelGate.Stage.RELEASED);
        _expectDelivery(job);
        _deliver(job, _likely(7, 0.75e18));
        _withdraw(job, _payee);
        assertEq(_money.balanceOf(_payee), AMOUNT);
        assertEq(_gate.held(), 0);
    }

    function test_deliver__just_likely_enough__released() public {
        Job memory job = _lock();
        _answer(job, _likely(7, 0.625e18));
        _assertStage(job.id, LabelGate.Stage.RELEASED);
    }

    function test_deliver__matching_label_not_likely_enough__depositor_withdraws() public {
        Job memory job = _lock();
        _answer(job, _likely(7, 0.5625e18));
        _assertStage(job.id, LabelGate.Stage.RETURNED);
        _withdraw(job, _depositor);
        assertEq(_money.balanceOf(_depositor), 100 * AMOUNT);
    }

    function test_deliver__another_label__depositor_withdraws() public {
        Job memory job = _lock();
        _answer(job, _likely(3, 0.75e18));
        _withdraw(job, _depositor);
        assertEq(_money.balanceOf(_depositor), 100 * AMOUNT);
        assertEq(_money.balanceOf(_payee), 0);
    }

    function test_deliver__input_did_not_fit__returned() public {
        Job memory job = _lock();
        _answer(job, NO_TENSORS);
        _assertStage(job.id, LabelGate.Stage.RETURNED);
    }

    function test_giveUp__nobody_came__returned() public {
        Job memory job = _lock();
        _expire(job);
        _gate.giveUp(job.id);
        _assertStage(job.id, LabelGate.Stage.RETURNED);
        _withdraw(job, _depositor);
    }

    function test_giveUp__no_agreement__returned() public {
        Job memory job = _lock();
        _disagree(job);
        _gate.giveUp(job.id);
        _assertStage(job.id, LabelGate.Stage.RETURNED);
    }

    // --- answers that are no likelihoods of the labels ---

    function test_deliver__nan__returned() public {
        bytes memory answer = _withLast(_likely(7, 0.75e18), 0x7fc00000);
        _assertUnreadable(answer, abi.encodeWithSelector(FixedPoint.FixedPointNotFinite.selector, 0x7fc00000));
    }

    function test_deliver__infinity__returned() public {
        bytes memory answer = _withLast(_likely(7, 0.75e18), 0x7f800000);
        _assertUnreadable(answer, abi.encodeWithSelector(FixedPoint.FixedPointNotFinite.selector, 0x7f800000));
    }

    function test_deliver__negative__returned() public {
        bytes memory answer = _withLast(_likely(7, 0.75e18), 0xbf800000);
        _assertUnreadable(
            answer, abi.encodeWithSelector(Likelihoods.LikelihoodsNegative.selector, uint256(9), int256(-1e18))
        );
    }

    function test_deliver__fewer_labels__returned() public {
        _assertUnreadable(
            _row(1e18), abi.encodeWithSelector(Likelihoods.LikelihoodsWrongCount.selector, uint256(10), uint256(1))
        );
    }

    function test_deliver__integers__returned() public {
        bytes memory answer = TensorEncoder.encodeInt64(new int64[](10));
        (bool read, bytes memory reason) = _tryRead(answer);
        assertFalse(read);
        assertEq(bytes32(bytes4(reason)), bytes32(Tensors.TensorsWrongDtype.selector));
        _assertUnreadable(answer, reason);
    }

    function test_deliver__bytes_that_are_no_payload__returned() public {
        _assertUnreadable(hex"01", abi.encodeWithSelector(Tensors.TensorsTruncated.selector, uint256(2), uint256(1)));
    }

    function test_deliver__all_zero__returned() public {
        Job memory job = _lock(LabelGate.Condition(0, 10, 1));
        _answer(job, _row(new int256[](10)));
        _assertStage(job.id, LabelGate.Stage.RETURNED);
    }

    /// @dev Whoever hands the answer over chooses the gas: too little must never pass for an answer nobody can read.
    /// With many labels the 64th part that is left after reading would do to return the funds.
    function test_takeAnswer__any_gas__released_or_nothing() public {
        uint16 labels = 2_000;
        int256[] memory values = new int256[](labels);
        values[labels - 1] = 0.75e18;
        bytes memory answer = _row(values);
        Job memory job = _lock(LabelGate.Condition(labels - 1, labels, 0.625e18));
        _settle(job, answer);
        bytes memory data = abi.encodeCall(InferenceConsumer.takeAnswer, (job.request, job.rules, address(0), answer));
        uint256 told;
        bool done;
        for (uint256 gas_ = 100_000; !done; gas_ += 20_000) {
            bytes memory reason;
            (done, reason) = address(_gate).call{gas: gas_}(data);
            if (done) break;
            _assertStage(job.id, LabelGate.Stage.LOCKED);
            if (reason.length == 4 && bytes4(reason) == LabelGate.NotEnoughGasToRead.selector) ++told;
        }
        assertGt(told, 10);
        _assertStage(job.id, LabelGate.Stage.RELEASED);
    }

    function testFuzz_deliver__any_bytes__gate_opens(bytes memory answer) public {
        Job memory job = _lock();
        _settle(job, answer);
        _gate.takeAnswer(job.request, job.rules, address(0), answer);
        LabelGate.Stage stage = _gate.lockOf(job.id).stage;
        assertTrue(stage == LabelGate.Stage.RELEASED || stage == LabelGate.Stage.RETURNED);
    }

    // --- helpers ---

    function _newGate(MockToken money) private returns (LabelGate) {
        bytes memory arguments = abi.encode(vault, queue, money, _consumerTerms(), _GAS, uint64(DELIVERY_FEE));
        return LabelGate(vm.deployCode("LabelGate.sol:LabelGate", arguments));
    }

    function _delivered() private view returns (Callback) {
        return Pack.callback(address(_gate), _GAS, DELIVERY_FEE);
    }

    function _escrow() private view returns (uint256) {
        return queue.escrowOf(_consumerTerms(), _delivered());
    }

    function _tokens(uint256 amount) private returns (uint256) {
        token.mint(address(this), amount);
        token.approve(address(vault), amount);
        return amount;
    }

    function _condition() private pure returns (LabelGate.Condition memory) {
        return LabelGate.Condition(7, 10, 0.625e18);
    }

    function _lock() private returns (Job memory) {
        return _lock(_condition());
    }

    function _lock(LabelGate.Condition memory condition) private returns (Job memory job) {
        job = _jobOf(address(_gate), ++_asked, exactVersion, _delivered(), INPUT);
        vm.prank(_depositor);
        assertEq(_gate.lock(_payee, AMOUNT, condition, exactVersion, INPUT), job.id);
    }

    function _withdraw(Job memory job, address by) private {
        vm.prank(by);
        _gate.withdraw(job.id, by);
        _assertStage(job.id, LabelGate.Stage.WITHDRAWN);
    }

    /// @dev The rest of the likelihood goes to the digit before.
    function _likely(uint256 digit, int256 likelihood) private pure returns (bytes memory) {
        int256[] memory values = new int256[](10);
        (values[digit], values[digit - 1]) = (likelihood, 1e18 - likelihood);
        return _row(values);
    }

    function _tryRead(bytes memory answer) private view returns (bool ok, bytes memory reason) {
        return address(_gate).staticcall(abi.encodeCall(LabelGate.read, (answer, 10)));
    }

    function _assertUnreadable(bytes memory answer, bytes memory reason) private {
        Job memory job = _lock();
        _settle(job, answer);
        vm.expectEmit(address(_gate));
        emit LabelGate.Unreadable(job.id, reason);
        _expectDelivery(job);
        _deliver(job, answer);
        _assertStage(job.id, LabelGate.Stage.RETURNED);
    }

    function _expectNotWithdrawable(bytes32 id, LabelGate.Stage stage) private {
        vm.expectRevert(abi.encodeWithSelector(LabelGate.NotWithdrawable.selector, id, stage));
    }

    function _assertStage(bytes32 id, LabelGate.Stage stage) private view {
        assertEq(uint256(_gate.lockOf(id).stage), uint256(stage));
    }
}
