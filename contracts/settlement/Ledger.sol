// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {EfficientHashLib} from "solady/utils/EfficientHashLib.sol";
import {Entropy} from "../entropy/Entropy.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {IStakeVault} from "../interfaces/IStakeVault.sol";
import {JobWord} from "../types/JobWord.sol";
import {JobKey, RequestLib} from "../types/Request.sol";
import {Terms} from "../types/Terms.sol";
import {Vote, VoteLib} from "../types/Vote.sol";

/// @title Ledger: what Settlement stores, and the reckoning its parts share
abstract contract Ledger is ISettlement, Entropy {
    IStakeVault internal immutable _vault;
    IModelRegistry internal immutable _registry;
    /// @inheritdoc ISettlement
    address public immutable QUEUE;
    /// @dev Wei in a unit of the vault.
    uint256 internal immutable _unit;

    /// @dev One word for a job and one for a vote; the three maps below are written only when answers differ.
    mapping(bytes32 jobId => JobWord) internal _jobs;
    mapping(uint256 ringPlace => Vote) internal _votes;
    /// @dev Seats behind each digest that is not, or no longer, the leading one of the round under way.
    mapping(bytes32 tallyKey => uint256 seats) internal _tallies;
    /// @dev TOLERANCE: support added after the reveal.
    mapping(bytes32 supportKey => bool) internal _supports;
    /// @dev Earlier rounds without a decision, 16 bits each: 0 – 7 seats committed, 8 – 15 seats revealed.
    mapping(bytes32 jobId => uint256) internal _history;

    constructor(IStakeVault vault, IModelRegistry registry, address queue) {
        _vault = vault;
        _registry = registry;
        QUEUE = queue;
        _unit = vault.UNIT();
    }

    /// @inheritdoc ISettlement
    function VAULT() external view returns (address) {
        return address(_vault);
    }

    /// @inheritdoc ISettlement
    function REGISTRY() external view returns (address) {
        return address(_registry);
    }

    /// @inheritdoc ISettlement
    function commitmentOf(bytes32 jobId, uint256 round, address worker, bytes32 digest, bytes32 salt)
        public
        view
        returns (bytes32)
    {
        return EfficientHashLib.hash(
            block.chainid,
            uint160(address(this)),
            uint256(jobId),
            round,
            uint160(worker),
            uint256(digest),
            uint256(salt)
        );
    }

    function _idOf(JobKey calldata key) internal view returns (bytes32) {
        return RequestLib.id(QUEUE, key.terms, key.rules, key.body);
    }

    /// @dev Two thirds of the drawn committee, rounded up; in the last round a majority.
    function _quorum(Terms terms, JobWord j) internal pure returns (uint256) {
        uint256 seats = terms.committeeAfter(j.grown());
        // At most 63 seats.
        unchecked {
            return j.round() + 1 == terms.rounds() ? seats / 2 + 1 : (2 * seats + 2) / 3;
        }
    }

    /// @dev The part of a digest that fits into a job's word.
    function _cut(bytes32 digest) internal pure returns (uint168) {
        return uint168(bytes21(digest));
    }

    function _tallyKey(bytes32 id, uint256 round, uint168 digest) internal pure returns (bytes32) {
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

    /// @dev The vote a ballot opens; one that is not there reads as free.
    function _opened(bytes32 id, address worker, Ballot calldata ballot) internal view returns (Vote v) {
        v = _votes[_ringPlace(worker, _slotOf(ballot))];
        if (!v.opens(id, _roundOf(ballot), ballot.first, ballot.second)) return VoteLib.free();
    }

    function _supportKey(bytes32 id, uint256 round, address worker, uint168 digest) internal pure returns (bytes32) {
        return EfficientHashLib.hash(uint256(id), round, uint160(worker), digest);
    }
}
