// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Batch} from "../../../contracts/base/Batch.sol";
import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {IStakeVault} from "../../../contracts/interfaces/IStakeVault.sol";
import {COMMITTING, NONE, REVEALING} from "../../../contracts/types/JobWord.sol";
import {MODE_OPTIMISTIC} from "../../../contracts/types/Terms.sol";
import {COMMITTED, Vote} from "../../../contracts/types/Vote.sol";
import {Job} from "../utils/Fixture.sol";
import {Pack, TermsFields} from "../utils/Pack.sol";
import {ManyFixture} from "./ManyFixture.sol";

contract CommitManyTest is ManyFixture {
    // --- nothing happens ---

    function test_commitMany__not_the_signer__reverts() public {
        address[3] memory senders = [workers[0], _signerOf(workers[1]), stranger];
        ISettlementTypes.Bid[] memory bids = _bids(workers[0]);
        for (uint256 i; i < 3; ++i) {
            vm.prank(senders[i]);
            vm.expectRevert(
                abi.encodeWithSelector(IStakeVault.NotSigner.selector, workers[0], _signerOf(workers[0]), senders[i])
            );
            settlement.commitMany(_jobs[0].key.terms, _jobs[0].rules, workers[0], 1, bids);
        }
        _assertSeats(0);
    }

    function test_commitMany__worker_off__reverts() public {
        vm.prank(workers[0]);
        vault.setActive(false);
        ISettlementTypes.Bid[] memory bids = _bids(workers[0]);
        _noteSlots(workers[0]);
        vm.prank(_signerOf(workers[0]));
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.WorkerInactive.selector, workers[0]));
        settlement.commitMany(_jobs[0].key.terms, _jobs[0].rules, workers[0], 1, bids);
    }

    /// @dev Stake for two bonds of three: all are refused, so that a worker need not guess which were taken.
    function test_commitMany__stake_for_two_of_three__reverts() public {
        vm.prank(workers[0]);
        vault.unstake((STAKE - 2 * BOND) * UNIT);
        ISettlementTypes.Bid[] memory bids = _bids(workers[0]);
        vm.prank(_signerOf(workers[0]));
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.InsufficientStake.selector, workers[0], 2 * BOND, 3 * BOND));
        settlement.commitMany(_jobs[0].key.terms, _jobs[0].rules, workers[0], 1, bids);
        _assertSeats(0);
    }

    function test_commitMany__none_or_no_seats_wanted__nothing_happens() public {
        _commitMany(workers[0], new ISettlementTypes.Bid[](0));
        ISettlementTypes.Bid[] memory bids = _bids(workers[0]);
        vm.expectEmit(address(settlement));
        emit Batch.BatchItemFailed(2, abi.encodeWithSelector(ISettlementTypes.NoSeats.selector));
        vm.prank(_signerOf(workers[0]));
        settlement.commitMany(_jobs[0].key.terms, _jobs[0].rules, workers[0], 0, bids);
        _assertSeats(0);
        assertEq(_freeStake(workers[0]), STAKE);
    }

    /// @dev Under other terms or rules a body is another job, which does not exist.
    function test_commitMany__other_terms_or_rules__refused() public {
        ISettlementTypes.Bid[] memory bids = _bids(workers[0]);
        vm.startPrank(_signerOf(workers[0]));
        settlement.commitMany(_terms(5, 3), _jobs[0].rules, workers[0], 1, bids);
        settlement.commitMany(_jobs[0].key.terms, queue.rulesOf(toleranceVersion), workers[0], 1, bids);
        vm.stopPrank();
        _assertSeats(0);
        assertEq(_freeStake(workers[0]), STAKE);
    }

    // --- what happens ---

    function test_commitMany__three__as_if_committed_one_by_one() public {
        _noteSlots(workers[0]);
        uint256[] memory places = new uint256[](COUNT);
        for (uint256 i; i < COUNT; ++i) {
            places[i] = 1 << 32 | slotOf[_jobs[i].id][0][workers[0]];
        }
        ISettlementTypes.Bid[] memory bids = _bids(workers[0]);
        uint256 snapshot = vm.snapshotState();
        for (uint256 i; i < COUNT; ++i) {
            _commit(_jobs[i], workers[0], _answer(i), 1);
        }
        uint256[COUNT] memory words;
        uint256[COUNT] memory seeds;
        for (uint256 i; i < COUNT; ++i) {
            words[i] = settlement.vote(workers[0], slotOf[_jobs[i].id][0][workers[0]]);
            seeds[i] = settlement.job(_jobs[i].id).seed;
        }
        vm.revertToState(snapshot);

        vm.expectEmit(address(settlement));
        emit ISettlementTypes.CommittedMany(workers[0], _idsOfAll(), places);
        _commitMany(workers[0], bids);
        assertEq(_freeStake(workers[0]), STAKE - 3 * BOND);
        _assertSeats(1);
        for (uint256 i; i < COUNT; ++i) {
            assertEq(settlement.vote(workers[0], slotOf[_jobs[i].id][0][workers[0]]), words[i]);
            assertEq(settlement.job(_jobs[i].id).seed, seeds[i]);
        }
    }

    function test_commitMany__last_seats__reveals_begin_at_once() public {
        _commitAll();
        for (uint256 i; i < COUNT; ++i) {
            assertEq(settlement.job(_jobs[i].id).status, REVEALING);
            assertEq(settlement.job(_jobs[i].id).time, block.timestamp);
        }
    }

    /// @dev Late every worker may take two seats; where fewer are left it gets those, and bonds those.
    function test_commitMany__more_seats_than_are_left_in_one__gets_and_bonds_the_rest() public {
        _wait(COMMIT_SECONDS - 1);
        _commit(_jobs[0], workers[1], "x", 2);
        _commit(_jobs[0], workers[2], "x", 2);
        ISettlementTypes.Bid[] memory bids = _bids(workers[0]);
        vm.prank(_signerOf(workers[0]));
        settlement.commitMany(_jobs[0].key.terms, _jobs[0].rules, workers[0], 2, bids);
        assertEq(settlement.job(_jobs[0].id).committed, 5);
        assertEq(settlement.job(_jobs[0].id).status, REVEALING);
        assertEq(settlement.job(_jobs[1].id).committed, 2);
        assertEq(settlement.job(_jobs[2].id).committed, 2);
        assertEq(_freeStake(workers[0]), STAKE - 5 * BOND);
    }

    function test_commitMany__one_taken_already__reported_and_the_others_made() public {
        _commit(_jobs[1], workers[0], "first", 1);
        uint256 slot = slotOf[_jobs[1].id][0][workers[0]];
        bytes32[] memory ids = _idsOfAll();
        ids[1] = 0;
        uint256[] memory places = new uint256[](COUNT);
        for (uint256 i; i < COUNT; ++i) {
            (, uint256 s) = settlement.seatsOf(_jobs[i].key, workers[0]);
            if (i != 1) places[i] = 1 << 32 | s;
        }
        ISettlementTypes.Bid[] memory bids = _bids(workers[0]);
        vm.expectEmit(address(settlement));
        emit Batch.BatchItemFailed(1, abi.encodeWithSelector(ISettlementTypes.SlotBusy.selector, workers[0], slot));
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.CommittedMany(workers[0], ids, places);
        _commitMany(workers[0], bids);
        _assertSeats(1);
        assertEq(_freeStake(workers[0]), STAKE - 3 * BOND);
    }

    /// @dev Each kind of refusal, with the reason a single commitment would have had.
    function test_commitMany__each_reason__reported() public {
        Job memory fresh = _post(requester, exactVersion, _terms(5, 2), _noCallback());
        Job memory unknown = _job(requester, exactVersion, _terms(5, 2), _noCallback());
        ISettlementTypes.Bid[] memory bids = _bids(workers[0]);
        bids[0].body = fresh.key.body;
        bids[1].body = unknown.key.body;
        bytes[2] memory reasons = [
            abi.encodeWithSelector(ISettlementTypes.SeedPending.selector, block.number + 1, block.number),
            abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, unknown.id, NONE)
        ];
        for (uint256 i; i < 2; ++i) {
            vm.expectEmit(address(settlement));
            emit Batch.BatchItemFailed(i, reasons[i]);
        }
        _commitMany(workers[0], bids);
        assertEq(settlement.job(_jobs[2].id).committed, 1);
        assertEq(_freeStake(workers[0]), STAKE - BOND);
    }

    function test_commitMany__not_drawn_or_too_late__reported() public {
        _wait(1);
        ISettlementTypes.Bid[] memory bids = _bids(workers[0]);
        vm.expectEmit(address(settlement));
        emit Batch.BatchItemFailed(
            2,
            abi.encodeWithSelector(ISettlementTypes.NotDrawn.selector, workers[0], _entitled(_jobs[2], workers[0]), 4)
        );
        vm.startPrank(_signerOf(workers[0]));
        settlement.commitMany(_jobs[0].key.terms, _jobs[0].rules, workers[0], 4, bids);
        uint256 end = block.timestamp - 1 + COMMIT_SECONDS;
        vm.warp(end);
        vm.expectEmit(address(settlement));
        emit Batch.BatchItemFailed(0, abi.encodeWithSelector(ISettlementTypes.CommitPhaseOver.selector, end, end));
        settlement.commitMany(_jobs[0].key.terms, _jobs[0].rules, workers[0], 1, bids);
        vm.stopPrank();
        _assertSeats(0);
    }

    /// @dev The one seat of an open round is taken with an answer.
    function test_commitMany__open_rounds__refused() public {
        TermsFields memory f = _fields(5, 3);
        (f.mode, f.appealWindow, f.bond) = (MODE_OPTIMISTIC, 1_800, 10 * BOND);
        Job memory open = _post(requester, exactVersion, Pack.terms(f), _noCallback());
        _draw();
        ISettlementTypes.Bid[] memory bids = new ISettlementTypes.Bid[](1);
        bids[0] = ISettlementTypes.Bid(open.key.body, keccak256("any"));
        vm.expectEmit(address(settlement));
        emit Batch.BatchItemFailed(0, abi.encodeWithSelector(ISettlementTypes.OpenRound.selector, open.id, 0));
        vm.prank(_signerOf(workers[0]));
        settlement.commitMany(open.key.terms, open.rules, workers[0], 1, bids);
        assertEq(settlement.job(open.id).status, COMMITTING);
    }

    /// @dev The same job twice in one call: one vote, one bond.
    function test_commitMany__one_job_twice__one_vote_and_one_bond() public {
        ISettlementTypes.Bid[] memory bids = _bids(workers[0]);
        bids[1] = bids[0];
        bids[2] = bids[0];
        _commitMany(workers[0], bids);
        assertEq(settlement.job(_jobs[0].id).committed, 1);
        assertEq(Vote.wrap(settlement.vote(workers[0], slotOf[_jobs[0].id][0][workers[0]])).stage(), COMMITTED);
        assertEq(_freeStake(workers[0]), STAKE - BOND);
    }

    /// @dev Rounds of two epochs in one call: each is drawn with the stake of its own.
    function test_commitMany__rounds_of_two_epochs__each_with_its_own_weight() public {
        _enlist(stranger, 100 * STAKE);
        _wait(EPOCH - block.timestamp % EPOCH - COMMIT_SECONDS / 2);
        for (uint256 i; i < 2; ++i) {
            _jobs[i] = _post(requester, exactVersion, _terms(5, 2), _noCallback());
        }
        _wait(COMMIT_SECONDS / 2 + 1);
        _jobs[2] = _post(requester, exactVersion, _terms(5, 2), _noCallback());
        _draw();
        ISettlementTypes.Bid[] memory bids = _bids(stranger);
        (bids[0], bids[1], bids[2]) = (bids[0], bids[2], bids[1]);
        _commitMany(stranger, bids);
        // It had no stake when the first jobs' rounds opened, and nearly all of it when the last one's did.
        assertEq(settlement.job(_jobs[0].id).committed, 0);
        assertEq(settlement.job(_jobs[1].id).committed, 0);
        assertEq(settlement.job(_jobs[2].id).committed, 1);
        assertEq(_freeStake(stranger), 100 * STAKE - BOND);
    }

    // --- helpers ---

    function _entitled(Job memory job, address worker) private view returns (uint256 seats) {
        (seats,) = settlement.seatsOf(job.key, worker);
    }

    function _assertSeats(uint256 committed) private view {
        for (uint256 i; i < COUNT; ++i) {
            assertEq(settlement.job(_jobs[i].id).committed, committed);
        }
    }
}
