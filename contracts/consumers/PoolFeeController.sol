// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IJobQueue} from "../interfaces/IJobQueue.sol";
import {IStakeVault} from "../interfaces/IStakeVault.sol";
import {Payloads} from "../libraries/Payloads.sol";
import {ReturnRing, ReturnRingLib} from "../libraries/ReturnRing.sol";
import {Tensor, Tensors} from "../libraries/Tensors.sol";
import {Callback} from "../types/Request.sol";
import {BASIS_POINTS} from "../types/Rules.sol";
import {Terms} from "../types/Terms.sol";
import {InferenceConsumer} from "./InferenceConsumer.sol";

/// @title PoolFeeController: sets a pool's swap fee by what a model says of the volatility
/// @notice The observer, best the pool itself with the price before its first swap of a block, tells prices. Anyone may
/// have the model asked about the last returns, at most once per interval. The fee is
/// `clamp(base + slope · volatility, min, max)`, and `max` whenever there is no answer fresh enough to trust.
/// @dev An answer is good until every observation it rests on has left the window. Asking costs the escrow of one job
/// from this contract's credit, so its interval bounds what a stranger can have it spend.
contract PoolFeeController is InferenceConsumer, Ownable2Step {
    struct Fees {
        uint16 baseBps;
        uint16 minBps;
        uint16 maxBps;
        /// @dev Basis points for each whole unit of the model's answer.
        uint64 slope;
    }

    struct Settings {
        address observer;
        /// @dev A version that takes FLOAT [1, window], returns oldest first, and answers one FLOAT.
        bytes32 version;
        Terms terms;
        uint32 gasStipend;
        uint64 deliveryFee;
        /// @dev Returns in a question.
        uint8 window;
        /// @dev Least seconds between two observations.
        uint32 spacing;
        /// @dev Least seconds between two questions.
        uint32 interval;
        Fees fees;
    }

    uint256 private constant ONE = 1e18;
    /// @dev More than any volatility, and no product with a slope overflows.
    uint256 private constant MOST_VOLATILITY = 1e36;

    address public immutable OBSERVER;
    bytes32 public immutable VERSION;
    Terms public immutable TERMS;
    uint256 public immutable WINDOW;
    uint256 public immutable SPACING;
    uint256 public immutable INTERVAL;
    /// @notice How long after its last observation an answer is used, seconds.
    uint256 public immutable VALID_SECONDS;
    uint256 public immutable BASE_BPS;
    uint256 public immutable MIN_BPS;
    uint256 public immutable MAX_BPS;
    uint256 public immutable SLOPE;
    Callback private immutable CALLBACK;

    /// @dev When the last question was asked; of the answer in use the last observation, and the fee it led to.
    uint64 public askedAt;
    uint64 public answeredUpTo;
    uint16 private _feeBps;

    ReturnRing private _ring;
    /// @notice Time of the last observation that a question rests on, while it is pending.
    mapping(bytes32 jobId => uint64) public askedUpTo;

    event PriceObserved(uint256 price);
    event VolatilityAsked(bytes32 indexed jobId, uint256 upTo);
    event FeeSet(bytes32 indexed jobId, uint256 upTo, uint256 volatility, uint256 feeBps);
    /// @notice The answer came after a newer one, or when it was too old.
    event AnswerIgnored(bytes32 indexed jobId, uint256 upTo, uint256 newestUpTo);
    event QuestionFailed(bytes32 indexed jobId, uint256 upTo);

    error NotObserver(address expected, address received);
    error WindowOutOfBounds(uint256 least, uint256 most, uint256 received);
    error IntervalOutOfBounds(uint256 least, uint256 most, uint256 received);
    error FeesOutOfOrder(uint256 minBps, uint256 maxBps, uint256 most);
    error AskedTooSoon(uint256 earliest, uint256 received);
    error ObservationTooOld(uint256 latest, uint256 received);
    error WrongAnswerSize(uint256 expected, uint256 received);
    error NegativeVolatility(int256 received);

    constructor(address owner, IStakeVault vault, IJobQueue queue, Settings memory s)
        Ownable(owner)
        InferenceConsumer(vault, queue)
    {
        uint256 most = ReturnRingLib.MOST_RETURNS;
        if (s.window < 2 || s.window > most) revert WindowOutOfBounds(2, most, s.window);
        uint256 valid = uint256(s.window) * s.spacing;
        if (s.spacing == 0 || s.interval < s.spacing || s.interval > valid) {
            revert IntervalOutOfBounds(s.spacing, valid, s.interval);
        }
        if (s.fees.minBps > s.fees.maxBps || s.fees.maxBps > BASIS_POINTS) {
            revert FeesOutOfOrder(s.fees.minBps, s.fees.maxBps, BASIS_POINTS);
        }
        (OBSERVER, VERSION, TERMS) = (s.observer, s.version, s.terms);
        (WINDOW, SPACING, INTERVAL, VALID_SECONDS) = (s.window, s.spacing, s.interval, valid);
        (BASE_BPS, MIN_BPS, MAX_BPS, SLOPE) = (s.fees.baseBps, s.fees.minBps, s.fees.maxBps, s.fees.slope);
        CALLBACK = _callback(s.gasStipend, s.deliveryFee);
    }

    // --- prices and questions ---

    /// @notice Takes a price with 18 decimals, if the last one is `SPACING` seconds old; says whether it did. Only the
    /// observer.
    function observe(uint256 price) external returns (bool recorded) {
        if (msg.sender != OBSERVER) revert NotObserver(OBSERVER, msg.sender);
        recorded = _ring.record(price, WINDOW, SPACING);
        if (recorded) emit PriceObserved(price);
    }

    /// @notice Asks the model about the last returns. Anyone; reverts until the window is full, and before `INTERVAL`
    /// seconds have passed since the last question.
    function ask() external returns (bytes32 jobId) {
        uint256 earliest = askedAt + INTERVAL;
        if (block.timestamp < earliest) revert AskedTooSoon(earliest, block.timestamp);
        uint64 upTo = _ring.observedAt;
        bytes memory input = question();
        uint256 latest = upTo + 2 * SPACING;
        if (block.timestamp >= latest) revert ObservationTooOld(latest, block.timestamp);

        askedAt = uint64(block.timestamp);
        jobId = _ask(VERSION, TERMS, CALLBACK, input);
        askedUpTo[jobId] = upTo;
        emit VolatilityAsked(jobId, upTo);
    }

    /// @notice Pays out wei of the credit. Only the owner.
    function withdraw(address to, uint256 amount) external onlyOwner {
        _withdrawCredit(to, amount);
    }

    // --- views ---

    /// @notice The fee a swap pays now, basis points.
    function feeBps() external view returns (uint256) {
        return block.timestamp > answeredUpTo + VALID_SECONDS ? MAX_BPS : _feeBps;
    }

    /// @notice The payload the model would be asked now.
    function question() public view returns (bytes memory) {
        return Payloads.row(_ring.values(WINDOW));
    }

    // --- answers ---

    /// @inheritdoc InferenceConsumer
    /// @dev An answer that is no volatility reverts, stays pending and sets nothing: the fee then rises to the maximum.
    function _onAnswer(bytes32 jobId, bytes32, bytes calldata result) internal override {
        uint64 upTo = _forget(jobId);
        if (upTo <= answeredUpTo || block.timestamp > upTo + VALID_SECONDS) {
            emit AnswerIgnored(jobId, upTo, answeredUpTo);
            return;
        }
        uint256 volatility = _volatilityIn(result);
        uint256 fee = BASE_BPS + SLOPE * volatility / ONE;
        fee = Math.min(Math.max(fee, MIN_BPS), MAX_BPS);
        (answeredUpTo, _feeBps) = (upTo, uint16(fee)); // at most MAX_BPS
        emit FeeSet(jobId, upTo, volatility, fee);
    }

    /// @inheritdoc InferenceConsumer
    function _onRefused(bytes32 jobId) internal override {
        emit QuestionFailed(jobId, _forget(jobId));
    }

    /// @inheritdoc InferenceConsumer
    function _onNoAnswer(bytes32 jobId) internal override {
        emit QuestionFailed(jobId, _forget(jobId));
    }

    function _forget(bytes32 jobId) private returns (uint64 upTo) {
        upTo = askedUpTo[jobId];
        delete askedUpTo[jobId];
    }

    function _volatilityIn(bytes calldata result) private pure returns (uint256) {
        Tensor memory answer = Tensors.tensorAt(result, 0);
        if (answer.elements != 1) revert WrongAnswerSize(1, answer.elements);
        int256 found = answer.fixedAt(0);
        if (found < 0) revert NegativeVolatility(found);
        return Math.min(uint256(found), MOST_VOLATILITY);
    }
}
