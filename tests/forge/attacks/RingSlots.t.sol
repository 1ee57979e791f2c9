// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {COMMITTED, REVEALED, RING, Vote} from "../../../contracts/types/Vote.sol";
import {Job} from "../utils/Fixture.sol";
import {AttackFixture} from "./AttackFixture.sol";

/// @dev Attacks on the slots in which votes lie: two votes in one, one vote in two, a slot freed too early.
contract RingSlotsTest is AttackFixture {
    address private worker;

    function setUp() public override {
        super.setUp();
        worker = workers[0];
    }

    function test_slot_of_a_waiting_vote_drawn_again__refused_and_the_vote_untouched() public {
        Job memory first = _postExact(5, 1);
        _commit(first, worker, "a", 1);
        uint256 slot = slotOf[first.id][0][worker];
        uint256 word = settlement.vote(worker, slot);
        Job memory second = _postDrawing(slot);
        vm.prank(_signerOf(worker));
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.SlotBusy.selector, worker, slot));
        settlement.commit(second.key, worker, "commitment", 1);
        assertEq(settlement.vote(worker, slot), word);
        // Nobody else is kept from the round, and the first vote is good.
        _commitRange(second, 1, 5, "b");
        _commitRange(first, 1, 5, "a");
        _reveal(first, worker, "a");
    }

    /// @dev Rings are apart: slots beyond the ring's end, or beyond 16 bits, reach into nobody else's.
    function test_slot_beyond_the_ring__finds_nothing() public {
        Job memory job = _postExact(5, 1);
        _voted(job, 5, "a", "");
        uint256 slot = slotOf[job.id][0][worker];
        ISettlementTypes.Ballot memory ballot = _revealedBallot(job, 0, worker, "a");
        uint256[4] memory slots = [slot + RING, slot + 2 * RING, slot | 1 << 15, slot | 1 << 14];
        for (uint256 i; i < slots.length; ++i) {
            ballot.place = slots[i];
            _expectClaimSkipped(job, worker, ISettlementTypes.NoSuchVote.selector);
            _claimBallot(job, worker, ballot);
        }
        // Another worker's vote, named as if it lay in the ring of the address before.
        address before = address(uint160(worker) - 1);
        ballot.place = slot + (1 << 16);
        _expectClaimSkipped(job, before, ISettlementTypes.NoSuchVote.selector);
        _claimBallot(job, before, ballot);
        assertEq(settlement.vote(before, slot + (1 << 16)), 0);
        vm.expectRevert();
        settlement.reveal(job.key, before, slot + (1 << 16), _salt(job.id, 0, worker), "a");
    }

    function test_committed_twice_in_one_round__refused_before_and_after_a_claim_attempt() public {
        Job memory job = _postExact(5, 2);
        _wait(COMMIT_SECONDS - 1);
        _commit(job, worker, "a", 1);
        _claimBallot(job, worker, _silentBallot(job, 0, worker, "a"));
        uint256 slot = slotOf[job.id][0][worker];
        vm.prank(_signerOf(worker));
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.SlotBusy.selector, worker, slot));
        settlement.commit(job.key, worker, "another", 1);
    }

    function test_one_vote_claimed_under_two_jobs__paid_once() public {
        Job memory job = _postExact(5, 1);
        Job memory other = _postExact(5, 1);
        _voted(job, 5, "a", "");
        _commitRange(other, 1, 5, "a");
        _wait(COMMIT_SECONDS);
        _revealRange(other, 1, 5, "a");
        _close(job);
        ISettlementTypes.Claim[] memory claims = new ISettlementTypes.Claim[](3);
        ISettlementTypes.Ballot memory ballot = _revealedBallot(job, 0, worker, "a");
        claims[0] = ISettlementTypes.Claim(other.key, ballot);
        claims[1] = ISettlementTypes.Claim(job.key, ballot);
        claims[2] = ISettlementTypes.Claim(other.key, ballot);
        _expectClaimSkipped(other, worker, ISettlementTypes.NoSuchVote.selector);
        _expectClaimSkipped(other, worker, ISettlementTypes.NoSuchVote.selector);
        settlement.claim(worker, claims);
        assertEq(_freeStake(worker), STAKE);
        uint256 once = vault.credit(worker);
        _claim(job, 0, workers[1], "a");
        assertEq(vault.credit(workers[1]), once);
    }

    function test_slot_of_another_freed_early__refused_whoever_asks() public {
        Job memory job = _postExact(5, 1);
        _commitRange(job, 0, 5, "a");
        vm.startPrank(stranger);
        _claimBallot(job, worker, _silentBallot(job, 0, worker, "a"));
        vm.stopPrank();
        assertEq(_stage(job), COMMITTED);
        _reveal(job, worker, "a");
        vm.startPrank(stranger);
        _claim(job, 0, worker, "a");
        vm.stopPrank();
        assertEq(_stage(job), REVEALED);
        _revealRange(job, 1, 4, "a");
        // Decided now: whoever sends the claim, the worker is paid.
        vm.prank(stranger);
        _claim(job, 0, worker, "a");
        assertGt(_wealth(worker), STAKE * UNIT);
    }

    function _stage(Job memory job) private view returns (uint256) {
        return Vote.wrap(settlement.vote(worker, slotOf[job.id][0][worker])).stage();
    }

    /// @dev A job whose draw gives the worker this slot, found by trying block hashes.
    function _postDrawing(uint256 slot) private returns (Job memory job) {
        job = _post(requester, exactVersion, _terms(5, 1), _noCallback());
        _draw();
        uint256 drawn = RING;
        for (uint256 i; drawn != slot; ++i) {
            vm.setBlockhash(block.number - 1, keccak256(abi.encode("slot", i)));
            (, drawn) = settlement.seatsOf(job.key, worker);
        }
    }
}
