// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title PlainToken: an asset for local chains that knows no signed approvals, as many do not; anyone may mint it
contract PlainToken is ERC20 {
    constructor() ERC20("Plain asset", "PLAIN") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}
