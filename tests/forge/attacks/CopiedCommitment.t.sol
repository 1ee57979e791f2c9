// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {Job} from "../utils/Fixture.sol";
import {AttackFixture} from "./AttackFixture.sol";

/// @dev Attack: a lazy worker sends the commitment it saw another make, and hopes to open it once that one has.
contract CopiedCommitmentTest is AttackFixture {
    function test_commitment_copied__its_author_s_salt_does_not_open_it_for_the_copier() public {
        Job memory job = _postExact(5, 1);
        _commitRange(job, 0, 4, "a");
        address author = workers[0];
        address copier = workers[4];
        (, uint256 slot) = settlement.seatsOf(job.key, copier);
        slotOf[job.id][0][copier] = slot;
        bytes32 copied = _commitment(job, author, "a");
        vm.prank(_signerOf(copier));
        settlement.commit(job.key, copier, copied, 1);

        _revealRange(job, 0, 4, "a");
        bytes32[2] memory salts = [_salt(job.id, 0, author), _salt(job.id, 0, copier)];
        for (uint256 i; i < 2; ++i) {
            vm.prank(_signerOf(copier));
            vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.CommitmentMismatch.selector, copier, slot));
            settlement.reveal(job.key, copier, slot, salts[i], "a");
        }
        _wait(REVEAL_SECONDS);
        _close(job);
        _claimBallot(job, copier, _ballot(job, 0, copier, copied, 0));
        assertEq(_wealth(copier), (STAKE - BOND) * UNIT);
    }
}
