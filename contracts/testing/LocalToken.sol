// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title LocalToken: an asset for tests; anyone may mint it
contract LocalToken is ERC20 {
    constructor() ERC20("Local asset", "LOCAL") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}
