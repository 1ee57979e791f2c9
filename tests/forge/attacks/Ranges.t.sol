// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {MODE_OPTIMISTIC} from "../../../contracts/types/Terms.sol";
import {AppealFixture} from "../utils/AppealFixture.sol";
import {Job} from "../utils/Fixture.sol";
import {Pack, TermsFields} from "../utils/Pack.sol";

/// @dev Attacks on the first and the last wei of prices that rise: a step that rounds to nothing, a sum that does not come
/// out even, a price above the cap.
contract RangesTest is AppealFixture {
    /// @dev A cap one unit above the fee, in which 255 steps are not whole: the seat of the last second is paid less than the
    /// cap, by what was floored, and that returns to the requester.
    function test_cap_one_unit_above_the_fee__floored_for_the_worker_and_the_rest_returned() public {
        TermsFields memory f = _appealFields(MODE_OPTIMISTIC, 2);
        (f.seatFee, f.seatFeeCap) = (1, 2);
        uint256 before = vault.credit(requester);
        Job memory job = _post(requester, exactVersion, Pack.terms(f), _noCallback());
        _draw();
        _wait(LATE);
        _propose(job, workers[0], "a");
        _settle(job);
        _close(job);
        _claimProposal(job, 0, workers[0], "a");
        assertGt(UNIT % 255, 0);
        uint256 price = UNIT + LATE_STEP * (UNIT / 255);
        assertLt(price, 2 * UNIT);
        assertEq(before - vault.credit(requester), price);
        uint256 paid = vault.credit(workers[0]) + vault.credit(modelOwner) + vault.credit(address(queue));
        assertEq(paid, price);
        _assertNothingLeftInJobs();
    }

    /// @dev Steps below a wei of the unit are worth nothing, and the sums are whole all the same.
    function test_any_fee_and_cap__any_second__not_a_wei_made_or_lost(uint48 fee, uint48 cap, uint16 second) public {
        TermsFields memory f = _appealFields(MODE_OPTIMISTIC, 2);
        f.seatFee = bound(fee, 1, 400);
        f.seatFeeCap = bound(cap, f.seatFee, 400);
        uint256 before = vault.credit(requester);
        Job memory job = _post(requester, exactVersion, Pack.terms(f), _noCallback());
        _draw();
        uint256 elapsed = bound(second, ANYBODY, LATE);
        _wait(elapsed);
        _propose(job, workers[0], "a");
        _settle(job);
        _close(job);
        _claimProposal(job, 0, workers[0], "a");
        uint256 rise = (f.seatFeeCap - f.seatFee) * UNIT / 255;
        assertEq(before - vault.credit(requester), f.seatFee * UNIT + 255 * elapsed / COMMIT_SECONDS * rise);
        assertLe(before - vault.credit(requester), f.seatFeeCap * UNIT);
        _assertNothingLeftInJobs();
    }
}
