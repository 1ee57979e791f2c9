// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title MockToken: an asset for local chains; anyone may mint it, and approvals can be signed (ERC-2612)
contract MockToken is ERC20, ERC20Permit {
    constructor() ERC20("Mock asset", "MOCK") ERC20Permit("Mock asset") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}
