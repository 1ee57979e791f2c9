// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {REFUNDED, UNRESOLVED} from "../../../contracts/types/JobWord.sol";
import {Job} from "../utils/Fixture.sol";
import {AttackFixture} from "./AttackFixture.sol";

/// @dev A reader that asks for the digest of a job must not be handed what else its word held.
contract ReviewViewsTest is AttackFixture {
    function test_job__ended_before_any_reveal__no_digest() public {
        Job memory refunded = _postExact(5, 1);
        _wait(COMMIT_SECONDS);
        _advance(refunded);
        assertEq(settlement.job(refunded.id).status, REFUNDED);
        assertEq(bytes32(settlement.job(refunded.id).digest), 0);

        Job memory unresolved = _postExact(5, 1);
        _commitRange(unresolved, 0, 3, "a");
        _wait(COMMIT_SECONDS + REVEAL_SECONDS);
        _advance(unresolved);
        assertEq(settlement.job(unresolved.id).status, UNRESOLVED);
        assertEq(bytes32(settlement.job(unresolved.id).digest), 0);
    }
}
