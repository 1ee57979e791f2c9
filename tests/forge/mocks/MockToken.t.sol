// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {MockToken} from "../../../contracts/mocks/MockToken.sol";
import {Test} from "../utils/Test.sol";

contract MockTokenTest is Test {
    bytes32 private constant _PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    uint256 private constant _KEY = 0xA11CE;
    address private immutable _spender = makeAddr("spender");
    MockToken private _token;

    function setUp() public {
        _token = new MockToken();
    }

    function test_permit__signed_by_the_owner__allowance_once() public {
        address holder = vm.addr(_KEY);
        (uint8 v, bytes32 r, bytes32 s) = _signed(7, block.timestamp);
        _token.permit(holder, _spender, 7, block.timestamp, v, r, s);
        assertEq(_token.allowance(holder, _spender), 7);
        // With the next nonce the same signature is somebody else's.
        address nobody = ecrecover(_digest(7, block.timestamp), v, r, s);
        vm.expectRevert(abi.encodeWithSelector(ERC20Permit.ERC2612InvalidSigner.selector, nobody, holder));
        _token.permit(holder, _spender, 7, block.timestamp, v, r, s);
    }

    function test_permit__deadline_over__reverts() public {
        uint256 deadline = block.timestamp - 1;
        (uint8 v, bytes32 r, bytes32 s) = _signed(7, deadline);
        vm.expectRevert(abi.encodeWithSelector(ERC20Permit.ERC2612ExpiredSignature.selector, deadline));
        _token.permit(vm.addr(_KEY), _spender, 7, deadline, v, r, s);
    }

    function _signed(uint256 value, uint256 deadline) private view returns (uint8 v, bytes32 r, bytes32 s) {
        return vm.sign(_KEY, _digest(value, deadline));
    }

    function _digest(uint256 value, uint256 deadline) private view returns (bytes32) {
        address holder = vm.addr(_KEY);
        bytes32 content = keccak256(abi.encode(_PERMIT, holder, _spender, value, _token.nonces(holder), deadline));
        return keccak256(abi.encodePacked(hex"1901", _token.DOMAIN_SEPARATOR(), content));
    }
}
