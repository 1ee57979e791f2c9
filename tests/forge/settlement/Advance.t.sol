// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {COMMITTING, DECIDED, NONE, REFUNDED, REVEALING, UNRESOLVED} from "../../../contracts/types/JobWord.sol";
import {Fixture, Job} from "../utils/Fixture.sol";

contract AdvanceTest is Fixture {
    function setUp() public override {
        super.setUp();
        _enlistEqual(5);
    }

    // --- reverts ---

    function test_advance__unknown_job__reverts() public {
        Job memory job = _job(requester, exactVersion, _terms(5, 2), _noCallback());
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, job.id, NONE));
        _advance(job);
    }

    function test_advance__commit_phase_open__reverts() public {
        Job memory job = _postExact(5, 2);
        uint256 end = block.timestamp + COMMIT_SECONDS;
        vm.warp(end - 1);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.CommitPhaseOpen.selector, end, end - 1));
        _advance(job);
    }

    /// @dev Seeded, the round goes on though the block hash has aged out.
    function test_advance__seed_stored_and_hash_gone__reverts() public {
        Job memory job = _postExact(5, 2);
        uint256 end = block.timestamp + COMMIT_SECONDS;
        _commit(job, workers[0], "a", 1);
        vm.roll(block.number + 1_000);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.CommitPhaseOpen.selector, end, block.timestamp));
        _advance(job);
    }

    function test_advance__reveal_phase_open__reverts() public {
        Job memory job = _postExact(5, 2);
        _commitRange(job, 0, 5, "a");
        uint256 end = block.timestamp + REVEAL_SECONDS;
        _reveal(job, workers[0], "a");
        vm.warp(end - 1);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.RevealPhaseOpen.selector, end, end - 1));
        _advance(job);
    }

    function test_advance__quorum_committed_and_nobody_revealed_yet__reverts() public {
        Job memory job = _postExact(5, 2);
        _commitRange(job, 0, 4, "a");
        uint256 end = block.timestamp + COMMIT_SECONDS + REVEAL_SECONDS;
        vm.warp(end - 1);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.RevealPhaseOpen.selector, end, end - 1));
        _advance(job);
    }

    function test_advance__decided__reverts() public {
        Job memory job = _postExact(5, 2);
        _voted(job, 5, "a", "");
        _wait(1 days);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, job.id, DECIDED));
        _advance(job);
    }

    function test_advance__ended__reverts() public {
        Job memory job = _postExact(5, 1);
        _wait(COMMIT_SECONDS);
        _advance(job);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, job.id, REFUNDED));
        _advance(job);
        job = _splitJob(1);
        _advance(job);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, job.id, UNRESOLVED));
        _advance(job);
    }

    // --- short rounds ---

    function test_advance__short_round__redrawn_at_the_same_size() public {
        Job memory job = _postExact(5, 3);
        _commitRange(job, 0, 3, "a");
        _wait(COMMIT_SECONDS);
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.RoundVoided(job.id, 0, 3);
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.RoundOpened(job.id, 1, block.number + 1);
        _advance(job);
        ISettlementTypes.JobView memory shown = settlement.job(job.id);
        assertEq(shown.status, COMMITTING);
        assertEq(shown.round, 1);
        assertEq(shown.voids, 1);
        assertEq(shown.committed, 0);
        assertEq(shown.time, block.timestamp);
        assertEq(shown.seedBlock, block.number + 1);
        _draw();
        _commitRange(job, 0, 5, "a");
        assertEq(settlement.job(job.id).status, REVEALING);
    }

    function test_advance__hash_aged_out_before_the_first_seat__redrawn_before_the_time_is_over() public {
        Job memory job = _post(requester, exactVersion, _terms(5, 2), _noCallback());
        uint256 end = block.timestamp + COMMIT_SECONDS;
        vm.roll(block.number + 1 + 256);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.CommitPhaseOpen.selector, end, block.timestamp));
        _advance(job);
        vm.roll(block.number + 1);
        _advance(job);
        assertEq(settlement.job(job.id).round, 1);
        _draw();
        _commit(job, workers[0], "a", 1);
    }

    function test_advance__every_round_short__refunded() public {
        Job memory job = _postExact(5, 5);
        for (uint256 r; r < 5; ++r) {
            assertEq(settlement.job(job.id).status, COMMITTING);
            _wait(COMMIT_SECONDS);
            if (r == 4) {
                vm.expectEmit(address(settlement));
                emit ISettlementTypes.JobRefunded(job.id);
            }
            _advance(job);
        }
        assertEq(settlement.job(job.id).status, REFUNDED);
        assertEq(settlement.job(job.id).voids, 0x1F);
        assertFalse(settlement.job(job.id).closed);
    }

    // --- undecided rounds ---

    function test_advance__undecided_rounds__grow_to_twice_and_one() public {
        uint8[5] memory sizes = [3, 7, 15, 31, 63];
        Job memory job = _postExact(3, 5);
        for (uint256 r; r < 5; ++r) {
            _fill(job);
            assertEq(settlement.job(job.id).committed, sizes[r]);
            _wait(REVEAL_SECONDS);
            _advance(job);
            _draw();
        }
        assertEq(settlement.job(job.id).status, UNRESOLVED);
    }

    function test_advance__void_between_undecided_rounds__does_not_grow() public {
        Job memory job = _postExact(3, 5);
        uint8[4] memory sizes = [3, 0, 7, 15];
        for (uint256 r; r < 4; ++r) {
            if (sizes[r] == 0) {
                _wait(COMMIT_SECONDS);
            } else {
                _fill(job);
                assertEq(settlement.job(job.id).committed, sizes[r]);
                _wait(REVEAL_SECONDS);
            }
            _advance(job);
            _draw();
        }
        assertEq(settlement.job(job.id).voids, 2);
        assertEq(settlement.job(job.id).round, 4);
    }

    /// @dev EXACT: once every seat has spoken without a quorum nothing can change, so nobody has to wait.
    function test_advance__exact_and_all_revealed__at_once() public {
        Job memory job = _splitJob(2);
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.RoundUndecided(job.id, 0);
        _advance(job);
        assertEq(settlement.job(job.id).round, 1);
    }

    /// @dev TOLERANCE: support may still be added.
    function test_advance__tolerance_and_all_revealed__waits_for_the_end() public {
        Job memory job = _postTolerance(5, 2);
        _voted(job, 3, _quarters(0), _quarters(100));
        uint256 end = block.timestamp + REVEAL_SECONDS;
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.RevealPhaseOpen.selector, end, block.timestamp));
        _advance(job);
        vm.warp(end);
        _advance(job);
        assertEq(settlement.job(job.id).round, 1);
    }

    function test_advance__last_round_split__unresolved() public {
        Job memory job = _splitJob(1);
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.JobUnresolved(job.id);
        _advance(job);
        assertEq(settlement.job(job.id).status, UNRESOLVED);
    }

    function test_advance__nobody_reveals_in_the_last_round__unresolved() public {
        Job memory job = _postExact(5, 1);
        _commitRange(job, 0, 4, "a");
        _wait(COMMIT_SECONDS + REVEAL_SECONDS);
        _advance(job);
        assertEq(settlement.job(job.id).status, UNRESOLVED);
    }

    /// @dev One round could be judged, so its silence is not forgiven though the last round was short.
    function test_advance__undecided_then_short__unresolved() public {
        Job memory job = _splitJob(2);
        _advance(job);
        _wait(COMMIT_SECONDS);
        _advance(job);
        assertEq(settlement.job(job.id).status, UNRESOLVED);
        assertEq(settlement.job(job.id).voids, 2);
    }

    // --- helpers ---

    /// @dev A job whose round 0 has spoken, two seats, two and one: no quorum, not even a majority.
    function _splitJob(uint256 rounds) private returns (Job memory job) {
        job = _postExact(5, rounds);
        _commitRange(job, 0, 2, "a");
        _commitRange(job, 2, 4, "b");
        _commit(job, workers[4], "c", 1);
        _revealRange(job, 0, 2, "a");
        _revealRange(job, 2, 4, "b");
        _reveal(job, workers[4], "c");
    }

    /// @dev Takes every seat of the round under way; nobody reveals.
    function _fill(Job memory job) private {
        vm.warp(settlement.job(job.id).time + COMMIT_SECONDS - 1);
        for (uint256 i; i < 5 && settlement.job(job.id).status == COMMITTING; ++i) {
            (uint256 seats,) = settlement.seatsOf(job.key, workers[i]);
            if (seats != 0) _commit(job, workers[i], "a", seats);
        }
        assertEq(settlement.job(job.id).status, REVEALING);
    }
}
