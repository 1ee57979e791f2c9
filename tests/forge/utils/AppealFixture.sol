// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {MODE_OPTIMISTIC, MODE_QUORUM, Terms} from "../../../contracts/types/Terms.sol";
import {PROPOSAL} from "../../../contracts/types/Vote.sol";
import {Fixture, Job} from "./Fixture.sol";
import {Pack, TermsFields} from "./Pack.sol";

/// @dev Five workers of equal stake; jobs with an appeal window and a range of prices; two appellants with credit.
/// Committees have 5, 11 and 23 seats. All amounts are wei.
abstract contract AppealFixture is Fixture {
    /// @dev Units; a prime, as the others.
    uint256 internal constant CAP = 211;
    uint256 internal constant APPEAL_BOND = 10_007;
    uint256 internal constant WINDOW = 1_800;
    /// @dev A fifth of the stake may propose whatever its ticket says once four fifths of the time are over.
    uint256 internal constant ANYBODY = COMMIT_SECONDS * 17 / 20;
    /// @dev Of a proposal made then: 255 · 510 / 600.
    uint256 internal constant OPEN_STEP = 216;
    /// @dev When every worker has a seat in a committee of five and the price is half way up, and its step.
    uint256 internal constant MIDDLE = COMMIT_SECONDS * 3 / 4;
    uint256 internal constant MIDDLE_STEP = 127;
    /// @dev When every worker has four seats in a committee of eleven and nine in one of twenty-three, and its step.
    uint256 internal constant LATE = COMMIT_SECONDS - 1;
    uint256 internal constant LATE_STEP = 254;

    /// @dev Wei: a bond, a seat at the cap, and a seat at step 0 with what each step adds.
    uint256 internal constant BOND_WEI = APPEAL_BOND * UNIT;
    uint256 internal constant CAP_WEI = CAP * UNIT;
    /// @dev Wei: the most an appellant is rewarded with, which is what burning leaves of a bond.
    uint256 internal constant REWARD_WEI = BOND_WEI - BOND_WEI * BURN_BPS / 10_000;
    uint256 internal constant BASE_WEI = FEE * UNIT;
    uint256 internal constant RISE_WEI = (CAP - FEE) * UNIT / 255;

    function setUp() public virtual override {
        super.setUp();
        _enlistEqual(5);
        _fund(stranger, 1e6 * UNIT);
        _fund(rival, 1e6 * UNIT);
    }

    // --- jobs ---

    function _appealFields(uint256 mode, uint256 rounds) internal pure returns (TermsFields memory f) {
        f = _fields(5, rounds);
        (f.mode, f.appealWindow, f.seatFeeCap, f.bond) = (mode, WINDOW, CAP, APPEAL_BOND);
    }

    function _openTerms(uint256 rounds) internal pure returns (Terms) {
        return Pack.terms(_appealFields(MODE_OPTIMISTIC, rounds));
    }

    /// @dev A job whose open round can be drawn now.
    function _postOpen(uint256 rounds) internal returns (Job memory job) {
        job = _post(requester, exactVersion, _openTerms(rounds), _noCallback());
        _draw();
    }

    function _postOpenTolerance(uint256 rounds) internal returns (Job memory job) {
        job = _post(requester, toleranceVersion, _openTerms(rounds), _noCallback());
        _draw();
    }

    /// @dev A committee decides from the start, and its answer can be appealed.
    function _postAppealable(uint256 rounds) internal returns (Job memory job) {
        Terms terms = Pack.terms(_appealFields(MODE_QUORUM, rounds));
        job = _post(requester, exactVersion, terms, _noCallback());
        _draw();
    }

    // --- steps ---

    function _propose(Job memory job, address worker, bytes memory result) internal {
        vm.prank(_signerOf(worker));
        settlement.propose(job.key, worker, result);
    }

    /// @dev The worker proposes when it certainly may.
    function _proposed(Job memory job, address worker, bytes memory result) internal {
        slotOf[job.id][_round(job)][worker] = PROPOSAL;
        _wait(ANYBODY);
        _propose(job, worker, result);
    }

    /// @dev Against an unappealed proposal.
    function _appealProposal(Job memory job, address appellant, address proposer, bytes memory result) internal {
        vm.prank(appellant);
        settlement.appeal(job.key, proposer, keccak256(result));
        _draw();
    }

    /// @dev Against a committee's answer.
    function _appeal(Job memory job, address appellant, bytes memory result) internal {
        _appealProposal(job, appellant, address(0), result);
    }

    /// @dev The five seats of the first committee at the middle price: workers before `right` say the one.
    function _committee(Job memory job, uint256 right, bytes memory answer, bytes memory other) internal {
        _wait(MIDDLE);
        _voted(job, right, answer, other);
    }

    /// @dev Eleven seats late: workers 0 and 1 (four each) and 2 (one) say the one, worker 3 (two) the other.
    function _secondCommittee(Job memory job, bytes memory answer, bytes memory other) internal {
        _wait(LATE);
        _commit(job, workers[0], answer, 4);
        _commit(job, workers[1], answer, 4);
        _commit(job, workers[2], answer, 1);
        _commit(job, workers[3], other, 2);
        _revealRange(job, 0, 3, answer);
        _reveal(job, workers[3], other);
    }

    function _settle(Job memory job) internal {
        uint256 end = settlement.finalAt(job.key);
        if (end > block.timestamp) _wait(end - block.timestamp);
    }

    // --- claims ---

    function _proposalBallot(uint256 round, bytes memory result)
        internal
        pure
        returns (ISettlementTypes.Ballot memory)
    {
        return ISettlementTypes.Ballot(round << 16 | PROPOSAL, keccak256(result), 0);
    }

    function _claimProposal(Job memory job, uint256 round, address worker, bytes memory result) internal {
        _claimBallot(job, worker, _proposalBallot(round, result));
    }

    // --- money ---

    /// @dev What seats cost that were taken at steps of this sum.
    function _priceOf(uint256 seats, uint256 steps) internal pure returns (uint256) {
        return seats * BASE_WEI + steps * RISE_WEI;
    }

    /// @dev The part of the price that is the worker's: base and rise are shared out apart, each floored.
    function _netOf(uint256 seats, uint256 steps) internal pure returns (uint256) {
        return seats * _net(BASE_WEI) + steps * _net(RISE_WEI);
    }

    function _royaltyOf(uint256 seats, uint256 steps) internal pure returns (uint256) {
        return seats * _share(BASE_WEI, ROYALTY_BPS) + steps * _share(RISE_WEI, ROYALTY_BPS);
    }

    function _protocolFeeOf(uint256 seats, uint256 steps) internal pure returns (uint256) {
        return seats * _share(BASE_WEI, PROTOCOL_FEE_BPS) + steps * _share(RISE_WEI, PROTOCOL_FEE_BPS);
    }

    function _burnedOf(uint256 bonds) internal pure returns (uint256) {
        return _share(bonds * BOND_WEI, BURN_BPS);
    }

    /// @dev What burning leaves of lost bonds.
    function _poolOf(uint256 bonds) internal pure returns (uint256) {
        return bonds * BOND_WEI - _burnedOf(bonds);
    }

    function _net(uint256 amount) private pure returns (uint256) {
        return amount - _share(amount, ROYALTY_BPS) - _share(amount, PROTOCOL_FEE_BPS);
    }

    function _share(uint256 amount, uint256 bps) private pure returns (uint256) {
        return amount * bps / 10_000;
    }
}
