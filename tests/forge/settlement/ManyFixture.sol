// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {Fixture, Job} from "../utils/Fixture.sol";

/// @dev Three EXACT jobs with the same terms, in each of which every worker has one seat, and the steps one worker takes in
/// all of them at once.
abstract contract ManyFixture is Fixture {
    uint256 internal constant COUNT = 3;
    Job[COUNT] internal _jobs;

    function setUp() public virtual override {
        super.setUp();
        _enlistEqual(5);
        for (uint256 i; i < COUNT; ++i) {
            _jobs[i] = _post(requester, exactVersion, _terms(5, 2), _noCallback());
        }
        _draw();
    }

    // --- what a worker says ---

    function _bids(address worker) internal view returns (ISettlementTypes.Bid[] memory bids) {
        bids = new ISettlementTypes.Bid[](COUNT);
        for (uint256 i; i < COUNT; ++i) {
            bids[i] = ISettlementTypes.Bid(_jobs[i].key.body, _commitment(_jobs[i], worker, _answer(i)));
        }
    }

    function _openings(address worker) internal view returns (ISettlementTypes.Opening[] memory openings) {
        openings = new ISettlementTypes.Opening[](COUNT);
        for (uint256 i; i < COUNT; ++i) {
            openings[i] = ISettlementTypes.Opening(
                _jobs[i].key.body, slotOf[_jobs[i].id][0][worker], _salt(_jobs[i].id, 0, worker), _answer(i)
            );
        }
    }

    function _knownOpenings(address worker) internal view returns (ISettlementTypes.KnownOpening[] memory openings) {
        openings = new ISettlementTypes.KnownOpening[](COUNT);
        for (uint256 i; i < COUNT; ++i) {
            openings[i] = ISettlementTypes.KnownOpening(
                _jobs[i].key.body, slotOf[_jobs[i].id][0][worker], _salt(_jobs[i].id, 0, worker), keccak256(_answer(i))
            );
        }
    }

    function _returns(address worker) internal view returns (ISettlementTypes.Return[] memory returned) {
        returned = new ISettlementTypes.Return[](COUNT);
        for (uint256 i; i < COUNT; ++i) {
            returned[i] = ISettlementTypes.Return(_jobs[i].key.body, _revealedBallot(_jobs[i], 0, worker, _answer(i)));
        }
    }

    function _answer(uint256 i) internal pure returns (bytes memory) {
        return abi.encodePacked("answer", uint8(i));
    }

    // --- steps ---

    function _commitMany(address worker, ISettlementTypes.Bid[] memory bids) internal {
        _noteSlots(worker);
        vm.prank(_signerOf(worker));
        settlement.commitMany(_jobs[0].key.terms, _jobs[0].rules, worker, 1, bids);
    }

    /// @dev Sent by anybody: the jobs are EXACT.
    function _revealMany(address worker) internal {
        settlement.revealMany(_jobs[0].key.terms, _jobs[0].rules, worker, _openings(worker));
    }

    function _revealKnownMany(address worker) internal {
        settlement.revealKnownMany(_jobs[0].key.terms, _jobs[0].rules, worker, _knownOpenings(worker));
    }

    function _claimMany(address worker, ISettlementTypes.Return[] memory returned) internal {
        settlement.claimMany(_jobs[0].key.terms, _jobs[0].rules, worker, returned);
    }

    /// @dev All workers in all jobs.
    function _commitAll() internal {
        for (uint256 w; w < workers.length; ++w) {
            _commitMany(workers[w], _bids(workers[w]));
        }
    }

    function _noteSlots(address worker) internal {
        for (uint256 i; i < COUNT; ++i) {
            (uint256 seats, uint256 slot) = settlement.seatsOf(_jobs[i].key, worker);
            if (seats != 0) slotOf[_jobs[i].id][0][worker] = slot;
        }
    }

    // --- what has happened ---

    function _idsOfAll() internal view returns (bytes32[] memory ids) {
        ids = new bytes32[](COUNT);
        for (uint256 i; i < COUNT; ++i) {
            ids[i] = _jobs[i].id;
        }
    }
}
