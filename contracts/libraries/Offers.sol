// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {MODE_OPTIMISTIC, MODE_QUORUM, Terms} from "../types/Terms.sol";

/// @notice What a requester offers and demands, field by field, to be packed into `Terms`. Amounts in units of the
/// vault, times in seconds; each field is as wide as in the word, so nothing is cut off.
struct Offer {
    /// @dev Seats of the first committee; of an optimistic job, of the one that an appeal calls.
    uint8 committee;
    uint8 rounds;
    uint24 commitSeconds;
    uint24 revealSeconds;
    uint32 appealWindow;
    uint48 seatFee;
    /// @dev The most a seat may be paid; zero for the fee itself, so that the price does not rise.
    uint48 seatFeeCap;
    uint48 bond;
}

using Offers for Offer global;

/// @title Offers: terms made in Solidity
/// @notice What is out of bounds `JobQueue.post` refuses, by name.
library Offers {
    /// @notice A committee votes from the first round on.
    function forCommittee(Offer memory o) internal pure returns (Terms) {
        return _packed(o, MODE_QUORUM);
    }

    /// @notice One worker answers in the clear; committees decide what is appealed.
    function optimistic(Offer memory o) internal pure returns (Terms) {
        return _packed(o, MODE_OPTIMISTIC);
    }

    function _packed(Offer memory o, uint256 mode) private pure returns (Terms) {
        uint256 cap = o.seatFeeCap == 0 ? o.seatFee : o.seatFeeCap;
        uint256 word = mode | uint256(o.committee) << 8 | uint256(o.rounds) << 16;
        word |= uint256(o.commitSeconds) << 24 | uint256(o.revealSeconds) << 48 | uint256(o.appealWindow) << 72;
        return Terms.wrap(word | uint256(o.seatFee) << 104 | cap << 152 | uint256(o.bond) << 200);
    }
}
