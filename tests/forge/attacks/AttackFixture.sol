// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Fixture, Job} from "../utils/Fixture.sol";

/// @dev Five workers of equal stake, one certain seat each in a committee of five at the opening of a round.
abstract contract AttackFixture is Fixture {
    function setUp() public virtual override {
        super.setUp();
        _enlistEqual(5);
    }

    /// @dev Goes on to the next round of a job and draws it.
    function _nextRound(Job memory job) internal {
        _advance(job);
        _draw();
    }

    /// @dev Takes as many seats as the worker can get and the round has left, late in the commit phase.
    function _commitAllSeats(Job memory job, address worker, bytes memory result) internal returns (uint256 seats) {
        (seats,) = settlement.seatsOf(job.key, worker);
        if (seats != 0) _commit(job, worker, result, seats);
    }
}
