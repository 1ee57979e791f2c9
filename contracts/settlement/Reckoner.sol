// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlement} from "../interfaces/ISettlement.sol";
import {Division} from "../libraries/Division.sol";
import {Tolerance} from "../libraries/Tolerance.sol";
import {History} from "../types/History.sol";
import {COMMITTING, JobWord} from "../types/JobWord.sol";

/// @title Reckoner: the long reckonings, which need nothing but what they are given
/// @dev A contract of its own, which `Settlement` creates and calls for good: inside it they would leave no room for
/// the rest. It keeps nothing and trusts nobody.
contract Reckoner {
    /// @notice Whether two payloads are the same within `width` tolerances, see `Tolerance.near`.
    function near(bytes calldata a, bytes calldata b, uint32 atol, uint32 rtol, uint256 width)
        external
        pure
        returns (bool)
    {
        return Tolerance.near(a, b, atol, rtol, width);
    }

    /// @notice How the money of a job is divided, see `Division.divide`.
    function divide(Division.Case calldata c) external pure returns (Division.Parts memory) {
        return Division.divide(c);
    }

    /// @notice A job's word as the view shows it.
    function jobView(JobWord j, History history) external pure returns (ISettlement.JobView memory shown) {
        // The casts undo the packing of `JobWord`.
        shown.status = uint8(j.status());
        shown.closed = j.closed();
        shown.delivered = j.delivered();
        shown.claimed = j.claimed();
        shown.round = uint8(j.round());
        shown.voids = uint8(j.voids());
        shown.appeals = uint8(j.appeals());
        shown.committed = uint8(j.committed());
        shown.revealed = uint8(j.revealed());
        shown.leading = uint8(j.leading());
        shown.steps = uint16(j.leader().steps());
        shown.vindicated = uint16(history.allVindicated());
        shown.time = uint64(j.time());
        if (j.status() == COMMITTING) {
            if (j.committed() == 0) shown.seedBlock = uint64(j.seedBlock());
            else (shown.seed, shown.totalWeight) = (uint96(j.seed()), uint64(j.total()));
        } else if (j.leading() != 0) {
            shown.mark = bytes20(j.mark());
        }
    }
}
