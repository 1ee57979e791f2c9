// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {RecordingCallback} from "../../../contracts/mocks/callbacks/RecordingCallback.sol";
import {Job} from "../utils/Fixture.sol";
import {Pack} from "../utils/Pack.sol";
import {AttackFixture} from "./AttackFixture.sol";

/// @dev Attack: deliver with so little gas that the callback fails, take the fee and leave the dapp without its answer.
/// Whatever gas is sent, the callback gets all of its stipend or nothing has happened.
contract GasGriefingTest is AttackFixture {
    /// @dev More than the callback needs.
    uint256 private constant ENOUGH = 200_000;

    RecordingCallback private _target;

    function setUp() public override {
        super.setUp();
        _target = RecordingCallback(vm.deployCode("RecordingCallback.sol:RecordingCallback", ""));
    }

    function test_any_gas__full_stipend_or_no_effect(uint24 stipend, uint24 gas_, bool inBatch) public {
        uint256 given = bound(stipend, 0, 2_000_000);
        Job memory job = _settled(given);
        _deliverWith(job, bound(gas_, 21_000, given + 300_000), inBatch);
        _assertFullOrNothing(job, given);
    }

    /// @dev Gas by gas across the edge between too little and enough, where 63/64 matter.
    function test_gas_around_the_edge__full_stipend_or_no_effect() public {
        for (uint256 s; s < 4; ++s) {
            uint256 given = [ENOUGH, 300_000, 1_000_000, 5_000_000][s];
            Job memory job = _settled(given);
            uint256 low = given;
            uint256 high = given + given / 60 + 400_000;
            // The least gas with which anything happens, to 100 gas.
            while (high - low > 100) {
                uint256 snapshot = vm.snapshotState();
                _deliverWith(job, (low + high) / 2, false);
                if (settlement.job(job.id).delivered) high = (low + high) / 2;
                else low = (low + high) / 2;
                _assertFullOrNothing(job, given);
                vm.revertToState(snapshot);
            }
            for (uint256 gas_ = low; gas_ <= high; gas_ += 3) {
                uint256 snapshot = vm.snapshotState();
                _deliverWith(job, gas_, false);
                _assertFullOrNothing(job, given);
                vm.revertToState(snapshot);
            }
        }
    }

    function _settled(uint256 stipend) private returns (Job memory job) {
        job = _post(requester, exactVersion, _terms(5, 1), Pack.callback(address(_target), stipend, DELIVERY_FEE));
        _draw();
        _voted(job, 5, "a", "");
    }

    function _deliverWith(Job memory job, uint256 gas_, bool inBatch) private {
        bytes memory data = abi.encodeCall(queue.deliver, (job.request, job.rules, address(0), "a"));
        if (inBatch) {
            bytes[] memory calls = new bytes[](1);
            calls[0] = data;
            data = abi.encodeCall(queue.batch, (calls));
        }
        address[4] memory touched = [address(_target), address(queue), address(settlement), address(vault)];
        for (uint256 i; i < touched.length; ++i) {
            vm.cool(touched[i]);
        }
        vm.prank(stranger);
        (bool ok,) = address(queue).call{gas: gas_}(data);
        ok; // a transaction out of gas has no effect
    }

    /// @dev A stipend that is too small for the callback is its requester's doing; then it was given in full and burnt.
    function _assertFullOrNothing(Job memory job, uint256 stipend) private view {
        bool paid = vault.credit(stranger) != 0;
        bool delivered = settlement.job(job.id).delivered;
        assertEq(_target.calls() == 1, delivered);
        if (delivered) assertTrue(paid);
        // What the dispatch of the call takes before the callback looks at its gas.
        if (delivered) assertGe(_target.gasGiven() + 700, stipend);
        if (paid && !delivered) assertLt(stipend, ENOUGH);
    }
}
