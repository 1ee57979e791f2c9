// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {InferenceConsumer} from "../../../contracts/consumers/InferenceConsumer.sol";
import {PoolFeeController} from "../../../contracts/consumers/PoolFeeController.sol";
import {ReturnRingLib} from "../../../contracts/libraries/ReturnRing.sol";
import {ConstantProductPool} from "../../../contracts/mocks/ConstantProductPool.sol";
import {REFUNDED} from "../../../contracts/types/JobWord.sol";
import {Job} from "../utils/Fixture.sol";
import {ControllerFixture} from "./ControllerFixture.sol";

contract PoolFeeControllerTest is ControllerFixture {
    uint8 private constant _WINDOW = 6;
    uint256 private constant _VALID = uint256(_WINDOW) * SPACING;

    function setUp() public override {
        super.setUp();
        _deployFunded(_settings(_WINDOW));
    }

    // --- reverts: settings ---

    function test_constructor__window_of_one__reverts() public {
        PoolFeeController.Settings memory s = _settings(1);
        vm.expectRevert(abi.encodeWithSelector(PoolFeeController.WindowOutOfBounds.selector, 2, 64, 1));
        new PoolFeeController(owner, vault, queue, s);
    }

    function test_constructor__window_above_the_ring__reverts() public {
        PoolFeeController.Settings memory s = _settings(65);
        vm.expectRevert(abi.encodeWithSelector(PoolFeeController.WindowOutOfBounds.selector, 2, 64, 65));
        new PoolFeeController(owner, vault, queue, s);
    }

    function test_constructor__asks_more_often_than_it_observes__reverts() public {
        PoolFeeController.Settings memory s = _settings(_WINDOW);
        s.interval = SPACING - 1;
        _expectInterval(s);
    }

    function test_constructor__asks_more_rarely_than_answers_last__reverts() public {
        PoolFeeController.Settings memory s = _settings(_WINDOW);
        s.interval = uint32(_VALID + 1);
        _expectInterval(s);
    }

    function test_constructor__no_spacing__reverts() public {
        PoolFeeController.Settings memory s = _settings(_WINDOW);
        (s.spacing, s.interval) = (0, 0);
        vm.expectRevert(abi.encodeWithSelector(PoolFeeController.IntervalOutOfBounds.selector, 0, 0, 0));
        new PoolFeeController(owner, vault, queue, s);
    }

    function test_constructor__least_fee_above_the_most__reverts() public {
        PoolFeeController.Settings memory s = _settings(_WINDOW);
        s.fees.minBps = MAX_BPS + 1;
        _expectFees(s);
    }

    function test_constructor__fee_above_the_whole__reverts() public {
        PoolFeeController.Settings memory s = _settings(_WINDOW);
        s.fees.maxBps = 10_001;
        _expectFees(s);
    }

    // --- reverts: observing and asking ---

    function test_observe__stranger__reverts() public {
        vm.expectRevert(abi.encodeWithSelector(PoolFeeController.NotObserver.selector, observer, stranger));
        vm.prank(stranger);
        controller.observe(1e18);
    }

    function test_ask__window_not_full__reverts() public {
        _observe(1e18);
        _observeAfterSpacing(1e18);
        vm.expectRevert(abi.encodeWithSelector(ReturnRingLib.ReturnRingIncomplete.selector, _WINDOW, 1));
        controller.ask();
    }

    function test_ask__before_the_interval_is_over__reverts() public {
        _fillWindow();
        _askController();
        uint256 earliest = block.timestamp + 2 * SPACING;
        _observeAfterSpacing(1e20);
        _wait(SPACING - 1);
        vm.expectRevert(abi.encodeWithSelector(PoolFeeController.AskedTooSoon.selector, earliest, block.timestamp));
        controller.ask();
        _wait(1);
        controller.ask();
    }

    function test_ask__observer_has_stopped__reverts() public {
        _fillWindow();
        uint256 latest = block.timestamp + 2 * SPACING;
        _wait(2 * SPACING - 1);
        uint256 state = vm.snapshotState();
        controller.ask();
        vm.revertToState(state);
        _wait(1);
        vm.expectRevert(abi.encodeWithSelector(PoolFeeController.ObservationTooOld.selector, latest, block.timestamp));
        controller.ask();
    }

    function test_withdraw__stranger__reverts() public {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
        vm.prank(stranger);
        controller.withdraw(stranger, 1);
    }

    // --- effects: questions ---

    function test_observe__too_early__not_recorded() public {
        _observe(1e18);
        _wait(SPACING - 1);
        vm.prank(observer);
        assertFalse(controller.observe(2e18));
    }

    function test_ask__window_full__returns_oldest_first() public {
        _fillWindow();
        _observeAfterSpacing(200e18);
        // The first return, up, has left the window.
        bytes memory asked = controller.question();
        assertEq(asked.length, 11 + 4 * _WINDOW);
        assertEq(_float(asked, 0), 0xbc2306b6); // -ln(1.01)
        assertEq(_float(asked, 1), 0x3c2306b6);
        assertEq(_float(asked, 4), 0xbc2306b6);
        assertEq(_float(asked, 5), 0x3f317218); // ln(2)
    }

    function test_withdraw__owner__credit_paid_out() public {
        vm.prank(owner);
        controller.withdraw(stranger, 5);
        assertEq(token.balanceOf(stranger), 5);
    }

    // --- effects: fees ---

    function test_feeBps__never_answered__most() public view {
        assertEq(controller.feeBps(), MAX_BPS);
    }

    function test_deliver__volatility__base_and_slope() public {
        _fillWindow();
        uint256 upTo = block.timestamp;
        Job memory job = _askController();
        assertEq(controller.askedUpTo(job.id), upTo);
        _settle(job, _row(0.75e18));
        vm.expectEmit(address(controller));
        emit PoolFeeController.FeeSet(job.id, upTo, 0.75e18, 40);
        _expectDelivery(job);
        _deliver(job, _row(0.75e18));
        assertEq(controller.feeBps(), 40);
        assertEq(controller.askedUpTo(job.id), 0);
    }

    function test_deliver__huge_volatility__most() public {
        _fillWindow();
        _answer(_askController(), _withLast(_row(1e18), 0x7f7fffff));
        assertEq(controller.feeBps(), MAX_BPS);
        assertGt(controller.answeredUpTo(), 0);
    }

    function test_deliver__none_and_a_base_below_the_least__least() public {
        PoolFeeController.Settings memory s = _settings(_WINDOW);
        s.fees.baseBps = 0;
        _deployFunded(s);
        _fillWindow();
        _answer(_askController(), _row(0));
        assertEq(controller.feeBps(), MIN_BPS);
    }

    function testFuzz_deliver__any_float__fee_within_its_bounds(uint32 bits) public {
        _fillWindow();
        _answer(_askController(), _withLast(_row(1e18), bits));
        uint256 fee = controller.feeBps();
        assertGe(fee, MIN_BPS);
        assertLe(fee, MAX_BPS);
    }

    function test_feeBps__window_has_passed__most_again() public {
        _fillWindow();
        uint256 upTo = block.timestamp;
        _answer(_askController(), _row(0.75e18));
        vm.warp(upTo + _VALID);
        assertEq(controller.feeBps(), 40);
        vm.warp(upTo + _VALID + 1);
        assertEq(controller.feeBps(), MAX_BPS);
    }

    function test_deliver__newer_answer_came_first__ignored() public {
        _fillWindow();
        Job memory older = _askController();
        _settle(older, _row(0.25e18));
        _observeAfterSpacing(100e18);
        _observeAfterSpacing(101e18);
        uint256 upTo = block.timestamp;
        Job memory newer = _askController();
        _answer(newer, _row(0.75e18));

        vm.expectEmit(address(controller));
        emit PoolFeeController.AnswerIgnored(older.id, upTo - 2 * SPACING, upTo);
        _deliver(older, _row(0.25e18));
        assertEq(controller.feeBps(), 40);
        assertEq(controller.answeredUpTo(), upTo);
    }

    function test_deliver__window_has_passed__ignored() public {
        _fillWindow();
        uint256 upTo = block.timestamp;
        Job memory job = _askController();
        _settle(job, _row(0.25e18));
        vm.warp(upTo + _VALID + 1);
        vm.expectEmit(address(controller));
        emit PoolFeeController.AnswerIgnored(job.id, upTo, 0);
        _deliver(job, _row(0.25e18));
        assertEq(controller.answeredUpTo(), 0);
        assertEq(controller.feeBps(), MAX_BPS);
    }

    // --- answers that set nothing ---

    function test_deliver__nan__sets_nothing() public {
        _assertSetsNothing(_withLast(_row(1e18), 0x7fc00000));
    }

    function test_deliver__negative__sets_nothing() public {
        _assertSetsNothing(_row(-0.25e18));
    }

    function test_deliver__two_numbers__sets_nothing() public {
        _assertSetsNothing(_row(new int256[](2)));
    }

    function test_deliver__refused__sets_nothing() public {
        _fillWindow();
        uint256 upTo = block.timestamp;
        Job memory job = _askController();
        _settle(job, NO_TENSORS);
        vm.expectEmit(address(controller));
        emit PoolFeeController.QuestionFailed(job.id, upTo);
        _deliver(job, NO_TENSORS);
        assertEq(controller.feeBps(), MAX_BPS);
    }

    function test_giveUp__nobody_came__next_question_can_be_answered() public {
        _fillWindow();
        Job memory lost = _askController();
        _wait(SPACING);
        _observe(100e18);
        _observeAfterSpacing(101e18);
        _advance(lost);
        vm.expectEmit(address(controller));
        emit InferenceConsumer.GaveUp(lost.id, REFUNDED);
        controller.giveUp(lost.id);
        assertEq(controller.askedUpTo(lost.id), 0);
        _answer(_askController(), _row(0.75e18));
        assertEq(controller.feeBps(), 40);
    }

    // --- with a pool ---

    function test_swap__pool_observes__price_before_the_swap_and_the_controllers_fee() public {
        ConstantProductPool pool = new ConstantProductPool(1_000e18, 2_000e18);
        PoolFeeController.Settings memory s = _settings(2);
        s.observer = address(pool);
        _deployFunded(s);
        pool.setController(controller);
        for (uint256 i; i < 3; ++i) {
            if (i != 0) _wait(SPACING);
            uint256 kept = 10e18 * uint256(10_000 - MAX_BPS) / 10_000;
            uint256 expected = pool.reserve1() * kept / (pool.reserve0() + kept);
            assertEq(pool.swap(true, 10e18), expected);
        }
        _answer(_askController(), _row(0.25e18));
        uint256 reserve0 = pool.reserve0();
        uint256 paid = 10e18 * uint256(10_000 - 20) / 10_000;
        assertEq(pool.swap(false, 10e18), reserve0 * paid / (pool.reserve1() - 10e18 + paid));
    }

    // --- helpers ---

    function _assertSetsNothing(bytes memory answer) private {
        _fillWindow();
        Job memory job = _askController();
        _settle(job, answer);
        _expectDeliveryFailed(job);
        _deliver(job, answer);
        assertEq(controller.answeredUpTo(), 0);
        assertEq(controller.feeBps(), MAX_BPS);
    }

    function _expectInterval(PoolFeeController.Settings memory s) private {
        vm.expectRevert(
            abi.encodeWithSelector(PoolFeeController.IntervalOutOfBounds.selector, SPACING, _VALID, s.interval)
        );
        new PoolFeeController(owner, vault, queue, s);
    }

    function _expectFees(PoolFeeController.Settings memory s) private {
        vm.expectRevert(
            abi.encodeWithSelector(PoolFeeController.FeesOutOfOrder.selector, s.fees.minBps, s.fees.maxBps, 10_000)
        );
        new PoolFeeController(owner, vault, queue, s);
    }

    /// @dev Bits of an element of a row.
    function _float(bytes memory row, uint256 index) private pure returns (uint256 bits) {
        for (uint256 i; i < 4; ++i) {
            bits |= uint256(uint8(row[11 + 4 * index + i])) << (8 * i);
        }
    }
}
