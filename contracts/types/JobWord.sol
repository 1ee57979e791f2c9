// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {TALLY_MASK, Tally} from "./Tally.sol";

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
/// | 31 – 51   | leader     | tally of the seats behind the leading digest in this round             |
/// | 52 – 85   | time       | COMMITTING: when the round opened; PROPOSED: when that was; after:     |
/// |           |            | when its reveal phase began                                            |
/// | 86 – 93   | appealed   | bit r: the answer of round r was appealed                              |
/// | 94        | claimed    | PROPOSED: the proposal has been claimed                                |
/// | 96 – 255  | mark       | until the first commitment of a round: its seed block (low 64 bits);   |
/// |           |            | then the total weight (low 64 bits) and the seed (high 96 bits);       |
/// |           |            | PROPOSED: first 160 bits of keccak256(worker, digest);                 |
/// |           |            | after COMMITTING: the first 160 bits of the leading digest             |
type JobWord is uint256;

using JobWordLib for JobWord global;

uint256 constant NONE = 0;
uint256 constant COMMITTING = 1;
uint256 constant REVEALING = 2;
uint256 constant DECIDED = 3;
uint256 constant UNRESOLVED = 4;
uint256 constant REFUNDED = 5;
uint256 constant PROPOSED = 6;

library JobWordLib {
    uint256 private constant CLOSED = 1 << 3;
    uint256 private constant DELIVERED = 1 << 4;
    uint256 private constant FEE_PAID = 1 << 5;
    uint256 private constant CLAIMED = 1 << 94;
    uint256 private constant COMMITTED = 17;
    uint256 private constant REVEALED = 24;
    uint256 private constant LEADER = 31;
    uint256 private constant TIME = 52;
    uint256 private constant APPEALED = 86;
    uint256 private constant MARK = 96;
    uint256 private constant STATUS_MASK = 7;
    /// @dev What a new round starts from zero: status, committed, revealed, leader, time and mark.
    uint256 private constant KEPT_ACROSS_ROUNDS = 0x1FFF8 | uint256(0xFF) << APPEALED;
    /// @dev What the reveal phase starts from zero: status, leader, time and mark.
    uint256 private constant KEPT_FOR_REVEALS = ((1 << LEADER) - 1 & ~STATUS_MASK) | uint256(0xFF) << APPEALED;

    function status(JobWord j) internal pure returns (uint256) {
        return JobWord.unwrap(j) & STATUS_MASK;
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
        return (JobWord.unwrap(j) >> COMMITTED) & 0x7F;
    }

    function revealed(JobWord j) internal pure returns (uint256) {
        return (JobWord.unwrap(j) >> REVEALED) & 0x7F;
    }

    function leader(JobWord j) internal pure returns (Tally) {
        return Tally.wrap((JobWord.unwrap(j) >> LEADER) & TALLY_MASK);
    }

    /// @notice Seats behind the leading digest.
    function leading(JobWord j) internal pure returns (uint256) {
        return (JobWord.unwrap(j) >> LEADER) & 0x7F;
    }

    function time(JobWord j) internal pure returns (uint256) {
        return (JobWord.unwrap(j) >> TIME) & 0x3FFFFFFFF;
    }

    /// @notice A bit for each round whose answer was appealed.
    function appeals(JobWord j) internal pure returns (uint256) {
        return (JobWord.unwrap(j) >> APPEALED) & 0xFF;
    }

    function claimed(JobWord j) internal pure returns (bool) {
        return JobWord.unwrap(j) & CLAIMED != 0;
    }

    function mark(JobWord j) internal pure returns (uint160) {
        return uint160(JobWord.unwrap(j) >> MARK);
    }

    /// @dev Meaningful while nobody has committed in the round.
    function seedBlock(JobWord j) internal pure returns (uint256) {
        return uint64(JobWord.unwrap(j) >> MARK);
    }

    /// @dev Meaningful once somebody has.
    function total(JobWord j) internal pure returns (uint256) {
        return uint64(JobWord.unwrap(j) >> MARK);
    }

    /// @dev Meaningful once somebody has.
    function seed(JobWord j) internal pure returns (uint256) {
        return JobWord.unwrap(j) >> 160;
    }

    function isVoid(JobWord j, uint256 r) internal pure returns (bool) {
        return (voids(j) >> r) & 1 != 0;
    }

    function isAppealed(JobWord j, uint256 r) internal pure returns (bool) {
        return (appeals(j) >> r) & 1 != 0;
    }

    /// @notice Whether there is an answer, final or not.
    function isAnswered(JobWord j) internal pure returns (bool) {
        return status(j) == DECIDED || status(j) == PROPOSED;
    }

    /// @notice Rounds before this one that were not void; each has grown the committee once.
    function grown(JobWord j) internal pure returns (uint256 g) {
        g = round(j);
        if (g == 0) return 0;
        // At most eight steps: one for each round that stayed short.
        for (uint256 v = voids(j) & ((1 << g) - 1); v != 0; v &= v - 1) {
            --g;
        }
    }

    function withStatus(JobWord j, uint256 s) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(j) & ~STATUS_MASK | s);
    }

    /// @dev The seed has 96 bits, the total 64.
    function withSeed(JobWord j, uint256 seed_, uint256 total_) internal pure returns (JobWord) {
        return JobWord.wrap(uint96(JobWord.unwrap(j)) | total_ << MARK | seed_ << 160);
    }

    /// @notice The word when the reveal phase begins: the seed has done its work.
    function revealing(JobWord j, uint256 time_) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(j) & KEPT_FOR_REVEALS | REVEALING | time_ << TIME);
    }

    /// @notice The word once an answer was proposed, in the clear, by the one seat of an open round.
    function proposed(JobWord j, uint256 now_, Tally t, uint160 mark_) internal pure returns (JobWord) {
        uint256 seats = 1 << COMMITTED | 1 << REVEALED | Tally.unwrap(t) << LEADER;
        uint256 kept = JobWord.unwrap(j) & KEPT_ACROSS_ROUNDS;
        return JobWord.wrap(kept | seats | PROPOSED | now_ << TIME | uint256(mark_) << MARK);
    }

    function withLeader(JobWord j, uint160 digest, Tally t) internal pure returns (JobWord) {
        uint256 kept = uint96(JobWord.unwrap(j)) & ~(TALLY_MASK << LEADER);
        return JobWord.wrap(kept | Tally.unwrap(t) << LEADER | uint256(digest) << MARK);
    }

    // The sums below cannot leave their fields: a round has at most `LARGEST_COMMITTEE` (63) seats of at most 255
    // steps, and a flag, a void or an appeal is set once.

    function addCommitted(JobWord j, uint256 seats) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(j) + (seats << COMMITTED));
    }

    function addRevealed(JobWord j, uint256 seats) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(j) + (seats << REVEALED));
    }

    function addLeading(JobWord j, Tally t) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(j) + (Tally.unwrap(t) << LEADER));
    }

    function voided(JobWord j) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(j) | 1 << (9 + round(j)));
    }

    function appealed(JobWord j) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(j) | 1 << (APPEALED + round(j)));
    }

    function asClosed(JobWord j) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(j) | CLOSED);
    }

    function asClaimed(JobWord j) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(j) | CLAIMED);
    }

    function asDelivered(JobWord j) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(j) | DELIVERED | FEE_PAID);
    }

    function asUndelivered(JobWord j) internal pure returns (JobWord) {
        return JobWord.wrap(JobWord.unwrap(j) & ~DELIVERED);
    }

    /// @notice The word of round 0, opened now.
    function opened(uint256 now_, uint256 seedBlock_) internal pure returns (JobWord) {
        return JobWord.wrap(COMMITTING | now_ << TIME | seedBlock_ << MARK);
    }

    /// @notice The word of the next round, opened now.
    function reopened(JobWord j, uint256 now_, uint256 seedBlock_) internal pure returns (JobWord) {
        uint256 kept = JobWord.unwrap(j) & KEPT_ACROSS_ROUNDS;
        return JobWord.wrap(kept + (1 << 6) | COMMITTING | now_ << TIME | seedBlock_ << MARK);
    }
}
