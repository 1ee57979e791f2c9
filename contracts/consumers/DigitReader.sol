// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IJobQueue} from "../interfaces/IJobQueue.sol";
import {IStakeVault} from "../interfaces/IStakeVault.sol";
import {Likelihoods} from "../libraries/Likelihoods.sol";
import {Tensors} from "../libraries/Tensors.sol";
import {Callback} from "../types/Request.sol";
import {Terms} from "../types/Terms.sol";
import {InferenceConsumer} from "./InferenceConsumer.sol";

/// @title DigitReader: asks which digit a picture shows, and remembers the answer
/// @notice An example to start from.
contract DigitReader is InferenceConsumer {
    enum Status {
        UNKNOWN,
        ASKED,
        /// @dev The picture did not fit the model.
        REFUSED,
        READ,
        /// @dev The job was refunded or is unresolved.
        UNANSWERED
    }

    struct Reading {
        Status status;
        uint8 digit;
        /// @dev Of that digit, with 18 decimals.
        uint240 likelihood;
    }

    address public immutable OWNER;
    /// @notice A version whose first output is a FLOAT for each of the ten digits.
    bytes32 public immutable VERSION;
    Terms public immutable TERMS;
    Callback private immutable CALLBACK;

    mapping(bytes32 jobId => Reading) public readings;

    event DigitRead(bytes32 indexed jobId, uint256 digit, uint256 likelihood);

    error NotOwner(address received);

    constructor(IStakeVault vault, IJobQueue queue, bytes32 version, Terms terms, uint32 gasStipend, uint64 fee)
        InferenceConsumer(vault, queue)
    {
        (OWNER, VERSION, TERMS) = (msg.sender, version, terms);
        CALLBACK = _callback(gasStipend, fee);
    }

    modifier onlyOwner() {
        if (msg.sender != OWNER) revert NotOwner(msg.sender);
        _;
    }

    /// @notice Posts a job for a picture, encoded as docs/encoding.md says. It costs credit, so only the owner may.
    function ask(bytes calldata picture) external onlyOwner returns (bytes32 jobId) {
        jobId = _ask(VERSION, TERMS, CALLBACK, picture);
        readings[jobId].status = Status.ASKED;
    }

    /// @notice Pays out wei of the credit; what a job did not spend is there once the job is closed.
    function withdraw(uint256 amount) external onlyOwner {
        _withdrawCredit(OWNER, amount);
    }

    /// @inheritdoc InferenceConsumer
    function _onAnswer(bytes32 jobId, bytes32, bytes calldata result) internal override {
        (uint256 digit, uint256 likelihood) = Likelihoods.likeliest(Tensors.tensorAt(result, 0), 10);
        // Both fit: a digit is below ten, and the largest float32 with 18 decimals below 2^240.
        readings[jobId] = Reading(Status.READ, uint8(digit), uint240(likelihood));
        emit DigitRead(jobId, digit, likelihood);
    }

    /// @inheritdoc InferenceConsumer
    function _onRefused(bytes32 jobId) internal override {
        readings[jobId].status = Status.REFUSED;
    }

    /// @inheritdoc InferenceConsumer
    function _onNoAnswer(bytes32 jobId) internal override {
        readings[jobId].status = Status.UNANSWERED;
    }
}
