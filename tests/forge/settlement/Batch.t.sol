// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Batch} from "../../../contracts/base/Batch.sol";
import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {IStakeVault} from "../../../contracts/interfaces/IStakeVault.sol";
import {DECIDED, PROPOSED, REVEALING} from "../../../contracts/types/JobWord.sol";
import {AppealFixture} from "../utils/AppealFixture.sol";
import {Job} from "../utils/Fixture.sol";

/// @dev Many steps of one sender in one transaction: a bad one is reported, and the rest are done.
contract BatchTest is AppealFixture {
    Job[3] private _jobs;

    function test_batch__one_proposal_of_three_is_bad__the_others_are_made() public {
        _postThree();
        vm.prank(_signerOf(workers[1]));
        settlement.propose(_jobs[1].key, workers[1], "first");
        bytes[] memory calls = new bytes[](3);
        for (uint256 i; i < 3; ++i) {
            calls[i] = abi.encodeCall(settlement.propose, (_jobs[i].key, workers[0], "a"));
        }
        _expectFailure(1, abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, _jobs[1].id, PROPOSED));
        vm.prank(_signerOf(workers[0]));
        settlement.batch(calls);
        assertEq(settlement.job(_jobs[0].id).status, PROPOSED);
        assertEq(settlement.job(_jobs[2].id).status, PROPOSED);
        assertEq(_freeStake(workers[0]), STAKE - 2 * APPEAL_BOND);
    }

    /// @dev Credit that reaches for two appeals of three: the third fails, and nothing else.
    function test_batch__credit_for_two_appeals_of_three__two_are_made() public {
        _postThree();
        _proposeThree();
        uint256 deposit = BOND_WEI + 5 * CAP_WEI;
        address appellant = makeAddr("appellant");
        _fund(appellant, 2 * deposit + 1);
        bytes[] memory calls = new bytes[](3);
        for (uint256 i; i < 3; ++i) {
            calls[i] = abi.encodeCall(settlement.appeal, (_jobs[i].key, workers[i], keccak256("a")));
        }
        _expectFailure(2, abi.encodeWithSelector(IStakeVault.InsufficientCredit.selector, appellant, 1, deposit));
        vm.prank(appellant);
        settlement.batch(calls);
        for (uint256 i; i < 3; ++i) {
            assertEq(settlement.job(_jobs[i].id).round, i < 2 ? 1 : 0);
        }
        assertEq(vault.credit(appellant), 1);
    }

    /// @dev The sender of a batch is the sender of each call: nobody appeals with another's credit.
    function test_batch__appeal__from_the_credit_of_the_sender() public {
        _postThree();
        _proposeThree();
        bytes[] memory calls = new bytes[](1);
        calls[0] = abi.encodeCall(settlement.appeal, (_jobs[0].key, workers[0], keccak256("a")));
        uint256 before = vault.credit(rival);
        vm.prank(rival);
        settlement.batch(calls);
        assertEq(before - vault.credit(rival), BOND_WEI + 5 * CAP_WEI);
        (address account,) = settlement.appellant(_jobs[0].id, 0);
        assertEq(account, rival);
    }

    /// @dev Closes and claims of many jobs, of which one can still be appealed.
    function test_batch__one_close_of_three_is_early__the_others_are_closed_and_claimed() public {
        _postThree();
        _proposeThree();
        vm.prank(stranger);
        settlement.appeal(_jobs[1].key, workers[1], keccak256("a"));
        _wait(WINDOW);
        bytes[] memory calls = new bytes[](6);
        for (uint256 i; i < 3; ++i) {
            ISettlementTypes.Claim[] memory claims = new ISettlementTypes.Claim[](1);
            claims[0] = ISettlementTypes.Claim(_jobs[i].key, _proposalBallot(0, "a"));
            calls[2 * i] = abi.encodeCall(settlement.close, (_jobs[i].request, _jobs[i].rules));
            calls[2 * i + 1] = abi.encodeCall(settlement.claim, (workers[i], claims));
        }
        _expectFailure(2, abi.encodeWithSelector(ISettlementTypes.NotEnded.selector, _jobs[1].id, 1));
        settlement.batch(calls);
        for (uint256 i; i < 3; ++i) {
            assertEq(settlement.job(_jobs[i].id).closed, i != 1);
            assertEq(vault.credit(workers[i]), i == 1 ? 0 : _netOf(1, OPEN_STEP));
        }
    }

    function test_batch__one_job_of_a_claim_is_not_ended__the_others_are_paid_in_one_call() public {
        _postThree();
        ISettlementTypes.Claim[] memory claims = new ISettlementTypes.Claim[](3);
        for (uint256 i; i < 3; ++i) {
            vm.prank(_signerOf(workers[0]));
            settlement.propose(_jobs[i].key, workers[0], "a");
            claims[i] = ISettlementTypes.Claim(_jobs[i].key, _proposalBallot(0, "a"));
        }
        vm.prank(stranger);
        settlement.appeal(_jobs[1].key, workers[0], keccak256("a"));
        _wait(WINDOW);
        _expectClaimSkipped(_jobs[1], workers[0], ISettlementTypes.NotEnded.selector);
        settlement.claim(workers[0], claims);
        uint256 steps = settlement.job(_jobs[0].id).steps;
        assertEq(vault.credit(workers[0]), 2 * _netOf(1, steps));
        assertEq(_freeStake(workers[0]), STAKE - APPEAL_BOND);
    }

    /// @dev EXACT: anybody who has the salts can bring the reveals of many workers, in one transaction.
    function test_batch__reveals_of_all_workers_by_a_stranger__decides_and_pays_the_workers() public {
        Job memory job = _postExact(5, 1);
        _commitRange(job, 0, 5, "a");
        bytes[] memory calls = _reveals(job);
        vm.prank(stranger);
        settlement.batch(calls);
        assertEq(settlement.job(job.id).status, DECIDED);
        assertEq(settlement.job(job.id).revealed, 5);
        _close(job);
        for (uint256 i; i < 5; ++i) {
            _claim(job, 0, workers[i], "a");
            assertGt(vault.credit(workers[i]), 0);
            assertEq(_freeStake(workers[i]), STAKE);
        }
        assertEq(vault.credit(stranger), 1e6 * UNIT);
        _assertNothingLeftInJobs();
    }

    /// @dev One reveal of the relay has a wrong salt, or has been made already: the others count.
    function test_batch__one_relayed_reveal_is_bad__the_others_count() public {
        Job memory job = _postExact(5, 1);
        _commitRange(job, 0, 5, "a");
        bytes[] memory calls = _reveals(job);
        address culprit = workers[2];
        uint256 slot = slotOf[job.id][0][culprit];
        calls[2] = abi.encodeCall(settlement.reveal, (job.key, culprit, slot, "wrong salt", "a"));
        _expectFailure(2, abi.encodeWithSelector(ISettlementTypes.CommitmentMismatch.selector, culprit, slot));
        vm.prank(stranger);
        settlement.batch(calls);
        assertEq(settlement.job(job.id).revealed, 4);
        assertEq(settlement.job(job.id).leading, 4);
        calls = _reveals(job);
        vm.prank(stranger);
        settlement.batch(calls);
        assertEq(settlement.job(job.id).revealed, 5);
        assertEq(settlement.job(job.id).leading, 5);
    }

    /// @dev TOLERANCE: a relay by anybody else is refused, reveal by reveal.
    function test_batch__relayed_tolerance_reveals__all_refused() public {
        Job memory job = _postTolerance(5, 1);
        _commitRange(job, 0, 5, "a");
        bytes[] memory calls = _reveals(job);
        for (uint256 i; i < 5; ++i) {
            _expectFailure(i, abi.encodeWithSelector(ISettlementTypes.NotTheWorker.selector, workers[i], stranger));
        }
        vm.prank(stranger);
        settlement.batch(calls);
        assertEq(settlement.job(job.id).status, REVEALING);
        assertEq(settlement.job(job.id).revealed, 0);
    }

    // --- helpers ---

    /// @dev Three jobs whose open round anybody may propose in.
    function _postThree() private {
        for (uint256 i; i < 3; ++i) {
            Job memory job = _post(requester, exactVersion, _openTerms(2), _noCallback());
            _jobs[i] = job;
        }
        _wait(ANYBODY);
    }

    /// @dev Worker i proposes in job i.
    function _proposeThree() private {
        for (uint256 i; i < 3; ++i) {
            _propose(_jobs[i], workers[i], "a");
        }
    }

    function _reveals(Job memory job) private view returns (bytes[] memory calls) {
        calls = new bytes[](5);
        for (uint256 i; i < 5; ++i) {
            address worker = workers[i];
            bytes32 salt = _salt(job.id, 0, worker);
            calls[i] = abi.encodeCall(settlement.reveal, (job.key, worker, slotOf[job.id][0][worker], salt, "a"));
        }
    }

    function _expectFailure(uint256 index, bytes memory reason) private {
        vm.expectEmit(address(settlement));
        emit Batch.BatchItemFailed(index, reason);
    }
}
