// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Sortition} from "../../../contracts/libraries/Sortition.sol";
import {RING} from "../../../contracts/types/Vote.sol";
import {Test} from "../utils/Test.sol";
import {Wide, WideLib} from "../utils/Wide.sol";

contract SortitionTest is Test {
    using WideLib for Wide;

    uint256 private constant DRAWS = 4_000;

    struct Draw {
        uint256 committee;
        uint256 elapsed;
        uint256 length;
        uint256 stake;
        uint256 total;
    }

    function test_seats__no_stake_or_nobody__none(uint256 ticket, Draw memory d) public pure {
        d = _fit(d);
        d.stake = 0;
        assertEq(_seats(ticket, d), 0);
        d.total = 0;
        assertEq(_seats(ticket, d), 0);
    }

    /// @dev `floor(x)` or one more, the latter exactly when the fraction of x exceeds the ticket's.
    function test_seats__any__floor_and_the_fraction_as_a_chance(uint256 ticket, Draw memory d) public pure {
        d = _fit(d);
        uint256 growth = d.elapsed <= d.length / 2 ? 0 : 2 * d.elapsed - d.length;
        uint256 numerator = d.committee * (d.length + growth) * d.stake;
        uint256 denominator = d.length * d.total;
        uint256 least = numerator / denominator;
        uint256 seats = _seats(ticket, d);
        assertTrue(seats == least || seats == least + 1);
        // The fraction in 2^-128, rounded up: a ticket of that or more is not below it.
        uint256 chance = ((numerator % denominator << 128) + denominator - 1) / denominator;
        assertEq(seats, (ticket >> 128) < chance ? least + 1 : least);
    }

    function test_seats__whole_shares__certain(uint256 ticket, uint8 committee, uint8 mine, uint32 base) public pure {
        committee = uint8(bound(committee, 3, 63));
        mine = uint8(bound(mine, 0, committee));
        uint256 unit = uint256(base) + 1;
        assertEq(Sortition.seats(ticket, committee, 0, 600, mine * unit, committee * unit), mine);
    }

    function test_seats__all_the_stake__the_committee_and_twice_it_at_the_end(uint256 ticket, Draw memory d)
        public
        pure
    {
        d = _fit(d);
        d.stake = d.total;
        d.elapsed = 0;
        assertEq(_seats(ticket, d), d.committee);
        d.elapsed = d.length;
        assertEq(_seats(ticket, d), 2 * d.committee);
    }

    function test_seats__later__never_fewer(uint256 ticket, Draw memory d, uint256 later) public pure {
        d = _fit(d);
        uint256 seats = _seats(ticket, d);
        d.elapsed = bound(later, d.elapsed, d.length);
        assertGe(_seats(ticket, d), seats);
    }

    function test_seats__more_stake__never_fewer(uint256 ticket, Draw memory d, uint64 more) public pure {
        d = _fit(d);
        uint256 seats = _seats(ticket, d);
        d.stake = bound(more, d.stake, d.total);
        assertGe(_seats(ticket, d), seats);
    }

    function test_seats__largest_figures__no_overflow(uint256 ticket) public pure {
        uint256 stake = type(uint64).max;
        assertEq(Sortition.seats(ticket, 63, 2 ** 24 - 1, 2 ** 24 - 1, stake, stake), 126);
    }

    /// @dev The mean over many seeds lies within five standard errors of the share: seats vary by at most one, so
    /// the variance of one draw is at most a quarter.
    function test_seats__many_seeds__mean_is_the_share(uint64 stake, uint8 committee) public pure {
        uint256 total = 1_000_003;
        uint256 size = bound(committee, 3, 31);
        stake = uint64(bound(stake, 1, total));
        uint256 seats;
        for (uint256 i; i < DRAWS; ++i) {
            seats += Sortition.seats(Sortition.ticket(_seed(i), address(1)), size, 0, 600, stake, total);
        }
        _assertMean(seats, size * stake * DRAWS / total);
    }

    function test_seats__stake_split_in_many__same_mean() public pure {
        uint256 whole;
        uint256 split;
        for (uint256 i; i < DRAWS; ++i) {
            uint96 seed = _seed(i);
            whole += Sortition.seats(Sortition.ticket(seed, address(1)), 5, 0, 600, 313, 1_000);
            for (uint160 part; part < 4; ++part) {
                uint256 stake = part == 0 ? 13 : 100;
                split += Sortition.seats(Sortition.ticket(seed, address(2 + part)), 5, 0, 600, stake, 1_000);
            }
        }
        _assertMean(whole, 5 * 313 * DRAWS / 1_000);
        // Four draws of variance at most a quarter: twice the deviation of one.
        _assertWithin(split, 5 * 313 * DRAWS / 1_000, 10 * 32);
    }

    /// @dev The slot takes the low bits of a ticket, the chance the high ones: neither tells of the other.
    function test_ticket__drawn_or_not__slots_alike() public pure {
        uint256 drawn;
        uint256 drawnInUpperHalf;
        for (uint256 i; i < DRAWS; ++i) {
            uint256 ticket = Sortition.ticket(_seed(i), address(7));
            if (Sortition.seats(ticket, 5, 0, 600, 100, 1_000) == 0) continue;
            ++drawn;
            if (ticket % RING >= RING / 2) ++drawnInUpperHalf;
        }
        _assertMean(drawn, DRAWS / 2);
        _assertWithin(drawnInUpperHalf, drawn / 2, 5 * 23);
    }

    function test_ticket__another_seed_or_worker__another_ticket(uint96 seed, address worker, uint96 other)
        public
        pure
    {
        vm.assume(other != 0);
        uint256 ticket = Sortition.ticket(seed, worker);
        assertNotEq(Sortition.ticket(seed ^ other, worker), ticket);
        assertNotEq(Sortition.ticket(seed, address(uint160(worker) ^ other)), ticket);
    }

    // --- open rounds ---

    /// @dev The documented rule over naturals: `ticket · S · (L - elapsed) < s · L · 2^128`.
    function test_mayPropose__any__the_share_grown_by_the_time_left(uint256 ticket, Draw memory d) public pure {
        d = _fitOpen(d);
        Wide memory left = _times(d.total * (d.length - d.elapsed), ticket >> 128);
        Wide memory right = _times(d.stake * d.length, 1 << 128);
        assertEq(_mayPropose(ticket, d), !right.atMost(left));
    }

    function test_mayPropose__no_stake_or_nobody__never(uint256 ticket, Draw memory d) public pure {
        d = _fitOpen(d);
        d.stake = 0;
        assertFalse(_mayPropose(ticket, d));
        d.total = 0;
        assertFalse(_mayPropose(ticket, d));
    }

    function test_mayPropose__all_the_stake__at_once(uint256 ticket, Draw memory d) public pure {
        d = _fitOpen(d);
        d.stake = d.total;
        d.elapsed = 0;
        assertTrue(_mayPropose(ticket, d));
    }

    /// @dev Half the stake is enough for anybody's ticket when half the time is over; 1/600 in the last second of 600.
    function test_mayPropose__share_times_growth_reaches_one__whatever_the_ticket(uint256 ticket) public pure {
        assertTrue(Sortition.mayPropose(ticket, 300, 600, 1, 2));
        assertTrue(Sortition.mayPropose(ticket, 599, 600, 1, 600));
        assertFalse(Sortition.mayPropose(type(uint256).max, 599, 600, 1_000_000_000_000, 600_000_000_000_001));
        assertFalse(Sortition.mayPropose(type(uint256).max, 299, 600, 1, 2));
    }

    function test_mayPropose__later_or_more_stake__still(uint256 ticket, Draw memory d, uint256 later, uint256 more)
        public
        pure
    {
        d = _fitOpen(d);
        if (!_mayPropose(ticket, d)) return;
        d.elapsed = bound(later, d.elapsed, d.length - 1);
        assertTrue(_mayPropose(ticket, d));
        d.stake = bound(more, d.stake, d.total);
        assertTrue(_mayPropose(ticket, d));
    }

    function test_mayPropose__largest_figures__no_overflow() public pure {
        uint256 stake = type(uint64).max;
        uint256 length = 2 ** 24 - 1;
        assertTrue(Sortition.mayPropose(type(uint256).max, 0, length, stake, stake));
        assertTrue(Sortition.mayPropose(type(uint256).max, length - 1, length, stake, stake));
        assertFalse(Sortition.mayPropose(type(uint256).max, 0, length, stake - 1, stake));
    }

    /// @dev A fifth of the stake may propose at once in a fifth of all rounds, and after half the time in two fifths.
    function test_mayPropose__many_seeds__as_often_as_its_share() public pure {
        uint256 early;
        uint256 late;
        for (uint256 i; i < DRAWS; ++i) {
            uint256 ticket = Sortition.ticket(_seed(i), address(3));
            if (Sortition.mayPropose(ticket, 0, 600, 200, 1_000)) ++early;
            if (Sortition.mayPropose(ticket, 300, 600, 200, 1_000)) ++late;
        }
        _assertMean(early, DRAWS / 5);
        _assertMean(late, 2 * DRAWS / 5);
    }

    // --- steps of prices ---

    function test_step__committee__zero_in_the_first_half_then_all_by_the_end() public pure {
        uint256[2][6] memory steps = [
            [uint256(0), 0],
            [uint256(300), 0],
            [uint256(301), 0],
            [uint256(302), 1],
            [uint256(450), 127],
            [uint256(599), 254]
        ];
        for (uint256 i; i < steps.length; ++i) {
            assertEq(Sortition.step(steps[i][0], 600), steps[i][1]);
        }
        assertEq(Sortition.step(600, 600), Sortition.STEPS);
    }

    function test_openStep__all_along_the_phase() public pure {
        assertEq(Sortition.openStep(0, 600), 0);
        assertEq(Sortition.openStep(2, 600), 0);
        assertEq(Sortition.openStep(3, 600), 1);
        assertEq(Sortition.openStep(300, 600), 127);
        assertEq(Sortition.openStep(599, 600), 254);
    }

    function test_steps__any_moment__as_documented_and_never_falling(uint24 length, uint24 elapsed) public pure {
        uint256 l = bound(length, 1, 2 ** 24 - 1);
        uint256 e = bound(elapsed, 0, l - 1);
        assertEq(Sortition.openStep(e, l), 255 * e / l);
        assertEq(Sortition.step(e, l), 2 * e > l ? 255 * (2 * e - l) / l : 0);
        assertLe(Sortition.step(e, l), Sortition.step(e + 1, l));
        assertLe(Sortition.openStep(e, l), Sortition.openStep(e + 1, l));
        assertLe(Sortition.step(e, l), Sortition.openStep(e, l));
        assertLt(Sortition.openStep(e, l), 255);
    }

    // --- helpers ---

    function _fit(Draw memory d) private pure returns (Draw memory) {
        d.committee = bound(d.committee, 3, 63);
        d.length = bound(d.length, 4, 2 ** 24 - 1);
        d.elapsed = bound(d.elapsed, 0, d.length);
        d.total = bound(d.total, 1, type(uint64).max);
        d.stake = bound(d.stake, 0, d.total);
        return d;
    }

    function _fitOpen(Draw memory d) private pure returns (Draw memory) {
        d = _fit(d);
        d.elapsed = bound(d.elapsed, 0, d.length - 1);
        return d;
    }

    function _mayPropose(uint256 ticket, Draw memory d) private pure returns (bool) {
        return Sortition.mayPropose(ticket, d.elapsed, d.length, d.stake, d.total);
    }

    /// @dev `a · b` for a below 2^89 and b of at most 129 bits, in two halves.
    function _times(uint256 a, uint256 b) private pure returns (Wide memory) {
        return WideLib.scaled(a * (b >> 64), 64).plus(Wide(0, a * (b & type(uint64).max)));
    }

    function _seats(uint256 ticket, Draw memory d) private pure returns (uint256) {
        return Sortition.seats(ticket, d.committee, d.elapsed, d.length, d.stake, d.total);
    }

    function _seed(uint256 i) private pure returns (uint96) {
        return uint96(uint256(keccak256(abi.encode("seed", i))));
    }

    /// @dev Five standard errors of a sum of `DRAWS` draws: 5 · √(4,000 / 4) = 5 · 32.
    function _assertMean(uint256 sum, uint256 expected) private pure {
        _assertWithin(sum, expected, 5 * 32);
    }

    function _assertWithin(uint256 value, uint256 expected, uint256 distance) private pure {
        assertLe(value, expected + distance + 1);
        assertGe(value + distance + 1, expected);
    }
}
