// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Request} from "../../../contracts/types/Request.sol";
import {Rules} from "../../../contracts/types/Rules.sol";

/// @dev What a vote has come to.
enum Stage {
    VOTED,
    SPOKEN,
    TAKEN_BACK
}

/// @dev One worker's vote in one round. Answers are numbered, see `Book._result`.
struct GhostVote {
    address worker;
    uint8 round;
    uint8 seats;
    Stage stage;
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

/// @dev A job as the protocol's text has it, kept beside the contracts and apart from them.
struct GhostJob {
    bytes32 id;
    Request request;
    Rules rules;
    /// @dev Wei that went in and has not come out.
    uint256 pot;
    uint8 status;
    uint8 round;
    /// @dev Earlier rounds without a decision.
    uint8 grown;
    bool closed;
    bool delivered;
    bool feePaid;
    uint8 settled;
    /// @dev When the round opened; from the first reveal on, when its reveal phase began.
    uint64 since;
    uint64 seedBlock;
    uint16 committed;
    uint16 revealed;
    GhostVote[] votes;
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
