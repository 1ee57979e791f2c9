// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {DECIDED, PROPOSED, REVEALING} from "../../../contracts/types/JobWord.sol";
import {JobKey} from "../../../contracts/types/Request.sol";
import {Act} from "./Act.sol";
import {Acts} from "./Acts.sol";
import {GhostAppeal, GhostJob} from "./Ghosts.sol";

/// @dev Whether the contracts and the book say the same of a job, asked after every act.
abstract contract Agreement is Acts {
    /// @dev A job of which nothing is left leaves the list.
    function _check(GhostJob storage job) internal {
        ISettlementTypes.JobView memory shown = settlement.job(job.id);
        assertEq(shown.status, job.status);
        assertEq(shown.round, job.round);
        assertEq(shown.closed, job.closed);
        assertEq(shown.delivered, job.delivered);
        assertEq(shown.time, job.since);
        _checkSeats(job, shown);
        _checkRounds(job, shown);
        if (job.appeals.length != 0) _checkAppeals(job);
        if (_isAnswered(job)) _checkAnswer(job);
        if (_isFinished(job)) _finish(job);
    }

    function _checkSeats(GhostJob storage job, ISettlementTypes.JobView memory shown) private view {
        assertEq(shown.committed, job.committed);
        assertLe(shown.committed, _size(job));
        assertEq(shown.revealed, job.revealed);
        assertLe(shown.revealed, shown.committed);
        uint256 vindicated;
        for (uint256 i; i < job.votes.length; ++i) {
            if (job.votes[i].vindicated) vindicated += job.votes[i].seats;
        }
        assertEq(shown.vindicated, vindicated);
        assertEq(shown.claimed, job.status == PROPOSED && job.votes[0].takenBack);

        bool leads = job.status == REVEALING && job.revealed != 0;
        if (!leads && !_isAnswered(job)) return;
        uint256 answer = leads ? job.first : job.settled;
        (uint256 seats, uint256 steps) = _behind(job, answer);
        assertEq(shown.leading, seats);
        assertEq(shown.steps, steps);
        bytes32 mark = _digest(job, answer);
        if (job.status == PROPOSED) mark = keccak256(abi.encode(_proposer(job), mark));
        assertEq(shown.mark, bytes20(mark));
    }

    function _checkRounds(GhostJob storage job, ISettlementTypes.JobView memory shown) private view {
        uint256 appeals;
        for (uint256 i; i < job.appeals.length; ++i) {
            appeals += 1 << job.appeals[i].round;
        }
        assertEq(shown.appeals, appeals);
        uint256 voids;
        for (uint256 r; r <= job.round; ++r) {
            if (job.isVoid[r]) voids += 1 << r;
        }
        assertEq(shown.voids, voids);
    }

    function _checkAppeals(GhostJob storage job) private view {
        for (uint256 i; i < job.appeals.length; ++i) {
            GhostAppeal storage a = job.appeals[i];
            (address account, bool upheld) = settlement.appellant(job.id, a.round);
            assertEq(account, a.account);
            assertEq(upheld, _isUpheld(job, i));
        }
    }

    function _checkAnswer(GhostJob storage job) private view {
        JobKey memory key = _key(job);
        bytes32 digest = _digest(job, job.settled);
        assertEq(settlement.finalAt(key), _finalAt(job));
        assertEq(settlement.isSettled(key, _proposer(job), digest), _isFinal(job));
        assertEq(settlement.isSettled(key, address(0), digest), _isFinal(job) && job.status == DECIDED);
    }

    function _finish(GhostJob storage job) private {
        assertEq(job.pot, 0);
        _did(Act.JOB_FINISHED);
        for (uint256 i; i < _live.length; ++i) {
            if (_book[_live[i]].id != job.id) continue;
            _live[i] = _live[_live.length - 1];
            _live.pop();
            return;
        }
    }
}
