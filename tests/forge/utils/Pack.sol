// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Callback} from "../../../contracts/types/Request.sol";
import {Terms} from "../../../contracts/types/Terms.sol";

/// @dev The fields of `Terms`, unpacked.
struct TermsFields {
    uint256 mode;
    uint256 committee;
    uint256 rounds;
    uint256 commitSeconds;
    uint256 revealSeconds;
    uint256 appealWindow;
    uint256 seatFee;
    uint256 seatFeeCap;
    uint256 bond;
    uint256 reserved;
}

/// @dev Packs words as their documentation says, apart from the code under test, which only unpacks.
library Pack {
    function terms(TermsFields memory f) internal pure returns (Terms) {
        uint256 word = f.mode | f.committee << 8 | f.rounds << 16;
        word |= f.commitSeconds << 24 | f.revealSeconds << 48 | f.appealWindow << 72;
        word |= f.seatFee << 104 | f.seatFeeCap << 152 | f.bond << 200 | f.reserved << 248;
        return Terms.wrap(word);
    }

    function callback(address target, uint256 stipend, uint256 fee) internal pure returns (Callback) {
        return Callback.wrap(uint256(uint160(target)) | stipend << 160 | fee << 192);
    }
}
