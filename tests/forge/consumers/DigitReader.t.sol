// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DigitReader} from "../../../contracts/consumers/DigitReader.sol";
import {InferenceConsumer} from "../../../contracts/consumers/InferenceConsumer.sol";
import {IJobQueue} from "../../../contracts/interfaces/IJobQueue.sol";
import {TensorEncoder} from "../../../contracts/libraries/TensorEncoder.sol";
import {Callback} from "../../../contracts/types/Request.sol";
import {Fixture, Job} from "../utils/Fixture.sol";
import {Pack} from "../utils/Pack.sol";

contract DigitReaderTest is Fixture {
    uint32 private constant _GAS = 100_000;
    DigitReader private _reader;
    uint96 private _asked;

    function setUp() public override {
        super.setUp();
        _enlistEqual(3);
        _reader = DigitReader(
            vm.deployCode(
                "DigitReader.sol:DigitReader",
                abi.encode(vault, queue, exactVersion, _terms(3, 1), _GAS, uint64(DELIVERY_FEE))
            )
        );
        _fund(address(this), 1e9 * UNIT);
        vault.withdraw(address(this), 1e9 * UNIT);
        token.approve(address(vault), 1e9 * UNIT);
        vault.deposit(address(_reader), 1e9 * UNIT);
    }

    // --- reverts ---

    function test_ask__stranger__reverts() public {
        vm.expectRevert(abi.encodeWithSelector(DigitReader.NotOwner.selector, stranger));
        vm.prank(stranger);
        _reader.ask(INPUT);
    }

    function test_withdraw__stranger__reverts() public {
        vm.expectRevert(abi.encodeWithSelector(DigitReader.NotOwner.selector, stranger));
        vm.prank(stranger);
        _reader.withdraw(1);
    }

    function test_onInference__not_the_queue__reverts() public {
        Job memory job = _ask();
        vm.expectRevert(abi.encodeWithSelector(InferenceConsumer.NotQueue.selector, queue, stranger));
        vm.prank(stranger);
        _reader.onInference(job.id, exactVersion, _likely(7));
    }

    function test_deliver__job_of_somebody_else__not_taken() public {
        Job memory job = _post(requester, exactVersion, _terms(3, 1), _callback());
        _draw();
        _voted(job, 3, _likely(7), "");
        vm.expectEmit(address(queue));
        emit IJobQueue.DeliveryFailed(job.id, address(_reader), address(this));
        queue.deliver(job.request, job.rules, address(0), _likely(7));
        _assertReading(job.id, DigitReader.Status.UNKNOWN, 0, 0);
    }

    // --- effects ---

    function test_deliver__settled__likeliest_digit() public {
        Job memory job = _ask();
        _voted(job, 3, _likely(7), "");
        vm.expectEmit(address(_reader));
        emit DigitReader.DigitRead(job.id, 7, 0.75e18);
        queue.deliver(job.request, job.rules, address(0), _likely(7));
        _assertReading(job.id, DigitReader.Status.READ, 7, 0.75e18);
    }

    function test_deliver__input_did_not_fit__refused() public {
        Job memory job = _ask();
        _voted(job, 3, hex"00", "");
        queue.deliver(job.request, job.rules, address(0), hex"00");
        _assertReading(job.id, DigitReader.Status.REFUSED, 0, 0);
    }

    function test_deliver__more_values_than_digits__told_again_later() public {
        Job memory job = _ask();
        bytes memory eleven = TensorEncoder.encodeFloat32(new int256[](11));
        _voted(job, 3, eleven, "");
        vm.expectEmit(address(queue));
        emit IJobQueue.DeliveryFailed(job.id, address(_reader), address(this));
        queue.deliver(job.request, job.rules, address(0), eleven);
        _assertReading(job.id, DigitReader.Status.ASKED, 0, 0);
    }

    function test_giveUp__nobody_answered__unanswered() public {
        Job memory job = _ask();
        _wait(COMMIT_SECONDS);
        _advance(job);
        _reader.giveUp(job.id);
        _assertReading(job.id, DigitReader.Status.UNANSWERED, 0, 0);
    }

    function test_withdraw__owner__credit_paid_out() public {
        uint256 credit = vault.credit(address(_reader));
        _reader.withdraw(credit);
        assertEq(vault.credit(address(_reader)), 0);
        assertEq(token.balanceOf(address(this)), credit);
    }

    // --- helpers ---

    function _callback() private view returns (Callback) {
        return Pack.callback(address(_reader), _GAS, DELIVERY_FEE);
    }

    function _ask() private returns (Job memory job) {
        _useNonce(++_asked);
        job = _job(address(_reader), exactVersion, _terms(3, 1), _callback());
        assertEq(_reader.ask(INPUT), job.id);
        _assertReading(job.id, DigitReader.Status.ASKED, 0, 0);
        _draw();
    }

    /// @dev Three quarters for one digit, a quarter for the one before it.
    function _likely(uint256 digit) private pure returns (bytes memory) {
        int256[] memory values = new int256[](10);
        values[digit] = 0.75e18;
        values[digit - 1] = 0.25e18;
        uint32[] memory dims = new uint32[](2);
        (dims[0], dims[1]) = (1, 10);
        return TensorEncoder.encodeFloat32(values, dims);
    }

    function _assertReading(bytes32 id, DigitReader.Status status, uint256 digit, uint256 likelihood) private view {
        (DigitReader.Status found, uint8 foundDigit, uint240 foundLikelihood) = _reader.readings(id);
        assertEq(uint256(found), uint256(status));
        assertEq(foundDigit, digit);
        assertEq(foundLikelihood, likelihood);
    }
}
