// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {JobQueue} from "../../../contracts/JobQueue.sol";
import {Settlement} from "../../../contracts/Settlement.sol";
import {StakeVault} from "../../../contracts/StakeVault.sol";
import {Job} from "../utils/Fixture.sol";
import {Pack, TermsFields} from "../utils/Pack.sol";
import {AttackFixture} from "./AttackFixture.sol";

/// @dev Attacks on the first and the last wei: shares that round to nothing, and sums that do not come out even.
contract RoundingTest is AttackFixture {
    /// @dev Units of one wei, fees and bonds of one unit: every share of a fee is zero, and no wei is lost.
    function test_units_of_one_wei__fees_whole_to_the_workers_and_bonds_whole_to_somebody() public {
        Job memory job = _smallestJob(1);
        _voted(job, 4, "a", "b");
        _close(job);
        assertEq(vault.burned(), 0);
        assertEq(vault.credit(address(queue)), 1);
        assertEq(vault.credit(modelOwner), 0);
        for (uint256 i; i < 4; ++i) {
            _claim(job, 0, workers[i], "a");
            assertEq(vault.credit(workers[i]), 1);
        }
        uint256 owned = vault.credit(address(queue)) + vault.credit(requester);
        for (uint256 i; i < 5; ++i) {
            owned += vault.credit(workers[i]) + vault.worker(workers[i]).free;
        }
        assertEq(token.balanceOf(address(vault)), owned);
    }

    /// @dev Fees and bonds that no share divides evenly: what is floored stays with the worker, or with the treasury.
    function test_fee_of_one_unit__worker_gets_what_the_shares_leave() public {
        TermsFields memory f = _fields(5, 1);
        (f.seatFee, f.seatFeeCap, f.bond) = (1, 1, 1);
        Job memory job = _post(requester, exactVersion, Pack.terms(f), _noCallback());
        _draw();
        _voted(job, 4, "a", "b");
        _close(job);
        uint256 royalty = UNIT * ROYALTY_BPS / 10_000;
        uint256 protocolFee = UNIT * PROTOCOL_FEE_BPS / 10_000;
        assertGt(UNIT * ROYALTY_BPS % 10_000, 0);
        _claim(job, 0, workers[0], "a");
        assertEq(vault.credit(workers[0]), UNIT - royalty - protocolFee);
        assertEq(vault.credit(modelOwner), 4 * royalty);
        assertEq(vault.burned() + vault.credit(address(queue)), UNIT + 4 * protocolFee);
        for (uint256 i = 1; i < 4; ++i) {
            _claim(job, 0, workers[i], "a");
        }
        _assertNothingLeftInJobs();
    }

    /// @dev A deployment of its own, with five workers as rich as before in units of `unit` wei.
    function _smallestJob(uint256 unit) private returns (Job memory job) {
        uint256 nonce = vm.getNonce(address(this));
        address settlement_ = vm.computeCreateAddress(address(this), nonce + 1);
        address queue_ = vm.computeCreateAddress(address(this), nonce + 2);
        bytes memory arguments = abi.encode(token, unit, EPOCH, 1, queue_, settlement_);
        vault = StakeVault(vm.deployCode("StakeVault.sol:StakeVault", arguments));
        settlement = Settlement(vm.deployCode("Settlement.sol:Settlement", abi.encode(vault, registry, queue_)));
        arguments = abi.encode(owner, registry, vault, settlement_, PROTOCOL_FEE_BPS, BURN_BPS, SHORTEST_PHASE);
        queue = JobQueue(vm.deployCode("JobQueue.sol:JobQueue", arguments));
        for (uint256 i; i < 5; ++i) {
            _fund(workers[i], 1_000);
            vm.startPrank(workers[i]);
            vault.register(_signerOf(workers[i]), "");
            vault.stake(1_000);
            vm.stopPrank();
        }
        _fund(requester, 5);
        _toNextEpoch();
        TermsFields memory f = _fields(5, 1);
        (f.seatFee, f.seatFeeCap, f.bond) = (1, 1, 1);
        job = _post(requester, exactVersion, Pack.terms(f), _noCallback());
        _draw();
    }
}
