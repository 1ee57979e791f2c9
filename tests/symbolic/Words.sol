// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {JobWord} from "../../contracts/types/JobWord.sol";
import {Position} from "../../contracts/types/Position.sol";
import {Rules, RulesLib} from "../../contracts/types/Rules.sol";
import {Vote} from "../../contracts/types/Vote.sol";
import {Test} from "../forge/utils/Test.sol";

/// @dev Packed words: a step changes its own field and no other bit, whatever the word holds.
contract WordsSymbolic is Test {
    uint256 private constant STATUS = 7;
    uint256 private constant CLOSED = 1 << 3;
    uint256 private constant VINDICATED = 1 << 2;
    uint256 private constant FREE = uint256(type(uint64).max) << 128;

    // --- JobWord ---

    function check_withStatus__any_word__nothing_else(uint256 word, uint256 status) public pure {
        vm.assume(status <= STATUS);
        JobWord j = JobWord.wrap(word).withStatus(status);
        assertEq(j.status(), status);
        assertEq(JobWord.unwrap(j) & ~STATUS, word & ~STATUS);
    }

    function check_asClosed__any_word__nothing_else(uint256 word) public pure {
        JobWord j = JobWord.wrap(word).asClosed();
        assertTrue(j.closed());
        assertEq(JobWord.unwrap(j) & ~CLOSED, word & ~CLOSED);
    }

    /// @dev Sums that fit reach no neighbour.
    function check_addCommitted__sum_that_fits__other_fields_stay(uint256 word, uint256 seats) public pure {
        JobWord before = JobWord.wrap(word);
        vm.assume(seats <= 127 && before.committed() + seats <= 127);
        JobWord j = before.addCommitted(seats);
        assertEq(j.committed(), before.committed() + seats);
        assertEq(j.revealed(), before.revealed());
        assertEq(j.leading(), before.leading());
        assertEq(j.round(), before.round());
        assertEq(j.time(), before.time());
        assertEq(j.mark(), before.mark());
    }

    /// @dev A bit for each earlier round that was not void.
    function check_grown__any_word__counts_earlier_rounds_with_a_committee(uint256 word) public pure {
        JobWord j = JobWord.wrap(word);
        uint256 expected;
        for (uint256 r; r < 7; ++r) {
            if (r < j.round() && !j.isVoid(r)) ++expected;
        }
        assertEq(j.grown(), expected);
    }

    // --- Vote ---

    function check_vindicate__any_vote__nothing_else(uint256 word) public pure {
        Vote v = Vote.wrap(word).vindicate();
        assertTrue(v.isVindicated());
        assertEq(Vote.unwrap(v) & ~VINDICATED, word & ~VINDICATED);
    }

    // --- Rules ---

    function check_ofVersion_withProtocol__any_fields__come_back(
        uint8 numerics,
        uint32 atol,
        uint32 rtol,
        uint16 royalty,
        uint16 protocol,
        uint16 burn
    ) public pure {
        Rules r = RulesLib.ofVersion(numerics, atol, rtol, royalty).withProtocol(protocol, burn);
        assertEq(r.numerics(), numerics);
        assertEq(r.atol(), atol);
        assertEq(r.rtol(), rtol);
        assertEq(r.royaltyBps(), royalty);
        assertEq(r.protocolFeeBps(), protocol);
        assertEq(r.burnBps(), burn);
    }

    // --- Position ---

    function check_plus_minus__any_word__back_to_it(uint256 word, uint256 units) public pure {
        Position p = Position.wrap(word);
        vm.assume(units <= type(uint64).max && p.free() + units <= type(uint64).max);
        Position more = p.plus(units);
        assertEq(more.free(), p.free() + units);
        assertEq(Position.unwrap(more) & ~FREE, word & ~FREE);
        assertEq(Position.unwrap(more.minus(units)), word);
    }

    function check_rolled__to_a_later_epoch__weights_are_what_stood(uint256 word, uint32 epoch) public pure {
        Position p = Position.wrap(word);
        vm.assume(epoch > p.epoch());
        Position rolled = p.rolled(epoch);
        uint256 standing = p.active() ? p.free() : 0;
        assertEq(rolled.current(), standing);
        assertEq(rolled.previous(), uint256(epoch) == p.epoch() + 1 ? p.current() : standing);
        assertEq(rolled.free(), p.free());
        assertEq(rolled.epoch(), epoch);
        assertTrue(rolled.active() == p.active());
    }
}
