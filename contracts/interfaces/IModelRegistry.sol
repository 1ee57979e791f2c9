// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Rules} from "../types/Rules.sol";

/// @title Models and their immutable versions
interface IModelRegistry {
    /// @notice One published artefact. Its id is a hash of all of it and of the model, so it cannot change.
    struct Version {
        /// @dev sha256 of the ONNX file.
        bytes32 artefact;
        /// @dev sha256 of the manifest's canonical bytes.
        bytes32 manifest;
        /// @dev Root of the compiled graph, for the referee; zero if there is none.
        bytes32 graphRoot;
        /// @dev Contract that checks proofs of this version; zero if there is none.
        address verifier;
        /// @dev EXACT (0) or TOLERANCE (1).
        uint8 numerics;
        /// @dev Absolute tolerance, a float32 bit pattern; zero for EXACT.
        uint32 atol;
        /// @dev Relative tolerance in units of 2^-32, below a third; zero for EXACT.
        uint32 rtol;
        /// @dev Share of every seat fee for the owner of the model, basis points.
        uint16 royaltyBps;
        /// @dev Where the artefact can be fetched; the manifest lies beside it.
        string[] uris;
    }

    /// @notice A model as the paged view shows it.
    struct Model {
        bytes32 modelId;
        address owner;
        address pendingOwner;
        uint256 versions;
        string name;
    }

    event ModelCreated(bytes32 indexed modelId, address indexed owner, string name);
    event ModelTransferStarted(bytes32 indexed modelId, address indexed owner, address indexed pendingOwner);
    event ModelTransferred(bytes32 indexed modelId, address indexed previousOwner, address indexed owner);
    event VersionPublished(bytes32 indexed versionId, bytes32 indexed modelId, Version version);
    event VersionDeprecated(bytes32 indexed versionId, bytes32 indexed modelId);

    error UnknownModel(bytes32 modelId);
    error UnknownVersion(bytes32 versionId);
    error DeprecatedVersion(bytes32 versionId);
    error NotModelOwner(address expected, address received);
    error NotPendingModelOwner(address expected, address received);
    error VersionExists(bytes32 versionId);
    error ModelExists(bytes32 modelId);
    error BadModelName(string name);
    error BadNumerics(uint8 received);
    error BadTolerance(uint32 atol, uint32 rtol);
    error RoyaltyTooHigh(uint256 highest, uint256 received);
    error MissingDigest();
    error TooManyUris(uint256 most, uint256 received);
    error UriTooLong(uint256 longest, uint256 received);

    /// @notice Creates the model `owner/name`, owned by the caller.
    /// @param name 1 to 64 characters of a–z, 0–9, '-', '_' and '.'
    function createModel(string calldata name) external returns (bytes32 modelId);

    /// @notice Publishes an immutable version of a model of the caller's. Not while publishing is paused.
    function publish(bytes32 modelId, Version calldata version) external returns (bytes32 versionId);

    /// @notice Takes a version out of service: no new jobs; running ones finish. Only the model's owner, for good.
    function deprecate(bytes32 versionId) external;

    /// @notice Offers a model to `to`, who must accept; zero withdraws the offer.
    function transferModel(bytes32 modelId, address to) external;

    /// @notice Takes over an offered model, and with it the royalties of its versions from now on.
    function acceptModel(bytes32 modelId) external;

    /// @notice What a new job takes over from a version. Reverts unless the version is published and in service.
    function rulesOf(bytes32 versionId) external view returns (Rules);

    /// @notice Who is paid the royalties of a version.
    function ownerOfVersion(bytes32 versionId) external view returns (address);

    /// @notice A version with its model, and whether it is out of service.
    function version(bytes32 versionId)
        external
        view
        returns (Version memory published, bytes32 modelId, bool deprecated);

    function model(bytes32 modelId) external view returns (Model memory);

    function modelCount() external view returns (uint256);

    /// @notice Models in the order of their creation, at most `limit` from `offset` on.
    function models(uint256 offset, uint256 limit) external view returns (Model[] memory page);

    /// @notice Ids of a model's versions in the order of publishing, at most `limit` from `offset` on.
    function versions(bytes32 modelId, uint256 offset, uint256 limit) external view returns (bytes32[] memory page);

    /// @notice `keccak256(owner, name)`, the owner being the one that created the model.
    function modelIdOf(address owner, string calldata name) external pure returns (bytes32);

    function versionIdOf(bytes32 modelId, Version calldata version_) external pure returns (bytes32);
}
