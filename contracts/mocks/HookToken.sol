// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {MockToken} from "./MockToken.sol";

/// @title HookToken: makes one programmed call in the middle of its next transfer, as ERC-777 tokens can
contract HookToken is MockToken {
    address public target;
    bytes public data;
    /// @notice Whether the programmed call has been made, and whether it succeeded.
    bool public called;
    bool public succeeded;

    function program(address target_, bytes calldata data_) external {
        (target, data, called, succeeded) = (target_, data_, false, false);
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (target == address(0) || called) return;
        called = true;
        (succeeded,) = target.call(data);
    }
}
