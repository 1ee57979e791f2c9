// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {JobKey, Request} from "../types/Request.sol";
import {Rules} from "../types/Rules.sol";
import {Terms} from "../types/Terms.sol";

/// @title Rounds: commit, reveal, decide, divide the money
/// @dev Anyone may take any step but `propose`, `commit` and, in a TOLERANCE job, the reveals. A job is named by the
/// part of its preimage the step needs; a wrong one hashes to a job that does not exist. Phases (docs/protocol.md): a
/// round commits until its seats are full or its time is over, then reveals; the reveal that reaches the quorum
/// decides. An open round is decided by its one proposal. An answer is final once it can no longer be appealed.
interface ISettlement {
    /// @notice What opens a vote.
    struct Ballot {
        /// @dev `round << 16 | slot`, the low 32 bits of the seat in `Committed`; the slot of a proposal is 0xFFFF.
        uint256 place;
        /// @dev Of a revealed vote the digest of its result, of an unrevealed one the commitment.
        bytes32 first;
        /// @dev Of a revealed vote the digest of the reference it supported if that is another; else zero.
        bytes32 second;
    }

    /// @notice A vote to take back.
    struct Claim {
        JobKey key;
        Ballot ballot;
    }

    /// @notice The answer to one of several jobs with the same terms and rules.
    struct Proposal {
        /// @dev What is left of the job's preimage, see `JobKey`.
        bytes32 body;
        bytes result;
    }

    /// @notice A job as the view shows it. Times are UNIX seconds, counts are seats.
    struct JobView {
        uint8 status;
        bool closed;
        bool delivered;
        /// @dev PROPOSED: whether the proposal's bond and fee have been claimed.
        bool claimed;
        uint8 round;
        /// @dev Bit r: round r stayed short and was redrawn.
        uint8 voids;
        /// @dev Bit r: the answer of round r was appealed.
        uint8 appeals;
        uint8 committed;
        uint8 revealed;
        /// @dev Seats behind the leading digest, and the steps of their prices.
        uint8 leading;
        uint16 steps;
        uint16 vindicated;
        /// @dev COMMITTING: when the round opened; PROPOSED: when that was; after that: when its reveal phase began.
        uint64 time;
        /// @dev COMMITTING before the first commitment: the block whose hash seeds the round, else zero.
        uint64 seedBlock;
        /// @dev COMMITTING after the first commitment: seed and total weight of the round, else zero.
        uint96 seed;
        uint64 totalWeight;
        /// @dev Once a result is revealed: the first 160 bits of the leading (DECIDED: the answer's) digest; PROPOSED: of
        /// keccak256(worker, digest); else zero.
        bytes20 mark;
    }

    event RoundOpened(bytes32 indexed jobId, uint256 round, uint256 seedBlock);
    /// @notice The worker drawn for an open round has given the answer: `seat = step << 160 | worker`, the step being that of
    /// the price.
    event Proposed(bytes32 indexed jobId, uint256 seat, bytes result);
    /// @notice The answer of a round was appealed; the next round is open. `deposit` in wei: a bond, and the seats of all
    /// rounds that may follow.
    event Appealed(bytes32 indexed jobId, address indexed appellant, uint256 round, uint256 deposit);
    /// @notice TOLERANCE: the answer of an appealed round was shown to be right, so its appellant is wrong.
    event Upheld(bytes32 indexed jobId, uint256 round);
    /// @notice An appellant has got back `amount` wei of its deposit, with what it earned.
    event AppealSettled(bytes32 indexed jobId, address indexed appellant, uint256 round, uint256 amount);
    /// @notice Seats were taken: `seat = seats << 32 | round << 16 | slot`, in one word because workers pay for it.
    event Committed(bytes32 indexed jobId, address worker, uint256 seat);
    /// @notice A result was revealed. It supports itself, unless `Supported` follows at once.
    event Revealed(bytes32 indexed jobId, address worker, bytes32 digest);
    /// @notice TOLERANCE: a revealed result supports another one as its reference.
    event Supported(bytes32 indexed jobId, address indexed worker, bytes32 digest);
    /// @notice The first reveal of a digest publishes its payload.
    event ResultPublished(bytes32 indexed jobId, bytes result);
    event Decided(bytes32 indexed jobId, bytes20 digest);
    event Vindicated(bytes32 indexed jobId, address indexed worker, uint256 round, uint256 seats);
    event RoundVoided(bytes32 indexed jobId, uint256 round, uint256 committed);
    event RoundUndecided(bytes32 indexed jobId, uint256 round);
    event JobUnresolved(bytes32 indexed jobId);
    event JobRefunded(bytes32 indexed jobId);
    /// @notice A vote was taken back: `amount` wei are its bond, which returned to stake, and its fee; zero if it was wrong.
    event Claimed(bytes32 indexed jobId, address indexed worker, uint256 amount);
    /// @notice A claim had no effect; `reason` is the selector of the error that says why.
    event ClaimSkipped(bytes32 indexed jobId, address indexed worker, bytes4 reason);
    /// @notice The job's money was divided: counts in seats, amounts in wei.
    event Closed(
        bytes32 indexed jobId,
        uint256 right,
        uint256 lost,
        uint256 burned,
        uint256 refund,
        uint256 treasury,
        uint256 royalty
    );

