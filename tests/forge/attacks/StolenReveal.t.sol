// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {Job} from "../utils/Fixture.sol";
import {AttackFixture} from "./AttackFixture.sol";

/// @dev Attack: take salt and result out of another's pending reveal and use them first.
contract StolenRevealTest is AttackFixture {
    function test_reveal_copied__counts_and_pays_for_its_worker_only() public {
        Job memory job = _postExact(5, 1);
        _commitRange(job, 0, 5, "a");
        address victim = workers[0];
        uint256 slot = slotOf[job.id][0][victim];
        bytes32 salt = _salt(job.id, 0, victim);
        vm.startPrank(_signerOf(workers[1]));
        vm.expectRevert(
            abi.encodeWithSelector(
                ISettlementTypes.CommitmentMismatch.selector, workers[1], slotOf[job.id][0][workers[1]]
            )
        );
        settlement.reveal(job.key, workers[1], slotOf[job.id][0][workers[1]], salt, "a");
        // Sent as it is, the copy is the victim's reveal; the victim's own is then refused and nothing is lost.
        settlement.reveal(job.key, victim, slot, salt, "a");
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.CommitmentMismatch.selector, victim, slot));
        _reveal(job, victim, "a");
        _revealRange(job, 1, 5, "a");
        vm.prank(workers[1]);
        _claim(job, 0, victim, "a");
        assertEq(vault.credit(workers[1]), 0);
        assertGt(vault.credit(victim), 0);
    }

    function test_reveal_copied__other_result_in_the_victim_s_name__refused() public {
        Job memory job = _postExact(5, 1);
        _commitRange(job, 0, 5, "a");
        address victim = workers[0];
        uint256 slot = slotOf[job.id][0][victim];
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.CommitmentMismatch.selector, victim, slot));
        settlement.reveal(job.key, victim, slot, _salt(job.id, 0, victim), "lie");
    }

    /// @dev TOLERANCE: whom a result supports is the worker's to say, so a copy may not say otherwise.
    function test_near_reveal_copied__other_reference_in_the_victim_s_name__refused() public {
        Job memory job = _postTolerance(5, 1);
        _commit(job, workers[0], _quarters(2), 1);
        _commit(job, workers[1], _quarters(0), 1);
        _commit(job, workers[2], _quarters(6), 1);
        _commitRange(job, 3, 5, _quarters(0));
        _reveal(job, workers[1], _quarters(0));
        _reveal(job, workers[2], _quarters(6));
        uint256 slot = slotOf[job.id][0][workers[0]];
        bytes32 salt = _salt(job.id, 0, workers[0]);
        vm.prank(_signerOf(workers[2]));
        vm.expectRevert(
            abi.encodeWithSelector(ISettlementTypes.NotTheWorker.selector, workers[0], _signerOf(workers[2]))
        );
        settlement.revealNear(job.key, workers[0], slot, salt, _quarters(2), _quarters(6));
        _revealNear(job, workers[0], _quarters(2), _quarters(0));
    }
}
