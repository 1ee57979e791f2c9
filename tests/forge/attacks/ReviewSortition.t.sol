// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Sortition} from "../../../contracts/libraries/Sortition.sol";
import {AttackFixture} from "./AttackFixture.sol";

/// @dev Attack: a liar need not compute, so it takes its seats whenever that is best for it: at once, or just before the
/// honest workers have their results, when the draw has grown.
contract ReviewSortitionTest is AttackFixture {
    uint256 private constant DRAWS = 3_000;
    uint256 private constant LIARS = 30;
    uint256 private constant WORKERS = 100;

    /// @dev 30 % of the stake in thirty accounts: how often they hold four of five seats, in per mille. Lots are
    /// independent, so the seats are Poisson distributed: 6.6 % in the mean.
    function test_liars_split_finely__first_to_commit__a_quorum_as_often_as_documented() public pure {
        uint256 often = _quorumsPerMille(0);
        assertGe(often, 55);
        assertLe(often, 77);
    }

    /// @dev The same half a commit phase later.
    function test_liars_split_finely__wait_while_the_honest_compute__no_more_often() public pure {
        assertLe(_quorumsPerMille(COMMIT_SECONDS / 2), 77);
    }

    function _quorumsPerMille(uint256 elapsed) private pure returns (uint256) {
        uint256 quorums;
        for (uint256 seed; seed < DRAWS; ++seed) {
            uint256 seats;
            for (uint256 i; i < LIARS; ++i) {
                uint256 ticket = Sortition.ticket(seed, address(uint160(i + 1)));
                seats += Sortition.seats(ticket, 5, elapsed, COMMIT_SECONDS, STAKE, WORKERS * STAKE);
            }
            if (seats >= 4) ++quorums;
        }
        return quorums * 1_000 / DRAWS;
    }
}
