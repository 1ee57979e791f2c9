// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BASIS_POINTS, Rules, RulesLib} from "../../contracts/types/Rules.sol";
import {Test} from "../forge/utils/Test.sol";

/// @dev The parts of a seat fee of up to 255 wei, where rounding matters most, for any shares that registry and queue
/// allow.
contract SplitSymbolic is Test {
    uint256 private constant HIGHEST_ROYALTY = 5_000;
    uint256 private constant HIGHEST_PROTOCOL_FEE = 1_000;

    function check_split__any_fee__parts_add_up_and_none_exceeds_it(uint8 fee, uint16 royalty, uint16 protocol)
        public
        pure
    {
        (uint256 a, uint256 b, uint256 c) = _split(fee, royalty, protocol);
        assertEq(a + b + c, fee); // checked: no part is a negative number in disguise
        assertLe(a, fee);
    }

    function check_split__any_fee__worker_has_what_no_share_takes(uint8 fee, uint16 royalty, uint16 protocol)
        public
        pure
    {
        (uint256 worker,,) = _split(fee, royalty, protocol);
        assertGe(worker * BASIS_POINTS, uint256(fee) * (BASIS_POINTS - royalty - protocol));
    }

    function check_split__one_wei_more__no_part_is_less(uint8 fee, uint16 royalty, uint16 protocol) public pure {
        (uint256 a, uint256 b, uint256 c) = _split(fee, royalty, protocol);
        (uint256 d, uint256 e, uint256 f) = _split(uint256(fee) + 1, royalty, protocol);
        assertGe(d + 1, a); // the wei may complete one both shares waited for
        assertGe(e, b);
        assertGe(f, c);
    }

    function _split(uint256 fee, uint16 royalty, uint16 protocol) private pure returns (uint256, uint256, uint256) {
        vm.assume(royalty <= HIGHEST_ROYALTY && protocol <= HIGHEST_PROTOCOL_FEE);
        Rules r = RulesLib.ofVersion(0, 0, 0, royalty).withProtocol(protocol, 0);
        return r.split(fee);
    }
}
