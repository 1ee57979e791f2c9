// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {EfficientHashLib} from "solady/src/utils/EfficientHashLib.sol";

/// @title Sortition: how many seats of a round a worker is entitled to, and what a seat is worth by then
/// @dev `x = draw · s / S` seats: `floor(x)`, and one more when the worker's ticket, read as a fraction, is below
/// the fraction of x. In expectation that is proportional to stake, and splitting a stake changes nothing.
///
/// A committee's draw is its size for the first half of the commit phase and grows evenly to twice that in the second,
/// so a liar, who need not compute, has no more seats to wait for while the honest still do. An open round's draw is
/// one seat at the start and grows without bound, `L / (L - elapsed)`, so that at the end anybody may take it: what is
/// proposed there can be appealed. Where terms give a range of prices, the price rises with the draw.
library Sortition {
    /// @dev Steps from the least to the highest price.
    uint256 internal constant STEPS = 255;

    /// @notice A worker's lot in one round: the high 128 bits decide its fraction of a seat, the low bits its slot.
    function ticket(uint256 seed, address worker) internal pure returns (uint256) {
        return uint256(EfficientHashLib.hash(seed, uint160(worker)));
    }

    /// @notice Seats of a worker with stake `s` of `total`, `elapsed` seconds into a commit phase of `length`.
    /// @dev No overflow: committee < 2^6, elapsed ≤ length < 2^24, s and total < 2^64.
    function seats(uint256 ticket_, uint256 committee, uint256 elapsed, uint256 length, uint256 s, uint256 total)
        internal
        pure
        returns (uint256)
    {
        if (total == 0) return 0;
        unchecked {
            uint256 numerator = committee * (length + _growth(elapsed, length)) * s;
            uint256 denominator = length * total;
            bool oneMore = (ticket_ >> 128) * denominator < (numerator % denominator) << 128;
            return numerator / denominator + (oneMore ? 1 : 0);
        }
    }

    /// @notice Whether a worker may take the seat of an open round, `elapsed` of `length` seconds after it opened.
    /// @dev `ticket / 2^128 < s · L / (S · (L - elapsed))`. No overflow: elapsed < length < 2^24, s and total < 2^64.
    function mayPropose(uint256 ticket_, uint256 elapsed, uint256 length, uint256 s, uint256 total)
        internal
        pure
        returns (bool)
    {
        unchecked {
            return (ticket_ >> 128) * total * (length - elapsed) < s * length << 128;
        }
    }

    /// @notice The step of the price of a committee's seat, from 0 to STEPS.
    function step(uint256 elapsed, uint256 length) internal pure returns (uint256) {
        unchecked {
            return STEPS * _growth(elapsed, length) / length; // a phase is not empty
        }
    }

    /// @notice The step of the price of an open round's seat, from 0 to STEPS.
    function openStep(uint256 elapsed, uint256 length) internal pure returns (uint256) {
        unchecked {
            return STEPS * elapsed / length;
        }
    }

    function _growth(uint256 elapsed, uint256 length) private pure returns (uint256) {
        unchecked {
            return 2 * elapsed > length ? 2 * elapsed - length : 0;
        }
    }
}
