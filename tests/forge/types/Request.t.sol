// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Callback, Request, RequestLib} from "../../../contracts/types/Request.sol";
import {Rules} from "../../../contracts/types/Rules.sol";
import {Terms} from "../../../contracts/types/Terms.sol";
import {Pack} from "../utils/Pack.sol";
import {Test} from "../utils/Test.sol";

contract RequestTest is Test {
    function test_callback__packed_as_documented__every_field_comes_back(address target, uint32 gas_, uint64 fee)
        public
        pure
    {
        Callback c = Pack.callback(target, gas_, fee);
        assertEq(c.target(), target);
        assertEq(c.gasStipend(), gas_);
        assertEq(c.deliveryFee(), fee);
    }

    function test_id__any_part_differs__another_id(Request memory r, Rules rules, uint8 which, uint256 flip)
        public
        view
    {
        vm.assume(flip != 0);
        bytes32 id = _id(r, rules);
        which %= 7;
        if (which == 0) {
            vm.assume(uint160(flip) != 0);
            r.requester = address(uint160(r.requester) ^ uint160(flip));
        } else if (which == 1) {
            vm.assume(uint96(flip) != 0);
            r.nonce ^= uint96(flip);
        } else if (which == 2) {
            r.versionId ^= bytes32(flip);
        } else if (which == 3) {
            r.inputHash ^= bytes32(flip);
        } else if (which == 4) {
            r.terms = Terms.wrap(Terms.unwrap(r.terms) ^ flip);
        } else if (which == 5) {
            r.callback = Callback.wrap(Callback.unwrap(r.callback) ^ flip);
        } else {
            rules = Rules.wrap(Rules.unwrap(rules) ^ flip);
        }
        assertNotEq(_id(r, rules), id);
    }

    function test_id__another_chain_or_queue__another_id(Request memory r, Rules rules) public {
        bytes32 id = _id(r, rules);
        bytes32 body = RequestLib.body(r.requester, r.nonce, r.versionId, r.inputHash, r.callback);
        assertNotEq(RequestLib.id(address(1), r.terms, rules, body), id);
        vm.chainId(2);
        assertNotEq(_id(r, rules), id);
    }

    function _id(Request memory r, Rules rules) private view returns (bytes32) {
        bytes32 body = RequestLib.body(r.requester, r.nonce, r.versionId, r.inputHash, r.callback);
        return RequestLib.id(address(this), r.terms, rules, body);
    }
}
