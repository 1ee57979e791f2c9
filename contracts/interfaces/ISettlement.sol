// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {JobKey, Request} from "../types/Request.sol";
import {Rules} from "../types/Rules.sol";
import {Terms} from "../types/Terms.sol";
import {ISettlementTypes} from "./ISettlementTypes.sol";

/// @title Rounds: commit, reveal, decide, divide the money
/// @dev Anyone may take any step but `propose`, `commit` and, in a TOLERANCE job, the reveals. A job is named by the
/// part of its preimage the step needs; a wrong one hashes to a job that does not exist. Phases (docs/protocol.md): a
/// round commits until its seats are full or its time is over, then reveals; the reveal that reaches the quorum
/// decides. An open round is decided by its one proposal. An answer is final once it can no longer be appealed.
interface ISettlement is ISettlementTypes {
    // --- rounds; reveals of a TOLERANCE job only by the worker or its signer, because they choose a reference ---

    /// @notice Takes the seat of an open round and gives the answer, provisional for the appeal window. Only the signer
    /// of a worker that is drawn.
    function propose(JobKey calldata key, address worker, bytes calldata result) external;

    /// @notice Many proposals of one worker about jobs with the same terms and rules. One that is refused is reported in
    /// `BatchItemFailed` with its reason and leaves the others alone; without stake for all the rest nothing happens.
    function proposeMany(Terms terms, Rules rules, address worker, Proposal[] calldata proposals) external;

    /// @notice Puts the answer of a round before a larger committee. Anyone, from their own credit: one bond, and the
    /// seats of all rounds that may follow. From when no reveal can come any more until the answer is final.
    /// @param proposer who proposed the answer; counts only where it was proposed
    /// @param digest of the answer
    function appeal(JobKey calldata key, address proposer, bytes32 digest) external;

    /// @notice Takes `seats` seats (fewer if fewer are left) in the round under way. Only the worker's signer.
    /// @param commitment `keccak256(chainId, settlement, jobId, round, worker, resultDigest, salt)` with the round in place
    /// of its last byte
    function commit(JobKey calldata key, address worker, bytes32 commitment, uint256 seats) external;

    /// @notice Takes `seats` seats of one worker in each of many jobs with the same terms and rules, as `commit` does.
    /// What is refused is reported in `BatchItemFailed` with its reason and leaves the rest alone; without stake for all
    /// the rest nothing happens.
    function commitMany(Terms terms, Rules rules, address worker, uint256 seats, Bid[] calldata bids) external;

    /// @notice Reveals a result and supports it: for EXACT, or for TOLERANCE to become a reference.
    /// @param slot where the vote lies, from `Committed`
    function reveal(JobKey calldata key, address worker, uint256 slot, bytes32 salt, bytes calldata result) external;

    /// @notice Reveals a result whose payload an earlier reveal of this round has published.
    function revealKnown(JobKey calldata key, address worker, uint256 slot, bytes32 salt, bytes32 digest) external;

    /// @notice EXACT: reveals of one worker in many jobs with the same terms and rules, as `reveal` makes them. What is
    /// refused is reported in `BatchItemFailed` with its reason and leaves the rest alone.
    function revealMany(Terms terms, Rules rules, address worker, Opening[] calldata openings) external;

    /// @notice The same, as `revealKnown` makes them.
    function revealKnownMany(Terms terms, Rules rules, address worker, KnownOpening[] calldata openings) external;

    /// @notice TOLERANCE: reveals a result in support of a reference it is close to.
    function revealNear(
        JobKey calldata key,
        address worker,
        uint256 slot,
        bytes32 salt,
        bytes calldata result,
        bytes calldata referenceResult
    ) external;

    /// @notice TOLERANCE: adds a revealed worker's support to another reference it is close to, before the decision.
    function addSupport(
        JobKey calldata key,
        address worker,
        Ballot calldata ballot,
        bytes calldata result,
        bytes calldata referenceResult
    ) external;

