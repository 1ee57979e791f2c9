// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Sortition} from "../../contracts/libraries/Sortition.sol";
import {Test} from "../forge/utils/Test.sol";

/// @dev The draw with figures of a few bits: any ticket, any moment of the phase.
contract DrawsSymbolic is Test {
    uint256 private constant COMMITTEE = 5;
    uint256 private constant LENGTH = 8;
    uint256 private constant TOTAL = 12;

    function check_seats__any__floor_or_one_more(uint256 ticket, uint8 stake, uint8 elapsed) public pure {
        vm.assume(stake <= TOTAL && elapsed <= LENGTH);
        uint256 growth = 2 * uint256(elapsed) > LENGTH ? 2 * uint256(elapsed) - LENGTH : 0;
        uint256 numerator = COMMITTEE * (LENGTH + growth) * stake;
        uint256 seats = _seats(ticket, stake, elapsed);
        assertLe(seats, 2 * COMMITTEE);
        // floor(x) ≤ seats < x + 1, so no more than ceil(x), and none where x is zero. Unchecked, because a checked
        // product asks the solver for one more division; these are small.
        unchecked {
            assertLt(numerator, (seats + 1) * LENGTH * TOTAL);
            assertLt(seats * LENGTH * TOTAL, numerator + LENGTH * TOTAL);
        }
    }

    function check_seats__later__never_fewer(uint256 ticket, uint8 stake, uint8 elapsed, uint8 later) public pure {
        vm.assume(stake <= TOTAL && elapsed <= later && later <= LENGTH);
        assertGe(_seats(ticket, stake, later), _seats(ticket, stake, elapsed));
    }

    function check_seats__more_stake__never_fewer(uint256 ticket, uint8 stake, uint8 more, uint8 elapsed) public pure {
        vm.assume(stake <= more && more <= TOTAL && elapsed <= LENGTH);
        assertGe(_seats(ticket, more, elapsed), _seats(ticket, stake, elapsed));
    }

    function check_seats__nobody_has_stake__none(uint256 ticket, uint64 stake, uint24 elapsed) public pure {
        assertEq(Sortition.seats(ticket, COMMITTEE, elapsed, LENGTH, stake, 0), 0);
    }

    function _seats(uint256 ticket, uint256 stake, uint256 elapsed) private pure returns (uint256) {
        return Sortition.seats(ticket, COMMITTEE, elapsed, LENGTH, stake, TOTAL);
    }
}
