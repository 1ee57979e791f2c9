// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {Job} from "../utils/Fixture.sol";
import {AttackFixture} from "./AttackFixture.sol";

/// @dev Attack: items that make a step in many jobs dearer for the others, by memory that is never given back.
contract ReviewManyGasTest is AttackFixture {
    uint256 private constant LARGEST = 61_440;

    /// @dev All refused, because nobody has committed: what is paid for each does not grow with their number.
    function test_revealMany__large_results_refused__each_as_dear_as_the_first() public {
        Job memory job = _postExact(5, 1);
        _commitRange(job, 0, 5, "a");
        uint256 few = _gasOfReveals(job, 4);
        uint256 many = _gasOfReveals(job, 40);
        assertLt(many, 10 * few);
    }

    function test_commitMany__hundreds_refused__each_as_dear_as_the_first() public {
        Job memory job = _postExact(5, 1);
        uint256 few = _gasOfBids(job, 50);
        uint256 many = _gasOfBids(job, 1_000);
        assertLt(many, 21 * few);
    }

    /// @dev One that reaches for a place out of bounds, or a job out of thin air, leaves the others as they are.
    function test_claimMany__words_out_of_bounds__skipped_and_the_others_paid() public {
        Job memory job = _postExact(5, 1);
        _voted(job, 5, "a", "");
        ISettlementTypes.Return[] memory returned = new ISettlementTypes.Return[](6);
        for (uint256 i; i < 6; ++i) {
            returned[i] = ISettlementTypes.Return(job.key.body, _revealedBallot(job, 0, workers[0], "a"));
        }
        returned[0].body = bytes32(type(uint256).max);
        returned[1].ballot.first = bytes32(type(uint256).max);
        returned[2].ballot.second = bytes32(type(uint256).max);
        returned[3].ballot.place = type(uint256).max;
        returned[4].ballot.place |= 7 << 16;
        settlement.claimMany(job.key.terms, job.rules, workers[0], returned);
        assertEq(_freeStake(workers[0]), STAKE);
        for (uint256 i = 1; i < 5; ++i) {
            _claim(job, 0, workers[i], "a");
        }
        _close(job);
        _assertNothingLeftInJobs();
    }

    function _gasOfReveals(Job memory job, uint256 count) private returns (uint256) {
        ISettlementTypes.Opening[] memory openings = new ISettlementTypes.Opening[](count);
        bytes memory result = new bytes(LARGEST);
        for (uint256 i; i < count; ++i) {
            openings[i] = ISettlementTypes.Opening(job.key.body, i, 0, result);
        }
        return _gasOf(abi.encodeCall(settlement.revealMany, (job.key.terms, job.rules, workers[0], openings)));
    }

    function _gasOfBids(Job memory job, uint256 count) private returns (uint256) {
        ISettlementTypes.Bid[] memory bids = new ISettlementTypes.Bid[](count);
        for (uint256 i; i < count; ++i) {
            bids[i] = ISettlementTypes.Bid(keccak256(abi.encode(i)), 0);
        }
        return _gasOf(abi.encodeCall(settlement.commitMany, (job.key.terms, job.rules, workers[0], 1, bids)));
    }

    /// @dev Of the call alone: its data are made before.
    function _gasOf(bytes memory data) private returns (uint256) {
        vm.cool(address(settlement));
        (bool ok, bytes memory used) = address(this).call(abi.encodeCall(this.run, (data)));
        assertTrue(ok);
        return abi.decode(used, (uint256));
    }

    function run(bytes calldata data) external returns (uint256) {
        bytes memory copy = data;
        address target = address(settlement);
        uint256 before = gasleft();
        assembly ("memory-safe") {
            if iszero(call(gas(), target, 0, add(copy, 32), mload(copy), 0, 0)) { revert(0, 0) }
        }
        return before - gasleft();
    }
}
