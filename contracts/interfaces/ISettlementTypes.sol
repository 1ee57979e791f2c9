// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {JobKey} from "../types/Request.sol";

/// @title What Settlement takes, shows, reports and refuses: its structs, events and errors
interface ISettlementTypes {
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

    /// @notice A vote to take back in one of several jobs with the same terms and rules.
    struct Return {
        /// @dev What is left of the job's preimage, see `JobKey`.
        bytes32 body;
        Ballot ballot;
    }

    /// @notice The answer to one of several jobs with the same terms and rules.
    struct Proposal {
        /// @dev What is left of the job's preimage, see `JobKey`.
        bytes32 body;
        bytes result;
    }

    /// @notice Seats to take in one of several jobs with the same terms and rules.
    struct Bid {
        /// @dev What is left of the job's preimage, see `JobKey`.
        bytes32 body;
        bytes32 commitment;
    }

    /// @notice A result to reveal for one of several jobs with the same terms and rules.
    struct Opening {
        bytes32 body;
        uint256 slot;
        bytes32 salt;
        bytes result;
    }

    /// @notice The same of a result whose payload is published.
    struct KnownOpening {
        bytes32 body;
        uint256 slot;
        bytes32 salt;
        bytes32 digest;
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

    /// @notice A round began; the hash of block `seedBlock` seeds its draw.
    event RoundOpened(bytes32 indexed jobId, uint256 round, uint256 seedBlock);
    /// @notice The worker drawn for an open round has given the answer: `seat = step << 160 | worker`, the step being that of
    /// the price.
    event Proposed(bytes32 indexed jobId, uint256 seat, bytes result);
    /// @notice The answer of a round was appealed; the next round is open. `deposit` in wei: a bond, and the seats of all
    /// rounds that may follow.
    event Appealed(bytes32 indexed jobId, address indexed appellant, uint256 round, uint256 deposit);
    /// @notice The answer of an appealed round was given again by the round it caused, or shown to be right (TOLERANCE), so
    /// its appellant is wrong.
    event Upheld(bytes32 indexed jobId, uint256 round);
    /// @notice An appellant has got back `amount` wei of its deposit, with what it earned.
    event AppealSettled(bytes32 indexed jobId, address indexed appellant, uint256 round, uint256 amount);
    /// @notice Seats were taken: `seat = seats << 32 | round << 16 | slot`, in one word because workers pay for it.
    event Committed(bytes32 indexed jobId, address worker, uint256 seat);
    /// @notice The same in many jobs; an id is zero where nothing was taken.
    event CommittedMany(address indexed worker, bytes32[] jobIds, uint256[] seats);
    /// @notice A result was revealed. It supports itself, unless `Supported` follows at once.
    event Revealed(bytes32 indexed jobId, address worker, bytes32 digest);
    /// @notice The same in many jobs; an id is zero where nothing was revealed. It comes after what the reveals decided.
    event RevealedMany(address indexed worker, bytes32[] jobIds, bytes32[] digests);
    /// @notice TOLERANCE: what the result that was just revealed supports instead of itself.
    event Supported(bytes32 indexed jobId, address indexed worker, bytes32 digest);
    /// @notice TOLERANCE: a revealed result supports another one too. Anybody may see to that at any time, so it must not
    /// be taken for what the reveal said: that opens the vote.
    event SupportAdded(bytes32 indexed jobId, address indexed worker, bytes32 digest);
    /// @notice The first reveal of a digest publishes its payload.
    event ResultPublished(bytes32 indexed jobId, bytes result);
    /// @notice A reveal reached the quorum: the first 160 bits of the answer's digest.
    event Decided(bytes32 indexed jobId, bytes20 digest);
    /// @notice TOLERANCE: seats were shown to be right, being near enough to the settled answer.
    event Vindicated(bytes32 indexed jobId, address indexed worker, uint256 round, uint256 seats);
    /// @notice Fewer seats than a quorum had committed: bonds back, redrawn at the same size.
    event RoundVoided(bytes32 indexed jobId, uint256 round, uint256 committed);
    /// @notice A quorum had committed and no answer reached it: a larger committee follows, if a round is left.
    event RoundUndecided(bytes32 indexed jobId, uint256 round);
    /// @notice The last round ended without a decision.
    event JobUnresolved(bytes32 indexed jobId);
    /// @notice The job ended without any seat being judged.
    event JobRefunded(bytes32 indexed jobId);
    /// @notice A vote was taken back: `amount` wei are its bond, which returned to stake, and its fee; zero if it was wrong.
    event Claimed(bytes32 indexed jobId, address indexed worker, uint256 amount);
    /// @notice The same of many votes; an id is zero where the claim had no effect.
    event ClaimedMany(address indexed worker, bytes32[] jobIds, uint256[] amounts);
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

