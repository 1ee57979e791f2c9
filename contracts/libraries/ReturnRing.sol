// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

/// @dev Four returns to a slot; the rest is one slot.
struct ReturnRing {
    int64[64] returns_;
    /// @dev Logarithm of the last price, 18 decimals.
    int128 logPrice;
    /// @dev When it was observed, UNIX seconds; zero: never.
    uint64 observedAt;
    /// @dev Where the next return goes, and how many are there.
    uint8 next;
    uint8 filled;
}

using ReturnRingLib for ReturnRing global;

/// @title ReturnRing: the last returns of a price that is observed at a steady pace
/// @notice A return is the natural logarithm of a price over the one before it, kept with 12 decimals: a model reads
/// it as a float32, which has 7 digits. The ring takes at most one price in `spacing` seconds. After a gap of twice
/// that it starts anew, since a return over a longer time is not comparable.
library ReturnRingLib {
    uint256 internal constant MOST_RETURNS = 64;
    int256 private constant PRECISION = 1e6;

    error ReturnRingBadPrice(uint256 most, uint256 received);
    error ReturnRingIncomplete(uint256 required, uint256 received);

    /// @notice Takes a price if it is time; says whether it did.
    /// @param price with 18 decimals, from 1 to 2^128 - 1
    function record(ReturnRing storage ring, uint256 price, uint256 length, uint256 spacing) internal returns (bool) {
        if (price == 0 || price > type(uint128).max) revert ReturnRingBadPrice(type(uint128).max, price);
        uint256 before = ring.observedAt;
        if (block.timestamp < before + spacing) return false;
        // Between -42e18 and 48e18, so a difference with 12 decimals is far below 2^63.
        int256 logPrice = FixedPointMathLib.lnWad(int256(price));
        if (block.timestamp >= before + 2 * spacing) {
            (ring.next, ring.filled) = (0, 0);
        } else {
            uint256 next = ring.next;
            ring.returns_[next] = int64((logPrice - ring.logPrice) / PRECISION);
            ring.next = uint8((next + 1) % length);
            if (ring.filled < length) ++ring.filled;
        }
        (ring.logPrice, ring.observedAt) = (int128(logPrice), uint64(block.timestamp));
        return true;
    }

    /// @notice The last `length` returns, oldest first, with 18 decimals. Reverts before there are as many.
    function values(ReturnRing storage ring, uint256 length) internal view returns (int256[] memory found) {
        if (ring.filled < length) revert ReturnRingIncomplete(length, ring.filled);
        found = new int256[](length);
        uint256 place = ring.next;
        for (uint256 i; i < length; ++i) {
            found[i] = ring.returns_[place] * PRECISION;
            if (++place == length) place = 0;
        }
    }
}
