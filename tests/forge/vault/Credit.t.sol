// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IStakeVault} from "../../../contracts/interfaces/IStakeVault.sol";
import {HookToken} from "../../../contracts/mocks/HookToken.sol";
import {MockToken} from "../../../contracts/mocks/MockToken.sol";
import {Deployment} from "../utils/Deployment.sol";

contract CreditTest is Deployment {
    address private immutable alice = makeAddr("alice");
    address private immutable bob = makeAddr("bob");

    function setUp() public {
        _deploy();
        token.mint(alice, 1_000);
        vm.prank(alice);
        token.approve(address(vault), type(uint256).max);
    }

    // --- deposit ---

    function test_deposit__to_nobody__reverts() public {
        vm.prank(alice);
        vm.expectRevert(IStakeVault.ZeroAddress.selector);
        vault.deposit(address(0), 1);
    }

    function test_deposit__nothing__reverts() public {
        vm.prank(alice);
        vm.expectRevert(IStakeVault.ZeroAmount.selector);
        vault.deposit(alice, 0);
    }

    function test_deposit__more_than_the_caller_has__reverts() public {
        vm.prank(alice);
        vm.expectRevert();
        vault.deposit(alice, 1_001);
        assertEq(vault.credit(alice), 0);
    }

    function test_deposit__token_that_takes_a_fee__reverts() public {
        _useToken("FeeOnTransferToken.sol:FeeOnTransferToken");
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.WrongAmountReceived.selector, 1_000, 990));
        vault.deposit(alice, 1_000);
    }

    function test_deposit__token_that_answers_false__reverts() public {
        _useToken("FalseReturningToken.sol:FalseReturningToken");
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(token)));
        vault.deposit(alice, 1_000);
    }

    /// @dev A deposit inside a deposit arrives twice from the outer one's point of view.
    function test_deposit__token_re_enters_with_a_deposit__reverts() public {
        HookToken hooked = HookToken(address(_useToken("HookToken.sol:HookToken")));
        hooked.mint(address(hooked), 10);
        vm.prank(address(hooked));
        hooked.approve(address(vault), 10);
        hooked.program(address(vault), abi.encodeCall(vault.deposit, (bob, 10)));
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.WrongAmountReceived.selector, 1_000, 1_010));
        vault.deposit(alice, 1_000);
    }

    function test_deposit__for_another__credits_that_one() public {
        vm.expectEmit(address(vault));
        emit IStakeVault.Deposited(alice, bob, 7);
        vm.prank(alice);
        vault.deposit(bob, 7);
        assertEq(vault.credit(bob), 7);
        assertEq(vault.credit(alice), 0);
        assertEq(token.balanceOf(address(vault)), 7);
    }

    // --- withdraw ---

    function test_withdraw__to_nobody__reverts() public {
        vm.prank(alice);
        vm.expectRevert(IStakeVault.ZeroAddress.selector);
        vault.withdraw(address(0), 0);
    }

    function test_withdraw__one_wei_above_the_credit__reverts() public {
        vm.prank(alice);
        vault.deposit(alice, 7);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.InsufficientCredit.selector, alice, 7, 8));
        vault.withdraw(alice, 8);
    }

    function test_withdraw__another_s_credit__reverts() public {
        vm.prank(alice);
        vault.deposit(alice, 7);
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.InsufficientCredit.selector, bob, 0, 7));
        vault.withdraw(bob, 7);
    }

    function test_withdraw__token_re_enters_with_a_withdrawal__pays_once() public {
        HookToken hooked = HookToken(address(_useToken("HookToken.sol:HookToken")));
        vm.startPrank(alice);
        vault.deposit(bob, 100);
        vault.deposit(address(hooked), 10);
        vm.stopPrank();
        hooked.program(address(vault), abi.encodeCall(vault.withdraw, (address(hooked), 10)));
        vm.prank(address(hooked));
        vault.withdraw(address(hooked), 10);
        assertTrue(hooked.called());
        assertFalse(hooked.succeeded());
        assertEq(hooked.balanceOf(address(vault)), 100);
    }

    function test_withdraw__all__to_anyone() public {
        vm.startPrank(alice);
        vault.deposit(alice, 7);
        vm.expectEmit(address(vault));
        emit IStakeVault.Withdrawn(alice, bob, 7);
        vault.withdraw(bob, 7);
        assertEq(vault.credit(alice), 0);
        assertEq(token.balanceOf(bob), 7);
        assertEq(token.balanceOf(address(vault)), 0);
    }

    // --- escrow and pay ---

    function test_escrow__not_the_engine__reverts() public {
        address[3] memory others = [alice, address(registry), owner];
        for (uint256 i; i < others.length; ++i) {
            vm.prank(others[i]);
            vm.expectRevert(
                abi.encodeWithSelector(IStakeVault.NotEngine.selector, address(queue), address(settlement), others[i])
            );
            vault.escrow(alice, 0);
        }
    }

    function test_escrow__more_than_the_credit__reverts() public {
        vm.prank(alice);
        vault.deposit(alice, 7);
        vm.prank(address(queue));
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.InsufficientCredit.selector, alice, 7, 8));
        vault.escrow(alice, 8);
    }

    function test_escrow__within_the_credit__leaves_the_rest() public {
        vm.prank(alice);
        vault.deposit(alice, 7);
        vm.prank(address(queue));
        vault.escrow(alice, 4);
        vm.prank(address(settlement));
        vault.escrow(alice, 1);
        assertEq(vault.credit(alice), 2);
    }

    function test_pay__not_the_engine__reverts() public {
        address[3] memory others = [alice, address(registry), owner];
        for (uint256 i; i < others.length; ++i) {
            vm.prank(others[i]);
            vm.expectRevert(
                abi.encodeWithSelector(IStakeVault.NotEngine.selector, address(queue), address(settlement), others[i])
            );
            vault.pay(alice, 1);
        }
    }

    function test_pay__queue_and_settlement__add_to_the_credit() public {
        vm.prank(address(queue));
        vault.pay(bob, 3);
        vm.prank(address(settlement));
        vault.pay(bob, 4);
        assertEq(vault.credit(bob), 7);
    }

    // --- divide ---

    function test_divide__not_the_settlement__reverts() public {
        vm.prank(address(queue));
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.NotSettlement.selector, address(settlement), address(queue)));
        vault.divide(0, 0, alice, 1, 0, alice, 0);
    }

    function test_divide__everybody_named__each_gets_its_part() public {
        vm.prank(address(settlement));
        vault.divide(0, 1, alice, 2, 3, bob, 4);
        assertEq(vault.burned(), 1);
        assertEq(vault.credit(alice), 2);
        assertEq(vault.credit(address(queue)), 3);
        assertEq(vault.credit(bob), 4);
    }

    function test_divide__one_account_in_every_role__gets_the_sum() public {
        vm.prank(address(settlement));
        vault.divide(0, 0, address(queue), 2, 3, address(queue), 4);
        assertEq(vault.credit(address(queue)), 9);
    }

    // --- burn ---

    function test_flushBurn__after_a_loss__leaves_for_good_and_once() public {
        vm.prank(alice);
        vault.deposit(alice, 1_000);
        vm.prank(address(settlement));
        vault.divide(0, 600, alice, 0, 0, alice, 0);
        assertEq(vault.burned(), 600);
        vm.expectEmit(address(vault));
        emit IStakeVault.BurnFlushed(600);
        vault.flushBurn();
        vault.flushBurn();
        assertEq(vault.burned(), 0);
        assertEq(token.balanceOf(0x000000000000000000000000000000000000dEaD), 600);
        assertEq(token.balanceOf(address(vault)), 400);
    }

    /// @dev A vault around another token, of which alice has a thousand.
    function _useToken(string memory artefact) private returns (MockToken) {
        token = MockToken(vm.deployCode(artefact, ""));
        _deployAround(address(token));
        token.mint(alice, 1_000);
        vm.prank(alice);
        IERC20(token).approve(address(vault), type(uint256).max);
        return token;
    }
}
