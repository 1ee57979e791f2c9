// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {IStakeVault} from "../interfaces/IStakeVault.sol";
import {Division} from "../libraries/Division.sol";
import {Tolerance} from "../libraries/Tolerance.sol";
import {History} from "../types/History.sol";
import {DECIDED, JobWord, REFUNDED, UNRESOLVED} from "../types/JobWord.sol";
import {JobKey, Request, RequestLib} from "../types/Request.sol";
import {Rules, TOLERANCE} from "../types/Rules.sol";
import {Tally} from "../types/Tally.sol";
import {Terms} from "../types/Terms.sol";
import {REVEALED, Vote} from "../types/Vote.sol";
import {Comparator} from "./Comparator.sol";
import {Ledger} from "./Ledger.sol";

/// @title Closing: the rare steps about money, in a contract whose code Settlement runs as its own
/// @dev `Settlement` creates it and hands the calls over by delegate call; inside it there would be no room for them. Called
/// by itself it finds no job, and no vault that listens. No pot is stored: what went into a job follows from its terms and
/// its seats, and so does what leaves it. Claims pay the right seats one by one, `close` everything else at once.
contract Closing is Ledger {
    constructor(IStakeVault vault, IModelRegistry registry, address queue, Comparator comparator)
        Ledger(vault, registry, queue, comparator)
    {}

    /// @notice See `ISettlement`.
    function close(Request calldata request, Rules rules) external {
        bytes32 id = RequestLib.id(_queue, request, rules);
        JobWord j = _jobs[id];
        if (j.closed()) revert ClosedAlready(id);
        _requireClosable(request.terms, rules, id, j);
        _jobs[id] = j.asClosed();

        Division.Case memory c = _judged(request, rules, id, j);
        Division.Parts memory p = Division.divide(c);
        emit Closed(id, p.right, c.lost, p.burned, p.refund, p.treasury, p.royalty);
        address modelOwner = p.royalty == 0 ? address(0) : _registry.ownerOfVersion(request.versionId);
        _vault.divide(
            c.lost * request.terms.bond(), p.burned, request.requester, p.refund, p.treasury, modelOwner, p.royalty
        );
        // As many as the job had appeals: less than `JobQueue.MAX_ROUNDS`.
        for (uint256 i = 1; i < p.dues.length; ++i) {
            emit AppealSettled(id, c.payers[i].account, c.payers[i].round, p.dues[i]);
            _vault.pay(c.payers[i].account, p.dues[i]);
        }
    }

    /// @notice See `ISettlement`.
    function vindicate(
        JobKey calldata key,
        address worker,
        Ballot calldata ballot,
        bytes calldata result,
        bytes calldata settled
    ) external {
        (bytes32 digest, bytes32 answer) = _requireRight(_idOf(key), key.rules, result, settled);
        _vindicate(key, worker, ballot, digest, answer);
    }

    /// @notice See `ISettlement`.
    function uphold(JobKey calldata key, uint256 round, bytes calldata appealed, bytes calldata again) external {
        bytes32 id = _idOf(key);
        JobWord j = _jobs[id];
        if (j.closed()) revert ClosedAlready(id);
        uint256 next = round + 1;
        while (next < j.round() && !j.isAppealed(next)) ++next;
        (bytes32 first, bytes32 second) = _requireRight(id, key.rules, appealed, again);
        _requireAppealed(id, round, first);
        _requireAppealed(id, next, second);
        _uphold(id, round);
    }

    // --- who was right ---

    function _vindicate(JobKey calldata key, address worker, Ballot calldata ballot, bytes32 digest, bytes32 settled)
        private
    {
        bytes32 id = _idOf(key);
        JobWord j = _jobs[id];
        if (j.status() != DECIDED) revert WrongStatus(id, j.status());
        // Being right means nothing yet while the answer can be appealed.
        if (!_isFinal(key.terms, j)) revert AppealWindowOpen(_finalAt(key.terms, j), block.timestamp);
        if (j.closed()) revert ClosedAlready(id);
        if (_cut(settled) != j.mark()) revert NotSettledResult(id, settled);
        Vote v = _opened(id, worker, ballot);
        if (v.stage() != REVEALED || digest != ballot.first) revert NoSuchVote(id, worker, _slotOf(ballot));
        if (_isRight(key.rules, id, j, worker, ballot, v)) revert RightAlready(worker, _slotOf(ballot));

        uint256 round = _roundOf(ballot);
        _votes[_placeOf(id, worker, ballot)] = v.vindicate();
        _history[id] = _history[id].addVindicated(round, v.tally());
        emit Vindicated(id, worker, round, v.seats());
        if (_tallies[_tallyKey(id, round, _cut(digest))].isAnswer()) _uphold(id, round);
    }

    /// @dev The digests of two payloads within three tolerances of each other.
    function _requireRight(bytes32 id, Rules rules, bytes calldata result, bytes calldata other)
        private
        view
        returns (bytes32 digest, bytes32 otherDigest)
    {
        if (rules.numerics() != TOLERANCE) revert NotTolerance(id);
        (digest, otherDigest) = (keccak256(result), keccak256(other));
        _requireClose(digest, result, otherDigest, other, rules, Tolerance.RIGHT);
    }

    function _requireAppealed(bytes32 id, uint256 round, bytes32 digest) private view {
        if (!_tallies[_tallyKey(id, round, _cut(digest))].isAnswer()) revert NotTheAnswer(id, address(0), digest);
    }

    // --- closing ---

    /// @dev The answer must be final and all reveals in. For TOLERANCE there is one more reveal phase's and appeal
    /// window's time to vindicate in, unless every committed seat is right already.
    function _requireClosable(Terms terms, Rules rules, bytes32 id, JobWord j) private view {
        if (j.status() == UNRESOLVED || j.status() == REFUNDED) return;
        if (!j.isAnswered()) revert NotEnded(id, j.status());
        uint256 end = _finalAt(terms, j);
        if (block.timestamp < end) revert AppealWindowOpen(end, block.timestamp);
        if (j.leading() == j.committed() && j.grown() == 0) return;

        uint256 revealEnd = j.time() + terms.revealSeconds();
        if (revealEnd > end) end = revealEnd;
        if (rules.numerics() == TOLERANCE) end += terms.revealSeconds() + terms.appealWindow();
        else if (j.revealed() == j.committed()) return;
        if (block.timestamp < end) revert RevealPhaseOpen(end, block.timestamp);
    }

    /// @dev What has to be divided: who was right in which round, and whose money pays for it.
    function _judged(Request calldata request, Rules rules, bytes32 id, JobWord j)
        private
        view
        returns (Division.Case memory c)
    {
        Terms terms = request.terms;
        c.terms = terms;
        c.rules = rules;
        c.unit = _unit;
        c.deliveryFee = request.callback.deliveryFee() * _unit;
        c.answered = j.isAnswered();
        c.payers = new Division.Payer[](1 + _count(j.appeals()));
        Division.Payer memory payer = c.payers[0];
        payer.seats = terms.ownSeats();

        History history;
        if (j.round() != 0 || rules.numerics() == TOLERANCE) history = _history[id];
        uint256 grown;
        uint256 appeals;
        // At most `JobQueue.MAX_ROUNDS` steps.
        for (uint256 r; r <= j.round(); ++r) {
            if (j.isVoid(r)) continue;
            _judgeRound(c, payer, history, id, j, r);
            ++grown;
            if (!j.isAppealed(r)) continue;
            payer = c.payers[++appeals];
            payer.seats = terms.prepaidSeats(r, grown - 1);
            payer.first = terms.committeeAfter(grown);
            payer.round = r;
            uint256 appellant = _appeals[_appealKey(id, r)];
            payer.account = address(uint160(appellant));
            payer.wrong = c.answered && (appellant & UPHELD != 0 || _tallies[_tallyKey(id, r, j.mark())].isAnswer());
        }
    }

    /// @dev Adds a round's seats that were right to who pays for them, and those whose bonds are lost to the case.
    function _judgeRound(
        Division.Case memory c,
        Division.Payer memory payer,
        History history,
        bytes32 id,
        JobWord j,
        uint256 r
    ) private view {
        bool last = r == j.round();
        uint256 committed = last ? j.committed() : history.committed(r);
        if (!c.answered) {
            c.lost += committed - (last ? j.revealed() : history.revealed(r));
            return;
        }
        Tally right = history.vindicated(r);
        if (last) right = right.plus(j.leader());
        else right = right.plus(_tallies[_tallyKey(id, r, j.mark())]);
        payer.right += right.seats();
        payer.steps += right.steps();
        c.lost += committed - right.seats();
    }

    /// @dev Bits that are set; at most eight.
    function _count(uint256 bits) private pure returns (uint256 count) {
        for (; bits != 0; bits &= bits - 1) {
            ++count;
        }
    }
}
