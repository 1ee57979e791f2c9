// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {EXACT, Rules, RulesLib, TOLERANCE} from "./types/Rules.sol";

/// @title ModelRegistry: models and their immutable versions. What each function does is said in IModelRegistry.
contract ModelRegistry is IModelRegistry, Ownable2Step, Pausable {
    struct ModelRecord {
        address owner;
        address pendingOwner;
        string name;
        bytes32[] versions;
    }

    /// @dev What a job needs of a version lies in the first word.
    struct VersionRecord {
        /// @dev 0 – 87 the version's share of `Rules`, the flags above.
        uint256 head;
        bytes32 modelId;
        Version published;
    }

    uint256 public constant HIGHEST_ROYALTY_BPS = 5_000;
    uint256 private constant LONGEST_NAME = 64;
    uint256 private constant MOST_URIS = 8;
    uint256 private constant LONGEST_URI = 512;
    /// @dev The first bit pattern that is not a finite, non-negative float32.
    uint32 private constant FLOAT32_INFINITY = 0x7F800000;
    /// @dev A third, rounded down, in units of 2^-32.
    uint32 private constant A_THIRD = 1_431_655_765;
    uint256 private constant LIVE = 1 << 254;
    uint256 private constant DEPRECATED = 1 << 255;

    bytes32[] private _modelIds;
    mapping(bytes32 modelId => ModelRecord) private _models;
    mapping(bytes32 versionId => VersionRecord) private _versions;

    constructor(address owner) Ownable(owner) {}

    // --- publishing ---

    /// @inheritdoc IModelRegistry
    function createModel(string calldata name) external whenNotPaused returns (bytes32 modelId) {
        _checkName(name);
        modelId = modelIdOf(msg.sender, name);
        ModelRecord storage record = _models[modelId];
        if (record.owner != address(0)) revert ModelExists(modelId);
        record.owner = msg.sender;
        record.name = name;
        _modelIds.push(modelId);
        emit ModelCreated(modelId, msg.sender, name);
    }

    /// @inheritdoc IModelRegistry
    function publish(bytes32 modelId, Version calldata version_) external whenNotPaused returns (bytes32 versionId) {
        ModelRecord storage owned = _owned(modelId);
        _checkVersion(version_);
        versionId = versionIdOf(modelId, version_);
        VersionRecord storage record = _versions[versionId];
        if (record.head != 0) revert VersionExists(versionId);
        Rules rules = RulesLib.ofVersion(version_.numerics, version_.atol, version_.rtol, version_.royaltyBps);
        record.head = LIVE | Rules.unwrap(rules);
        record.modelId = modelId;
        record.published = version_;
        owned.versions.push(versionId);
        emit VersionPublished(versionId, modelId, version_);
    }

    /// @inheritdoc IModelRegistry
    function deprecate(bytes32 versionId) external {
        VersionRecord storage record = _known(versionId);
        _owned(record.modelId);
        if (record.head & DEPRECATED != 0) revert DeprecatedVersion(versionId);
        record.head |= DEPRECATED;
        emit VersionDeprecated(versionId, record.modelId);
    }

    /// @inheritdoc IModelRegistry
    function transferModel(bytes32 modelId, address to) external {
        _owned(modelId).pendingOwner = to;
        emit ModelTransferStarted(modelId, msg.sender, to);
    }

    /// @inheritdoc IModelRegistry
    function acceptModel(bytes32 modelId) external {
        ModelRecord storage record = _models[modelId];
        if (record.pendingOwner != msg.sender) revert NotPendingModelOwner(record.pendingOwner, msg.sender);
        emit ModelTransferred(modelId, record.owner, msg.sender);
        record.owner = msg.sender;
        record.pendingOwner = address(0);
    }

    // --- the owner of the registry: publishing on and off, nothing else ---

    /// @notice Refuses new models and versions. Only the owner.
    function pause() external onlyOwner {
        _pause();
    }

    /// @notice Takes new models and versions again. Only the owner.
    function unpause() external onlyOwner {
        _unpause();
    }

    // --- views ---

    /// @inheritdoc IModelRegistry
    function rulesOf(bytes32 versionId) external view returns (Rules) {
        uint256 head = _versions[versionId].head;
        if (head == 0) revert UnknownVersion(versionId);
        if (head & DEPRECATED != 0) revert DeprecatedVersion(versionId);
        return Rules.wrap(head & ~LIVE);
    }

    /// @inheritdoc IModelRegistry
    function ownerOfVersion(bytes32 versionId) external view returns (address) {
        return _models[_known(versionId).modelId].owner;
    }

    /// @inheritdoc IModelRegistry
    function version(bytes32 versionId)
        external
        view
        returns (Version memory published, bytes32 modelId, bool deprecated)
    {
        VersionRecord storage record = _known(versionId);
        return (record.published, record.modelId, record.head & DEPRECATED != 0);
    }

    /// @inheritdoc IModelRegistry
    function model(bytes32 modelId) public view returns (Model memory) {
        ModelRecord storage record = _models[modelId];
        if (record.owner == address(0)) revert UnknownModel(modelId);
        return Model(modelId, record.owner, record.pendingOwner, record.versions.length, record.name);
    }

    /// @inheritdoc IModelRegistry
    function modelCount() external view returns (uint256) {
        return _modelIds.length;
    }

    /// @inheritdoc IModelRegistry
    function models(uint256 offset, uint256 limit) external view returns (Model[] memory page) {
        page = new Model[](_pageSize(_modelIds.length, offset, limit));
        for (uint256 i; i < page.length; ++i) {
            page[i] = model(_modelIds[offset + i]);
        }
    }

    /// @inheritdoc IModelRegistry
    function versions(bytes32 modelId, uint256 offset, uint256 limit) external view returns (bytes32[] memory page) {
        bytes32[] storage all = _models[modelId].versions;
        page = new bytes32[](_pageSize(all.length, offset, limit));
        for (uint256 i; i < page.length; ++i) {
            page[i] = all[offset + i];
        }
    }

    /// @inheritdoc IModelRegistry
    function modelIdOf(address owner, string calldata name) public pure returns (bytes32) {
        return keccak256(abi.encode(owner, name));
    }

    /// @inheritdoc IModelRegistry
    function versionIdOf(bytes32 modelId, Version calldata version_) public pure returns (bytes32) {
        return keccak256(abi.encode(modelId, version_));
    }

    // --- internals ---

    function _owned(bytes32 modelId) private view returns (ModelRecord storage record) {
        record = _models[modelId];
        if (record.owner == address(0)) revert UnknownModel(modelId);
        if (record.owner != msg.sender) revert NotModelOwner(record.owner, msg.sender);
    }

    function _known(bytes32 versionId) private view returns (VersionRecord storage record) {
        record = _versions[versionId];
        if (record.head == 0) revert UnknownVersion(versionId);
    }

    function _pageSize(uint256 length, uint256 offset, uint256 limit) private pure returns (uint256) {
        return offset < length ? Math.min(limit, length - offset) : 0;
    }

    function _checkName(string calldata name) private pure {
        bytes calldata letters = bytes(name);
        if (letters.length == 0 || letters.length > LONGEST_NAME) revert BadModelName(name);
        for (uint256 i; i < letters.length; ++i) {
            bytes1 c = letters[i];
            bool ok = (c >= "a" && c <= "z") || (c >= "0" && c <= "9") || c == "-" || c == "_" || c == ".";
            if (!ok) revert BadModelName(name);
        }
    }

    function _checkVersion(Version calldata v) private pure {
        if (v.artefact == 0 || v.manifest == 0) revert MissingDigest();
        if (v.numerics > TOLERANCE) revert BadNumerics(v.numerics);
        bool exactWithTolerance = v.numerics == EXACT && (v.atol != 0 || v.rtol != 0);
        if (exactWithTolerance || v.atol >= FLOAT32_INFINITY || v.rtol > A_THIRD) revert BadTolerance(v.atol, v.rtol);
        if (v.royaltyBps > HIGHEST_ROYALTY_BPS) revert RoyaltyTooHigh(HIGHEST_ROYALTY_BPS, v.royaltyBps);
        if (v.uris.length > MOST_URIS) revert TooManyUris(MOST_URIS, v.uris.length);
        for (uint256 i; i < v.uris.length; ++i) {
            uint256 length = bytes(v.uris[i]).length;
            if (length > LONGEST_URI) revert UriTooLong(LONGEST_URI, length);
        }
    }
}
