// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {EXACT, Rules} from "../../../contracts/types/Rules.sol";
import {Terms} from "../../../contracts/types/Terms.sol";
import {Act} from "./Act.sol";
import {GhostJob, GhostVote, GhostWorker} from "./Ghosts.sol";
import {PayoutActs} from "./PayoutActs.sol";

/// @dev One worker's steps in all jobs with the terms of a first one, in one call. What cannot be done in one job leaves the
/// others alone; the first job comes again at the end, where nothing may come of it.
abstract contract ManyActs is PayoutActs {
    /// @dev Jobs with the same terms and rules, by their places in `_book`, and which vote of each it is about.
    struct Group {
        address worker;
        uint256[] jobs;
        uint256[] votes;
        bool[] fine;
        uint256 count;
    }

    function proposeMany(uint256 seed) external from(seed) {
        (bool found, GhostJob storage job) = _someJobThat(_isProposable);
        if (!found) return;
        // In the end anybody may propose, and so in all of them.
        if (_isProposable(job)) _seedIsKnown(job, _chance(50) ? _commitEnd(job) - 1 : block.timestamp);
        Group memory g = _group(job, _someWorker());
        uint256 answer = _someAnswer();
        ISettlementTypes.Proposal[] memory proposals = new ISettlementTypes.Proposal[](g.count + 1);
        uint256 taken;
        for (uint256 i; i < g.count; ++i) {
            GhostJob storage other = _book[g.jobs[i]];
            proposals[i] = ISettlementTypes.Proposal(_key(other).body, _result(other, answer));
            (uint256 drawn,) = _drawn(other, g.worker);
            g.fine[i] = _isOpenRound(other) && drawn == 1;
            if (g.fine[i]) ++taken;
        }
        proposals[g.count] = proposals[0];
        if (taken == 0) return;
        bytes memory data = abi.encodeCall(settlement.proposeMany, (job.request.terms, job.rules, g.worker, proposals));
        if (!_attemptBonded(job, g.worker, taken, data)) return;
        for (uint256 i; i < g.count; ++i) {
            if (!g.fine[i]) continue;
            _proposed(_book[g.jobs[i]], g.worker, answer);
            _check(_book[g.jobs[i]]);
        }
        _didIf(taken > 1, Act.PROPOSE_MANY);
    }

    function commitMany(uint256 seed) external from(seed) {
        (bool found, GhostJob storage job) = _someJobThat(_isCommittable);
        if (!found) return;
        if (_isCommittable(job) && job.committed == 0) _seedIsKnown(job, block.timestamp);
        if (_isCommittable(job) && _chance(30)) _goTo(_commitEnd(job) - 1, block.number + 1);
        Group memory g = _group(job, _someWorker());
        Seat[] memory seats = new Seat[](g.count);
        ISettlementTypes.Bid[] memory bids = new ISettlementTypes.Bid[](g.count + 1);
        uint256 wanted = _between(1, 4);
        uint256 taken;
        uint256 done;
        for (uint256 i; i < g.count; ++i) {
            GhostJob storage other = _book[g.jobs[i]];
            Seat memory seat = seats[i];
            (seat.worker, seat.wanted, seat.answer) = (g.worker, wanted, _someAnswer());
            (seat.entitled, seat.slot) = _drawn(other, g.worker);
            _judgeSeat(other, seat);
            seat.fine = seat.fine && !_isOpenRound(other);
            for (uint256 k; k < i; ++k) {
                if (seats[k].fine && seats[k].slot == seat.slot) seat.fine = false;
            }
            seat.commitment = _commitmentFor(other, seat);
            bids[i] = ISettlementTypes.Bid(_key(other).body, seat.commitment);
            if (seat.fine) (taken, done) = (taken + seat.taken, done + 1);
        }
        bids[g.count] = bids[0];
        if (taken == 0) return;
        bytes memory data =
            abi.encodeCall(settlement.commitMany, (job.request.terms, job.rules, g.worker, wanted, bids));
        if (!_attemptBonded(job, g.worker, taken, data)) return;
        for (uint256 i; i < g.count; ++i) {
            if (!seats[i].fine) continue;
            _committed(_book[g.jobs[i]], seats[i]);
            _check(_book[g.jobs[i]]);
        }
        _didIf(done > 1, Act.COMMIT_MANY);
    }

    /// @dev One worker after the other: what one publishes the next may name.
    function revealMany(uint256 seed) external from(seed) {
        (bool found, GhostJob storage job) = _someJobThat(_hasManyToReveal);
        if (!found) return;
        uint256 first = _pick(workers.length);
        for (uint256 i = _between(1, workers.length); i != 0; --i) {
            Group memory g = _groupOfVotes(job, workers[(first + i) % workers.length], false);
            if (g.count != 0) _revealGroup(job, g);
        }
    }

    function claimMany(uint256 seed) external from(seed) {
        (bool found, GhostJob storage job) = _someJobThat(_hasToClaim);
        if (!found || job.votes.length == 0) return;
        Group memory g = _groupOfVotes(job, job.votes[_pick(job.votes.length)].worker, true);
        if (g.count == 0) return;
        ISettlementTypes.Return[] memory returned = new ISettlementTypes.Return[](g.count + 1);
        uint256 due;
        for (uint256 i; i < g.count; ++i) {
            GhostJob storage other = _book[g.jobs[i]];
            GhostVote storage v = other.votes[g.votes[i]];
            returned[i] = ISettlementTypes.Return(_key(other).body, _ballotOf(other, v));
            if (_isDue(other, v)) ++due;
        }
        returned[g.count] = returned[0];
        bytes memory data = abi.encodeCall(settlement.claimMany, (job.request.terms, job.rules, g.worker, returned));
        _attempt(true, stranger, address(settlement), data);
        for (uint256 i; i < g.count; ++i) {
            _claimed(_book[g.jobs[i]], _book[g.jobs[i]].votes[g.votes[i]]);
        }
        for (uint256 i; i < g.count; ++i) {
            if (!_isDone(g.jobs[i])) _check(_book[g.jobs[i]]);
        }
        _didIf(due > 1, Act.CLAIM_MANY);
    }

    // --- which jobs ---

    function _isProposable(GhostJob storage job) private view returns (bool) {
        return _isOpenRound(job) && _isFilling(job);
    }

    function _isCommittable(GhostJob storage job) private view returns (bool) {
        return !_isOpenRound(job) && _isFilling(job);
    }

    function _hasManyToReveal(GhostJob storage job) private view returns (bool) {
        return job.rules.numerics() == EXACT && _hasToReveal(job);
    }

    /// @dev All jobs with the terms and rules of one.
    function _group(GhostJob storage job, address worker) private view returns (Group memory g) {
        g.worker = worker;
        (g.jobs, g.fine) = (new uint256[](_live.length), new bool[](_live.length));
        for (uint256 i; i < _live.length; ++i) {
            if (_sameOffer(job, _book[_live[i]])) g.jobs[g.count++] = _live[i];
        }
    }

    /// @dev The votes of a worker in all such jobs: all rounds', or the last one of each job.
    function _groupOfVotes(GhostJob storage job, address worker, bool all) private view returns (Group memory g) {
        Group memory same = _group(job, worker);
        uint256 most;
        for (uint256 i; i < same.count; ++i) {
            most += _book[same.jobs[i]].votes.length;
        }
        g.worker = worker;
        (g.jobs, g.votes, g.fine) = (new uint256[](most), new uint256[](most), new bool[](most));
        for (uint256 i; i < same.count; ++i) {
            GhostVote[] storage votes = _book[same.jobs[i]].votes;
            for (uint256 k = votes.length; k != 0; --k) {
                if (votes[k - 1].worker != worker) continue;
                (g.jobs[g.count], g.votes[g.count]) = (same.jobs[i], k - 1);
                ++g.count;
                if (!all) break;
            }
        }
    }

    function _sameOffer(GhostJob storage job, GhostJob storage other) private view returns (bool) {
        return Terms.unwrap(job.request.terms) == Terms.unwrap(other.request.terms)
            && Rules.unwrap(job.rules) == Rules.unwrap(other.rules);
    }

    // --- calls ---

    function _seedIsKnown(GhostJob storage job, uint256 timestamp) private {
        _goTo(timestamp, block.number > job.seedBlock ? block.number : job.seedBlock + 1);
    }

    /// @dev A call that takes bonds: only the signer of a worker that is active and has the stake for all of them.
    function _attemptBonded(GhostJob storage job, address worker, uint256 seats, bytes memory data)
        private
        returns (bool)
    {
        GhostWorker storage w = _workers[worker];
        (address sender, bool fine) = _someSender(worker);
        fine = fine && w.active && w.free >= seats * job.request.terms.bond();
        return _attempt(fine, sender, address(settlement), data);
    }

    function _revealGroup(GhostJob storage job, Group memory g) private {
        (Act act, bytes memory data) =
            _chance(50) ? (Act.REVEAL_MANY, _revealMany(job, g)) : (Act.REVEAL_KNOWN_MANY, _revealKnownMany(job, g));
        if (!_attempt(job.rules.numerics() == EXACT, stranger, address(settlement), data)) return;
        uint256 done;
        for (uint256 i; i < g.count; ++i) {
            GhostJob storage other = _book[g.jobs[i]];
            if (!g.fine[i]) continue;
            _revealed(other, other.votes[g.votes[i]], other.votes[g.votes[i]].answer);
            _check(other);
            ++done;
        }
        _didIf(done > 1, act);
    }

    function _revealMany(GhostJob storage job, Group memory g) private view returns (bytes memory) {
        ISettlementTypes.Opening[] memory openings = new ISettlementTypes.Opening[](g.count + 1);
        for (uint256 i; i < g.count; ++i) {
            GhostJob storage other = _book[g.jobs[i]];
            GhostVote storage v = other.votes[g.votes[i]];
            g.fine[i] = _opens(other, v);
            openings[i] =
                ISettlementTypes.Opening(_key(other).body, v.slot, _saltOf(other, v), _result(other, v.answer));
        }
        openings[g.count] = openings[0];
        return abi.encodeCall(settlement.revealMany, (job.request.terms, job.rules, g.worker, openings));
    }

    function _revealKnownMany(GhostJob storage job, Group memory g) private view returns (bytes memory) {
        ISettlementTypes.KnownOpening[] memory openings = new ISettlementTypes.KnownOpening[](g.count + 1);
        for (uint256 i; i < g.count; ++i) {
            GhostJob storage other = _book[g.jobs[i]];
            GhostVote storage v = other.votes[g.votes[i]];
            g.fine[i] = _opens(other, v) && _isReference(other, v.answer);
            openings[i] =
                ISettlementTypes.KnownOpening(_key(other).body, v.slot, _saltOf(other, v), _digest(other, v.answer));
        }
        openings[g.count] = openings[0];
        return abi.encodeCall(settlement.revealKnownMany, (job.request.terms, job.rules, g.worker, openings));
    }

    /// @dev Whether a vote's commitment can be opened in the round under way.
    function _opens(GhostJob storage job, GhostVote storage v) private view returns (bool) {
        return _canReveal(job) && !v.spoken && v.round == job.round && v.foreign == 0;
    }
}
