// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Tolerance} from "../../../contracts/libraries/Tolerance.sol";
import {SlowTolerance} from "../utils/SlowTolerance.sol";
import {Test} from "../utils/Test.sol";

contract TolerancePayloadsTest is Test {
    struct PayloadVector {
        string name;
        bytes a;
        bytes b;
        uint256 atol;
        uint256 rtol;
        bool within1;
        bool within3;
    }

    function near(bytes calldata a, bytes calldata b, uint256 atol, uint256 rtol, uint256 width)
        external
        pure
        returns (bool)
    {
        return Tolerance.near(a, b, uint32(atol), uint32(rtol), width);
    }

    function test_near__every_vector__answers_as_the_file_says() public view {
        bytes memory encoded = vm.parseJsonTypeArray(
            vm.readFile("tests/vectors/tolerance.json"),
            ".payloads",
            "V(string name,bytes a,bytes b,uint256 atol,uint256 rtol,bool within1,bool within3)"
        );
        PayloadVector[] memory vectors = abi.decode(encoded, (PayloadVector[]));
        assertGt(vectors.length, 20);
        for (uint256 i; i < vectors.length; ++i) {
            PayloadVector memory v = vectors[i];
            vm.assertEq(this.near(v.a, v.b, v.atol, v.rtol, 1), v.within1, v.name);
            vm.assertEq(this.near(v.b, v.a, v.atol, v.rtol, 1), v.within1, v.name);
            vm.assertEq(this.near(v.a, v.b, v.atol, v.rtol, 3), v.within3, v.name);
            vm.assertEq(this.near(v.b, v.a, v.atol, v.rtol, 3), v.within3, v.name);
        }
    }

    /// @dev One element of a tensor of any length differs; the payload is near exactly when that element is.
    function test_near__one_element_of_many_differs__decides(uint8 length, uint8 which, uint32 a, uint32 b, uint32 atol)
        public
        view
    {
        length = uint8(bound(length, 1, 40));
        which %= length;
        atol %= 0x7F800000;
        bytes memory one = _floats(length, a);
        bytes memory other = _floats(length, a);
        _write(other, 7 + 4 * uint256(which), b);
        assertEq(this.near(one, other, atol, 0, 1), a == b || SlowTolerance.near(a, b, atol, 0, 1));
    }

    function test_near__bytes_after_the_tensors__never_near(uint8 length, uint32 a) public view {
        length = uint8(bound(length, 1, 40));
        bytes memory one = bytes.concat(_floats(length, a), hex"00");
        bytes memory other = bytes.concat(_floats(length, a), hex"01");
        assertFalse(this.near(one, other, 0x7F7FFFFF, 0, 1));
    }

    /// @dev Neither side may read past its end, or near would depend on what lies behind it in calldata.
    function test_near__malformed_and_different__never_near(bytes memory junk, uint8 flip) public view {
        vm.assume(junk.length != 0);
        bytes memory other = bytes.concat(junk);
        uint256 place = flip % junk.length;
        other[place] = bytes1(uint8(other[place]) ^ 0x80);
        try this.near(junk, other, 0, 0, 1) returns (bool answer) {
            // At no tolerance only the signs of two zeros may differ, and any bits that leave a NaN a NaN.
            if (answer) assertTrue(uint8(junk[place]) & 0x7F == 0 || _inNan(junk, place));
        } catch {}
    }

    /// @dev Whether a byte can belong to a float32 that is no number: one whose exponent, of eight bits, is all ones.
    function _inNan(bytes memory payload, uint256 place) private pure returns (bool) {
        for (uint256 top = place < 1 ? 1 : place; top < payload.length && top < place + 4; ++top) {
            if (uint8(payload[top]) & 0x7F == 0x7F && uint8(payload[top - 1]) & 0x80 != 0) return true;
        }
        return false;
    }

    /// @dev One vector of equal float32 elements.
    function _floats(uint256 length, uint32 value) private pure returns (bytes memory payload) {
        payload = new bytes(7 + 4 * length);
        (payload[0], payload[1], payload[2], payload[3]) =
        (bytes1(0x01), bytes1(0x01), bytes1(0x01), bytes1(uint8(length)));
        for (uint256 i; i < length; ++i) {
            _write(payload, 7 + 4 * i, value);
        }
    }

    function _write(bytes memory payload, uint256 position, uint32 value) private pure {
        for (uint256 i; i < 4; ++i) {
            payload[position + i] = bytes1(uint8(value >> (8 * i)));
        }
    }
}
