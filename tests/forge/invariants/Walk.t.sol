// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "../utils/Test.sol";
import {Act} from "./Act.sol";
import {Handler} from "./Handler.sol";

/// @dev One long walk through the same actions, the same every time. Forge forgets what happened in a sequence when the
/// next begins; here it adds up, and every act has to have been reached.
contract WalkTest is Test {
    uint256 private constant STEPS = 16_000;
    uint256 private constant AT_LEAST = 2;

    Handler private _handler;

    /// @dev Walks the first half: one call has not gas enough for all of the way.
    function setUp() public {
        _handler = Handler(vm.deployCode("Handler.sol:Handler", ""));
        _handler.setUp();
        _walk(0, STEPS);
    }

    function test_walk__many_steps__every_act_is_reached() public {
        _walk(STEPS, 2 * STEPS);
        string memory missed;
        for (uint256 act; act <= uint256(type(Act).max); ++act) {
            uint256 count = _handler.counts(Act(act));
            if (count < AT_LEAST) missed = string.concat(missed, " ", vm.toString(act));
        }
        vm.assertEq(missed, "", "acts that were not reached, by their numbers in Act.sol");
    }

    function _walk(uint256 begin, uint256 end) private {
        for (uint256 i = begin; i < end; ++i) {
            _step(uint256(keccak256(abi.encode("walk", i))));
            if (i % 50 != 0) continue;
            _handler.checkBooks();
            _handler.checkPots();
        }
    }

    /// @dev Mostly rounds and appeals: there are more ways for them to go than for accounts.
    function _step(uint256 seed) private {
        uint256 what = seed % 40;
        if (what == 0) _handler.credit(seed);
        else if (what == 1) _handler.stake(seed);
        else if (what == 2) _handler.postAndCancel(seed);
        else if (what == 3) _handler.govern(seed);
        else if (what == 4) _handler.trespass(seed);
        else if (what == 5) _handler.misstep(seed);
        else if (what == 6) _handler.time(seed);
        else if (what == 7) _handler.deliver(seed);
        else if (what == 8) _handler.batch(seed);
        else if (what == 9) _handler.advance(seed);
        else if (what == 10) _handler.claim(seed);
        else if (what < 13) _handler.claimJob(seed);
        else if (what < 15) _handler.close(seed);
        else if (what < 17) _handler.post(seed);
        else if (what < 20) _handler.fill(seed);
        else if (what < 23) _handler.reveal(seed);
        else if (what == 23) _handler.misstep(seed);
        else if (what < 28) _handler.support(seed);
        else if (what < 32) _handler.appeal(seed);
        else if (what == 32) _handler.uphold(seed);
        else if (what == 33) _handler.postMany(seed);
        else if (what < 36) _handler.proposeMany(seed);
        else if (what == 36) _handler.commitMany(seed);
        else if (what < 39) _handler.revealMany(seed);
        else _handler.claimMany(seed);
    }
}
