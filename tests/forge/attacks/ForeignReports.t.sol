// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Batch} from "../../../contracts/base/Batch.sol";
import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {ReenteringCallback} from "../../../contracts/mocks/callbacks/ReenteringCallback.sol";
import {NONE} from "../../../contracts/types/JobWord.sol";
import {Job} from "../utils/Fixture.sol";
import {Pack} from "../utils/Pack.sol";
import {Vm} from "../utils/Vm.sol";
import {AttackFixture} from "./AttackFixture.sol";

/// @dev Attack: report a failure in another's transaction. A callback calls the engine itself, and what it is refused there
/// is reported by the engine's own addresses, under any index the callback likes: in the receipt of whoever delivers it looks
/// as if another delivery of the batch had failed. So a worker goes by `Delivered` and `DeliveryFailed`.
contract ForeignReportsTest is AttackFixture {
    function test_callback_makes_a_bad_call_in_many__reported_under_the_index_of_another_delivery() public {
        ReenteringCallback target = ReenteringCallback(vm.deployCode("ReenteringCallback.sol:ReenteringCallback", ""));
        Job[2] memory jobs;
        for (uint256 i; i < 2; ++i) {
            jobs[i] = _post(requester, exactVersion, _terms(5, 1), Pack.callback(address(target), 1_000_000, 0));
            _draw();
            _voted(jobs[i], 5, "a", "");
        }
        // Two bids for jobs that do not exist: items 0 and 1 are refused.
        target.program(
            address(settlement),
            abi.encodeCall(
                settlement.commitMany, (jobs[0].key.terms, jobs[0].rules, workers[0], 1, new ISettlementTypes.Bid[](2))
            )
        );
        bytes[] memory calls = new bytes[](2);
        for (uint256 i; i < 2; ++i) {
            calls[i] = abi.encodeCall(queue.deliver, (jobs[i].request, jobs[i].rules, address(0), "a"));
        }
        vm.recordLogs();
        queue.batch(calls);
        assertTrue(settlement.job(jobs[0].id).delivered);
        assertTrue(settlement.job(jobs[1].id).delivered);
        _assertReported(vm.getRecordedLogs());
    }

    /// @dev Nothing failed, yet both items are reported, each twice, with the reason of a job nobody knows.
    function _assertReported(Vm.Log[] memory logs) private view {
        uint256[2] memory reports;
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] != Batch.BatchItemFailed.selector) continue;
            assertEq(logs[i].emitter, address(settlement));
            bytes memory reason = abi.decode(logs[i].data, (bytes));
            assertEq(bytes32(bytes4(reason)), bytes32(ISettlementTypes.WrongStatus.selector));
            assertEq(uint8(reason[reason.length - 1]), NONE);
            ++reports[uint256(logs[i].topics[1])];
        }
        assertEq(reports[0], 2);
        assertEq(reports[1], 2);
    }
}
