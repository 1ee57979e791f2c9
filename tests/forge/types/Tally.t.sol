// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {TALLY_MASK, Tally, TallyLib} from "../../../contracts/types/Tally.sol";
import {Test} from "../utils/Test.sol";

contract TallyTest is Test {
    function test_create__any_seats_and_step__both_come_back(uint8 seats, uint8 step) public pure {
        seats %= 64;
        Tally t = TallyLib.create(seats, step);
        assertEq(t.seats(), seats);
        assertEq(t.steps(), uint256(seats) * step);
        assertFalse(t.isAnswer());
        assertEq(Tally.unwrap(t), seats | uint256(seats) * step << 7);
    }

    /// @dev A whole committee of sixty-three, each seat at its own price, fits.
    function test_plus__a_committee_of_any_steps__sums_come_back(uint8[63] memory steps) public pure {
        Tally t;
        uint256 sum;
        for (uint256 i; i < 63; ++i) {
            t = t.plus(TallyLib.create(1, steps[i]));
            sum += steps[i];
        }
        assertEq(t.seats(), 63);
        assertEq(t.steps(), sum);
        assertFalse(t.isAnswer());
    }

    function test_plus__largest_committee_at_the_highest_price__stays_in_its_bits() public pure {
        Tally t = TallyLib.create(62, 255).plus(TallyLib.create(1, 255));
        assertEq(t.seats(), 63);
        assertEq(t.steps(), 63 * 255);
        assertLe(Tally.unwrap(t), TALLY_MASK);
    }

    function test_asAnswer__any__changes_its_flag_only(uint8 seats, uint8 step) public pure {
        Tally t = TallyLib.create(seats % 64, step).asAnswer();
        assertTrue(t.isAnswer());
        assertEq(t.seats(), seats % 64);
        assertEq(t.steps(), uint256(seats % 64) * step);
        assertTrue(t.asAnswer().isAnswer());
        assertEq(Tally.unwrap(t) >> 21, 1);
    }
}
