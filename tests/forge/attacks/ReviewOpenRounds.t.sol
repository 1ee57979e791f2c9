// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {MODE_OPTIMISTIC} from "../../../contracts/types/Terms.sol";
import {REFUNDED} from "../../../contracts/types/JobWord.sol";
import {AppealFixture} from "../utils/AppealFixture.sol";
import {Job} from "../utils/Fixture.sol";
import {Pack, TermsFields} from "../utils/Pack.sol";

/// @dev Open rounds that outlast what the chain remembers of its hashes. Nothing stores the seed of an open round, so it
/// ends after 256 blocks, however long its phase is, and the draw has not grown far by then.
contract ReviewOpenRoundsTest is AppealFixture {
    uint256 private constant BLOCK_SECONDS = 2;
    uint256 private constant KNOWN_BLOCKS = 256;
    uint256 private constant DRAWS = 200;

    /// @dev An hour to propose in, blocks of two seconds, all workers ready: in most of such rounds one may propose, in more
    /// than a fifth nobody ever may. A round of 256 blocks lets everybody in at its end.
    function test_hour_of_two_second_blocks__nobody_drawn_in_a_fifth_of_rounds() public {
        assertGt(_undrawn(EPOCH), DRAWS / 5);
        assertEq(_undrawn(KNOWN_BLOCKS * BLOCK_SECONDS + BLOCK_SECONDS), 0);
    }

    /// @dev The job is refunded by anyone, long before the time to propose is over.
    function test_hour_of_two_second_blocks__refunded_after_the_hash_is_forgotten() public {
        Job memory job = _postLong(EPOCH);
        vm.roll(block.number + KNOWN_BLOCKS);
        vm.warp(block.timestamp + KNOWN_BLOCKS * BLOCK_SECONDS);
        _advance(job);
        assertEq(settlement.job(job.id).status, REFUNDED);
    }

    /// @dev In how many draws no worker may propose in the last block that knows the seed.
    function _undrawn(uint256 length) private returns (uint256 count) {
        uint256 snapshot = vm.snapshotState();
        Job memory job = _postLong(length);
        uint256 seedBlock = block.number - 1;
        vm.roll(seedBlock + KNOWN_BLOCKS);
        vm.warp(block.timestamp + KNOWN_BLOCKS * BLOCK_SECONDS);
        for (uint256 i; i < DRAWS; ++i) {
            vm.setBlockhash(seedBlock, keccak256(abi.encode("seed", i)));
            if (!_anybodyMay(job)) ++count;
        }
        vm.revertToState(snapshot);
    }

    function _anybodyMay(Job memory job) private view returns (bool) {
        for (uint256 i; i < workers.length; ++i) {
            (uint256 seats,) = settlement.seatsOf(job.key, workers[i]);
            if (seats != 0) return true;
        }
        return false;
    }

    function _postLong(uint256 length) private returns (Job memory job) {
        TermsFields memory f = _appealFields(MODE_OPTIMISTIC, 2);
        f.commitSeconds = length;
        job = _post(requester, exactVersion, Pack.terms(f), _noCallback());
        _draw();
    }
}
