// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlement} from "../../../contracts/interfaces/ISettlement.sol";
import {DECIDED} from "../../../contracts/types/JobWord.sol";
import {Book} from "./Book.sol";
import {GhostJob, GhostVote} from "./Ghosts.sol";

/// @dev Everything that can happen, so that a test can tell what really did.
enum Act {
    DEPOSIT,
    WITHDRAW,
    FLUSH_BURN,
    WITHDRAW_TREASURY,
    REGISTER,
    STAKE,
    UNSTAKE,
    RELEASE,
    SWITCH_OFF,
    SWITCH_ON,
    SET_SIGNER,
    SET_ENDPOINT,
    SET_SHARES,
    PAUSE,
    UNPAUSE,
    PUBLISH,
    DEPRECATE,
    SELL_MODEL,
    POST_EXACT,
    POST_TOLERANCE,
    CANCEL,
    COMMIT_TRUTH,
    COMMIT_LIE,
    COMMIT_LAST_SEATS,
    REVEAL,
    REVEAL_KNOWN,
    REVEAL_NEAR,
    ADD_SUPPORT,
    VINDICATE,
    DECIDE_FIRST_ROUND,
    DECIDE_LATER_ROUND,
    VOID_ROUND,
    VOID_LOST_SEED,
    UNDECIDED_ROUND,
    END_UNRESOLVED,
    END_REFUNDED,
    BATCH,
    CLOSE_DECIDED,
    CLOSE_UNRESOLVED,
    CLOSE_REFUNDED,
    CLAIM_RIGHT,
    CLAIM_SHORT_ROUND,
    CLAIM_UNRESOLVED,
    CLAIM_NOTHING,
    CLAIM_SKIPPED,
    DELIVER,
    DELIVERY_FAILS,
    DELIVER_AGAIN,
    REENTER,
    TICK,
    PHASE,
    EPOCH_BEGINS,
    EPOCHS_PASS,
    HASHES_AGE,
    JOB_FINISHED,
    REFUSED
}

/// @dev What all actions share: chance, calls that must or must not succeed, and the jobs that are under way.
abstract contract Acts is Book {
    mapping(Act => uint256) public counts;
    /// @dev Calls to the contracts that the rules allow, all of which succeeded.
    uint256 public allowed;
    /// @dev Indices in `_book` of the jobs that are not finished.
    uint256[] internal _live;
    uint256 private _entropy;
    bool private _discardsIdle;

    /// @dev Takes all chance of an action from `seed`.
    modifier from(uint256 seed) {
        _entropy = seed;
        uint256 before = allowed;
        _;
        if (_discardsIdle && allowed == before) vm.assume(false);
    }

    /// @dev From now on an action in which no call to the contracts succeeded is as if it had not been tried, so that
    /// forge counts, and fills its sequences with, effective calls only.
    function discardIdle() external {
        _discardsIdle = true;
    }

    // --- chance ---

    function _random() internal returns (uint256) {
        _entropy = uint256(keccak256(abi.encode(_entropy)));
        return _entropy;
    }

    function _pick(uint256 count) internal returns (uint256) {
        return _random() % count;
    }

    function _between(uint256 low, uint256 high) internal returns (uint256) {
        return low + _pick(high - low + 1);
    }

    function _chance(uint256 percent) internal returns (bool) {
        return _pick(100) < percent;
    }

    function _someWorker() internal returns (address) {
        return workers[_pick(workers.length)];
    }

    // --- calls ---

    /// @dev Makes a call that the rules allow and that has to succeed; or, one time in eight, one that they forbid and
    /// that has to revert. Says whether something happened.
    function _attempt(bool isAllowed, address sender, address target, bytes memory data) internal returns (bool) {
        if (!isAllowed && _pick(8) != 0) return false;
        vm.prank(sender);
        (bool ok, bytes memory reason) = target.call(data);
        if (isAllowed && !ok) {
            assembly {
                revert(add(reason, 32), mload(reason))
            }
        }
        require(ok == isAllowed, "a call succeeded that the rules forbid");
        if (ok) ++allowed;
        else _did(Act.REFUSED);
        return ok;
    }

    function _did(Act act) internal {
        ++counts[act];
    }

    // --- jobs ---

    function _someJob() internal returns (bool found, GhostJob storage job) {
        // The first entry of the book is nobody's.
        found = _live.length != 0;
        job = _book[found ? _live[_pick(_live.length)] : 0];
    }

    /// @dev A job that fits, if there is one; one time in ten any job, to try what must not succeed.
    function _someJobThat(function(GhostJob storage) internal view returns (bool) fits)
        internal
        returns (bool found, GhostJob storage job)
    {
        (found, job) = _someJob();
        if (!found || _chance(10)) return (found, job);
        uint256 first = _pick(_live.length);
        for (uint256 i; i < _live.length; ++i) {
            job = _book[_live[(first + i) % _live.length]];
            if (fits(job)) return (true, job);
        }
        return (false, job);
    }

    /// @dev Whether the contracts and the book agree about a job; a job of which nothing is left leaves the list.
    function _check(GhostJob storage job) internal {
        ISettlement.JobView memory shown = settlement.job(job.id);
        assertEq(shown.status, job.status);
        assertEq(shown.round, job.round);
        assertEq(shown.committed, job.committed);
        assertLe(shown.committed, _size(job));
        assertEq(shown.revealed, job.revealed);
        assertLe(shown.revealed, shown.committed);
        assertEq(shown.closed, job.closed);
        assertEq(shown.delivered, job.delivered);
        if (job.status == DECIDED) {
            assertTrue(settlement.isSettled(_key(job), address(0), _digest(job, job.settled)));
            assertEq(shown.leading, _behind(job, job.settled));
        }
        if (_isFinished(job)) _finish(job);
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
