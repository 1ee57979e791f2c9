// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IStakeVault} from "../../../contracts/interfaces/IStakeVault.sol";
import {Deployment} from "../utils/Deployment.sol";

contract ConstructorTest is Deployment {
    struct Arguments {
        address asset;
        uint256 unit;
        uint256 epoch;
        uint256 minimumStake;
        address queue;
        address settlement;
    }

    function setUp() public {
        _deploy();
    }

    function test_constructor__an_address_missing__reverts() public {
        bytes memory reason = abi.encodeWithSelector(IStakeVault.ZeroAddress.selector);
        Arguments memory a = _fine();
        a.asset = address(0);
        _expectRefused(a, reason);
        a = _fine();
        a.queue = address(0);
        _expectRefused(a, reason);
        a = _fine();
        a.settlement = address(0);
        _expectRefused(a, reason);
    }

    function test_constructor__no_unit_or_no_epoch__reverts() public {
        bytes memory reason = abi.encodeWithSelector(IStakeVault.ZeroAmount.selector);
        Arguments memory a = _fine();
        a.unit = 0;
        _expectRefused(a, reason);
        a = _fine();
        a.epoch = 0;
        _expectRefused(a, reason);
    }

    function test_constructor__unit_above_the_largest__reverts() public {
        Arguments memory a = _fine();
        a.unit = 1e18 + 1;
        _expectRefused(a, abi.encodeWithSelector(IStakeVault.UnitTooLarge.selector, 1e18, 1e18 + 1));
        a.unit = 1e18;
        _create(a);
    }

    function test_constructor__wiring__as_given() public view {
        assertEq(vault.ASSET(), address(token));
        assertEq(vault.UNIT(), UNIT);
        assertEq(vault.EPOCH(), EPOCH);
        assertEq(vault.MINIMUM_STAKE(), MINIMUM_STAKE);
        assertEq(vault.QUEUE(), address(queue));
        assertEq(vault.SETTLEMENT(), address(settlement));
        assertEq(settlement.VAULT(), address(vault));
        assertEq(settlement.REGISTRY(), address(registry));
        assertEq(settlement.QUEUE(), address(queue));
    }

    function _fine() private view returns (Arguments memory) {
        return Arguments(address(token), 1, 1, 1, address(queue), address(settlement));
    }

    function _create(Arguments memory a) private {
        bytes memory arguments = abi.encode(a.asset, a.unit, a.epoch, a.minimumStake, a.queue, a.settlement);
        vm.deployCode("StakeVault.sol:StakeVault", arguments);
    }

    /// @dev Another call, whose revert can be caught.
    function create(Arguments memory a) external {
        _create(a);
    }

    function _expectRefused(Arguments memory a, bytes memory reason) private {
        try this.create(a) {
            revert("created");
        } catch (bytes memory got) {
            assertEq(got, reason);
        }
    }
}
