// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettledQueue} from "assay-contracts/consumers/InferenceConsumer.sol";
import {IInferenceCallback} from "assay-contracts/interfaces/IInferenceCallback.sol";
import {IJobQueue} from "assay-contracts/interfaces/IJobQueue.sol";
import {ISettlement} from "assay-contracts/interfaces/ISettlement.sol";
import {Jobs} from "assay-contracts/libraries/Jobs.sol";
import {Likelihoods} from "assay-contracts/libraries/Likelihoods.sol";
import {Offer} from "assay-contracts/libraries/Offers.sol";
import {Payloads} from "assay-contracts/libraries/Payloads.sol";
import {RemoteInputs} from "assay-contracts/libraries/RemoteInputs.sol";
import {Tensors} from "assay-contracts/libraries/Tensors.sol";
import {COMMITTING, REFUNDED, UNRESOLVED} from "assay-contracts/types/JobWord.sol";
import {Request} from "assay-contracts/types/Request.sol";
import {Rules} from "assay-contracts/types/Rules.sol";
import {Terms} from "assay-contracts/types/Terms.sol";

/// @title NoticeBoard: shows the notices that a classifier finds acceptable
/// @notice The author of a notice posts a job with the notice as its input, pays for it, and names the board as the
/// target of its callback. Then the author enters the job here, and the board is told the answer. Model and terms are the
/// board's: else an author would choose a committee that is easy to own.
/// @dev The board posts nothing and holds nothing. Anyone can post a job that names it, so it takes answers of entered
/// jobs only. A notice of an author is judged once. That does not keep anyone from asking again with a byte changed
/// or from another account, at the price of another job: a board that has to bear that asks authors for a bond. Each has
/// entries of their own: if a notice had one for all, whoever enters it first, and then sees to it that no answer comes,
/// would keep everybody else from it.
contract NoticeBoard is IInferenceCallback {
    enum State {
        UNKNOWN,
        ENTERED,
        SHOWN,
        REJECTED
    }

    struct Notice {
        address author;
        State state;
        /// @dev keccak256 of the notice's payload.
        bytes32 inputHash;
    }

    /// @dev The least that a job must offer for its delivery.
    struct Delivery {
        /// @dev Gas for the callback.
        uint32 stipend;
        /// @dev Units for whoever delivers: else no worker does.
        uint64 fee;
    }

    /// @dev The label that the model's first output gives a likelihood for second.
    uint256 private constant ACCEPTABLE = 1;
    uint256 private constant LABELS = 2;

    IJobQueue public immutable QUEUE;
    ISettlement public immutable SETTLEMENT;
    bytes32 public immutable VERSION;
    Terms public immutable TERMS;
    /// @notice Least gas a job must give the callback.
    uint256 public immutable LEAST_STIPEND;
    /// @notice Least fee of a job's delivery, units.
    uint256 public immutable LEAST_FEE;
    /// @notice How likely it must be that a notice is acceptable, 18 decimals.
    uint256 public immutable LEAST_LIKELIHOOD;

    mapping(bytes32 jobId => Notice) public notices;
    mapping(address author => mapping(bytes32 inputHash => bytes32)) public jobOf;

    event Entered(bytes32 indexed jobId, address indexed author, bytes32 indexed inputHash);
    event Judged(bytes32 indexed jobId, State state);
    event Cleared(bytes32 indexed jobId, uint256 status);

    error NotQueue(address expected, address received);
    error NotEntered(bytes32 jobId, State received);
    error NotRequester(address expected, address received);
    error WrongVersion(bytes32 expected, bytes32 received);
    error WrongTerms(Terms expected, Terms received);
    error WrongTarget(address expected, address received);
    error StipendTooSmall(uint256 least, uint256 received);
    error DeliveryFeeTooSmall(uint256 least, uint256 received);
    error WrongInput(bytes32 expected, bytes32 received);
    error InputByReference();
    error EnteredAlready(bytes32 jobId);
    /// @notice The job does not wait for its first round's answer.
    error NotOpen(bytes32 jobId, uint256 status, uint256 round);
    /// @notice This is not the job's answer, or not yet beyond appeal.
    error NotTheAnswer(bytes32 jobId, bytes32 digest);
    error AnswerPossible(bytes32 jobId, uint256 status);

    constructor(IJobQueue queue, bytes32 version, Offer memory offer, Delivery memory least, uint256 leastLikelihood) {
        QUEUE = queue;
        SETTLEMENT = ISettledQueue(address(queue)).SETTLEMENT();
        (VERSION, TERMS) = (version, offer.optimistic());
        (LEAST_STIPEND, LEAST_FEE, LEAST_LIKELIHOOD) = (least.stipend, least.fee, leastLikelihood);
    }

    // --- authors ---

    /// @notice Enters a job of the caller's that was just posted: best right behind the post, in the same block.
    /// @param input the notice, the job's payload
    function enter(Request calldata request, Rules rules, bytes calldata input) external returns (bytes32 jobId) {
        _check(request, input);
        jobId = QUEUE.jobIdOf(request, rules);
        // Once an answer can be seen, it is too late to choose which job counts.
        ISettlement.JobView memory job = SETTLEMENT.job(jobId);
        if (job.status != COMMITTING || job.round != 0) revert NotOpen(jobId, job.status, job.round);
        bytes32 entered = jobOf[msg.sender][request.inputHash];
        if (entered != 0) revert EnteredAlready(entered);

        jobOf[msg.sender][request.inputHash] = jobId;
        notices[jobId] = Notice(msg.sender, State.ENTERED, request.inputHash);
        emit Entered(jobId, msg.sender, request.inputHash);
    }

    // --- how a job ends: anyone, but the queue for an answer ---

    /// @inheritdoc IInferenceCallback
    /// @dev An answer that cannot be read reverts, and its notice is never shown.
    function onInference(bytes32 jobId, bytes32, bytes calldata result) external {
        if (msg.sender != address(QUEUE)) revert NotQueue(address(QUEUE), msg.sender);
        _judge(jobId, result);
    }

    /// @notice Hands over the settled answer without the queue: delivery is paid for once, and may fail.
    /// @param proposer who proposed the answer; counts only where it is a proposal nobody has appealed
    function takeAnswer(Request calldata request, Rules rules, address proposer, bytes calldata result) external {
        bytes32 jobId = QUEUE.jobIdOf(request, rules);
        bytes32 digest = keccak256(result);
        if (!SETTLEMENT.isSettled(Jobs.keyOf(request, rules), proposer, digest)) revert NotTheAnswer(jobId, digest);
        _judge(jobId, result);
    }

    /// @notice Forgets a job that has ended without an answer, so that its author can enter the notice again.
    function clear(bytes32 jobId) external {
        Notice memory found = notices[jobId];
        if (found.state != State.ENTERED) revert NotEntered(jobId, found.state);
        uint256 status = SETTLEMENT.job(jobId).status;
        if (status != REFUNDED && status != UNRESOLVED) revert AnswerPossible(jobId, status);

        delete jobOf[found.author][found.inputHash];
        delete notices[jobId];
        emit Cleared(jobId, status);
    }

    // --- views ---

    /// @notice Whether a notice of an author is shown, by the keccak256 of its payload.
    function isShown(address author, bytes32 inputHash) external view returns (bool) {
        return notices[jobOf[author][inputHash]].state == State.SHOWN;
    }

    // --- internals ---

    function _check(Request calldata request, bytes calldata input) private view {
        if (msg.sender != request.requester) revert NotRequester(request.requester, msg.sender);
        if (request.versionId != VERSION) revert WrongVersion(VERSION, request.versionId);
        if (Terms.unwrap(request.terms) != Terms.unwrap(TERMS)) revert WrongTerms(TERMS, request.terms);
        address target = request.callback.target();
        if (target != address(this)) revert WrongTarget(address(this), target);
        uint256 stipend = request.callback.gasStipend();
        if (stipend < LEAST_STIPEND) revert StipendTooSmall(LEAST_STIPEND, stipend);
        uint256 fee = request.callback.deliveryFee();
        if (fee < LEAST_FEE) revert DeliveryFeeTooSmall(LEAST_FEE, fee);
        bytes32 inputHash = keccak256(input);
        if (inputHash != request.inputHash) revert WrongInput(request.inputHash, inputHash);
        // The notice must be here for everybody to read, not in a file that its author can take away.
        if (RemoteInputs.isReference(input)) revert InputByReference();
    }

    function _judge(bytes32 jobId, bytes calldata result) private {
        State found = notices[jobId].state;
        if (found != State.ENTERED) revert NotEntered(jobId, found);

        State state = _isAcceptable(result) ? State.SHOWN : State.REJECTED;
        notices[jobId].state = state;
        emit Judged(jobId, state);
    }

    function _isAcceptable(bytes calldata result) private view returns (bool) {
        if (Payloads.isEmpty(result)) return false; // the notice did not fit the model
        (uint256 label, uint256 likelihood) = Likelihoods.likeliest(Tensors.tensorAt(result, 0), LABELS);
        return label == ACCEPTABLE && likelihood >= LEAST_LIKELIHOOD;
    }
}
