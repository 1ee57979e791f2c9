// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {COMMITTING, NONE, REVEALING} from "../../../contracts/types/JobWord.sol";
import {Fixture, Job} from "../utils/Fixture.sol";
import {Pack, TermsFields} from "../utils/Pack.sol";

contract CloseTest is Fixture {
    uint256 private constant SEAT_FEE = FEE * UNIT;
    uint256 private constant ROYALTY = SEAT_FEE * ROYALTY_BPS / 10_000;
    uint256 private constant PROTOCOL_FEE = SEAT_FEE * PROTOCOL_FEE_BPS / 10_000;

    function setUp() public override {
        super.setUp();
        _enlistEqual(5);
    }

    // --- reverts ---

    function test_close__unknown_or_not_decided__reverts() public {
        Job memory job = _job(requester, exactVersion, _terms(5, 2), _noCallback());
        _expectNotEnded(job, NONE);
        job = _postExact(5, 2);
        _expectNotEnded(job, COMMITTING);
        _commitRange(job, 0, 5, "a");
        _expectNotEnded(job, REVEALING);
        _reveal(job, workers[0], "a");
        _wait(REVEAL_SECONDS);
        _expectNotEnded(job, REVEALING);
    }

    function test_close__decided_and_a_reveal_may_come__reverts() public {
        Job memory job = _postExact(5, 2);
        _commitRange(job, 0, 5, "a");
        _revealRange(job, 0, 4, "a");
        uint256 end = block.timestamp + REVEAL_SECONDS;
        vm.warp(end - 1);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.RevealPhaseOpen.selector, end, end - 1));
        _close(job);
        vm.warp(end);
        _close(job);
    }

    function test_close__twice__reverts() public {
        Job memory job = _postExact(5, 2);
        _voted(job, 5, "a", "");
        _close(job);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.ClosedAlready.selector, job.id));
        _close(job);
    }

    // --- to the wei ---

    function test_close__all_right__at_once_and_only_fees_divided() public {
        Job memory job = _postExact(5, 1);
        _voted(job, 5, "a", "");
        uint256 before = vault.credit(requester);
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.Closed(job.id, 5, 0, 0, 0, 5 * PROTOCOL_FEE, 5 * ROYALTY);
        _close(job);
        assertEq(vault.credit(requester), before);
        assertEq(vault.credit(modelOwner), 5 * ROYALTY);
        assertEq(vault.credit(address(queue)), 5 * PROTOCOL_FEE);
        assertEq(vault.burned(), 0);
        _claimAll(job, 5);
        _assertNothingLeftInJobs();
    }

    function test_close__one_wrong__burned_and_treasury_by_share() public {
        Job memory job = _postExact(5, 1);
        uint256 before = vault.credit(requester);
        _voted(job, 4, "a", "b");
        _close(job);
        uint256 burned = BOND * UNIT * BURN_BPS / 10_000;
        assertEq(vault.burned(), burned);
        assertEq(vault.credit(address(queue)), BOND * UNIT - burned + 4 * PROTOCOL_FEE);
        assertEq(vault.credit(modelOwner), 4 * ROYALTY);
        assertEq(vault.credit(requester), before + SEAT_FEE);
        _claimAll(job, 4);
        _assertNothingLeftInJobs();
    }

    function test_close__one_silent__like_a_wrong_one() public {
        Job memory job = _postExact(5, 1);
        _commitRange(job, 0, 5, "a");
        _revealRange(job, 0, 4, "a");
        _wait(REVEAL_SECONDS);
        vm.expectEmit(address(settlement));
        uint256 burned = BOND * UNIT * BURN_BPS / 10_000;
        uint256 treasury = BOND * UNIT - burned + 4 * PROTOCOL_FEE;
        emit ISettlementTypes.Closed(job.id, 4, 1, burned, SEAT_FEE, treasury, 4 * ROYALTY);
        _close(job);
        _claimAll(job, 4);
        _assertNothingLeftInJobs();
    }

    function test_close__seats_nobody_took__their_fees_return() public {
        Job memory job = _postExact(5, 2);
        uint256 before = vault.credit(requester);
        _commitRange(job, 0, 4, "a");
        _wait(COMMIT_SECONDS);
        _revealRange(job, 0, 4, "a");
        _close(job);
        assertEq(vault.credit(requester), before + (1 + 11) * SEAT_FEE);
        _claimAll(job, 4);
        _assertNothingLeftInJobs();
    }

    /// @dev Lost bonds repay nobody, the requester least of all, even where wrong seats made the job dearer.
    function test_close__decided_in_round_1__requester_gets_unspent_fees_only() public {
        Job memory job = _postExact(3, 2);
        uint256 before = vault.credit(requester);
        _wait(COMMIT_SECONDS - 1);
        _commit(job, workers[0], "a", 1);
        _commit(job, workers[1], "b", 1);
        _commit(job, workers[2], "c", 1);
        _reveal(job, workers[0], "a");
        _reveal(job, workers[1], "b");
        _reveal(job, workers[2], "c");
        _advance(job);
        _draw();
        uint256 seats = _commitUpTo(job, 7, "a");
        _close(job);
        uint256 burned = 2 * BOND * UNIT * BURN_BPS / 10_000;
        assertEq(vault.credit(requester), before + (3 + 7 - 1 - seats) * SEAT_FEE);
        assertEq(vault.burned(), burned);
        assertEq(vault.credit(address(queue)), 2 * BOND * UNIT - burned + (1 + seats) * PROTOCOL_FEE);
        assertEq(vault.credit(modelOwner), (1 + seats) * ROYALTY);
        _claim(job, 0, workers[0], "a");
        for (uint256 i; i < 5; ++i) {
            if (slotOf[job.id][1][workers[i]] != 0) _claim(job, 1, workers[i], "a");
        }
        _assertNothingLeftInJobs();
    }

    function test_close__refunded__all_escrow_returns() public {
        uint256 before = vault.credit(requester);
        Job memory job = _post(requester, exactVersion, _terms(5, 2), Pack.callback(address(9), 1, DELIVERY_FEE));
        for (uint256 i; i < 2; ++i) {
            _wait(COMMIT_SECONDS);
            _advance(job);
        }
        _close(job);
        assertEq(vault.credit(requester), before);
        _assertNothingLeftInJobs();
    }

    function test_close__unresolved__fees_return_and_silence_pays() public {
        uint256 before = vault.credit(requester);
        Job memory job = _post(requester, exactVersion, _terms(5, 1), Pack.callback(address(9), 1, DELIVERY_FEE));
        _draw();
        _commitRange(job, 0, 2, "a");
        _commitRange(job, 2, 5, "b");
        _revealRange(job, 0, 2, "a");
        _reveal(job, workers[2], "b");
        _wait(REVEAL_SECONDS);
        _advance(job);
        _close(job);
        uint256 burned = 2 * BOND * UNIT * BURN_BPS / 10_000;
        assertEq(vault.credit(requester), before);
        assertEq(vault.burned(), burned);
        assertEq(vault.credit(address(queue)), 2 * BOND * UNIT - burned);
        assertEq(vault.credit(modelOwner), 0);
        _claimAll(job, 2);
        _claim(job, 0, workers[2], "b");
        _assertNothingLeftInJobs();
    }

    function test_close__nobody_reveals_at_all__every_bond_is_lost() public {
        uint256 before = vault.credit(requester);
        Job memory job = _postExact(5, 1);
        _commitRange(job, 0, 4, "a");
        _wait(COMMIT_SECONDS + REVEAL_SECONDS);
        _advance(job);
        _close(job);
        uint256 burned = 4 * BOND * UNIT * BURN_BPS / 10_000;
        assertEq(vault.burned(), burned);
        assertEq(vault.credit(address(queue)), 4 * BOND * UNIT - burned);
        assertEq(vault.credit(requester), before);
        _assertNothingLeftInJobs();
    }

    /// @dev Silence in a round that could be judged is not forgiven because a later round stayed short.
    function test_close__silent_then_a_short_round__silence_pays_and_the_short_round_does_not() public {
        Job memory job = _postExact(5, 2);
        _commitRange(job, 0, 5, "a");
        _wait(REVEAL_SECONDS);
        _advance(job);
        _draw();
        _commit(job, workers[0], "a", 1);
        _wait(COMMIT_SECONDS);
        _advance(job);
        _close(job);
        assertEq(vault.burned(), 5 * BOND * UNIT * BURN_BPS / 10_000);
        _claimBallot(job, workers[0], _silentBallot(job, 1, workers[0], "a"));
        assertEq(_freeStake(workers[0]), STAKE - BOND);
        _assertNothingLeftInJobs();
    }

    /// @dev The bonds of a short round are no part of what is divided, also when a later round decides.
    function test_close__short_round_then_decided__its_bonds_are_not_lost() public {
        Job memory job = _postExact(5, 2);
        _commitRange(job, 0, 3, "b");
        _wait(COMMIT_SECONDS);
        _advance(job);
        _draw();
        _voted(job, 5, "a", "");
        _close(job);
        assertEq(vault.burned(), 0);
        _claimBallot(job, workers[0], _silentBallot(job, 0, workers[0], "b"));
        _claimBallot(job, workers[1], _silentBallot(job, 0, workers[1], "b"));
        _claimBallot(job, workers[2], _silentBallot(job, 0, workers[2], "b"));
        for (uint256 i; i < 5; ++i) {
            _claim(job, 1, workers[i], "a");
            assertEq(_freeStake(workers[i]), STAKE);
        }
        _assertNothingLeftInJobs();
    }

    /// @dev Two rounds that spoke and did not agree: whoever spoke in either has its bonds back.
    function test_close__unresolved_after_two_rounds__only_silence_pays() public {
        Job memory job = _postExact(3, 2);
        _wait(COMMIT_SECONDS - 1);
        bytes[5] memory answers = [bytes("a"), "b", "c", "d", "e"];
        for (uint256 i; i < 3; ++i) {
            _commit(job, workers[i], answers[i], 1);
        }
        for (uint256 i; i < 3; ++i) {
            _reveal(job, workers[i], answers[i]);
        }
        _advance(job);
        _draw();
        _wait(COMMIT_SECONDS - 1);
        for (uint256 i; i < 5; ++i) {
            _commit(job, workers[i], answers[i], 1);
        }
        _wait(1);
        for (uint256 i; i < 4; ++i) {
            _reveal(job, workers[i], answers[i]);
        }
        _wait(REVEAL_SECONDS);
        _advance(job);
        _close(job);
        assertEq(vault.burned(), BOND * UNIT * BURN_BPS / 10_000);
        for (uint256 i; i < 4; ++i) {
            if (i < 3) _claim(job, 0, workers[i], answers[i]);
            _claim(job, 1, workers[i], answers[i]);
            assertEq(_freeStake(workers[i]), STAKE);
        }
        _assertNothingLeftInJobs();
    }

    function test_close__model_sold_meanwhile__royalty_to_the_new_owner() public {
        Job memory job = _postExact(5, 1);
        _voted(job, 5, "a", "");
        vm.prank(modelOwner);
        registry.transferModel(modelId, stranger);
        vm.prank(stranger);
        registry.acceptModel(modelId);
        _close(job);
        assertEq(vault.credit(stranger), 5 * ROYALTY);
        assertEq(vault.credit(modelOwner), 0);
    }

    /// @dev Any fee, bond and shares, any number of seats right, wrong and silent: not a wei is made or lost.
    function test_close__any_figures__nothing_left(
        uint48 fee,
        uint48 bond,
        uint16[3] memory bps,
        uint8 right,
        uint8 wrong
    ) public {
        vm.startPrank(owner);
        queue.setProtocolFee(bound(bps[0], 0, 1_000));
        queue.setBurnShare(bound(bps[1], 1_000, 9_000));
        vm.stopPrank();
        TermsFields memory f = _fields(5, 1);
        f.seatFee = bound(fee, 1, STAKE);
        f.seatFeeCap = f.seatFee;
        f.bond = bound(bond, f.seatFee, STAKE);
        Job memory job = _post(requester, exactVersion, Pack.terms(f), _noCallback());
        _draw();
        right = uint8(bound(right, 0, 5));
        wrong = uint8(bound(wrong, 0, 5 - right));
        _commitRange(job, 0, right, "a");
        _commitRange(job, right, 5, "b");
        _revealRange(job, 0, right, "a");
        _revealRange(job, right, right + wrong, "b");
        _wait(REVEAL_SECONDS);
        if (right < 3 && wrong < 3) _advance(job);
        _close(job);
        for (uint256 i; i < 5; ++i) {
            if (i < right + wrong) _claim(job, 0, workers[i], i < right ? bytes("a") : bytes("b"));
            else _claimBallot(job, workers[i], _silentBallot(job, 0, workers[i], "b"));
        }
        _assertNothingLeftInJobs();
    }

    // --- helpers ---

    function _expectNotEnded(Job memory job, uint256 status) private {
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.NotEnded.selector, job.id, status));
        _close(job);
    }

    function _claimAll(Job memory job, uint256 count) private {
        for (uint256 i; i < count; ++i) {
            _claim(job, 0, workers[i], "a");
        }
    }

    /// @dev Takes and reveals up to `size` seats of the round under way.
    function _commitUpTo(Job memory job, uint256 size, bytes memory result) private returns (uint256 seats) {
        _wait(COMMIT_SECONDS - 1);
        for (uint256 i; i < 5 && settlement.job(job.id).committed < size; ++i) {
            (uint256 drawn,) = settlement.seatsOf(job.key, workers[i]);
            if (drawn != 0) _commit(job, workers[i], result, drawn);
        }
        seats = settlement.job(job.id).committed;
        for (uint256 i; i < 5; ++i) {
            if (slotOf[job.id][roundOf[job.id]][workers[i]] != 0) _reveal(job, workers[i], result);
        }
    }
}
