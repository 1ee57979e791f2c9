// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Batch} from "../../../contracts/base/Batch.sol";
import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {IStakeVault} from "../../../contracts/interfaces/IStakeVault.sol";
import {Closing} from "../../../contracts/settlement/Closing.sol";
import {Job} from "../utils/Fixture.sol";
import {AttackFixture} from "./AttackFixture.sol";

/// @dev Runs another's code as its own, on storage of its own choice.
contract Impostor {
    function run(address code, bytes calldata data) external returns (bool ok, bytes memory answer) {
        return code.delegatecall(data);
    }
}

/// @dev Attacks on the contract whose code Settlement runs as its own.
contract ReviewClosingTest is AttackFixture {
    /// @dev float32 in the largest result a worker's settings allow, 61,440 bytes, less the header.
    uint256 private constant ELEMENTS = 15_358;
    uint256 private constant MOST_GAS = 15_000_000;

    address private _closing;

    function setUp() public override {
        super.setUp();
        _closing = vm.computeCreateAddress(address(settlement), 2);
        assertGt(_closing.code.length, 0);
    }

    /// @dev Its code on storage in which the job was decided in the attacker's favour: the vault does not listen.
    function test_delegate_call_by_another_contract__the_vault_refuses() public {
        Job memory job = _postExact(5, 1);
        _voted(job, 5, "a", "");
        Impostor impostor = new Impostor();
        bytes32 place = keccak256(abi.encode(job.id, 0));
        vm.store(address(impostor), place, vm.load(address(settlement), place));
        (bool ok, bytes memory answer) = impostor.run(_closing, abi.encodeCall(Closing.close, (job.request, job.rules)));
        assertFalse(ok);
        assertEq(
            answer, abi.encodeWithSelector(IStakeVault.NotSettlement.selector, address(settlement), address(impostor))
        );
        assertFalse(settlement.job(job.id).closed);
    }

    /// @dev In a batch inside a batch, with bytes behind the arguments, twice: the money is divided once.
    function test_close_in_nested_batches_with_trailing_bytes__once_and_the_reason_passed_on() public {
        Job memory job = _postExact(5, 1);
        _voted(job, 4, "a", "b");
        bytes memory close = abi.encodePacked(abi.encodeCall(settlement.close, (job.request, job.rules)), hex"ff00ff");
        bytes[] memory calls = new bytes[](2);
        (calls[0], calls[1]) = (close, close);
        bytes[] memory outer = new bytes[](2);
        outer[0] = abi.encodeCall(settlement.batch, (calls));
        outer[1] = close;
        bytes memory reason = abi.encodeWithSelector(ISettlementTypes.ClosedAlready.selector, job.id);
        vm.expectEmit(address(settlement));
        emit Batch.BatchItemFailed(1, reason);
        vm.expectEmit(address(settlement));
        emit Batch.BatchItemFailed(1, reason);
        settlement.batch(outer);
        for (uint256 i; i < 5; ++i) {
            _claim(job, 0, workers[i], i < 4 ? bytes("a") : bytes("b"));
        }
        _assertNothingLeftInJobs();
    }

    /// @dev Whatever gas it is given, it divides everything or nothing.
    function test_close__any_gas__all_or_nothing(uint256 gas_, bool inBatch) public {
        Job memory job = _postExact(5, 1);
        _voted(job, 4, "a", "b");
        bytes memory call = abi.encodeCall(settlement.close, (job.request, job.rules));
        if (inBatch) {
            bytes[] memory calls = new bytes[](1);
            calls[0] = call;
            call = abi.encodeCall(settlement.batch, (calls));
        }
        (bool ok,) = address(settlement).call{gas: bound(gas_, 5_000, 300_000)}(call);
        if (!ok) assertFalse(settlement.job(job.id).closed);
        if (!settlement.job(job.id).closed) _close(job);
        for (uint256 i; i < 5; ++i) {
            _claim(job, 0, workers[i], i < 4 ? bytes("a") : bytes("b"));
        }
        _assertNothingLeftInJobs();
    }

    /// @dev Two of the largest results, each element of which has to be compared exactly, through both contracts: fits
    /// into what workers let a transaction ask for, the calldata at 16 gas a byte included.
    function test_vindicate__largest_results__within_one_transaction() public {
        bytes memory settled = _filled(0x3f800000);
        bytes memory other = _filled(0x3f800000 + (8 << 11));
        Job memory job = _postTolerance(5, 1);
        _voted(job, 4, settled, other);
        ISettlementTypes.Ballot memory ballot = _revealedBallot(job, 0, workers[4], other);
        bytes[] memory calls = new bytes[](1);
        calls[0] = abi.encodeCall(settlement.vindicate, (job.key, workers[4], ballot, other, settled));
        uint256 intrinsic = 21_000 + 16 * abi.encodeCall(settlement.batch, (calls)).length;
        settlement.batch{gas: MOST_GAS - intrinsic}(calls);
        assertEq(settlement.job(job.id).vindicated, 1);
    }

    function _filled(uint32 pattern) private pure returns (bytes memory payload) {
        uint256 eight = uint256(_turned(pattern)) * 0x0000000100000001000000010000000100000001000000010000000100000001;
        payload = abi.encodePacked(hex"010101", _turned(uint32(ELEMENTS)), new bytes(4 * ELEMENTS));
        for (uint256 place = 7; place + 32 <= payload.length; place += 32) {
            assembly ("memory-safe") {
                mstore(add(add(payload, 32), place), eight)
            }
        }
    }

    function _turned(uint32 w) private pure returns (uint32) {
        return w << 24 | (w & 0xFF00) << 8 | (w >> 8) & 0xFF00 | w >> 24;
    }
}
