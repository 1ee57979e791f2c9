// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {History} from "../../../contracts/types/History.sol";
import {TallyLib} from "../../../contracts/types/Tally.sol";
import {Test} from "../utils/Test.sol";

contract HistoryTest is Test {
    /// @dev One round's part, unpacked.
    struct Part {
        uint8 committed;
        uint8 revealed;
        uint8 seats;
        uint8 step;
    }

    function test_getters__word_packed_as_documented__every_field_comes_back(Part[6] memory parts) public pure {
        uint256 word;
        uint256 vindicated;
        for (uint256 r; r < 6; ++r) {
            Part memory p = _fit(parts[r]);
            uint256 tally = p.seats | uint256(p.seats) * p.step << 7;
            word |= (p.committed | uint256(p.revealed) << 8 | tally << 16) << 40 * r;
            vindicated += p.seats;
        }
        _assertHolds(History.wrap(word), parts, vindicated);
    }

    function test_withRound__round_after_round__each_in_its_place(Part[6] memory parts) public pure {
        History h;
        uint256 vindicated;
        for (uint256 r; r < 6; ++r) {
            Part memory p = _fit(parts[r]);
            h = h.withRound(r, p.committed, p.revealed);
            h = h.addVindicated(r, TallyLib.create(p.seats, p.step));
            vindicated += p.seats;
        }
        _assertHolds(h, parts, vindicated);
    }

    /// @dev Sixty-three seats shown right one by one, at the highest price, in a round with neighbours.
    function test_addVindicated__whole_committee_seat_by_seat__neighbours_untouched(uint8 round) public pure {
        round = uint8(bound(round, 0, 4));
        History h = History.wrap(0).withRound(round, 63, 63).withRound(round + 1, 31, 30);
        for (uint256 i; i < 63; ++i) {
            h = h.addVindicated(round, TallyLib.create(1, 255));
        }
        assertEq(h.vindicated(round).seats(), 63);
        assertEq(h.vindicated(round).steps(), 63 * 255);
        assertFalse(h.vindicated(round).isAnswer());
        assertEq(h.committed(round), 63);
        assertEq(h.committed(round + 1), 31);
        assertEq(h.revealed(round + 1), 30);
        assertEq(h.vindicated(round + 1).seats(), 0);
        assertEq(h.allVindicated(), 63);
    }

    function _fit(Part memory p) private pure returns (Part memory) {
        p.committed %= 64;
        p.revealed %= 64;
        p.seats %= 64;
        return p;
    }

    function _assertHolds(History h, Part[6] memory parts, uint256 vindicated) private pure {
        for (uint256 r; r < 6; ++r) {
            assertEq(h.committed(r), parts[r].committed);
            assertEq(h.revealed(r), parts[r].revealed);
            assertEq(h.vindicated(r).seats(), parts[r].seats);
            assertEq(h.vindicated(r).steps(), uint256(parts[r].seats) * parts[r].step);
        }
        assertEq(h.allVindicated(), vindicated);
    }
}
