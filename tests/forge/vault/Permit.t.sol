// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IStakeVault} from "../../../contracts/interfaces/IStakeVault.sol";
import {Deployment} from "../utils/Deployment.sol";

/// @dev An asset that knows no permits.
contract PlainToken is ERC20 {
    constructor() ERC20("Plain", "PLAIN") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

contract PermitTest is Deployment {
    bytes32 private constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    uint256 private constant KEY = 0xA11CE;

    struct Signature {
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    address private immutable alice = vm.addr(KEY);
    address private immutable bob = makeAddr("bob");
    uint256 private _deadline;

    function setUp() public {
        _deploy();
        token.mint(alice, 1_000);
        _deadline = block.timestamp + 600;
    }

    // --- reverts ---

    function test_depositWithPermit__signature_of_another__no_allowance() public {
        Signature memory s = _sign(0xB0B, 7, 0);
        _expectNoAllowance(7);
        _deposit(alice, 7, s);
    }

    function test_depositWithPermit__other_amount_than_signed__no_allowance() public {
        Signature memory s = _sign(KEY, 7, 0);
        _expectNoAllowance(8);
        _deposit(alice, 8, s);
        _expectNoAllowance(6);
        _deposit(alice, 6, s);
    }

    function test_depositWithPermit__too_late__no_allowance() public {
        Signature memory s = _sign(KEY, 7, 0);
        vm.warp(_deadline + 1);
        _expectNoAllowance(7);
        _deposit(alice, 7, s);
    }

    /// @dev A permit is its owner's to use here: another caller's allowance is what counts for the other.
    function test_depositWithPermit__sent_by_another__takes_nothing_of_the_owner_s() public {
        Signature memory s = _sign(KEY, 7, 0);
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(vault), 0, 7));
        vault.depositWithPermit(bob, 7, _deadline, s.v, s.r, s.s);
        assertEq(token.balanceOf(alice), 1_000);
    }

    function test_depositWithPermit__used_twice__no_allowance_left() public {
        Signature memory s = _sign(KEY, 7, 0);
        _deposit(alice, 7, s);
        _expectNoAllowance(7);
        _deposit(alice, 7, s);
        assertEq(vault.credit(alice), 7);
    }

    function test_depositWithPermit__nothing_or_to_nobody__reverts() public {
        Signature memory s = _sign(KEY, 0, 0);
        vm.expectRevert(IStakeVault.ZeroAmount.selector);
        _deposit(alice, 0, s);
        s = _sign(KEY, 7, 0);
        vm.expectRevert(IStakeVault.ZeroAddress.selector);
        _deposit(address(0), 7, s);
    }

    function test_depositWithPermit__asset_without_permits_and_no_allowance__reverts() public {
        _usePlainToken();
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(vault), 0, 7));
        vault.depositWithPermit(alice, 7, _deadline, 27, "r", "s");
    }

    // --- what happens ---

    function test_depositWithPermit__signed__no_approval_needed() public {
        Signature memory s = _sign(KEY, 7, 0);
        vm.expectEmit(address(vault));
        emit IStakeVault.Deposited(alice, bob, 7);
        _deposit(bob, 7, s);
        assertEq(vault.credit(bob), 7);
        assertEq(token.balanceOf(address(vault)), 7);
        assertEq(token.allowance(alice, address(vault)), 0);
        assertEq(token.nonces(alice), 1);
    }

    /// @dev Whoever sees the transaction can spend the signature first; the allowance it gives is there all the same.
    function test_depositWithPermit__permit_front_run__still_deposits() public {
        Signature memory s = _sign(KEY, 7, 0);
        vm.prank(bob);
        token.permit(alice, address(vault), 7, _deadline, s.v, s.r, s.s);
        _deposit(alice, 7, s);
        assertEq(vault.credit(alice), 7);
        assertEq(token.nonces(alice), 1);
    }

    function test_depositWithPermit__asset_without_permits_but_an_allowance__deposits() public {
        PlainToken plain = _usePlainToken();
        vm.startPrank(alice);
        plain.approve(address(vault), 7);
        vault.depositWithPermit(alice, 7, _deadline, 27, "r", "s");
        vm.stopPrank();
        assertEq(vault.credit(alice), 7);
    }

    // --- helpers ---

    function _sign(uint256 key, uint256 amount, uint256 nonce) private view returns (Signature memory s) {
        bytes32 permit = keccak256(abi.encode(PERMIT, alice, address(vault), amount, nonce, _deadline));
        (s.v, s.r, s.s) = vm.sign(key, keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), permit)));
    }

    function _deposit(address to, uint256 amount, Signature memory s) private {
        vm.prank(alice);
        vault.depositWithPermit(to, amount, _deadline, s.v, s.r, s.s);
    }

    function _expectNoAllowance(uint256 needed) private {
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(vault), 0, needed)
        );
    }

    function _usePlainToken() private returns (PlainToken plain) {
        plain = new PlainToken();
        _deployAround(address(plain));
        plain.mint(alice, 1_000);
    }
}
