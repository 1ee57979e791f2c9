// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {IJobQueue} from "../../../contracts/interfaces/IJobQueue.sol";
import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {IStakeVault} from "../../../contracts/interfaces/IStakeVault.sol";
import {COMMITTING} from "../../../contracts/types/JobWord.sol";
import {Callback} from "../../../contracts/types/Request.sol";
import {MODE_OPTIMISTIC, MODE_QUORUM} from "../../../contracts/types/Terms.sol";
import {Fixture, Job} from "../utils/Fixture.sol";
import {Pack, TermsFields} from "../utils/Pack.sol";

contract PostTest is Fixture {
    // --- terms out of bounds ---

    function test_post__mode_unknown__reverts() public {
        TermsFields memory f = _fields(5, 2);
        uint8[2] memory modes = [2, 255];
        for (uint256 i; i < modes.length; ++i) {
            f.mode = modes[i];
            _expectRefused(f, abi.encodeWithSelector(IJobQueue.UnsupportedMode.selector, modes[i]));
        }
    }

    /// @dev Zero means no appeals, which only a committee's answer can go without.
    function test_post__appeal_window_out_of_bounds__reverts() public {
        TermsFields memory f = _appealable(MODE_QUORUM);
        bytes4 selector = IJobQueue.AppealWindowOutOfBounds.selector;
        uint256[3] memory windows = [1, SHORTEST_PHASE - 1, 30 days + 1];
        for (uint256 i; i < 6; ++i) {
            f.mode = i / 3;
            f.appealWindow = windows[i % 3];
            _expectRefused(f, abi.encodeWithSelector(selector, SHORTEST_PHASE, 30 days, f.appealWindow));
        }
        f.appealWindow = 0;
        _expectRefused(f, abi.encodeWithSelector(selector, SHORTEST_PHASE, 30 days, 0));
    }

    function test_post__cap_below_the_fee__reverts() public {
        TermsFields memory f = _fields(5, 2);
        f.seatFeeCap = FEE - 1;
        _expectRefused(f, abi.encodeWithSelector(IJobQueue.SeatFeeCapOutOfBounds.selector, FEE, FEE - 1));
        f.seatFeeCap = 0;
        _expectRefused(f, abi.encodeWithSelector(IJobQueue.SeatFeeCapOutOfBounds.selector, FEE, 0));
    }

    function test_post__reserved_bits__reverts() public {
        TermsFields memory f = _fields(5, 2);
        f.reserved = 0x80;
        _expectRefused(f, abi.encodeWithSelector(IJobQueue.ReservedTerms.selector, 0x80));
    }

    function test_post__committee_out_of_bounds__reverts() public {
        uint8[4] memory sizes = [0, 2, 32, 255];
        for (uint256 i; i < sizes.length; ++i) {
            bytes memory reason = abi.encodeWithSelector(IJobQueue.CommitteeOutOfBounds.selector, 3, 31, sizes[i]);
            _expectRefused(_fields(sizes[i], 2), reason);
        }
    }

    function test_post__rounds_out_of_bounds__reverts() public {
        uint8[3] memory rounds = [0, 6, 255];
        for (uint256 i; i < rounds.length; ++i) {
            bytes memory reason = abi.encodeWithSelector(IJobQueue.RoundsOutOfBounds.selector, 1, 5, rounds[i]);
            _expectRefused(_fields(5, rounds[i]), reason);
        }
    }

    function test_post__commit_phase_out_of_bounds__reverts() public {
        TermsFields memory f = _fields(5, 2);
        uint256[2] memory lengths = [SHORTEST_PHASE - 1, EPOCH + 1];
        for (uint256 i; i < lengths.length; ++i) {
            f.commitSeconds = lengths[i];
            bytes4 selector = IJobQueue.CommitPhaseOutOfBounds.selector;
            _expectRefused(f, abi.encodeWithSelector(selector, SHORTEST_PHASE, EPOCH, lengths[i]));
        }
    }

    function test_post__reveal_phase_out_of_bounds__reverts() public {
        TermsFields memory f = _fields(5, 2);
        uint256[2] memory lengths = [SHORTEST_PHASE - 1, 7 days + 1];
        for (uint256 i; i < lengths.length; ++i) {
            f.revealSeconds = lengths[i];
            bytes4 selector = IJobQueue.RevealPhaseOutOfBounds.selector;
            _expectRefused(f, abi.encodeWithSelector(selector, SHORTEST_PHASE, 7 days, lengths[i]));
        }
    }

    function test_post__no_seat_fee__reverts() public {
        TermsFields memory f = _fields(5, 2);
        (f.seatFee, f.seatFeeCap) = (0, 0);
        _expectRefused(f, abi.encodeWithSelector(IJobQueue.SeatFeeOutOfBounds.selector, 1, 0));
    }

    /// @dev The highest price counts, not the least.
    function test_post__bond_below_the_cap__reverts() public {
        TermsFields memory f = _fields(5, 1);
        f.bond = FEE - 1;
        _expectRefused(f, abi.encodeWithSelector(IJobQueue.BondOutOfBounds.selector, FEE, FEE - 1));
        f.bond = FEE + 1;
        f.seatFeeCap = FEE + 2;
        _expectRefused(f, abi.encodeWithSelector(IJobQueue.BondOutOfBounds.selector, FEE + 2, FEE + 1));
    }

    function test_post__bond_too_small_for_several_rounds__reverts() public {
        TermsFields memory f = _fields(5, 2);
        f.seatFeeCap = FEE + 2;
        f.bond = 5 * (FEE + 2) - 1;
        bytes4 selector = IJobQueue.BondOutOfBounds.selector;
        _expectRefused(f, abi.encodeWithSelector(selector, 5 * (FEE + 2), f.bond));
        f.bond = 5 * (FEE + 2);
        _post(requester, exactVersion, Pack.terms(f), _noCallback());
    }

    /// @dev With appeals: what burning leaves of a bond must be twice the price of the committee an appeal causes, which
    /// is the named one after an open round and the next larger one after a committee.
    function test_post__bond_too_small_for_appeals__reverts() public {
        for (uint256 mode; mode < 2; ++mode) {
            TermsFields memory f = _appealable(mode);
            uint256 seats = mode == MODE_QUORUM ? 11 : 5;
            // β = 40 %: 2 · seats · cap / 0.6, rounded up.
            uint256 least = (2 * seats * f.seatFeeCap * 10 + 5) / 6;
            f.bond = least - 1;
            _expectRefused(f, abi.encodeWithSelector(IJobQueue.BondOutOfBounds.selector, least, least - 1));
            f.bond = least;
            _post(requester, exactVersion, Pack.terms(f), _noCallback());
        }
    }

    /// @dev The share that is burned when the job is posted is the one that counts.
    function test_post__burn_share_changes__least_bond_with_it() public {
        TermsFields memory f = _appealable(MODE_OPTIMISTIC);
        uint16[3] memory shares = [1_000, 5_000, 9_000];
        for (uint256 i; i < shares.length; ++i) {
            vm.prank(owner);
            queue.setBurnShare(shares[i]);
            uint256 kept = 10_000 - shares[i];
            uint256 least = (2 * 5 * f.seatFeeCap * 10_000 + kept - 1) / kept;
            f.bond = least - 1;
            _expectRefused(f, abi.encodeWithSelector(IJobQueue.BondOutOfBounds.selector, least, least - 1));
            assertGe(least * kept, 2 * 5 * f.seatFeeCap * 10_000);
            assertLt((least - 1) * kept, 2 * 5 * f.seatFeeCap * 10_000);
        }
    }

    function test_post__optimistic_with_one_round__reverts() public {
        TermsFields memory f = _appealable(MODE_OPTIMISTIC);
        uint8[3] memory rounds = [0, 1, 6];
        for (uint256 i; i < rounds.length; ++i) {
            f.rounds = rounds[i];
            _expectRefused(f, abi.encodeWithSelector(IJobQueue.RoundsOutOfBounds.selector, 2, 5, rounds[i]));
        }
    }

    // --- the rest of a request ---

    function test_post__version_unknown_or_deprecated__reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.UnknownVersion.selector, bytes32("x")));
        _postAs(requester, "x", 1, INPUT);
        vm.prank(modelOwner);
        registry.deprecate(exactVersion);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.DeprecatedVersion.selector, exactVersion));
        _postAs(requester, exactVersion, 1, INPUT);
    }

    function test_post__paused__reverts() public {
        vm.prank(owner);
        queue.pause();
        vm.expectRevert(Pausable.EnforcedPause.selector);
        _postAs(requester, exactVersion, 1, INPUT);
    }

    function test_post__empty_input__reverts() public {
        vm.expectRevert(IJobQueue.EmptyInput.selector);
        _postAs(requester, exactVersion, 1, "");
    }

    function test_post__callback_without_target__reverts() public {
        Callback callback = Pack.callback(address(0), 0, 1);
        vm.prank(requester);
        vm.expectRevert(abi.encodeWithSelector(IJobQueue.CallbackWithoutTarget.selector, callback));
        queue.post(exactVersion, 1, _terms(5, 2), callback, INPUT);
    }

    function test_post__stipend_no_block_might_hold__reverts() public {
        Callback callback = Pack.callback(address(9), 5_000_001, 1);
        vm.prank(requester);
        vm.expectRevert(abi.encodeWithSelector(IJobQueue.StipendOutOfBounds.selector, 5_000_000, 5_000_001));
        queue.post(exactVersion, 1, _terms(5, 2), callback, INPUT);
    }

    function test_post__escrow_one_wei_above_the_credit__reverts() public {
        uint256 escrow = queue.escrowOf(_terms(5, 2), _noCallback());
        _fund(stranger, escrow - 1);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.InsufficientCredit.selector, stranger, escrow - 1, escrow));
        _postAs(stranger, exactVersion, 1, INPUT);
    }

    function test_post__same_request_again__reverts() public {
        bytes32 id = _postAs(requester, exactVersion, 1, INPUT);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.JobExists.selector, id));
        _postAs(requester, exactVersion, 1, INPUT);
    }

    function test_post__request_that_was_cancelled__reverts() public {
        Job memory job = _post(requester, exactVersion, _terms(5, 2), _noCallback());
        vm.startPrank(requester);
        queue.cancel(job.request, job.rules);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.JobExists.selector, job.id));
        queue.post(exactVersion, job.request.nonce, job.request.terms, job.request.callback, INPUT);
    }

    // --- what happens ---

    function test_post__escrow__first_committees_of_all_rounds_and_the_delivery() public {
        Callback callback = Pack.callback(address(9), 1, DELIVERY_FEE);
        uint256 before = vault.credit(requester);
        Job memory job = _post(requester, exactVersion, _terms(5, 3), callback);
        assertEq(before - vault.credit(requester), ((5 + 11 + 23) * FEE + DELIVERY_FEE) * UNIT);
        assertEq(queue.jobIdOf(job.request, job.rules), job.id);
    }

    function test_post__range_of_prices__escrow_at_the_cap() public {
        TermsFields memory f = _fields(5, 3);
        f.seatFeeCap = FEE + 7;
        uint256 before = vault.credit(requester);
        _post(requester, exactVersion, Pack.terms(f), _noCallback());
        assertEq(before - vault.credit(requester), (5 + 11 + 23) * (FEE + 7) * UNIT);
    }

    /// @dev The rounds of an appeal are the appellant's to pay.
    function test_post__optimistic__escrow_of_one_seat_at_the_cap_and_the_delivery() public {
        TermsFields memory f = _appealable(MODE_OPTIMISTIC);
        f.rounds = 5;
        uint256 before = vault.credit(requester);
        _post(requester, exactVersion, Pack.terms(f), Pack.callback(address(9), 1, DELIVERY_FEE));
        assertEq(before - vault.credit(requester), (f.seatFeeCap + DELIVERY_FEE) * UNIT);
    }

    function test_post__any__round_0_opens_with_the_next_block_s_hash() public {
        Job memory job = _job(requester, exactVersion, _terms(5, 2), _noCallback());
        vm.expectEmit(address(queue));
        emit IJobQueue.JobPosted(
            job.id, exactVersion, requester, job.request.nonce, job.key.terms, job.rules, _noCallback(), INPUT
        );
        assertEq(_postAs(requester, exactVersion, job.request.nonce, INPUT), job.id);
        ISettlementTypes.JobView memory shown = settlement.job(job.id);
        assertEq(shown.status, COMMITTING);
        assertEq(shown.time, block.timestamp);
        assertEq(shown.seedBlock, block.number + 1);
        assertEq(shown.round + shown.voids + shown.committed + shown.revealed + shown.leading, 0);
    }

    function test_post__rules__those_of_the_version_and_the_protocol() public {
        Job memory job = _post(requester, toleranceVersion, _terms(5, 2), _noCallback());
        assertEq(job.rules.numerics(), 1);
        assertEq(job.rules.atol(), ATOL);
        assertEq(job.rules.royaltyBps(), ROYALTY_BPS);
        assertEq(job.rules.protocolFeeBps(), PROTOCOL_FEE_BPS);
        assertEq(job.rules.burnBps(), BURN_BPS);
    }

    function test_post__bounds_themselves__accepted() public {
        TermsFields memory f = _fields(3, 1);
        (f.commitSeconds, f.revealSeconds) = (SHORTEST_PHASE, SHORTEST_PHASE);
        (f.seatFee, f.seatFeeCap, f.bond) = (1, 1, 1);
        _post(requester, exactVersion, Pack.terms(f), _noCallback());
        f = _fields(31, 5);
        (f.commitSeconds, f.revealSeconds) = (EPOCH, 7 days);
        _post(requester, exactVersion, Pack.terms(f), _noCallback());
        f = _appealable(MODE_OPTIMISTIC);
        (f.rounds, f.appealWindow) = (2, SHORTEST_PHASE);
        _post(requester, exactVersion, Pack.terms(f), _noCallback());
        f = _appealable(MODE_QUORUM);
        (f.rounds, f.appealWindow) = (1, 30 days);
        _post(requester, exactVersion, Pack.terms(f), _noCallback());
    }

    function test_post__largest_amounts__refused_without_overflow() public {
        TermsFields memory f = _fields(31, 5);
        uint256 cap = (2 ** 48 - 1) / 5;
        (f.seatFee, f.seatFeeCap, f.bond) = (cap, cap, 2 ** 48 - 1);
        Callback callback = Pack.callback(address(9), 5_000_000, 2 ** 64 - 1);
        uint256 escrow = ((31 + 4 * 63) * cap + 2 ** 64 - 1) * UNIT;
        assertEq(queue.escrowOf(Pack.terms(f), callback), escrow);
        uint256 credit = vault.credit(requester);
        vm.prank(requester);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.InsufficientCredit.selector, requester, credit, escrow));
        queue.post(exactVersion, 1, Pack.terms(f), callback, INPUT);
    }

    function test_batch__one_post_of_three_is_bad__the_others_are_posted() public {
        bytes[] memory calls = new bytes[](3);
        calls[0] = abi.encodeCall(queue.post, (exactVersion, 1, _terms(5, 2), _noCallback(), INPUT));
        calls[1] = abi.encodeCall(queue.post, (exactVersion, 2, _terms(2, 2), _noCallback(), INPUT));
        calls[2] = abi.encodeCall(queue.post, (exactVersion, 3, _terms(5, 2), _noCallback(), INPUT));
        uint256 before = vault.credit(requester);
        vm.expectEmit(address(queue));
        emit BatchItemFailed(1, abi.encodeWithSelector(IJobQueue.CommitteeOutOfBounds.selector, 3, 31, 2));
        vm.prank(requester);
        queue.batch(calls);
        assertEq(before - vault.credit(requester), 2 * queue.escrowOf(_terms(5, 2), _noCallback()));
    }

    event BatchItemFailed(uint256 indexed index, bytes reason);

    // --- helpers ---

    function _postAs(address asker, bytes32 versionId, uint96 nonce, bytes memory input) private returns (bytes32) {
        vm.prank(asker);
        return queue.post(versionId, nonce, _terms(5, 2), _noCallback(), input);
    }

    /// @dev Terms with an appeal window and a range of prices that the bond is more than enough for.
    function _appealable(uint256 mode) private pure returns (TermsFields memory f) {
        f = _fields(5, 3);
        (f.mode, f.appealWindow, f.seatFeeCap, f.bond) = (mode, 1 hours, 2 * FEE + 9, 10_007);
    }

    function _expectRefused(TermsFields memory f, bytes memory reason) private {
        vm.prank(requester);
        vm.expectRevert(reason);
        queue.post(exactVersion, 1, Pack.terms(f), _noCallback(), INPUT);
    }
}
