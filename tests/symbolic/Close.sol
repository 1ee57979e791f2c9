// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Division} from "../../contracts/libraries/Division.sol";
import {Rules, RulesLib} from "../../contracts/types/Rules.sol";
import {Pack, TermsFields} from "../forge/utils/Pack.sol";
import {Test} from "../forge/utils/Test.sol";

/// @dev The division of a job that was appealed once: nothing is made or lost, whatever the votes, and whatever the amounts.
contract CloseSymbolic is Test {
    uint256 private constant ROYALTY_BPS = 700;
    uint256 private constant PROTOCOL_FEE_BPS = 300;
    uint256 private constant BURN_BPS = 4_000;
    uint256 private constant STEPS = 255;
    /// @dev Wei, so that a step of the price is a whole number of them.
    uint256 private constant UNIT = STEPS;
    uint256 private constant OWN_SEATS = 5;
    uint256 private constant PREPAID_SEATS = 11;

    /// @dev Who was right and at which price, how many bonds were lost, who was wrong.
    struct Votes {
        uint256 right;
        uint256 steps;
        uint256 rightAfter;
        uint256 stepsAfter;
        uint256 lost;
        bool answered;
        bool wrong;
    }

    /// @dev Units.
    struct Amounts {
        uint256 fee;
        uint256 rise;
        uint256 bond;
    }

    function check_divide__any_votes__nothing_made_or_lost(uint8 right, uint8 rightAfter, uint8 lost, bool wrong)
        public
        pure
    {
        vm.assume(right <= OWN_SEATS && rightAfter <= PREPAID_SEATS && lost <= OWN_SEATS + PREPAID_SEATS);
        unchecked {
            Votes memory v =
                Votes(right, 100 * uint256(right), rightAfter, 200 * uint256(rightAfter), lost, true, wrong);
            _assertBalanced(v, Amounts(101, 110, 1_009));
        }
    }

    function check_divide__any_prices__nothing_made_or_lost(uint16 steps, bool wrong) public pure {
        vm.assume(steps <= 4 * STEPS);
        _assertBalanced(Votes(4, steps, 9, 1_300, 3, true, wrong), Amounts(101, 110, 1_009));
    }

    function check_divide__no_answer__nothing_made_or_lost(uint8 lost) public pure {
        vm.assume(lost <= OWN_SEATS + PREPAID_SEATS);
        _assertBalanced(Votes(0, 0, 0, 0, lost, false, false), Amounts(101, 110, 1_009));
    }

    function check_divide__any_bond__nothing_made_or_lost(uint8 bond, bool wrong) public pure {
        _assertBalanced(Votes(1, 200, 9, 1_300, 4, true, wrong), Amounts(101, 110, bond));
    }

    function check_divide__any_fee__nothing_made_or_lost(uint8 fee, bool wrong) public pure {
        vm.assume(fee < 16);
        _assertBalanced(Votes(4, 200, 9, 1_300, 3, true, wrong), Amounts(fee, 110, 1_009));
    }

    /// @dev Escrow, deposit and lost bonds on one side; dues, burn, treasury, royalty and what right seats claim on the
    /// other. In `unchecked`, because a checked product asks the solver for one more division; these are small.
    function _assertBalanced(Votes memory v, Amounts memory a) private pure {
        Division.Case memory c = _case(v, a);
        Division.Parts memory p = Division.divide(c);
        (uint256 seat, uint256 step) = Division.rates(c.terms, c.rules, c.unit);
        unchecked {
            uint256 cap = a.fee + a.rise;
            uint256 moneyIn = UNIT * (v.lost * a.bond + OWN_SEATS * cap + a.bond + PREPAID_SEATS * cap);
            uint256 claimed = (v.right + v.rightAfter) * seat + (v.steps + v.stepsAfter) * step;
            uint256 moneyOut = p.burned + p.treasury + p.royalty + claimed + p.dues[0] + p.dues[1];
            assertEq(moneyIn, moneyOut);
        }
    }

    function _case(Votes memory v, Amounts memory a) private pure returns (Division.Case memory c) {
        TermsFields memory f;
        unchecked {
            (f.seatFee, f.seatFeeCap, f.bond) = (a.fee, a.fee + a.rise, a.bond);
        }
        c.terms = Pack.terms(f);
        c.rules = RulesLib.ofVersion(0, 0, 0, ROYALTY_BPS).withProtocol(PROTOCOL_FEE_BPS, BURN_BPS);
        c.unit = UNIT;
        c.answered = v.answered;
        c.lost = v.lost;
        c.payers = new Division.Payer[](2);
        (c.payers[0].seats, c.payers[0].right, c.payers[0].steps) = (OWN_SEATS, v.right, v.steps);
        Division.Payer memory appellant = c.payers[1];
        (appellant.seats, appellant.first) = (PREPAID_SEATS, PREPAID_SEATS);
        (appellant.right, appellant.steps, appellant.wrong) = (v.rightAfter, v.stepsAfter, v.wrong);
    }
}
