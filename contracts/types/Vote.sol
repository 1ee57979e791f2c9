// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {EfficientHashLib} from "solady/src/utils/EfficientHashLib.sol";
import {Tally, TallyLib} from "./Tally.sol";

/// @title Vote: what one worker has said in one round, in one word that is used again afterwards
/// @dev A worker's votes live in a ring of `RING` slots; the draw of a round names the slot, so a round
/// takes one commitment of each worker and nobody can choose whose slots collide. A slot is free again once
/// its vote has been claimed; it then holds a marker instead of zero, which makes its next use cheap.
/// A proposal has no vote of its own until it is appealed; then it gets one outside the ring.
///
/// | bits     | field      |                                                                          |
/// | -------- | ---------- | ------------------------------------------------------------------------ |
/// | 0 – 1    | stage      | FREE, COMMITTED or REVEALED; never used: 0                               |
/// | 2        | vindicated | shown to be right though it did not support the settled reference        |
/// | 3 – 9    | seats      | weight                                                                   |
/// | 10 – 17  | step       | of the price at which the seats were taken                               |
/// | 32 – 255 | binding    | first 224 bits of keccak256(jobId + round, commitment); after the reveal of  |
/// |          |            | keccak256(jobId + round, digest), with the digest of the reference added   |
/// |          |            | if it supports another than itself                                         |
type Vote is uint256;

using VoteLib for Vote global;

uint256 constant FREE = 1;
uint256 constant COMMITTED = 2;
uint256 constant REVEALED = 3;

/// @dev Slots in a worker's ring: the votes it can have waiting at once, a collision apart.
uint256 constant RING = 4_096;

/// @dev The slot that stands for a proposal, in a ballot and in views; no vote of a committee has it.
uint256 constant PROPOSAL = 0xFFFF;

library VoteLib {
    uint256 private constant VINDICATED = 1 << 2;
    uint256 private constant WEIGHT = 0x7FFF << 3;
    uint256 private constant BINDING = ~uint256(type(uint32).max);

    function stage(Vote v) internal pure returns (uint256) {
        return Vote.unwrap(v) & 3;
    }

    function isVindicated(Vote v) internal pure returns (bool) {
        return Vote.unwrap(v) & VINDICATED != 0;
    }

    function seats(Vote v) internal pure returns (uint256) {
        return (Vote.unwrap(v) >> 3) & 0x7F;
    }

    function step(Vote v) internal pure returns (uint256) {
        return (Vote.unwrap(v) >> 10) & 0xFF;
    }

    /// @notice What the vote adds to whatever it supports.
    function tally(Vote v) internal pure returns (Tally) {
        return TallyLib.create(seats(v), step(v));
    }

    function isBusy(Vote v) internal pure returns (bool) {
        return stage(v) > FREE;
    }

    /// @notice Whether the vote is the one of `round` in job `id` that these two words open.
    function opens(Vote v, bytes32 id, uint256 round, bytes32 first, bytes32 second) internal pure returns (bool) {
        return (Vote.unwrap(v) ^ _binding(id, round, first, second)) & BINDING == 0;
    }

    function free() internal pure returns (Vote) {
        return Vote.wrap(FREE);
    }

    /// @dev Binds job and round itself: what the commitment says of them is only the worker's word.
    function commit(bytes32 id, uint256 round, bytes32 commitment, uint256 seats_, uint256 step_)
        internal
        pure
        returns (Vote)
    {
        return Vote.wrap(_binding(id, round, commitment, 0) & BINDING | step_ << 10 | seats_ << 3 | COMMITTED);
    }

    /// @notice The vote of a commitment once it is revealed.
    function reveal(Vote v, bytes32 id, uint256 round, bytes32 digest, bytes32 supported) internal pure returns (Vote) {
        return Vote.wrap(_binding(id, round, digest, supported) & BINDING | Vote.unwrap(v) & WEIGHT | REVEALED);
    }

    /// @notice The vote of a proposal that was made in the clear: one seat.
    function proposed(bytes32 id, uint256 round, bytes32 digest, uint256 step_) internal pure returns (Vote) {
        return Vote.wrap(_binding(id, round, digest, 0) & BINDING | step_ << 10 | 1 << 3 | REVEALED);
    }

    function vindicate(Vote v) internal pure returns (Vote) {
        return Vote.wrap(Vote.unwrap(v) | VINDICATED);
    }

    /// @dev Job ids are hashes, so no two of them lie a few rounds apart; a round has three bits.
    function _binding(bytes32 id, uint256 round, bytes32 first, bytes32 second) private pure returns (uint256) {
        unchecked {
            bytes32 place = bytes32(uint256(id) + round);
            return
                uint256(second == 0 ? EfficientHashLib.hash(place, first) : EfficientHashLib.hash(place, first, second));
        }
    }
}
