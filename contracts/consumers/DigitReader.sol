// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IInferenceCallback} from "../interfaces/IInferenceCallback.sol";
import {IJobQueue} from "../interfaces/IJobQueue.sol";
import {IStakeVault} from "../interfaces/IStakeVault.sol";
import {Tensor, Tensors} from "../libraries/Tensors.sol";
import {Callback} from "../types/Request.sol";
import {Terms} from "../types/Terms.sol";

/// @title DigitReader: asks which digit a picture shows, and remembers the answer
/// @notice An example to start from. It pays from its own credit: anyone fills it with `StakeVault.deposit(reader, …)`.
contract DigitReader is IInferenceCallback {
    enum Status {
        UNKNOWN,
        ASKED,
        /// @dev The picture did not fit the model.
        REFUSED,
        READ
    }

    struct Reading {
        Status status;
        uint8 digit;
        /// @dev Of that digit, with 18 decimals.
        uint240 likelihood;
    }

    address public immutable OWNER;
    IStakeVault public immutable VAULT;
    IJobQueue public immutable QUEUE;
    /// @notice A version whose first output is a FLOAT for each of the ten digits.
    bytes32 public immutable VERSION;
    Terms public immutable TERMS;
    Callback private immutable CALLBACK;

    mapping(bytes32 jobId => Reading) public readings;
    uint96 private _asked;

    event DigitRead(bytes32 indexed jobId, uint256 digit, uint256 likelihood);

    error NotOwner(address received);
    error UnexpectedAnswer(address sender, bytes32 jobId);

    constructor(IStakeVault vault, IJobQueue queue, bytes32 version, Terms terms, uint32 gasStipend, uint64 fee) {
        (OWNER, VAULT, QUEUE, VERSION, TERMS) = (msg.sender, vault, queue, version, terms);
        CALLBACK = Callback.wrap(uint256(uint160(address(this))) | uint256(gasStipend) << 160 | uint256(fee) << 192);
    }

    modifier onlyOwner() {
        if (msg.sender != OWNER) revert NotOwner(msg.sender);
        _;
    }

    /// @notice Posts a job for a picture, encoded as docs/encoding.md says. It costs credit, so only the owner may.
    function ask(bytes calldata picture) external onlyOwner returns (bytes32 jobId) {
        jobId = QUEUE.post(VERSION, ++_asked, TERMS, CALLBACK, picture);
        readings[jobId].status = Status.ASKED;
    }

    /// @inheritdoc IInferenceCallback
    function onInference(bytes32 jobId, bytes32, bytes calldata result) external {
        Reading storage reading = readings[jobId];
        // Anyone may call this, and anyone may post a job that names this contract as its target.
        if (msg.sender != address(QUEUE) || reading.status != Status.ASKED) revert UnexpectedAnswer(msg.sender, jobId);
        if (Tensors.count(result) == 0) {
            reading.status = Status.REFUSED;
            return;
        }
        (uint256 digit, uint256 likelihood) = _likeliest(Tensors.tensorAt(result, 0));
        // Both fit: a digit is below ten, and the largest float32 with 18 decimals below 2^240.
        (reading.status, reading.digit, reading.likelihood) = (Status.READ, uint8(digit), uint240(likelihood));
        emit DigitRead(jobId, digit, likelihood);
    }

    /// @notice Pays out wei of the credit; what a job did not spend is there once the job is closed.
    function withdraw(uint256 amount) external onlyOwner {
        VAULT.withdraw(OWNER, amount);
    }

    function _likeliest(Tensor memory likelihoods) private pure returns (uint256 digit, uint256 likelihood) {
        for (uint256 i; i < 10; ++i) {
            int256 found = likelihoods.fixedAt(i);
            if (found > int256(likelihood)) (digit, likelihood) = (i, uint256(found));
        }
    }
}
