// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {JobQueue} from "../JobQueue.sol";
import {StakeVault} from "../StakeVault.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {Closing} from "../settlement/Closing.sol";
import {Comparator} from "../settlement/Comparator.sol";
import {Ledger} from "../settlement/Ledger.sol";
import {COMMITTING, DECIDED, JobWord, REFUNDED, UNRESOLVED} from "../types/JobWord.sol";
import {JobKey, Request, RequestLib} from "../types/Request.sol";
import {Rules} from "../types/Rules.sol";
import {Tally, TallyLib} from "../types/Tally.sol";
import {Terms} from "../types/Terms.sol";
import {NoWorkers} from "./NoWorkers.sol";

/// @title LocalInference: for tests of a contract that asks models; the test says how a job ends
/// @notice Queue and vault are the protocol's own, and so is the code that opens, delivers, cancels and
/// closes jobs. Only the vote is left out: `answer`, `refuse`, `refund` and `leaveUnresolved` write its outcome, with
/// the whole committee of one mind and at the lowest price. So posting is checked, money moves and callbacks are called
/// as they are on a real chain.
/// @dev The fees of seats stay in the vault, as there is nobody to claim them. Anyone may call everything: never
/// deploy it where money is.
contract LocalInference is NoWorkers {
    uint256 private constant UNIT = 1e12;
    /// @dev As wide as it can be, so that terms for any chain are taken.
    uint256 private constant EPOCH = 30 days;
    uint256 private constant SHORTEST_PHASE = 1;
    uint256 private constant PROTOCOL_FEE_BPS = 250;
    uint256 private constant BURN_BPS = 2_000;
    /// @dev RLP around the address and the number of what it creates second.
    bytes2 private constant RLP_HEAD = 0xd694;
    bytes1 private constant RLP_TWO = 0x02;

    address private immutable _closing;
    /// @notice An EXACT version in service, of a model of this contract. Publish others in the `registry`.
    bytes32 public immutable version;

    /// @param asset the ERC-20 that is paid with; `LocalToken` for instance
    /// @param registry_ a `ModelRegistry`
    constructor(address asset, IModelRegistry registry_)
        Ledger(
            new StakeVault(asset, UNIT, EPOCH, 1, _second(), address(this)),
            registry_,
            _second(),
            Comparator(address(0))
        )
    {
        new JobQueue(msg.sender, _registry, _vault, this, PROTOCOL_FEE_BPS, BURN_BPS, SHORTEST_PHASE);
        _closing = address(new Closing(_vault, _registry, _queue, _comparator));

        IModelRegistry.Version memory v;
        (v.artefact, v.manifest) = (keccak256("artefact"), keccak256("manifest"));
        version = _registry.publish(_registry.createModel("local"), v);
    }

    // --- how a job ends: anyone ---

    /// @notice Answers a job. If the answer is final at once it is delivered and the job closed; under terms with an
    /// appeal window let that pass, and call `finish`.
    /// @return delivered whether the job's callback has taken the answer
    function answer(Request calldata request, Rules rules, bytes calldata result) external returns (bool delivered) {
        return _answer(request, rules, result);
    }

    /// @notice Answers a job with the empty payload: its input does not fit the model.
    function refuse(Request calldata request, Rules rules) external returns (bool delivered) {
        return _answer(request, rules, hex"00");
    }

    /// @notice Delivers an answer that is final by now, and closes the job. Reverts before that as the queue does.
    function finish(Request calldata request, Rules rules, bytes calldata result) external returns (bool delivered) {
        return _finish(_idOf(request, rules), request, rules, result);
    }

    /// @notice Ends a job as if no worker had come in any of its rounds, and closes it.
    function refund(Request calldata request, Rules rules) external {
        (bytes32 id, JobWord j) = _lastRound(request, rules);
        emit RoundVoided(id, j.round(), 0);
        _jobs[id] = j.voided().withStatus(REFUNDED);
        emit JobRefunded(id);
        _close(request, rules);
    }

    /// @notice Ends a job as if the workers had found no majority in its last round, and closes it.
    function leaveUnresolved(Request calldata request, Rules rules) external {
        (bytes32 id, JobWord j) = _lastRound(request, rules);
        uint256 seats = request.terms.committeeAfter(j.grown());
        emit RoundUndecided(id, j.round());
        _jobs[id] = j.addCommitted(seats).revealing(block.timestamp).addRevealed(seats).withStatus(UNRESOLVED);
        emit JobUnresolved(id);
        _close(request, rules);
    }

    // --- the protocol's own functions ---

    /// @notice See `ISettlement`.
    function close(Request calldata, Rules) external {
        Address.functionDelegateCall(_closing, msg.data);
    }

    // --- views ---

    function queue() external view returns (JobQueue) {
        return JobQueue(_queue);
    }

    function vault() external view returns (StakeVault) {
        return StakeVault(address(_vault));
    }

    function registry() external view returns (IModelRegistry) {
        return _registry;
    }

    /// @notice See `ISettlement`.
    function QUEUE() external view returns (address) {
        return _queue;
    }

    /// @notice See `ISettlement`.
    function VAULT() external view returns (address) {
        return address(_vault);
    }

    /// @notice See `ISettlement`.
    function REGISTRY() external view returns (address) {
        return address(_registry);
    }

    /// @notice See `ISettlement`.
    function job(bytes32 jobId) external view returns (JobView memory shown) {
        JobWord j = _jobs[jobId];
        // The casts undo the packing of `JobWord`.
        (shown.status, shown.round, shown.voids) = (uint8(j.status()), uint8(j.round()), uint8(j.voids()));
        (shown.closed, shown.delivered) = (j.closed(), j.delivered());
        (shown.committed, shown.revealed) = (uint8(j.committed()), uint8(j.revealed()));
        (shown.leading, shown.time) = (uint8(j.leading()), uint64(j.time()));
        if (j.status() == COMMITTING) shown.seedBlock = uint64(j.seedBlock());
        else if (j.leading() != 0) shown.mark = bytes20(j.mark());
    }

    /// @notice When an answer becomes final: UNIX seconds, zero if it was so at once. Reverts without an answer.
    function finalAt(Request calldata request, Rules rules) external view returns (uint256) {
        return _endOfWindow(_idOf(request, rules), request.terms);
    }

    /// @notice See `ISettlement`.
    function finalAt(JobKey calldata key) external view returns (uint256) {
        return _endOfWindow(_idOf(key), key.terms);
    }

    // --- internals ---

    function _endOfWindow(bytes32 id, Terms terms) private view returns (uint256) {
        JobWord j = _jobs[id];
        if (!j.isAnswered()) revert WrongStatus(id, j.status());
        return _finalAt(terms, j);
    }

    /// @dev What this contract creates second, after the vault: the queue.
    function _second() private view returns (address) {
        return address(uint160(uint256(keccak256(abi.encodePacked(RLP_HEAD, address(this), RLP_TWO)))));
    }

    function _idOf(Request calldata request, Rules rules) private view returns (bytes32) {
        return RequestLib.id(_queue, request, rules);
    }

    function _running(Request calldata request, Rules rules) private view returns (bytes32 id, JobWord j) {
        id = _idOf(request, rules);
        j = _jobs[id];
        if (j.status() != COMMITTING) revert WrongStatus(id, j.status());
    }

    /// @dev Goes on to the last round a job can end in, all before it being void. At most `JobQueue.MAX_ROUNDS` steps.
    function _lastRound(Request calldata request, Rules rules) private returns (bytes32 id, JobWord j) {
        (id, j) = _running(request, rules);
        // An answer proposed in the last round could not be appealed.
        uint256 last = request.terms.rounds() - (request.terms.isOpen(j.grown()) ? 2 : 1);
        while (j.round() < last) {
            emit RoundVoided(id, j.round(), 0);
            j = j.voided().reopened(block.timestamp, _seedBlock());
            emit RoundOpened(id, j.round(), _seedBlock());
        }
    }

    function _answer(Request calldata request, Rules rules, bytes memory result) private returns (bool delivered) {
        (bytes32 id, JobWord j) = _running(request, rules);
        j = _answered(id, request.terms, j, result);
        _jobs[id] = j;
        return _isFinal(request.terms, j) && _finish(id, request, rules, result);
    }

    /// @dev The word of a job that all seats of the round under way have given the same answer.
    function _answered(bytes32 id, Terms terms, JobWord j, bytes memory result) private returns (JobWord) {
        bytes32 digest = keccak256(result);
        uint256 seats = terms.committeeAfter(j.grown());
        Tally all = TallyLib.create(seats, 0);
        if (terms.isOpen(j.grown())) {
            emit Proposed(id, uint160(address(this)), result);
            return j.proposed(block.timestamp, all, _proposalMark(address(this), digest));
        }
        emit ResultPublished(id, result);
        emit Decided(id, bytes20(digest));
        j = j.addCommitted(seats).revealing(block.timestamp).addRevealed(seats);
        return j.withLeader(_cut(digest), all).withStatus(DECIDED);
    }

    function _finish(bytes32 id, Request calldata request, Rules rules, bytes memory result)
        private
        returns (bool delivered)
    {
        if (request.callback.target() != address(0)) {
            JobQueue(_queue).deliver(request, rules, address(this), result);
        }
        _close(request, rules);
        return _jobs[id].delivered();
    }

    function _close(Request calldata request, Rules rules) private {
        Address.functionDelegateCall(_closing, abi.encodeCall(Closing.close, (request, rules)));
    }
}
