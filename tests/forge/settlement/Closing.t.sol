// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {Closing} from "../../../contracts/settlement/Closing.sol";
import {NONE} from "../../../contracts/types/JobWord.sol";
import {Fixture, Job} from "../utils/Fixture.sol";

/// @dev The contract whose code Settlement runs as its own: it is created with it and means nothing by itself.
contract ClosingTest is Fixture {
    Closing private _closing;

    function setUp() public override {
        super.setUp();
        _enlistEqual(5);
        // The second contract that Settlement creates, after the comparator.
        _closing = Closing(vm.computeCreateAddress(address(settlement), 2));
        assertGt(address(_closing).code.length, 0);
    }

    function test_close__called_by_itself__finds_no_job() public {
        Job memory job = _postExact(5, 1);
        _voted(job, 5, "a", "");
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.NotEnded.selector, job.id, NONE));
        _closing.close(job.request, job.rules);
        _close(job);
        assertTrue(settlement.job(job.id).closed);
    }

    function test_vindicate_and_uphold__called_by_themselves__find_no_job() public {
        Job memory job = _postTolerance(5, 1);
        _voted(job, 5, _quarters(0), "");
        bytes memory result = _quarters(0);
        ISettlementTypes.Ballot memory ballot = _revealedBallot(job, 0, workers[0], result);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.WrongStatus.selector, job.id, NONE));
        _closing.vindicate(job.key, workers[0], ballot, result, result);
        vm.expectRevert(
            abi.encodeWithSelector(ISettlementTypes.NotTheAnswer.selector, job.id, address(0), keccak256(result))
        );
        _closing.uphold(job.key, 0, result, result);
    }

    /// @dev What it refuses reaches the caller as if Settlement had refused it, in a batch as well.
    function test_close__refused__the_caller_gets_the_reason() public {
        Job memory job = _postExact(5, 1);
        vm.expectRevert(
            abi.encodeWithSelector(ISettlementTypes.NotEnded.selector, job.id, settlement.job(job.id).status)
        );
        _close(job);
    }
}
