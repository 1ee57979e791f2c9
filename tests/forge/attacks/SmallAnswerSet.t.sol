// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Job} from "../utils/Fixture.sol";
import {AttackFixture} from "./AttackFixture.sol";

/// @dev Attack: with ten possible labels, hash each of them and see which one a commitment holds.
contract SmallAnswerSetTest is AttackFixture {
    function test_labels_tried__salted_commitment_matches_none() public {
        Job memory job = _postExact(5, 1);
        bytes32 commitment = _commitment(job, workers[0], _label(7));
        assertFalse(_matches(job, commitment, 0));
        assertFalse(_matches(job, commitment, job.id));
        assertFalse(_matches(job, commitment, bytes32(uint256(uint160(workers[0])))));
        assertTrue(_matches(job, commitment, _salt(job.id, 0, workers[0])));
    }

    /// @dev Why the salt is the worker's business: the contract takes any.
    function test_labels_tried__commitment_without_salt__found() public view {
        bytes32 commitment = settlement.commitmentOf("job", 0, workers[0], keccak256(_label(7)), 0);
        Job memory job;
        job.id = "job";
        assertTrue(_matches(job, commitment, 0));
    }

    function _matches(Job memory job, bytes32 commitment, bytes32 salt) private view returns (bool) {
        for (uint256 i; i < 10; ++i) {
            if (settlement.commitmentOf(job.id, 0, workers[0], keccak256(_label(i)), salt) == commitment) return true;
        }
        return false;
    }

    function _label(uint256 i) private pure returns (bytes memory) {
        return abi.encodePacked(hex"010700", uint64(i) << 56);
    }
}
