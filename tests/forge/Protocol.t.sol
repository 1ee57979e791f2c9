// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ModelRegistry} from "../../contracts/ModelRegistry.sol";
import {Settlement} from "../../contracts/Settlement.sol";
import {IModelRegistry} from "../../contracts/interfaces/IModelRegistry.sol";
import {ISettlementTypes} from "../../contracts/interfaces/ISettlementTypes.sol";
import {IStakeVault} from "../../contracts/interfaces/IStakeVault.sol";
import {Division} from "../../contracts/libraries/Division.sol";
import {Sortition} from "../../contracts/libraries/Sortition.sol";
import {JobWord, PROPOSED} from "../../contracts/types/JobWord.sol";
import {Callback, JobKey, RequestLib} from "../../contracts/types/Request.sol";
import {Rules, RulesLib} from "../../contracts/types/Rules.sol";
import {Terms} from "../../contracts/types/Terms.sol";
import {Vote} from "../../contracts/types/Vote.sol";
import {
    CallbackVector,
    CommitmentVector,
    DepositVector,
    DrawVector,
    EscrowVector,
    JobVector,
    JobWordVector,
    ModelVector,
    OpenSeatVector,
    PriceVector,
    ProposalVector,
    ProtocolVectors,
    RulesVector,
    SeatsVector,
    StepVector,
    TermsVector,
    VersionVector,
    VoteVector
} from "./utils/ProtocolVectors.sol";