    /// @notice Ends a round that has run out of time: opens the next, or ends the job without an answer.
    function advance(JobKey calldata key) external;

    // --- money ---

    /// @notice TOLERANCE: shows, until the job is closed, that a revealed result is right: within three tolerances of
    /// the settled one.
    function vindicate(
        JobKey calldata key,
        address worker,
        Ballot calldata ballot,
        bytes calldata result,
        bytes calldata settled
    ) external;

    /// @notice TOLERANCE: shows that the answer appealed in `round` was given again, within three tolerances, by the round
    /// that the appeal caused, and was appealed again; then the first appeal is lost. Anyone, until the job is closed.
    /// @dev The same digest is noticed by `appeal` itself, and the final answer's by `vindicate`.
    function uphold(JobKey calldata key, uint256 round, bytes calldata appealed, bytes calldata again) external;

    /// @notice Takes votes of one worker back: bond and fee if right, bond if the round stayed short or the job ended
    /// without an answer after the reveal, else nothing but the slot, once the job is closed. A claim that fails is
    /// reported in `ClaimSkipped`.
    function claim(address worker, Claim[] calldata claims) external;

    /// @notice The same in many jobs with the same terms and rules.
    function claimMany(Terms terms, Rules rules, address worker, Return[] calldata returned) external;

    /// @notice Divides the job's money, once: what was lost is burned or goes where protocol.md says, what was not
    /// spent returns to the requester.
    function close(Request calldata request, Rules rules) external;

    // --- the queue ---

    /// @notice Opens round 0 of a new job. Only the queue.
    function open(bytes32 jobId) external;

    /// @notice Opens round 0 of many new jobs. Only the queue.
    function openMany(bytes32[] calldata jobIds) external;

    /// @notice Ends a job nobody can have been drawn for yet. Only the queue.
    function cancel(bytes32 jobId) external;

    /// @notice Marks a final answer delivered; says whether the delivery fee is still to be paid. Only the queue.
    function beginDelivery(bytes32 jobId, Terms terms, address proposer, bytes32 digest) external returns (bool feeDue);

    /// @notice Takes the mark back after a callback that failed. Only the queue.
    function deliveryFailed(bytes32 jobId) external;

    // --- views ---

    /// @notice How a job stands; of status 0 when it was never posted.
    function job(bytes32 jobId) external view returns (JobView memory);

    /// @notice The raw word of a vote's slot (types/Vote.sol).
    function vote(address worker, uint256 slot) external view returns (uint256);

    /// @notice The vault this settlement moves money in, for good.
    function VAULT() external view returns (address);
    /// @notice The registry whose models' owners are paid royalties.
    function REGISTRY() external view returns (address);
    /// @notice The queue that opens jobs here.
    function QUEUE() external view returns (address);

    /// @notice Seats the draw entitles a worker to now in the round under way, and the slot of its vote; zero while the
    /// seed is unknown. In an open round one at most, and the slot 0xFFFF. Taking them also needs a free slot, free stake for the bonds and seats that are left.
    function seatsOf(JobKey calldata key, address worker) external view returns (uint256 seats, uint256 slot);

    /// @notice Whether `digest` is that of the final answer of a job.
    /// @param proposer who proposed it; counts only where the answer is a proposal nobody has appealed
    function isSettled(JobKey calldata key, address proposer, bytes32 digest) external view returns (bool);

    /// @notice When an answer becomes final: UNIX seconds, zero if it was so at once. Reverts without an answer.
    function finalAt(JobKey calldata key) external view returns (uint256);

    /// @notice Who appealed the answer of a round, and whether that answer was upheld.
    function appellant(bytes32 jobId, uint256 round) external view returns (address account, bool upheld);

    /// @notice What a worker commits to for a result in a round, before the round takes the place of its last byte.
    function commitmentOf(bytes32 jobId, uint256 round, address worker, bytes32 digest, bytes32 salt)
        external
        view
        returns (bytes32);
}
