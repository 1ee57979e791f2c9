// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {COMMITTED, FREE, REVEALED, Vote, VoteLib} from "../../../contracts/types/Vote.sol";
import {Test} from "../utils/Test.sol";

contract VoteTest is Test {
    struct Case {
        bytes32 id;
        uint256 round;
        bytes32 first;
        bytes32 second;
        uint8 seats;
    }

    function test_commit__any__every_field_comes_back(Case memory c) public pure {
        c.seats %= 128;
        Vote v = VoteLib.commit(c.id, c.round, c.first, c.seats);
        assertEq(v.stage(), COMMITTED);
        assertEq(v.seats(), c.seats);
        assertTrue(v.isBusy());
        assertFalse(v.isVindicated());
        assertTrue(v.opens(c.id, c.round, c.first, 0));
    }

    function test_reveal__any__every_field_comes_back(Case memory c) public pure {
        c.seats %= 128;
        Vote v = VoteLib.reveal(c.id, c.round, c.first, c.second, c.seats);
        assertEq(v.stage(), REVEALED);
        assertEq(v.seats(), c.seats);
        assertTrue(v.isBusy());
        assertFalse(v.isVindicated());
        assertTrue(v.opens(c.id, c.round, c.first, c.second));
    }

    function test_vindicate__any__changes_its_flag_only(Case memory c) public pure {
        c.seats %= 128;
        Vote v = VoteLib.reveal(c.id, c.round, c.first, c.second, c.seats).vindicate();
        assertTrue(v.isVindicated());
        assertEq(v.stage(), REVEALED);
        assertEq(v.seats(), c.seats);
        assertTrue(v.opens(c.id, c.round, c.first, c.second));
    }

    function test_opens__one_thing_differs__false(Case memory c, uint8 which, bytes32 other) public pure {
        Vote v = VoteLib.reveal(c.id, c.round, c.first, c.second, 1);
        bytes32[4] memory words = [c.id, bytes32(c.round), c.first, c.second];
        vm.assume(words[which % 4] != other);
        words[which % 4] = other;
        assertFalse(v.opens(words[0], uint256(words[1]), words[2], words[3]));
    }

    function test_free__not_busy_and_not_zero() public pure {
        Vote v = VoteLib.free();
        assertFalse(v.isBusy());
        assertEq(v.stage(), FREE);
        assertNotEq(Vote.unwrap(v), 0);
        assertFalse(Vote.wrap(0).isBusy());
    }
}
