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
        uint8 step;
    }

    function test_commit__any__every_field_comes_back(Case memory c) public pure {
        c.seats %= 64;
        Vote v = VoteLib.commit(c.id, c.round, c.first, c.seats, c.step);
        _assertHolds(v, c, COMMITTED);
        assertTrue(v.opens(c.id, c.round, c.first, 0));
    }

    function test_reveal__any__weight_and_price_stay(Case memory c, bytes32 commitment) public pure {
        c.seats %= 64;
        Vote v = VoteLib.commit(c.id, c.round, commitment, c.seats, c.step);
        v = v.reveal(c.id, c.round, c.first, c.second);
        _assertHolds(v, c, REVEALED);
        assertTrue(v.opens(c.id, c.round, c.first, c.second));
    }

    function test_proposed__any__one_revealed_seat(Case memory c) public pure {
        c.seats = 1;
        Vote v = VoteLib.proposed(c.id, c.round, c.first, c.step);
        _assertHolds(v, c, REVEALED);
        assertTrue(v.opens(c.id, c.round, c.first, 0));
        assertEq(
            Vote.unwrap(v) & ~uint256(type(uint32).max), uint256(keccak256(abi.encode(_place(c), c.first))) >> 32 << 32
        );
    }

    function test_vindicate__any__changes_its_flag_only(Case memory c) public pure {
        c.seats %= 64;
        Vote v = _revealed(c).vindicate();
        assertTrue(v.isVindicated());
        assertEq(v.stage(), REVEALED);
        assertEq(v.seats(), c.seats);
        assertEq(v.step(), c.step);
        assertTrue(v.opens(c.id, c.round, c.first, c.second));
    }

    function test_opens__one_thing_differs__false(Case memory c, uint8 which, bytes32 other) public pure {
        c.seats = 1;
        Vote v = _revealed(c);
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

    // --- helpers ---

    function _revealed(Case memory c) private pure returns (Vote) {
        return VoteLib.commit(c.id, c.round, 0, c.seats, c.step).reveal(c.id, c.round, c.first, c.second);
    }

    function _place(Case memory c) private pure returns (uint256) {
        unchecked {
            return uint256(c.id) + c.round;
        }
    }

    function _assertHolds(Vote v, Case memory c, uint256 stage) private pure {
        assertEq(v.stage(), stage);
        assertEq(v.seats(), c.seats);
        assertEq(v.step(), c.step);
        assertEq(v.tally().seats(), c.seats);
        assertEq(v.tally().steps(), uint256(c.seats) * c.step);
        assertTrue(v.isBusy());
        assertFalse(v.isVindicated());
    }
}
