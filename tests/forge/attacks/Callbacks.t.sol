// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IJobQueue} from "../../../contracts/interfaces/IJobQueue.sol";
import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {GasBurningCallback} from "../../../contracts/mocks/callbacks/GasBurningCallback.sol";
import {ReenteringCallback} from "../../../contracts/mocks/callbacks/ReenteringCallback.sol";
import {RevertingCallback} from "../../../contracts/mocks/callbacks/RevertingCallback.sol";
import {COMMITTING} from "../../../contracts/types/JobWord.sol";
import {Job} from "../utils/Fixture.sol";
import {Pack} from "../utils/Pack.sol";
import {AttackFixture} from "./AttackFixture.sol";

/// @dev Attacks from inside a callback, which a requester chooses freely. None may hold up the job's money, cost its
/// deliverer more than the stipend, or be told an answer twice.
contract CallbacksTest is AttackFixture {
    uint256 private constant BOMB = 4_000_000;

    // --- callbacks that fail ---

    function test_reverting__job_is_closed_and_paid_and_delivery_can_be_repeated() public {
        RevertingCallback target = RevertingCallback(vm.deployCode("RevertingCallback.sol:RevertingCallback", ""));
        Job memory job = _settledFor(address(target), STIPEND);
        _deliverFails(job, address(target));
        _assertPaysOut(job);
        target.setAccepts(true);
        queue.deliver(job.request, job.rules, address(0), "a");
        assertTrue(settlement.job(job.id).delivered);
        _assertNothingLeftInJobs();
    }

    function test_gas_burning__costs_the_stipend_and_no_more() public {
        address target = vm.deployCode("GasBurningCallback.sol:GasBurningCallback", "");
        Job memory job = _settledFor(target, STIPEND);
        uint256 before = gasleft();
        _deliverFails(job, target);
        assertLt(before - gasleft(), STIPEND + 120_000);
        _assertPaysOut(job);
        _assertNothingLeftInJobs();
    }

    function test_return_bomb__never_copied() public {
        for (uint256 i; i < 2; ++i) {
            // Enough to return it, not enough for a caller to copy it as well.
            uint256 stipend = 5_000_000;
            address target = vm.deployCode("ReturnBombCallback.sol:ReturnBombCallback", abi.encode(BOMB / 16, i == 1));
            Job memory job = _settledFor(target, stipend);
            uint256 before = gasleft();
            vm.prank(stranger);
            queue.deliver{gas: stipend + 400_000}(job.request, job.rules, address(0), "a");
            assertLt(before - gasleft(), 250_000);
            assertEq(settlement.job(job.id).delivered, i == 0);
            _assertPaysOut(job);
        }
        _assertNothingLeftInJobs();
    }

    /// @dev Who is first takes the fee back with a callback that fails cheaply, and has whoever is second pay for one
    /// that burns its stipend. Who delivers for the fee is not called at all.
    function test_failed_on_purpose__next_for_the_fee__burns_nothing() public {
        RevertingCallback cheap = RevertingCallback(vm.deployCode("RevertingCallback.sol:RevertingCallback", ""));
        Job memory job = _settledFor(address(cheap), 5_000_000);
        _deliverFails(job, address(cheap));
        vm.etch(address(cheap), vm.deployCode("GasBurningCallback.sol:GasBurningCallback", "").code);
        uint256 before = gasleft();
        vm.expectRevert(abi.encodeWithSelector(IJobQueue.DeliveryFeePaid.selector, job.id));
        vm.prank(workers[0]);
        queue.deliverForFee(job.request, job.rules, address(0), "a");
        assertLt(before - gasleft(), 100_000);
    }

    // --- callbacks that call back ---

    function test_reentering__deliver_again__refused() public {
        (ReenteringCallback target, Job memory job) = _settledForReentry();
        target.program(address(queue), abi.encodeCall(queue.deliver, (job.request, job.rules, address(0), "a")));
        _deliver(job);
        assertFalse(target.succeeded(0));
        assertEq(target.returned(0), abi.encodeWithSelector(ISettlementTypes.DeliveredAlready.selector, job.id));
        assertEq(vault.credit(address(target)), 0);
        assertTrue(settlement.job(job.id).delivered);
    }

    /// @dev Failing afterwards does not win a second fee either.
    function test_reentering__deliver_again_and_fail__one_fee() public {
        (ReenteringCallback target, Job memory job) = _settledForReentry();
        target.program(address(queue), abi.encodeCall(queue.deliver, (job.request, job.rules, address(0), "a")));
        target.setRefuses(true);
        _deliver(job);
        _deliver(job);
        assertEq(vault.credit(stranger), DELIVERY_FEE * UNIT);
        assertEq(vault.credit(address(target)), 0);
        assertFalse(settlement.job(job.id).delivered);
    }

    function test_reentering__close_and_claim__once_each() public {
        (ReenteringCallback target, Job memory job) = _settledForReentry();
        ISettlementTypes.Claim[] memory claims = new ISettlementTypes.Claim[](2);
        claims[0] = ISettlementTypes.Claim(job.key, _revealedBallot(job, 0, workers[0], "a"));
        claims[1] = claims[0];
        bytes memory close = abi.encodeCall(settlement.close, (job.request, job.rules));
        target.program(address(settlement), close);
        target.program(address(settlement), close);
        target.program(address(settlement), abi.encodeCall(settlement.claim, (workers[0], claims)));
        _deliver(job);
        assertTrue(target.succeeded(0));
        assertFalse(target.succeeded(1));
        assertTrue(target.succeeded(2));
        assertTrue(settlement.job(job.id).delivered);
        for (uint256 i = 1; i < 5; ++i) {
            _claim(job, 0, workers[i], "a");
        }
        _assertNothingLeftInJobs();
    }

    function test_reentering__cancel__refused() public {
        (ReenteringCallback target, Job memory job) = _settledForReentry();
        target.program(address(queue), abi.encodeCall(queue.cancel, (job.request, job.rules)));
        _deliver(job);
        assertFalse(target.succeeded(0));
    }

    /// @dev What a callback may do: post the next job, out of its own credit.
    function test_reentering__post__a_job_of_its_own() public {
        (ReenteringCallback target, Job memory job) = _settledForReentry();
        uint256 escrow = queue.escrowOf(_terms(5, 1), _noCallback());
        _fund(address(target), escrow);
        Job memory next = _job(address(target), exactVersion, _terms(5, 1), _noCallback());
        target.program(
            address(queue),
            abi.encodeCall(queue.post, (exactVersion, next.request.nonce, next.key.terms, _noCallback(), INPUT))
        );
        _deliver(job);
        assertTrue(target.succeeded(0));
        assertEq(abi.decode(target.returned(0), (bytes32)), next.id);
        assertEq(settlement.job(next.id).status, COMMITTING);
        assertEq(vault.credit(address(target)), 0);
    }

    // --- helpers ---

    function _settledFor(address target, uint256 stipend) private returns (Job memory job) {
        job = _post(requester, exactVersion, _terms(5, 1), Pack.callback(target, stipend, DELIVERY_FEE));
        _draw();
        _voted(job, 5, "a", "");
    }

    function _settledForReentry() private returns (ReenteringCallback target, Job memory job) {
        target = ReenteringCallback(vm.deployCode("ReenteringCallback.sol:ReenteringCallback", ""));
        job = _settledFor(address(target), 5_000_000);
    }

    function _deliver(Job memory job) private {
        vm.prank(stranger);
        queue.deliver(job.request, job.rules, address(0), "a");
    }

    function _deliverFails(Job memory job, address target) private {
        vm.expectEmit(address(queue));
        emit IJobQueue.DeliveryFailed(job.id, target, stranger);
        _deliver(job);
        assertFalse(settlement.job(job.id).delivered);
    }

    function _assertPaysOut(Job memory job) private {
        _close(job);
        for (uint256 i; i < 5; ++i) {
            uint256 before = _wealth(workers[i]);
            _claim(job, 0, workers[i], "a");
            assertGt(_wealth(workers[i]), before + BOND * UNIT);
        }
        assertEq(vault.credit(stranger) % (DELIVERY_FEE * UNIT), 0);
    }
}
