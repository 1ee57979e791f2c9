// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DigitReader} from "../../../contracts/consumers/DigitReader.sol";
import {LabelGate} from "../../../contracts/consumers/LabelGate.sol";
import {Callback} from "../../../contracts/types/Request.sol";
import {Job} from "../utils/Fixture.sol";
import {Pack} from "../utils/Pack.sol";
import {ControllerFixture} from "./ControllerFixture.sol";

struct VolatilityVector {
    uint256[] prices;
    bytes question;
    bytes result;
    uint256 volatility;
}

struct DigitVector {
    bytes question;
    bytes result;
    uint256 label;
    uint256 likelihood;
    uint256 truth;
}

/// @dev The example contracts and what the example models answered, recorded in tests/vectors/consumers.json.
contract ExampleAnswersTest is ControllerFixture {
    uint32 private constant _GAS = 150_000;
    address private immutable _payee = makeAddr("payee");

    function test_controller__simulated_prices__question_and_fee_of_the_model() public {
        string memory types = "VolatilityVector(uint256[] prices,bytes question,bytes result,uint256 volatility)";
        VolatilityVector[] memory cases = abi.decode(_parse(".volatility", types), (VolatilityVector[]));
        assertGt(cases.length, 3);
        for (uint256 i; i < cases.length; ++i) {
            VolatilityVector memory c = cases[i];
            _deployFunded(_settings(uint8(c.prices.length - 1)));
            for (uint256 j; j < c.prices.length; ++j) {
                if (j != 0) _wait(SPACING);
                _observe(c.prices[j]);
            }
            assertEq(controller.question(), c.question);
            _answer(_askController(), c.result);
            uint256 fee = BASE_BPS + SLOPE * c.volatility / 1e18;
            assertEq(controller.feeBps(), fee > MAX_BPS ? MAX_BPS : fee);
        }
    }

    function test_reader__pictures__digits_of_the_model() public {
        DigitVector[] memory cases = _digits();
        bytes memory arguments =
            abi.encode(vault, queue, toleranceVersion, _consumerTerms(), _GAS, uint64(DELIVERY_FEE));
        DigitReader reader = DigitReader(vm.deployCode("DigitReader.sol:DigitReader", arguments));
        _fundConsumer(address(reader), 1e9 * UNIT);
        uint256 right;
        for (uint256 i; i < cases.length; ++i) {
            DigitVector memory c = cases[i];
            Job memory job = _jobAt(address(reader), uint96(i + 1), c.question);
            assertEq(reader.ask(c.question), job.id);
            _answer(job, c.result);
            (DigitReader.Status status, uint256 digit, uint256 likelihood) = reader.readings(job.id);
            assertEq(uint256(status), uint256(DigitReader.Status.READ));
            assertEq(digit, c.label);
            assertEq(likelihood, c.likelihood);
            if (digit == c.truth) ++right;
        }
        assertGe(right, cases.length - 1);
    }

    function test_gate__pictures__released_for_the_likely_label_alone() public {
        DigitVector[] memory cases = _digits();
        bytes memory arguments = abi.encode(vault, queue, token, _consumerTerms(), _GAS, uint64(DELIVERY_FEE));
        LabelGate gate = LabelGate(vm.deployCode("LabelGate.sol:LabelGate", arguments));
        token.mint(address(this), 1e30);
        token.approve(address(gate), 1e30);
        uint256 released;
        for (uint256 i; i < 2 * cases.length; ++i) {
            DigitVector memory c = cases[i / 2];
            uint256 label = i % 2 == 0 ? c.label : (c.label + 1) % 10;
            LabelGate.Condition memory condition = LabelGate.Condition(uint16(label), 10, 0.9e18);
            Job memory job = _jobAt(address(gate), uint96(i + 1), c.question);
            assertEq(gate.lock(_payee, 1e18, condition, toleranceVersion, c.question), job.id);
            _answer(job, c.result);
            bool releases = label == c.label && c.likelihood >= 0.9e18;
            LabelGate.Stage expected = releases ? LabelGate.Stage.RELEASED : LabelGate.Stage.RETURNED;
            assertEq(uint256(gate.lockOf(job.id).stage), uint256(expected));
            if (releases) ++released;
        }
        assertGt(released, 0);
        assertLt(released, cases.length);
    }

    function _digits() private view returns (DigitVector[] memory cases) {
        string memory types = "DigitVector(bytes question,bytes result,uint256 label,uint256 likelihood,uint256 truth)";
        cases = abi.decode(_parse(".digits", types), (DigitVector[]));
        assertGt(cases.length, 3);
    }

    function _jobAt(address consumer, uint96 nonce, bytes memory input) private view returns (Job memory) {
        Callback callback = Pack.callback(consumer, _GAS, DELIVERY_FEE);
        return _jobOf(consumer, nonce, toleranceVersion, callback, input);
    }

    function _parse(string memory key, string memory types) private view returns (bytes memory) {
        return vm.parseJsonTypeArray(vm.readFile("tests/vectors/consumers.json"), key, types);
    }
}
