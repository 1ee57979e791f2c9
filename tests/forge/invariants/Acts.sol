// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Act} from "./Act.sol";
import {GhostJob} from "./Ghosts.sol";
import {Judging} from "./Judging.sol";

/// @dev What all actions share: chance, calls that must or must not succeed, and the jobs that are under way.
abstract contract Acts is Judging {
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

    /// @dev The truth, something near it, or anything.
    function _someAnswer() internal returns (uint256) {
        return _chance(85) ? 0 : _pick(_chance(60) ? 3 : ANSWERS);
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

    /// @dev Makes a call that has to revert, for this reason and no other.
    function _refused(Act act, bytes4 reason, address sender, address target, bytes memory data) internal {
        vm.prank(sender);
        (bool ok, bytes memory received) = target.call(data);
        assertFalse(ok);
        assertEq(bytes32(bytes4(received)), bytes32(reason));
        _did(act);
    }

    function _did(Act act) internal {
        ++counts[act];
    }

    function _didIf(bool happened, Act act) internal {
        if (happened) ++counts[act];
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

    // --- money ---

    function _take(GhostJob storage job, address to, uint256 amount) internal {
        _credit[to] += amount;
        job.pot -= amount;
        _pots -= amount;
    }

    function _give(GhostJob storage job, uint256 amount) internal {
        job.pot += amount;
        _pots += amount;
    }
}
