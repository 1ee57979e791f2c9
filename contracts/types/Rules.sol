// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Rules: what a job takes over from its version and from the protocol when it is posted
/// @dev Part of the job's id, so nothing that happens later can change a running job.
///
/// | bits      | field          |                                                                |
/// | --------- | -------------- | -------------------------------------------------------------- |
/// | 0 – 7     | numerics       | EXACT or TOLERANCE                                             |
/// | 8 – 39    | atol           | absolute tolerance, a float32 bit pattern                      |
/// | 40 – 71   | rtol           | relative tolerance in units of 2^-32                           |
/// | 72 – 87   | royaltyBps     | basis points of a seat fee for the owner of the model          |
/// | 88 – 103  | protocolFeeBps | basis points of a seat fee for the treasury                    |
/// | 104 – 119 | burnBps        | basis points of every lost bond that are burned                |
type Rules is uint256;

using RulesLib for Rules global;

uint256 constant EXACT = 0;
uint256 constant TOLERANCE = 1;
uint256 constant BASIS_POINTS = 10_000;

library RulesLib {
    function numerics(Rules r) internal pure returns (uint256) {
        return uint8(Rules.unwrap(r));
    }

    function atol(Rules r) internal pure returns (uint32) {
        return uint32(Rules.unwrap(r) >> 8);
    }

    function rtol(Rules r) internal pure returns (uint32) {
        return uint32(Rules.unwrap(r) >> 40);
    }

    function royaltyBps(Rules r) internal pure returns (uint256) {
        return uint16(Rules.unwrap(r) >> 72);
    }

    function protocolFeeBps(Rules r) internal pure returns (uint256) {
        return uint16(Rules.unwrap(r) >> 88);
    }

    function burnBps(Rules r) internal pure returns (uint256) {
        return uint16(Rules.unwrap(r) >> 104);
    }

    /// @notice The part a version fixes.
    function ofVersion(uint256 numerics_, uint32 atol_, uint32 rtol_, uint256 royaltyBps_)
        internal
        pure
        returns (Rules)
    {
        return Rules.wrap(numerics_ | uint256(atol_) << 8 | uint256(rtol_) << 40 | royaltyBps_ << 72);
    }

    /// @notice The same with the part the protocol fixes.
    function withProtocol(Rules r, uint256 protocolFeeBps_, uint256 burnBps_) internal pure returns (Rules) {
        return Rules.wrap(Rules.unwrap(r) | protocolFeeBps_ << 88 | burnBps_ << 104);
    }

    /// @notice Splits the fee of one right seat. All amounts in wei; the parts add up to `fee`.
    /// @dev A fee is below 2^48 units of at most 1e18 wei, and the registry and the queue keep the two shares together
    /// below the whole, so nothing here can overflow.
    function split(Rules r, uint256 fee) internal pure returns (uint256 worker, uint256 royalty, uint256 treasury) {
        unchecked {
            royalty = fee * royaltyBps(r) / BASIS_POINTS;
            treasury = fee * protocolFeeBps(r) / BASIS_POINTS;
            worker = fee - royalty - treasury;
        }
    }
}
