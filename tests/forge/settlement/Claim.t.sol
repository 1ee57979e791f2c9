// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {FREE, RING, Vote} from "../../../contracts/types/Vote.sol";
import {Fixture, Job} from "../utils/Fixture.sol";

contract ClaimTest is Fixture {
    uint256 private constant NET_FEE =
        FEE * UNIT - FEE * UNIT * ROYALTY_BPS / 10_000 - FEE * UNIT * PROTOCOL_FEE_BPS / 10_000;

    function setUp() public override {
        super.setUp();
        _enlistEqual(5);
    }

    // --- skipped ---

    function test_claim__before_the_decision__skipped() public {
        Job memory job = _postExact(5, 2);
        _commitRange(job, 0, 5, "a");
        _reveal(job, workers[0], "a");
        _expectClaimSkipped(job, workers[0], ISettlementTypes.NotEnded.selector);
        _claim(job, 0, workers[0], "a");
        _expectClaimSkipped(job, workers[1], ISettlementTypes.NotEnded.selector);
        _claimBallot(job, workers[1], _silentBallot(job, 0, workers[1], "a"));
        assertEq(_freeStake(workers[0]) + _freeStake(workers[1]), 2 * (STAKE - BOND));
    }

    function test_claim__wrong_or_silent_before_the_close__skipped() public {
        Job memory job = _postExact(5, 2);
        _commitRange(job, 0, 4, "a");
        _commit(job, workers[4], "b", 1);
        _revealRange(job, 0, 4, "a");
        _expectClaimSkipped(job, workers[4], ISettlementTypes.NotEnded.selector);
        _claimBallot(job, workers[4], _silentBallot(job, 0, workers[4], "b"));
        _reveal(job, workers[4], "b");
        _expectClaimSkipped(job, workers[4], ISettlementTypes.NotEnded.selector);
        _claim(job, 0, workers[4], "b");
    }

    function test_claim__twice_in_one_call_or_later__pays_once() public {
        Job memory job = _postExact(5, 2);
        _voted(job, 5, "a", "");
        ISettlementTypes.Claim[] memory claims = new ISettlementTypes.Claim[](2);
        claims[0] = ISettlementTypes.Claim(job.key, _revealedBallot(job, 0, workers[0], "a"));
        claims[1] = claims[0];
        _expectClaimSkipped(job, workers[0], ISettlementTypes.NoSuchVote.selector);
        settlement.claim(workers[0], claims);
        _expectClaimSkipped(job, workers[0], ISettlementTypes.NoSuchVote.selector);
        settlement.claim(workers[0], claims);
        assertEq(vault.credit(workers[0]), NET_FEE);
        assertEq(_freeStake(workers[0]), STAKE);
    }

    /// @dev Whatever a ballot says besides the truth, it opens nothing.
    function test_claim__ballot_of_another_vote__skipped() public {
        Job memory job = _postExact(5, 2);
        Job memory other = _postExact(5, 2);
        _voted(job, 4, "a", "b");
        _voted(other, 5, "b", "");
        ISettlementTypes.Ballot memory mine = _revealedBallot(job, 0, workers[4], "b");
        ISettlementTypes.Ballot[5] memory ballots;
        ballots[0] = ISettlementTypes.Ballot(mine.place, keccak256("a"), 0);
        ballots[1] = ISettlementTypes.Ballot(mine.place, keccak256("b"), keccak256("a"));
        ballots[2] = ISettlementTypes.Ballot(mine.place | 1 << 16, keccak256("b"), 0);
        ballots[3] = ISettlementTypes.Ballot(mine.place, 0, 0);
        ballots[4] = _silentBallot(job, 0, workers[4], "b");
        for (uint256 i; i < 5; ++i) {
            _expectClaimSkipped(job, workers[4], ISettlementTypes.NoSuchVote.selector);
            _claimBallot(job, workers[4], ballots[i]);
        }
        // The right vote of another worker, and the same vote under the other job.
        _expectClaimSkipped(job, workers[4], ISettlementTypes.NoSuchVote.selector);
        _claimBallot(job, workers[4], _revealedBallot(job, 0, workers[0], "a"));
        _expectClaimSkipped(other, workers[4], ISettlementTypes.NoSuchVote.selector);
        _claimBallot(other, workers[4], mine);
        assertEq(vault.credit(workers[4]), 0);
        assertEq(_freeStake(workers[4]), STAKE - 2 * BOND);
    }

    function test_claim__nothing_named__nothing_happens() public {
        settlement.claim(workers[0], new ISettlementTypes.Claim[](0));
        assertEq(vault.credit(workers[0]), 0);
    }

    // --- paid ---

    function test_claim__right__bond_back_and_fee_at_once() public {
        Job memory job = _postExact(5, 2);
        _voted(job, 4, "a", "b");
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.Claimed(job.id, workers[0], BOND * UNIT + NET_FEE);
        vm.prank(stranger);
        _claim(job, 0, workers[0], "a");
        assertEq(_freeStake(workers[0]), STAKE);
        assertEq(vault.credit(workers[0]), NET_FEE);
        assertEq(vault.credit(stranger), 0);
        assertEq(Vote.wrap(settlement.vote(workers[0], slotOf[job.id][0][workers[0]])).stage(), FREE);
    }

    function test_claim__many_seats__times_as_much() public {
        Job memory job = _postExact(5, 1);
        _wait(COMMIT_SECONDS - 1);
        _commit(job, workers[0], "a", 2);
        _commit(job, workers[1], "a", 2);
        _commit(job, workers[2], "a", 1);
        _revealRange(job, 0, 3, "a");
        _claim(job, 0, workers[0], "a");
        assertEq(vault.credit(workers[0]), 2 * NET_FEE);
        assertEq(_freeStake(workers[0]), STAKE);
    }

    function test_claim__right_after_the_close__still_paid() public {
        Job memory job = _postExact(5, 2);
        _voted(job, 5, "a", "");
        _close(job);
        _wait(365 days);
        for (uint256 i; i < 5; ++i) {
            _claim(job, 0, workers[i], "a");
            assertEq(vault.credit(workers[i]), NET_FEE);
        }
        _assertNothingLeftInJobs();
    }

    function test_claim__wrong_after_the_close__frees_the_slot_only() public {
        Job memory job = _postExact(5, 2);
        _voted(job, 4, "a", "b");
        _close(job);
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.Claimed(job.id, workers[4], 0);
        _claim(job, 0, workers[4], "b");
        assertEq(_freeStake(workers[4]), STAKE - BOND);
        assertEq(vault.credit(workers[4]), 0);
        assertEq(Vote.wrap(settlement.vote(workers[4], slotOf[job.id][0][workers[4]])).stage(), FREE);
    }

    function test_claim__short_round__bond_back_without_fee_at_once() public {
        Job memory job = _postExact(5, 2);
        _commitRange(job, 0, 3, "a");
        _wait(COMMIT_SECONDS);
        _expectClaimSkipped(job, workers[0], ISettlementTypes.NotEnded.selector);
        _claimBallot(job, workers[0], _silentBallot(job, 0, workers[0], "a"));
        _advance(job);
        for (uint256 i; i < 3; ++i) {
            _claimBallot(job, workers[i], _silentBallot(job, 0, workers[i], "a"));
            assertEq(_freeStake(workers[i]), STAKE);
            assertEq(vault.credit(workers[i]), 0);
        }
    }

    function test_claim__refunded_job__bonds_back() public {
        Job memory job = _postExact(5, 1);
        _commitRange(job, 0, 2, "a");
        _wait(COMMIT_SECONDS);
        _advance(job);
        _claimBallot(job, workers[0], _silentBallot(job, 0, workers[0], "a"));
        _close(job);
        _claimBallot(job, workers[1], _silentBallot(job, 0, workers[1], "a"));
        assertEq(_freeStake(workers[0]) + _freeStake(workers[1]), 2 * STAKE);
        _assertNothingLeftInJobs();
    }

    function test_claim__unresolved__bond_to_those_who_spoke_and_nothing_to_the_silent() public {
        Job memory job = _postExact(5, 1);
        _commitRange(job, 0, 2, "a");
        _commitRange(job, 2, 5, "b");
        _revealRange(job, 0, 2, "a");
        _revealRange(job, 2, 4, "b");
        _wait(REVEAL_SECONDS);
        _advance(job);
        _claim(job, 0, workers[0], "a");
        _claim(job, 0, workers[2], "b");
        assertEq(_freeStake(workers[0]) + _freeStake(workers[2]), 2 * STAKE);
        assertEq(vault.credit(workers[0]) + vault.credit(workers[2]), 0);
        _expectClaimSkipped(job, workers[4], ISettlementTypes.NotEnded.selector);
        _claimBallot(job, workers[4], _silentBallot(job, 0, workers[4], "b"));
        _close(job);
        _claimBallot(job, workers[4], _silentBallot(job, 0, workers[4], "b"));
        assertEq(_freeStake(workers[4]), STAKE - BOND);
    }

    /// @dev EXACT: a seat of an undecided round that said what a later round settled is right and paid.
    function test_claim__earlier_round__judged_by_the_settled_answer() public {
        Job memory job = _twoRounds();
        _claim(job, 0, workers[0], "a");
        assertEq(vault.credit(workers[0]), NET_FEE);
        _expectClaimSkipped(job, workers[3], ISettlementTypes.NotEnded.selector);
        _claim(job, 0, workers[3], "b");
        _close(job);
        _claim(job, 0, workers[3], "b");
        assertEq(vault.credit(workers[3]), 0);
    }

    function test_claim__votes_of_two_rounds_and_two_jobs__in_one_call() public {
        Job memory job = _twoRounds();
        Job memory other = _postExact(5, 2);
        _voted(other, 5, "a", "");
        ISettlementTypes.Claim[] memory claims = new ISettlementTypes.Claim[](3);
        claims[0] = ISettlementTypes.Claim(job.key, _revealedBallot(job, 0, workers[0], "a"));
        claims[1] = ISettlementTypes.Claim(job.key, _revealedBallot(job, 1, workers[0], "a"));
        claims[2] = ISettlementTypes.Claim(other.key, _revealedBallot(other, 0, workers[0], "a"));
        uint256 seats = 2 + Vote.wrap(settlement.vote(workers[0], slotOf[job.id][1][workers[0]])).seats();
        settlement.claim(workers[0], claims);
        assertEq(vault.credit(workers[0]), seats * NET_FEE);
        assertEq(_freeStake(workers[0]), STAKE);
    }

    function test_claim__then_a_new_vote_in_the_freed_slot() public {
        Job memory job = _postExact(5, 2);
        _voted(job, 5, "a", "");
        uint256 slot = slotOf[job.id][0][workers[0]];
        _claim(job, 0, workers[0], "a");
        Job memory next = _jobDrawing(workers[0], slot);
        _commit(next, workers[0], "b", 1);
        _expectClaimSkipped(job, workers[0], ISettlementTypes.NoSuchVote.selector);
        _claim(job, 0, workers[0], "a");
        assertEq(_freeStake(workers[0]), STAKE - BOND);
    }

    // --- helpers ---

    /// @dev Round 0: three said "a", two "b". Round 1: all say "a".
    function _twoRounds() private returns (Job memory job) {
        job = _postExact(5, 2);
        _voted(job, 3, "a", "b");
        _advance(job);
        _draw();
        _wait(COMMIT_SECONDS - 1);
        for (uint256 i; i < 5 && settlement.job(job.id).status == 1; ++i) {
            _commit(job, workers[i], "a", 3);
        }
        for (uint256 i; i < 4; ++i) {
            _reveal(job, workers[i], "a");
        }
    }

    /// @dev A job whose draw gives the worker this slot, found by trying block hashes.
    function _jobDrawing(address worker, uint256 slot) private returns (Job memory job) {
        job = _post(requester, exactVersion, _terms(5, 2), _noCallback());
        _draw();
        uint256 drawn = RING;
        for (uint256 i; drawn != slot; ++i) {
            vm.setBlockhash(block.number - 1, keccak256(abi.encode(i)));
            (, drawn) = settlement.seatsOf(job.key, worker);
        }
    }
}
