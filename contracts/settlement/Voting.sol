// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlement} from "../interfaces/ISettlement.sol";
import {Tolerance} from "../libraries/Tolerance.sol";
import {COMMITTING, DECIDED, JobWord, REVEALING} from "../types/JobWord.sol";
import {JobKey, RequestLib} from "../types/Request.sol";
import {EXACT, Rules, TOLERANCE} from "../types/Rules.sol";
import {Tally} from "../types/Tally.sol";
import {Terms} from "../types/Terms.sol";
import {COMMITTED, REVEALED, Vote} from "../types/Vote.sol";
import {Seating} from "./Seating.sol";

/// @title Voting: results revealed and counted, until one of them decides the round
abstract contract Voting is Seating {
    /// @dev What a worker says by revealing: its result's digest under a salt, and the reference if that is another.
    struct Said {
        address worker;
        uint256 slot;
        bytes32 salt;
        bytes32 digest;
        bytes32 supported;
    }

    /// @inheritdoc ISettlement
    function reveal(JobKey calldata key, address worker, uint256 slot, bytes32 salt, bytes calldata result) external {
        _requireAuthor(key.rules, worker);
        Said memory said = Said(worker, slot, salt, keccak256(result), 0);
        bytes32 id = _idOf(key);
        (JobWord j, Vote v) = _requireOpening(key.terms, id, said);
        if (!_isKnown(id, j, said.digest)) emit ResultPublished(id, result);
        emit Revealed(id, worker, said.digest);
        _record(key.terms, id, j, v, said);
    }

    /// @inheritdoc ISettlement
    function revealMany(Terms terms, Rules rules, address worker, Opening[] calldata openings) external {
        if (rules.numerics() != EXACT) revert NotExact(rules.numerics());
        bytes32[] memory ids = new bytes32[](openings.length);
        bytes32[] memory digests = new bytes32[](openings.length);
        Said memory said;
        said.worker = worker;
        for (uint256 i; i < openings.length; ++i) {
            Opening calldata o = openings[i];
            (said.slot, said.salt, said.digest) = (o.slot, o.salt, keccak256(o.result));
            bytes32 id = RequestLib.id(_queue, terms, rules, o.body);
            (JobWord j, Vote v, bytes memory refused) = _opening(terms, id, said);
            if (refused.length != 0) {
                emit BatchItemFailed(i, refused);
                continue;
            }
            if (!_isKnown(id, j, said.digest)) emit ResultPublished(id, o.result);
            (ids[i], digests[i]) = (id, said.digest);
            _record(terms, id, j, v, said);
        }
        emit RevealedMany(worker, ids, digests);
    }

    /// @inheritdoc ISettlement
    function revealKnown(JobKey calldata key, address worker, uint256 slot, bytes32 salt, bytes32 digest) external {
        _requireAuthor(key.rules, worker);
        Said memory said = Said(worker, slot, salt, digest, 0);
        bytes32 id = _idOf(key);
        (JobWord j, Vote v) = _requireOpening(key.terms, id, said);
        if (!_isKnown(id, j, digest)) revert UnknownDigest(digest);
        emit Revealed(id, worker, digest);
        _record(key.terms, id, j, v, said);
    }

    /// @inheritdoc ISettlement
    function revealKnownMany(Terms terms, Rules rules, address worker, KnownOpening[] calldata openings) external {
        if (rules.numerics() != EXACT) revert NotExact(rules.numerics());
        bytes32[] memory ids = new bytes32[](openings.length);
        bytes32[] memory digests = new bytes32[](openings.length);
        Said memory said;
        said.worker = worker;
        for (uint256 i; i < openings.length; ++i) {
            KnownOpening calldata o = openings[i];
            (said.slot, said.salt, said.digest) = (o.slot, o.salt, o.digest);
            bytes32 id = RequestLib.id(_queue, terms, rules, o.body);
            (JobWord j, Vote v, bytes memory refused) = _opening(terms, id, said);
            if (refused.length == 0 && !_isKnown(id, j, said.digest)) {
                refused = abi.encodeWithSelector(UnknownDigest.selector, said.digest);
            }
            if (refused.length != 0) {
                emit BatchItemFailed(i, refused);
                continue;
            }
            (ids[i], digests[i]) = (id, said.digest);
            _record(terms, id, j, v, said);
        }
        emit RevealedMany(worker, ids, digests);
    }

    /// @inheritdoc ISettlement
    function revealNear(
        JobKey calldata key,
        address worker,
        uint256 slot,
        bytes32 salt,
        bytes calldata result,
        bytes calldata referenceResult
    ) external {
        _requireAuthor(key.rules, worker);
        Said memory said = Said(worker, slot, salt, keccak256(result), 0);
        bytes32 id = _idOf(key);
        (JobWord j, Vote v) = _requireOpening(key.terms, id, said);
        bytes32 supported = _requireNear(key, id, j, said.digest, result, referenceResult);
        emit Revealed(id, worker, said.digest);
        if (supported != said.digest) {
            said.supported = supported;
            emit Supported(id, worker, supported);
        }
        _record(key.terms, id, j, v, said);
    }

    /// @inheritdoc ISettlement
    function addSupport(
        JobKey calldata key,
        address worker,
        Ballot calldata ballot,
        bytes calldata result,
        bytes calldata referenceResult
    ) external {
        bytes32 id = _idOf(key);
        (JobWord j, bytes memory refused) = _revealing(key.terms, id);
        if (refused.length != 0) _bubble(refused);
        if (j.status() != REVEALING) revert WrongStatus(id, j.status());
        Vote v = _opened(id, worker, ballot);
        bool opened = v.stage() == REVEALED && _roundOf(ballot) == j.round() && keccak256(result) == ballot.first;
        if (!opened) revert NoSuchVote(id, worker, _slotOf(ballot));
        bytes32 added = _requireNear(key, id, j, ballot.first, result, referenceResult);
        _jobs[id] = _addSupport(key.terms, id, j, worker, ballot, added, v.tally());
    }

    // --- reveal ---

    /// @dev Else a copy of a pending reveal could name another reference and so spend the worker's vote.
    function _requireAuthor(Rules rules, address worker) private view {
        if (rules.numerics() == TOLERANCE && msg.sender != worker && msg.sender != _vault.signerOf(worker)) {
            revert NotTheWorker(worker, msg.sender);
        }
    }

    function _requireOpening(Terms terms, bytes32 id, Said memory said) private view returns (JobWord j, Vote v) {
        bytes memory refused;
        (j, v, refused) = _opening(terms, id, said);
        if (refused.length != 0) _bubble(refused);
    }

    /// @dev The job in its reveal phase with the commitment that is opened, or the error that says why it is not.
    function _opening(Terms terms, bytes32 id, Said memory said)
        private
        view
        returns (JobWord j, Vote v, bytes memory refused)
    {
        (j, refused) = _revealing(terms, id);
        if (refused.length != 0) return (j, v, refused);
        v = _votes[_ringPlace(said.worker, said.slot)];
        bytes32 commitment = _commitmentOf(id, j.round(), said.worker, said.digest, said.salt);
        if (v.stage() != COMMITTED || !v.opens(id, j.round(), commitment, 0)) {
            refused = abi.encodeWithSelector(CommitmentMismatch.selector, said.worker, said.slot);
        }
    }

    /// @dev The job in its reveal phase, which begins by itself when the time to commit is over, or the error that says why
    /// it is not in it.
    function _revealing(Terms terms, bytes32 id) private view returns (JobWord j, bytes memory refused) {
        j = _jobs[id];
        uint256 status = j.status();
        // Times have 34 bits, phases 24.
        unchecked {
            if (status == COMMITTING) {
                uint256 commitEnd = j.time() + terms.commitSeconds();
                uint256 quorum = _quorum(terms, j);
                if (block.timestamp < commitEnd) {
                    return (j, abi.encodeWithSelector(CommitPhaseOpen.selector, commitEnd, block.timestamp));
                }
                if (j.committed() < quorum) {
                    return (j, abi.encodeWithSelector(ShortRound.selector, j.committed(), quorum));
                }
                j = j.revealing(commitEnd);
            } else if (status != REVEALING && status != DECIDED) {
                return (j, abi.encodeWithSelector(WrongStatus.selector, id, status));
            }
            uint256 end = j.time() + terms.revealSeconds();
            if (block.timestamp >= end) {
                refused = abi.encodeWithSelector(RevealPhaseOver.selector, end, block.timestamp);
            }
        }
    }

    function _record(Terms terms, bytes32 id, JobWord j, Vote v, Said memory said) private {
        _votes[_ringPlace(said.worker, said.slot)] = v.reveal(id, j.round(), said.digest, said.supported);
        bytes32 behind = said.supported == 0 ? said.digest : said.supported;
        _jobs[id] = _count(terms, id, j.addRevealed(v.seats()), behind, v.tally());
    }

    /// @dev Whether a reveal of this round has published, or become a reference with, this digest.
    function _isKnown(bytes32 id, JobWord j, bytes32 digest) private view returns (bool) {
        if (j.leading() == 0) return false;
        return j.mark() == _cut(digest) || _tallies[_tallyKey(id, j.round(), _cut(digest))].seats() != 0;
    }

    function _addSupport(
        Terms terms,
        bytes32 id,
        JobWord j,
        address worker,
        Ballot calldata ballot,
        bytes32 added,
        Tally tally
    ) private returns (JobWord) {
        bytes32 supported = ballot.second == 0 ? ballot.first : ballot.second;
        bytes32 supportKey = _supportKey(id, j.round(), worker, _cut(added));
        if (_cut(added) == _cut(supported) || _supports[supportKey]) revert SupportedAlready(worker, added);
        _supports[supportKey] = true;
        emit SupportAdded(id, worker, added);
        return _count(terms, id, j, added, tally);
    }

    function _requireNear(
        JobKey calldata key,
        bytes32 id,
        JobWord j,
        bytes32 digest,
        bytes calldata result,
        bytes calldata referenceResult
    ) private view returns (bytes32 supported) {
        if (key.rules.numerics() != TOLERANCE) revert NotTolerance(id);
        supported = keccak256(referenceResult);
        if (!_isKnown(id, j, supported)) revert UnknownDigest(supported);
        _requireClose(digest, result, supported, referenceResult, key.rules, Tolerance.SUPPORT);
    }

    /// @dev Adds seats behind a digest; the first digest to reach the quorum decides the round.
    function _count(Terms terms, bytes32 id, JobWord j, bytes32 digest, Tally tally) private returns (JobWord) {
        uint160 cut = _cut(digest);
        Tally behind = tally;
        if (j.leading() == 0) {
            j = j.withLeader(cut, tally);
        } else if (j.mark() == cut) {
            behind = tally.plus(j.leader());
            j = j.addLeading(tally);
        } else {
            bytes32 tallyKey = _tallyKey(id, j.round(), cut);
            behind = tally.plus(_tallies[tallyKey]);
            _tallies[tallyKey] = behind;
        }
        if (j.status() != REVEALING || behind.seats() < _quorum(terms, j)) return j;

        emit Decided(id, bytes20(cut));
        if (j.mark() != cut) {
            _tallies[_tallyKey(id, j.round(), j.mark())] = j.leader();
            j = j.withLeader(cut, behind);
        }
        return j.withStatus(DECIDED);
    }
}
