// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DECIDED} from "../../../contracts/types/JobWord.sol";
import {Job} from "../utils/Fixture.sol";
import {Pack, TermsFields} from "../utils/Pack.sol";
import {AttackFixture} from "./AttackFixture.sol";

/// @dev Attack: a coalition that holds a quorum of the seats, the job and the model settles a lie to live off the bonds
/// of the honest minority. It must not gain: what the minority loses is burned or goes to the treasury.
contract FarmingTest is AttackFixture {
    /// @dev Workers 0 to `liars` - 1, the requester and the owner of the model.
    function _coalition(uint256 liars) private view returns (uint256 wealth) {
        wealth = vault.credit(requester) + vault.credit(modelOwner);
        for (uint256 i; i < liars; ++i) {
            wealth += _wealth(workers[i]);
        }
    }

    function test_majority_lies__also_as_requester_and_model_owner__loses_the_protocol_s_fee(
        uint48 fee,
        uint48 bond,
        uint16 burnBps
    ) public {
        TermsFields memory f = _fields(5, 1);
        f.seatFee = bound(fee, 1, STAKE);
        f.seatFeeCap = f.seatFee;
        f.bond = bound(bond, f.seatFee, STAKE);
        vm.prank(owner);
        queue.setBurnShare(bound(burnBps, 1_000, 9_000));
        uint256 before = _coalition(4);
        Job memory job = _post(requester, exactVersion, Pack.terms(f), _noCallback());
        _draw();
        _voted(job, 4, "lie", "a");
        _close(job);
        for (uint256 i; i < 4; ++i) {
            _claim(job, 0, workers[i], "lie");
        }
        _claim(job, 0, workers[4], "a");
        assertEq(before - _coalition(4), 4 * (f.seatFee * UNIT * PROTOCOL_FEE_BPS / 10_000));
        assertEq(_wealth(workers[4]), (STAKE - f.bond) * UNIT);
    }

    /// @dev The dear way: block round 0 with a second answer, win round 1. More honest bonds are lost, and as the job
    /// has cost its requester more, it is here that a repayment out of lost bonds would turn into a profit.
    function test_majority_lies_in_a_later_round__also_as_requester__loses_the_protocol_s_fee() public {
        TermsFields memory f = _fields(5, 2);
        f.bond = 5 * FEE;
        uint256 before = _coalition(3);
        Job memory job = _post(requester, exactVersion, Pack.terms(f), _noCallback());
        _draw();
        _voted(job, 2, "lie", "a");
        _nextRound(job);
        _wait(COMMIT_SECONDS - 1);
        for (uint256 i; i < 3; ++i) {
            _commitAllSeats(job, workers[i], "lie");
        }
        _wait(1);
        for (uint256 i; i < 3; ++i) {
            _reveal(job, workers[i], "lie");
        }
        assertEq(settlement.job(job.id).status, DECIDED);
        uint256 right = 2 + settlement.job(job.id).leading;
        _wait(REVEAL_SECONDS);
        _close(job);
        for (uint256 i; i < 3; ++i) {
            _claim(job, 0, workers[i], i < 2 ? bytes("lie") : bytes("a"));
            _claim(job, 1, workers[i], "lie");
        }
        // Worker 2 told the truth in round 0 and lost that bond to its own coalition's lie.
        assertEq(before - _coalition(3), right * (FEE * UNIT * PROTOCOL_FEE_BPS / 10_000) + f.bond * UNIT);
    }

    /// @dev Being all of it, with nobody to lie to, is no gain either.
    function test_all_parties_one__honest_job__loses_the_protocol_s_fee() public {
        uint256 before = _coalition(5);
        Job memory job = _postExact(5, 1);
        _voted(job, 5, "a", "");
        _close(job);
        for (uint256 i; i < 5; ++i) {
            _claim(job, 0, workers[i], "a");
        }
        assertEq(before - _coalition(5), 5 * (FEE * UNIT * PROTOCOL_FEE_BPS / 10_000));
    }
}
