// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Position: stake and its weight in this epoch and the one before, in one word
/// @dev Used for each worker and, always on, for the total of all workers. Amounts are in units of the vault.
///
/// | bits      | field    |                                                              |
/// | --------- | -------- | ------------------------------------------------------------ |
/// | 0 – 63    | previous | weight in the epoch before `epoch`                           |
/// | 64 – 127  | current  | weight in `epoch`                                            |
/// | 128 – 191 | free     | stake now; it becomes the weight when the next epoch begins  |
/// | 192 – 223 | epoch    | the epoch in which the word was last brought up to date      |
/// | 224       | active   | whether the stake takes part from the next epoch on          |
type Position is uint256;

using PositionLib for Position global;

library PositionLib {
    uint256 private constant FREE_OFFSET = 128;
    uint256 private constant ACTIVE = 1 << 224;
    uint256 private constant LARGEST = type(uint64).max;

    /// @notice A sum that does not fit 64 bits of units.
    error PositionOverflow(uint256 largest, uint256 received);
    /// @notice A difference below zero.
    error PositionUnderflow(uint256 available, uint256 required);

    function previous(Position p) internal pure returns (uint256) {
        return uint64(Position.unwrap(p));
    }

    function current(Position p) internal pure returns (uint256) {
        return uint64(Position.unwrap(p) >> 64);
    }

    function free(Position p) internal pure returns (uint256) {
        return uint64(Position.unwrap(p) >> FREE_OFFSET);
    }

    function epoch(Position p) internal pure returns (uint256) {
        return uint32(Position.unwrap(p) >> 192);
    }

    function active(Position p) internal pure returns (bool) {
        return Position.unwrap(p) & ACTIVE != 0;
    }

    function create(uint256 epoch_, bool active_) internal pure returns (Position) {
        return Position.wrap(epoch_ << 192 | (active_ ? ACTIVE : 0));
    }

    /// @notice The word brought up to `epoch_`, which is never before its own epoch.
    function rolled(Position p, uint256 epoch_) internal pure returns (Position) {
        uint256 last = epoch(p);
        if (last == epoch_) return p;
        uint256 standing = active(p) ? free(p) : 0;
        uint256 before = last + 1 == epoch_ ? current(p) : standing;
        uint256 kept = Position.unwrap(p) & (LARGEST << FREE_OFFSET | ACTIVE);
        return Position.wrap(kept | before | standing << 64 | epoch_ << 192);
    }

    /// @notice Weight in `epoch_`, which is that of the rolled word or the one before; nothing further back.
    function weightIn(Position p, uint256 epoch_) internal pure returns (uint256) {
        uint256 last = epoch(p);
        if (epoch_ == last) return current(p);
        unchecked {
            return epoch_ + 1 == last ? previous(p) : 0; // 32 bits
        }
    }

    function plus(Position p, uint256 units) internal pure returns (Position) {
        uint256 sum = free(p) + units;
        if (sum > LARGEST) revert PositionOverflow(LARGEST, sum);
        unchecked {
            return Position.wrap(Position.unwrap(p) + (units << FREE_OFFSET)); // stays in its field
        }
    }

    function minus(Position p, uint256 units) internal pure returns (Position) {
        if (units > free(p)) revert PositionUnderflow(free(p), units);
        unchecked {
            return Position.wrap(Position.unwrap(p) - (units << FREE_OFFSET)); // stays in its field
        }
    }

    function withActive(Position p, bool active_) internal pure returns (Position) {
        return Position.wrap(active_ ? Position.unwrap(p) | ACTIVE : Position.unwrap(p) & ~ACTIVE);
    }
}
