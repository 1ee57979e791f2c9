// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {EfficientHashLib} from "solady/src/utils/EfficientHashLib.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {ISettlementTypes} from "../interfaces/ISettlementTypes.sol";
import {IStakeVault} from "../interfaces/IStakeVault.sol";
import {History} from "../types/History.sol";
import {DECIDED, JobWord, PROPOSED} from "../types/JobWord.sol";
import {JobKey, RequestLib} from "../types/Request.sol";
import {EXACT, Rules} from "../types/Rules.sol";
import {Tally} from "../types/Tally.sol";
import {Terms} from "../types/Terms.sol";
import {PROPOSAL, Vote, VoteLib} from "../types/Vote.sol";
import {Comparator} from "./Comparator.sol";

/// @title Ledger: what Settlement stores, and the reckoning its parts share
abstract contract Ledger is ISettlementTypes {
    IStakeVault internal immutable _vault;
    IModelRegistry internal immutable _registry;
    address internal immutable _queue;
    /// @dev Wei in a unit of the vault.
    uint256 internal immutable _unit;
    Comparator internal immutable _comparator;

    /// @dev One word for a job and one for a vote; the maps below are written only when answers differ, or an appeal
    /// says so.
    mapping(bytes32 jobId => JobWord) internal _jobs;
    mapping(uint256 place => Vote) internal _votes;
    /// @dev Seats behind each digest that is not, or no longer, the leading one of the round under way.
    mapping(bytes32 tallyKey => Tally) internal _tallies;
    /// @dev TOLERANCE: support added after the reveal.
    mapping(bytes32 supportKey => bool) internal _supports;
    mapping(bytes32 jobId => History) internal _history;
    /// @dev Who appealed the answer of a round: bits 0 – 159; bit 160: the answer was given again, or shown to be right.
    mapping(bytes32 appealKey => uint256) internal _appeals;

    /// @dev Of an appellant's word.
    uint256 internal constant UPHELD = 1 << 160;

    constructor(IStakeVault vault, IModelRegistry registry, address queue, Comparator comparator) {
        _vault = vault;
        _registry = registry;
        _queue = queue;
        _unit = vault.UNIT();
        _comparator = comparator;
    }

    /// @dev The round is hashed, and told in the last byte: a commitment that is mined late must not bind a bond that
    /// nobody can free.
    function _commitmentOf(bytes32 jobId, uint256 round, address worker, bytes32 digest, bytes32 salt)
        internal
        view
        returns (bytes32)
    {
        bytes32 hashed = EfficientHashLib.hash(
            block.chainid,
            uint160(address(this)),
            uint256(jobId),
            round,
            uint160(worker),
            uint256(digest),
            uint256(salt)
        );
        return hashed & ~bytes32(uint256(0xff)) | bytes32(round);
    }

    function _idOf(JobKey calldata key) internal view returns (bytes32) {
        return RequestLib.id(_queue, key.terms, key.rules, key.body);
    }

    /// @dev Two thirds of the drawn committee, rounded up; in the last round a majority.
    function _quorum(Terms terms, JobWord j) internal pure returns (uint256) {
        uint256 seats = terms.committeeAfter(j.grown());
        // At most 63 seats.
        unchecked {
            return j.round() + 1 == terms.rounds() ? seats / 2 + 1 : (2 * seats + 2) / 3;
        }
    }

    /// @dev When an answer can no longer be appealed: a time, or zero if it never could.
    function _finalAt(Terms terms, JobWord j) internal pure returns (uint256 end) {
        uint256 window = terms.appealWindow();
        unchecked {
            if (window == 0 || j.round() + 1 == terms.rounds()) return 0;
            end = j.time() + window; // 34 and 32 bits
            if (j.status() == DECIDED) end += terms.revealSeconds();
        }
    }

    function _isFinal(Terms terms, JobWord j) internal view returns (bool) {
        return j.isAnswered() && block.timestamp >= _finalAt(terms, j);
    }

    /// @dev Whether this is the answer, final or not. `proposer` counts only where nobody but one worker gave it.
    function _isAnswer(JobWord j, address proposer, bytes32 digest) internal pure returns (bool) {
        if (j.status() == PROPOSED) return j.mark() == _proposalMark(proposer, digest);
        return j.status() == DECIDED && j.mark() == _cut(digest);
    }

    /// @dev The part of a digest that fits into a job's word.
    function _cut(bytes32 digest) internal pure returns (uint160) {
        return uint160(bytes20(digest));
    }

    /// @dev Binds a proposal to its worker, so that nobody else can claim it.
    function _proposalMark(address worker, bytes32 digest) internal pure returns (uint160) {
        return _cut(EfficientHashLib.hash(uint160(worker), uint256(digest)));
    }

    function _tallyKey(bytes32 id, uint256 round, uint160 digest) internal pure returns (bytes32) {
        return EfficientHashLib.hash(uint256(id), round, digest);
    }

    function _slotOf(Ballot calldata ballot) internal pure returns (uint256) {
        return ballot.place & 0xFFFF;
    }

    /// @dev Three bits and no more: a round is added to a job's id to bind a vote to both.
    function _roundOf(Ballot calldata ballot) internal pure returns (uint256) {
        return (ballot.place >> 16) & 7;
    }

    /// @dev Where a worker's vote lies. A slot of more than 16 bits must not reach into another worker's ring.
    function _ringPlace(address worker, uint256 slot) internal pure returns (uint256) {
        return uint256(uint160(worker)) << 16 | uint16(slot);
    }

    /// @dev Where an appealed proposal lies: outside of all rings, whose places have 176 bits.
    function _proposalPlace(bytes32 id, address worker) internal pure returns (uint256) {
        return uint256(EfficientHashLib.hash(uint256(id), uint160(worker)));
    }

    function _placeOf(bytes32 id, address worker, Ballot calldata ballot) internal pure returns (uint256) {
        uint256 slot = _slotOf(ballot);
        return slot == PROPOSAL ? _proposalPlace(id, worker) : _ringPlace(worker, slot);
    }

    function _appealKey(bytes32 id, uint256 round) internal pure returns (bytes32) {
        return EfficientHashLib.hash(uint256(id), round);
    }

    /// @dev `digest` and `other` are those of the payloads.
    function _requireClose(
        bytes32 digest,
        bytes calldata payload,
        bytes32 other,
        bytes calldata otherPayload,
        Rules rules,
        uint256 width
    ) internal view {
        if (digest == other) return;
        if (!_comparator.near(payload, otherPayload, rules.atol(), rules.rtol(), width)) {
            revert NotClose(digest, other);
        }
    }

    function _uphold(bytes32 id, uint256 round) internal {
        _appeals[_appealKey(id, round)] |= UPHELD;
        emit Upheld(id, round);
    }

    /// @dev The vote a ballot opens; one that is not there reads as free.
    function _opened(bytes32 id, address worker, Ballot calldata ballot) internal view returns (Vote v) {
        v = _votes[_placeOf(id, worker, ballot)];
        if (!v.opens(id, _roundOf(ballot), ballot.first, ballot.second)) return VoteLib.free();
    }

    function _supportKey(bytes32 id, uint256 round, address worker, uint160 digest) internal pure returns (bytes32) {
        return EfficientHashLib.hash(uint256(id), round, uint160(worker), digest);
    }

    /// @dev Whether a revealed vote of a round that was not void agrees with the answer of a decided job.
    function _isRight(Rules rules, bytes32 id, JobWord j, address worker, Ballot calldata ballot, Vote v)
        internal
        view
        returns (bool)
    {
        if (v.isVindicated()) return true;
        uint160 settled = j.mark();
        if (rules.numerics() == EXACT) return _cut(ballot.first) == settled;
        bytes32 supported = ballot.second == 0 ? ballot.first : ballot.second;
        return _cut(supported) == settled || _supports[_supportKey(id, _roundOf(ballot), worker, settled)];
    }
}
