// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {InferenceConsumer} from "assay-contracts/consumers/InferenceConsumer.sol";
import {IJobQueue} from "assay-contracts/interfaces/IJobQueue.sol";
import {IStakeVault} from "assay-contracts/interfaces/IStakeVault.sol";
import {Offer} from "assay-contracts/libraries/Offers.sol";
import {Payloads} from "assay-contracts/libraries/Payloads.sol";
import {Tensor, Tensors} from "assay-contracts/libraries/Tensors.sol";
import {Callback} from "assay-contracts/types/Request.sol";
import {Terms} from "assay-contracts/types/Terms.sol";

/// @title Underwriter: asks a model how much a borrower may owe, and remembers the limit for a while
/// @notice It pays for its questions itself: tokens sent to it move into its credit as questions need them. A limit that
/// nobody has renewed in time is zero. The time runs from the question: whoever delivers chooses when, and a borrower
/// would deliver a good answer as late as it suits.
/// @dev The newest question about a borrower counts. Answers of older ones are ignored, in whatever order they come. What
/// ends a question is told apart, because it says different things: an input that was refused takes the limit away; an
/// answer that is no number, or none at all, says nothing about the borrower, and a limit goes on until it ends.
contract Underwriter is InferenceConsumer, Ownable {
    using SafeERC20 for IERC20;

    struct Question {
        address borrower;
        /// @dev When a limit that comes of it ends, UNIX seconds.
        uint64 until;
    }

    struct Limit {
        /// @dev 18 decimals.
        uint128 amount;
        /// @dev UNIX seconds.
        uint64 until;
    }

    IERC20 public immutable ASSET;
    /// @notice A version that takes a row of FLOAT and answers one FLOAT, the limit.
    bytes32 public immutable VERSION;
    Terms public immutable TERMS;
    uint256 public immutable VALID_SECONDS;
    /// @notice The highest limit, whatever the model says; 18 decimals.
    uint128 public immutable HIGHEST;
    Callback private immutable CALLBACK;

    mapping(address borrower => bytes32) public newestJob;
    /// @notice The questions that have not ended.
    mapping(bytes32 jobId => Question) public questions;
    mapping(address borrower => Limit) private _limits;

    event Asked(bytes32 indexed jobId, address indexed borrower, uint256 until);
    event LimitSet(bytes32 indexed jobId, address indexed borrower, uint256 amount, uint256 until);
    /// @notice The features did not fit the model.
    event Refused(bytes32 indexed jobId, address indexed borrower);
    /// @notice The answer is not one number; `reason` is the error that says why.
    event Unreadable(bytes32 indexed jobId, address indexed borrower, bytes reason);
    /// @notice The question was refunded or is unresolved.
    event NoAnswer(bytes32 indexed jobId, address indexed borrower);

    error WrongAnswerSize(uint256 expected, uint256 received);
    error NotEnoughGasToRead();

    constructor(
        IStakeVault vault,
        IJobQueue queue,
        bytes32 version,
        Offer memory offer,
        uint32 gasStipend,
        uint64 deliveryFee,
        uint256 validSeconds,
        uint128 highest
    ) InferenceConsumer(vault, queue) Ownable(msg.sender) {
        ASSET = IERC20(vault.ASSET());
        (VERSION, TERMS) = (version, offer.forCommittee());
        (VALID_SECONDS, HIGHEST) = (validSeconds, highest);
        CALLBACK = _callback(gasStipend, deliveryFee);
    }

    // --- the owner ---

    /// @notice Asks the model about a borrower. It costs credit, so only the owner may.
    /// @param features what the model was trained on, 18 decimals; they are public
    function assess(address borrower, int256[] calldata features) external onlyOwner returns (bytes32 jobId) {
        _fillCredit();
        jobId = _ask(VERSION, TERMS, CALLBACK, Payloads.row(features));
        uint256 until = block.timestamp + VALID_SECONDS;
        newestJob[borrower] = jobId;
        questions[jobId] = Question(borrower, SafeCast.toUint64(until));
        emit Asked(jobId, borrower, until);
    }

    /// @notice Pays out what there is: the credit that no job holds, and tokens not yet moved into it. What a job under way
    /// leaves is credit again once it is closed.
    function withdraw(address to) external onlyOwner {
        uint256 credit = VAULT.credit(address(this));
        if (credit != 0) _withdrawCredit(to, credit);
        ASSET.safeTransfer(to, ASSET.balanceOf(address(this)));
    }

    // --- views ---

    /// @notice How much a borrower may owe now, 18 decimals.
    function limitOf(address borrower) external view returns (uint256) {
        Limit memory found = _limits[borrower];
        return block.timestamp < found.until ? found.amount : 0;
    }

    /// @notice The number that a result holds, 18 decimals.
    function read(bytes calldata result) external pure returns (int256) {
        Tensor memory answer = Tensors.tensorAt(result, 0);
        if (answer.elements != 1) revert WrongAnswerSize(1, answer.elements);
        return answer.fixedAt(0);
    }

    // --- answers ---

    /// @inheritdoc InferenceConsumer
    /// @dev Errors of an answer's contents carry data; running out of gas, which whoever hands it over can arrange,
    /// carries none, and must not pass for an answer that nobody can read.
    function _onAnswer(bytes32 jobId, bytes32, bytes calldata result) internal override {
        (Question memory question, bool newest) = _forget(jobId);
        if (!newest) return;
        try this.read(result) returns (int256 found) {
            uint128 amount = found <= 0 ? 0 : uint256(found) > HIGHEST ? HIGHEST : uint128(uint256(found));
            _limits[question.borrower] = Limit(amount, question.until);
            emit LimitSet(jobId, question.borrower, amount, question.until);
        } catch (bytes memory reason) {
            if (reason.length == 0) revert NotEnoughGasToRead();
            emit Unreadable(jobId, question.borrower, reason);
        }
    }

    /// @inheritdoc InferenceConsumer
    /// @dev What the model cannot judge gets nothing, whatever it got before.
    function _onRefused(bytes32 jobId) internal override {
        (Question memory question, bool newest) = _forget(jobId);
        if (newest) delete _limits[question.borrower];
        emit Refused(jobId, question.borrower);
    }

    /// @inheritdoc InferenceConsumer
    /// @dev Nobody has said anything about the borrower: a limit goes on until it ends.
    function _onNoAnswer(bytes32 jobId) internal override {
        (Question memory question,) = _forget(jobId);
        emit NoAnswer(jobId, question.borrower);
    }

    // --- internals ---

    function _forget(bytes32 jobId) private returns (Question memory question, bool newest) {
        question = questions[jobId];
        newest = newestJob[question.borrower] == jobId;
        delete questions[jobId];
        if (newest) delete newestJob[question.borrower];
    }

    /// @dev Moves what the credit lacks for one job from this contract's tokens into it.
    function _fillCredit() private {
        uint256 required = QUEUE.escrowOf(TERMS, CALLBACK);
        uint256 available = VAULT.credit(address(this));
        if (available >= required) return;
        uint256 missing = required - available;
        ASSET.forceApprove(address(VAULT), missing);
        VAULT.deposit(address(this), missing);
    }
}
