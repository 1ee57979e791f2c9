// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {HookToken} from "../../../contracts/mocks/HookToken.sol";
import {AppealFixture} from "../utils/AppealFixture.sol";
import {Job} from "../utils/Fixture.sol";

/// @dev Attack: an asset that calls back in the middle of a transfer. No step of a job moves the asset, so there is nothing
/// to re-enter through; a deposit or a withdrawal calls, but only after its own books are written.
contract ReentrancyTest is AppealFixture {
    HookToken private hooked;

    function setUp() public override {
        _deploy();
        hooked = HookToken(vm.deployCode("HookToken.sol:HookToken", ""));
        token = hooked;
        _deployAround(address(hooked));
        _publish();
        _enlistEqual(5);
        _fund(requester, 1e9 * UNIT);
        _fund(stranger, 1e6 * UNIT);
    }

    function test_every_step_of_an_appealed_job__never_calls_the_asset() public {
        hooked.program(address(settlement), "");
        Job memory job = _postOpen(2);
        _proposed(job, workers[0], "lie");
        _appealProposal(job, stranger, workers[0], "lie");
        _committee(job, 4, "a", "b");
        _close(job);
        _claim(job, 1, workers[0], "a");
        _claimProposal(job, 0, workers[0], "lie");
        assertFalse(hooked.called());
    }

    /// @dev Out of the middle of a withdrawal: the proposal is paid once, and what was withdrawn is gone.
    function test_claim_inside_a_withdrawal__pays_once() public {
        Job memory job = _postOpen(2);
        _proposed(job, workers[0], "a");
        _settle(job);
        ISettlementTypes.Claim[] memory claims = new ISettlementTypes.Claim[](2);
        claims[0] = ISettlementTypes.Claim(job.key, _proposalBallot(0, "a"));
        claims[1] = claims[0];
        hooked.program(address(settlement), abi.encodeCall(settlement.claim, (workers[0], claims)));
        uint256 credit = vault.credit(stranger);
        vm.prank(stranger);
        vault.withdraw(stranger, credit);
        assertTrue(hooked.called());
        assertTrue(hooked.succeeded());
        settlement.claim(workers[0], claims);
        assertEq(_wealth(workers[0]), STAKE * UNIT + _netOf(1, OPEN_STEP));
        assertEq(vault.credit(stranger), 0);
    }

    /// @dev The asset appeals with the credit of its own that is being withdrawn.
    function test_appeal_inside_a_withdrawal__that_credit_is_gone() public {
        Job memory job = _postOpen(2);
        _proposed(job, workers[0], "a");
        uint256 deposit = (APPEAL_BOND + 5 * CAP) * UNIT;
        _fund(address(hooked), deposit);
        hooked.program(address(settlement), abi.encodeCall(settlement.appeal, (job.key, workers[0], keccak256("a"))));
        vm.prank(address(hooked));
        vault.withdraw(address(hooked), deposit);
        assertTrue(hooked.called());
        assertFalse(hooked.succeeded());
        assertEq(settlement.job(job.id).round, 0);
    }
}
