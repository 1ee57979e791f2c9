// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Batch} from "../../../contracts/base/Batch.sol";
import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {IStakeVault} from "../../../contracts/interfaces/IStakeVault.sol";
import {COMMITTING, NONE, PROPOSED} from "../../../contracts/types/JobWord.sol";
import {AppealFixture} from "../utils/AppealFixture.sol";
import {Job} from "../utils/Fixture.sol";

contract ProposeManyTest is AppealFixture {
    Job[3] private _jobs;

    function setUp() public override {
        super.setUp();
        for (uint256 i; i < 3; ++i) {
            Job memory job = _post(requester, exactVersion, _openTerms(3), _noCallback());
            _jobs[i] = job;
        }
        _draw();
    }

    // --- nothing happens ---

    function test_proposeMany__not_the_signer__reverts() public {
        _wait(ANYBODY);
        address[3] memory senders = [workers[0], _signerOf(workers[1]), stranger];
        ISettlementTypes.Proposal[] memory proposals = _all();
        for (uint256 i; i < 3; ++i) {
            vm.prank(senders[i]);
            vm.expectRevert(
                abi.encodeWithSelector(IStakeVault.NotSigner.selector, workers[0], _signerOf(workers[0]), senders[i])
            );
            settlement.proposeMany(_jobs[0].key.terms, _jobs[0].rules, workers[0], proposals);
        }
        assertEq(settlement.job(_jobs[0].id).status, COMMITTING);
    }

    function test_proposeMany__worker_off__reverts() public {
        _wait(ANYBODY);
        vm.prank(workers[0]);
        vault.setActive(false);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.WorkerInactive.selector, workers[0]));
        _proposeAll(workers[0]);
    }

    /// @dev Stake for two bonds of three: all are refused, so that a worker need not guess which were taken.
    function test_proposeMany__stake_for_two_of_three__reverts() public {
        _wait(ANYBODY);
        vm.prank(workers[0]);
        vault.unstake((STAKE - 2 * APPEAL_BOND) * UNIT);
        vm.expectRevert(
            abi.encodeWithSelector(IStakeVault.InsufficientStake.selector, workers[0], 2 * APPEAL_BOND, 3 * APPEAL_BOND)
        );
        _proposeAll(workers[0]);
        for (uint256 i; i < 3; ++i) {
            assertEq(settlement.job(_jobs[i].id).status, COMMITTING);
        }
    }

    function test_proposeMany__all_refused__no_bond_taken() public {
        _wait(COMMIT_SECONDS);
        _proposeAll(workers[0]);
        assertEq(_freeStake(workers[0]), STAKE);
    }

    function test_proposeMany__none__nothing_happens() public {
        settlement.proposeMany(_jobs[0].key.terms, _jobs[0].rules, workers[0], new ISettlementTypes.Proposal[](0));
        assertEq(_freeStake(workers[0]), STAKE);
    }

    /// @dev Under other terms or rules a body is another job, which does not exist.
    function test_proposeMany__other_terms_or_rules__refused() public {
        _wait(ANYBODY);
        vm.startPrank(_signerOf(workers[0]));
        settlement.proposeMany(_openTerms(4), _jobs[0].rules, workers[0], _all());
        settlement.proposeMany(_jobs[0].key.terms, queue.rulesOf(toleranceVersion), workers[0], _all());
        vm.stopPrank();
        assertEq(_freeStake(workers[0]), STAKE);
        assertEq(settlement.job(_jobs[0].id).status, COMMITTING);
    }

    // --- what happens ---

    function test_proposeMany__three__as_if_proposed_one_by_one() public {
        _wait(ANYBODY);
        for (uint256 i; i < 3; ++i) {
            vm.expectEmit(address(settlement));
            emit ISettlementTypes.Proposed(_jobs[i].id, OPEN_STEP << 160 | uint160(workers[0]), _answer(i));
        }
        _proposeAll(workers[0]);
        assertEq(_freeStake(workers[0]), STAKE - 3 * APPEAL_BOND);
        for (uint256 i; i < 3; ++i) {
            assertEq(settlement.job(_jobs[i].id).status, PROPOSED);
            assertEq(settlement.job(_jobs[i].id).steps, OPEN_STEP);
        }
        _wait(WINDOW);
        for (uint256 i; i < 3; ++i) {
            assertTrue(settlement.isSettled(_jobs[i].key, workers[0], keccak256(_answer(i))));
            _close(_jobs[i]);
            _claimProposal(_jobs[i], 0, workers[0], _answer(i));
        }
        assertEq(vault.credit(workers[0]), 3 * _netOf(1, OPEN_STEP));
        _assertNothingLeftInJobs();
    }

    function test_proposeMany__one_taken_already__reported_and_the_others_made() public {
        _wait(ANYBODY);
        _propose(_jobs[1], workers[1], "first");
        vm.expectEmit(address(settlement));
        emit Batch.BatchItemFailed(
            1, abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, _jobs[1].id, PROPOSED)
        );
        _proposeAll(workers[0]);
        assertEq(_freeStake(workers[0]), STAKE - 2 * APPEAL_BOND);
        assertEq(settlement.job(_jobs[2].id).status, PROPOSED);
    }

    /// @dev Each kind of refusal, with the reason a single proposal would have had.
    function test_proposeMany__each_reason__reported() public {
        Job memory fresh = _post(requester, exactVersion, _openTerms(3), _noCallback());
        Job memory unknown = _job(requester, exactVersion, _openTerms(3), _noCallback());
        ISettlementTypes.Proposal[] memory proposals = new ISettlementTypes.Proposal[](3);
        proposals[0] = ISettlementTypes.Proposal(fresh.key.body, "a");
        proposals[1] = ISettlementTypes.Proposal(unknown.key.body, "a");
        proposals[2] = ISettlementTypes.Proposal(_jobs[2].key.body, "a");
        _drawNot(_jobs[2], workers[0]);
        bytes[3] memory reasons = [
            abi.encodeWithSelector(ISettlementTypes.SeedPending.selector, block.number + 1, block.number),
            abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, unknown.id, NONE),
            abi.encodeWithSelector(ISettlementTypes.NotDrawn.selector, workers[0], 0, 1)
        ];
        for (uint256 i; i < 3; ++i) {
            vm.expectEmit(address(settlement));
            emit Batch.BatchItemFailed(i, reasons[i]);
        }
        vm.prank(_signerOf(workers[0]));
        settlement.proposeMany(_jobs[0].key.terms, _jobs[0].rules, workers[0], proposals);
        assertEq(_freeStake(workers[0]), STAKE);
    }

    /// @dev The same job twice in one call: one seat, one bond.
    function test_proposeMany__one_job_twice__one_seat_and_one_bond() public {
        _wait(ANYBODY);
        ISettlementTypes.Proposal[] memory proposals = _all();
        proposals[1] = proposals[0];
        proposals[2] = proposals[0];
        vm.prank(_signerOf(workers[0]));
        settlement.proposeMany(_jobs[0].key.terms, _jobs[0].rules, workers[0], proposals);
        assertEq(_freeStake(workers[0]), STAKE - APPEAL_BOND);
    }

    /// @dev Rounds of two epochs in one call: each is drawn with the stake of its own.
    function test_proposeMany__rounds_of_two_epochs__each_with_its_own_weight() public {
        _enlist(stranger, 100 * STAKE);
        _wait(EPOCH - block.timestamp % EPOCH - COMMIT_SECONDS / 2);
        _advanceAll();
        _wait(COMMIT_SECONDS / 2 + 1);
        Job memory later = _post(requester, exactVersion, _openTerms(3), _noCallback());
        _draw();
        ISettlementTypes.Proposal[] memory proposals = new ISettlementTypes.Proposal[](3);
        proposals[0] = ISettlementTypes.Proposal(_jobs[0].key.body, "a");
        proposals[1] = ISettlementTypes.Proposal(later.key.body, "a");
        proposals[2] = ISettlementTypes.Proposal(_jobs[1].key.body, "a");
        vm.warp(block.timestamp + COMMIT_SECONDS / 2 - 2);
        vm.prank(_signerOf(stranger));
        settlement.proposeMany(later.key.terms, later.rules, stranger, proposals);
        // It had no stake when the first jobs' rounds opened, and nearly all of it when the last one's did.
        assertEq(settlement.job(_jobs[0].id).status, COMMITTING);
        assertEq(settlement.job(_jobs[1].id).status, COMMITTING);
        assertEq(settlement.job(later.id).status, PROPOSED);
        assertEq(_freeStake(stranger), 100 * STAKE - APPEAL_BOND);
    }

    // --- helpers ---

    function _answer(uint256 i) private pure returns (bytes memory) {
        return abi.encodePacked("answer", uint8(i));
    }

    function _all() private view returns (ISettlementTypes.Proposal[] memory proposals) {
        proposals = new ISettlementTypes.Proposal[](3);
        for (uint256 i; i < 3; ++i) {
            proposals[i] = ISettlementTypes.Proposal(_jobs[i].key.body, _answer(i));
        }
    }

    function _proposeAll(address worker) private {
        ISettlementTypes.Proposal[] memory proposals = _all();
        vm.prank(_signerOf(worker));
        settlement.proposeMany(_jobs[0].key.terms, _jobs[0].rules, worker, proposals);
    }

    function _advanceAll() private {
        for (uint256 i; i < 3; ++i) {
            _advance(_jobs[i]);
        }
    }

    /// @dev A draw in which the worker may not propose at the start, found by trying block hashes.
    function _drawNot(Job memory job, address worker) private {
        uint256 drawn = 1;
        for (uint256 i; drawn != 0; ++i) {
            vm.setBlockhash(block.number - 1, keccak256(abi.encode("not", i)));
            (drawn,) = settlement.seatsOf(job.key, worker);
        }
    }
}
