// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {DECIDED, NONE, REFUNDED, UNRESOLVED} from "../../../contracts/types/JobWord.sol";
import {Fixture, Job} from "../utils/Fixture.sol";

contract ViewsTest is Fixture {
    function setUp() public override {
        super.setUp();
        _enlistEqual(5);
    }

    function test_job__unknown__all_zero() public view {
        ISettlementTypes.JobView memory shown;
        assertEq(abi.encode(settlement.job("unknown")), abi.encode(shown));
        assertEq(shown.status, NONE);
    }

    function test_job__cancelled__no_digest() public {
        Job memory job = _post(requester, exactVersion, _terms(5, 1), _noCallback());
        vm.prank(requester);
        queue.cancel(job.request, job.rules);
        assertEq(settlement.job(job.id).status, REFUNDED);
        assertEq(settlement.job(job.id).mark, bytes20(0));
    }

    function test_job__ended_without_a_reveal__no_digest() public {
        Job memory job = _postExact(5, 1);
        _commitRange(job, 0, 4, "a");
        _wait(COMMIT_SECONDS + REVEAL_SECONDS);
        _advance(job);
        assertEq(settlement.job(job.id).status, UNRESOLVED);
        assertEq(settlement.job(job.id).mark, bytes20(0));
    }

    function test_job__decided__digest_and_counts() public {
        Job memory job = _postExact(5, 1);
        _voted(job, 4, "a", "b");
        ISettlementTypes.JobView memory shown = settlement.job(job.id);
        assertEq(shown.status, DECIDED);
        assertEq(shown.mark, bytes20(keccak256("a")));
        assertEq(shown.committed, 5);
        assertEq(shown.revealed, 5);
        assertEq(shown.leading, 4);
        assertEq(shown.seedBlock, 0);
        assertEq(shown.totalWeight, 0);
    }
}
