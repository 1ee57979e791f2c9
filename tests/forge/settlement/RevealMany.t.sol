// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Batch} from "../../../contracts/base/Batch.sol";
import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {COMMITTING, DECIDED, NONE, REVEALING} from "../../../contracts/types/JobWord.sol";
import {TOLERANCE} from "../../../contracts/types/Rules.sol";
import {Job} from "../utils/Fixture.sol";
import {ManyFixture} from "./ManyFixture.sol";

contract RevealManyTest is ManyFixture {
    // --- nothing happens ---

    /// @dev There the worker alone may reveal, near a reference it chooses.
    function test_revealMany_and_revealKnownMany__tolerance__revert() public {
        Job memory job = _postTolerance(5, 2);
        bytes memory refused = abi.encodeWithSelector(ISettlementTypes.NotExact.selector, TOLERANCE);
        vm.startPrank(_signerOf(workers[0]));
        vm.expectRevert(refused);
        settlement.revealMany(job.key.terms, job.rules, workers[0], new ISettlementTypes.Opening[](0));
        vm.expectRevert(refused);
        settlement.revealKnownMany(job.key.terms, job.rules, workers[0], new ISettlementTypes.KnownOpening[](0));
        vm.stopPrank();
    }

    function test_revealMany__each_reason__reported() public {
        for (uint256 w; w < 4; ++w) {
            _commitMany(workers[w], _bids(workers[w]));
        }
        _commit(_jobs[1], workers[4], "x", 1);
        ISettlementTypes.Opening[] memory openings = _openings(workers[0]);
        openings[1].result = "another";
        openings[2].body = keccak256("no job");
        Job memory none = _jobs[2];
        none.key.body = openings[2].body;
        bytes32 noId = keccak256(abi.encode(block.chainid, address(queue), none.key.terms, none.rules, none.key.body));
        bytes[3] memory reasons = [
            abi.encodeWithSelector(
                ISettlementTypes.CommitPhaseOpen.selector, block.timestamp + COMMIT_SECONDS, block.timestamp
            ),
            abi.encodeWithSelector(
                ISettlementTypes.CommitmentMismatch.selector, workers[0], slotOf[_jobs[1].id][0][workers[0]]
            ),
            abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, noId, NONE)
        ];
        for (uint256 i; i < COUNT; ++i) {
            vm.expectEmit(address(settlement));
            emit Batch.BatchItemFailed(i, reasons[i]);
        }
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.RevealedMany(workers[0], new bytes32[](COUNT), new bytes32[](COUNT));
        settlement.revealMany(_jobs[0].key.terms, _jobs[0].rules, workers[0], openings);
    }

    function test_revealMany__reveal_phase_over__reported() public {
        _commitAll();
        _wait(REVEAL_SECONDS);
        bytes memory reason =
            abi.encodeWithSelector(ISettlementTypes.RevealPhaseOver.selector, block.timestamp, block.timestamp);
        for (uint256 i; i < COUNT; ++i) {
            vm.expectEmit(address(settlement));
            emit Batch.BatchItemFailed(i, reason);
        }
        _revealMany(workers[0]);
        assertEq(settlement.job(_jobs[0].id).revealed, 0);
    }

    function test_revealMany__one_job_twice__one_reveal() public {
        _commitAll();
        ISettlementTypes.Opening[] memory openings = _openings(workers[0]);
        openings[1] = openings[0];
        settlement.revealMany(_jobs[0].key.terms, _jobs[0].rules, workers[0], openings);
        assertEq(settlement.job(_jobs[0].id).revealed, 1);
        assertEq(settlement.job(_jobs[2].id).revealed, 1);
    }

    function test_revealKnownMany__nobody_published__reported_and_nothing_counted() public {
        _commitAll();
        for (uint256 i; i < COUNT; ++i) {
            vm.expectEmit(address(settlement));
            emit Batch.BatchItemFailed(
                i, abi.encodeWithSelector(ISettlementTypes.UnknownDigest.selector, keccak256(_answer(i)))
            );
        }
        _revealKnownMany(workers[0]);
        assertEq(settlement.job(_jobs[0].id).revealed, 0);
    }

    // --- what happens ---

    function test_revealMany__three__published_and_counted_as_one_by_one() public {
        _commitAll();
        bytes32[] memory digests = new bytes32[](COUNT);
        for (uint256 i; i < COUNT; ++i) {
            digests[i] = keccak256(_answer(i));
            vm.expectEmit(address(settlement));
            emit ISettlementTypes.ResultPublished(_jobs[i].id, _answer(i));
        }
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.RevealedMany(workers[0], _idsOfAll(), digests);
        vm.prank(stranger);
        _revealMany(workers[0]);
        for (uint256 i; i < COUNT; ++i) {
            ISettlementTypes.JobView memory shown = settlement.job(_jobs[i].id);
            assertEq(shown.status, REVEALING);
            assertEq(shown.revealed, 1);
            assertEq(shown.leading, 1);
            assertEq(shown.mark, bytes20(digests[i]));
        }
    }

    function test_revealMany__time_to_commit_over__begins_the_reveal_phase_of_each() public {
        for (uint256 w; w < 4; ++w) {
            _commitMany(workers[w], _bids(workers[w]));
        }
        uint256 begin = block.timestamp + COMMIT_SECONDS;
        _wait(COMMIT_SECONDS + 7);
        assertEq(settlement.job(_jobs[2].id).status, COMMITTING);
        _revealMany(workers[0]);
        for (uint256 i; i < COUNT; ++i) {
            assertEq(settlement.job(_jobs[i].id).status, REVEALING);
            assertEq(settlement.job(_jobs[i].id).time, begin);
        }
    }

    /// @dev Four of five seats decide; the events of what is decided come before the one that says by whose reveals.
    function test_revealKnownMany__the_ones_that_reach_the_quorum__decide() public {
        _commitAll();
        _revealMany(workers[0]);
        _revealKnownMany(workers[1]);
        _revealKnownMany(workers[2]);
        bytes32[] memory digests = new bytes32[](COUNT);
        for (uint256 i; i < COUNT; ++i) {
            digests[i] = keccak256(_answer(i));
            vm.expectEmit(address(settlement));
            emit ISettlementTypes.Decided(_jobs[i].id, bytes20(digests[i]));
        }
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.RevealedMany(workers[3], _idsOfAll(), digests);
        _revealKnownMany(workers[3]);
        _revealKnownMany(workers[4]);
        for (uint256 i; i < COUNT; ++i) {
            assertEq(settlement.job(_jobs[i].id).status, DECIDED);
            assertEq(settlement.job(_jobs[i].id).revealed, 5);
        }
    }

    function test_revealKnownMany__one_of_another_result__reported_and_the_others_counted() public {
        _commit(_jobs[1], workers[0], "other", 1);
        _commitMany(workers[0], _bids(workers[0]));
        for (uint256 w = 1; w < 5; ++w) {
            _commitMany(workers[w], _bids(workers[w]));
        }
        _revealMany(workers[1]);
        vm.expectEmit(address(settlement));
        emit Batch.BatchItemFailed(
            1,
            abi.encodeWithSelector(
                ISettlementTypes.CommitmentMismatch.selector, workers[0], slotOf[_jobs[1].id][0][workers[0]]
            )
        );
        _revealKnownMany(workers[0]);
        assertEq(settlement.job(_jobs[0].id).revealed, 2);
        assertEq(settlement.job(_jobs[1].id).revealed, 1);
        assertEq(settlement.job(_jobs[2].id).revealed, 2);
    }

    /// @dev A payload published in this call is not published again, nor one of another job taken for it.
    function test_revealMany__second_worker__published_only_where_it_is_new() public {
        _commitMany(workers[0], _bids(workers[0]));
        ISettlementTypes.Bid[] memory bids = _bids(workers[1]);
        bids[2].commitment = _commitment(_jobs[2], workers[1], "own");
        _commitMany(workers[1], bids);
        for (uint256 w = 2; w < 5; ++w) {
            _commitMany(workers[w], _bids(workers[w]));
        }
        _revealMany(workers[0]);
        ISettlementTypes.Opening[] memory openings = _openings(workers[1]);
        openings[2].result = "own";
        vm.recordLogs();
        settlement.revealMany(_jobs[0].key.terms, _jobs[0].rules, workers[1], openings);
        assertEq(vm.getRecordedLogs().length, 2); // one payload, and the reveals
        assertEq(settlement.job(_jobs[2].id).leading, 1);
        assertEq(settlement.job(_jobs[1].id).leading, 2);
    }
}
