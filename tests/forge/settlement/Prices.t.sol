// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {MODE_QUORUM} from "../../../contracts/types/Terms.sol";
import {Vote} from "../../../contracts/types/Vote.sol";
import {AppealFixture} from "../utils/AppealFixture.sol";
import {Job} from "../utils/Fixture.sol";
import {Pack, TermsFields} from "../utils/Pack.sol";

/// @dev Prices that rise with the draw: each seat is paid the price at its own commitment, and all sums are exact.
contract PricesTest is AppealFixture {
    // --- open rounds ---

    function test_propose__any_second__paid_the_price_of_that_second(uint16 second) public {
        uint256 elapsed = bound(second, ANYBODY, LATE);
        uint256 before = vault.credit(requester);
        Job memory job = _postOpen(2);
        _wait(elapsed);
        _propose(job, workers[0], "a");
        uint256 step = 255 * elapsed / COMMIT_SECONDS;
        assertEq(settlement.job(job.id).steps, step);
        _settle(job);
        _claimProposal(job, 0, workers[0], "a");
        assertEq(vault.credit(workers[0]), _netOf(1, step));
        _close(job);
        assertEq(vault.credit(requester), before - _priceOf(1, step));
        assertEq(vault.credit(modelOwner), _royaltyOf(1, step));
        assertEq(vault.credit(address(queue)), _protocolFeeOf(1, step));
        _assertNothingLeftInJobs();
    }

    /// @dev The first second of a round costs the least price.
    function test_propose__at_the_start__the_least_price() public {
        Job memory job = _postOpen(2);
        uint256 drawn;
        for (uint256 i; drawn == 0; ++i) {
            vm.setBlockhash(block.number - 1, keccak256(abi.encode(i)));
            (drawn,) = settlement.seatsOf(job.key, workers[0]);
        }
        _propose(job, workers[0], "a");
        _settle(job);
        _claimProposal(job, 0, workers[0], "a");
        assertEq(vault.credit(workers[0]), _netOf(1, 0));
    }

    /// @dev A redrawn open round begins at the least price again.
    function test_propose__after_a_void_round__the_price_starts_anew() public {
        Job memory job = _postOpen(3);
        _wait(COMMIT_SECONDS);
        _advance(job);
        _draw();
        _wait(ANYBODY);
        _propose(job, workers[0], "a");
        assertEq(settlement.job(job.id).steps, OPEN_STEP);
    }

    // --- committees ---

    function test_commit__first_half__the_least_price() public {
        Job memory job = _postRange();
        _wait(COMMIT_SECONDS / 2);
        _commit(job, workers[0], "a", 1);
        assertEq(_stepOf(job, workers[0]), 0);
    }

    /// @dev One step every 300/255 seconds of the second half.
    function test_commit__second_half__each_seat_its_own_step() public {
        uint256[2][5] memory seats =
            [[uint256(301), 0], [uint256(302), 1], [uint256(400), 85], [uint256(450), 127], [uint256(599), 254]];
        Job memory job = _postRange();
        uint256 start = block.timestamp;
        for (uint256 i; i < 5; ++i) {
            vm.warp(start + seats[i][0]);
            _commit(job, workers[i], "a", 1);
            assertEq(_stepOf(job, workers[i]), seats[i][1]);
        }
        _revealRange(job, 0, 5, "a");
        assertEq(settlement.job(job.id).steps, 0 + 1 + 85 + 127 + 254);
        for (uint256 i; i < 5; ++i) {
            _claim(job, 0, workers[i], "a");
            assertEq(vault.credit(workers[i]), _netOf(1, seats[i][1]));
        }
    }

    function test_commit__several_seats_at_once__each_at_the_step() public {
        Job memory job = _postRange();
        _wait(LATE);
        _commit(job, workers[0], "a", 2);
        _commit(job, workers[1], "a", 2);
        _commit(job, workers[2], "a", 1);
        _revealRange(job, 0, 3, "a");
        assertEq(settlement.job(job.id).steps, 5 * LATE_STEP);
        _claim(job, 0, workers[0], "a");
        assertEq(vault.credit(workers[0]), _netOf(2, 2 * LATE_STEP));
    }

    function test_commit__no_range__no_step() public {
        Job memory job = _postExact(5, 1);
        _wait(LATE);
        _commit(job, workers[0], "a", 2);
        assertEq(_stepOf(job, workers[0]), 0);
    }

    /// @dev What the cap exceeds the prices by goes back to the requester, with the seats of rounds that were not needed.
    function test_close__mixed_steps__requester_has_back_what_the_cap_exceeds() public {
        uint256 before = vault.credit(requester);
        Job memory job = _postRange();
        assertEq(before - vault.credit(requester), 5 * CAP_WEI);
        _commit(job, workers[0], "a", 1);
        _wait(MIDDLE);
        _commitRange(job, 1, 4, "a");
        _commit(job, workers[4], "b", 1);
        _revealRange(job, 0, 4, "a");
        _reveal(job, workers[4], "b");
        _close(job);
        assertEq(before - vault.credit(requester), _priceOf(4, 3 * MIDDLE_STEP));
    }

    /// @dev Any fee, cap and shares; every worker at its own second, right, wrong or silent; claimed in any order before and
    /// after the close. Nobody is paid anything but its own price, and not a wei is made or lost.
    function test_any_steps__claims_in_any_order__exact_to_the_wei(
        uint16[2] memory prices,
        uint16[2] memory shares,
        uint16[5] memory seconds_,
        uint8[5] memory acts,
        uint256 order
    ) public {
        vm.startPrank(owner);
        queue.setProtocolFee(bound(shares[0], 0, 1_000));
        queue.setBurnShare(bound(shares[1], 1_000, 9_000));
        vm.stopPrank();
        TermsFields memory f = _appealFields(MODE_QUORUM, 1);
        f.appealWindow = 0;
        f.seatFee = bound(prices[0], 1, APPEAL_BOND);
        f.seatFeeCap = bound(prices[1], f.seatFee, APPEAL_BOND);
        Job memory job = _post(requester, exactVersion, Pack.terms(f), _noCallback());
        _draw();
        _voteAt(job, seconds_, acts);
        if (settlement.job(job.id).leading < 3) _advance(job);

        order %= 30;
        uint256 first = order % 6;
        for (uint256 i; i < 6; ++i) {
            if (i == first) _close(job);
            if (i < 5) _claimAct(job, workers[(i + order) % 5], acts[(i + order) % 5] % 4);
        }
        for (uint256 i; i < 5; ++i) {
            _claimAct(job, workers[i], acts[i] % 4);
        }
        _assertPaid(job, f, seconds_, acts);
        _assertNothingLeftInJobs();
    }

    // --- helpers ---

    function _postRange() private returns (Job memory job) {
        TermsFields memory f = _appealFields(MODE_QUORUM, 1);
        f.appealWindow = 0;
        job = _post(requester, exactVersion, Pack.terms(f), _noCallback());
        _draw();
    }

    function _stepOf(Job memory job, address worker) private view returns (uint256) {
        return Vote.wrap(settlement.vote(worker, slotOf[job.id][roundOf[job.id]][worker])).step();
    }

    /// @dev Each worker commits one seat at its second, sorted so that time does not run back. Acts: 0 and 1 right, 2 wrong,
    /// 3 silent.
    function _voteAt(Job memory job, uint16[5] memory seconds_, uint8[5] memory acts) private {
        uint256 start = block.timestamp;
        for (uint256 i; i < 5; ++i) {
            seconds_[i] = uint16(bound(seconds_[i], 0, LATE));
            if (i != 0 && seconds_[i] < seconds_[i - 1]) seconds_[i] = seconds_[i - 1];
            vm.warp(start + seconds_[i]);
            _commit(job, workers[i], acts[i] % 4 == 2 ? bytes("b") : bytes("a"), 1);
        }
        for (uint256 i; i < 5; ++i) {
            if (acts[i] % 4 != 3) _reveal(job, workers[i], acts[i] % 4 == 2 ? bytes("b") : bytes("a"));
        }
        _wait(REVEAL_SECONDS);
    }

    function _claimAct(Job memory job, address worker, uint256 act) private {
        if (act == 3) _claimBallot(job, worker, _silentBallot(job, 0, worker, "a"));
        else _claim(job, 0, worker, act == 2 ? bytes("b") : bytes("a"));
    }

    function _assertPaid(Job memory job, TermsFields memory f, uint16[5] memory seconds_, uint8[5] memory acts)
        private
        view
    {
        bytes20 answer = settlement.job(job.id).leading < 3 ? bytes20(0) : settlement.job(job.id).mark;
        uint256 rise = (f.seatFeeCap - f.seatFee) * UNIT / 255;
        for (uint256 i; i < 5; ++i) {
            bool spoke = acts[i] % 4 != 3;
            bool right = spoke && answer == bytes20(keccak256(acts[i] % 4 == 2 ? bytes("b") : bytes("a")));
            uint256 e = seconds_[i];
            uint256 step = 2 * e > COMMIT_SECONDS ? 255 * (2 * e - COMMIT_SECONDS) / COMMIT_SECONDS : 0;
            assertEq(vault.credit(workers[i]), right ? _netFee(f.seatFee * UNIT) + step * _netFee(rise) : 0);
            assertEq(_freeStake(workers[i]), right || (spoke && answer == 0) ? STAKE : STAKE - APPEAL_BOND);
        }
    }

    function _netFee(uint256 amount) private view returns (uint256) {
        return amount - amount * ROYALTY_BPS / 10_000 - amount * queue.protocolFeeBps() / 10_000;
    }
}
