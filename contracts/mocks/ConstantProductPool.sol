// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PoolFeeController} from "../consumers/PoolFeeController.sol";

/// @title ConstantProductPool: the arithmetic of a pool whose fee a controller sets; it moves no tokens
contract ConstantProductPool {
    uint256 private constant BASIS_POINTS = 10_000;

    uint256 public reserve0;
    uint256 public reserve1;
    PoolFeeController public controller;

    constructor(uint256 reserve0_, uint256 reserve1_) {
        (reserve0, reserve1) = (reserve0_, reserve1_);
    }

    function setController(PoolFeeController controller_) external {
        controller = controller_;
    }

    /// @notice Price of token 0 in token 1, 18 decimals.
    function price() public view returns (uint256) {
        return reserve1 * 1e18 / reserve0;
    }

    /// @notice Swaps after it has told the controller the price that held before.
    function swap(bool zeroForOne, uint256 amountIn) external returns (uint256 amountOut) {
        controller.observe(price());
        uint256 kept = amountIn * (BASIS_POINTS - controller.feeBps()) / BASIS_POINTS;
        if (zeroForOne) {
            amountOut = reserve1 * kept / (reserve0 + kept);
            (reserve0, reserve1) = (reserve0 + amountIn, reserve1 - amountOut);
        } else {
            amountOut = reserve0 * kept / (reserve1 + kept);
            (reserve0, reserve1) = (reserve0 - amountOut, reserve1 + amountIn);
        }
    }
}
