// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IJobQueue} from "../../../contracts/interfaces/IJobQueue.sol";
import {Assurance} from "../../../contracts/libraries/Assurance.sol";
import {MODE_OPTIMISTIC, Terms} from "../../../contracts/types/Terms.sol";
import {Fixture} from "../utils/Fixture.sol";
import {Pack, TermsFields} from "../utils/Pack.sol";

contract AssuranceTest is Fixture {
    function _fieldsOf(uint256 mode, uint256 committee, uint256 rounds, uint256 window)
        private
        pure
        returns (TermsFields memory f)
    {
        f = _fields(committee, rounds);
        (f.mode, f.appealWindow, f.bond) = (mode, window, 100_000);
    }

    function test_guard__committee__its_first_round() public pure {
        (uint256 seats, uint256 quorum) = Assurance.guard(_terms(5, 3));
        assertEq(seats, 5);
        assertEq(quorum, 4);
        (seats, quorum) = Assurance.guard(_terms(5, 1));
        assertEq(quorum, 3);
    }

    function test_guard__open_round__the_committee_of_the_first_appeal() public pure {
        (uint256 seats, uint256 quorum) = Assurance.guard(Pack.terms(_fieldsOf(MODE_OPTIMISTIC, 7, 3, 600)));
        assertEq(seats, 7);
        assertEq(quorum, 5);
        (, quorum) = Assurance.guard(Pack.terms(_fieldsOf(MODE_OPTIMISTIC, 7, 2, 600)));
        assertEq(quorum, 4);
    }

    /// @dev Against the table in docs/security.md, which a program beside it computes.
    function test_capture__known_values__equal_to_the_last_digit_given() public pure {
        assertEq(Assurance.capture(_terms(3, 2), 3_000) / 1e14, 2_275);
        assertEq(Assurance.capture(_terms(5, 2), 3_000) / 1e14, 656);
        assertEq(Assurance.capture(_terms(15, 2), 3_000) / 1e14, 170);
        assertEq(Assurance.capture(_terms(31, 2), 4_000) / 1e14, 160);
        assertEq(Assurance.capture(_terms(5, 2), 0), 0);
    }

    function test_capture__more_stake__never_less_likely(uint16 share, uint8 committee) public pure {
        Terms terms = _terms(bound(committee, 3, 31), 2);
        share = uint16(bound(share, 0, 9_999));
        assertLe(Assurance.capture(terms, share), Assurance.capture(terms, share + 1) + 1_000); // rounding
    }

    function test_assuranceOf__open_round__the_burned_part_of_one_bond() public view {
        (uint256 lieCost,) = queue.assuranceOf(Pack.terms(_fieldsOf(MODE_OPTIMISTIC, 5, 3, 600)), 3_000);
        assertEq(lieCost, 100_000 * BURN_BPS / 10_000 * UNIT);
    }

    function test_assuranceOf__committee_with_a_window__of_a_quorum_of_bonds() public view {
        (uint256 lieCost, uint256 capture) = queue.assuranceOf(Pack.terms(_fieldsOf(0, 5, 3, 600)), 3_000);
        assertEq(lieCost, 4 * 100_000 * BURN_BPS / 10_000 * UNIT);
        assertEq(capture, Assurance.capture(_terms(5, 3), 3_000));
    }

    function test_assuranceOf__no_window__the_draw_alone() public view {
        (uint256 lieCost,) = queue.assuranceOf(_terms(5, 3), 3_000);
        assertEq(lieCost, 0);
    }

    function test_assuranceOf__more_than_all_stake__reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IJobQueue.ShareOutOfBounds.selector, 0, 10_000, 10_001));
        queue.assuranceOf(_terms(5, 3), 10_001);
    }
}
