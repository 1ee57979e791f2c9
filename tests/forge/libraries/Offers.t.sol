// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Offer} from "../../../contracts/libraries/Offers.sol";
import {MODE_OPTIMISTIC, MODE_QUORUM, Terms} from "../../../contracts/types/Terms.sol";
import {Pack, TermsFields} from "../utils/Pack.sol";
import {Test} from "../utils/Test.sol";

contract OffersTest is Test {
    function testFuzz_forCommittee__any__word_as_documented(Offer memory offer) public pure {
        assertEq(Terms.unwrap(offer.forCommittee()), Terms.unwrap(_packed(offer, MODE_QUORUM)));
    }

    function testFuzz_optimistic__any__word_as_documented(Offer memory offer) public pure {
        assertEq(Terms.unwrap(offer.optimistic()), Terms.unwrap(_packed(offer, MODE_OPTIMISTIC)));
    }

    function testFuzz_forCommittee__no_cap__price_does_not_rise(Offer memory offer) public pure {
        offer.seatFeeCap = 0;
        Terms terms = offer.forCommittee();
        assertEq(terms.seatFeeCap(), offer.seatFee);
        assertFalse(terms.isRange());
    }

    function _packed(Offer memory o, uint256 mode) private pure returns (Terms) {
        uint256 cap = o.seatFeeCap == 0 ? o.seatFee : o.seatFeeCap;
        return Pack.terms(
            TermsFields({
                mode: mode,
                committee: o.committee,
                rounds: o.rounds,
                commitSeconds: o.commitSeconds,
                revealSeconds: o.revealSeconds,
                appealWindow: o.appealWindow,
                seatFee: o.seatFee,
                seatFeeCap: cap,
                bond: o.bond,
                reserved: 0
            })
        );
    }
}
