// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {LARGEST_COMMITTEE, MODE_OPTIMISTIC, Terms} from "../../../contracts/types/Terms.sol";
import {Pack, TermsFields} from "../utils/Pack.sol";
import {Test} from "../utils/Test.sol";

contract TermsTest is Test {
    uint256 private constant FEE = 101;

    function test_getters__word_packed_as_documented__every_field_comes_back(TermsFields memory f) public pure {
        f = _fit(f);
        Terms t = Pack.terms(f);
        assertEq(t.mode(), f.mode);
        assertEq(t.committee(), f.committee);
        assertEq(t.rounds(), f.rounds);
        assertEq(t.commitSeconds(), f.commitSeconds);
        assertEq(t.revealSeconds(), f.revealSeconds);
        assertEq(t.appealWindow(), f.appealWindow);
        assertEq(t.seatFee(), f.seatFee);
        assertEq(t.seatFeeCap(), f.seatFeeCap);
        assertEq(t.bond(), f.bond);
        assertEq(t.reserved(), f.reserved);
    }

    function test_committeeAfter__three__doubles_and_one_up_to_the_largest() public pure {
        TermsFields memory f;
        f.committee = 3;
        Terms t = Pack.terms(f);
        uint8[6] memory sizes = [3, 7, 15, 31, 63, 63];
        for (uint256 grown; grown < sizes.length; ++grown) {
            assertEq(t.committeeAfter(grown), sizes[grown]);
        }
    }

    function test_committeeAfter__any_size__previous_twice_and_one(uint8 committee) public pure {
        TermsFields memory f;
        f.committee = bound(committee, 3, 31);
        Terms t = Pack.terms(f);
        uint256 expected = f.committee;
        for (uint256 grown; grown < 8; ++grown) {
            assertEq(t.committeeAfter(grown), expected);
            expected = 2 * expected + 1;
            if (expected > LARGEST_COMMITTEE) expected = LARGEST_COMMITTEE;
        }
    }

    /// @dev OPTIMISTIC: one seat, then the committee as named, then on as ever.
    function test_committeeAfter__optimistic__one_then_the_committee(uint8 committee) public pure {
        TermsFields memory f;
        f.committee = bound(committee, 3, 31);
        Terms quorum = Pack.terms(f);
        f.mode = MODE_OPTIMISTIC;
        Terms t = Pack.terms(f);
        assertEq(t.committeeAfter(0), 1);
        for (uint256 grown = 1; grown < 9; ++grown) {
            assertEq(t.committeeAfter(grown), quorum.committeeAfter(grown - 1));
        }
    }

    function test_isOpen__only_before_any_round_that_was_not_void() public pure {
        TermsFields memory f;
        assertFalse(Pack.terms(f).isOpen(0));
        f.mode = MODE_OPTIMISTIC;
        assertTrue(Pack.terms(f).isOpen(0));
        assertFalse(Pack.terms(f).isOpen(1));
        f.mode = 2;
        assertFalse(Pack.terms(f).isOpen(0));
    }

    function test_isRange__cap_equal_or_not() public pure {
        TermsFields memory f;
        (f.seatFee, f.seatFeeCap) = (FEE, FEE);
        assertFalse(Pack.terms(f).isRange());
        f.seatFeeCap = FEE + 1;
        assertTrue(Pack.terms(f).isRange());
    }

    function test_ownSeats__quorum__every_round_full(uint8 committee, uint8 rounds) public pure {
        TermsFields memory f;
        f.committee = bound(committee, 3, 31);
        f.rounds = bound(rounds, 1, 5);
        assertEq(Pack.terms(f).ownSeats(), _doubling(f.committee, f.rounds));
    }

    function test_ownSeats__optimistic__one(uint8 committee, uint8 rounds) public pure {
        TermsFields memory f;
        f.mode = MODE_OPTIMISTIC;
        f.committee = bound(committee, 3, 31);
        f.rounds = bound(rounds, 2, 5);
        assertEq(Pack.terms(f).ownSeats(), 1);
    }

    /// @dev From round to round what an appeal prepays is what the one before did, less the round it has paid for.
    function test_prepaidSeats__each_round_and_void__all_that_may_follow(uint8 committee, uint8 voids) public pure {
        TermsFields memory f;
        f.committee = bound(committee, 3, 31);
        f.rounds = 5;
        for (f.mode = 0; f.mode < 2; ++f.mode) {
            Terms t = Pack.terms(f);
            for (uint256 round = voids % 5; round < 5; ++round) {
                uint256 grown = round - voids % 5;
                uint256 first = t.committeeAfter(grown + 1);
                assertEq(t.prepaidSeats(round, grown), _doubling(first, 4 - round));
            }
        }
    }

    /// @dev `count` committees in a row, of which the first has `size` seats.
    function _doubling(uint256 size, uint256 count) private pure returns (uint256 seats) {
        for (uint256 i; i < count; ++i) {
            seats += size;
            size = 2 * size + 1 > LARGEST_COMMITTEE ? LARGEST_COMMITTEE : 2 * size + 1;
        }
    }

    function _fit(TermsFields memory f) private pure returns (TermsFields memory) {
        f.mode %= 2 ** 8;
        f.committee %= 2 ** 8;
        f.rounds %= 2 ** 8;
        f.commitSeconds %= 2 ** 24;
        f.revealSeconds %= 2 ** 24;
        f.appealWindow %= 2 ** 32;
        f.seatFee %= 2 ** 48;
        f.seatFeeCap %= 2 ** 48;
        f.bond %= 2 ** 48;
        f.reserved %= 2 ** 8;
        return f;
    }
}
