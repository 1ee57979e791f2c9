// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Entropy: where a round's seed comes from, one implementation for each kind of chain
/// @dev `Settlement` inherits the one its chain needs. The producer of the seed block is trusted not to select
/// seeds; each implementation says how much that asks.
abstract contract Entropy {
    /// @notice The block whose hash will seed a round that opens now.
    function _seedBlock() internal view virtual returns (uint256);

    /// @notice The hash of the seed block, or zero when it is not known: not yet, or no longer.
    function _entropyOf(uint256 seedBlock) internal view virtual returns (bytes32);

    /// @notice Whether the hash of the seed block has aged out, so that the round can never be drawn.
    function _entropyLost(uint256 seedBlock) internal view virtual returns (bool);

    /// @notice Whether the seed block lies before this one, so that its hash may be known to anybody.
    function _entropyKnown(uint256 seedBlock) internal view virtual returns (bool);
}
