// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ReturnRing, ReturnRingLib} from "../../../contracts/libraries/ReturnRing.sol";
import {Test} from "../utils/Test.sol";

contract ReturnRingTest is Test {
    uint256 private constant _LENGTH = 3;
    uint256 private constant _SPACING = 60;
    /// @dev With 12 decimals, cut: ln 2 and ln 3.
    int256 private constant _LN2 = 0.693147180559e18;
    int256 private constant _LN3 = 1.098612288668e18;
    ReturnRing private _ring;

    function setUp() public {
        vm.warp(1_700_000_000);
    }

    function record(uint256 price) public returns (bool) {
        return _ring.record(price, _LENGTH, _SPACING);
    }

    function values() public view returns (int256[] memory) {
        return _ring.values(_LENGTH);
    }

    // --- reverts ---

    function test_record__price_of_nothing__reverts() public {
        vm.expectRevert(abi.encodeWithSelector(ReturnRingLib.ReturnRingBadPrice.selector, type(uint128).max, 0));
        this.record(0);
    }

    function test_record__price_above_the_largest__reverts() public {
        uint256 price = uint256(type(uint128).max) + 1;
        vm.expectRevert(abi.encodeWithSelector(ReturnRingLib.ReturnRingBadPrice.selector, type(uint128).max, price));
        this.record(price);
    }

    function test_values__one_too_few__reverts() public {
        _recordAll(1e18, 2e18, 1e18);
        vm.expectRevert(abi.encodeWithSelector(ReturnRingLib.ReturnRingIncomplete.selector, _LENGTH, 2));
        this.values();
    }

    // --- effects ---

    function test_record__before_the_spacing_is_over__not_taken() public {
        record(1e18);
        vm.warp(block.timestamp + _SPACING - 1);
        assertFalse(record(2e18));
        vm.warp(block.timestamp + 1);
        assertTrue(record(2e18));
        assertEq(uint256(_ring.filled), 1);
    }

    function test_values__full__returns_in_order() public {
        _recordAll(1e18, 2e18, 6e18);
        _recordNext(2e18);
        _assertValues(_LN2, _LN3, -_LN3);
    }

    function test_values__more_than_full__oldest_gone() public {
        _recordAll(1e18, 2e18, 6e18);
        _recordNext(2e18);
        _recordNext(4e18);
        _assertValues(_LN3, -_LN3, _LN2);
        _recordNext(2e18);
        _assertValues(-_LN3, _LN2, -_LN2);
        _recordNext(6e18);
        _assertValues(_LN2, -_LN2, _LN3);
    }

    function test_record__gap__starts_anew() public {
        _recordAll(1e18, 2e18, 6e18);
        _recordNext(2e18);
        vm.warp(block.timestamp + 2 * _SPACING);
        assertTrue(record(9e18));
        vm.expectRevert(abi.encodeWithSelector(ReturnRingLib.ReturnRingIncomplete.selector, _LENGTH, 0));
        this.values();
        _recordNext(18e18);
        _recordNext(54e18);
        _recordNext(27e18);
        _assertValues(_LN2, _LN3, -_LN2);
    }

    function test_record__just_within_the_gap__goes_on() public {
        _recordAll(1e18, 2e18, 6e18);
        vm.warp(block.timestamp + 2 * _SPACING - 1);
        assertTrue(record(2e18));
        _assertValues(_LN2, _LN3, -_LN3);
    }

    function test_values__longest_ring__every_return_in_its_place() public {
        uint256 length = ReturnRingLib.MOST_RETURNS;
        uint256 price = 1e18;
        assertTrue(_ring.record(price, length, _SPACING));
        for (uint256 i = 1; i <= length + 5; ++i) {
            vm.warp(block.timestamp + _SPACING);
            price = i % 7 == 0 ? price * 3 : i % 2 == 0 ? price / 2 : price * 2;
            assertTrue(_ring.record(price, length, _SPACING));
        }
        int256[] memory found = _ring.values(length);
        for (uint256 i; i < length; ++i) {
            uint256 step = i + 6;
            _assertNear(found[i], step % 7 == 0 ? _LN3 : step % 2 == 0 ? -_LN2 : _LN2);
        }
    }

    function testFuzz_record__any_prices__return_fits_and_turns_back(uint128 first, uint128 second) public {
        vm.assume(first != 0 && second != 0);
        _recordAll(first, second, first);
        _recordNext(second);
        int256[] memory found = values();
        _assertNear(found[0], -found[1]);
        assertEq(found[0], found[2]);
        if (first < second) assertTrue(found[0] >= 0);
        if (first > second) assertTrue(found[0] <= 0);
        // ln(2^128) is 88.7.
        assertTrue(found[0] <= 88.8e18 && found[0] >= -88.8e18);
    }

    // --- helpers ---

    function _recordAll(uint256 first, uint256 second, uint256 third) private {
        assertTrue(record(first));
        _recordNext(second);
        _recordNext(third);
    }

    function _recordNext(uint256 price) private {
        vm.warp(block.timestamp + _SPACING);
        assertTrue(record(price));
    }

    function _assertValues(int256 first, int256 second, int256 third) private view {
        int256[] memory found = values();
        assertEq(found.length, 3);
        _assertNear(found[0], first);
        _assertNear(found[1], second);
        _assertNear(found[2], third);
    }

    /// @dev Two logarithms, each cut at 18 decimals, may put the difference over the next of 12.
    function _assertNear(int256 left, int256 right) private pure {
        int256 difference = left - right;
        assertTrue(difference <= 1e6 && difference >= -1e6);
    }
}
