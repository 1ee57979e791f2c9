// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {Job} from "../utils/Fixture.sol";
import {AttackFixture} from "./AttackFixture.sol";

/// @dev Attack: get more out of a step in many jobs than out of the same steps one by one: a seat without its bond, a seat by
/// the weight of another round, a vote counted or paid twice. Jobs are named several times, in any order, among jobs that do
/// not exist; their rounds opened in two epochs, between which the worker's share fell to a hundredth. Whatever is asked, the
/// chain stands as after a batch of single steps.
contract ReviewManyStepsTest is AttackFixture {
    uint256 private constant COUNT = 4;
    uint256 private constant ITEMS = 8;

    Job[COUNT] private _jobs;
    address private _worker;

    function setUp() public override {
        super.setUp();
        _worker = workers[0];
        _postSome(0, COUNT);
        _draw();
    }

    function test_commitMany__any_jobs_in_any_order__as_one_by_one(
        uint8[ITEMS] memory picks,
        uint256 seats,
        uint256 time,
        bool whale
    ) public {
        _postInTwoEpochs();
        if (whale) _worker = rival;
        _wait(bound(time, 0, 299));
        seats = seats % 16 == 0 ? seats : seats % 8;
        ISettlementTypes.Bid[] memory bids = new ISettlementTypes.Bid[](ITEMS);
        bytes[] memory calls = new bytes[](ITEMS);
        for (uint256 i; i < ITEMS; ++i) {
            Job memory job = _picked(picks[i]);
            bids[i] = ISettlementTypes.Bid(job.key.body, keccak256(abi.encode("commitment", i)));
            calls[i] = abi.encodeCall(settlement.commit, (job.key, _worker, bids[i].commitment, seats));
        }
        bytes memory many =
            abi.encodeCall(settlement.commitMany, (_jobs[0].key.terms, _jobs[0].rules, _worker, seats, bids));
        _assertSame(calls, many);
    }

    /// @dev Some salts are wrong, and some slots have bits above the ring's.
    function test_revealMany__any_votes_in_any_order__as_one_by_one(uint8[ITEMS] memory picks, uint256 known) public {
        _commitAll();
        ISettlementTypes.Opening[] memory openings = new ISettlementTypes.Opening[](ITEMS);
        bytes[] memory calls = new bytes[](ITEMS);
        for (uint256 i; i < ITEMS; ++i) {
            Job memory job = _picked(picks[i]);
            uint256 slot = slotOf[job.id][0][_worker] | (picks[i] & 32) << 11;
            bytes32 salt = picks[i] & 192 == 192 ? bytes32(0) : _salt(job.id, 0, _worker);
            openings[i] = ISettlementTypes.Opening(job.key.body, slot, salt, "a");
            calls[i] = abi.encodeCall(settlement.reveal, (job.key, _worker, slot, salt, "a"));
        }
        // Others have published the answer of some jobs, or decided them.
        for (uint256 i; i < COUNT; ++i) {
            for (uint256 w = 1; w < 5; ++w) {
                if ((known >> (4 * i + w)) & 1 != 0) _reveal(_jobs[i], workers[w], "a");
            }
        }
        _assertSame(
            calls, abi.encodeCall(settlement.revealMany, (_jobs[0].key.terms, _jobs[0].rules, _worker, openings))
        );
    }

    function test_revealKnownMany__any_votes_in_any_order__as_one_by_one(uint8[ITEMS] memory picks, uint256 known)
        public
    {
        _commitAll();
        ISettlementTypes.KnownOpening[] memory openings = new ISettlementTypes.KnownOpening[](ITEMS);
        bytes[] memory calls = new bytes[](ITEMS);
        for (uint256 i; i < ITEMS; ++i) {
            Job memory job = _picked(picks[i]);
            uint256 slot = slotOf[job.id][0][_worker];
            bytes32 salt = _salt(job.id, 0, _worker);
            openings[i] = ISettlementTypes.KnownOpening(job.key.body, slot, salt, keccak256("a"));
            calls[i] = abi.encodeCall(settlement.revealKnown, (job.key, _worker, slot, salt, keccak256("a")));
        }
        for (uint256 i; i < COUNT; ++i) {
            if ((known >> i) & 1 != 0) _reveal(_jobs[i], workers[1], "a");
        }
        _assertSame(
            calls, abi.encodeCall(settlement.revealKnownMany, (_jobs[0].key.terms, _jobs[0].rules, _worker, openings))
        );
    }

    /// @dev Some ballots name another round, or the slot that stands for proposals; some jobs are not decided, some are closed.
    function test_claimMany__any_votes_in_any_order__as_one_by_one(uint8[ITEMS] memory picks, uint256 decided) public {
        _commitAll();
        for (uint256 i; i < COUNT; ++i) {
            if ((decided >> i) & 1 == 0) continue;
            _revealRange(_jobs[i], (decided >> (8 + i)) & 1, 5, "a");
            if ((decided >> (8 + i)) & 1 == 0 && (decided >> (16 + i)) & 1 != 0) _close(_jobs[i]);
        }
        ISettlementTypes.Return[] memory returned = new ISettlementTypes.Return[](ITEMS);
        bytes[] memory calls = new bytes[](ITEMS);
        for (uint256 i; i < ITEMS; ++i) {
            Job memory job = _picked(picks[i]);
            ISettlementTypes.Ballot memory ballot = _revealedBallot(job, 0, _worker, "a");
            if (picks[i] & 224 == 224) ballot.place |= 1 << 16;
            if (picks[i] & 224 == 192) ballot.place |= 0xFFFF;
            if (picks[i] & 224 == 160) ballot.place |= 1 << 32;
            returned[i] = ISettlementTypes.Return(job.key.body, ballot);
            ISettlementTypes.Claim[] memory one = new ISettlementTypes.Claim[](1);
            one[0] = ISettlementTypes.Claim(job.key, ballot);
            calls[i] = abi.encodeCall(settlement.claim, (_worker, one));
        }
        _assertSame(
            calls, abi.encodeCall(settlement.claimMany, (_jobs[0].key.terms, _jobs[0].rules, _worker, returned))
        );
    }

    // --- helpers ---

    /// @dev One of the jobs or, one time in five, one that does not exist.
    function _picked(uint8 pick) private view returns (Job memory job) {
        job = _jobs[(pick % 32) % COUNT];
        if ((pick % 32) % 5 == 4) {
            job.key.body = keccak256(abi.encode(pick));
            job.id = bytes32(0);
        }
    }

    function _postSome(uint256 first, uint256 end) private {
        for (uint256 i = first; i < end; ++i) {
            _jobs[i] = _post(requester, exactVersion, _terms(5, 2), _noCallback());
        }
    }

    /// @dev In the second epoch `rival` has nearly all of the stake, in the first one nothing.
    function _postInTwoEpochs() private {
        _enlist(rival, 500 * STAKE);
        _wait(EPOCH - block.timestamp % EPOCH - 300);
        _postSome(0, COUNT / 2);
        _toNextEpoch();
        _postSome(COUNT / 2, COUNT);
        _draw();
    }

    function _commitAll() private {
        for (uint256 i; i < COUNT; ++i) {
            _commitRange(_jobs[i], 0, 5, "a");
        }
    }

    function _assertSame(bytes[] memory calls, bytes memory many) private {
        uint256 snapshot = vm.snapshotState();
        vm.prank(_signerOf(_worker));
        settlement.batch(calls);
        bytes32 expected = _standing();
        vm.revertToState(snapshot);
        vm.prank(_signerOf(_worker));
        (bool ok,) = address(settlement).call(many);
        assertTrue(ok);
        assertEq(_standing(), expected);
    }

    function _standing() private view returns (bytes32 hash) {
        hash = keccak256(abi.encode(vault.worker(_worker), vault.credit(_worker), vault.totalAt(block.timestamp)));
        for (uint256 i; i < COUNT; ++i) {
            hash = keccak256(abi.encode(hash, settlement.job(_jobs[i].id)));
        }
        for (uint256 slot; slot < 4_096; ++slot) {
            hash = keccak256(abi.encode(hash, settlement.vote(_worker, slot)));
        }
    }
}
