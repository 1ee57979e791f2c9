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
import {Assurance} from "./libraries/Assurance.sol";
import {Callback, Request, RequestLib} from "./types/Request.sol";
import {BASIS_POINTS, Rules} from "./types/Rules.sol";
import {MODE_OPTIMISTIC, Terms} from "./types/Terms.sol";

/// @title JobQueue: post, cancel, deliver. What each function does is said in IJobQueue.
/// @dev Keeps no state about any job. What the protocol earns is this contract's own credit in the vault.
contract JobQueue is IJobQueue, Ownable2Step, Pausable, Batch {
    uint256 public constant LEAST_COMMITTEE = 3;
    uint256 public constant MOST_COMMITTEE = 31;
    uint256 public constant MAX_ROUNDS = 5;
    /// @dev Seat fees; of jobs with several rounds.
    uint256 public constant LEAST_BOND = 5;
    uint256 public constant LONGEST_REVEAL = 7 days;
    uint256 public constant LONGEST_APPEAL_WINDOW = 30 days;
    /// @dev Far below what a block holds, so that every answer can be delivered.
    uint256 public constant MOST_STIPEND = 5_000_000;
    uint256 public constant HIGHEST_PROTOCOL_FEE_BPS = 1_000;
    uint256 public constant LEAST_BURN_BPS = 1_000;
    /// @dev Something must be left for whoever appeals a lie.
    uint256 public constant HIGHEST_BURN_BPS = 9_000;
    /// @dev What `deliver` needs after the callback has returned, with a margin.
    uint256 private constant GAS_AFTER_CALLBACK = 40_000;

    IModelRegistry public immutable REGISTRY;
    IStakeVault public immutable VAULT;
    ISettlement public immutable SETTLEMENT;
    /// @notice Shortest commit or reveal phase and appeal window, seconds: several blocks of this chain, else honest seats
    /// could not reveal in time and would lose their bonds, and nobody could appeal.
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
        if (input.length == 0) revert EmptyInput();
        Rules rules = _checked(versionId, terms, callback);
        bytes32 body = RequestLib.body(msg.sender, nonce, versionId, keccak256(input), callback);
        jobId = RequestLib.id(address(this), terms, rules, body);

        SETTLEMENT.open(jobId);
        VAULT.escrow(msg.sender, escrowOf(terms, callback));
        emit JobPosted(jobId, versionId, msg.sender, nonce, terms, rules, callback, input);
    }

    /// @inheritdoc IJobQueue
    function postMany(bytes32 versionId, uint96 firstNonce, Terms terms, Callback callback, bytes[] calldata inputs)
        external
        whenNotPaused
        returns (bytes32[] memory jobIds)
    {
        Rules rules = _checked(versionId, terms, callback);
        jobIds = new bytes32[](inputs.length);
        for (uint256 i; i < inputs.length; ++i) {
            if (inputs[i].length == 0) revert EmptyInput();
            bytes32 body = _bodyOf(versionId, firstNonce + i, callback, keccak256(inputs[i]));
            jobIds[i] = RequestLib.id(address(this), terms, rules, body);
        }

        SETTLEMENT.openMany(jobIds);
        VAULT.escrow(msg.sender, inputs.length * escrowOf(terms, callback));
        emit JobsPosted(versionId, msg.sender, firstNonce, terms, rules, callback, inputs);
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
    function deliver(Request calldata request, Rules rules, address proposer, bytes calldata result) external {
        bytes32 jobId = jobIdOf(request, rules);
        _beginDelivery(jobId, request, proposer, result);
        _callBack(jobId, request, result);
    }

    /// @inheritdoc IJobQueue
    function deliverForFee(Request calldata request, Rules rules, address proposer, bytes calldata result) external {
        bytes32 jobId = jobIdOf(request, rules);
        if (!_beginDelivery(jobId, request, proposer, result)) revert DeliveryFeePaid(jobId);
        _callBack(jobId, request, result);
    }

    // --- the owner: two bounded shares, posting on and off, what the protocol has earned ---

    /// @notice Sets the treasury's share of seat fees in jobs posted from now on, basis points. Only the owner.
    function setProtocolFee(uint256 bps) external onlyOwner {
        _setProtocolFee(bps);
    }

    /// @notice Sets the share of lost bonds that is burned in jobs posted from now on, basis points. Only the owner.
    function setBurnShare(uint256 bps) external onlyOwner {
        _setBurnShare(bps);
    }

    /// @notice Refuses new jobs; running ones, balances and withdrawals go on. Only the owner.
    function pause() external onlyOwner {
        _pause();
    }

    /// @notice Takes new jobs again. Only the owner.
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

    /// @inheritdoc IJobQueue
    function assuranceOf(Terms terms, uint256 shareBps) external view returns (uint256 lieCost, uint256 capture) {
        if (shareBps > BASIS_POINTS) revert ShareOutOfBounds(0, BASIS_POINTS, shareBps);
        return (Assurance.lieCost(terms, burnBps) * UNIT, Assurance.capture(terms, shareBps));
    }

    // --- internals ---

    /// @dev The rules of a new job whose terms and callback are within their bounds.
    function _checked(bytes32 versionId, Terms terms, Callback callback) private view returns (Rules rules) {
        rules = rulesOf(versionId);
        _checkRounds(terms);
        _checkPhases(terms);
        _checkMoney(terms, rules);
        _checkCallback(callback);
    }

    function _bodyOf(bytes32 versionId, uint256 nonce, Callback callback, bytes32 inputHash)
        private
        view
        returns (bytes32)
    {
        if (nonce > type(uint96).max) revert NonceTooLarge(type(uint96).max, nonce);
        return RequestLib.body(msg.sender, uint96(nonce), versionId, inputHash, callback);
    }

    /// @dev Marks the job as delivered, and pays the caller the fee if it is due. Reverts if there is nothing to deliver.
    function _beginDelivery(bytes32 jobId, Request calldata request, address proposer, bytes calldata result)
        private
        returns (bool feeDue)
    {
        Callback callback = request.callback;
        if (callback.target() == address(0)) revert NoCallback(jobId);
        feeDue = SETTLEMENT.beginDelivery(jobId, request.terms, proposer, keccak256(result));
        if (feeDue && callback.deliveryFee() != 0) VAULT.pay(msg.sender, callback.deliveryFee() * UNIT);
    }

    function _callBack(bytes32 jobId, Request calldata request, bytes calldata result) private {
        address target = request.callback.target();
        bytes memory data = abi.encodeCall(IInferenceCallback.onInference, (jobId, request.versionId, result));
        if (_callExactly(target, request.callback.gasStipend(), data)) {
            emit Delivered(jobId, target, msg.sender);
        } else {
            SETTLEMENT.deliveryFailed(jobId);
            emit DeliveryFailed(jobId, target, msg.sender);
        }
    }

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
        if (bps < LEAST_BURN_BPS || bps > HIGHEST_BURN_BPS) {
            revert ShareOutOfBounds(LEAST_BURN_BPS, HIGHEST_BURN_BPS, bps);
        }
        emit BurnShareChanged(burnBps, bps);
        burnBps = uint16(bps); // at most 9,000
    }

    function _checkCallback(Callback c) private pure {
        if (Callback.unwrap(c) != 0 && c.target() == address(0)) revert CallbackWithoutTarget(Callback.unwrap(c));
        if (c.gasStipend() > MOST_STIPEND) revert StipendOutOfBounds(MOST_STIPEND, c.gasStipend());
    }

    function _checkRounds(Terms t) private pure {
        bool optimistic = t.mode() == MODE_OPTIMISTIC;
        if (t.mode() > MODE_OPTIMISTIC) revert UnsupportedMode(t.mode());
        if (t.reserved() != 0) revert ReservedTerms(t.reserved());
        if (t.committee() < LEAST_COMMITTEE || t.committee() > MOST_COMMITTEE) {
            revert CommitteeOutOfBounds(LEAST_COMMITTEE, MOST_COMMITTEE, t.committee());
        }
        // The last round of an optimistic job is there for an appeal.
        uint256 least = optimistic ? 2 : 1;
        if (t.rounds() < least || t.rounds() > MAX_ROUNDS) revert RoundsOutOfBounds(least, MAX_ROUNDS, t.rounds());
    }

    function _checkPhases(Terms t) private view {
        if (t.commitSeconds() < SHORTEST_PHASE || t.commitSeconds() > LONGEST_COMMIT) {
            revert CommitPhaseOutOfBounds(SHORTEST_PHASE, LONGEST_COMMIT, t.commitSeconds());
        }
        if (t.revealSeconds() < SHORTEST_PHASE || t.revealSeconds() > LONGEST_REVEAL) {
            revert RevealPhaseOutOfBounds(SHORTEST_PHASE, LONGEST_REVEAL, t.revealSeconds());
        }
        uint256 window = t.appealWindow();
        if (window == 0 && t.mode() != MODE_OPTIMISTIC) return;
        if (window < SHORTEST_PHASE || window > LONGEST_APPEAL_WINDOW) {
            revert AppealWindowOutOfBounds(SHORTEST_PHASE, LONGEST_APPEAL_WINDOW, window);
        }
    }

    function _checkMoney(Terms t, Rules rules) private pure {
        uint256 cap = t.seatFeeCap();
        if (t.seatFee() == 0) revert SeatFeeOutOfBounds(1, t.seatFee());
        if (cap < t.seatFee()) revert SeatFeeCapOutOfBounds(t.seatFee(), cap);
        uint256 least = cap;
        if (t.appealWindow() == 0) {
            // Else it pays to block rounds, so that larger committees follow at the requester's expense.
            if (t.rounds() > 1) least = LEAST_BOND * cap;
        } else {
            // What is left of a lie's bond after burning repays the committee that found it out, and as much again.
            uint256 kept = BASIS_POINTS - rules.burnBps();
            least = (2 * t.committeeAfter(1) * cap * BASIS_POINTS + kept - 1) / kept;
        }
        if (t.bond() < least) revert BondOutOfBounds(least, t.bond());
    }
}
