// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {EfficientHashLib} from "solady/src/utils/EfficientHashLib.sol";
import {Rules} from "./Rules.sol";
import {Terms} from "./Terms.sol";

/// @title Callback: where and how an answer is delivered, in one word
/// @dev 0 – 159 target, 160 – 191 gas stipend, 192 – 255 delivery fee in units of the vault. Zero: none.
type Callback is uint256;

using CallbackLib for Callback global;

/// @notice What a job asks. Its id commits to all of it, so nothing of it is stored.
struct Request {
    address requester;
    /// @dev The requester's own choice; it only has to make the request new.
    uint96 nonce;
    bytes32 versionId;
    /// @dev keccak256 of the input payload.
    bytes32 inputHash;
    Terms terms;
    Callback callback;
}

/// @notice The part of a job's preimage that its rounds need; the rest stays folded in `body`.
struct JobKey {
    Terms terms;
    Rules rules;
    bytes32 body;
}

library CallbackLib {
    function target(Callback c) internal pure returns (address) {
        return address(uint160(Callback.unwrap(c)));
    }

    function gasStipend(Callback c) internal pure returns (uint256) {
        return uint32(Callback.unwrap(c) >> 160);
    }

    /// @notice Units paid to whoever makes the first full attempt to deliver.
    function deliveryFee(Callback c) internal pure returns (uint256) {
        return Callback.unwrap(c) >> 192;
    }
}

library RequestLib {
    function body(address requester, uint96 nonce, bytes32 versionId, bytes32 inputHash, Callback callback)
        internal
        pure
        returns (bytes32)
    {
        return EfficientHashLib.hash(
            uint160(requester), nonce, uint256(versionId), uint256(inputHash), Callback.unwrap(callback)
        );
    }

    /// @notice Id of a whole request.
    function id(address queue, Request calldata r, Rules rules) internal view returns (bytes32) {
        return id(queue, r.terms, rules, body(r.requester, r.nonce, r.versionId, r.inputHash, r.callback));
    }

    /// @notice `keccak256(chainId, queue, request)`, the request being folded into `terms, rules, body`.
    function id(address queue, Terms terms, Rules rules, bytes32 body_) internal view returns (bytes32) {
        return
            EfficientHashLib.hash(
                block.chainid, uint160(queue), Terms.unwrap(terms), Rules.unwrap(rules), uint256(body_)
            );
    }

    /// @notice Units a requester escrows: the seats of its rounds at the highest price, and the delivery fee.
    function escrow(Terms terms, Callback callback) internal pure returns (uint256) {
        return terms.ownSeats() * terms.seatFeeCap() + callback.deliveryFee();
    }
}