/// @dev The contracts give what tests/vectors/protocol.json, written from Python, says. This contract also plays the
/// vault that a draw asks for weights.
contract ProtocolTest is ProtocolVectors {
    /// @dev Where `Settlement` keeps the words of jobs.
    uint256 private constant JOBS_SLOT = 0;
    uint256 private constant OPENED_AT = 1_000_000;
    uint256 private constant OPENED_IN_BLOCK = 100;

    uint256 public constant UNIT = 1;

    uint256 private weight;
    uint256 private total;

    function weightOf(address, uint256 openedAt) external view returns (uint256, uint256) {
        assertEq(openedAt, OPENED_AT);
        return (weight, total);
    }

    function totalAt(uint256 openedAt) external view returns (uint256) {
        assertEq(openedAt, OPENED_AT);
        return total;
    }

    function test_terms__every_vector__same_fields() public view {
        TermsVector[] memory vectors = termsVectors();
        assertGe(vectors.length, 6);
        for (uint256 i; i < vectors.length; ++i) {
            TermsVector memory v = vectors[i];
            Terms terms = Terms.wrap(v.word);
            assertEq(terms.mode(), v.mode);
            assertEq(terms.committee(), v.committee);
            assertEq(terms.rounds(), v.rounds);
            assertEq(terms.commitSeconds(), v.commitSeconds);
            assertEq(terms.revealSeconds(), v.revealSeconds);
            assertEq(terms.appealWindow(), v.appealWindow);
            assertEq(terms.seatFee(), v.seatFee);
            assertEq(terms.seatFeeCap(), v.seatFeeCap);
            assertEq(terms.bond(), v.bond);
            assertEq(terms.reserved(), 0);
            for (uint256 grown; grown < v.committees.length; ++grown) {
                assertEq(terms.committeeAfter(grown), v.committees[grown]);
            }
            assertEq(terms.ownSeats(), v.ownSeats);
        }
    }

    function test_deposit__every_vector__same_seats_and_units() public view {
        DepositVector[] memory vectors = depositVectors();
        assertGe(vectors.length, 12);
        for (uint256 i; i < vectors.length; ++i) {
            DepositVector memory v = vectors[i];
            Terms terms = Terms.wrap(v.terms);
            assertEq(terms.prepaidSeats(v.round, v.grown), v.seats);
            assertEq(Division.deposit(terms, 1, v.seats), v.units);
        }
    }

    function test_price__every_vector__same_wei() public view {
        PriceVector[] memory vectors = priceVectors();
        assertGe(vectors.length, 48);
        for (uint256 i; i < vectors.length; ++i) {
            (uint256 base, uint256 rise) = Division.prices(Terms.wrap(vectors[i].terms), vectors[i].unit);
            assertEq(base + vectors[i].step * rise, vectors[i].price);
        }
    }

    function test_rules__every_vector__same_fields_and_split() public view {
        RulesVector[] memory vectors = rulesVectors();
        assertGe(vectors.length, 3);
        for (uint256 i; i < vectors.length; ++i) {
            RulesVector memory v = vectors[i];
            Rules rules = Rules.wrap(v.word);
            assertEq(rules.numerics(), v.numerics);
            assertEq(rules.atol(), v.atol);
            assertEq(rules.rtol(), v.rtol);
            assertEq(rules.royaltyBps(), v.royaltyBps);
            assertEq(rules.protocolFeeBps(), v.protocolFeeBps);
            assertEq(rules.burnBps(), v.burnBps);
            Rules built = RulesLib.ofVersion(v.numerics, uint32(v.atol), uint32(v.rtol), v.royaltyBps);
            assertEq(Rules.unwrap(built.withProtocol(v.protocolFeeBps, v.burnBps)), v.word);
            (uint256 worker, uint256 royalty, uint256 treasury) = rules.split(v.fee);
            assertEq(worker, v.toWorker);
            assertEq(royalty, v.toOwner);
            assertEq(treasury, v.toTreasury);
        }
    }

    function test_callback__every_vector__same_fields() public view {
        CallbackVector[] memory vectors = callbackVectors();
        assertGe(vectors.length, 3);
        for (uint256 i; i < vectors.length; ++i) {
            Callback callback = Callback.wrap(vectors[i].word);
            assertEq(callback.target(), vectors[i].target);
            assertEq(callback.gasStipend(), vectors[i].gasStipend);
            assertEq(callback.deliveryFee(), vectors[i].deliveryFee);
        }
    }

    function test_escrow__every_vector__same_units() public view {
        EscrowVector[] memory vectors = escrowVectors();
        assertGe(vectors.length, 10);
        for (uint256 i; i < vectors.length; ++i) {
            uint256 units = RequestLib.escrow(Terms.wrap(vectors[i].terms), Callback.wrap(vectors[i].callback));
            assertEq(units, vectors[i].units);
        }
    }

    function test_modelId__every_vector__same() public {
        ModelRegistry registry = new ModelRegistry(address(this));
        ModelVector[] memory vectors = modelVectors();
        assertGe(vectors.length, 3);
        for (uint256 i; i < vectors.length; ++i) {
            assertEq(registry.modelIdOf(vectors[i].owner, vectors[i].name), vectors[i].modelId);
        }
    }

    function test_versionId__every_vector__same() public {
        ModelRegistry registry = new ModelRegistry(address(this));
        VersionVector[] memory vectors = versionVectors();
        assertGe(vectors.length, 2);
        for (uint256 i; i < vectors.length; ++i) {
            VersionVector memory v = vectors[i];
            IModelRegistry.Version memory version;
            version.artefact = v.artefact;
            version.manifest = v.manifest;
            version.graphRoot = v.graphRoot;
            version.verifier = v.verifier;
            version.numerics = v.numerics;
            version.atol = v.atol;
            version.rtol = v.rtol;
            version.royaltyBps = v.royaltyBps;
            version.uris = v.uris;
            assertEq(registry.versionIdOf(v.modelId, version), v.versionId);
        }
    }

    function test_jobId__every_vector__same() public {
        JobVector[] memory vectors = jobVectors();
        assertGe(vectors.length, 3);
        for (uint256 i; i < vectors.length; ++i) {
            JobVector memory v = vectors[i];
            vm.chainId(v.chainId);
            bytes32 body = RequestLib.body(v.requester, v.nonce, v.versionId, v.inputHash, Callback.wrap(v.callback));
            assertEq(body, v.body);
            assertEq(RequestLib.id(v.queue, Terms.wrap(v.terms), Rules.wrap(v.rules), body), v.jobId);
        }
    }

    function test_commitment__every_vector__same() public {
        CommitmentVector[] memory vectors = commitmentVectors();
        assertGe(vectors.length, 2);
        bytes memory code = address(_settlement(address(this))).code;
        for (uint256 i; i < vectors.length; ++i) {
            CommitmentVector memory v = vectors[i];
            vm.chainId(v.chainId);
            vm.etch(v.settlement, code);
            bytes32 got = Settlement(v.settlement).commitmentOf(v.jobId, v.round, v.worker, v.digest, v.salt);
            assertEq(got, v.commitment);
        }
    }

    function test_proposal__every_vector__its_mark_is_the_answer() public {
        ProposalVector[] memory vectors = proposalVectors();
        assertGe(vectors.length, 3);
        Settlement settlement = _settlement(address(this));
        JobKey memory key;
        bytes32 jobId = RequestLib.id(address(this), key.terms, key.rules, key.body);
        for (uint256 i; i < vectors.length; ++i) {
            ProposalVector memory v = vectors[i];
            uint256 word = PROPOSED | uint256(uint160(bytes20(v.mark))) << 96;
            vm.store(address(settlement), keccak256(abi.encode(jobId, JOBS_SLOT)), bytes32(word));
            assertTrue(settlement.isSettled(key, v.worker, v.digest));
            assertFalse(settlement.isSettled(key, address(this), v.digest));
        }
    }

    function test_draw__every_vector__same_slot_and_seats() public {
        DrawVector[] memory vectors = drawVectors();
        JobVector[] memory jobs = jobVectors();
        assertGe(vectors.length, 5);
        for (uint256 i; i < vectors.length; ++i) {
            DrawVector memory v = vectors[i];
            assertEq(Sortition.ticket(v.seed, v.worker), v.ticket);
            (uint256 seats, uint256 slot) = _draw(jobs[v.job], v);
            assertEq(seats, v.seats);
            assertEq(slot, v.slot);
        }
    }

    function test_seats__every_vector__same() public view {
        SeatsVector[] memory vectors = seatsVectors();
        assertGe(vectors.length, 70);
        for (uint256 i; i < vectors.length; ++i) {
            SeatsVector memory v = vectors[i];
            uint256 seats = Sortition.seats(v.ticket, v.committee, v.elapsed, v.length, v.weight, v.total);
            assertEq(seats, v.seats);
        }
    }

    function test_openSeat__every_vector__same() public view {
        OpenSeatVector[] memory vectors = openSeatVectors();
        assertGe(vectors.length, 60);
        for (uint256 i; i < vectors.length; ++i) {
            OpenSeatVector memory v = vectors[i];
            assertEq(Sortition.mayPropose(v.ticket, v.elapsed, v.length, v.weight, v.total), v.drawn);
        }
    }

    function test_step__every_vector__same() public view {
        StepVector[] memory vectors = stepVectors();
        assertGe(vectors.length, 70);
        for (uint256 i; i < vectors.length; ++i) {
            assertEq(Sortition.step(vectors[i].elapsed, vectors[i].length), vectors[i].committee);
            assertEq(Sortition.openStep(vectors[i].elapsed, vectors[i].length), vectors[i].open);
        }
    }

    function test_jobWord__every_vector__same_view() public {
        JobWordVector[] memory vectors = jobWordVectors();
        assertGe(vectors.length, 14);
        Settlement settlement = _settlement(address(this));
        for (uint256 i; i < vectors.length; ++i) {
            JobWordVector memory v = vectors[i];
            bytes32 jobId = bytes32(i + 1);
            vm.store(address(settlement), keccak256(abi.encode(jobId, JOBS_SLOT)), bytes32(v.word));
            _checkView(settlement.job(jobId), v);
            assertEq(JobWord.wrap(v.word).grown(), v.grown);
        }
    }

    function test_vote__every_vector__same_fields() public view {
        VoteVector[] memory vectors = voteVectors();
        assertGe(vectors.length, 4);
        for (uint256 i; i < vectors.length; ++i) {
            VoteVector memory v = vectors[i];
            Vote vote = Vote.wrap(v.word);
            assertEq(vote.stage(), v.stage);
            assertEq(vote.isVindicated(), v.vindicated);
            assertEq(vote.seats(), v.seats);
            assertEq(vote.step(), v.step);
            assertEq(vote.isBusy(), v.busy);
            assertEq(vote.opens(v.jobId, v.round, v.first, v.second), v.opens);
        }
    }

    /// @dev What a real settlement says of a job it has opened, whose seed block has the vector's hash.
    function _draw(JobVector memory job, DrawVector memory v) private returns (uint256 seats, uint256 slot) {
        Settlement settlement = _settlement(job.queue);
        vm.chainId(job.chainId);
        vm.warp(OPENED_AT);
        vm.roll(OPENED_IN_BLOCK);
        vm.prank(job.queue);
        settlement.open(job.jobId);
        uint256 seedBlock = settlement.job(job.jobId).seedBlock;

        vm.roll(seedBlock + 1);
        vm.setBlockhash(seedBlock, v.entropy);
        vm.warp(OPENED_AT + v.elapsed);
        weight = v.weight;
        total = v.total;
        return settlement.seatsOf(JobKey(Terms.wrap(job.terms), Rules.wrap(job.rules), job.body), v.worker);
    }

    function _settlement(address queue) private returns (Settlement) {
        return new Settlement(IStakeVault(address(this)), IModelRegistry(address(0)), queue);
    }

    function _checkView(ISettlementTypes.JobView memory shown, JobWordVector memory v) private pure {
        assertEq(shown.status, v.status);
        assertEq(shown.closed, v.closed);
        assertEq(shown.delivered, v.delivered);
        assertEq(shown.claimed, v.claimed);
        assertEq(shown.round, v.round);
        assertEq(shown.voids, v.voids);
        assertEq(shown.appeals, v.appeals);
        assertEq(shown.committed, v.committed);
        assertEq(shown.revealed, v.revealed);
        assertEq(shown.leading, v.leading);
        assertEq(shown.steps, v.steps);
        assertEq(shown.vindicated, 0);
        assertEq(shown.time, v.time);
        assertEq(shown.seedBlock, v.seedBlock);
        assertEq(shown.seed, v.seed);
        assertEq(shown.totalWeight, v.totalWeight);
        assertEq(abi.encodePacked(shown.mark), v.mark);
    }
}