    error NotQueue(address expected, address received);
    error WrongStatus(bytes32 jobId, uint256 received);
    error JobExists(bytes32 jobId);
    error SeedPending(uint256 seedBlock, uint256 blockNumber);
    error SeedLost(uint256 seedBlock, uint256 blockNumber);
    error CommitPhaseOver(uint256 end, uint256 received);
    error CommitPhaseOpen(uint256 end, uint256 received);
    error NoSeats();
    /// @notice The round has one seat, which is taken with `propose`.
    error OpenRound(bytes32 jobId, uint256 round);
    /// @notice The round is a committee's, whose seats are taken with `commit`.
    error NotOpen(bytes32 jobId, uint256 round);
    error NotTheAnswer(bytes32 jobId, address proposer, bytes32 digest);
    error AppealWindowOver(bytes32 jobId, uint256 end, uint256 received);
    error AppealWindowOpen(uint256 end, uint256 received);
    error NotTheWorker(address worker, address received);
    error NotDrawn(address worker, uint256 entitled, uint256 requested);
    error SlotBusy(address worker, uint256 slot);
    error CommitmentMismatch(address worker, uint256 slot);
    error RevealPhaseOver(uint256 end, uint256 received);
    error RevealPhaseOpen(uint256 end, uint256 received);
    error ShortRound(uint256 committed, uint256 quorum);
    error UnknownDigest(bytes32 digest);
    error NotTolerance(bytes32 jobId);
    error NotClose(bytes32 digest, bytes32 referenceDigest);
    error SupportedAlready(address worker, bytes32 supported);
    error RightAlready(address worker, uint256 slot);
    error NotSettledResult(bytes32 jobId, bytes32 digest);
    /// @notice The ballot opens no vote of this job in this slot.
    error NoSuchVote(bytes32 jobId, address worker, uint256 slot);
    /// @notice The job, or what it means for this vote, can still change.
    error NotEnded(bytes32 jobId, uint256 status);
    error ClosedAlready(bytes32 jobId);
    error DeliveredAlready(bytes32 jobId);
    error CancelTooLate(bytes32 jobId);

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
    /// @param commitment `keccak256(chainId, settlement, jobId, round, worker, resultDigest, salt)`
    function commit(JobKey calldata key, address worker, bytes32 commitment, uint256 seats) external;

    /// @notice Reveals a result and supports it: for EXACT, or for TOLERANCE to become a reference.
    /// @param slot where the vote lies, from `Committed`
    function reveal(JobKey calldata key, address worker, uint256 slot, bytes32 salt, bytes calldata result) external;

    /// @notice Reveals a result whose payload an earlier reveal of this round has published.
    function revealKnown(JobKey calldata key, address worker, uint256 slot, bytes32 salt, bytes32 digest) external;

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

    /// @notice Takes votes of one worker back: bond and fee if right, bond if the round stayed short or the job ended
    /// without an answer after the reveal, else nothing but the slot, once the job is closed. A claim that fails is
    /// reported in `ClaimSkipped`.
    function claim(address worker, Claim[] calldata claims) external;

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

    function job(bytes32 jobId) external view returns (JobView memory);

    /// @notice The raw word of a vote's slot (types/Vote.sol).
    function vote(address worker, uint256 slot) external view returns (uint256);

    /// @notice The vault this settlement moves money in, for good.
    function VAULT() external view returns (address);
    function REGISTRY() external view returns (address);
    function QUEUE() external view returns (address);

    /// @notice Seats the draw entitles a worker to now in the round under way, and the slot of its vote; zero while the
    /// seed is unknown. In an open round one at most, and the slot 0xFFFF. Taking them also needs a free slot, free stake for the bonds and seats that are left.
    function seatsOf(JobKey calldata key, address worker) external view returns (uint256 seats, uint256 slot);

    /// @notice Whether `digest` is that of the final answer of a job.
    /// @param proposer who proposed it; counts only where the answer is a proposal nobody has appealed
    function isSettled(JobKey calldata key, address proposer, bytes32 digest) external view returns (bool);

    /// @notice When an answer becomes final: UNIX seconds, zero if it was so at once. Reverts without an answer.
    function finalAt(JobKey calldata key) external view returns (uint256);

    /// @notice Who appealed the answer of a round, and whether that answer was shown to be right after all.
    function appellant(bytes32 jobId, uint256 round) external view returns (address account, bool upheld);

    function commitmentOf(bytes32 jobId, uint256 round, address worker, bytes32 digest, bytes32 salt)
        external
        view
        returns (bytes32);
}
