// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Entropy} from "./Entropy.sol";

/// @title BlockhashEntropy: the hash of the block after the one in which the round opened
/// @dev For chains whose `block.number` and `blockhash` speak of their own blocks (Ethereum, OP-stack chains; not
/// Arbitrum). Weakness: the proposer of that block can throw it away and so redraw once for the price of a block's
/// reward; a sequencer can order transactions until it likes the hash. Hashes are known for 256 blocks, so on a
/// chain with quarter-second blocks the first commitment has one minute; after that the round is redrawn.
abstract contract BlockhashEntropy is Entropy {
    uint256 private constant KNOWN_BLOCKS = 256;

    function _seedBlock() internal view override returns (uint256) {
        return block.number + 1;
    }

    function _entropyOf(uint256 seedBlock) internal view override returns (bytes32) {
        return blockhash(seedBlock);
    }

    function _entropyLost(uint256 seedBlock) internal view override returns (bool) {
        return block.number > seedBlock + KNOWN_BLOCKS;
    }

    function _entropyKnown(uint256 seedBlock) internal view override returns (bool) {
        return block.number > seedBlock;
    }
}
