// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DataType} from "../types/DataType.sol";
import {Tensor, Tensors} from "./Tensors.sol";

/// @title Tolerance: are two results the same, computed exactly on the bits
library Tolerance {
    using Tensors for bytes;

    uint256 internal constant SUPPORT = 1;
    uint256 internal constant RIGHT = 3;

    uint256 private constant SIGN = 0x80000000;
    uint256 private constant MAGNITUDE = 0x7FFFFFFF;
    uint256 private constant SMALLEST_NORMAL = 0x00800000;

    /// @dev Bits that numbers are kept to beyond those in which X is whole, see `_nearExactly`.
    uint256 private constant FRACTION = 32;

    // Elements are looked at four together, each in a slot of 64 bits. The bit above an element is its guard: set
    // before a subtraction, it is still set after it exactly if the first number was at least the second.
    uint256 private constant EACH = 0x0000000000000001000000000000000100000000000000010000000000000001;
    uint256 private constant GUARDS = 0x0000000100000000000000010000000000000001000000000000000100000000;
    uint256 private constant PATTERNS = 0x00000000FFFFFFFF00000000FFFFFFFF00000000FFFFFFFF00000000FFFFFFFF;
    uint256 private constant MAGNITUDES = 0x000000007FFFFFFF000000007FFFFFFF000000007FFFFFFF000000007FFFFFFF;
    uint256 private constant SIGNS = 0x0000000080000000000000008000000000000000800000000000000080000000;
    uint256 private constant SMALLEST_NORMALS = 0x0000000000800000000000000080000000000000008000000000000000800000;
    uint256 private constant SMALLEST_NANS = 0x000000007F800001000000007F800001000000007F800001000000007F800001;
    /// @dev The largest finite number under its guard.
    uint256 private constant FINITES = 0x000000017F7FFFFF000000017F7FFFFF000000017F7FFFFF000000017F7FFFFF;

    /// @dev The tolerance, `width` times over, taken apart once for all elements.
    struct Bound {
        /// @dev `(1 - width · rtol) · 2^32`, above zero because rtol is below a third.
        uint256 keep;
        /// @dev Significand of `width · atol` times 2^(FRACTION + 32): at most 91 bits.
        uint256 atol;
        /// @dev Exponent of atol, less one if it can be; the significand is doubled then.
        uint256 atolExponent;
        /// @dev In each slot, under its guard, the bit pattern of half of atol, rounded down.
        uint256 halves;
        /// @dev In each slot, under its guard, by how many bit patterns two normal numbers may always differ.
        uint256 steps;
    }

    function boundOf(uint32 atol, uint32 rtol, uint256 width) internal pure returns (Bound memory bound) {
        uint256 exponent = _exponent(atol);
        bound.keep = (1 << 32) - width * rtol;
        bound.atol = (width * (atol - (exponent << 23))) << (FRACTION + 32);
        uint256 half = atol >> 1;
        if (exponent != 0) {
            bound.atol <<= 1;
            bound.atolExponent = exponent - 1;
            half = atol - SMALLEST_NORMAL;
        }
        bound.halves = GUARDS | EACH * half;
        bound.steps = GUARDS | EACH * ((width * rtol) >> 9);
    }

    /// @notice Whether `|a - b| ≤ width · (atol + rtol · max(|a|, |b|))`, exactly, for four pairs of float32 bit
    /// patterns, each in the lower half of its slot. NaN is near any NaN and nothing else, an infinity only itself.
    /// @dev Most pairs are settled here, the others by `_nearExactly`. Surely near are
    /// - Two finite numbers, the first normal, whose patterns differ by at most `steps`. Patterns so close have one
    ///   sign, or a magnitude would be above infinity's. With e the exponent of the greater number M, each step from
    ///   one pattern to the next is at most 2^(e - 149), and M is at least 2^23 times that. So they differ by at most
    ///   `(width · rtol · 2^32 >> 9) · 2^(e - 149)`, which is at most `width · rtol · 2^(e - 126)` and so of M.
    /// - Two magnitudes of at most half of atol, whatever their signs.
    function nearFour(uint256 x, uint256 y, Bound memory bound) internal pure returns (bool) {
        // No slot overflows, and none borrows from the next one: its guard is set.
        unchecked {
            uint256 steps = bound.steps;
            uint256 settled = (x + steps - y) & (y + steps - x);
            uint256 xs = x & MAGNITUDES;
            uint256 ys = y & MAGNITUDES;
            uint256 finite = (FINITES - xs) & (FINITES - ys);
            settled &= finite & (GUARDS + xs - SMALLEST_NORMALS);
            uint256 halves = bound.halves;
            settled |= (halves - xs) & (halves - ys);
            if (settled & GUARDS == GUARDS) return true;

            if (finite & GUARDS != GUARDS) {
                settled |= (GUARDS + xs - SMALLEST_NANS) & (GUARDS + ys - SMALLEST_NANS);
                settled |= (GUARDS + x - y) & (GUARDS + y - x);
                if ((settled | finite) & GUARDS != GUARDS) return false;
            }
            return _nearExactly(x, y, ~settled & GUARDS, bound);
        }
    }

    /// @dev Whether the pairs whose guards are set in `open` are near. They are finite, and not both of at most half of
    /// atol. With M the greater magnitude and m the lesser, and `X = M · (1 - width · rtol)`, the rule is
    /// `X ≤ width · atol + m` if the signs agree and `X + m ≤ width · atol` if not: sums of positive numbers.
    ///
    /// They are counted in units of which the last bit of M has 2^(FRACTION + 32). X is a whole number of them, at
    /// least 2^FRACTION. Of atol and m bits are lost only below one unit, and rounding goes against being near. If
    /// one of the two lost bits, whole numbers stand on the other side, so the answer stays exact. If both did, each
    /// is below 2^27 units and X is more than both: not near, rounded or not.
    function _nearExactly(uint256 x, uint256 y, uint256 open, Bound memory bound) private pure returns (bool) {
        (uint256 greater, uint256 lesser) = _sorted(x, y, open);
        uint256 keep = bound.keep;
        uint256 atol = bound.atol;
        uint256 atolExponent = bound.atolExponent;
        // No underflow: M is above half of atol, so its exponent is less by one at most, and m is at most M.
        // No overflow: X and m have at most 88 bits, and up to 2^253 are added to m before its shift.
        unchecked {
            for (; greater != 0; (greater, lesser) = (greater >> 64, lesser >> 64)) {
                uint256 magnitude = greater & MAGNITUDE;
                if (magnitude == 0) continue;
                uint256 small = lesser & MAGNITUDE;
                uint256 exponent;
                uint256 gap;
                // `_exponent` of both, in place: a call costs as much as what it does.
                assembly ("memory-safe") {
                    exponent := sub(shr(23, magnitude), gt(magnitude, 0x7FFFFF))
                    gap := sub(shr(23, small), gt(small, 0x7FFFFF))
                }
                small = (small - (gap << 23)) << (FRACTION + 32);
                gap = exponent - gap;
                uint256 great = ((magnitude - (exponent << 23)) * keep) << FRACTION;
                uint256 room = atol >> (exponent - atolExponent);
                if (lesser & SIGN == 0) {
                    if (great > room + (small >> gap)) return false;
                } else if (great + ((small + (1 << gap) - 1) >> gap) > room) {
                    return false;
                }
            }
        }
        return true;
    }

    /// @dev Greater and lesser magnitudes of the open pairs, the lesser with a sign if the signs differ. Pairs that
    /// are not open have a greater magnitude of zero, which no open one has: it is above half of atol.
    function _sorted(uint256 x, uint256 y, uint256 open) private pure returns (uint256 greater, uint256 lesser) {
        unchecked {
            open -= open >> 32; // every bit of a pattern
            uint256 signs = (x ^ y) & open & SIGNS;
            x &= MAGNITUDES & open;
            y &= MAGNITUDES & open;
            uint256 xGreater = (GUARDS + x - y) & GUARDS;
            xGreater -= xGreater >> 32;
            greater = y ^ (x ^ y) & xGreater;
            lesser = x ^ y ^ greater | signs;
        }
    }

    /// @dev The exponent e of a magnitude `significand · 2^(e - 149)`, where the significand is the pattern less
    /// `e << 23`: the biased exponent less one, and zero for subnormals.
    function _exponent(uint256 magnitude) private pure returns (uint256 exponent) {
        assembly ("memory-safe") {
            exponent := sub(shr(23, magnitude), gt(magnitude, 0x7FFFFF))
        }
    }

    /// @notice Whether two payloads are the same within `width` tolerances: same tensors, float32 elements near,
    /// every other element equal. Malformed bytes are near nothing but themselves.
    function near(bytes calldata a, bytes calldata b, uint32 atol, uint32 rtol, uint256 width)
        internal
        pure
        returns (bool)
    {
        return _same(a, b) || nearOther(a, b, atol, rtol, width);
    }

    /// @notice The same of two payloads that are known to differ.
    function nearOther(bytes calldata a, bytes calldata b, uint32 atol, uint32 rtol, uint256 width)
        internal
        pure
        returns (bool)
    {
        if (a.length != b.length || a.count() != b.count()) return false;
        Bound memory bound = boundOf(atol, rtol, width);
        Tensor memory tensor;
        uint256 position = 1;
        for (uint256 left = a.count(); left != 0; --left) {
            // Tensors with the same header have their data in the same place, so only one needs to be read.
            uint256 next = a.read(position, tensor);
            uint256 data = position + 2 + 4 * tensor.rank;
            if (!_sameHeader(a, b, position, data - position)) return false;
            if (tensor.dtype == DataType.FLOAT) {
                if (!_nearElements(tensor, _place(b, data), bound)) return false;
            } else if (!_same(a[data:next], b[data:next])) {
                return false;
            }
            position = next;
        }
        return position == a.length;
    }

    /// @dev Type, rank and dims: the bytes from `position` to the data.
    function _sameHeader(bytes calldata a, bytes calldata b, uint256 position, uint256 length)
        private
        pure
        returns (bool)
    {
        if (length > 32) return _same(a[position:position + length], b[position:position + length]);
        return (_word(_place(a, position)) ^ _word(_place(b, position))) >> (256 - 8 * length) == 0;
    }

    function _same(bytes calldata a, bytes calldata b) private pure returns (bool) {
        return keccak256(a) == keccak256(b);
    }

    /// @dev Eight elements at a time; those of the other tensor begin at `otherPlace` in calldata.
    function _nearElements(Tensor memory tensor, uint256 otherPlace, Bound memory bound) private pure returns (bool) {
        unchecked {
            uint256 place = tensor.start;
            uint256 end = place + 4 * tensor.elements;
            for (; place < end; place += 32) {
                uint256 x = _word(place);
                uint256 y = _word(otherPlace);
                otherPlace += 32;
                if (end - place < 32) {
                    // What lies behind the last element becomes zeros before the first, and those are near.
                    uint256 behind = 256 - 8 * (end - place);
                    x >>= behind;
                    y >>= behind;
                }
                if (x != y && !_nearWord(_bigEndian(x), _bigEndian(y), bound)) return false;
            }
        }
        return true;
    }

    function _nearWord(uint256 x, uint256 y, Bound memory bound) private pure returns (bool) {
        return
            nearFour(x & PATTERNS, y & PATTERNS, bound) && nearFour((x >> 32) & PATTERNS, (y >> 32) & PATTERNS, bound);
    }

    /// @dev Turns the bytes of each of the eight elements of a word around.
    function _bigEndian(uint256 w) private pure returns (uint256) {
        w = (w & 0x00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF) << 8 | (w >> 8)
            & 0x00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF00FF;
        return (w & 0x0000FFFF0000FFFF0000FFFF0000FFFF0000FFFF0000FFFF0000FFFF0000FFFF) << 16 | (w >> 16)
            & 0x0000FFFF0000FFFF0000FFFF0000FFFF0000FFFF0000FFFF0000FFFF0000FFFF;
    }

    /// @dev Where in calldata a position of a payload is.
    function _place(bytes calldata payload, uint256 position) private pure returns (uint256 place) {
        assembly ("memory-safe") {
            place := add(payload.offset, position)
        }
    }

    function _word(uint256 place) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := calldataload(place)
        }
    }
}
