// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Tensor} from "./Tensors.sol";

/// @title Likelihoods: what a classifier's output says
library Likelihoods {
    /// @notice The tensor has another number of elements than there are labels.
    error LikelihoodsWrongCount(uint256 expected, uint256 received);
    error LikelihoodsNegative(uint256 label, int256 received);

    /// @notice The likeliest of the labels, the first of equals, and its likelihood with 18 decimals.
    /// @dev Reverts for NaN and infinities (`FixedPointNotFinite`) and for types that are no floats. Loops over the labels.
    function likeliest(Tensor memory likelihoods, uint256 labels)
        internal
        pure
        returns (uint256 label, uint256 likelihood)
    {
        if (labels == 0 || likelihoods.elements != labels) {
            revert LikelihoodsWrongCount(labels, likelihoods.elements);
        }
        for (uint256 i; i < labels; ++i) {
            int256 found = likelihoods.fixedAt(i);
            if (found < 0) revert LikelihoodsNegative(i, found);
            if (uint256(found) > likelihood) (label, likelihood) = (i, uint256(found));
        }
    }
}
