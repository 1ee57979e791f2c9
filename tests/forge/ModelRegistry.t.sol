// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {IModelRegistry} from "../../contracts/interfaces/IModelRegistry.sol";
import {EXACT, Rules, TOLERANCE} from "../../contracts/types/Rules.sol";
import {Fixture} from "./utils/Fixture.sol";

contract ModelRegistryTest is Fixture {
    // --- createModel ---

    function test_createModel__bad_names__revert() public {
        string[7] memory names = ["", "Digits", "a b", unicode"é", "a/b", string(new bytes(1)), "z\n"];
        for (uint256 i; i < names.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IModelRegistry.BadModelName.selector, names[i]));
            registry.createModel(names[i]);
        }
    }

    function test_createModel__65_characters__reverts() public {
        string memory name = _text(65);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.BadModelName.selector, name));
        registry.createModel(name);
    }

    function test_createModel__same_name_again__reverts() public {
        vm.prank(modelOwner);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelExists.selector, modelId));
        registry.createModel("digits");
    }

    /// @dev The name stays its creator's: a model given away does not make room for another one.
    function test_createModel__name_of_a_model_given_away__reverts() public {
        _giveAway(stranger);
        vm.prank(modelOwner);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelExists.selector, modelId));
        registry.createModel("digits");
    }

    function test_createModel__paused__reverts() public {
        vm.prank(owner);
        registry.pause();
        vm.expectRevert(Pausable.EnforcedPause.selector);
        registry.createModel("other");
    }

    function test_createModel__same_name_of_another__its_own_id() public {
        vm.expectEmit(address(registry));
        emit IModelRegistry.ModelCreated(keccak256(abi.encode(stranger, "digits")), stranger, "digits");
        vm.prank(stranger);
        bytes32 id = registry.createModel("digits");
        assertEq(id, registry.modelIdOf(stranger, "digits"));
        assertEq(registry.model(id).owner, stranger);
        assertEq(registry.model(modelId).owner, modelOwner);
    }

    function test_createModel__every_letter_and_64_of_them__accepted() public {
        string memory name = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
        assertEq(registry.model(registry.createModel(name)).name, name);
        registry.createModel(_text(64));
        assertEq(registry.modelCount(), 3);
    }

    // --- publish ---

    function test_publish__not_the_owner__reverts() public {
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.NotModelOwner.selector, modelOwner, stranger));
        registry.publish(modelId, _version(EXACT, 0, 0));
    }

    function test_publish__unknown_model__reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.UnknownModel.selector, bytes32("x")));
        registry.publish("x", _version(EXACT, 0, 0));
    }

    function test_publish__paused__reverts() public {
        vm.prank(owner);
        registry.pause();
        vm.expectRevert(Pausable.EnforcedPause.selector);
        _publish(_fresh());
    }

    function test_publish__same_version_again__reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.VersionExists.selector, exactVersion));
        _publish(_version(EXACT, 0, 0));
    }

    function test_publish__digest_missing__reverts() public {
        IModelRegistry.Version memory v = _fresh();
        v.artefact = 0;
        _expectRefused(v, abi.encodeWithSelector(IModelRegistry.MissingDigest.selector));
        v = _fresh();
        v.manifest = 0;
        _expectRefused(v, abi.encodeWithSelector(IModelRegistry.MissingDigest.selector));
    }

    function test_publish__unknown_numerics__reverts() public {
        IModelRegistry.Version memory v = _fresh();
        v.numerics = 2;
        _expectRefused(v, abi.encodeWithSelector(IModelRegistry.BadNumerics.selector, 2));
    }

    function test_publish__exact_with_a_tolerance__reverts() public {
        _expectBadTolerance(EXACT, 1, 0);
        _expectBadTolerance(EXACT, 0, 1);
    }

    function test_publish__tolerance_out_of_bounds__reverts() public {
        _expectBadTolerance(TOLERANCE, 0x7F800000, 0);
        _expectBadTolerance(TOLERANCE, 0x7FC00000, 0);
        _expectBadTolerance(TOLERANCE, 0x80000000, 0);
        _expectBadTolerance(TOLERANCE, 0xBF800000, 0);
        _expectBadTolerance(TOLERANCE, 0, 1_431_655_766);
    }

    function test_publish__royalty_too_high__reverts() public {
        IModelRegistry.Version memory v = _fresh();
        v.royaltyBps = 5_001;
        _expectRefused(v, abi.encodeWithSelector(IModelRegistry.RoyaltyTooHigh.selector, 5_000, 5_001));
    }

    function test_publish__nine_uris_or_one_too_long__reverts() public {
        IModelRegistry.Version memory v = _fresh();
        v.uris = new string[](9);
        _expectRefused(v, abi.encodeWithSelector(IModelRegistry.TooManyUris.selector, 8, 9));
        v.uris = new string[](2);
        v.uris[1] = _text(513);
        _expectRefused(v, abi.encodeWithSelector(IModelRegistry.UriTooLong.selector, 512, 513));
    }

    function test_publish__largest_figures__comes_back_whole() public {
        IModelRegistry.Version memory v = _version(TOLERANCE, 0x7F7FFFFF, 1_431_655_765);
        v.royaltyBps = 5_000;
        v.graphRoot = "root";
        v.verifier = address(9);
        v.uris = new string[](8);
        v.uris[7] = _text(512);
        bytes32 expected = registry.versionIdOf(modelId, v);
        vm.expectEmit(address(registry));
        emit IModelRegistry.VersionPublished(expected, modelId, v);
        assertEq(_publish(v), expected);

        (IModelRegistry.Version memory got, bytes32 model, bool deprecated) = registry.version(expected);
        assertEq(abi.encode(got), abi.encode(v));
        assertEq(model, modelId);
        assertFalse(deprecated);
        Rules rules = registry.rulesOf(expected);
        assertEq(rules.numerics(), TOLERANCE);
        assertEq(rules.atol(), 0x7F7FFFFF);
        assertEq(rules.rtol(), 1_431_655_765);
        assertEq(rules.royaltyBps(), 5_000);
        assertEq(Rules.unwrap(rules) >> 88, 0);
    }

    function test_versionIdOf__any_part_differs__another_id(IModelRegistry.Version memory v, uint8 which) public view {
        bytes32 id = registry.versionIdOf(modelId, v);
        assertNotEq(registry.versionIdOf(~modelId, v), id);
        if (which % 9 == 0) v.artefact = ~v.artefact;
        else if (which % 9 == 1) v.manifest = ~v.manifest;
        else if (which % 9 == 2) v.graphRoot = ~v.graphRoot;
        else if (which % 9 == 3) v.verifier = address(~uint160(v.verifier));
        else if (which % 9 == 4) v.numerics = ~v.numerics;
        else if (which % 9 == 5) v.atol = ~v.atol;
        else if (which % 9 == 6) v.rtol = ~v.rtol;
        else if (which % 9 == 7) v.royaltyBps = ~v.royaltyBps;
        else v.uris = new string[](v.uris.length + 1);
        assertNotEq(registry.versionIdOf(modelId, v), id);
    }

    // --- deprecate ---

    function test_deprecate__unknown_or_not_the_owner_or_twice__reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.UnknownVersion.selector, bytes32("x")));
        registry.deprecate("x");
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.NotModelOwner.selector, modelOwner, stranger));
        registry.deprecate(exactVersion);
        vm.startPrank(modelOwner);
        registry.deprecate(exactVersion);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.DeprecatedVersion.selector, exactVersion));
        registry.deprecate(exactVersion);
    }

    function test_deprecate__own_version__no_rules_but_still_shown() public {
        vm.expectEmit(address(registry));
        emit IModelRegistry.VersionDeprecated(exactVersion, modelId);
        vm.prank(modelOwner);
        registry.deprecate(exactVersion);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.DeprecatedVersion.selector, exactVersion));
        registry.rulesOf(exactVersion);
        (,, bool deprecated) = registry.version(exactVersion);
        assertTrue(deprecated);
        assertEq(registry.ownerOfVersion(exactVersion), modelOwner);
    }

    function test_publish__deprecated_version_again__reverts() public {
        vm.prank(modelOwner);
        registry.deprecate(exactVersion);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.VersionExists.selector, exactVersion));
        _publish(_version(EXACT, 0, 0));
    }

    // --- transfer ---

    function test_transferModel__not_the_owner_or_unknown__reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.UnknownModel.selector, bytes32("x")));
        registry.transferModel("x", stranger);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.NotModelOwner.selector, modelOwner, stranger));
        registry.transferModel(modelId, stranger);
    }

    function test_acceptModel__not_offered_or_withdrawn__reverts() public {
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.NotPendingModelOwner.selector, address(0), stranger));
        registry.acceptModel(modelId);
        vm.startPrank(modelOwner);
        registry.transferModel(modelId, stranger);
        registry.transferModel(modelId, address(0));
        vm.stopPrank();
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.NotPendingModelOwner.selector, address(0), stranger));
        registry.acceptModel(modelId);
    }

    function test_acceptModel__offered__takes_over_everything() public {
        vm.expectEmit(address(registry));
        emit IModelRegistry.ModelTransferStarted(modelId, modelOwner, stranger);
        vm.prank(modelOwner);
        registry.transferModel(modelId, stranger);
        assertEq(registry.ownerOfVersion(exactVersion), modelOwner);
        vm.expectEmit(address(registry));
        emit IModelRegistry.ModelTransferred(modelId, modelOwner, stranger);
        vm.prank(stranger);
        registry.acceptModel(modelId);
        assertEq(registry.ownerOfVersion(exactVersion), stranger);
        assertEq(registry.model(modelId).pendingOwner, address(0));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.NotModelOwner.selector, stranger, modelOwner));
        _publish(_fresh());
    }

    // --- pause ---

    function test_pause__not_the_owner__reverts() public {
        vm.startPrank(stranger);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
        registry.pause();
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
        registry.unpause();
    }

    function test_pause__the_rest_goes_on() public {
        vm.prank(owner);
        registry.pause();
        registry.rulesOf(exactVersion);
        _giveAway(stranger);
        vm.prank(stranger);
        registry.deprecate(exactVersion);
        vm.prank(owner);
        registry.unpause();
        registry.createModel("other");
    }

    // --- views ---

    function test_views__unknown__revert() public {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.UnknownModel.selector, bytes32("x")));
        registry.model("x");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.UnknownVersion.selector, bytes32("x")));
        registry.version("x");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.UnknownVersion.selector, bytes32("x")));
        registry.rulesOf("x");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.UnknownVersion.selector, bytes32("x")));
        registry.ownerOfVersion("x");
    }

    function test_models__pages__cut_at_the_end() public {
        registry.createModel("b");
        registry.createModel("c");
        assertEq(registry.models(0, 2).length, 2);
        IModelRegistry.Model[] memory page = registry.models(1, type(uint256).max);
        assertEq(page.length, 2);
        assertEq(page[1].name, "c");
        assertEq(registry.models(3, 10).length, 0);
        assertEq(registry.models(type(uint256).max, type(uint256).max).length, 0);
    }

    function test_versions__pages__in_the_order_of_publishing() public view {
        bytes32[] memory page = registry.versions(modelId, 0, 10);
        assertEq(page.length, 2);
        assertEq(page[0], exactVersion);
        assertEq(registry.versions(modelId, 1, 1)[0], toleranceVersion);
        assertEq(registry.versions("x", 0, 10).length, 0);
        assertEq(registry.model(modelId).versions, 2);
    }

    // --- helpers ---

    function _fresh() private pure returns (IModelRegistry.Version memory v) {
        v = _version(EXACT, 0, 0);
        v.artefact = "another";
    }

    function _publish(IModelRegistry.Version memory v) private returns (bytes32) {
        vm.prank(modelOwner);
        return registry.publish(modelId, v);
    }

    function _expectRefused(IModelRegistry.Version memory v, bytes memory reason) private {
        vm.expectRevert(reason);
        _publish(v);
    }

    function _expectBadTolerance(uint256 numerics, uint32 atol, uint32 rtol) private {
        bytes memory reason = abi.encodeWithSelector(IModelRegistry.BadTolerance.selector, atol, rtol);
        _expectRefused(_version(numerics, atol, rtol), reason);
    }

    function _giveAway(address to) private {
        vm.prank(modelOwner);
        registry.transferModel(modelId, to);
        vm.prank(to);
        registry.acceptModel(modelId);
    }

    function _text(uint256 length) private pure returns (string memory) {
        bytes memory letters = new bytes(length);
        for (uint256 i; i < length; ++i) {
            letters[i] = "a";
        }
        return string(letters);
    }
}
