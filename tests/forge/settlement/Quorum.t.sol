// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DECIDED, REVEALING} from "../../../contracts/types/JobWord.sol";
import {Fixture, Job} from "../utils/Fixture.sol";

/// @dev Two workers with all the stake between them; late in the commit phase each is entitled to almost any number
/// of seats, so a round can be split between two answers as a test likes.
contract QuorumTest is Fixture {
    function setUp() public override {
        super.setUp();
        _enlistEqual(2);
    }

    function test_quorum__every_committee__two_thirds_rounded_up() public {
        for (uint256 n = 3; n <= 31; ++n) {
            _assertQuorum(n, 2, n - n / 3);
        }
    }

    function test_quorum__last_round__a_majority() public {
        for (uint256 n = 3; n <= 31; ++n) {
            _assertQuorum(n, 1, n / 2 + 1);
        }
    }

    /// @dev The quorum is of the seats drawn, whatever was committed: exactly that many are enough, all agreeing.
    function test_quorum__only_as_many_seats_as_the_quorum__decide_together() public {
        for (uint256 n = 3; n <= 31; n += 4) {
            uint256 quorum = n - n / 3;
            Job memory job = _postExact(n, 2);
            _wait(COMMIT_SECONDS - 1);
            uint256 first = quorum / 2;
            _commit(job, workers[0], "a", first);
            _commit(job, workers[1], "a", quorum - first);
            _wait(1);
            _reveal(job, workers[0], "a");
            assertEq(settlement.job(job.id).status, REVEALING);
            _reveal(job, workers[1], "a");
            assertEq(settlement.job(job.id).status, DECIDED);
        }
    }

    function test_quorum__later_round__of_the_grown_committee() public {
        Job memory job = _postExact(3, 3);
        _wait(COMMIT_SECONDS - 1);
        _commit(job, workers[0], "a", 1);
        _commit(job, workers[1], "b", 2);
        _wait(REVEAL_SECONDS);
        _advance(job);
        _draw();
        _wait(COMMIT_SECONDS - 1);
        // Seven seats now, of which five decide.
        _commit(job, workers[0], "a", 4);
        _commit(job, workers[1], "a", 3);
        _reveal(job, workers[0], "a");
        assertEq(settlement.job(job.id).status, REVEALING);
        _reveal(job, workers[1], "a");
        assertEq(settlement.job(job.id).status, DECIDED);
    }

    function _assertQuorum(uint256 n, uint256 rounds, uint256 quorum) private {
        uint256 snapshot = vm.snapshotState();
        Job memory job = _postExact(n, rounds);
        _wait(COMMIT_SECONDS - 1);
        _commit(job, workers[0], "a", quorum - 1);
        _commit(job, workers[1], "b", n - quorum + 1);
        _reveal(job, workers[0], "a");
        assertEq(settlement.job(job.id).status, REVEALING);
        vm.revertToState(snapshot);

        job = _postExact(n, rounds);
        _wait(COMMIT_SECONDS - 1);
        _commit(job, workers[0], "a", quorum);
        _commit(job, workers[1], "b", n - quorum);
        _reveal(job, workers[0], "a");
        assertEq(settlement.job(job.id).status, DECIDED);
        vm.revertToState(snapshot);
    }
}
