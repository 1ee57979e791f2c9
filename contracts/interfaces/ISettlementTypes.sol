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
    event Decided(bytes32 indexed jobId, bytes20 digest);
    event Vindicated(bytes32 indexed jobId, address indexed worker, uint256 round, uint256 seats);
    event RoundVoided(bytes32 indexed jobId, uint256 round, uint256 committed);
    event RoundUndecided(bytes32 indexed jobId, uint256 round);
    event JobUnresolved(bytes32 indexed jobId);
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
    /// @notice The commitment was made for another round than the one under way.
    error WrongRound(bytes32 jobId, uint256 expected, uint256 received);
    error NotDrawn(address worker, uint256 entitled, uint256 requested);
    error SlotBusy(address worker, uint256 slot);
    error CommitmentMismatch(address worker, uint256 slot);
    error RevealPhaseOver(uint256 end, uint256 received);
    error RevealPhaseOpen(uint256 end, uint256 received);
    error ShortRound(uint256 committed, uint256 quorum);
    error UnknownDigest(bytes32 digest);
    error NotTolerance(bytes32 jobId);
    /// @notice Jobs whose results are compared by digest alone were expected.
    error NotExact(uint256 received);
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
}
