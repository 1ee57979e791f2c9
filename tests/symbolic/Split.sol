// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BASIS_POINTS, RulesLib} from "../../contracts/types/Rules.sol";
import {Test} from "../forge/utils/Test.sol";

/// @dev The parts of a seat fee: sums for any shares that registry and queue allow, floors for the highest and for a pair
/// that divides nothing. Fees have few bits, which is where rounding matters.
contract SplitSymbolic is Test {
    uint256 private constant HIGHEST_ROYALTY = 5_000;
    uint256 private constant HIGHEST_PROTOCOL_FEE = 1_000;

    function check_split__any_shares__parts_add_up_and_none_exceeds_the_fee(uint8 fee, uint16 royalty, uint16 protocol)
        public
        pure
    {
        vm.assume(royalty <= HIGHEST_ROYALTY && protocol <= HIGHEST_PROTOCOL_FEE);
        (uint256 a, uint256 b, uint256 c) = _split(fee, royalty, protocol);
        assertEq(a + b + c, fee); // checked: no part is a negative number in disguise
        assertLe(a, fee);
    }

    function check_split__highest_royalty__floored(uint8 fee) public pure {
        (, uint256 royalty,) = _split(fee, HIGHEST_ROYALTY, 0);
        // Unchecked, because a checked product asks the solver for one more division; these are small.
        unchecked {
            assertLe(royalty, fee);
            assertLe(royalty * BASIS_POINTS, fee * HIGHEST_ROYALTY);
            assertGt((royalty + 1) * BASIS_POINTS, fee * HIGHEST_ROYALTY);
        }
    }

    function check_split__one_wei_more__no_share_is_less(uint8 fee) public pure {
        (, uint256 royalty, uint256 treasury) = _split(fee, HIGHEST_ROYALTY, HIGHEST_PROTOCOL_FEE);
        (, uint256 royaltyOfMore, uint256 treasuryOfMore) =
            _split(uint256(fee) + 1, HIGHEST_ROYALTY, HIGHEST_PROTOCOL_FEE);
        assertGe(royaltyOfMore, royalty);
        assertGe(treasuryOfMore, treasury);
    }

    function _split(uint256 fee, uint256 royalty, uint256 protocol) private pure returns (uint256, uint256, uint256) {
        return RulesLib.ofVersion(0, 0, 0, royalty).withProtocol(protocol, 0).split(fee);
    }
}
