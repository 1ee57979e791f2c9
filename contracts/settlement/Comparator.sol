// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Tolerance} from "../libraries/Tolerance.sol";

/// @title Comparator: the comparison of results, in a contract of its own
/// @dev `Settlement` creates it and calls it for good; inside it the comparison would not leave room for the rest.
contract Comparator {
    /// @notice Whether two payloads that differ are the same within `width` tolerances, see `Tolerance.near`.
    function near(bytes calldata a, bytes calldata b, uint32 atol, uint32 rtol, uint256 width)
        external
        pure
        returns (bool)
    {
        return Tolerance.nearOther(a, b, atol, rtol, width);
    }
}
