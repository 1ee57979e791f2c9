// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {IJobQueue} from "../interfaces/IJobQueue.sol";
import {IStakeVault} from "../interfaces/IStakeVault.sol";
import {Likelihoods} from "../libraries/Likelihoods.sol";
import {RemoteInputs} from "../libraries/RemoteInputs.sol";
import {Tensors} from "../libraries/Tensors.sol";
import {Callback} from "../types/Request.sol";
import {Terms} from "../types/Terms.sol";
import {InferenceConsumer} from "./InferenceConsumer.sol";

/// @title LabelGate: funds that a classifier's settled answer releases
/// @notice A depositor locks an amount for a payee, with an input and the label that releases it. If the model finds
/// that label the likeliest, and likely enough, the payee may withdraw; otherwise, or when there will be no answer, the
/// depositor may. Both pull. The terms are the gate's, so that a depositor cannot choose a committee that is easy to own.
/// @dev The depositor brings what the gate's credit lacks for the job's escrow. What jobs leave unspent stays in the
/// credit and pays for later ones: it is nobody's own, and no locked amount is ever in it.
contract LabelGate is InferenceConsumer, ReentrancyGuard {
    using SafeERC20 for IERC20;

    enum Stage {
        UNKNOWN,
        /// @dev Waits for the answer.
        LOCKED,
        /// @dev The payee may withdraw.
        RELEASED,
        /// @dev The depositor may withdraw.
        RETURNED,
        WITHDRAWN
    }

    /// @notice Which answer releases.
    struct Condition {
        uint16 label;
        /// @dev How many labels the model's first output tells likelihoods of.
        uint16 labels;
        /// @dev Least likelihood of the label, 18 decimals.
        uint64 leastLikelihood;
    }

    struct Lock {
        address depositor;
        Condition condition;
        address payee;
        Stage stage;
        uint256 amount;
    }

    uint256 private constant ONE = 1e18;
    /// @dev As many as one transaction can surely read: an answer nobody can hand over would lock the funds for ever.
    uint256 private constant MOST_LABELS = 4_096;

    IERC20 public immutable TOKEN;
    Terms public immutable TERMS;
    Callback private immutable CALLBACK;

    mapping(bytes32 jobId => Lock) private _locks;
    /// @notice All that is locked and not yet withdrawn.
    uint256 public held;

    event Locked(
        bytes32 indexed jobId, address indexed depositor, address indexed payee, uint256 amount, Condition condition
    );
    event Answered(bytes32 indexed jobId, uint256 label, uint256 likelihood);
    /// @notice The answer is no likelihoods of the labels; `reason` is the error that says why.
    event Unreadable(bytes32 indexed jobId, bytes reason);
    event Opened(bytes32 indexed jobId, Stage stage);
    event Withdrawn(bytes32 indexed jobId, address indexed by, address indexed to, uint256 amount);

    error ZeroAddress();
    error ZeroAmount();
    error LabelOutOfBounds(uint256 labels, uint256 received);
    error TooManyLabels(uint256 most, uint256 received);
    error LikelihoodOutOfBounds(uint256 most, uint256 received);
    error WrongAmountReceived(uint256 expected, uint256 received);
    error NotWithdrawable(bytes32 jobId, Stage received);
    error NotEntitled(address expected, address received);
    /// @notice An input by reference can be served to some workers alone: `received` is what it begins with.
    error InputByReference(bytes2 received);
    error NotEnoughGasToRead();

    constructor(IStakeVault vault, IJobQueue queue, IERC20 token, Terms terms, uint32 gasStipend, uint64 deliveryFee)
        InferenceConsumer(vault, queue)
    {
        (TOKEN, TERMS) = (token, terms);
        CALLBACK = _callback(gasStipend, deliveryFee);
    }

    // --- depositor and payee ---

    /// @notice Locks `amount` of the token and asks the model. The caller has approved that, and `shortfall()` of the
    /// vault's asset.
    /// @param input a payload (docs/encoding.md), no reference to one; it is public
    function lock(address payee, uint256 amount, Condition calldata condition, bytes32 version, bytes calldata input)
        external
        nonReentrant
        returns (bytes32 jobId)
    {
        if (payee == address(0)) revert ZeroAddress();
        if (amount == 0) revert ZeroAmount();
        _check(condition);
        if (RemoteInputs.isReference(input)) revert InputByReference(RemoteInputs.MARK);

        held += amount;
        _pull(TOKEN, amount);
        _fillCredit();
        jobId = _ask(version, TERMS, CALLBACK, input);
        _locks[jobId] = Lock(msg.sender, condition, payee, Stage.LOCKED, amount);
        emit Locked(jobId, msg.sender, payee, amount, condition);
    }

    /// @notice Pays a lock out, once: to the payee's order if it was released, to the depositor's if it was returned.
    function withdraw(bytes32 jobId, address to) external nonReentrant {
        if (to == address(0)) revert ZeroAddress();
        Lock storage found = _locks[jobId];
        Stage stage = found.stage;
        if (stage != Stage.RELEASED && stage != Stage.RETURNED) revert NotWithdrawable(jobId, stage);
        address entitled = stage == Stage.RELEASED ? found.payee : found.depositor;
        if (msg.sender != entitled) revert NotEntitled(entitled, msg.sender);

        uint256 amount = found.amount;
        found.stage = Stage.WITHDRAWN;
        held -= amount;
        emit Withdrawn(jobId, msg.sender, to, amount);
        TOKEN.safeTransfer(to, amount);
    }

    // --- views ---

    function lockOf(bytes32 jobId) external view returns (Lock memory) {
        return _locks[jobId];
    }

    /// @notice Wei of the vault's asset that the next depositor has to bring for the question.
    function shortfall() public view returns (uint256) {
        uint256 required = QUEUE.escrowOf(TERMS, CALLBACK);
        uint256 available = VAULT.credit(address(this));
        return required > available ? required - available : 0;
    }

    /// @notice The likeliest label of a result, as the gate reads it.
    function read(bytes calldata result, uint256 labels) external pure returns (uint256 label, uint256 likelihood) {
        return Likelihoods.likeliest(Tensors.tensorAt(result, 0), labels);
    }

    // --- answers ---

    /// @inheritdoc InferenceConsumer
    /// @dev An answer that cannot be read returns the funds, so reading must fail for its contents alone. Errors of
    /// contents carry data; running out of gas, which the caller can arrange, carries none.
    function _onAnswer(bytes32 jobId, bytes32, bytes calldata result) internal override {
        Condition memory condition = _locks[jobId].condition;
        try this.read(result, condition.labels) returns (uint256 label, uint256 likelihood) {
            emit Answered(jobId, label, likelihood);
            bool releases = label == condition.label && likelihood >= condition.leastLikelihood;
            _open(jobId, releases ? Stage.RELEASED : Stage.RETURNED);
        } catch (bytes memory reason) {
            if (reason.length == 0) revert NotEnoughGasToRead();
            emit Unreadable(jobId, reason);
            _open(jobId, Stage.RETURNED);
        }
    }

    /// @inheritdoc InferenceConsumer
    function _onRefused(bytes32 jobId) internal override {
        _open(jobId, Stage.RETURNED);
    }

    /// @inheritdoc InferenceConsumer
    function _onNoAnswer(bytes32 jobId) internal override {
        _open(jobId, Stage.RETURNED);
    }

    function _open(bytes32 jobId, Stage stage) private {
        _locks[jobId].stage = stage;
        emit Opened(jobId, stage);
    }

    // --- internals ---

    function _check(Condition calldata condition) private pure {
        if (condition.labels > MOST_LABELS) revert TooManyLabels(MOST_LABELS, condition.labels);
        if (condition.label >= condition.labels) revert LabelOutOfBounds(condition.labels, condition.label);
        // A least likelihood of zero would let likelihoods that are all zero release label 0.
        if (condition.leastLikelihood == 0 || condition.leastLikelihood > ONE) {
            revert LikelihoodOutOfBounds(ONE, condition.leastLikelihood);
        }
    }

    /// @dev Puts what the credit lacks for one job into the vault, from the caller's tokens.
    function _fillCredit() private {
        uint256 missing = shortfall();
        if (missing == 0) return;
        IERC20 asset = IERC20(VAULT.ASSET());
        _pull(asset, missing);
        asset.forceApprove(address(VAULT), missing);
        VAULT.deposit(address(this), missing);
    }

    function _pull(IERC20 token, uint256 amount) private {
        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), amount);
        uint256 received = token.balanceOf(address(this)) - before;
        if (received != amount) revert WrongAmountReceived(amount, received);
    }
}
