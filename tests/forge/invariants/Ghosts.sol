// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Request} from "../../../contracts/types/Request.sol";
import {Rules} from "../../../contracts/types/Rules.sol";

/// @dev One worker's vote in one round, or its proposal. Answers are numbered, see `Book._result`.
struct GhostVote {
    address worker;
    uint8 round;
    uint8 seats;
    /// @dev Of the price.
    uint8 step;
    bool isProposal;
    /// @dev Its result is known.
    bool spoken;
    bool takenBack;
    bool vindicated;
    /// @dev Its round stayed short.
    bool undone;
    uint16 slot;
    uint8 answer;
    /// @dev The answer named as a reference at the reveal.
    uint8 supported;
    /// @dev One bit for each answer it supports.
    uint16 backing;
    bytes32 commitment;
    /// @dev The book's number of the job that the commitment was really made for; zero: its own. Such a vote never opens.
    uint256 foreign;
}

/// @dev An appeal of the answer of a round.
struct GhostAppeal {
    address account;
    uint8 round;
    uint8 answer;
    /// @dev Somebody has shown that the next answer appealed was the same.
    bool upheld;
    /// @dev Seats paid in advance, those of the first round it caused among them.
    uint16 seats;
    uint16 first;
}

/// @dev A job as the protocol's text has it, kept beside the contracts and apart from them.
struct GhostJob {
    bytes32 id;
    Request request;
    Rules rules;
    /// @dev Wei that went in and has not come out.
    uint256 pot;
    uint8 status;
    uint8 round;
    /// @dev Earlier rounds that were not void: each has made the committee grow.
    uint8 grown;
    bool closed;
    bool delivered;
    bool feePaid;
    /// @dev The answer there is, final or not.
    uint8 settled;
    /// @dev The answer that was first supported in this round.
    uint8 first;
    /// @dev When the round opened; of a proposal when it was made; from the first reveal on, when the reveal phase began.
    uint64 since;
    uint64 seedBlock;
    /// @dev Of the round under way, once somebody has committed.
    uint256 seed;
    uint16 committed;
    uint16 revealed;
    bool[8] isVoid;
    GhostVote[] votes;
    GhostAppeal[] appeals;
}

/// @dev How the money of a job is divided when it is closed, amounts in wei.
struct GhostDivision {
    uint256 lostSeats;
    uint256 burned;
    uint256 refund;
    uint256 royalty;
    uint256 treasury;
    /// @dev What each appellant gets, in the order of the appeals.
    uint256[] dues;
}

/// @dev A worker, amounts in units. Weights are those of this epoch and the one before.
struct GhostWorker {
    address signer;
    bool active;
    uint256 free;
    uint256 unbonding;
    uint256 releaseEpoch;
    uint256 weight;
    uint256 previousWeight;
}
