// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Utf8: strict validation, as table 3-7 of the Unicode standard has it
/// @dev Overlong forms, surrogates and anything above U+10FFFF are invalid; every other character is
/// valid, U+0000 included.
library Utf8 {
    uint256 private constant HIGH_BITS = 0x8080808080808080808080808080808080808080808080808080808080808080;

    /// @notice Index of the first byte of the first invalid sequence; the length if there is none.
    /// @dev About 4 gas a byte for ASCII.
    function firstInvalid(bytes calldata text) internal pure returns (uint256 index) {
        uint256 length = text.length;
        // An index stays within 32 of a length that calldata bounds.
        unchecked {
            while (index < length) {
                uint256 word;
                assembly ("memory-safe") {
                    word := calldataload(add(text.offset, index))
                }
                // The word may reach past the text. That is harmless: what it finds there only
                // matters to a sequence that the text cuts short, which is invalid either way.
                if (word & HIGH_BITS == 0) {
                    index += 32;
                } else if (word >> 255 == 0) {
                    ++index;
                } else {
                    uint256 size = _sequence(word >> 224);
                    if (size == 0 || index + size > length) return index;
                    index += size;
                }
            }
        }
        return length;
    }

    /// @dev Size of the sequence that starts four bytes whose first is above 0x7f; zero if invalid.
    function _sequence(uint256 four) private pure returns (uint256) {
        uint256 lead = four >> 24;
        if (lead < 0xc2) return 0;
        if (lead < 0xe0) return four & 0x00c00000 == 0x00800000 ? 2 : 0;
        uint256 second = (four >> 16) & 0xff;
        if (lead < 0xf0) {
            if (four & 0x00c0c000 != 0x00808000) return 0;
            if (lead == 0xe0 && second < 0xa0) return 0; // overlong
            if (lead == 0xed && second > 0x9f) return 0; // a surrogate
            return 3;
        }
        if (lead > 0xf4 || four & 0x00c0c0c0 != 0x00808080) return 0;
        if (lead == 0xf0 && second < 0x90) return 0; // overlong
        if (lead == 0xf4 && second > 0x8f) return 0; // above U+10FFFF
        return 4;
    }
}
