// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DECIDED, REFUNDED, REVEALING, UNRESOLVED} from "../../../contracts/types/JobWord.sol";
import {Job} from "../utils/Fixture.sol";
import {AttackFixture} from "./AttackFixture.sol";

/// @dev Attacks that consist in saying nothing. Silence after a commitment costs what a lie costs; silence before it
/// costs nothing and gains nothing; and every job comes to its end.
contract SilenceTest is AttackFixture {
    function test_lie_only_when_winning__silent_liar_loses_what_an_open_one_loses() public {
        uint256[2] memory lost;
        for (uint256 open; open < 2; ++open) {
            uint256 snapshot = vm.snapshotState();
            Job memory job = _postExact(5, 1);
            _commitRange(job, 0, 4, "a");
            _commit(job, workers[4], "lie", 1);
            _revealRange(job, 0, 4, "a");
            if (open == 1) _reveal(job, workers[4], "lie");
            _wait(REVEAL_SECONDS);
            _close(job);
            if (open == 1) _claim(job, 0, workers[4], "lie");
            else _claimBallot(job, workers[4], _silentBallot(job, 0, workers[4], "lie"));
            lost[open] = STAKE * UNIT - _wealth(workers[4]);
            vm.revertToState(snapshot);
        }
        assertEq(lost[0], BOND * UNIT);
        assertEq(lost[1], BOND * UNIT);
    }

    /// @dev The seat that would make the quorum is withheld: the round is lost, and the withholder's bond with it,
    /// whether a later round decides or none does.
    function test_last_reveal_withheld__withholder_pays_and_the_next_round_decides() public {
        Job memory job = _postExact(5, 2);
        _commitRange(job, 0, 4, "a");
        _commit(job, workers[4], "lie", 1);
        _revealRange(job, 0, 3, "a");
        _reveal(job, workers[4], "lie");
        assertEq(settlement.job(job.id).status, REVEALING);
        _wait(REVEAL_SECONDS);
        _nextRound(job);
        _wait(COMMIT_SECONDS - 1);
        for (uint256 i; i < 3; ++i) {
            _commitAllSeats(job, workers[i], "a");
        }
        for (uint256 i; settlement.job(job.id).status != DECIDED; ++i) {
            _reveal(job, workers[i], "a");
        }
        _wait(REVEAL_SECONDS);
        _close(job);
        _claimBallot(job, workers[3], _silentBallot(job, 0, workers[3], "a"));
        assertEq(_wealth(workers[3]), (STAKE - BOND) * UNIT);
        for (uint256 i; i < 3; ++i) {
            _claim(job, 0, workers[i], "a");
            assertGt(vault.credit(workers[i]), 0);
        }
    }

    function test_last_reveal_withheld__in_the_last_round__withholder_pays_and_the_rest_get_their_bonds() public {
        Job memory job = _postExact(5, 1);
        _commitRange(job, 0, 3, "a");
        _commitRange(job, 3, 5, "lie");
        _revealRange(job, 0, 2, "a");
        _revealRange(job, 3, 5, "lie");
        _wait(REVEAL_SECONDS);
        uint256 before = vault.credit(requester);
        _advance(job);
        assertEq(settlement.job(job.id).status, UNRESOLVED);
        _close(job);
        assertEq(vault.credit(requester), before + queue.escrowOf(job.key.terms, _noCallback()));
        _claimBallot(job, workers[2], _silentBallot(job, 0, workers[2], "a"));
        assertEq(_wealth(workers[2]), (STAKE - BOND) * UNIT);
        _claim(job, 0, workers[0], "a");
        assertEq(_wealth(workers[0]), STAKE * UNIT);
    }

    function test_nobody_commits__requester_has_everything_back() public {
        uint256 before = vault.credit(requester);
        Job memory job = _postExact(5, 3);
        for (uint256 r; r < 3; ++r) {
            _wait(COMMIT_SECONDS);
            vm.prank(stranger);
            _advance(job);
        }
        assertEq(settlement.job(job.id).status, REFUNDED);
        vm.prank(stranger);
        _close(job);
        assertEq(vault.credit(requester), before);
        _assertNothingLeftInJobs();
    }

    function test_nobody_reveals__requester_has_everything_back_and_every_bond_is_lost() public {
        uint256 before = vault.credit(requester);
        Job memory job = _postExact(5, 2);
        for (uint256 r; r < 2; ++r) {
            _wait(COMMIT_SECONDS - 1);
            for (uint256 i; i < 5; ++i) {
                if (settlement.job(job.id).status != REVEALING) _commitAllSeats(job, workers[i], "a");
            }
            _wait(REVEAL_SECONDS + 1);
            _nextRound(job);
        }
        assertEq(settlement.job(job.id).status, UNRESOLVED);
        _close(job);
        assertEq(vault.credit(requester), before);
        uint256 held;
        for (uint256 i; i < 5; ++i) {
            held += _wealth(workers[i]);
        }
        assertEq(held, (5 * STAKE - (5 + 11) * BOND) * UNIT);
        _assertNothingLeftInJobs();
    }

    /// @dev Drawn and not willing: no seat, no bond, no loss, and the round fills without.
    function test_drawn_and_abstaining__costs_nothing() public {
        Job memory job = _postExact(5, 1);
        _commitRange(job, 0, 4, "a");
        _wait(COMMIT_SECONDS - 1);
        _wait(1);
        _revealRange(job, 0, 4, "a");
        assertEq(settlement.job(job.id).status, DECIDED);
        assertEq(_wealth(workers[4]), STAKE * UNIT);
    }
}
