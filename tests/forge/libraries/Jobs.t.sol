// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Jobs} from "../../../contracts/libraries/Jobs.sol";
import {Callback, JobKey, Request, RequestLib} from "../../../contracts/types/Request.sol";
import {Rules} from "../../../contracts/types/Rules.sol";
import {Terms} from "../../../contracts/types/Terms.sol";
import {Pack} from "../utils/Pack.sol";
import {Test} from "../utils/Test.sol";

contract JobsTest is Test {
    function testFuzz_callback__any__word_as_documented(address target, uint32 gasStipend, uint64 fee) public pure {
        Callback callback = Jobs.callback(target, gasStipend, fee);
        assertEq(Callback.unwrap(callback), Callback.unwrap(Pack.callback(target, gasStipend, fee)));
        assertEq(callback.target(), target);
        assertEq(callback.gasStipend(), gasStipend);
        assertEq(callback.deliveryFee(), fee);
    }

    function testFuzz_keyOf__any__names_the_job_of_the_request(Request calldata request, Rules rules) public view {
        JobKey memory key = Jobs.keyOf(request, rules);
        assertEq(Terms.unwrap(key.terms), Terms.unwrap(request.terms));
        assertEq(Rules.unwrap(key.rules), Rules.unwrap(rules));
        assertEq(
            RequestLib.id(address(this), key.terms, key.rules, key.body), RequestLib.id(address(this), request, rules)
        );
    }
}
