// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {UNRESOLVED} from "../../../contracts/types/JobWord.sol";
import {AppealFixture} from "../utils/AppealFixture.sol";
import {Job} from "../utils/Fixture.sol";

/// @dev Attack: be requester, owner of the model, proposer, appellants and seats of one job at once, and play these against
/// each other. Whatever is done, what the parties lose by it cannot come back to them.
contract ManyPartiesTest is AppealFixture {
    struct Play {
        bool lie;
        bool appealed;
        bool appealedAgain;
        /// @dev What worker 0 does in the committee: agree with the others, lie, stay silent, stay away.
        uint8 seat;
    }

    /// @dev Worker 0 and everybody who has no seat.
    function _coalition() private view returns (uint256) {
        return vault.credit(requester) + vault.credit(modelOwner) + _wealth(workers[0]) + vault.credit(stranger)
            + vault.credit(rival);
    }

    /// @dev Four honest workers in the committee; all else is one party.
    function test_all_but_an_honest_quorum__loses_what_is_burned_and_the_honest_seats_fees(Play memory play) public {
        uint256 before = _coalition();
        Job memory job = _postOpen(3);
        bytes memory proposal = play.lie ? bytes("lie") : bytes("a");
        _proposed(job, workers[0], proposal);
        if (play.appealed) {
            _appealProposal(job, stranger, workers[0], proposal);
            _committeeWith(job, play.seat % 4);
            if (play.appealedAgain) {
                _appeal(job, rival, "a");
                _secondCommittee(job, "a", "a");
            }
        }
        _settle(job);
        _wait(REVEAL_SECONDS);
        _close(job);
        _claimProposal(job, 0, workers[0], proposal);
        if (play.appealed) _claimCommittee(job, play.seat % 4);
        if (play.appealed && play.appealedAgain) _claim(job, 2, workers[0], "a");
        assertGe(before - _coalition(), _leastLoss(play));
    }

    /// @dev All of it one party: it loses exactly what is burned and what the treasury gets.
    function test_everybody__loses_what_is_burned_and_what_the_treasury_gets(Play memory play, bool unresolved) public {
        uint256 before = _coalition() + 4 * STAKE * UNIT;
        Job memory job = _postOpen(unresolved ? 2 : 3);
        bytes memory proposal = play.lie ? bytes("lie") : bytes("a");
        _proposed(job, workers[0], proposal);
        _appealProposal(job, stranger, workers[0], proposal);
        if (unresolved) {
            _wait(COMMIT_SECONDS);
            _advance(job);
            assertEq(settlement.job(job.id).status, UNRESOLVED);
        } else {
            _committeeWith(job, play.seat % 4);
            _settle(job);
            _wait(REVEAL_SECONDS);
        }
        _close(job);
        _claimProposal(job, 0, workers[0], proposal);
        if (!unresolved) _claimCommittee(job, play.seat % 4);
        uint256 held = _coalition();
        for (uint256 i = 1; i < 5; ++i) {
            held += _wealth(workers[i]);
        }
        assertEq(before - held, vault.burned() + vault.credit(address(queue)));
        assertGe(before - held, unresolved ? 5 * CAP_WEI : _burnedOf(_bondsLost(play, true, false)));
        assertGt(before, held);
    }

    /// @dev What is burned of the bonds it loses, and what the honest seats earn at its expense.
    function _leastLoss(Play memory play) private pure returns (uint256) {
        if (!play.appealed) return _protocolFeeOf(1, OPEN_STEP);
        return _burnedOf(_bondsLost(play, true, play.appealedAgain)) + _netOf(4, 4 * MIDDLE_STEP);
    }

    /// @dev Of the proposal or its appellant, of worker 0's seat, and of the appellant of a true answer.
    function _bondsLost(Play memory play, bool appealed, bool appealedAgain) private pure returns (uint256 bonds) {
        if (appealed) bonds = play.seat % 4 == 1 || play.seat % 4 == 2 ? 2 : 1;
        if (appealedAgain) ++bonds;
    }

    function _committeeWith(Job memory job, uint256 seat) private {
        _wait(MIDDLE);
        if (seat == 3) roundOf[job.id] = 1;
        else _commit(job, workers[0], seat == 1 ? bytes("lie") : bytes("a"), 1);
        _commitRange(job, 1, 5, "a");
        if (seat == 3) _wait(COMMIT_SECONDS - MIDDLE);
        if (seat < 2) _reveal(job, workers[0], seat == 1 ? bytes("lie") : bytes("a"));
        _revealRange(job, 1, 5, "a");
        if (seat == 2) _wait(REVEAL_SECONDS);
    }

    function _claimCommittee(Job memory job, uint256 seat) private {
        if (seat < 2) _claim(job, 1, workers[0], seat == 1 ? bytes("lie") : bytes("a"));
        if (seat == 2) _claimBallot(job, workers[0], _silentBallot(job, 1, workers[0], "a"));
        for (uint256 i = 1; i < 5; ++i) {
            _claim(job, 1, workers[i], "a");
        }
    }
}
