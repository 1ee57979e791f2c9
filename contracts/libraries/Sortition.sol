// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {EfficientHashLib} from "solady/utils/EfficientHashLib.sol";

/// @title Sortition: how many seats of a round a worker is entitled to
/// @dev `x = draw · s / S` seats: `floor(x)`, and one more when the worker's ticket, read as a fraction, is below
/// the fraction of x. In expectation that is proportional to stake, and splitting a stake changes nothing. The
/// draw is the committee's size for the first half of the commit phase and grows evenly to twice that in the second,
/// so a liar, who need not compute, has no more seats to wait for while the honest still do.
library Sortition {
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
            uint256 growth = 2 * elapsed > length ? 2 * elapsed - length : 0;
            uint256 numerator = committee * (length + growth) * s;
            uint256 denominator = length * total;
            bool oneMore = (ticket_ >> 128) * denominator < (numerator % denominator) << 128;
            return numerator / denominator + (oneMore ? 1 : 0);
        }
    }
}
