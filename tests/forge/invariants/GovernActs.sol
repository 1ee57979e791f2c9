// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {EXACT, TOLERANCE} from "../../../contracts/types/Rules.sol";
import {AccountActs} from "./AccountActs.sol";
import {Act} from "./Act.sol";

/// @dev What the owner of the model and the owner of the protocol do.
abstract contract GovernActs is AccountActs {
    uint256 private constant MOST_VERSIONS = 10;

    bytes32[] internal _versions;
    mapping(bytes32 versionId => bool) internal _deprecated;
    address internal _modelHolder;
    bool internal _paused;

    function govern(uint256 seed) external from(seed) {
        uint256 what = _pick(8);
        if (what < 2) _setShares();
        else if (what == 2) _pause();
        else if (what < 5) _unpause();
        else if (what == 5) _publishVersion();
        else if (what == 6) _deprecate();
        else _sellModel();
    }

    function _setShares() private {
        address sender = _chance(80) ? owner : stranger;
        uint256 fee = _between(0, 1_050);
        uint256 burn = _chance(50) ? _between(8_500, 9_100) : _between(900, 8_500);
        bool isOwner = sender == owner;
        bytes memory data = abi.encodeCall(queue.setProtocolFee, (fee));
        if (_attempt(isOwner && fee <= 1_000, sender, address(queue), data)) _did(Act.SET_SHARES);
        data = abi.encodeCall(queue.setBurnShare, (burn));
        if (_attempt(isOwner && burn >= 1_000 && burn <= 9_000, sender, address(queue), data)) _did(Act.SET_SHARES);
    }

    function _pause() private {
        if (_chance(50) || !_attempt(!_paused, owner, address(queue), abi.encodeCall(queue.pause, ()))) return;
        _paused = true;
        _did(Act.PAUSE);
    }

    function _unpause() private {
        if (!_attempt(_paused, owner, address(queue), abi.encodeCall(queue.unpause, ()))) return;
        _paused = false;
        _did(Act.UNPAUSE);
    }

    function _publishVersion() private {
        if (_versions.length == MOST_VERSIONS) return;
        bool tolerant = _chance(50);
        IModelRegistry.Version memory v = _version(tolerant ? TOLERANCE : EXACT, tolerant ? ATOL : 0, 0);
        v.artefact = bytes32(_versions.length);
        v.royaltyBps = uint16(_between(0, 5_000));
        bytes memory data = abi.encodeCall(registry.publish, (modelId, v));
        if (!_attempt(true, _modelHolder, address(registry), data)) return;
        _versions.push(registry.versionIdOf(modelId, v));
        _did(Act.PUBLISH);
    }

    /// @dev The first two versions stay in service.
    function _deprecate() private {
        if (_versions.length < 4) return;
        bytes32 versionId = _versions[_between(2, _versions.length - 1)];
        bytes memory data = abi.encodeCall(registry.deprecate, (versionId));
        if (!_attempt(!_deprecated[versionId], _modelHolder, address(registry), data)) return;
        _deprecated[versionId] = true;
        _did(Act.DEPRECATE);
    }

    function _sellModel() private {
        address buyer = _modelHolder == modelOwner ? stranger : modelOwner;
        bytes memory data = abi.encodeCall(registry.transferModel, (modelId, buyer));
        _attempt(true, _modelHolder, address(registry), data);
        _attempt(true, buyer, address(registry), abi.encodeCall(registry.acceptModel, (modelId)));
        _modelHolder = buyer;
        _did(Act.SELL_MODEL);
    }
}