    /// @notice Only the queue may do this.
    error NotQueue(address expected, address received);
    /// @notice The step does not fit how the job stands; a job that was never posted has status 0.
    error WrongStatus(bytes32 jobId, uint256 received);
    /// @notice This very request was posted already.
    error JobExists(bytes32 jobId);
    /// @notice The block whose hash seeds the round is not mined yet.
    error SeedPending(uint256 seedBlock, uint256 blockNumber);
    /// @notice The chain has forgotten the hash that seeds the round, so nobody can be drawn in it.
    error SeedLost(uint256 seedBlock, uint256 blockNumber);
    /// @notice No seat can be taken in this round any more. Times are UNIX seconds.
    error CommitPhaseOver(uint256 end, uint256 received);
    /// @notice Seats can still be taken in this round. Times are UNIX seconds.
    error CommitPhaseOpen(uint256 end, uint256 received);
    /// @notice All seats of the round are taken, or none was asked for.
    error NoSeats();
    /// @notice The round has one seat, which is taken with `propose`.
    error OpenRound(bytes32 jobId, uint256 round);
    /// @notice The round is a committee's, whose seats are taken with `commit`.
    error NotOpen(bytes32 jobId, uint256 round);
    /// @notice The job has no answer of this digest by this proposer.
    error NotTheAnswer(bytes32 jobId, address proposer, bytes32 digest);
    /// @notice The answer is final. Times are UNIX seconds.
    error AppealWindowOver(bytes32 jobId, uint256 end, uint256 received);
    /// @notice The answer can still be appealed, or seats can still be shown right. Times are UNIX seconds.
    error AppealWindowOpen(uint256 end, uint256 received);
    /// @notice In a TOLERANCE job only the worker or its signer may reveal, because a reveal chooses a reference.
    error NotTheWorker(address worker, address received);
    /// @notice The commitment was made for another round than the one under way.
    error WrongRound(bytes32 jobId, uint256 expected, uint256 received);
    /// @notice The draw entitles the worker to fewer seats than it asked for.
    error NotDrawn(address worker, uint256 entitled, uint256 requested);
    /// @notice An earlier vote of the worker still lies in the slot that the draw names.
    error SlotBusy(address worker, uint256 slot);
    /// @notice Salt and result do not open the commitment in this slot, or none is there.
    error CommitmentMismatch(address worker, uint256 slot);
    /// @notice No result can be revealed in this round any more. Times are UNIX seconds.
    error RevealPhaseOver(uint256 end, uint256 received);
    /// @notice Results can still be revealed in this round. Times are UNIX seconds.
    error RevealPhaseOpen(uint256 end, uint256 received);
    /// @notice Fewer seats than a quorum committed, so the round is void and nothing is revealed.
    error ShortRound(uint256 committed, uint256 quorum);
    /// @notice Nobody has revealed a result of this digest in this round.
    error UnknownDigest(bytes32 digest);
    /// @notice The step is for TOLERANCE jobs only.
    error NotTolerance(bytes32 jobId);
    /// @notice Jobs whose results are compared by digest alone were expected.
    error NotExact(uint256 received);
    /// @notice The two results are further apart than the tolerance allows.
    error NotClose(bytes32 digest, bytes32 referenceDigest);
    /// @notice The vote counts for this reference already.
    error SupportedAlready(address worker, bytes32 supported);
    /// @notice The seat is right already.
    error RightAlready(address worker, uint256 slot);
    /// @notice This is not the final answer of the job, or it is not final yet.
    error NotSettledResult(bytes32 jobId, bytes32 digest);
    /// @notice The ballot opens no vote of this job in this slot.
    error NoSuchVote(bytes32 jobId, address worker, uint256 slot);
    /// @notice The job, or what it means for this vote, can still change.
    error NotEnded(bytes32 jobId, uint256 status);
    /// @notice The job's money has been divided.
    error ClosedAlready(bytes32 jobId);
    /// @notice The callback has taken the answer.
    error DeliveredAlready(bytes32 jobId);
    /// @notice Somebody may have been drawn for the job already.
    error CancelTooLate(bytes32 jobId);
}
