// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Division} from "../../../contracts/libraries/Division.sol";
import {Rules, RulesLib} from "../../../contracts/types/Rules.sol";
import {Terms} from "../../../contracts/types/Terms.sol";
import {Pack, TermsFields} from "../utils/Pack.sol";
import {Test} from "../utils/Test.sol";

/// @dev Money in is money out, for any case a job can come to.
contract DivisionTest is Test {
    struct PayerSeed {
        uint8 seats;
        uint8 right;
        uint16 steps;
        uint8 first;
        bool wrong;
    }

    struct Seed {
        uint48 fee;
        uint48 cap;
        uint48 bond;
        uint64 unit;
        uint16[3] bps;
        bool answered;
        uint8 lost;
        uint64 deliveryFee;
        uint8 payers;
        PayerSeed[5] payer;
    }

    /// @dev Deposits, lost bonds and the escrow on one side; dues, burn, treasury, royalty and what right seats claim on the
    /// other. Returned bonds of seats are on neither. The delivery fee is the deliverer's, unless there is no answer.
    function test_divide__any_case__nothing_made_or_lost(Seed memory s) public pure {
        Division.Case memory c = _case(s);
        Division.Parts memory p = Division.divide(c);
        uint256 moneyIn = c.lost * c.terms.bond() * c.unit + (c.answered ? 0 : c.deliveryFee);
        for (uint256 i; i < c.payers.length; ++i) {
            uint256 seats = c.payers[i].seats;
            if (i == 0) moneyIn += seats * c.terms.seatFeeCap() * c.unit;
            else moneyIn += Division.deposit(c.terms, c.unit, seats);
        }
        uint256 moneyOut = p.burned + p.treasury + p.royalty + _claimed(c);
        for (uint256 i; i < p.dues.length; ++i) {
            moneyOut += p.dues[i];
        }
        assertEq(moneyIn, moneyOut);
    }

    function test_divide__any_case__requester_gets_no_lost_bond(Seed memory s) public pure {
        Division.Case memory c = _case(s);
        Division.Parts memory p = Division.divide(c);
        assertEq(p.refund, p.dues[0]);
        (uint256 base, uint256 rise) = Division.prices(c.terms, c.unit);
        uint256 spent = c.payers[0].right * base + c.payers[0].steps * rise;
        uint256 unspent = c.payers[0].seats * c.terms.seatFeeCap() * c.unit - spent;
        assertEq(p.refund, c.answered ? unspent : unspent + c.deliveryFee);
    }

    function test_divide__any_case__share_of_every_lost_bond_is_burned(Seed memory s) public pure {
        Division.Case memory c = _case(s);
        uint256 bonds = c.lost;
        for (uint256 i = 1; i < c.payers.length; ++i) {
            if (c.payers[i].wrong) ++bonds;
        }
        assertEq(Division.divide(c).burned, bonds * c.terms.bond() * c.unit * c.rules.burnBps() / 10_000);
    }

    /// @dev Nobody gets more than its deposit, what its rounds cost, and what burning leaves of one bond; nor a wrong one its
    /// bond.
    function test_divide__any_case__no_appellant_is_rewarded_more_than_burning_leaves_of_a_bond(Seed memory s)
        public
        pure
    {
        Division.Case memory c = _case(s);
        Division.Parts memory p = Division.divide(c);
        (uint256 base, uint256 rise) = Division.prices(c.terms, c.unit);
        uint256 bond = c.terms.bond() * c.unit;
        for (uint256 i = 1; i < c.payers.length; ++i) {
            Division.Payer memory payer = c.payers[i];
            uint256 prepaid = payer.seats * c.terms.seatFeeCap() * c.unit;
            uint256 unspent = prepaid - payer.right * base - payer.steps * rise;
            if (payer.wrong) assertEq(p.dues[i], unspent);
            else if (c.answered) assertGe(p.dues[i], unspent + bond);
            else assertEq(p.dues[i], prepaid + bond - payer.first * c.terms.seatFeeCap() * c.unit);
            assertLe(p.dues[i], prepaid + 2 * bond - bond * c.rules.burnBps() / 10_000);
        }
    }

    /// @dev A pool that does not reach: all are repaid their rounds before any is rewarded, and each time the earliest first.
    function test_divide__any_case__repaid_before_rewarded_and_the_earliest_first(Seed memory s) public pure {
        Division.Case memory c = _case(s);
        if (!c.answered) return;
        Division.Parts memory p = Division.divide(c);
        (uint256 base, uint256 rise) = Division.prices(c.terms, c.unit);
        uint256 bond = c.terms.bond() * c.unit;
        uint256 forfeited = c.lost;
        for (uint256 i = 1; i < c.payers.length; ++i) {
            if (c.payers[i].wrong) ++forfeited;
        }
        uint256 pool = forfeited * bond - p.burned;
        uint256 reward = bond - bond * c.rules.burnBps() / 10_000;
        uint256[] memory expected = new uint256[](c.payers.length);
        for (uint256 pass; pass < 2; ++pass) {
            for (uint256 i = 1; i < c.payers.length; ++i) {
                if (c.payers[i].wrong) continue;
                uint256 spent = c.payers[i].right * base + c.payers[i].steps * rise;
                if (pass == 0) expected[i] = c.payers[i].seats * c.terms.seatFeeCap() * c.unit - spent + bond;
                uint256 claim = pass == 0 ? spent : reward;
                uint256 taken = claim < pool ? claim : pool;
                expected[i] += taken;
                pool -= taken;
            }
        }
        for (uint256 i = 1; i < c.payers.length; ++i) {
            if (!c.payers[i].wrong) assertEq(p.dues[i], expected[i]);
        }
        assertGe(p.treasury, pool);
    }

    /// @dev What a seat and a step are paid is what is left of them after royalty and protocol fee, so seats may be
    /// claimed in any order and in any parts.
    function test_rates__any_case__what_royalty_and_fee_leave_of_base_and_rise(Seed memory s) public pure {
        Division.Case memory c = _case(s);
        (uint256 base, uint256 rise) = Division.prices(c.terms, c.unit);
        (uint256 seat, uint256 step) = Division.rates(c.terms, c.rules, c.unit);
        (, uint256 royalty, uint256 fee) = c.rules.split(base);
        assertEq(seat + royalty + fee, base);
        (, royalty, fee) = c.rules.split(rise);
        assertEq(step + royalty + fee, rise);
    }

    function test_prices__any__never_above_the_cap(Seed memory s) public pure {
        Division.Case memory c = _case(s);
        (uint256 base, uint256 rise) = Division.prices(c.terms, c.unit);
        assertEq(base, c.terms.seatFee() * c.unit);
        uint256 cap = c.terms.seatFeeCap() * c.unit;
        assertLe(base + 255 * rise, cap);
        assertLt(cap - base - 255 * rise, 255);
    }

    function test_divide__largest_figures__no_overflow() public pure {
        Seed memory s;
        (s.fee, s.cap, s.bond, s.unit) = (2 ** 48 - 1, 2 ** 48 - 1, 2 ** 48 - 1, 1e18);
        (s.answered, s.lost, s.deliveryFee, s.payers) = (true, 255, type(uint64).max, 4);
        for (uint256 i; i < 5; ++i) {
            s.payer[i] = PayerSeed(255, 255, type(uint16).max, 0, false);
        }
        test_divide__any_case__nothing_made_or_lost(s);
        s.answered = false;
        test_divide__any_case__nothing_made_or_lost(s);
    }

    // --- helpers ---

    /// @dev What right seats claim, reckoned seat by seat from their shares.
    function _claimed(Division.Case memory c) private pure returns (uint256 sum) {
        (uint256 seat, uint256 step) = Division.rates(c.terms, c.rules, c.unit);
        for (uint256 i; i < c.payers.length; ++i) {
            sum += c.payers[i].right * seat + c.payers[i].steps * step;
        }
    }

    function _case(Seed memory s) private pure returns (Division.Case memory c) {
        TermsFields memory f;
        f.seatFee = bound(s.fee, 1, 2 ** 48 - 1);
        f.seatFeeCap = bound(s.cap, f.seatFee, 2 ** 48 - 1);
        f.bond = bound(s.bond, f.seatFeeCap, 2 ** 48 - 1);
        c.terms = Pack.terms(f);
        c.unit = bound(s.unit, 1, 1e18);
        c.rules =
            RulesLib.ofVersion(0, 0, 0, s.bps[0] % 5_001).withProtocol(s.bps[1] % 1_001, bound(s.bps[2], 1_000, 9_000));
        c.deliveryFee = uint256(s.deliveryFee) * c.unit;
        c.answered = s.answered;
        c.lost = s.lost;
        c.payers = new Division.Payer[](1 + s.payers % 5);
        for (uint256 i; i < c.payers.length; ++i) {
            c.payers[i] = _payer(s.payer[i], i, c.answered);
        }
    }

    /// @dev Without an answer no seat is right and no appellant wrong.
    function _payer(PayerSeed memory s, uint256 i, bool answered) private pure returns (Division.Payer memory p) {
        p.seats = s.seats;
        if (answered) p.right = bound(s.right, 0, s.seats);
        p.steps = bound(s.steps, 0, 255 * p.right);
        p.first = bound(s.first, 0, s.seats);
        p.account = address(uint160(i));
        p.round = i;
        p.wrong = i != 0 && answered && s.wrong;
    }
}
