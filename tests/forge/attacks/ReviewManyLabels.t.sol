// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {LabelGate} from "../../../contracts/consumers/LabelGate.sol";
import {TensorEncoder} from "../../../contracts/libraries/TensorEncoder.sol";
import {ConsumerFixture} from "../consumers/ConsumerFixture.sol";

/// @dev A lock whose answer has so many labels that no transaction can read it would never open, for anybody: a depositor
/// could promise what no answer releases.
contract ReviewManyLabelsTest is ConsumerFixture {
    uint256 private constant MOST_LABELS = 4_096;
    /// @dev EIP-7825, the most a byte of calldata costs (EIP-7623), and what handing over needs beside reading.
    uint256 private constant MOST_GAS = 16_777_216;
    uint256 private constant BYTE_GAS = 40;
    uint256 private constant BESIDE = 300_000;

    LabelGate private _gate;

    function setUp() public override {
        super.setUp();
        bytes memory arguments =
            abi.encode(vault, queue, token, _consumerTerms(), uint32(150_000), uint64(DELIVERY_FEE));
        _gate = LabelGate(vm.deployCode("LabelGate.sol:LabelGate", arguments));
    }

    function test_lock__more_labels_than_a_transaction_reads__refused() public {
        LabelGate.Condition memory c = LabelGate.Condition(7, uint16(MOST_LABELS + 1), 0.6e18);
        vm.expectRevert(abi.encodeWithSelector(LabelGate.TooManyLabels.selector, MOST_LABELS, MOST_LABELS + 1));
        _gate.lock(stranger, 1, c, exactVersion, INPUT);
    }

    /// @dev The dearest likelihoods of some that are read in different ways: zero, subnormal, small, usual, huge.
    function test_most_labels__read_within_one_transaction() public view {
        uint32[5] memory patterns = [0, 0x00000001, 0x2edbe6ff, 0x3eaaaaab, uint32(0x7f7fffff)];
        for (uint256 i; i < patterns.length; ++i) {
            bytes memory answer = _uniform(patterns[i]);
            uint256 before = gasleft();
            _gate.read(answer, MOST_LABELS);
            assertLt(before - gasleft() + BYTE_GAS * answer.length + BESIDE, MOST_GAS);
        }
    }

    /// @dev As many labels as there may be, all of one float32 bit pattern.
    function _uniform(uint32 pattern) private pure returns (bytes memory answer) {
        answer = TensorEncoder.encodeFloat32(new int256[](MOST_LABELS));
        uint256 header = answer.length - 4 * MOST_LABELS;
        for (uint256 i = header; i < answer.length; ++i) {
            answer[i] = bytes1(uint8(pattern >> (8 * ((i - header) % 4))));
        }
    }
}
