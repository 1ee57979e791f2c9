// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Deployment} from "../utils/Deployment.sol";

/// @dev Random steps of three workers against a plain model that keeps every epoch's weights for good.
contract EpochsTest is Deployment {
    uint256 private constant STEPS = 40;

    struct Model {
        uint256 free;
        uint256 bonded;
        bool active;
    }

    address[3] private _workers;
    Model[3] private _models;
    mapping(uint256 epoch => uint256[3]) private _weights;
    mapping(uint256 epoch => uint256) private _totals;

    function setUp() public {
        _deploy();
        for (uint256 i; i < 3; ++i) {
            _workers[i] = makeAddr(vm.toString(i));
            _enlist(_workers[i], 1_000);
            _fund(_workers[i], 1e9 * UNIT);
            _models[i] = Model(1_000, 0, true);
        }
    }

    function test_weights__random_steps_over_many_epochs__equal_the_plain_model(uint256 seed) public {
        for (uint256 i; i < STEPS; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            _step(seed % 8, seed >> 8 & 0xFF, seed >> 16 & 0xFFFF);
            _assertWeights();
        }
    }

    function _step(uint256 action, uint256 who, uint256 units) private {
        address worker = _workers[who % 3];
        Model storage m = _models[who % 3];
        if (action < 2) {
            _skipEpochs(action == 0 ? 1 : units % 5);
        } else if (action == 2) {
            m.active = !m.active;
            vm.prank(worker);
            vault.setActive(m.active);
        } else if (action == 3) {
            m.free += units + MINIMUM_STAKE;
            vm.prank(worker);
            vault.stake((units + MINIMUM_STAKE) * UNIT);
        } else if (action == 4 && m.free > MINIMUM_STAKE) {
            units = bound(units, 1, m.free - MINIMUM_STAKE);
            m.free -= units;
            vm.prank(worker);
            vault.unstake(units * UNIT);
        } else if (action == 5 && m.active) {
            units = bound(units, 0, m.free);
            (m.free, m.bonded) = (m.free - units, m.bonded + units);
            vm.prank(address(settlement));
            vault.bond(worker, _signerOf(worker), units, block.timestamp);
        } else if (action >= 6) {
            units = bound(units, 0, m.bonded);
            m.bonded -= units;
            if (action == 6) m.free += units;
            vm.prank(address(settlement));
            if (action == 6) vault.unbond(worker, units, 0);
            else vault.divide(units, 0, worker, 0, 0, worker, 0);
        }
    }

    /// @dev Each epoch that begins takes the weights that stand then.
    function _skipEpochs(uint256 epochs) private {
        uint256 epoch = vault.currentEpoch();
        for (uint256 e = epoch + 1; e <= epoch + epochs; ++e) {
            for (uint256 i; i < 3; ++i) {
                Model memory m = _models[i];
                _weights[e][i] = m.active ? m.free : 0;
                _totals[e] += _weights[e][i] + m.bonded;
            }
        }
        vm.warp((epoch + epochs) * EPOCH + 17);
    }

    function _assertWeights() private view {
        uint256 epoch = vault.currentEpoch();
        for (uint256 i; i < 3; ++i) {
            (uint256 weight, uint256 total) = vault.weightOf(_workers[i], block.timestamp);
            assertEq(weight, _weights[epoch][i]);
            assertEq(total, _totals[epoch]);
            (weight, total) = vault.weightOf(_workers[i], block.timestamp - EPOCH);
            uint256 before = _weights[epoch - 1][i];
            assertEq(weight, before < _weights[epoch][i] ? before : _weights[epoch][i]);
            assertEq(total, _totals[epoch - 1]);
            assertEq(vault.worker(_workers[i]).free, _models[i].free);
        }
    }
}
