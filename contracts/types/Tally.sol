// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Tally: seats, and the steps of the prices they were taken at, added up in one word
/// @dev Two tallies are added as numbers: 63 seats of at most 255 steps stay in their fields.
///
/// | bits   | field  |                                                                             |
/// | ------ | ------ | --------------------------------------------------------------------------- |
/// | 0 – 6  | seats  |                                                                             |
/// | 7 – 20 | steps  | of all seats together                                                       |
/// | 21     | answer | in storage: the digest it belongs to was a round's answer, and was appealed |
type Tally is uint256;

using TallyLib for Tally global;

/// @dev Bits a tally has in other words.
uint256 constant TALLY_BITS = 21;
uint256 constant TALLY_MASK = (1 << TALLY_BITS) - 1;

library TallyLib {
    uint256 private constant ANSWER = 1 << TALLY_BITS;

    /// @notice Seats taken together, each at the same step of the price.
    function create(uint256 seats_, uint256 step) internal pure returns (Tally) {
        unchecked {
            return Tally.wrap(seats_ | (seats_ * step) << 7); // at most 63 · 255
        }
    }

    function seats(Tally t) internal pure returns (uint256) {
        return Tally.unwrap(t) & 0x7F;
    }

    function steps(Tally t) internal pure returns (uint256) {
        return (Tally.unwrap(t) >> 7) & 0x3FFF;
    }

    function isAnswer(Tally t) internal pure returns (bool) {
        return Tally.unwrap(t) & ANSWER != 0;
    }

    function plus(Tally t, Tally other) internal pure returns (Tally) {
        unchecked {
            return Tally.wrap(Tally.unwrap(t) + Tally.unwrap(other)); // see above
        }
    }

    function asAnswer(Tally t) internal pure returns (Tally) {
        return Tally.wrap(Tally.unwrap(t) | ANSWER);
    }
}
