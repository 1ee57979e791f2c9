// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Job} from "../utils/Fixture.sol";
import {Pack, TermsFields} from "../utils/Pack.sol";
import {AttackFixture} from "./AttackFixture.sol";

/// @dev Attack: a job whose reveal phase is shorter than a block. Its seats can be taken, nobody can reveal, all bonds are
/// lost, and the requester has every wei back.
contract ReviewShortPhasesTest is AttackFixture {
    uint256 private constant BLOCK_SECONDS = 12;

    function test_reveal_phase_within_one_block__honest_workers_keep_their_bonds() public {
        TermsFields memory f = _fields(5, 1);
        f.revealSeconds = 4;
        f.bond = STAKE;
        (bool posted, Job memory job) = _tryPost(f);
        if (!posted) return;
        _draw();
        _commitRange(job, 0, 5, "a");
        vm.warp(block.timestamp + BLOCK_SECONDS);
        vm.roll(block.number + 1);
        for (uint256 i; i < 5; ++i) {
            try this.reveal(job, workers[i]) {} catch {}
        }
        try this.advance(job) {} catch {}
        try this.close(job) {} catch {}
        for (uint256 i; i < 5; ++i) {
            _claim(job, 0, workers[i], "a");
            assertEq(_freeStake(workers[i]), STAKE);
        }
    }

    function reveal(Job calldata job, address worker) external {
        _reveal(job, worker, "a");
    }

    function advance(Job calldata job) external {
        _advance(job);
    }

    function close(Job calldata job) external {
        _close(job);
    }

    function post(TermsFields calldata f) external returns (Job memory) {
        return _post(requester, exactVersion, Pack.terms(f), _noCallback());
    }

    function _tryPost(TermsFields memory f) private returns (bool, Job memory) {
        try this.post(f) returns (Job memory job) {
            return (true, job);
        } catch {
            vm.stopPrank();
            Job memory none;
            return (false, none);
        }
    }
}
