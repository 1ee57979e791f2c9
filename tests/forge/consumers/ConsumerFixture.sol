// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IJobQueue} from "../../../contracts/interfaces/IJobQueue.sol";
import {TensorEncoder} from "../../../contracts/libraries/TensorEncoder.sol";
import {Callback, JobKey, Request, RequestLib} from "../../../contracts/types/Request.sol";
import {Terms} from "../../../contracts/types/Terms.sol";
import {Fixture, Job} from "../utils/Fixture.sol";

/// @dev Jobs that contracts post, seen through by three workers.
abstract contract ConsumerFixture is Fixture {
    bytes internal constant NO_TENSORS = hex"00";

    function setUp() public virtual override {
        super.setUp();
        _enlistEqual(3);
    }

    function _consumerTerms() internal pure returns (Terms) {
        return _terms(3, 1);
    }

    /// @dev The job a consumer posts, or has posted, with this nonce.
    function _jobOf(address consumer, uint96 nonce, bytes32 version, Callback callback, bytes memory input)
        internal
        view
        returns (Job memory job)
    {
        bytes32 inputHash = keccak256(input);
        job.request = Request(consumer, nonce, version, inputHash, _consumerTerms(), callback);
        job.rules = queue.rulesOf(version);
        bytes32 body = RequestLib.body(consumer, nonce, version, inputHash, callback);
        job.key = JobKey(_consumerTerms(), job.rules, body);
        job.id = queue.jobIdOf(job.request, job.rules);
    }

    function _fundConsumer(address consumer, uint256 amount) internal {
        token.mint(address(this), amount);
        token.approve(address(vault), amount);
        vault.deposit(consumer, amount);
    }

    // --- ways a job goes on ---

    function _settle(Job memory job, bytes memory answer) internal {
        _draw();
        _voted(job, 3, answer, "");
    }

    function _deliver(Job memory job, bytes memory answer) internal {
        queue.deliver(job.request, job.rules, address(0), answer);
    }

    function _answer(Job memory job, bytes memory answer) internal {
        _settle(job, answer);
        _deliver(job, answer);
    }

    /// @dev Nobody comes: the job ends REFUNDED.
    function _expire(Job memory job) internal {
        _wait(COMMIT_SECONDS);
        _advance(job);
    }

    /// @dev Three workers, three answers: the job ends UNRESOLVED.
    function _disagree(Job memory job) internal {
        _draw();
        for (uint256 i; i < 3; ++i) {
            _commit(job, workers[i], abi.encodePacked(i), 1);
        }
        for (uint256 i; i < 3; ++i) {
            _reveal(job, workers[i], abi.encodePacked(i));
        }
        _wait(REVEAL_SECONDS);
        _advance(job);
    }

    function _expectDelivery(Job memory job) internal {
        vm.expectEmit(address(queue));
        emit IJobQueue.Delivered(job.id, job.request.callback.target(), address(this));
    }

    function _expectDeliveryFailed(Job memory job) internal {
        vm.expectEmit(address(queue));
        emit IJobQueue.DeliveryFailed(job.id, job.request.callback.target(), address(this));
    }

    // --- answers ---

    /// @dev One row of float32.
    function _row(int256[] memory values) internal pure returns (bytes memory) {
        uint32[] memory dims = new uint32[](2);
        (dims[0], dims[1]) = (1, uint32(values.length));
        return TensorEncoder.encodeFloat32(values, dims);
    }

    function _row(int256 value) internal pure returns (bytes memory) {
        int256[] memory values = new int256[](1);
        values[0] = value;
        return _row(values);
    }

    /// @dev A float32 of any bits, as a row of one or as the last of a row.
    function _withLast(bytes memory row, uint32 bits) internal pure returns (bytes memory) {
        for (uint256 i; i < 4; ++i) {
            row[row.length - 4 + i] = bytes1(uint8(bits >> (8 * i)));
        }
        return row;
    }
}
