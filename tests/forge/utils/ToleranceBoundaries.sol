// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @dev A pair of float32 bit patterns at the edge of a tolerance, and whether they are near within one and three.
struct Boundary {
    uint32 a;
    uint32 b;
    uint32 atol;
    uint32 rtol;
    bool within1;
    bool within3;
}

/// @dev The records of tests/vectors/tolerance.bin, as scripts/vectors/tolerance_boundaries.py packs them.
library ToleranceBoundaries {
    string internal constant PATH = "tests/vectors/tolerance.bin";
    uint256 private constant SIZE = 17;

    error TornFile(uint256 recordSize, uint256 fileSize);

    function count(bytes memory file) internal pure returns (uint256) {
        if (file.length % SIZE != 0) revert TornFile(SIZE, file.length);
        return file.length / SIZE;
    }

    function record(bytes memory file, uint256 index) internal pure returns (Boundary memory) {
        uint256 word;
        assembly ("memory-safe") {
            word := mload(add(add(file, 32), mul(index, SIZE)))
        }
        uint256 answers = uint8(word >> 120);
        return Boundary({
            a: uint32(word >> 224),
            b: uint32(word >> 192),
            atol: uint32(word >> 160),
            rtol: uint32(word >> 128),
            within1: answers & 1 != 0,
            within3: answers & 2 != 0
        });
    }
}
