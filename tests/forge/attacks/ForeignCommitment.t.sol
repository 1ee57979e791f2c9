// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {Terms} from "../../../contracts/types/Terms.sol";
import {Fixture, Job} from "../utils/Fixture.sol";
import {Pack, TermsFields} from "../utils/Pack.sol";

/// @dev Attack: a worker takes a seat in one job with the commitment it would have made in another. The seat and its
/// bond belong to the first, whatever the commitment says.
contract ForeignCommitmentTest is Fixture {
    address private attacker;

    function setUp() public override {
        super.setUp();
        _enlistEqual(5);
        attacker = workers[0];
    }

    function test_reveal__seat_of_another_job__not_counted() public {
        Job memory victim = _postExact(5, 1);
        Job memory cheap = _postExact(5, 1);
        uint256 slot = _commitFor(cheap, victim, "lie");
        _commitRange(victim, 1, 5, "a");
        _wait(COMMIT_SECONDS);

        vm.expectRevert(abi.encodeWithSelector(ISettlementTypes.CommitmentMismatch.selector, attacker, slot));
        vm.prank(_signerOf(attacker));
        settlement.reveal(victim.key, attacker, slot, _salt(victim.id, 0, attacker), "lie");
    }

    function test_claim__seat_of_another_job__the_dearer_bond_is_not_returned() public {
        TermsFields memory f = _fields(5, 1);
        f.bond = 1_000 * STAKE;
        Job memory dear = _post(requester, exactVersion, Pack.terms(f), _noCallback());
        Job memory cheap = _postExact(5, 1);
        uint256 slot = _commitFor(cheap, dear, "a");
        _wait(COMMIT_SECONDS);
        _advance(dear);

        uint256 stake = _freeStake(attacker);
        bytes32 salt = _salt(dear.id, 0, attacker);
        bytes32 commitment = settlement.commitmentOf(dear.id, 0, attacker, keccak256("a"), salt);
        _claimBallot(dear, attacker, ISettlementTypes.Ballot(slot, keccak256("a"), salt));
        _claimBallot(dear, attacker, ISettlementTypes.Ballot(slot, commitment, 0));
        assertEq(_freeStake(attacker), stake);
    }

    /// @dev A vote is kept under a hash of its job and round. Were they added up first, two jobs whose ids lie close, which
    /// a requester finds in a few hundred tries, could pass for two rounds of one.
    function test_claim__ids_that_lie_close__a_vote_opens_under_its_own_job_only() public {
        TermsFields memory f = _fields(5, 1);
        f.bond = STAKE / 2;
        Terms dearTerms = Pack.terms(f);
        (uint96 dearNonce, uint96 cheapNonce) = _noncesOfCloseIds(dearTerms, _terms(5, 1));
        Job memory dear = _postNonce(dearTerms, dearNonce);
        Job memory cheap = _postNonce(_terms(5, 1), cheapNonce);
        assertLt(uint256(cheap.id) - uint256(dear.id), 1 << 240);
        _draw();
        _commitRange(cheap, 0, 1, "a");
        _commitRange(dear, 1, 5, "a");
        _commitRange(cheap, 1, 5, "a");
        _reveal(cheap, attacker, "a");
        _wait(COMMIT_SECONDS);
        _revealRange(dear, 1, 5, "a");

        ISettlementTypes.Ballot memory ballot = _revealedBallot(cheap, 0, attacker, "a");
        ballot.place |= (uint256(cheap.id) - uint256(dear.id)) << 16;
        uint256 stake = _freeStake(attacker);
        _claimBallot(dear, attacker, ballot);
        assertEq(_freeStake(attacker), stake);
        assertEq(vault.credit(attacker), 0);
    }

    function _postNonce(Terms terms, uint96 nonce) private returns (Job memory job) {
        _useNonce(nonce);
        return _post(requester, exactVersion, terms, _noCallback());
    }

    /// @dev Two requests whose ids share their first 16 bits, the second one's being the greater.
    function _noncesOfCloseIds(Terms lower, Terms upper) private returns (uint96 lowerNonce, uint96 upperNonce) {
        uint96[] memory nonces = new uint96[](1 << 16);
        uint256[] memory ids = new uint256[](1 << 16);
        for (uint96 nonce = 1; nonce < 1_000; ++nonce) {
            uint256 id = _idWithNonce(lower, nonce);
            (nonces[id >> 240], ids[id >> 240]) = (nonce, id);
        }
        for (uint96 nonce = 1; nonce < 10_000; ++nonce) {
            uint256 id = _idWithNonce(upper, nonce);
            if (nonces[id >> 240] != 0 && ids[id >> 240] < id) return (nonces[id >> 240], nonce);
        }
        revert("no close ids found");
    }

    function _idWithNonce(Terms terms, uint96 nonce) private returns (uint256) {
        _useNonce(nonce);
        return uint256(_job(requester, exactVersion, terms, _noCallback()).id);
    }

    /// @dev Takes a seat in `job` with the commitment of the same worker in `other`.
    function _commitFor(Job memory job, Job memory other, bytes memory result) private returns (uint256 slot) {
        (, slot) = settlement.seatsOf(job.key, attacker);
        bytes32 commitment = _commitment(other, attacker, result);
        vm.prank(_signerOf(attacker));
        settlement.commit(job.key, attacker, commitment, 1);
    }
}
