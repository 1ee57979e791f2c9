// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Callback, Request} from "../types/Request.sol";
import {Rules} from "../types/Rules.sol";
import {Terms} from "../types/Terms.sol";

/// @title Jobs: post, cancel, deliver
interface IJobQueue {
    /// @notice All of a job's preimage, and its input. Workers and later steps are served from this event alone.
    event JobPosted(
        bytes32 indexed jobId,
        bytes32 indexed versionId,
        address indexed requester,
        uint96 nonce,
        Terms terms,
        Rules rules,
        Callback callback,
        bytes input
    );
    /// @notice Many jobs that differ in nonce and input only: job i has the nonce `firstNonce + i` and the input `inputs[i]`.
    event JobsPosted(
        bytes32 indexed versionId,
        address indexed requester,
        uint96 firstNonce,
        Terms terms,
        Rules rules,
        Callback callback,
        bytes[] inputs
    );
    /// @notice Its requester took the job back; the whole escrow is credit again.
    event JobCancelled(bytes32 indexed jobId);
    /// @notice The callback took the answer.
    event Delivered(bytes32 indexed jobId, address indexed target, address indexed deliverer);
    /// @notice The callback reverted or ran out of its stipend; anyone may try again.
    event DeliveryFailed(bytes32 indexed jobId, address indexed target, address indexed deliverer);
    /// @notice The share of seat fees that the treasury gets in jobs posted from now on, basis points.
    event ProtocolFeeChanged(uint256 previousBps, uint256 bps);
    /// @notice The share of lost bonds that is burned in jobs posted from now on, basis points.
    event BurnShareChanged(uint256 previousBps, uint256 bps);
    /// @notice The owner paid `amount` wei out of the treasury.
    event TreasuryWithdrawn(address indexed to, uint256 amount);

    /// @notice There is no such way to decide a job, or not yet.
    error UnsupportedMode(uint256 received);
    /// @notice The appeal window is too short or too long, seconds; zero is for committees only.
    error AppealWindowOutOfBounds(uint256 shortest, uint256 longest, uint256 received);
    /// @notice The highest byte of the terms is not zero.
    error ReservedTerms(uint256 received);
    /// @notice The first committee has too few or too many seats.
    error CommitteeOutOfBounds(uint256 least, uint256 most, uint256 received);
    /// @notice The job could have too few or too many rounds.
    error RoundsOutOfBounds(uint256 least, uint256 most, uint256 received);
    /// @notice The commit phase is too short or too long, seconds.
    error CommitPhaseOutOfBounds(uint256 shortest, uint256 longest, uint256 received);
    /// @notice The reveal phase is too short or too long, seconds.
    error RevealPhaseOutOfBounds(uint256 shortest, uint256 longest, uint256 received);
    /// @notice The seat fee is too low, units.
    error SeatFeeOutOfBounds(uint256 least, uint256 received);
    /// @notice The cap of the seat fee lies below the fee, units.
    error SeatFeeCapOutOfBounds(uint256 least, uint256 received);
    /// @notice The bond is too low for these fees, rounds and appeal window, units.
    error BondOutOfBounds(uint256 least, uint256 received);
    /// @notice The callback names a stipend or a fee, and no contract to call.
    error CallbackWithoutTarget(uint256 callback);
    /// @notice The callback asks for more gas than deliveries give.
    error StipendOutOfBounds(uint256 most, uint256 received);
    /// @notice The input has no bytes, so it is no payload.
    error EmptyInput();
    /// @notice The nonces of many jobs in a row do not fit into 96 bits.
    error NonceTooLarge(uint256 most, uint256 received);
    /// @notice Only the account that posted the job may take it back.
    error NotRequester(address expected, address received);
    /// @notice The job was posted without a target to deliver to.
    error NoCallback(bytes32 jobId);
    /// @notice An earlier attempt to deliver was paid the fee.
    error DeliveryFeePaid(bytes32 jobId);
    /// @notice What is left of the gas does not give the callback its whole stipend.
    error NotEnoughGas(uint256 required, uint256 available);
    /// @notice A share is too low or too high, basis points.
    error ShareOutOfBounds(uint256 least, uint256 most, uint256 received);

    /// @notice Posts a job of the caller's, paid from the caller's credit.
    /// @param nonce any number that makes the request new
    /// @param input the payload (docs/encoding.md); it is public
    /// @return jobId `keccak256(chainId, queue, request)`
    function post(bytes32 versionId, uint96 nonce, Terms terms, Callback callback, bytes calldata input)
        external
        returns (bytes32 jobId);

    /// @notice Posts many jobs of the caller's that differ in nonce and input only: all of them, or none.
    /// @return jobIds in the order of the inputs
    function postMany(bytes32 versionId, uint96 firstNonce, Terms terms, Callback callback, bytes[] calldata inputs)
        external
        returns (bytes32[] memory jobIds);

    /// @notice Takes a job back and returns its escrow. Only its requester, until the seed block has passed.
    function cancel(Request calldata request, Rules rules) external;

    /// @notice Calls the job's target with its final answer. Anyone; the first attempt that gives the callback its
    /// whole stipend is paid the delivery fee, whether the callback succeeds or not.
    /// @param proposer who proposed the answer; counts only where it is a proposal nobody has appealed
    function deliver(Request calldata request, Rules rules, address proposer, bytes calldata result) external;

    /// @notice The same, unless the fee was paid already: an earlier attempt may have failed on purpose, and the next
    /// one may burn all the gas it is given. For those who deliver for the fee.
    function deliverForFee(Request calldata request, Rules rules, address proposer, bytes calldata result) external;

    /// @notice What the escrow of these terms amounts to, wei.
    function escrowOf(Terms terms, Callback callback) external view returns (uint256);

    /// @notice The id of a job of this queue, whether it was posted or not.
    function jobIdOf(Request calldata request, Rules rules) external view returns (bytes32);

    /// @notice The rules a job of this version would be posted under now. Reverts for a version not in service.
    function rulesOf(bytes32 versionId) external view returns (Rules);

    /// @notice How sure an answer under these terms is.
    /// @param shareBps the share of the stake that is against it, split finely, basis points
    /// @return lieCost wei that a false answer loses for certain if one honest party appeals it; zero without an appeal
    /// window
    /// @return capture how likely that share holds a quorum of the committee that guards the answer, in 1e18
    function assuranceOf(Terms terms, uint256 shareBps) external view returns (uint256 lieCost, uint256 capture);
}
