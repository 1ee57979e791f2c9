// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {IJobQueue} from "../../../contracts/interfaces/IJobQueue.sol";
import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {IStakeVault} from "../../../contracts/interfaces/IStakeVault.sol";
import {COMMITTING, NONE} from "../../../contracts/types/JobWord.sol";
import {Callback, RequestLib} from "../../../contracts/types/Request.sol";
import {Fixture, Job} from "../utils/Fixture.sol";
import {Pack} from "../utils/Pack.sol";

contract PostManyTest is Fixture {
    uint96 private constant FIRST = 17;

    // --- reverts: all of them, or none ---

    function test_postMany__one_input_empty__none_posted() public {
        bytes[] memory inputs = _inputs(3);
        inputs[1] = "";
        vm.expectRevert(IJobQueue.EmptyInput.selector);
        _postMany(requester, FIRST, inputs);
        assertEq(settlement.job(_idOf(FIRST, inputs[0])).status, NONE);
    }

    function test_postMany__one_posted_already__none_posted() public {
        bytes[] memory inputs = _inputs(3);
        vm.prank(requester);
        bytes32 id = queue.post(exactVersion, FIRST + 1, _terms(5, 2), _noCallback(), inputs[1]);
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.JobExists.selector, id));
        _postMany(requester, FIRST, inputs);
        assertEq(settlement.job(_idOf(FIRST, inputs[0])).status, NONE);
    }

    function test_postMany__one_wei_short_for_all__none_posted() public {
        uint256 escrow = 3 * queue.escrowOf(_terms(5, 2), _noCallback());
        _fund(stranger, escrow - 1);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.InsufficientCredit.selector, stranger, escrow - 1, escrow));
        _postMany(stranger, FIRST, _inputs(3));
    }

    function test_postMany__nonces_run_out__reverts() public {
        uint256 most = type(uint96).max;
        vm.expectRevert(abi.encodeWithSelector(IJobQueue.NonceTooLarge.selector, most, most + 1));
        _postMany(requester, type(uint96).max, _inputs(2));
        _postMany(requester, type(uint96).max - 1, _inputs(2));
    }

    function test_postMany__paused_or_bad_version_or_terms__reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.UnknownVersion.selector, bytes32("x")));
        queue.postMany("x", FIRST, _terms(5, 2), _noCallback(), _inputs(1));
        vm.expectRevert(abi.encodeWithSelector(IJobQueue.CommitteeOutOfBounds.selector, 3, 31, 2));
        queue.postMany(exactVersion, FIRST, _terms(2, 2), _noCallback(), _inputs(1));
        vm.expectRevert(abi.encodeWithSelector(IJobQueue.RoundsOutOfBounds.selector, 1, 5, 6));
        queue.postMany(exactVersion, FIRST, _terms(5, 6), _noCallback(), _inputs(1));
        Callback callback = Pack.callback(address(0), 0, 1);
        vm.expectRevert(abi.encodeWithSelector(IJobQueue.CallbackWithoutTarget.selector, callback));
        queue.postMany(exactVersion, FIRST, _terms(5, 2), callback, _inputs(1));
        vm.prank(owner);
        queue.pause();
        vm.expectRevert(Pausable.EnforcedPause.selector);
        queue.postMany(exactVersion, FIRST, _terms(5, 2), _noCallback(), _inputs(1));
    }

    function test_openMany__not_the_queue__reverts() public {
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.NotQueue.selector, address(queue), address(this)));
        settlement.openMany(new bytes32[](1));
    }

    // --- what happens ---

    function test_postMany__three__ids_and_escrow_as_if_posted_one_by_one() public {
        bytes[] memory inputs = _inputs(3);
        uint256 before = vault.credit(requester);
        Callback callback = Pack.callback(address(9), 1, DELIVERY_FEE);
        vm.expectEmit(address(queue));
        emit IJobQueue.JobsPosted(
            exactVersion, requester, FIRST, _terms(5, 2), queue.rulesOf(exactVersion), callback, inputs
        );
        vm.prank(requester);
        bytes32[] memory ids = queue.postMany(exactVersion, FIRST, _terms(5, 2), callback, inputs);
        assertEq(before - vault.credit(requester), 3 * ((5 + 11) * FEE + DELIVERY_FEE) * UNIT);
        for (uint96 i; i < 3; ++i) {
            bytes32 body = RequestLib.body(requester, FIRST + i, exactVersion, keccak256(inputs[i]), callback);
            bytes32 id = RequestLib.id(address(queue), _terms(5, 2), queue.rulesOf(exactVersion), body);
            assertEq(ids[i], id);
            ISettlementTypes.JobView memory shown = settlement.job(id);
            assertEq(shown.status, COMMITTING);
            assertEq(shown.time, block.timestamp);
            assertEq(shown.seedBlock, block.number + 1);
            vm.prank(requester);
            vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.JobExists.selector, id));
            queue.post(exactVersion, FIRST + i, _terms(5, 2), callback, inputs[i]);
        }
    }

    function test_postMany__same_input_twice__two_jobs() public {
        bytes[] memory inputs = _inputs(2);
        inputs[1] = inputs[0];
        bytes32[] memory ids = _postMany(requester, FIRST, inputs);
        assertNotEq(ids[0], ids[1]);
    }

    function test_postMany__no_inputs__nothing_taken() public {
        uint256 before = vault.credit(requester);
        assertEq(_postMany(requester, FIRST, _inputs(0)).length, 0);
        assertEq(vault.credit(requester), before);
    }

    /// @dev A job posted with others is worked on like any, and can be cancelled on its own.
    function test_postMany__one_cancelled_and_one_settled__each_its_own_money() public {
        _enlistEqual(5);
        uint256 before = vault.credit(requester);
        _useNonce(1);
        Job memory first = _job(requester, exactVersion, _terms(5, 1), _noCallback());
        Job memory second = _job(requester, exactVersion, _terms(5, 1), _noCallback());
        bytes[] memory inputs = new bytes[](2);
        (inputs[0], inputs[1]) = (INPUT, INPUT);
        vm.startPrank(requester);
        bytes32[] memory ids = queue.postMany(exactVersion, 1, _terms(5, 1), _noCallback(), inputs);
        assertEq(ids[0], first.id);
        assertEq(ids[1], second.id);
        queue.cancel(second.request, second.rules);
        vm.stopPrank();
        _draw();
        _voted(first, 5, "a", "");
        _close(first);
        for (uint256 i; i < 5; ++i) {
            _claim(first, 0, workers[i], "a");
        }
        assertEq(before - vault.credit(requester), 5 * FEE * UNIT);
        _assertNothingLeftInJobs();
    }

    // --- helpers ---

    function _inputs(uint256 count) private pure returns (bytes[] memory inputs) {
        inputs = new bytes[](count);
        for (uint256 i; i < count; ++i) {
            inputs[i] = abi.encodePacked(INPUT, uint8(i));
        }
    }

    function _postMany(address asker, uint96 nonce, bytes[] memory inputs) private returns (bytes32[] memory) {
        vm.prank(asker);
        return queue.postMany(exactVersion, nonce, _terms(5, 2), _noCallback(), inputs);
    }

    function _idOf(uint96 nonce, bytes memory input) private view returns (bytes32) {
        bytes32 body = RequestLib.body(requester, nonce, exactVersion, keccak256(input), _noCallback());
        return RequestLib.id(address(queue), _terms(5, 2), queue.rulesOf(exactVersion), body);
    }
}
