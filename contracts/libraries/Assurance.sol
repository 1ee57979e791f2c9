// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BASIS_POINTS} from "../types/Rules.sol";
import {MODE_OPTIMISTIC, Terms} from "../types/Terms.sol";

/// @title Assurance: how sure an answer under given terms is
library Assurance {
    uint256 private constant ONE = 1e18;

    /// @notice Seats of the committee that guards an answer first, and its quorum: the first committee, or of an
    /// optimistic job the one that an appeal calls.
    function guard(Terms terms) internal pure returns (uint256 seats, uint256 quorum) {
        uint256 round = terms.mode() == MODE_OPTIMISTIC ? 1 : 0;
        seats = terms.committeeAfter(round);
        quorum = round + 1 == terms.rounds() ? seats / 2 + 1 : (2 * seats + 2) / 3;
    }

    /// @notice What a false answer loses for certain if one honest party appeals it, units: the burned part of the bonds
    /// of the fewest seats that can give it. Zero without an appeal window: then the draw alone guards the answer.
    function lieCost(Terms terms, uint256 burnBps) internal pure returns (uint256) {
        if (terms.appealWindow() == 0) return 0;
        (, uint256 quorum) = guard(terms);
        uint256 seats = terms.mode() == MODE_OPTIMISTIC ? 1 : quorum;
        return seats * terms.bond() * burnBps / BASIS_POINTS;
    }

    /// @notice How likely a share of the stake, split finely, holds a quorum of that committee; in 1e18.
    /// @dev Its seats are Poisson distributed with mean `m = seats · share`, so that is `1 - A / B` with A the sum of
    /// `m^k / k!` over k below the quorum, and B the same sum over all k, here until a term is below 1e-18. Rounded by
    /// less than 1e-15.
    function capture(Terms terms, uint256 shareBps) internal pure returns (uint256) {
        (uint256 seats, uint256 quorum) = guard(terms);
        uint256 mean = seats * shareBps * ONE / BASIS_POINTS;
        uint256 below;
        uint256 all;
        uint256 term = ONE;
        for (uint256 k; term != 0; ++k) {
            if (k < quorum) below += term;
            all += term;
            term = term * mean / ONE / (k + 1);
        }
        return ONE - below * ONE / all;
    }
}
