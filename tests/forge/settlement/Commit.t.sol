// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {IStakeVault} from "../../../contracts/interfaces/IStakeVault.sol";
import {COMMITTING, NONE, REVEALING} from "../../../contracts/types/JobWord.sol";
import {COMMITTED, Vote} from "../../../contracts/types/Vote.sol";
import {Fixture, Job} from "../utils/Fixture.sol";

contract CommitTest is Fixture {
    function setUp() public override {
        super.setUp();
        _enlistEqual(5);
    }

    // --- reverts ---

    function test_commit__unknown_job__reverts() public {
        Job memory job = _postExact(5, 2);
        job.key.terms = _terms(4, 2);
        bytes32 id = _idOf(job);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, id, NONE));
        _commitAs(job, workers[0], _signerOf(workers[0]), 1);
    }

    function test_commit__same_block_or_seed_block__reverts() public {
        Job memory job = _post(requester, exactVersion, _terms(5, 2), _noCallback());
        uint256 seedBlock = block.number + 1;
        for (uint256 i; i < 2; ++i) {
            vm.roll(seedBlock - 1 + i);
            vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.SeedPending.selector, seedBlock, block.number));
            _commitAs(job, workers[0], _signerOf(workers[0]), 1);
        }
        vm.roll(seedBlock + 1);
        _commitAs(job, workers[0], _signerOf(workers[0]), 1);
    }

    function test_commit__seed_aged_out__reverts() public {
        Job memory job = _post(requester, exactVersion, _terms(5, 2), _noCallback());
        uint256 seedBlock = block.number + 1;
        vm.roll(seedBlock + 257);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.SeedLost.selector, seedBlock, block.number));
        _commitAs(job, workers[0], _signerOf(workers[0]), 1);
        vm.roll(seedBlock + 256);
        _commitAs(job, workers[0], _signerOf(workers[0]), 1);
    }

    function test_commit__commit_phase_over__reverts() public {
        Job memory job = _postExact(5, 2);
        uint256 end = block.timestamp + COMMIT_SECONDS;
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.CommitPhaseOver.selector, end, end));
        _commitAs(job, workers[0], _signerOf(workers[0]), 1);
        vm.warp(end - 1);
        _commitAs(job, workers[0], _signerOf(workers[0]), 1);
    }

    function test_commit__cold_account_or_another_s_signer__reverts() public {
        Job memory job = _postExact(5, 2);
        address[2] memory senders = [workers[0], _signerOf(workers[1])];
        for (uint256 i; i < 2; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(IStakeVault.NotSigner.selector, workers[0], _signerOf(workers[0]), senders[i])
            );
            _commitAs(job, workers[0], senders[i], 1);
        }
    }

    function test_commit__worker_off__reverts() public {
        Job memory job = _postExact(5, 2);
        vm.prank(workers[0]);
        vault.setActive(false);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.WorkerInactive.selector, workers[0]));
        _commitAs(job, workers[0], _signerOf(workers[0]), 1);
    }

    function test_commit__worker_without_stake__reverts() public {
        Job memory job = _postExact(5, 2);
        vm.prank(stranger);
        vault.register(_signerOf(stranger), "");
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.InsufficientStake.selector, stranger, 0, BOND));
        _commitAs(job, stranger, _signerOf(stranger), 1);
    }

    function test_commit__free_stake_below_the_bond__reverts() public {
        Job memory job = _postExact(5, 2);
        vm.prank(workers[0]);
        vault.unstake((STAKE - BOND + 1) * UNIT);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.InsufficientStake.selector, workers[0], BOND - 1, BOND));
        _commitAs(job, workers[0], _signerOf(workers[0]), 1);
    }

    function test_commit__no_seats__reverts() public {
        Job memory job = _postExact(5, 2);
        vm.expectRevert(ISettlementTypes.NoSeats.selector);
        _commitAs(job, workers[0], _signerOf(workers[0]), 0);
    }

    function test_commit__more_seats_than_drawn__reverts() public {
        Job memory job = _postExact(5, 2);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.NotDrawn.selector, workers[0], 1, 2));
        _commitAs(job, workers[0], _signerOf(workers[0]), 2);
    }

    function test_commit__again_in_the_same_round__reverts() public {
        Job memory job = _postExact(5, 2);
        _wait(COMMIT_SECONDS - 1);
        (uint256 seats, uint256 slot) = settlement.seatsOf(job.key, workers[0]);
        assertEq(seats, 2);
        _commitAs(job, workers[0], _signerOf(workers[0]), 1);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.SlotBusy.selector, workers[0], slot));
        _commitAs(job, workers[0], _signerOf(workers[0]), 1);
    }

    function test_commit__round_is_full__reverts() public {
        Job memory job = _postExact(3, 2);
        _wait(COMMIT_SECONDS - 1);
        for (uint256 i; i < 3; ++i) {
            _commitAs(job, workers[i], _signerOf(workers[i]), 1);
        }
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, job.id, REVEALING));
        _commitAs(job, workers[3], _signerOf(workers[3]), 1);
    }

    // --- what happens ---

    function test_commit__drawn__takes_seat_and_bond() public {
        Job memory job = _postExact(5, 2);
        (uint256 seats, uint256 slot) = settlement.seatsOf(job.key, workers[0]);
        assertEq(seats, 1);
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.Committed(job.id, workers[0], 1 << 32 | slot);
        _commit(job, workers[0], "a", 1);

        assertEq(_freeStake(workers[0]), STAKE - BOND);
        ISettlementTypes.JobView memory shown = settlement.job(job.id);
        assertEq(shown.status, COMMITTING);
        assertEq(shown.committed, 1);
        assertEq(shown.totalWeight, 5 * STAKE);
        Vote v = Vote.wrap(settlement.vote(workers[0], slot));
        assertEq(v.stage(), COMMITTED);
        assertEq(v.seats(), 1);
        assertTrue(v.opens(job.id, 0, _commitment(job, workers[0], "a"), 0));
    }

    function test_commit__last_seat__reveals_begin_at_once() public {
        Job memory job = _postExact(5, 2);
        _commitRange(job, 0, 4, "a");
        _wait(100);
        _commit(job, workers[4], "a", 1);
        ISettlementTypes.JobView memory shown = settlement.job(job.id);
        assertEq(shown.status, REVEALING);
        assertEq(shown.time, block.timestamp);
        assertEq(shown.committed, 5);
        assertEq(shown.mark, bytes20(0));
        _reveal(job, workers[0], "a");
    }

    /// @dev Asking for more than is left is no error: two workers may go for the last seats in one block.
    function test_commit__more_seats_than_are_left__gets_the_rest_and_bonds_the_rest() public {
        Job memory job = _postExact(5, 2);
        _wait(COMMIT_SECONDS - 1);
        _commit(job, workers[0], "a", 2);
        _commit(job, workers[1], "a", 2);
        _commit(job, workers[2], "a", 2);
        assertEq(settlement.job(job.id).committed, 5);
        assertEq(_freeStake(workers[2]), STAKE - BOND);
    }

    function test_commit__seed_stored__later_commitments_need_no_block_hash() public {
        Job memory job = _postExact(5, 2);
        _commit(job, workers[0], "a", 1);
        uint96 seed = settlement.job(job.id).seed;
        vm.roll(block.number + 1_000);
        _commit(job, workers[1], "a", 1);
        assertEq(settlement.job(job.id).seed, seed);
        assertEq(settlement.job(job.id).committed, 2);
    }

    function test_commit__another_block_hash__another_seed() public {
        Job memory job = _post(requester, exactVersion, _terms(5, 2), _noCallback());
        uint256 seedBlock = block.number + 1;
        uint96[2] memory seeds;
        for (uint256 i; i < 2; ++i) {
            uint256 snapshot = vm.snapshotState();
            vm.roll(seedBlock + 1);
            vm.setBlockhash(seedBlock, keccak256(abi.encode(i)));
            _commit(job, workers[0], "a", 1);
            seeds[i] = settlement.job(job.id).seed;
            vm.revertToState(snapshot);
        }
        assertNotEq(seeds[0], seeds[1]);
        bytes32 expected = keccak256(abi.encode(keccak256(abi.encode(0)), job.id, uint256(0)));
        assertEq(seeds[0], uint256(expected) >> 160);
    }

    function test_commit__new_signer__at_once() public {
        Job memory job = _postExact(5, 2);
        vm.prank(workers[0]);
        vault.setSigner(stranger);
        _commitAs(job, workers[0], stranger, 1);
        assertEq(settlement.job(job.id).committed, 1);
    }

    function test_seatsOf__over_the_commit_phase__grows_to_twice_the_share() public {
        Job memory job = _postExact(5, 2);
        uint256 start = block.timestamp;
        for (uint256 i; i < 5; ++i) {
            vm.warp(start);
            assertEq(_seatsOf(job, workers[i]), 1);
            vm.warp(start + COMMIT_SECONDS - 1);
            assertLe(_seatsOf(job, workers[i]), 2);
            vm.warp(start + COMMIT_SECONDS);
            assertEq(_seatsOf(job, workers[i]), 0);
        }
    }

    function test_seatsOf__before_the_seed_or_for_an_outsider__none() public {
        Job memory job = _post(requester, exactVersion, _terms(5, 2), _noCallback());
        assertEq(_seatsOf(job, workers[0]), 0);
        _draw();
        assertEq(_seatsOf(job, workers[0]), 1);
        assertEq(_seatsOf(job, stranger), 0);
        job.key.body = "another";
        assertEq(_seatsOf(job, workers[0]), 0);
    }

    // --- helpers ---

    function _idOf(Job memory job) private view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(queue), job.key.terms, job.key.rules, job.key.body));
    }

    function _seatsOf(Job memory job, address worker) private view returns (uint256 seats) {
        (seats,) = settlement.seatsOf(job.key, worker);
    }

    function _commitAs(Job memory job, address worker, address sender, uint256 seats) private {
        vm.prank(sender);
        settlement.commit(job.key, worker, "commitment", seats);
    }
}
