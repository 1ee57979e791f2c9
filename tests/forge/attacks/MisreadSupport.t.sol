// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {Job} from "../utils/Fixture.sol";
import {Vm} from "../utils/Vm.sol";
import {AttackFixture} from "./AttackFixture.sol";

/// @dev Attack: make whoever follows the events of a TOLERANCE job believe that another's reveal named a reference it did
/// not. Anybody may add support to a result: in one batch right after a reveal of one's own, or as the next transaction of
/// the block. While both had one event, told apart by their places, a worker opened its vote with a reference that is not in
/// it, and lost the bond. Now `Supported` is what a reveal says, and `SupportAdded` what anybody can say of it.
contract MisreadSupportTest is AttackFixture {
    bytes32 private constant REVEALED = keccak256("Revealed(bytes32,address,bytes32)");
    bytes32 private constant SUPPORT_ADDED = keccak256("SupportAdded(bytes32,address,bytes32)");

    /// @dev Worker 0 is the victim, worker 1 the attacker's. All results are within one tolerance.
    function test_support_added_for_another_right_after_an_own_reveal__told_apart_and_the_vote_opens_as_before()
        public
    {
        Job memory job = _postTolerance(5, 1);
        _commit(job, workers[0], _quarters(0), 1);
        _commit(job, workers[1], _quarters(1), 1);
        _commitRange(job, 2, 5, _quarters(2));
        _reveal(job, workers[0], _quarters(0));

        Vm.Log[] memory logs = _revealAndSupport(job);
        assertEq(logs[1].topics[0], REVEALED);
        assertEq(logs[2].topics[0], SUPPORT_ADDED);
        assertEq(address(uint160(uint256(logs[2].topics[2]))), workers[0]);

        _revealRange(job, 2, 5, _quarters(2));
        assertTrue(settlement.isSettled(job.key, address(0), keccak256(_quarters(2))));
        settlement.vindicate(
            job.key, workers[0], _revealedBallot(job, 0, workers[0], _quarters(0)), _quarters(0), _quarters(2)
        );
        uint256 bonded = _freeStake(workers[0]);
        _claim(job, 0, workers[0], _quarters(0));
        assertEq(_freeStake(workers[0]), bonded + BOND);
    }

    /// @dev ResultPublished, Revealed, SupportAdded: the last two are about different workers.
    function _revealAndSupport(Job memory job) private returns (Vm.Log[] memory) {
        bytes[] memory calls = new bytes[](2);
        uint256 slot = slotOf[job.id][0][workers[1]];
        calls[0] =
            abi.encodeCall(settlement.reveal, (job.key, workers[1], slot, _salt(job.id, 0, workers[1]), _quarters(1)));
        ISettlementTypes.Ballot memory ballot = _revealedBallot(job, 0, workers[0], _quarters(0));
        calls[1] = abi.encodeCall(settlement.addSupport, (job.key, workers[0], ballot, _quarters(0), _quarters(1)));
        vm.recordLogs();
        vm.prank(_signerOf(workers[1]));
        settlement.batch(calls);
        return vm.getRecordedLogs();
    }
}
