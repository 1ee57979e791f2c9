// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlement} from "../../../contracts/interfaces/ISettlement.sol";
import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {DECIDED, UNRESOLVED} from "../../../contracts/types/JobWord.sol";
import {MODE_OPTIMISTIC, MODE_QUORUM} from "../../../contracts/types/Terms.sol";
import {AppealFixture} from "../utils/AppealFixture.sol";
import {Job} from "../utils/Fixture.sol";
import {Pack, TermsFields} from "../utils/Pack.sol";

/// @dev Appeals at their limits, in figures. What they do not guard against: a veto with half of an even committee, an
/// appeal that is held back. What they do: a liar's appeal of its own lie, and honest seats that have to show they were right.
contract ReviewAppealsTest is AppealFixture {
    uint256 private constant LIARS = 2;

    // --- a last committee that decides nothing ---

    /// @dev A lie is appealed. Its author holds half of the four seats of the last committee and reveals junk there: no
    /// majority, so no answer. Every seat that spoke has its bond back, the lie's too; the right appellant pays the round.
    function test_lie_appealed__even_last_committee__half_of_it_vetoes_for_nothing() public {
        uint256 appellant = _wealth(stranger);
        Job memory job = _lieAgainst(4);
        assertEq(settlement.job(job.id).status, UNRESOLVED);
        _close(job);
        _claimLiars(job);
        for (uint256 i; i < LIARS; ++i) {
            assertEq(_wealth(workers[i]), STAKE * UNIT);
        }
        assertEq(appellant - _wealth(stranger), 4 * CAP_WEI);
        assertEq(vault.burned(), 0);
    }

    /// @dev With five seats the other three are a majority, and the same liars lose what they put up.
    function test_lie_appealed__odd_last_committee__as_many_liars_lose_their_bonds() public {
        uint256 appellant = _wealth(stranger);
        Job memory job = _lieAgainst(5);
        assertEq(settlement.job(job.id).status, DECIDED);
        _close(job);
        _claimLiars(job);
        assertEq(_wealth(workers[0]), (STAKE - 2 * APPEAL_BOND) * UNIT);
        assertEq(_wealth(workers[1]), (STAKE - APPEAL_BOND) * UNIT);
        assertEq(_wealth(stranger), appellant + REWARD_WEI);
    }

    /// @dev Worker 0 proposes a lie; in the only committee the liars come first and all others are honest.
    function _lieAgainst(uint256 committee) private returns (Job memory job) {
        TermsFields memory f = _appealFields(MODE_OPTIMISTIC, 2);
        f.committee = committee;
        job = _post(requester, exactVersion, Pack.terms(f), _noCallback());
        _draw();
        _proposed(job, workers[0], "lie");
        _appealProposal(job, stranger, workers[0], "lie");
        _wait(MIDDLE);
        _commit(job, workers[0], "junk", 1);
        _commit(job, workers[1], "trash", 1);
        _commitRange(job, LIARS, committee, "a");
        _reveal(job, workers[0], "junk");
        _reveal(job, workers[1], "trash");
        _revealRange(job, LIARS, committee, "a");
        if (settlement.job(job.id).status != DECIDED) _advance(job);
    }

    function _claimLiars(Job memory job) private {
        _claimProposal(job, 0, workers[0], "lie");
        _claim(job, 1, workers[0], "junk");
        _claim(job, 1, workers[1], "trash");
    }

    // --- an appeal that is held back ---

    /// @dev An appeal names the answer, not the round: kept out of the chain until a committee has confirmed the answer, it
    /// lands as an appeal of the committee's, with another deposit and against five votes instead of one.
    function test_appeal_held_back__lands_on_the_same_answer_of_a_later_round() public {
        Job memory job = _postOpen(4);
        _proposed(job, workers[0], "a");
        uint256 rival_ = vault.credit(rival);
        bytes memory pending = abi.encodeCall(ISettlement.appeal, (job.key, workers[0], keccak256("a")));
        _appealProposal(job, stranger, workers[0], "a");
        _committee(job, 5, "a", "");
        vm.prank(rival);
        (bool ok,) = address(settlement).call(pending);
        assertTrue(ok);
        (address first,) = settlement.appellant(job.id, 0);
        (address second,) = settlement.appellant(job.id, 1);
        assertEq(first, stranger);
        assertEq(second, rival);
        assertEq(rival_ - vault.credit(rival), BOND_WEI + (11 + 23) * CAP_WEI);
    }

    // --- a liar's appeal of its own lie ---

    /// @dev A liar appeals its own lie, owns the next committee and lies there again. Whoever appeals that lie, and is right,
    /// is repaid and rewarded like the liar's own first appeal: each takes at most what burning leaves of one bond.
    function test_right_appellant_of_a_captured_round__high_burn__rewarded_beside_the_liar_s_own_appeal() public {
        vm.prank(owner);
        queue.setBurnShare(9_000);
        TermsFields memory f = _appealFields(MODE_OPTIMISTIC, 4);
        f.bond = 30_011;
        uint256 liar = _wealth(stranger);
        uint256 honest = _wealth(rival);
        Job memory job = _post(requester, exactVersion, Pack.terms(f), _noCallback());
        _draw();
        _proposed(job, workers[4], "lie");
        _appealProposal(job, stranger, workers[4], "lie");
        _committee(job, 5, "another lie", "");
        _appeal(job, rival, "another lie");
        _secondCommittee(job, "a", "b");
        _settle(job);
        _close(job);
        uint256 reward = f.bond * UNIT - f.bond * UNIT * 9_000 / 10_000;
        assertEq(_wealth(rival), honest + reward);
        assertEq(_wealth(stranger), liar + reward);
    }

    /// @dev A liar appeals its own lie. What it loses for certain is the burned share of its bond: the bonds of honest seats
    /// that fall silent repay it the committee, but its reward is no more than what burning leaves of the one it lost.
    function test_liar_appeals_itself__one_honest_seat_silent__the_burned_share_is_lost_all_the_same() public {
        assertEq(_ownLieAppealed(5), _burnedOf(1) + _priceOf(4, 4 * MIDDLE_STEP));
        assertEq(_ownLieAppealed(4), _burnedOf(1));
    }

    /// @dev What the liar, worker 0 and the stranger, has lost, where workers 1 to before `spoken` reveal the truth.
    function _ownLieAppealed(uint256 spoken) private returns (uint256 loss) {
        uint256 snapshot = vm.snapshotState();
        uint256 before = _wealth(workers[0]) + _wealth(stranger);
        Job memory job = _postOpen(2);
        (uint256 certain,) = queue.assuranceOf(job.key.terms, 0);
        assertEq(certain, _burnedOf(1) / UNIT * UNIT);
        _proposed(job, workers[0], "lie");
        _appealProposal(job, stranger, workers[0], "lie");
        _wait(MIDDLE);
        _commitRange(job, 1, 5, "a");
        _wait(COMMIT_SECONDS - MIDDLE);
        _revealRange(job, 1, spoken, "a");
        _wait(REVEAL_SECONDS);
        _close(job);
        _claimProposal(job, 0, workers[0], "lie");
        loss = before - _wealth(workers[0]) - _wealth(stranger);
        vm.revertToState(snapshot);
    }

    // --- TOLERANCE: seats of an appealed round ---

    /// @dev Five honest seats gave one answer. Its appellant needs a second committee that settles another digest near it: then
    /// each of the five has to be shown right, with both results in calldata. However short the reveal phase that the requester
    /// chose, the time of an appeal window is added to it: shown in its last second all are paid, and the appellant has lost.
    function test_tolerance_committee_appealed__seats_shown_right_in_the_window_s_last_second__paid() public {
        uint256 appellant = _wealth(stranger);
        Job memory job = _appealedNear(SHORTEST_PHASE);
        uint256 end = settlement.finalAt(job.key) + SHORTEST_PHASE + WINDOW;
        vm.warp(settlement.finalAt(job.key) + SHORTEST_PHASE);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.RevealPhaseOpen.selector, end, block.timestamp));
        _close(job);
        vm.warp(end - 1);
        for (uint256 i; i < 5; ++i) {
            ISettlementTypes.Ballot memory ballot = _revealedBallot(job, 0, workers[i], _quarters(0));
            settlement.vindicate(job.key, workers[i], ballot, _quarters(0), _quarters(1));
        }
        vm.warp(end);
        _close(job);
        assertEq(appellant - _wealth(stranger), BOND_WEI + _priceOf(11, 11 * LATE_STEP));
        _claim(job, 0, workers[4], _quarters(0));
        assertEq(_wealth(workers[4]), STAKE * UNIT + _netOf(1, MIDDLE_STEP));
    }

    /// @dev Those that nobody shows right by then lose their bonds, and the appellant of a right answer is right.
    function test_tolerance_committee_appealed__seats_never_shown_right__lost_to_the_appellant() public {
        uint256 appellant = _wealth(stranger);
        Job memory job = _appealedNear(SHORTEST_PHASE);
        vm.warp(settlement.finalAt(job.key) + SHORTEST_PHASE + WINDOW);
        _close(job);
        assertEq(_wealth(stranger), appellant + REWARD_WEI);
        for (uint256 i; i < 5; ++i) {
            _claim(job, 0, workers[i], _quarters(0));
            assertEq(_wealth(workers[i]) / UNIT, STAKE - APPEAL_BOND - APPEAL_BOND * [4, 4, 1, 2, 0][i]);
        }
    }

    /// @dev Where the second committee settles the same digest again, they are right by it, and nobody has to show anything.
    function test_tolerance_committee_appealed__same_digest_again__paid_without_being_shown_right() public {
        uint256 appellant = _wealth(stranger);
        Job memory job = _appealedBefore(_quarters(0), SHORTEST_PHASE);
        vm.warp(settlement.finalAt(job.key) + SHORTEST_PHASE + WINDOW);
        _close(job);
        assertEq(appellant - _wealth(stranger), BOND_WEI + _priceOf(11, 11 * LATE_STEP));
        _claim(job, 0, workers[4], _quarters(0));
        assertEq(_wealth(workers[4]), STAKE * UNIT + _netOf(1, MIDDLE_STEP));
    }

    function _appealedNear(uint256 revealSeconds) private returns (Job memory) {
        return _appealedBefore(_quarters(1), revealSeconds);
    }

    /// @dev A committee's `_quarters(0)`, appealed; a second one settles `answer`.
    function _appealedBefore(bytes memory answer, uint256 revealSeconds) private returns (Job memory job) {
        TermsFields memory f = _appealFields(MODE_QUORUM, 3);
        f.revealSeconds = revealSeconds;
        job = _post(requester, toleranceVersion, Pack.terms(f), _noCallback());
        _draw();
        _committee(job, 5, _quarters(0), "");
        _appeal(job, stranger, _quarters(0));
        _secondCommittee(job, answer, answer);
    }
}
