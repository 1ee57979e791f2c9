// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IJobQueue} from "../../../contracts/interfaces/IJobQueue.sol";
import {DECIDED} from "../../../contracts/types/JobWord.sol";
import {Terms} from "../../../contracts/types/Terms.sol";
import {Job} from "../utils/Fixture.sol";
import {Pack, TermsFields} from "../utils/Pack.sol";
import {AttackFixture} from "./AttackFixture.sol";

/// @dev Attack: a job whose reveal phase is shorter than a block. Its seats could be taken, nobody could reveal, all bonds
/// would be lost, and the requester would have every wei back.
contract ReviewShortPhasesTest is AttackFixture {
    uint256 private constant BLOCK_SECONDS = 12;

    function test_reveal_phase_within_one_block__refused() public {
        Terms terms = Pack.terms(_revealingIn(BLOCK_SECONDS));
        bytes4 selector = IJobQueue.RevealPhaseOutOfBounds.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, SHORTEST_PHASE, queue.LONGEST_REVEAL(), BLOCK_SECONDS));
        vm.prank(requester);
        queue.post(exactVersion, 1, terms, _noCallback(), INPUT);
    }

    /// @dev The commitment that fills the committee begins the phase, so its own block is already part of it.
    function test_shortest_reveal_phase__every_seat_can_reveal_in_the_next_block() public {
        Terms terms = Pack.terms(_revealingIn(SHORTEST_PHASE));
        Job memory job = _post(requester, exactVersion, terms, _noCallback());
        _draw();
        _commitRange(job, 0, 5, "a");
        vm.warp(block.timestamp + BLOCK_SECONDS);
        vm.roll(block.number + 1);
        _revealRange(job, 0, 5, "a");
        assertEq(settlement.job(job.id).status, DECIDED);
        assertEq(settlement.job(job.id).revealed, 5);
    }

    function _revealingIn(uint256 seconds_) private pure returns (TermsFields memory f) {
        f = _fields(5, 1);
        f.revealSeconds = seconds_;
    }
}
