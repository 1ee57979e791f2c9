// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {MODE_QUORUM} from "../../../contracts/types/Terms.sol";
import {AppealFixture} from "../utils/AppealFixture.sol";
import {Job} from "../utils/Fixture.sol";
import {Pack} from "../utils/Pack.sol";

/// @dev TOLERANCE: an appeal of a true answer that nobody can show to be lost. The one seat that gave just this answer is
/// made to support another true one as well, which the next round then settles on: so it is right without vindication,
/// and only a vindication upholds the appealed answer. Worker 4 is the attacker's, `stranger` its account.
contract SupportedAppealTest is AppealFixture {
    uint256 private constant APPEALED = 4;
    uint256 private constant SETTLED = 1;

    function test_vindicate__seat_of_the_appealed_answer_supports_the_settled_one__cannot_uphold() public {
        Job memory job = _appealOfATrueAnswer(true);
        bytes memory settled = _quarters(SETTLED);
        assertTrue(settlement.isSettled(job.key, address(0), keccak256(settled)));
        ISettlementTypes.Ballot memory ballot = _revealedBallot(job, 0, workers[0], _quarters(APPEALED));
        uint256 slot = slotOf[job.id][0][workers[0]];
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.RightAlready.selector, workers[0], slot));
        settlement.vindicate(job.key, workers[0], ballot, _quarters(APPEALED), settled);
        vm.expectRevert();
        settlement.uphold(job.key, 0, _quarters(APPEALED), settled);
        (, bool upheld) = settlement.appellant(job.id, 0);
        assertFalse(upheld);
    }

    /// @dev The two silent seats of its round are what it is paid from.
    function test_close__seat_made_to_support_the_settled_answer__appellant_of_a_true_answer_gains() public {
        uint256 before = vault.credit(stranger);
        Job memory job = _appealOfATrueAnswer(true);
        _closeLate(job);
        assertEq(vault.credit(stranger), before + _poolOf(1));
    }

    /// @dev Without the support it has lost its bond, and pays its round.
    function test_close__no_support_added__appellant_of_a_true_answer_loses_its_bond() public {
        uint256 before = vault.credit(stranger);
        Job memory job = _appealOfATrueAnswer(false);
        ISettlementTypes.Ballot memory ballot = _revealedBallot(job, 0, workers[0], _quarters(APPEALED));
        settlement.vindicate(job.key, workers[0], ballot, _quarters(APPEALED), _quarters(SETTLED));
        _closeLate(job);
        assertEq(vault.credit(stranger), before - BOND_WEI - _priceOf(9, 9 * LATE_STEP));
    }

    /// @dev All results are within one tolerance, four quarters. The second round has two seats that stay silent.
    function _appealOfATrueAnswer(bool supported) private returns (Job memory job) {
        job = _post(requester, toleranceVersion, Pack.terms(_appealFields(MODE_QUORUM, 3)), _noCallback());
        _draw();
        _wait(MIDDLE);
        _commit(job, workers[0], _quarters(APPEALED), 1);
        _commitRange(job, 1, 4, _quarters(2));
        _commit(job, workers[4], _quarters(SETTLED), 1);
        _reveal(job, workers[0], _quarters(APPEALED));
        _reveal(job, workers[4], _quarters(SETTLED));
        if (supported) {
            ISettlementTypes.Ballot memory ballot = _revealedBallot(job, 0, workers[0], _quarters(APPEALED));
            vm.prank(stranger);
            settlement.addSupport(job.key, workers[0], ballot, _quarters(APPEALED), _quarters(SETTLED));
        }
        for (uint256 i = 1; i < 4; ++i) {
            _revealNear(job, workers[i], _quarters(2), _quarters(APPEALED));
        }
        _appeal(job, stranger, _quarters(APPEALED));

        _wait(LATE);
        _commit(job, workers[4], _quarters(SETTLED), 1);
        _commit(job, workers[0], _quarters(2), 4);
        _commit(job, workers[1], _quarters(2), 4);
        _commit(job, workers[3], _quarters(2), 2);
        _reveal(job, workers[4], _quarters(SETTLED));
        _revealNear(job, workers[0], _quarters(2), _quarters(SETTLED));
        _revealNear(job, workers[1], _quarters(2), _quarters(SETTLED));
        _settle(job);
    }

    /// @dev Everybody who can be is shown right first.
    function _closeLate(Job memory job) private {
        for (uint256 i = 1; i < 4; ++i) {
            ISettlementTypes.Ballot memory ballot =
                _ballot(job, 0, workers[i], keccak256(_quarters(2)), keccak256(_quarters(APPEALED)));
            settlement.vindicate(job.key, workers[i], ballot, _quarters(2), _quarters(SETTLED));
        }
        _wait(REVEAL_SECONDS + WINDOW);
        _close(job);
    }
}
