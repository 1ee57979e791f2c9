// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {TALLY_MASK, Tally} from "./Tally.sol";

/// @title History: what closing needs of a job's rounds and does not find in the job's word
/// @dev Forty bits for each of at most six rounds. Written only for rounds that another one followed, and for seats
/// shown to be right.
///
/// | bits    | field      |                                                                            |
/// | ------- | ---------- | -------------------------------------------------------------------------- |
/// | 0 – 7   | committed  | seats taken, once another round has followed                               |
/// | 8 – 15  | revealed   | seats whose results are known, once another round has followed             |
/// | 16 – 36 | vindicated | tally of seats shown right though they did not support the settled reference |
type History is uint256;

using HistoryLib for History global;

library HistoryLib {
    uint256 private constant ROUND_BITS = 40;
    uint256 private constant VINDICATED = 16;

    function committed(History h, uint256 round) internal pure returns (uint256) {
        return uint8(History.unwrap(h) >> (round * ROUND_BITS));
    }

    function revealed(History h, uint256 round) internal pure returns (uint256) {
        return uint8(History.unwrap(h) >> (round * ROUND_BITS + 8));
    }

    function vindicated(History h, uint256 round) internal pure returns (Tally) {
        return Tally.wrap((History.unwrap(h) >> (round * ROUND_BITS + VINDICATED)) & TALLY_MASK);
    }

    /// @notice Seats shown right in all rounds.
    function allVindicated(History h) internal pure returns (uint256 seats) {
        for (uint256 rest = History.unwrap(h) >> VINDICATED; rest != 0; rest >>= ROUND_BITS) {
            seats += Tally.wrap(rest & TALLY_MASK).seats();
        }
    }

    /// @notice With the seats of a round that another one follows.
    function withRound(History h, uint256 round, uint256 committed_, uint256 revealed_)
        internal
        pure
        returns (History)
    {
        return History.wrap(History.unwrap(h) | (committed_ | revealed_ << 8) << (round * ROUND_BITS));
    }

    /// @dev A seat is shown right once, and a round has at most 63: the sum stays in its field.
    function addVindicated(History h, uint256 round, Tally t) internal pure returns (History) {
        return History.wrap(History.unwrap(h) + (Tally.unwrap(t) << (round * ROUND_BITS + VINDICATED)));
    }
}
