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

    /// @notice An account created the model `owner/name`.
    event ModelCreated(bytes32 indexed modelId, address indexed owner, string name);
    /// @notice The owner offers a model, or with a pending owner of zero withdraws the offer.
    event ModelTransferStarted(bytes32 indexed modelId, address indexed owner, address indexed pendingOwner);
    /// @notice The pending owner took the model over, and the royalties from now on.
    event ModelTransferred(bytes32 indexed modelId, address indexed previousOwner, address indexed owner);
    /// @notice A version was published; all of it is here.
    event VersionPublished(bytes32 indexed versionId, bytes32 indexed modelId, Version version);
    /// @notice The version takes no new jobs from now on.
    event VersionDeprecated(bytes32 indexed versionId, bytes32 indexed modelId);

    /// @notice No model has this id.
    error UnknownModel(bytes32 modelId);
    /// @notice No version has this id.
    error UnknownVersion(bytes32 versionId);
    /// @notice The version is out of service.
    error DeprecatedVersion(bytes32 versionId);
    /// @notice Only the owner of the model may do this.
    error NotModelOwner(address expected, address received);
    /// @notice Only the account that the model was offered to may take it over.
    error NotPendingModelOwner(address expected, address received);
    /// @notice This very version is published already.
    error VersionExists(bytes32 versionId);
    /// @notice The account has created a model of this name already.
    error ModelExists(bytes32 modelId);
    /// @notice The name is empty, too long, or has a character that names may not have.
    error BadModelName(string name);
    /// @notice There is no such class of numerics.
    error BadNumerics(uint8 received);
    /// @notice The tolerance does not fit the class of numerics, or is out of bounds.
    error BadTolerance(uint32 atol, uint32 rtol);
    /// @notice The royalty is above the highest, basis points.
    error RoyaltyTooHigh(uint256 highest, uint256 received);
    /// @notice The digest of the artefact or of the manifest is zero.
    error MissingDigest();
    /// @notice The version names more places than are allowed.
    error TooManyUris(uint256 most, uint256 received);
    /// @notice A URI is too long, bytes.
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

    /// @notice A model. Reverts if there is none of this id.
    function model(bytes32 modelId) external view returns (Model memory);

    /// @notice How many models there are.
    function modelCount() external view returns (uint256);

    /// @notice Models in the order of their creation, at most `limit` from `offset` on.
    function models(uint256 offset, uint256 limit) external view returns (Model[] memory page);

    /// @notice Ids of a model's versions in the order of publishing, at most `limit` from `offset` on.
    function versions(bytes32 modelId, uint256 offset, uint256 limit) external view returns (bytes32[] memory page);

    /// @notice `keccak256(owner, name)`, the owner being the one that created the model.
    function modelIdOf(address owner, string calldata name) external pure returns (bytes32);

    /// @notice The id of a version of a model, whether it was published or not.
    function versionIdOf(bytes32 modelId, Version calldata version_) external pure returns (bytes32);
}
