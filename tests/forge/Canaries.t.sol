// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Test} from "./utils/Test.sol";

/// @dev A contract can check what `assay/canaries.py` commits to. Five canaries with the ids 1 to 5, the answer "cat"
/// and the salts 101 to 105; root and proof as tests/unit/test_canaries.py has them.
contract CanariesTest is Test {
    bytes32 private constant ROOT = 0x770126f6b2d4e98d2d21d19866edda62e3bf5f24d8794bd167ee30dd35ffcbb9;

    function test_verify__canary_of_the_python_tree__proven() public pure {
        assertTrue(MerkleProof.verify(_proof(), ROOT, _leaf(3, keccak256("cat"))));
    }

    function test_verify__another_answer_or_job__refused() public pure {
        assertFalse(MerkleProof.verify(_proof(), ROOT, _leaf(3, keccak256("dog"))));
        assertFalse(MerkleProof.verify(_proof(), ROOT, _leaf(2, keccak256("cat"))));
    }

    function _leaf(uint256 jobId, bytes32 answer) private pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(bytes32(jobId), answer, bytes32(100 + jobId)))));
    }

    function _proof() private pure returns (bytes32[] memory proof) {
        proof = new bytes32[](2);
        proof[0] = 0x05dd916a713c4514479289841e4455c605d8409b69a0ba19127ece06b47f65e5;
        proof[1] = 0x25350013ca87423276c7128102cc4105071fd929dda08fe99392a57f8de7b7d7;
    }
}
