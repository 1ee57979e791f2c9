// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {Job} from "../utils/Fixture.sol";
import {Vm} from "../utils/Vm.sol";
import {AttackFixture} from "./AttackFixture.sol";

/// @dev Attack: make whoever follows the events of a TOLERANCE job believe that another's reveal named a reference it did
/// not. `Supported` is emitted by `revealNear`, at once after `Revealed`, and by `addSupport`, which anybody may send: in one
/// batch right after a reveal of one's own, or as the next transaction in the block. Who tells the two apart by their places
/// alone then opens the victim's vote with a reference that is not in it, and cannot claim it.
contract ReviewMisreadSupportTest is AttackFixture {
    bytes32 private constant REVEALED = keccak256("Revealed(bytes32,address,bytes32)");
    bytes32 private constant SUPPORTED = keccak256("Supported(bytes32,address,bytes32)");

    /// @dev Worker 0 is the victim, worker 1 the attacker's. All results are within one tolerance.
    function test_support_added_for_another_after_an_own_reveal__adjacent_logs__vote_opened_so_is_not_claimed() public {
        Job memory job = _postTolerance(5, 1);
        _commit(job, workers[0], _quarters(0), 1);
        _commit(job, workers[1], _quarters(1), 1);
        _commitRange(job, 2, 5, _quarters(2));
        _reveal(job, workers[0], _quarters(0));

        Vm.Log[] memory logs = _revealAndSupport(job);
        assertEq(logs[1].topics[0], REVEALED);
        (address revealed,) = abi.decode(logs[1].data, (address, bytes32));
        assertEq(revealed, workers[1]);
        assertEq(logs[2].topics[0], SUPPORTED);
        assertEq(address(uint160(uint256(logs[2].topics[2]))), workers[0]);

        _revealRange(job, 2, 5, _quarters(2));
        assertTrue(settlement.isSettled(job.key, address(0), keccak256(_quarters(2))));
        // What a reader of places takes for the opening of the victim's vote, and what it is.
        settlement.vindicate(
            job.key, workers[0], _revealedBallot(job, 0, workers[0], _quarters(0)), _quarters(0), _quarters(2)
        );
        uint256 bonded = _freeStake(workers[0]);
        _expectClaimSkipped(job, workers[0], ISettlementTypes.NoSuchVote.selector);
        _claimBallot(job, workers[0], _ballot(job, 0, workers[0], keccak256(_quarters(0)), keccak256(_quarters(1))));
        assertEq(_freeStake(workers[0]), bonded);
        _claim(job, 0, workers[0], _quarters(0));
        assertEq(_freeStake(workers[0]), bonded + BOND);
    }

    /// @dev The settled answer is another one, so the victim has to show that it was right. It tries with the opening that a
    /// reader of places takes for its vote's, and loses its bond.
    function test_support_added_for_another_after_an_own_reveal__vote_opened_so_is_not_vindicated__bond_lost() public {
        Job memory job = _postTolerance(5, 1);
        _commit(job, workers[0], _quarters(0), 1);
        _commit(job, workers[1], _quarters(1), 1);
        _commitRange(job, 2, 5, _quarters(2));
        _reveal(job, workers[0], _quarters(0));
        _revealAndSupport(job);
        _revealRange(job, 2, 5, _quarters(2));

        ISettlementTypes.Ballot memory ballot =
            _ballot(job, 0, workers[0], keccak256(_quarters(0)), keccak256(_quarters(1)));
        uint256 slot = slotOf[job.id][0][workers[0]];
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.NoSuchVote.selector, job.id, workers[0], slot));
        settlement.vindicate(job.key, workers[0], ballot, _quarters(0), _quarters(2));
        _wait(3 * REVEAL_SECONDS);
        _close(job);
        _claim(job, 0, workers[0], _quarters(0));
        assertEq(_freeStake(workers[0]), STAKE - BOND);
        assertEq(vault.credit(workers[0]), 0);
    }

    /// @dev ResultPublished, Revealed, Supported: the last two are of different workers.
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
