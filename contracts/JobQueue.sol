// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {Batch} from "./base/Batch.sol";
import {IInferenceCallback} from "./interfaces/IInferenceCallback.sol";
import {IJobQueue} from "./interfaces/IJobQueue.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {ISettlement} from "./interfaces/ISettlement.sol";
import {IStakeVault} from "./interfaces/IStakeVault.sol";
import {Callback, Request, RequestLib} from "./types/Request.sol";
import {BASIS_POINTS, Rules} from "./types/Rules.sol";
import {MODE_QUORUM, Terms} from "./types/Terms.sol";

/// @title JobQueue: post, cancel, deliver. What each function does is said in IJobQueue.
/// @dev Keeps no state about any job. What the protocol earns is this contract's own credit in the vault.
contract JobQueue is IJobQueue, Ownable2Step, Pausable, Batch {
    uint256 public constant LEAST_COMMITTEE = 3;
    uint256 public constant MOST_COMMITTEE = 31;
    uint256 public constant MAX_ROUNDS = 5;
    uint256 public constant LONGEST_REVEAL = 7 days;
    /// @dev Far below what a block holds, so that every answer can be delivered.
    uint256 public constant MOST_STIPEND = 5_000_000;
    uint256 public constant HIGHEST_PROTOCOL_FEE_BPS = 1_000;
    uint256 public constant LEAST_BURN_BPS = 1_000;
    /// @dev What `deliver` needs after the callback has returned, with a margin.
    uint256 private constant GAS_AFTER_CALLBACK = 40_000;

    IModelRegistry public immutable REGISTRY;
    IStakeVault public immutable VAULT;
    ISettlement public immutable SETTLEMENT;
    /// @notice Shortest commit or reveal phase, seconds: several blocks of this chain, else honest seats could not reveal in
    /// time and would lose their bonds.
    uint256 public immutable SHORTEST_PHASE;
    uint256 private immutable UNIT;
    uint256 private immutable LONGEST_COMMIT;

    uint16 public protocolFeeBps;
    uint16 public burnBps;

    /// @param protocolFeeBps_ share of seat fees for the treasury
    /// @param burnBps_ share of lost bonds to burn
    /// @param shortestPhase seconds, several times the chain's block time
    constructor(
        address owner,
        IModelRegistry registry,
        IStakeVault vault,
        ISettlement settlement,
        uint256 protocolFeeBps_,
        uint256 burnBps_,
        uint256 shortestPhase
    ) Ownable(owner) {
        SHORTEST_PHASE = shortestPhase;
        REGISTRY = registry;
        VAULT = vault;
        SETTLEMENT = settlement;
        UNIT = vault.UNIT();
        LONGEST_COMMIT = vault.EPOCH();
        _setProtocolFee(protocolFeeBps_);
        _setBurnShare(burnBps_);
    }

    // --- requesters ---

    /// @inheritdoc IJobQueue
    function post(bytes32 versionId, uint96 nonce, Terms terms, Callback callback, bytes calldata input)
        external
        whenNotPaused
        returns (bytes32 jobId)
    {
        _checkTerms(terms);
        _checkCallback(callback);
        if (input.length == 0) revert EmptyInput();
        Rules rules = rulesOf(versionId);
        bytes32 body = RequestLib.body(msg.sender, nonce, versionId, keccak256(input), callback);
        jobId = RequestLib.id(address(this), terms, rules, body);

        SETTLEMENT.open(jobId);
        VAULT.escrow(msg.sender, escrowOf(terms, callback));
        emit JobPosted(jobId, versionId, msg.sender, nonce, terms, rules, callback, input);
    }

    /// @inheritdoc IJobQueue
    function cancel(Request calldata request, Rules rules) external {
        if (msg.sender != request.requester) revert NotRequester(request.requester, msg.sender);
        bytes32 jobId = jobIdOf(request, rules);
        SETTLEMENT.cancel(jobId);
        emit JobCancelled(jobId);
        VAULT.pay(msg.sender, escrowOf(request.terms, request.callback));
    }

    /// @inheritdoc IJobQueue
    function deliver(Request calldata request, Rules rules, bytes calldata result) external {
        bytes32 jobId = jobIdOf(request, rules);
        Callback callback = request.callback;
        address target = callback.target();
        if (target == address(0)) revert NoCallback(jobId);

        bool feeDue = SETTLEMENT.beginDelivery(jobId, keccak256(result));
        if (feeDue && callback.deliveryFee() != 0) VAULT.pay(msg.sender, callback.deliveryFee() * UNIT);

        bytes memory data = abi.encodeCall(IInferenceCallback.onInference, (jobId, request.versionId, result));
        if (_callExactly(target, callback.gasStipend(), data)) {
            emit Delivered(jobId, target, msg.sender);
        } else {
            SETTLEMENT.deliveryFailed(jobId);
            emit DeliveryFailed(jobId, target, msg.sender);
        }
    }

    // --- the owner: two bounded shares, posting on and off, what the protocol has earned ---

    function setProtocolFee(uint256 bps) external onlyOwner {
        _setProtocolFee(bps);
    }

    function setBurnShare(uint256 bps) external onlyOwner {
        _setBurnShare(bps);
    }

    function pause() external onlyOwner {
        _pause();
    }

    function unpause() external onlyOwner {
        _unpause();
    }

    /// @notice Pays `amount` wei of the treasury, which is this contract's credit, out to `to`.
    function withdrawTreasury(address to, uint256 amount) external onlyOwner {
        emit TreasuryWithdrawn(to, amount);
        VAULT.withdraw(to, amount);
    }

    // --- views ---

    /// @inheritdoc IJobQueue
    function escrowOf(Terms terms, Callback callback) public view returns (uint256) {
        return RequestLib.escrow(terms, callback) * UNIT;
    }

    /// @inheritdoc IJobQueue
    function jobIdOf(Request calldata request, Rules rules) public view returns (bytes32) {
        return RequestLib.id(address(this), request, rules);
    }

    /// @inheritdoc IJobQueue
    function rulesOf(bytes32 versionId) public view returns (Rules) {
        return REGISTRY.rulesOf(versionId).withProtocol(protocolFeeBps, burnBps);
    }

    // --- internals ---

    /// @dev Gives the callback exactly its stipend or reverts, and copies nothing of what it returns.
    function _callExactly(address target, uint256 stipend, bytes memory data) private returns (bool ok) {
        // A call can hand on 63/64 of what is left.
        uint256 required = stipend + stipend / 63 + GAS_AFTER_CALLBACK;
        if (gasleft() < required) revert NotEnoughGas(required, gasleft());
        assembly ("memory-safe") {
            ok := call(stipend, target, 0, add(data, 32), mload(data), 0, 0)
        }
    }

    function _setProtocolFee(uint256 bps) private {
        if (bps > HIGHEST_PROTOCOL_FEE_BPS) revert ShareOutOfBounds(0, HIGHEST_PROTOCOL_FEE_BPS, bps);
        emit ProtocolFeeChanged(protocolFeeBps, bps);
        protocolFeeBps = uint16(bps); // at most 1,000
    }

    function _setBurnShare(uint256 bps) private {
        if (bps < LEAST_BURN_BPS || bps > BASIS_POINTS) revert ShareOutOfBounds(LEAST_BURN_BPS, BASIS_POINTS, bps);
        emit BurnShareChanged(burnBps, bps);
        burnBps = uint16(bps); // at most 10,000
    }

    function _checkCallback(Callback c) private pure {
        if (Callback.unwrap(c) != 0 && c.target() == address(0)) revert CallbackWithoutTarget(Callback.unwrap(c));
        if (c.gasStipend() > MOST_STIPEND) revert StipendOutOfBounds(MOST_STIPEND, c.gasStipend());
    }

    function _checkTerms(Terms t) private view {
        if (t.mode() != MODE_QUORUM) revert UnsupportedMode(t.mode());
        if (t.appealWindow() != 0) revert AppealsNotSupported(t.appealWindow());
        if (t.seatFeeCap() != t.seatFee()) revert FeeRangeNotSupported(t.seatFee(), t.seatFeeCap());
        if (t.reserved() != 0) revert ReservedTerms(t.reserved());
        if (t.committee() < LEAST_COMMITTEE || t.committee() > MOST_COMMITTEE) {
            revert CommitteeOutOfBounds(LEAST_COMMITTEE, MOST_COMMITTEE, t.committee());
        }
        if (t.rounds() == 0 || t.rounds() > MAX_ROUNDS) revert RoundsOutOfBounds(MAX_ROUNDS, t.rounds());
        if (t.commitSeconds() < SHORTEST_PHASE || t.commitSeconds() > LONGEST_COMMIT) {
            revert CommitPhaseOutOfBounds(SHORTEST_PHASE, LONGEST_COMMIT, t.commitSeconds());
        }
        if (t.revealSeconds() < SHORTEST_PHASE || t.revealSeconds() > LONGEST_REVEAL) {
            revert RevealPhaseOutOfBounds(SHORTEST_PHASE, LONGEST_REVEAL, t.revealSeconds());
        }
        if (t.seatFee() == 0) revert SeatFeeOutOfBounds(1, t.seatFee());
        if (t.bond() < t.seatFee()) revert BondOutOfBounds(t.seatFee(), t.bond());
    }
}
