// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PoolFeeController} from "../../../contracts/consumers/PoolFeeController.sol";
import {Callback} from "../../../contracts/types/Request.sol";
import {Job} from "../utils/Fixture.sol";
import {Pack} from "../utils/Pack.sol";
import {ConsumerFixture} from "./ConsumerFixture.sol";

/// @dev A controller with credit, and its observer's and askers' steps.
abstract contract ControllerFixture is ConsumerFixture {
    uint32 internal constant SPACING = 300;
    uint32 internal constant CONTROLLER_GAS = 150_000;
    uint16 internal constant MIN_BPS = 5;
    uint16 internal constant BASE_BPS = 10;
    uint16 internal constant MAX_BPS = 100;
    uint64 internal constant SLOPE = 40;

    address internal immutable observer = makeAddr("observer");
    PoolFeeController internal controller;
    uint96 private _asked;

    function _settings(uint8 window) internal view returns (PoolFeeController.Settings memory s) {
        s.observer = observer;
        s.version = toleranceVersion;
        s.terms = _consumerTerms();
        s.gasStipend = CONTROLLER_GAS;
        s.deliveryFee = uint64(DELIVERY_FEE);
        s.window = window;
        s.spacing = SPACING;
        s.interval = 2 * SPACING;
        s.fees = PoolFeeController.Fees(BASE_BPS, MIN_BPS, MAX_BPS, SLOPE);
    }

    function _deploy(PoolFeeController.Settings memory s) internal returns (PoolFeeController made) {
        bytes memory arguments = abi.encode(owner, vault, queue, s);
        made = PoolFeeController(vm.deployCode("PoolFeeController.sol:PoolFeeController", arguments));
    }

    function _deployFunded(PoolFeeController.Settings memory s) internal {
        controller = _deploy(s);
        _fundConsumer(address(controller), 1e9 * UNIT);
        _asked = 0;
    }

    function _observe(uint256 price) internal {
        vm.prank(observer);
        assertTrue(controller.observe(price));
    }

    function _observeAfterSpacing(uint256 price) internal {
        _wait(SPACING);
        _observe(price);
    }

    /// @dev Prices that alternate by a hundredth, until the window is full.
    function _fillWindow() internal {
        _observe(100e18);
        for (uint256 i; i < controller.WINDOW(); ++i) {
            _observeAfterSpacing(i % 2 == 0 ? 101e18 : 100e18);
        }
    }

    function _askController() internal returns (Job memory job) {
        Callback callback = Pack.callback(address(controller), CONTROLLER_GAS, DELIVERY_FEE);
        job = _jobOf(address(controller), ++_asked, controller.VERSION(), callback, controller.question());
        vm.prank(stranger);
        assertEq(controller.ask(), job.id);
    }
}
