// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Terms} from "../../../contracts/types/Terms.sol";
import {Act} from "./Act.sol";
import {GhostJob} from "./Ghosts.sol";
import {ManyActs} from "./ManyActs.sol";

/// @dev Calls that belong to the contracts among themselves or to an owner, made by somebody else.
abstract contract Trespasses is ManyActs {
    function trespass(uint256 seed) external from(seed) {
        address someone = _somebody();
        (, GhostJob storage job) = _someJob();
        bytes32 id = job.id;
        uint256 what = _pick(12);
        if (what == 0) _forbidden(someone, address(vault), abi.encodeCall(vault.pay, (someone, 1)));
        if (what == 1) _forbidden(someone, address(vault), abi.encodeCall(vault.escrow, (requester, 1)));
        if (what == 2) _forbidden(someone, address(vault), abi.encodeCall(vault.unbond, (someone, 1, 1)));
        if (what == 3) {
            _forbidden(someone, address(vault), abi.encodeCall(vault.divide, (0, 0, someone, 1, 1, someone, 1)));
        }
        if (what == 4) {
            address signer = _workers[workers[0]].signer;
            _forbidden(signer, address(vault), abi.encodeCall(vault.bond, (workers[0], signer, 1, block.timestamp)));
        }
        if (what == 5) _forbidden(someone, address(settlement), abi.encodeCall(settlement.open, (id)));
        if (what == 6) _forbidden(someone, address(settlement), abi.encodeCall(settlement.cancel, (id)));
        if (what == 7) _forbidden(someone, address(settlement), abi.encodeCall(settlement.deliveryFailed, (id)));
        if (what == 8) {
            _forbidden(
                someone, address(settlement), abi.encodeCall(settlement.beginDelivery, (id, Terms.wrap(0), someone, id))
            );
        }
        if (what == 9) _forbidden(someone, address(queue), abi.encodeCall(queue.setBurnShare, (10_000)));
        if (what == 10) _forbidden(someone, address(queue), abi.encodeCall(queue.withdrawTreasury, (someone, 0)));
        if (what == 11) _forbidden(owner, address(registry), abi.encodeCall(registry.transferModel, (modelId, owner)));
    }

    function _forbidden(address sender, address target, bytes memory data) private {
        vm.prank(sender);
        (bool ok,) = target.call(data);
        assertFalse(ok);
        _did(Act.REFUSED);
    }
}
