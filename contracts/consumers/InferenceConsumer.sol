// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IInferenceCallback} from "../interfaces/IInferenceCallback.sol";
import {IJobQueue} from "../interfaces/IJobQueue.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {IStakeVault} from "../interfaces/IStakeVault.sol";
import {Jobs} from "../libraries/Jobs.sol";
import {Payloads} from "../libraries/Payloads.sol";
import {REFUNDED, UNRESOLVED} from "../types/JobWord.sol";
import {Callback, Request} from "../types/Request.sol";
import {Rules} from "../types/Rules.sol";
import {Terms} from "../types/Terms.sol";

/// @dev The queue's getter that IJobQueue leaves out.
interface ISettledQueue {
    function SETTLEMENT() external view returns (ISettlement);
}

/// @title InferenceConsumer: what a contract inherits that asks models
/// @notice It pays from its own credit: anyone fills it with `StakeVault.deposit(consumer, …)`, and what a job does
/// not spend returns to it when the job is closed.
/// @dev Every job of this contract ends in exactly one of `_onAnswer`, `_onRefused` and `_onNoAnswer`, once. A handler
/// that reverts leaves its job pending, so that it can be tried again: one that can never succeed locks what waits for it.
abstract contract InferenceConsumer is IInferenceCallback {
    enum Progress {
        /// @dev No job of this contract.
        UNKNOWN,
        PENDING,
        DONE
    }

    IStakeVault public immutable VAULT;
    IJobQueue public immutable QUEUE;
    ISettlement public immutable SETTLEMENT;

    mapping(bytes32 jobId => Progress) public progress;
    uint96 private _posted;

    /// @notice A job of this contract has ended without an answer.
    event GaveUp(bytes32 indexed jobId, uint256 status);

    error NotQueue(address expected, address received);
    error WrongVault(address expected, address received);
    error WrongProgress(bytes32 jobId, Progress expected, Progress received);
    /// @notice This is not the job's answer, or not yet beyond appeal.
    error NotTheAnswer(bytes32 jobId, bytes32 digest);
    /// @notice The job has an answer, or may still get one.
    error AnswerPossible(bytes32 jobId, uint256 status);

    constructor(IStakeVault vault, IJobQueue queue) {
        (VAULT, QUEUE) = (vault, queue);
        SETTLEMENT = ISettledQueue(address(queue)).SETTLEMENT();
        address expected = SETTLEMENT.VAULT();
        if (address(vault) != expected) revert WrongVault(expected, address(vault));
    }

    // --- how a job ends: anyone ---

    /// @inheritdoc IInferenceCallback
    function onInference(bytes32 jobId, bytes32 versionId, bytes calldata result) external {
        // Anyone may call this, and anyone may post a job that names this contract as its target.
        if (msg.sender != address(QUEUE)) revert NotQueue(address(QUEUE), msg.sender);
        _end(jobId, versionId, result);
    }

    /// @notice Hands over the settled answer without the queue: to a job posted without a callback, or when the gas
    /// stipend turned out too small.
    /// @param proposer who proposed the answer; counts only where it is a proposal nobody has appealed
    function takeAnswer(Request calldata request, Rules rules, address proposer, bytes calldata result) external {
        bytes32 jobId = QUEUE.jobIdOf(request, rules);
        bytes32 digest = keccak256(result);
        if (!SETTLEMENT.isSettled(Jobs.keyOf(request, rules), proposer, digest)) revert NotTheAnswer(jobId, digest);
        _end(jobId, request.versionId, result);
    }

    /// @notice Ends a job that was refunded or left unresolved, so that no answer can come any more.
    function giveUp(bytes32 jobId) external {
        uint256 status = SETTLEMENT.job(jobId).status;
        if (status != REFUNDED && status != UNRESOLVED) revert AnswerPossible(jobId, status);
        _finish(jobId);
        emit GaveUp(jobId, status);
        _onNoAnswer(jobId);
    }

    // --- what an inheriting contract calls ---

    /// @notice Posts a job and remembers it. Reverts as `IJobQueue.post` does, without credit for the escrow for one.
    /// @dev The job's id is known after posting only. Posting calls none but the engine.
    function _ask(bytes32 versionId, Terms terms, Callback callback, bytes memory input)
        internal
        returns (bytes32 jobId)
    {
        jobId = QUEUE.post(versionId, ++_posted, terms, callback, input);
        progress[jobId] = Progress.PENDING;
    }

    /// @notice The callback that has answers delivered to this contract.
    /// @param gasStipend gas for `onInference`, at most `JobQueue.MOST_STIPEND`; measure it
    /// @param deliveryFee units for whoever delivers
    function _callback(uint32 gasStipend, uint64 deliveryFee) internal view returns (Callback) {
        return Jobs.callback(address(this), gasStipend, deliveryFee);
    }

    /// @notice Takes a job of this contract back, until its seed block has passed; the escrow is credit again at once. The
    /// job then ends as any refunded one does, with `giveUp`.
    function _cancel(Request calldata request, Rules rules) internal {
        QUEUE.cancel(request, rules);
    }

    /// @notice Pays `amount` wei of the credit out.
    function _withdrawCredit(address to, uint256 amount) internal {
        VAULT.withdraw(to, amount);
    }

    // --- what an inheriting contract writes ---

    /// @notice A job of this contract is settled.
    /// @param result at least one tensor, as far as its first byte says; read it with `Tensors`
    function _onAnswer(bytes32 jobId, bytes32 versionId, bytes calldata result) internal virtual;

    /// @notice The input of a job of this contract did not fit its model.
    function _onRefused(bytes32 jobId) internal virtual;

    /// @notice A job of this contract was refunded or is unresolved.
    function _onNoAnswer(bytes32 jobId) internal virtual;

    // --- internals ---

    function _end(bytes32 jobId, bytes32 versionId, bytes calldata result) private {
        _finish(jobId);
        // Also for no byte at all, which must not keep a job pending for ever.
        if (Payloads.isEmpty(result)) _onRefused(jobId);
        else _onAnswer(jobId, versionId, result);
    }

    function _finish(bytes32 jobId) private {
        Progress found = progress[jobId];
        if (found != Progress.PENDING) revert WrongProgress(jobId, Progress.PENDING, found);
        progress[jobId] = Progress.DONE;
    }
}
