// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Job} from "../utils/Fixture.sol";
import {AttackFixture} from "./AttackFixture.sol";

/// @dev Attack: crowd the system until nobody can afford it. No step may cost more because there are many workers,
/// many jobs, or many votes of a worker waiting.
contract GrowthTest is AttackFixture {
    uint256 private constant MOST_GROWTH = 100;
    uint256 private constant CROWD = 50;

    function test_many_workers_and_jobs__every_step_costs_the_same() public {
        uint256 snapshot = vm.snapshotState();
        uint256[5] memory alone = this.gasOfAJob();
        vm.revertToState(snapshot);
        _crowd();
        uint256[5] memory crowded = this.gasOfAJob();
        for (uint256 i; i < alone.length; ++i) {
            assertLe(crowded[i], alone[i] + MOST_GROWTH);
        }
    }

    /// @dev Fifty more workers with the least stake, and as many jobs in which worker 0 has voted and not claimed.
    function _crowd() private {
        for (uint160 i; i < CROWD; ++i) {
            _enlist(address(0xC0000000 + 2 * i), MINIMUM_STAKE);
        }
        for (uint256 i; i < CROWD; ++i) {
            Job memory job = _postExact(5, 1);
            _commit(job, workers[0], "a", 1);
        }
    }

    /// @dev Post, commit, reveal, claim and close of one job, each with everything cold; called from outside, so that
    /// the memory the test has used does not count.
    function gasOfAJob() external returns (uint256[5] memory gas_) {
        _cool();
        uint256 before = gasleft();
        Job memory job = _post(requester, exactVersion, _terms(5, 1), _noCallback());
        gas_[0] = before - gasleft();
        _draw();
        _cool();
        before = gasleft();
        _commit(job, workers[0], "a", 1);
        gas_[1] = before - gasleft();
        _commitRange(job, 1, 5, "a");
        _cool();
        before = gasleft();
        _reveal(job, workers[0], "a");
        gas_[2] = before - gasleft();
        _revealRange(job, 1, 5, "a");
        _cool();
        before = gasleft();
        _claim(job, 0, workers[0], "a");
        gas_[3] = before - gasleft();
        _cool();
        before = gasleft();
        _close(job);
        gas_[4] = before - gasleft();
    }

    function _cool() private {
        vm.cool(address(queue));
        vm.cool(address(settlement));
        vm.cool(address(vault));
        vm.cool(address(registry));
    }
}
