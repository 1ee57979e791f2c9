// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {LARGEST_COMMITTEE, Terms} from "../../../contracts/types/Terms.sol";
import {Pack, TermsFields} from "../utils/Pack.sol";
import {Test} from "../utils/Test.sol";

contract TermsTest is Test {
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

    function test_seatFees__any_terms__every_round_full(uint8 committee, uint8 rounds, uint48 fee) public pure {
        TermsFields memory f;
        f.committee = bound(committee, 3, 31);
        f.rounds = bound(rounds, 1, 5);
        f.seatFeeCap = fee;
        uint256 seats;
        uint256 size = f.committee;
        for (uint256 r; r < f.rounds; ++r) {
            seats += size;
            size = 2 * size + 1 > LARGEST_COMMITTEE ? LARGEST_COMMITTEE : 2 * size + 1;
        }
        assertEq(Pack.terms(f).seatFees(), seats * fee);
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
