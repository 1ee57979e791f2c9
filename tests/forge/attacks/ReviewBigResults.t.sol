// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Tolerance} from "../../../contracts/libraries/Tolerance.sol";
import {Test} from "../utils/Test.sol";

/// @dev Attack: a result whose comparison fits into no block, so that nobody can support it or show that it is right.
contract ReviewBigResultsTest is Test {
    /// @dev As many float32 as a worker may publish (48 KiB), less the header.
    uint256 private constant ELEMENTS = 12_280;
    /// @dev With the calldata, 1.6 million, below what workers let a transaction ask for, 15 million.
    uint256 private constant MOST_GAS = 13_000_000;

    /// @dev All elements differ in the last bit, so each has to be looked at.
    /// forge-config: default.fuzz.runs = 64
    function test_largest_result__compared_within_one_transaction(uint32 pattern, uint32 atol, uint32 rtol)
        public
        view
    {
        bytes memory one = _filled(uint32(bound(pattern, 0, 0x7f7fffff)) & ~uint32(1));
        bytes memory other = _filled(uint32(bound(pattern, 0, 0x7f7fffff)) | 1);
        atol = uint32(bound(atol, 0, 0x7f7fffff));
        rtol = uint32(bound(rtol, 0, 1_431_655_765));
        uint256 before = gasleft();
        this.near(one, other, atol, rtol);
        assertLt(before - gasleft(), MOST_GAS);
    }

    function near(bytes calldata one, bytes calldata other, uint32 atol, uint32 rtol) external pure returns (bool) {
        return Tolerance.near(one, other, atol, rtol, Tolerance.RIGHT);
    }

    function _filled(uint32 pattern) private pure returns (bytes memory payload) {
        uint256 eight = uint256(_turned(pattern)) * 0x0000000100000001000000010000000100000001000000010000000100000001;
        payload = abi.encodePacked(hex"010101", _turned(uint32(ELEMENTS)), new bytes(4 * ELEMENTS));
        for (uint256 place = 7; place < payload.length; place += 32) {
            assembly ("memory-safe") {
                mstore(add(add(payload, 32), place), eight)
            }
        }
    }

    function _turned(uint32 w) private pure returns (uint32) {
        return w << 24 | (w & 0xFF00) << 8 | (w >> 8) & 0xFF00 | w >> 24;
    }
}
