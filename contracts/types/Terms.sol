// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Terms: what a requester offers and demands, in one word
/// @dev Amounts are in units of the vault (`StakeVault.UNIT` wei each), times in seconds.
///
/// | bits      | field         |                                                       |
/// | --------- | ------------- | ----------------------------------------------------- |
/// | 0 – 7     | mode          | how round 0 is decided, see the constants below       |
/// | 8 – 15    | committee     | seats of the first committee, n                       |
/// | 16 – 23   | rounds        | rounds the requester pays for                         |
/// | 24 – 47   | commitSeconds | length of a commit phase                              |
/// | 48 – 71   | revealSeconds | length of a reveal phase                              |
/// | 72 – 103  | appealWindow  | seconds an answer stays open to appeal                |
/// | 104 – 151 | seatFee       | paid to a right seat (the least, if there is a range) |
/// | 152 – 199 | seatFeeCap    | the most a seat may be paid                           |
/// | 200 – 247 | bond          | moved from stake into the job for each seat           |
/// | 248 – 255 |               | zero                                                  |
type Terms is uint256;

using TermsLib for Terms global;

uint256 constant MODE_QUORUM = 0;

/// @dev A committee of n grows to 2n+1 after each round without a decision, never beyond this.
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

    /// @notice Seats of the committee after `grown` rounds that ended without a decision.
    function committeeAfter(Terms t, uint256 grown) internal pure returns (uint256 seats) {
        unchecked {
            seats = ((committee(t) + 1) << grown) - 1; // at least one; nine bits before the shift
        }
        if (seats > LARGEST_COMMITTEE) seats = LARGEST_COMMITTEE;
    }

    /// @notice Units of seat fees a requester escrows: every round filled, none of them redrawn.
    /// @dev Loops over the rounds of one job, of which there are at most `JobQueue.MAX_ROUNDS`.
    function seatFees(Terms t) internal pure returns (uint256 units) {
        uint256 last = rounds(t);
        uint256 seats;
        // At most 255 rounds of 63 seats at 2^48 units.
        unchecked {
            for (uint256 grown; grown < last; ++grown) {
                seats += committeeAfter(t, grown);
            }
            return seats * seatFeeCap(t);
        }
    }
}
