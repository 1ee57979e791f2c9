// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {Batch} from "../../../contracts/base/Batch.sol";
import {Job} from "../utils/Fixture.sol";
import {AttackFixture} from "./AttackFixture.sol";

/// @dev Attack: a worker's commitment is held back until its round is over. In the next round nothing could open it, so its
/// bond would be lost.
contract LateCommitmentTest is AttackFixture {
    Job internal _late;
    bytes32 internal _commitmentOfRoundZero;
    bytes internal _refused;

    function setUp() public override {
        super.setUp();
        Job memory job = _postExact(5, 2);
        _late = job;
        _commitmentOfRoundZero = _commitment(job, workers[0], "a");
        _wait(COMMIT_SECONDS);
        _nextRound(job);
        _refused = abi.encodeWithSelector(ISettlementTypes.WrongRound.selector, job.id, 1, 0);
    }

    function test_commitment_mined_a_round_late__refused_and_the_right_one_taken() public {
        Job memory job = _late;
        vm.prank(_signerOf(workers[0]));
        vm.expectRevert(_refused);
        settlement.commit(job.key, workers[0], _commitmentOfRoundZero, 1);
        assertEq(_freeStake(workers[0]), STAKE);
        _commit(job, workers[0], "a", 1);
        assertEq(_freeStake(workers[0]), STAKE - BOND);
    }

    function test_commitment_mined_a_round_late_among_many__reported_and_nothing_bonded() public {
        ISettlementTypes.Bid[] memory bids = new ISettlementTypes.Bid[](1);
        bids[0] = ISettlementTypes.Bid(_late.key.body, _commitmentOfRoundZero);
        vm.expectEmit(address(settlement));
        emit Batch.BatchItemFailed(0, _refused);
        vm.prank(_signerOf(workers[0]));
        settlement.commitMany(_late.key.terms, _late.rules, workers[0], 1, bids);
        assertEq(_freeStake(workers[0]), STAKE);
    }
}
