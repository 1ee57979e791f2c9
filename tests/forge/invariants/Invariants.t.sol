// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "../utils/Test.sol";
import {Handler} from "./Handler.sol";

/// @dev docs/protocol.md's properties 1 to 3, asked after every few calls of sequences that forge makes up. The
/// handler's own checks, after each call, are the rest: see Handler.sol.
contract InvariantsTest is Test {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    Handler private _handler;

    function setUp() public {
        _handler = Handler(vm.deployCode("Handler.sol:Handler", ""));
        _handler.setUp();
        _handler.discardIdle();
    }

    function targetSelectors() public view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(_handler), new bytes4[](26));
        bytes4[26] memory selectors = [
            _handler.credit.selector,
            _handler.stake.selector,
            _handler.post.selector,
            _handler.postAndCancel.selector,
            _handler.fill.selector,
            _handler.fill.selector,
            _handler.reveal.selector,
            _handler.reveal.selector,
            _handler.support.selector,
            _handler.postMany.selector,
            _handler.proposeMany.selector,
            _handler.commitMany.selector,
            _handler.revealMany.selector,
            _handler.claimMany.selector,
            _handler.appeal.selector,
            _handler.uphold.selector,
            _handler.advance.selector,
            _handler.batch.selector,
            _handler.claim.selector,
            _handler.claimJob.selector,
            _handler.close.selector,
            _handler.deliver.selector,
            _handler.time.selector,
            _handler.govern.selector,
            _handler.trespass.selector,
            _handler.misstep.selector
        ];
        for (uint256 i; i < selectors.length; ++i) {
            targets[0].selectors[i] = selectors[i];
        }
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function invariant_books_balance_to_the_wei() public view {
        _handler.checkBooks();
        _handler.checkPots();
    }
}
