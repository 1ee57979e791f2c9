// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {DECIDED, REVEALING} from "../../../contracts/types/JobWord.sol";
import {Job} from "../utils/Fixture.sol";
import {AttackFixture} from "./AttackFixture.sol";

/// @dev Attacks on TOLERANCE: references that are junk, and references chosen to split the honest.
contract ReferencesTest is AttackFixture {
    /// @dev Junk comes first and leads; the honest decide all the same, and the junk pays.
    function test_junk_references_first__honest_quorum_decides_and_junk_pays() public {
        Job memory job = _postTolerance(5, 2);
        _commit(job, workers[4], "junk that is not even a payload", 1);
        _commitRange(job, 0, 4, _quarters(0));
        _reveal(job, workers[4], "junk that is not even a payload");
        _reveal(job, workers[0], _quarters(0));
        for (uint256 i = 1; i < 4; ++i) {
            _revealNear(job, workers[i], _quarters(0), _quarters(0));
        }
        assertTrue(settlement.isSettled(job.key, address(0), keccak256(_quarters(0))));
        _wait(2 * REVEAL_SECONDS);
        _close(job);
        _claim(job, 0, workers[4], "junk that is not even a payload");
        assertEq(_wealth(workers[4]), (STAKE - BOND) * UNIT);
        for (uint256 i; i < 4; ++i) {
            _claim(job, 0, workers[i], _quarters(0));
        }
        _assertNothingLeftInJobs();
    }

    /// @dev One new reference a worker and round: a second reveal, with whatever result, is refused.
    function test_junk_references__one_for_each_worker() public {
        Job memory job = _postTolerance(5, 2);
        _commitRange(job, 0, 5, _quarters(0));
        _reveal(job, workers[0], _quarters(0));
        uint256 slot = slotOf[job.id][0][workers[0]];
        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.CommitmentMismatch.selector, workers[0], slot));
        _reveal(job, workers[0], _quarters(0));
    }

    /// @dev Malformed junk with a quorum behind it cannot be brought near anything but itself.
    function test_junk_settled__honest_cannot_be_made_to_look_near_it() public {
        Job memory job = _postTolerance(5, 1);
        bytes memory junk = hex"0101010100000000000000ff";
        _voted(job, 3, junk, _quarters(0));
        assertEq(settlement.job(job.id).status, DECIDED);
        ISettlementTypes.Ballot memory ballot = _revealedBallot(job, 0, workers[4], _quarters(0));
        vm.expectRevert(
            abi.encodeWithSelector(ISettlementTypes.NotClose.selector, keccak256(_quarters(0)), keccak256(junk))
        );
        settlement.vindicate(job.key, workers[4], ballot, _quarters(0), junk);
    }

    /// @dev The attacker reveals first, one tolerance above some honest results and more than one above the others.
    /// With the quorum at four it can win the near ones' support; the far ones are right all the same.
    function test_reference_at_the_edge__nobody_honest_is_judged_wrong() public {
        Job memory job = _postTolerance(5, 1);
        _commit(job, workers[0], _quarters(8), 1);
        _commitRange(job, 1, 3, _quarters(4));
        _commitRange(job, 3, 5, _quarters(0));
        _reveal(job, workers[0], _quarters(8));
        _revealNear(job, workers[1], _quarters(4), _quarters(8));
        _revealNear(job, workers[2], _quarters(4), _quarters(8));
        assertTrue(settlement.isSettled(job.key, address(0), keccak256(_quarters(8))));
        _reveal(job, workers[3], _quarters(0));
        _reveal(job, workers[4], _quarters(0));
        for (uint256 i = 3; i < 5; ++i) {
            ISettlementTypes.Ballot memory ballot = _revealedBallot(job, 0, workers[i], _quarters(0));
            settlement.vindicate(job.key, workers[i], ballot, _quarters(0), _quarters(8));
            _claimBallot(job, workers[i], ballot);
            assertGt(_wealth(workers[i]), STAKE * UNIT);
        }
    }

    /// @dev The same for any results: two honest ones are within τ, and the settled reference has one honest supporter.
    function test_reference_at_the_edge__any_results__nobody_honest_is_judged_wrong(
        uint8 base,
        uint8[4] memory spread,
        uint8 edge,
        bool above
    ) public {
        Job memory job = _postTolerance(5, 1);
        uint256[4] memory honest;
        for (uint256 i; i < 4; ++i) {
            honest[i] = uint256(base) + 20 + spread[i] % 5;
        }
        uint256 reference_ = above ? honest[0] + edge % 5 : honest[0] - edge % 5;
        _commit(job, workers[4], _quarters(reference_), 1);
        for (uint256 i; i < 4; ++i) {
            _commit(job, workers[i], _quarters(honest[i]), 1);
        }
        _reveal(job, workers[4], _quarters(reference_));
        _revealNear(job, workers[0], _quarters(honest[0]), _quarters(reference_));
        for (uint256 i = 1; i < 4; ++i) {
            _reveal(job, workers[i], _quarters(honest[i]));
        }
        // Whoever is near the reference may be made to support it; three seats decide the last round.
        for (uint256 i = 1; i < 4 && settlement.job(job.id).status == REVEALING; ++i) {
            if (_distance(honest[i], reference_) > 4 || honest[i] == reference_) continue;
            ISettlementTypes.Ballot memory ballot = _revealedBallot(job, 0, workers[i], _quarters(honest[i]));
            settlement.addSupport(job.key, workers[i], ballot, _quarters(honest[i]), _quarters(reference_));
        }
        if (!settlement.isSettled(job.key, address(0), keccak256(_quarters(reference_)))) return;
        for (uint256 i = 1; i < 4; ++i) {
            ISettlementTypes.Ballot memory ballot = _revealedBallot(job, 0, workers[i], _quarters(honest[i]));
            try settlement.vindicate(job.key, workers[i], ballot, _quarters(honest[i]), _quarters(reference_)) {}
            catch (bytes memory reason) {
                assertEq(bytes32(bytes4(reason)), bytes32(ISettlementTypes.RightAlready.selector));
            }
            _claimBallot(job, workers[i], ballot);
            assertGt(_wealth(workers[i]), STAKE * UNIT);
        }
    }

    function _distance(uint256 a, uint256 b) private pure returns (uint256) {
        return a > b ? a - b : b - a;
    }
}
