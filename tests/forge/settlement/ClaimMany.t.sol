// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {Job} from "../utils/Fixture.sol";
import {ManyFixture} from "./ManyFixture.sol";

contract ClaimManyTest is ManyFixture {
    // --- nothing happens ---

    function test_claimMany__before_the_decision__skipped() public {
        _commitAll();
        _revealMany(workers[0]);
        for (uint256 i; i < COUNT; ++i) {
            _expectClaimSkipped(_jobs[i], workers[0], ISettlementTypes.NotEnded.selector);
        }
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.ClaimedMany(workers[0], new bytes32[](COUNT), new uint256[](COUNT));
        _claimMany(workers[0], _returns(workers[0]));
        assertEq(_freeStake(workers[0]), STAKE - 3 * BOND);
    }

    function test_claimMany__none__nothing_happens() public {
        _decideAll();
        _claimMany(workers[0], new ISettlementTypes.Return[](0));
        assertEq(_freeStake(workers[0]), STAKE - 3 * BOND);
    }

    /// @dev Under other terms or rules a body is another job, in which nobody has voted.
    function test_claimMany__other_terms_or_rules__skipped() public {
        _decideAll();
        ISettlementTypes.Return[] memory returned = _returns(workers[0]);
        settlement.claimMany(_terms(5, 3), _jobs[0].rules, workers[0], returned);
        settlement.claimMany(_jobs[0].key.terms, queue.rulesOf(toleranceVersion), workers[0], returned);
        assertEq(_freeStake(workers[0]), STAKE - 3 * BOND);
        assertEq(vault.credit(workers[0]), 0);
    }

    function test_claimMany__another_worker_s_votes__skipped() public {
        _decideAll();
        _claimMany(workers[1], _returns(workers[0]));
        assertEq(vault.credit(workers[1]), 0);
        assertEq(_freeStake(workers[1]), STAKE - 3 * BOND);
    }

    // --- what happens ---

    function test_claimMany__three__as_if_claimed_one_by_one() public {
        _decideAll();
        uint256 snapshot = vm.snapshotState();
        for (uint256 i; i < COUNT; ++i) {
            _claim(_jobs[i], 0, workers[0], _answer(i));
        }
        uint256 credit = vault.credit(workers[0]);
        vm.revertToState(snapshot);

        uint256[] memory amounts = new uint256[](COUNT);
        for (uint256 i; i < COUNT; ++i) {
            amounts[i] = BOND * UNIT + credit / COUNT;
        }
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.ClaimedMany(workers[0], _idsOfAll(), amounts);
        vm.prank(stranger);
        _claimMany(workers[0], _returns(workers[0]));
        assertEq(vault.credit(workers[0]), credit);
        assertEq(vault.credit(stranger), 0);
        assertEq(_freeStake(workers[0]), STAKE);
        for (uint256 i; i < COUNT; ++i) {
            assertEq(settlement.vote(workers[0], slotOf[_jobs[i].id][0][workers[0]]), 1);
        }
    }

    function test_claimMany__all_workers_then_closed__nothing_left_in_the_jobs() public {
        _decideAll();
        for (uint256 w; w < workers.length; ++w) {
            _claimMany(workers[w], _returns(workers[w]));
        }
        for (uint256 i; i < COUNT; ++i) {
            _close(_jobs[i]);
        }
        _assertNothingLeftInJobs();
    }

    function test_claimMany__twice_in_one_call_or_later__pays_once() public {
        _decideAll();
        ISettlementTypes.Return[] memory returned = _returns(workers[0]);
        returned[1] = returned[0];
        _expectClaimSkipped(_jobs[0], workers[0], ISettlementTypes.NoSuchVote.selector);
        _claimMany(workers[0], returned);
        uint256 credit = vault.credit(workers[0]);
        assertEq(_freeStake(workers[0]), STAKE - BOND);
        _claimMany(workers[0], returned);
        assertEq(vault.credit(workers[0]), credit);
        assertEq(_freeStake(workers[0]), STAKE - BOND);
    }

    /// @dev Wrong votes give their slots back and nothing else, once the job is closed.
    function test_claimMany__right_wrong_and_undecided__each_gets_what_it_is_due() public {
        _commit(_jobs[1], workers[0], "wrong", 1);
        _commitMany(workers[0], _bids(workers[0]));
        for (uint256 w = 1; w < 5; ++w) {
            _commitMany(workers[w], _bids(workers[w]));
        }
        for (uint256 w = 1; w < 5; ++w) {
            _reveal(_jobs[0], workers[w], _answer(0));
            _reveal(_jobs[1], workers[w], _answer(1));
        }
        _reveal(_jobs[0], workers[0], _answer(0));
        _reveal(_jobs[1], workers[0], "wrong");
        _reveal(_jobs[2], workers[0], _answer(2));
        _close(_jobs[1]);
        ISettlementTypes.Return[] memory returned = _returns(workers[0]);
        returned[1].ballot.first = keccak256("wrong");
        bytes32[] memory ids = _idsOfAll();
        ids[2] = 0;
        uint256[] memory amounts = new uint256[](COUNT);
        amounts[0] = BOND * UNIT + _fee();
        _expectClaimSkipped(_jobs[2], workers[0], ISettlementTypes.NotEnded.selector);
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.ClaimedMany(workers[0], ids, amounts);
        _claimMany(workers[0], returned);
        assertEq(vault.credit(workers[0]), _fee());
        assertEq(_freeStake(workers[0]), STAKE - 2 * BOND);
    }

    // --- helpers ---

    function _decideAll() private {
        _commitAll();
        _revealMany(workers[0]);
        for (uint256 w = 1; w < workers.length; ++w) {
            _revealKnownMany(workers[w]);
        }
    }

    /// @dev Wei a right seat is paid, less what the model's owner and the protocol take.
    function _fee() private pure returns (uint256) {
        uint256 fee = FEE * UNIT;
        return fee - fee * ROYALTY_BPS / 10_000 - fee * PROTOCOL_FEE_BPS / 10_000;
    }
}
