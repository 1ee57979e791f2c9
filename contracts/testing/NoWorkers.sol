// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BlockhashEntropy} from "../entropy/BlockhashEntropy.sol";
import {Lifecycle} from "../settlement/Lifecycle.sol";
import {JobKey} from "../types/Request.sol";
import {Rules} from "../types/Rules.sol";
import {Terms} from "../types/Terms.sol";

/// @title NoWorkers: the protocol's lifecycle of jobs, without all that workers and appellants do
/// @dev For tests only. What is left out is refused by name.
abstract contract NoWorkers is Lifecycle, BlockhashEntropy {
    /// @notice This takes a real deployment, with workers.
    error NoWorkersHere(bytes4 refused);

    function propose(JobKey calldata, address, bytes calldata) external pure {
        _refuse();
    }

    function proposeMany(Terms, Rules, address, Proposal[] calldata) external pure {
        _refuse();
    }

    function appeal(JobKey calldata, address, bytes32) external pure {
        _refuse();
    }

    function commit(JobKey calldata, address, bytes32, uint256) external pure {
        _refuse();
    }

    function commitMany(Terms, Rules, address, uint256, Bid[] calldata) external pure {
        _refuse();
    }

    function reveal(JobKey calldata, address, uint256, bytes32, bytes calldata) external pure {
        _refuse();
    }

    function revealKnown(JobKey calldata, address, uint256, bytes32, bytes32) external pure {
        _refuse();
    }

    function revealMany(Terms, Rules, address, Opening[] calldata) external pure {
        _refuse();
    }

    function revealKnownMany(Terms, Rules, address, KnownOpening[] calldata) external pure {
        _refuse();
    }

    function revealNear(JobKey calldata, address, uint256, bytes32, bytes calldata, bytes calldata) external pure {
        _refuse();
    }

    function addSupport(JobKey calldata, address, Ballot calldata, bytes calldata, bytes calldata) external pure {
        _refuse();
    }

    function vindicate(JobKey calldata, address, Ballot calldata, bytes calldata, bytes calldata) external pure {
        _refuse();
    }

    function uphold(JobKey calldata, uint256, bytes calldata, bytes calldata) external pure {
        _refuse();
    }

    function claim(address, Claim[] calldata) external pure {
        _refuse();
    }

    function claimMany(Terms, Rules, address, Return[] calldata) external pure {
        _refuse();
    }

    function vote(address, uint256) external pure returns (uint256) {
        _refuse();
    }

    function seatsOf(JobKey calldata, address) external pure returns (uint256, uint256) {
        _refuse();
    }

    function appellant(bytes32, uint256) external pure returns (address, bool) {
        _refuse();
    }

    function commitmentOf(bytes32, uint256, address, bytes32, bytes32) external pure returns (bytes32) {
        _refuse();
    }

    function _refuse() private pure {
        revert NoWorkersHere(msg.sig);
    }
}
