// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PROPOSED} from "../../../contracts/types/JobWord.sol";
import {TOLERANCE} from "../../../contracts/types/Rules.sol";
import {Act} from "./Act.sol";
import {GhostAppeal, GhostJob} from "./Ghosts.sol";
import {RevealActs} from "./RevealActs.sol";

/// @dev Appeals of answers, right and wrong ones, by anybody.
abstract contract AppealActs is RevealActs {
    function appeal(uint256 seed) external from(seed) {
        (bool found, GhostJob storage job) = _someJobThat(_canAppeal);
        if (!found || !_isAnswered(job)) return;
        // Lies are appealed more often than truths, but not always.
        if (job.settled == 0 && _chance(40)) return;
        address account = _someAppellant(job);
        uint256 deposit = _depositOf(job);
        bool fine = _canAppeal(job) && deposit <= _credit[account];
        bytes memory data = abi.encodeCall(settlement.appeal, (_key(job), _proposer(job), _digest(job, job.settled)));
        if (!_attempt(fine, account, address(settlement), data)) return;
        _credit[account] -= deposit;
        _give(job, deposit);
        _appealed(job, account);
        _check(job);
    }

    /// @dev Shows that two answers appealed one after the other are the same, so that the first appeal is lost.
    function uphold(uint256 seed) external from(seed) {
        (bool found, GhostJob storage job) = _someJobThat(_hasAppealsInARow);
        if (!found || job.appeals.length == 0) return;
        uint256 number = _pick(job.appeals.length);
        GhostAppeal storage a = job.appeals[number];
        bool last = number + 1 == job.appeals.length;
        uint256 again = last ? a.answer : job.appeals[number + 1].answer;
        bool fine = !last && !job.closed && job.rules.numerics() == TOLERANCE && _near(job, a.answer, again, 3);
        bytes memory data =
            abi.encodeCall(settlement.uphold, (_key(job), a.round, _result(job, a.answer), _result(job, again)));
        if (!_attempt(fine, stranger, address(settlement), data)) return;
        a.upheld = true;
        _did(Act.UPHOLD);
        _check(job);
    }

    function _hasAppealsInARow(GhostJob storage job) private view returns (bool) {
        return job.appeals.length > 1 && !job.closed && job.rules.numerics() == TOLERANCE;
    }

    /// @dev A bond, and at the highest price the seats of every round that may still follow. In the last round: a bond.
    function _depositOf(GhostJob storage job) internal view returns (uint256) {
        return _bond(job) + _atCap(job, _seatsToFollow(job));
    }

    function _seatsToFollow(GhostJob storage job) private view returns (uint256) {
        return _seatsOfRounds(job, job.grown + 1, job.request.terms.rounds() - job.round - 1);
    }

    /// @dev Parties of the job and others, so that nobody gains by being several of them.
    function _someAppellant(GhostJob storage job) private returns (address) {
        uint256 what = _pick(8);
        if (what == 0) return job.request.requester;
        if (what == 1 && _proposer(job) != address(0)) return _proposer(job);
        if (what == 2 && job.votes.length != 0) return job.votes[_pick(job.votes.length)].worker;
        return _somebody();
    }

    function _appealed(GhostJob storage job, address account) private {
        _countParties(job, account);
        GhostAppeal storage a = job.appeals.push();
        (a.account, a.round, a.answer) = (account, job.round, job.settled);
        a.seats = uint16(_seatsToFollow(job));
        a.first = uint16(_sizeAfter(job, job.grown + 1));
        _did(job.status == PROPOSED ? Act.APPEAL_PROPOSAL : Act.APPEAL_COMMITTEE);
        _did(job.settled == 0 ? Act.APPEAL_TRUTH : Act.APPEAL_LIE);
        _didIf(job.status != PROPOSED && block.timestamp < _revealEnd(job), Act.APPEAL_BEFORE_REVEAL_END);
        uint256 count = job.appeals.length;
        _didIf(count > 1, Act.APPEAL_AGAIN);
        _didIf(count > 1 && job.appeals[count - 2].answer == job.settled, Act.APPEAL_SAME_ANSWER_AGAIN);
        job.grown += 1;
        _openNext(job);
    }

    function _countParties(GhostJob storage job, address account) private {
        bool isWorker;
        for (uint256 i; i < job.votes.length; ++i) {
            if (job.votes[i].worker == account) isWorker = true;
        }
        if (account == _proposer(job)) _did(Act.APPEAL_BY_PROPOSER);
        else if (account == job.request.requester) _did(Act.APPEAL_BY_REQUESTER);
        else _did(isWorker ? Act.APPEAL_BY_WORKER : Act.APPEAL_BY_STRANGER);
    }
}
