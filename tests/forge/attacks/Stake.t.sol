// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {IStakeVault} from "../../../contracts/interfaces/IStakeVault.sol";
import {Job} from "../utils/Fixture.sol";
import {Pack, TermsFields} from "../utils/Pack.sol";
import {AttackFixture} from "./AttackFixture.sol";

/// @dev Attacks on the draw and on what secures a vote: the same stake twice, stake that leaves or comes in time.
contract StakeAttackTest is AttackFixture {
    function test_same_stake_in_two_jobs__second_bond_refused() public {
        TermsFields memory f = _fields(5, 1);
        f.bond = STAKE / 2 + 1;
        Job memory first = _post(requester, exactVersion, Pack.terms(f), _noCallback());
        Job memory second = _post(requester, exactVersion, Pack.terms(f), _noCallback());
        _draw();
        _commit(first, workers[0], "a", 1);
        (uint256 seats, uint256 slot) = settlement.seatsOf(second.key, workers[0]);
        assertEq(seats, 1);
        assertNotEq(slot, slotOf[first.id][0][workers[0]]);
        uint256 rest = STAKE - f.bond;
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.InsufficientStake.selector, workers[0], rest, f.bond));
        vm.prank(_signerOf(workers[0]));
        settlement.commit(second.key, workers[0], "commitment", 1);
    }

    function test_unstaked_between_vote_and_judgement__bond_stays_and_is_lost() public {
        Job memory job = _postExact(5, 1);
        _commitRange(job, 0, 4, "a");
        _commit(job, workers[4], "lie", 1);
        vm.startPrank(workers[4]);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.InsufficientStake.selector, workers[4], STAKE - BOND, STAKE));
        vault.unstake(STAKE * UNIT);
        vault.unstake((STAKE - BOND) * UNIT);
        vault.setActive(false);
        vm.stopPrank();
        _revealRange(job, 0, 4, "a");
        _reveal(job, workers[4], "lie");
        _toNextEpoch();
        vm.prank(workers[4]);
        vault.release();
        _close(job);
        _claim(job, 0, workers[4], "lie");
        assertEq(_wealth(workers[4]), (STAKE - BOND) * UNIT);
        assertEq(_freeStake(workers[4]), 0);
        for (uint256 i; i < 4; ++i) {
            _claim(job, 0, workers[i], "a");
        }
        _assertNothingLeftInJobs();
    }

    /// @dev Whoever sees the seed, or just the job, and then buys stake has no seat in the rounds of this epoch.
    function test_staked_after_the_seed_is_known__no_seat_in_this_epoch_s_rounds() public {
        Job memory job = _postExact(5, 1);
        _enlist(stranger, 100 * STAKE);
        (uint256 seats,) = settlement.seatsOf(job.key, stranger);
        assertEq(seats, 0);
        (uint256 weight, uint256 total) = vault.weightOf(stranger, block.timestamp);
        assertEq(weight, 0);
        assertEq(total, 5 * STAKE);
    }

    /// @dev Not even when the round lasts into the epoch in which the stake counts.
    function test_staked_after_the_seed_is_known__nor_when_the_epoch_changes() public {
        vm.warp(block.timestamp + EPOCH - 10);
        Job memory job = _postExact(5, 1);
        _enlist(stranger, 100 * STAKE);
        vm.warp(block.timestamp + 20);
        (uint256 weight,) = vault.weightOf(stranger, block.timestamp);
        assertEq(weight, 100 * STAKE);
        (uint256 seats,) = settlement.seatsOf(job.key, stranger);
        assertEq(seats, 0);
        vm.prank(_signerOf(stranger));
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.NotDrawn.selector, stranger, 0, 1));
        settlement.commit(job.key, stranger, "commitment", 1);
    }

    /// @dev Stake that changes hands, through unbonding, cannot be drawn for both hands in one round.
    function test_stake_moved_to_another_worker__counts_for_neither_in_a_round_across_the_epoch() public {
        vm.warp(block.timestamp + EPOCH - 10);
        Job memory job = _postExact(5, 1);
        vm.prank(workers[0]);
        vault.unstake(STAKE * UNIT);
        vm.warp(block.timestamp + 20);
        vm.startPrank(workers[0]);
        vault.release();
        vault.withdraw(stranger, STAKE * UNIT);
        vm.stopPrank();
        vm.startPrank(stranger);
        token.approve(address(vault), STAKE * UNIT);
        vault.deposit(stranger, STAKE * UNIT);
        vault.register(_signerOf(stranger), "");
        vault.stake(STAKE * UNIT);
        vm.stopPrank();
        (uint256 first,) = settlement.seatsOf(job.key, workers[0]);
        (uint256 second,) = settlement.seatsOf(job.key, stranger);
        assertEq(first + second, 0);
    }

    /// @dev Off when the epoch begins, on when the seed is known: no seat.
    function test_switched_on_after_the_seed_is_known__no_seat() public {
        vm.prank(workers[0]);
        vault.setActive(false);
        _toNextEpoch();
        Job memory job = _postExact(5, 1);
        vm.prank(workers[0]);
        vault.setActive(true);
        (uint256 seats,) = settlement.seatsOf(job.key, workers[0]);
        assertEq(seats, 0);
    }

    /// @dev The mean of many draws: a fifth of the stake in one hand or in ten is a fifth of the seats.
    function test_stake_split_in_ten__same_seats_on_average() public {
        for (uint256 i; i < 10; ++i) {
            _enlist(_part(i), STAKE / 10);
        }
        _toNextEpoch();
        Job memory job = _post(requester, exactVersion, _terms(5, 1), _noCallback());
        _draw();
        uint256 whole;
        uint256 split;
        uint256 draws = 600;
        for (uint256 d; d < draws; ++d) {
            vm.setBlockhash(block.number - 1, keccak256(abi.encode(d)));
            (uint256 seats,) = settlement.seatsOf(job.key, workers[0]);
            whole += seats;
            for (uint256 i; i < 10; ++i) {
                (seats,) = settlement.seatsOf(job.key, _part(i));
                split += seats;
            }
        }
        // Each holds a sixth: five sixths of a seat a draw. Five standard errors are at most 5 · √(600 · 0.77).
        uint256 expected = draws * 5 / 6;
        assertLe(whole, expected + 108);
        assertGe(whole + 108, expected);
        assertLe(split, expected + 108);
        assertGe(split + 108, expected);
    }

    function _part(uint256 i) private pure returns (address) {
        return address(uint160(0xA11CE000) + uint160(i) * 2);
    }
}
