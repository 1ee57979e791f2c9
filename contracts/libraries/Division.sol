// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BASIS_POINTS, Rules} from "../types/Rules.sol";
import {Terms} from "../types/Terms.sol";
import {Sortition} from "./Sortition.sol";

/// @title Division: how the money of a job is divided once it has ended. Amounts in wei, unless they are units
/// @dev A seat is paid `base + step · rise`, whatever happens to others. Shares are taken of base and rise apart, so
/// that sums over seats and steps are exact to the wei, in whatever order seats are claimed.
library Division {
    /// @notice Somebody whose money pays for seats: the requester, or an appellant.
    struct Payer {
        /// @dev Seats paid for in advance, at the highest price.
        uint256 seats;
        /// @dev Seats that were right in the rounds it pays for, and the steps of their prices.
        uint256 right;
        uint256 steps;
        // The rest is about appellants only.
        address account;
        uint256 round;
        /// @dev Seats of the first round it has caused.
        uint256 first;
        /// @dev Whether the answer it appealed was given again, by the round it caused or by the last one.
        bool wrong;
    }

    /// @notice What is divided, and by which rules.
    struct Case {
        Terms terms;
        Rules rules;
        /// @dev Wei in a unit.
        uint256 unit;
        /// @dev Wei.
        uint256 deliveryFee;
        /// @dev Whether the job has an answer.
        bool answered;
        /// @dev Seats whose bonds are lost.
        uint256 lost;
        /// @dev The requester first, then the appellants in the order of their rounds.
        Payer[] payers;
    }

    /// @notice Where it goes.
    struct Parts {
        /// @dev Seats that earned their fee.
        uint256 right;
        uint256 burned;
        uint256 refund;
        uint256 treasury;
        uint256 royalty;
        /// @dev What each payer gets; the first entry is `refund` again.
        uint256[] dues;
    }

    /// @notice Price of a seat at step 0, and what each step adds.
    function prices(Terms terms, uint256 unit) internal pure returns (uint256 base, uint256 rise) {
        unchecked {
            base = terms.seatFee() * unit; // 48 and 60 bits; the queue keeps the cap above the fee
            rise = (terms.seatFeeCap() - terms.seatFee()) * unit / Sortition.STEPS;
        }
    }

    /// @notice What a right worker is paid for a seat and for each step of its price, less royalty and protocol fee.
    function rates(Terms terms, Rules rules, uint256 unit) internal pure returns (uint256 seat, uint256 step) {
        (uint256 base, uint256 rise) = prices(terms, unit);
        (seat,,) = rules.split(base);
        if (rise != 0) (step,,) = rules.split(rise);
    }

    /// @notice Deposit of an appeal: one bond, and the seats it prepays at the highest price.
    function deposit(Terms terms, uint256 unit, uint256 seats) internal pure returns (uint256) {
        return (terms.bond() + seats * terms.seatFeeCap()) * unit;
    }

    /// @notice Divides what is left of a job: everything but bonds and fees of its right seats, which they claim.
    /// @dev A lost bond reaches neither another seat nor the requester, else whoever is both, with a majority of the
    /// seats, would farm the minority. An appellant is another matter: it risks its own bond before it knows the draw.
    function divide(Case memory c) internal pure returns (Parts memory p) {
        (uint256 base, uint256 rise) = prices(c.terms, c.unit);
        uint256 steps;
        uint256 forfeited = c.lost;
        for (uint256 i; i < c.payers.length; ++i) {
            p.right += c.payers[i].right;
            steps += c.payers[i].steps;
            if (c.payers[i].wrong) ++forfeited;
        }
        forfeited *= c.terms.bond() * c.unit;
        p.burned = forfeited * c.rules.burnBps() / BASIS_POINTS;
        p.treasury = forfeited - p.burned;

        uint256 bond = c.terms.bond() * c.unit;
        p.dues = new uint256[](c.payers.length);
        for (uint256 i; i < c.payers.length; ++i) {
            uint256 spent = c.payers[i].right * base + c.payers[i].steps * rise;
            p.dues[i] = c.payers[i].seats * c.terms.seatFeeCap() * c.unit - spent;
            if (i != 0) _addDeposit(c, p, i, bond, spent);
            else if (!c.answered) p.dues[0] += c.deliveryFee;
        }
        // Everybody is repaid before anybody is rewarded. With at most what burning leaves of one bond: so a liar that
        // appeals itself does not recover what burning took, whoever else loses a bond.
        uint256 reward = bond - bond * c.rules.burnBps() / BASIS_POINTS;
        for (uint256 i = 1; c.answered && i < c.payers.length; ++i) {
            if (!c.payers[i].wrong) p.dues[i] += _take(p, reward);
        }
        p.refund = p.dues[0];
        _shares(c.rules, p, base, p.right);
        _shares(c.rules, p, rise, steps);
    }

    /// @dev What an appellant gets beyond what its rounds did not use: if it was right its bond, and what they cost.
    function _addDeposit(Case memory c, Parts memory p, uint256 i, uint256 bond, uint256 spent) private pure {
        if (c.payers[i].wrong) return;
        p.dues[i] += bond;
        if (c.answered) {
            p.dues[i] += _take(p, spent);
            return;
        }
        // Without an answer an appeal must not be a free veto.
        uint256 forfeit = c.payers[i].first * c.terms.seatFeeCap() * c.unit;
        p.dues[i] -= forfeit;
        p.treasury += forfeit;
    }

    /// @dev Takes an amount, or as much as there is, out of what is left of lost bonds.
    function _take(Parts memory p, uint256 amount) private pure returns (uint256 taken) {
        taken = amount < p.treasury ? amount : p.treasury;
        p.treasury -= taken;
    }

    /// @dev Adds royalty and protocol fee of `count` equal amounts.
    function _shares(Rules rules, Parts memory p, uint256 amount, uint256 count) private pure {
        (, uint256 royalty, uint256 treasury) = rules.split(amount);
        p.royalty += count * royalty;
        p.treasury += count * treasury;
    }
}
