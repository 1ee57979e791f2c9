// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BASIS_POINTS, Rules, RulesLib} from "../../../contracts/types/Rules.sol";
import {Test} from "../utils/Test.sol";

contract RulesTest is Test {
    struct Fields {
        uint8 numerics;
        uint32 atol;
        uint32 rtol;
        uint16 royaltyBps;
        uint16 protocolFeeBps;
        uint16 burnBps;
    }

    function test_getters__word_packed_as_documented__every_field_comes_back(Fields memory f) public pure {
        uint256 word = f.numerics | uint256(f.atol) << 8 | uint256(f.rtol) << 40 | uint256(f.royaltyBps) << 72;
        word |= uint256(f.protocolFeeBps) << 88 | uint256(f.burnBps) << 104;
        _assertHolds(Rules.wrap(word), f);
    }

    function test_made_in_two_parts__any__every_field_comes_back(Fields memory f) public pure {
        Rules r = RulesLib.ofVersion(f.numerics, f.atol, f.rtol, f.royaltyBps);
        assertEq(Rules.unwrap(r) >> 88, 0);
        _assertHolds(r.withProtocol(f.protocolFeeBps, f.burnBps), f);
    }

    function test_split__any_fee__parts_add_up_and_are_floored(uint96 fee, uint16 royaltyBps, uint16 protocolBps)
        public
        pure
    {
        royaltyBps = uint16(bound(royaltyBps, 0, 5_000));
        protocolBps = uint16(bound(protocolBps, 0, 1_000));
        Rules r = RulesLib.ofVersion(0, 0, 0, royaltyBps).withProtocol(protocolBps, 0);
        (uint256 worker, uint256 royalty, uint256 treasury) = r.split(fee);
        assertEq(worker + royalty + treasury, fee);
        assertEq(royalty, uint256(fee) * royaltyBps / BASIS_POINTS);
        assertEq(treasury, uint256(fee) * protocolBps / BASIS_POINTS);
    }

    function test_split__one_wei__stays_with_the_worker() public pure {
        Rules r = RulesLib.ofVersion(0, 0, 0, 5_000).withProtocol(1_000, 0);
        (uint256 worker, uint256 royalty, uint256 treasury) = r.split(1);
        assertEq(worker, 1);
        assertEq(royalty + treasury, 0);
    }

    function _assertHolds(Rules r, Fields memory f) private pure {
        assertEq(r.numerics(), f.numerics);
        assertEq(r.atol(), f.atol);
        assertEq(r.rtol(), f.rtol);
        assertEq(r.royaltyBps(), f.royaltyBps);
        assertEq(r.protocolFeeBps(), f.protocolFeeBps);
        assertEq(r.burnBps(), f.burnBps);
    }
}
