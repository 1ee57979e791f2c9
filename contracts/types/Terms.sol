// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Terms: what a requester offers and demands, in one word
/// @dev Amounts are in units of the vault (`StakeVault.UNIT` wei each), times in seconds.
///
/// | bits      | field         |                                                              |
/// | --------- | ------------- | ------------------------------------------------------------ |
/// | 0 – 7     | mode          | how round 0 is decided, see the constants below              |
/// | 8 – 15    | committee     | seats of the first committee, n                              |
/// | 16 – 23   | rounds        | the most rounds the job can have                             |
/// | 24 – 47   | commitSeconds | length of a commit phase, or of an open round                |
/// | 48 – 71   | revealSeconds | length of a reveal phase                                     |
/// | 72 – 103  | appealWindow  | seconds an answer stays open to appeal                       |
/// | 104 – 151 | seatFee       | paid to a right seat (the least, if there is a range)        |
/// | 152 – 199 | seatFeeCap    | the most a seat may be paid                                  |
/// | 200 – 247 | bond          | moved from stake into the job for each seat                  |
/// | 248 – 255 |               | zero                                                         |
type Terms is uint256;

using TermsLib for Terms global;

/// @dev A committee decides from the first round on.
uint256 constant MODE_QUORUM = 0;
/// @dev One drawn worker proposes in the clear; committees decide only what is appealed.
uint256 constant MODE_OPTIMISTIC = 1;

/// @dev A committee of n grows to 2n+1 after each round that was not void, never beyond this.
uint256 constant LARGEST_COMMITTEE = 63;

library TermsLib {
    function mode(Terms t) internal pure returns (uint256) {
        return uint8(Terms.unwrap(t));
    }

    function committee(Terms t) internal pure returns (uint256) {
        return uint8(Terms.unwrap(t) >> 8);
    }

    function rounds(Terms t) internal pure returns (uint256) {
        return uint8(Terms.unwrap(t) >> 16);
    }

    function commitSeconds(Terms t) internal pure returns (uint256) {
        return uint24(Terms.unwrap(t) >> 24);
    }

    function revealSeconds(Terms t) internal pure returns (uint256) {
        return uint24(Terms.unwrap(t) >> 48);
    }

    function appealWindow(Terms t) internal pure returns (uint256) {
        return uint32(Terms.unwrap(t) >> 72);
    }

    function seatFee(Terms t) internal pure returns (uint256) {
        return uint48(Terms.unwrap(t) >> 104);
    }

    function seatFeeCap(Terms t) internal pure returns (uint256) {
        return uint48(Terms.unwrap(t) >> 152);
    }

    function bond(Terms t) internal pure returns (uint256) {
        return uint48(Terms.unwrap(t) >> 200);
    }

    function reserved(Terms t) internal pure returns (uint256) {
        return Terms.unwrap(t) >> 248;
    }

    /// @notice Whether the price of a seat rises.
    function isRange(Terms t) internal pure returns (bool) {
        return seatFeeCap(t) != seatFee(t);
    }

    /// @notice Whether a round is open: one seat, taken with a proposal in the clear.
    /// @param grown rounds before it that were not void
    function isOpen(Terms t, uint256 grown) internal pure returns (bool) {
        return grown == 0 && mode(t) == MODE_OPTIMISTIC;
    }

    /// @notice Seats of a round after `grown` rounds that were not void.
    function committeeAfter(Terms t, uint256 grown) internal pure returns (uint256 seats) {
        unchecked {
            if (mode(t) == MODE_OPTIMISTIC) {
                if (grown == 0) return 1;
                --grown; // not zero
            }
            seats = ((committee(t) + 1) << grown) - 1; // at least one; nine bits before the shift
        }
        if (seats > LARGEST_COMMITTEE) seats = LARGEST_COMMITTEE;
    }

    /// @notice Seats of `count` rounds in a row, none of them void, of which the first comes after `grown` others.
    /// @dev Loops over the rounds of one job, of which there are at most `JobQueue.MAX_ROUNDS`.
    function seatsFrom(Terms t, uint256 grown, uint256 count) internal pure returns (uint256 seats) {
        // At most 255 rounds of 63 seats.
        unchecked {
            for (uint256 last = grown + count; grown < last; ++grown) {
                seats += committeeAfter(t, grown);
            }
        }
    }

    /// @notice Seats the requester pays for: an open round's one, else those of all rounds.
    function ownSeats(Terms t) internal pure returns (uint256) {
        return mode(t) == MODE_OPTIMISTIC ? 1 : seatsFrom(t, 0, rounds(t));
    }

    /// @notice Seats an appeal of an answer prepays: those of all rounds that could still follow.
    /// @param round the round that gave the answer
    /// @param grown rounds before it that were not void
    function prepaidSeats(Terms t, uint256 round, uint256 grown) internal pure returns (uint256) {
        return seatsFrom(t, grown + 1, rounds(t) - round - 1);
    }
}
