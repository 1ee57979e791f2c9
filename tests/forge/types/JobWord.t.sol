// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {COMMITTING, DECIDED, JobWord, JobWordLib, PROPOSED, REVEALING} from "../../../contracts/types/JobWord.sol";
import {Tally, TallyLib} from "../../../contracts/types/Tally.sol";
import {Test} from "../utils/Test.sol";

contract JobWordTest is Test {
    /// @dev All fields, unpacked. `top` stands for the mark, or for seed block, or for seed and total.
    struct Fields {
        uint8 status;
        bool closed;
        bool delivered;
        bool feePaid;
        uint8 round;
        uint8 voids;
        uint8 committed;
        uint8 revealed;
        uint8 leading;
        uint16 steps;
        uint40 time;
        uint8 appeals;
        bool claimed;
        uint160 top;
    }

    function test_getters__word_packed_as_documented__every_field_comes_back(Fields memory f) public pure {
        f = _fit(f);
        _assertHolds(_pack(f), f);
    }

    function test_mark__before_the_first_commitment__is_the_seed_block(uint64 seedBlock) public pure {
        JobWord j = JobWord.wrap(COMMITTING | uint256(seedBlock) << 96);
        assertEq(j.seedBlock(), seedBlock);
        assertEq(j.mark(), seedBlock);
    }

    function test_mark__after_the_first_commitment__is_seed_and_total(uint96 seed, uint64 total) public pure {
        JobWord j = JobWord.wrap(COMMITTING | uint256(total) << 96 | uint256(seed) << 160);
        assertEq(j.seed(), seed);
        assertEq(j.total(), total);
        assertEq(j.mark(), uint256(seed) << 64 | total);
    }

    function test_withStatus__any_word__changes_nothing_else(Fields memory f, uint8 status) public pure {
        f = _fit(f);
        JobWord j = _pack(f).withStatus(status % 8);
        f.status = status % 8;
        _assertHolds(j, f);
    }

    function test_withSeed__any_word__changes_the_mark_only(Fields memory f, uint96 seed, uint64 total) public pure {
        f = _fit(f);
        JobWord j = _pack(f).withSeed(seed, total);
        f.top = uint160(seed) << 64 | total;
        _assertHolds(j, f);
    }

    function test_revealing__any_word__begins_without_leader(Fields memory f, uint40 time) public pure {
        f = _fit(f);
        JobWord j = _pack(f).revealing(time % 2 ** 34);
        (f.status, f.time, f.top) = (uint8(REVEALING), time % 2 ** 34, 0);
        (f.leading, f.steps, f.claimed) = (0, 0, false);
        _assertHolds(j, f);
    }

    function test_proposed__any_word__one_seat_that_has_spoken(Fields memory f, uint40 time, uint8 step, uint160 mark)
        public
        pure
    {
        f = _fit(f);
        JobWord j = _pack(f).proposed(time % 2 ** 34, TallyLib.create(1, step), mark);
        (f.status, f.time, f.top) = (uint8(PROPOSED), time % 2 ** 34, mark);
        (f.committed, f.revealed, f.leading, f.steps, f.claimed) = (1, 1, 1, step, false);
        _assertHolds(j, f);
    }

    function test_withLeader__any_word__changes_leader_and_tally_only(
        Fields memory f,
        uint160 digest,
        uint8 seats,
        uint8 step
    ) public pure {
        f = _fit(f);
        JobWord j = _pack(f).withLeader(digest, TallyLib.create(seats % 64, step));
        (f.top, f.leading, f.steps) = (digest, seats % 64, uint16(seats % 64) * step);
        _assertHolds(j, f);
    }

    function test_flags__any_word__change_nothing_else(Fields memory f) public pure {
        f = _fit(f);
        JobWord j = _pack(f).asClosed();
        f.closed = true;
        _assertHolds(j, f);
        j = j.asDelivered();
        (f.delivered, f.feePaid) = (true, true);
        _assertHolds(j, f);
        j = j.asUndelivered();
        f.delivered = false;
        _assertHolds(j, f);
        j = j.asClaimed();
        f.claimed = true;
        _assertHolds(j, f);
    }

    function test_isAnswered__by_status__decided_and_proposed_only() public pure {
        for (uint256 status; status < 8; ++status) {
            assertEq(JobWord.wrap(status).isAnswered(), status == DECIDED || status == PROPOSED);
        }
    }

    function test_add__sums_that_fit__change_one_field_each(Fields memory f, uint8 seats, uint8 step) public pure {
        f = _fit(f);
        seats %= 64;
        (f.committed, f.revealed, f.leading) = (f.committed % 64, f.revealed % 64, f.leading % 64);
        f.steps %= 321; // and 63 seats of 255 steps more still fit
        JobWord j = _pack(f).addCommitted(seats);
        f.committed += seats;
        _assertHolds(j, f);
        j = j.addRevealed(seats);
        f.revealed += seats;
        _assertHolds(j, f);
        j = j.addLeading(TallyLib.create(seats, step));
        f.leading += seats;
        f.steps += uint16(seats) * step;
        _assertHolds(j, f);
    }

    function test_appealed__any_word__sets_the_bit_of_its_round(Fields memory f) public pure {
        f = _fit(f);
        JobWord j = _pack(f).appealed();
        f.appeals |= uint8(1 << f.round);
        _assertHolds(j, f);
        assertTrue(j.isAppealed(f.round));
    }

    function test_voided__any_word__sets_the_bit_of_its_round(Fields memory f) public pure {
        f = _fit(f);
        JobWord j = _pack(f).voided();
        f.voids |= uint8(1 << f.round);
        _assertHolds(j, f);
        assertTrue(j.isVoid(f.round));
    }

    function test_opened__any_moment__a_committing_word_of_round_0(uint40 time, uint40 seedBlock) public pure {
        Fields memory f;
        f.status = uint8(COMMITTING);
        f.time = time % 2 ** 34;
        f.top = seedBlock;
        _assertHolds(JobWordLib.opened(f.time, seedBlock), f);
    }

    function test_reopened__any_word__keeps_flags_voids_and_appeals_only(Fields memory f, uint40 time, uint40 seedBlock)
        public
        pure
    {
        f = _fit(f);
        f.round %= 7;
        JobWord j = _pack(f).reopened(time % 2 ** 34, seedBlock);
        f.status = uint8(COMMITTING);
        f.round += 1;
        (f.committed, f.revealed, f.leading, f.steps, f.claimed) = (0, 0, 0, 0, false);
        f.time = time % 2 ** 34;
        f.top = seedBlock;
        _assertHolds(j, f);
    }

    function test_grown__any_voids__earlier_rounds_that_were_not_void(Fields memory f) public pure {
        f = _fit(f);
        uint256 expected;
        for (uint256 r; r < f.round; ++r) {
            if (f.voids >> r & 1 == 0) ++expected;
        }
        assertEq(_pack(f).grown(), expected);
    }

    function _fit(Fields memory f) private pure returns (Fields memory) {
        f.status %= 8;
        f.round %= 8;
        f.committed %= 128;
        f.revealed %= 128;
        f.leading %= 128;
        f.steps %= 2 ** 14;
        f.time %= 2 ** 34;
        return f;
    }

    function _pack(Fields memory f) private pure returns (JobWord) {
        uint256 word = f.status | uint256(f.round) << 6 | uint256(f.voids) << 9;
        if (f.closed) word |= 1 << 3;
        if (f.delivered) word |= 1 << 4;
        if (f.feePaid) word |= 1 << 5;
        word |= uint256(f.committed) << 17 | uint256(f.revealed) << 24 | uint256(f.leading) << 31;
        word |= uint256(f.steps) << 38 | uint256(f.time) << 52 | uint256(f.appeals) << 86 | uint256(f.top) << 96;
        if (f.claimed) word |= 1 << 94;
        return JobWord.wrap(word);
    }

    function _assertHolds(JobWord j, Fields memory f) private pure {
        assertEq(JobWord.unwrap(j), JobWord.unwrap(_pack(f)));
        assertEq(j.status(), f.status);
        assertEq(j.closed(), f.closed);
        assertEq(j.delivered(), f.delivered);
        assertEq(j.feePaid(), f.feePaid);
        assertEq(j.round(), f.round);
        assertEq(j.voids(), f.voids);
        assertEq(j.committed(), f.committed);
        assertEq(j.revealed(), f.revealed);
        assertEq(j.leading(), f.leading);
        assertEq(j.leader().seats(), f.leading);
        assertEq(j.leader().steps(), f.steps);
        assertEq(Tally.unwrap(j.leader()), f.leading | uint256(f.steps) << 7);
        assertEq(j.appeals(), f.appeals);
        assertEq(j.claimed(), f.claimed);
        assertEq(j.time(), f.time);
        assertEq(j.mark(), f.top);
    }
}
