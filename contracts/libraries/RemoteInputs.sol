// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Utf8} from "./Utf8.sol";

/// @notice A payload that lies elsewhere.
struct RemoteInput {
    /// @dev sha256 of the payload, as artefacts are named.
    bytes32 digest;
    /// @dev Bytes of the payload.
    uint256 size;
    string[] uris;
}

/// @title RemoteInputs: inputs by reference, as docs/encoding.md specifies them
/// @notice `decode` refuses exactly what the Python package refuses, with the same two numbers. Whether anybody can
/// fetch what a reference names, no contract can know: one that takes inputs from strangers and relies on the answer
/// refuses references.
library RemoteInputs {
    /// @notice The first two bytes of a reference, and of no payload: 255 tensors, the first of no type.
    bytes2 internal constant MARK = 0xff00;
    uint256 internal constant VERSION = 1;

    /// @notice Largest payload that can be referred to, bytes.
    uint256 internal constant MAX_SIZE = 1 << 30;
    uint256 internal constant MAX_URIS = 8;
    /// @notice Longest URI, bytes.
    uint256 internal constant MAX_URI = 512;

    uint256 private constant VERSION_AT = 2;
    uint256 private constant DIGEST_AT = 3;
    uint256 private constant SIZE_AT = 35;
    uint256 private constant COUNT_AT = 43;
    uint256 private constant URIS_AT = 44;

    // Offsets count bytes from the start of the reference.

    error RemoteInputUnmarked(uint256 expected, uint256 received);

    /// @notice The reference ends before a part of it that must reach at least to `expected`.
    error RemoteInputTruncated(uint256 expected, uint256 received);

    /// @notice The last URI ends at `expected`, the reference does not.
    error RemoteInputTrailing(uint256 expected, uint256 received);

    error RemoteInputUnknownVersion(uint256 expected, uint256 received);

    /// @dev These three are refused at zero, too.
    error RemoteInputSize(uint256 maximum, uint256 received);
    error RemoteInputUriCount(uint256 maximum, uint256 received);
    error RemoteInputUriLength(uint256 maximum, uint256 received);

    /// @dev `offset` and `received` tell the first byte of the bad sequence.
    error RemoteInputInvalidUtf8(uint256 offset, uint256 received);

    /// @notice Whether an input says that it is a reference, well formed or not.
    function isReference(bytes calldata input) internal pure returns (bool) {
        return input.length >= VERSION_AT && bytes2(input[:VERSION_AT]) == MARK;
    }

    /// @notice The reference that these bytes are, to their last one.
    function decode(bytes calldata input) internal pure returns (RemoteInput memory found) {
        _need(input, VERSION_AT);
        if (!isReference(input)) revert RemoteInputUnmarked(uint16(MARK), uint16(bytes2(input[:VERSION_AT])));
        _need(input, DIGEST_AT);
        if (uint8(input[VERSION_AT]) != VERSION) revert RemoteInputUnknownVersion(VERSION, uint8(input[VERSION_AT]));
        _need(input, URIS_AT);
        found.digest = bytes32(input[DIGEST_AT:SIZE_AT]);
        found.size = _number(input[SIZE_AT:COUNT_AT]);
        if (found.size == 0 || found.size > MAX_SIZE) revert RemoteInputSize(MAX_SIZE, found.size);
        uint256 count = uint8(input[COUNT_AT]);
        if (count == 0 || count > MAX_URIS) revert RemoteInputUriCount(MAX_URIS, count);

        found.uris = new string[](count);
        uint256 position = URIS_AT;
        for (uint256 i; i < count; ++i) {
            (found.uris[i], position) = _uri(input, position);
        }
        if (position != input.length) revert RemoteInputTrailing(position, input.length);
    }

    /// @dev The URI whose length is at `position`, and where it ends.
    function _uri(bytes calldata input, uint256 position) private pure returns (string memory, uint256) {
        uint256 start = position + 2;
        _need(input, start);
        uint256 length = _number(input[position:start]);
        if (length == 0 || length > MAX_URI) revert RemoteInputUriLength(MAX_URI, length);
        uint256 end = start + length;
        _need(input, end);
        bytes calldata text = input[start:end];
        uint256 valid = Utf8.firstInvalid(text);
        if (valid != length) revert RemoteInputInvalidUtf8(start + valid, uint8(text[valid]));
        return (string(text), end);
    }

    /// @dev A little-endian number.
    function _number(bytes calldata octets) private pure returns (uint256 number) {
        for (uint256 i = octets.length; i > 0; --i) {
            number = number << 8 | uint8(octets[i - 1]);
        }
    }

    function _need(bytes calldata input, uint256 length) private pure {
        if (input.length < length) revert RemoteInputTruncated(length, input.length);
    }
}
