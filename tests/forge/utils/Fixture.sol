// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {Callback, JobKey, Request, RequestLib} from "../../../contracts/types/Request.sol";
import {EXACT, Rules, TOLERANCE} from "../../../contracts/types/Rules.sol";
import {Terms} from "../../../contracts/types/Terms.sol";
import {Deployment} from "./Deployment.sol";
import {Pack, TermsFields} from "./Pack.sol";

/// @dev A job with all of its preimage.
struct Job {
    bytes32 id;
    Request request;
    Rules rules;
    JobKey key;
}

/// @dev A deployment in use: two versions, a requester with credit, and steps a test can take in one line.
abstract contract Fixture is Deployment {
    uint256 internal constant ROYALTY_BPS = 700;
    /// @dev Units.
    uint256 internal constant FEE = 101;
    uint256 internal constant BOND = 1_009;
    uint256 internal constant DELIVERY_FEE = 53;
    uint256 internal constant STAKE = 1_000_000;
    uint256 internal constant COMMIT_SECONDS = 600;
    uint256 internal constant REVEAL_SECONDS = 300;
    uint256 internal constant STIPEND = 300_000;
    /// @dev 2^-10 as float32 bits; no relative part. So what `_quarters` makes is exact.
    uint32 internal constant ATOL = 0x3a800000;
    bytes internal constant INPUT = hex"0101010100000000000000";

    address internal immutable requester = makeAddr("requester");
    address internal immutable modelOwner = makeAddr("modelOwner");
    address internal immutable stranger = makeAddr("stranger");
    address internal immutable rival = makeAddr("rival");
    bytes32 internal modelId;
    bytes32 internal exactVersion;
    bytes32 internal toleranceVersion;
    address[] internal workers;
    uint96 private _nonce;
    mapping(bytes32 id => mapping(uint256 round => mapping(address worker => uint256))) internal slotOf;
    /// @dev The round a job was last committed in. Reveals read it here, so that they make one call each and a
    /// test can expect its revert.
    mapping(bytes32 id => uint256) internal roundOf;

    function setUp() public virtual {
        _deploy();
        _publish();
        _fund(requester, 1e9 * UNIT);
    }

    /// @dev One model with a version of each class.
    function _publish() internal {
        vm.startPrank(modelOwner);
        modelId = registry.createModel("digits");
        exactVersion = registry.publish(modelId, _version(EXACT, 0, 0));
        toleranceVersion = registry.publish(modelId, _version(TOLERANCE, ATOL, 0));
        vm.stopPrank();
    }

    function _version(uint256 numerics, uint32 atol, uint32 rtol)
        internal
        pure
        returns (IModelRegistry.Version memory v)
    {
        v.artefact = keccak256("artefact");
        v.manifest = keccak256("manifest");
        v.numerics = uint8(numerics);
        v.atol = atol;
        v.rtol = rtol;
        v.royaltyBps = uint16(ROYALTY_BPS);
        v.uris = new string[](1);
        v.uris[0] = "ipfs://artefact";
    }

    // --- workers ---

    /// @dev Enlists `count` workers of equal stake, in time for the epoch that it begins. In a committee of
    /// `count` each is then entitled to exactly one seat as long as no time has passed.
    function _enlistEqual(uint256 count) internal {
        for (uint256 i; i < count; ++i) {
            workers.push(makeAddr(string.concat("worker ", vm.toString(workers.length))));
            _enlist(workers[workers.length - 1], STAKE);
        }
        _toNextEpoch();
    }

    function _freeStake(address worker) internal view returns (uint256) {
        return vault.worker(worker).free;
    }

    // --- jobs ---

    function _fields(uint256 committee, uint256 rounds) internal pure returns (TermsFields memory) {
        return TermsFields({
            mode: 0,
            committee: committee,
            rounds: rounds,
            commitSeconds: COMMIT_SECONDS,
            revealSeconds: REVEAL_SECONDS,
            appealWindow: 0,
            seatFee: FEE,
            seatFeeCap: FEE,
            bond: BOND,
            reserved: 0
        });
    }

    function _terms(uint256 committee, uint256 rounds) internal pure returns (Terms) {
        return Pack.terms(_fields(committee, rounds));
    }

    function _noCallback() internal pure returns (Callback) {
        return Callback.wrap(0);
    }

    function _job(address asker, bytes32 versionId, Terms terms, Callback callback) internal returns (Job memory job) {
        job.request = Request(asker, ++_nonce, versionId, keccak256(INPUT), terms, callback);
        job.rules = queue.rulesOf(versionId);
        job.key.terms = terms;
        job.key.rules = job.rules;
        job.key.body = RequestLib.body(asker, _nonce, versionId, keccak256(INPUT), callback);
        job.id = keccak256(abi.encode(block.chainid, address(queue), terms, job.rules, job.key.body));
    }

    /// @dev The next job will have this nonce.
    function _useNonce(uint96 nonce) internal {
        _nonce = nonce - 1;
    }

    function _post(address asker, bytes32 versionId, Terms terms, Callback callback) internal returns (Job memory job) {
        job = _job(asker, versionId, terms, callback);
        vm.prank(asker);
        bytes32 id = queue.post(versionId, job.request.nonce, terms, callback, INPUT);
        assertEq(id, job.id);
    }

    /// @dev An EXACT job whose first committee can be drawn now.
    function _postExact(uint256 committee, uint256 rounds) internal returns (Job memory job) {
        job = _post(requester, exactVersion, _terms(committee, rounds), _noCallback());
        _draw();
    }

    function _postTolerance(uint256 committee, uint256 rounds) internal returns (Job memory job) {
        job = _post(requester, toleranceVersion, _terms(committee, rounds), _noCallback());
        _draw();
    }

    // --- votes ---

    function _round(Job memory job) internal view returns (uint256) {
        return settlement.job(job.id).round;
    }

    function _salt(bytes32 id, uint256 round, address worker) internal pure returns (bytes32) {
        return keccak256(abi.encode("salt", id, round, worker));
    }

    function _commitment(Job memory job, address worker, bytes memory result) internal view returns (bytes32) {
        uint256 round = _round(job);
        bytes32 salt = _salt(job.id, round, worker);
        return settlement.commitmentOf(job.id, round, worker, keccak256(result), salt);
    }

    /// @dev Takes up to `seats` of the seats a worker is entitled to.
    function _commit(Job memory job, address worker, bytes memory result, uint256 seats) internal {
        uint256 round = _round(job);
        (, uint256 slot) = settlement.seatsOf(job.key, worker);
        slotOf[job.id][round][worker] = slot;
        roundOf[job.id] = round;
        bytes32 commitment = _commitment(job, worker, result);
        vm.prank(_signerOf(worker));
        settlement.commit(job.key, worker, commitment, seats);
    }

    /// @dev One seat each for the workers from `first` to before `end`.
    function _commitRange(Job memory job, uint256 first, uint256 end, bytes memory result) internal {
        for (uint256 i = first; i < end; ++i) {
            _commit(job, workers[i], result, 1);
        }
    }

    /// @dev Sent by the signer: for TOLERANCE nobody else but the worker may.
    function _reveal(Job memory job, address worker, bytes memory result) internal {
        uint256 round = roundOf[job.id];
        uint256 slot = slotOf[job.id][round][worker];
        vm.prank(_signerOf(worker));
        settlement.reveal(job.key, worker, slot, _salt(job.id, round, worker), result);
    }

    function _revealRange(Job memory job, uint256 first, uint256 end, bytes memory result) internal {
        for (uint256 i = first; i < end; ++i) {
            _reveal(job, workers[i], result);
        }
    }

    function _revealNear(Job memory job, address worker, bytes memory result, bytes memory ref) internal {
        uint256 round = roundOf[job.id];
        uint256 slot = slotOf[job.id][round][worker];
        vm.prank(_signerOf(worker));
        settlement.revealNear(job.key, worker, slot, _salt(job.id, round, worker), result, ref);
    }

    /// @dev A job of one committee in which the workers before `right` said the one, those after it the other.
    function _voted(Job memory job, uint256 right, bytes memory answer, bytes memory other) internal {
        _commitRange(job, 0, right, answer);
        _commitRange(job, right, workers.length, other);
        _revealRange(job, 0, right, answer);
        _revealRange(job, right, workers.length, other);
    }

    /// @dev A result of one float32, `1 + count · τ/4`: two of them are near within four steps, right within twelve.
    function _quarters(uint256 count) internal pure returns (bytes memory) {
        uint256 pattern = 0x3f800000 + (count << 11);
        uint256 turned = pattern << 24 | (pattern & 0xFF00) << 8 | (pattern >> 8) & 0xFF00 | pattern >> 24;
        return abi.encodePacked(hex"010100", uint32(turned));
    }

    // --- claims ---

    /// @dev Opens a vote that was revealed as its own reference.
    function _revealedBallot(Job memory job, uint256 round, address worker, bytes memory result)
        internal
        view
        returns (ISettlementTypes.Ballot memory)
    {
        return _ballot(job, round, worker, keccak256(result), 0);
    }

    /// @dev Opens a vote that was not revealed.
    function _silentBallot(Job memory job, uint256 round, address worker, bytes memory result)
        internal
        view
        returns (ISettlementTypes.Ballot memory)
    {
        bytes32 salt = _salt(job.id, round, worker);
        bytes32 commitment = settlement.commitmentOf(job.id, round, worker, keccak256(result), salt);
        return _ballot(job, round, worker, commitment, 0);
    }

    function _ballot(Job memory job, uint256 round, address worker, bytes32 first, bytes32 second)
        internal
        view
        returns (ISettlementTypes.Ballot memory)
    {
        return ISettlementTypes.Ballot(round << 16 | slotOf[job.id][round][worker], first, second);
    }

    function _claimBallot(Job memory job, address worker, ISettlementTypes.Ballot memory ballot) internal {
        ISettlementTypes.Claim[] memory claims = new ISettlementTypes.Claim[](1);
        claims[0] = ISettlementTypes.Claim(job.key, ballot);
        settlement.claim(worker, claims);
    }

    function _claim(Job memory job, uint256 round, address worker, bytes memory result) internal {
        _claimBallot(job, worker, _revealedBallot(job, round, worker, result));
    }

    function _expectClaimSkipped(Job memory job, address worker, bytes4 reason) internal {
        vm.expectEmit(address(settlement));
        emit ISettlementTypes.ClaimSkipped(job.id, worker, reason);
    }

    function _close(Job memory job) internal {
        settlement.close(job.request, job.rules);
    }

    function _advance(Job memory job) internal {
        settlement.advance(job.key);
    }

    // --- books ---

    /// @dev Wei an account could sooner or later take out of the vault, bonds in jobs apart.
    function _wealth(address account) internal view returns (uint256) {
        return vault.credit(account) + (vault.worker(account).free + vault.worker(account).unbonding) * UNIT;
    }

    /// @dev Once every job has ended, been closed, claimed and delivered, all the vault holds is somebody's.
    function _assertNothingLeftInJobs() internal view {
        uint256 owned = vault.burned() + vault.credit(address(queue)) + vault.credit(requester);
        owned += vault.credit(modelOwner) + vault.credit(stranger) + vault.credit(rival) + vault.credit(address(this));
        for (uint256 i; i < workers.length; ++i) {
            uint256 units = vault.worker(workers[i]).free + vault.worker(workers[i]).unbonding;
            owned += vault.credit(workers[i]) + units * UNIT;
        }
        assertEq(token.balanceOf(address(vault)), owned);
    }
}
