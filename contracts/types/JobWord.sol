// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title JobWord: everything the chain keeps about a running job, in one word
/// @dev
/// | bits      | field      |                                                                        |
/// | --------- | ---------- | ---------------------------------------------------------------------- |
/// | 0 – 2     | status     | see the constants below                                                |
/// | 3         | closed     | its money has been divided                                             |
/// | 4         | delivered  | its answer has reached the callback                                    |
/// | 5         | feePaid    | the delivery fee has been paid                                         |
/// | 6 – 8     | round      | the round under way, or the last one                                   |
/// | 9 – 16    | voids      | bit r: round r stayed short and was redrawn                            |
/// | 17 – 23   | committed  | seats taken in this round                                              |
/// | 24 – 30   | revealed   | seats of this round whose results are known                            |
/// | 31 – 37   | leading    | seats behind the leading digest in this round                          |
/// | 38 – 46   | vindicated | seats shown right though they did not support the settled reference    |
/// | 47 – 80   | time       | COMMITTING: when the round opened; after: when its reveal phase began  |
/// | 88 – 255  | mark       | until the first commitment of a round: its seed block (low 64 bits);   |
/// |           |            | then the total weight (low 64 bits) and the seed (high 104 bits);      |
/// |           |            | after COMMITTING: the first 168 bits of the leading digest             |
type JobWord is uint256;

using JobWordLib for JobWord global;

uint256 constant NONE = 0;
uint256 constant COMMITTING = 1;
uint256 constant REVEALING = 2;
uint256 constant DECIDED = 3;
uint256 constant UNRESOLVED = 4;
uint256 constant REFUNDED = 5;

library JobWordLib {
    uint256 private constant CLOSED = 1 << 3;
    uint256 private constant DELIVERED = 1 << 4;
    uint256 private constant FEE_PAID = 1 << 5;
    /// @dev What a new round starts from zero: committed, revealed, leading, time and mark.
    uint256 private constant KEPT_ACROSS_ROUNDS = 0x1FFFF | uint256(0x1FF) << 38;

    function status(JobWord j) internal pure returns (uint256) {
        return JobWord.unwrap(j) & 7;
    }

    function closed(JobWord j) internal pure returns (bool) {
        return JobWord.unwrap(j) & CLOSED != 0;
    }

    function delivered(JobWord j) internal pure returns (bool) {
        return JobWord.unwrap(j) & DELIVERED != 0;
    }

    function feePaid(JobWord j) internal pure returns (bool) {
        return JobWord.unwrap(j) & FEE_PAID != 0;
    }

    function round(JobWord j) internal pure returns (uint256) {
        return (JobWord.unwrap(j) >> 6) & 7;
    }

    function voids(JobWord j) internal pure returns (uint256) {
        return (JobWord.unwrap(j) >> 9) & 0xFF;
    }

    function committed(JobWord j) internal pure returns (uint256) {
        return (JobWord.unwrap(j) >> 17) & 0x7F;
    }

    function revealed(JobWord j) internal pure returns (uint256) {
        return (JobWord.unwrap(j) >> 24) & 0x7F;
    }

    function leading(JobWord j) internal pure returns (uint256) {
        return (JobWord.unwrap(j) >> 31) & 0x7F;
    }

    function vindicated(JobWord j) internal pure returns (uint256) {
        return (JobWord.unwrap(j) >> 38) & 0x1FF;
    }

    function time(JobWord j) internal pure returns (uint256) {
        return (JobWord.unwrap(j) >> 47) & 0x3FFFFFFFF;
    }

    function mark(JobWord j) internal pure returns (uint168) {
        return uint168(JobWord.unwrap(j) >> 88);
    }

    /// @dev Meaningful while nobody has committed in the round.
    function seedBlock(JobWord j) internal pure returns (uint256) {
        return uint64(JobWord.unwrap(j) >> 88);
    }

    /// @dev Meaningful once somebody has.
    function total(JobWord j) internal pure returns (uint256) {
        return uint64(JobWord.unwrap(j) >> 88);
    }

    /// @dev Meaningful once somebody has.
    function seed(JobWord j) internal pure returns (uint256) {
        return JobWord.unwrap(j) >> 152;
    }

    function isVoid(JobWord j, uint256 r) internal pure returns (bool) {
        return (voids(j) >> r) & 1 != 0;
    }

    /// @notice Rounds before this one that ended without a decision; each has grown the committee once.
    function grown(JobWord j) internal pure returns (uint256 g) {
        g = round(j);
        if (g == 0) return 0;
        // At most eight steps: one for each round that stayed short.
        for (uint256 v = voids(j) & ((1 << g) - 1); v != 0; v &= v - 1) {
            --g;
        }
    }

    function withStatus(JobWord j, uint256 s) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(j) & ~uint256(7) | s);
    }

    /// @dev The seed has 104 bits, the total 64.
    function withSeed(JobWord j, uint256 seed_, uint256 total_) internal pure returns (JobWord) {
        return JobWord.wrap(uint88(JobWord.unwrap(j)) | total_ << 88 | seed_ << 152);
    }

    /// @notice The word when the reveal phase begins: the seed has done its work.
    function revealing(JobWord j, uint256 time_) internal pure returns (JobWord) {
        uint256 kept = JobWord.unwrap(j) & ((1 << 38) - 1 & ~uint256(7) | uint256(0x1FF) << 38);
        return JobWord.wrap(kept | REVEALING | time_ << 47);
    }

    function withLeader(JobWord j, uint168 digest, uint256 seats) internal pure returns (JobWord) {
        uint256 kept = uint88(JobWord.unwrap(j)) & ~(uint256(0x7F) << 31);
        return JobWord.wrap(kept | seats << 31 | uint256(digest) << 88);
    }

    // The sums below cannot leave their fields: a round has at most `LARGEST_COMMITTEE` (63) seats,
    // all rounds together at most 8 · 63 = 504, and a flag or a void is set once.

    function addCommitted(JobWord j, uint256 seats) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(j) + (seats << 17));
    }

    function addRevealed(JobWord j, uint256 seats) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(j) + (seats << 24));
    }

    function addLeading(JobWord j, uint256 seats) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(j) + (seats << 31));
    }

    function addVindicated(JobWord j, uint256 seats) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(j) + (seats << 38));
    }

    function voided(JobWord j) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(j) | 1 << (9 + round(j)));
    }

    function asClosed(JobWord j) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(j) | CLOSED);
    }

    function asDelivered(JobWord j) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(j) | DELIVERED | FEE_PAID);
    }

    function asUndelivered(JobWord j) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(j) & ~DELIVERED);
    }

    /// @notice The word of round 0, opened now.
    function opened(uint256 now_, uint256 seedBlock_) internal pure returns (JobWord) {
        return JobWord.wrap(COMMITTING | now_ << 47 | seedBlock_ << 88);
    }

    /// @notice The word of the next round, opened now.
    function reopened(JobWord j, uint256 now_, uint256 seedBlock_) internal pure returns (JobWord) {
        uint256 kept = JobWord.unwrap(j) & KEPT_ACROSS_ROUNDS & ~uint256(7);
        return JobWord.wrap(kept + (1 << 6) | COMMITTING | now_ << 47 | seedBlock_ << 88);
    }
}
