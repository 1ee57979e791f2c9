// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Position, PositionLib} from "../../../contracts/types/Position.sol";
import {Test} from "../utils/Test.sol";

contract PositionTest is Test {
    struct Fields {
        uint64 previous;
        uint64 current;
        uint64 free;
        uint32 epoch;
        bool active;
    }

    // --- reverts ---

    function test_plus__sum_beyond_64_bits__reverts(Fields memory f) public {
        f.free = uint64(bound(f.free, 1, type(uint64).max));
        uint256 units = uint256(type(uint64).max) - f.free + 1;
        vm.expectRevert(abi.encodeWithSelector(PositionLib.PositionOverflow.selector, type(uint64).max, f.free + units));
        this.plus(_pack(f), units);
    }

    function test_minus__more_than_free__reverts(Fields memory f) public {
        uint256 units = uint256(f.free) + 1;
        vm.expectRevert(abi.encodeWithSelector(PositionLib.PositionUnderflow.selector, f.free, units));
        this.minus(_pack(f), units);
    }

    // --- fields ---

    function test_getters__word_packed_as_documented__every_field_comes_back(Fields memory f) public pure {
        _assertHolds(_pack(f), f);
    }

    function test_create__any__nothing_but_epoch_and_activity(uint32 epoch, bool active) public pure {
        _assertHolds(PositionLib.create(epoch, active), Fields(0, 0, 0, epoch, active));
    }

    function test_plus_minus__any__change_free_only(Fields memory f, uint64 up, uint64 down) public pure {
        up = uint64(bound(up, 0, type(uint64).max - f.free));
        Position p = _pack(f).plus(up);
        f.free += up;
        _assertHolds(p, f);
        down = uint64(bound(down, 0, f.free));
        p = p.minus(down);
        f.free -= down;
        _assertHolds(p, f);
    }

    function test_withActive__any__changes_its_flag_only(Fields memory f, bool active) public pure {
        Position p = _pack(f).withActive(active);
        f.active = active;
        _assertHolds(p, f);
    }

    // --- epochs ---

    function test_rolled__same_epoch__the_same_word(Fields memory f) public pure {
        _assertHolds(_pack(f).rolled(f.epoch), f);
    }

    function test_rolled__one_epoch__current_becomes_previous(Fields memory f) public pure {
        f.epoch %= type(uint32).max;
        Position p = _pack(f).rolled(f.epoch + 1);
        _assertHolds(p, Fields(f.current, f.active ? f.free : 0, f.free, f.epoch + 1, f.active));
    }

    function test_rolled__many_epochs__what_is_free_counts_in_both(Fields memory f, uint32 epochs) public pure {
        f.epoch %= 2 ** 31;
        epochs = uint32(bound(epochs, 2, 2 ** 31));
        Position p = _pack(f).rolled(f.epoch + epochs);
        uint64 standing = f.active ? f.free : 0;
        _assertHolds(p, Fields(standing, standing, f.free, f.epoch + epochs, f.active));
    }

    function test_rolled__in_two_steps__the_same_as_at_once(Fields memory f, uint16 first, uint16 second) public pure {
        f.epoch %= 2 ** 31;
        Position twice = _pack(f).rolled(f.epoch + first).rolled(uint256(f.epoch) + first + second);
        Position once = _pack(f).rolled(uint256(f.epoch) + first + second);
        assertEq(Position.unwrap(twice), Position.unwrap(once));
    }

    function test_weightIn__this_epoch_the_last_and_others(Fields memory f, uint32 other) public pure {
        f.epoch = uint32(bound(f.epoch, 1, type(uint32).max));
        vm.assume(other != f.epoch && uint256(other) + 1 != f.epoch);
        assertEq(_pack(f).weightIn(f.epoch), f.current);
        assertEq(_pack(f).weightIn(f.epoch - 1), f.previous);
        assertEq(_pack(f).weightIn(other), 0);
    }

    // --- helpers ---

    function plus(Position p, uint256 units) external pure returns (Position) {
        return p.plus(units);
    }

    function minus(Position p, uint256 units) external pure returns (Position) {
        return p.minus(units);
    }

    function _pack(Fields memory f) private pure returns (Position) {
        uint256 word = f.previous | uint256(f.current) << 64 | uint256(f.free) << 128;
        return Position.wrap(word | uint256(f.epoch) << 192 | (f.active ? 1 << 224 : 0));
    }

    function _assertHolds(Position p, Fields memory f) private pure {
        assertEq(Position.unwrap(p), Position.unwrap(_pack(f)));
        assertEq(p.previous(), f.previous);
        assertEq(p.current(), f.current);
        assertEq(p.free(), f.free);
        assertEq(p.epoch(), f.epoch);
        assertEq(p.active(), f.active);
    }
}
