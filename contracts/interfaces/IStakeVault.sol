// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title The only contract that holds the asset: credit, stake, bonds on their way into and out of jobs
/// @dev Credit is in wei. Stake, bonds and weights are in units of `UNIT` wei each.
///
/// A worker is a cold account, which owns the stake, with a hot signer, which may only work. Stake changes take
/// effect in the draw at the next epoch: a worker's weight in an epoch is the free stake it had when that epoch
/// began, the total is the stake of all workers that were on then, bonds out in jobs included.
interface IStakeVault {
    /// @notice A worker as the view shows it.
    struct Worker {
        address signer;
        bool active;
        /// @dev Units at the worker's disposal, not in any job.
        uint64 free;
        /// @dev Units that count in the draws of rounds opened in this epoch.
        uint64 weight;
        /// @dev Units on their way out, free to leave from epoch `releaseEpoch` on.
        uint64 unbonding;
        uint32 releaseEpoch;
        string endpoint;
    }

    /// @notice `amount` wei of the asset became credit of `to`.
    event Deposited(address indexed from, address indexed to, uint256 amount);
    /// @notice `amount` wei of the credit of `from` were paid out to `to`.
    event Withdrawn(address indexed from, address indexed to, uint256 amount);
    /// @notice An account became a worker, switched on, without stake.
    event WorkerRegistered(address indexed worker, address indexed signer, string endpoint);
    /// @notice The worker has another hot key, at once.
    event SignerChanged(address indexed worker, address indexed previousSigner, address indexed signer);
    /// @notice The worker's artefacts are served elsewhere.
    event EndpointChanged(address indexed worker, string endpoint);
    /// @notice The worker was switched on or off.
    event ActiveChanged(address indexed worker, bool active);
    /// @notice Credit became stake, which counts from the next epoch on.
    event Staked(address indexed worker, uint256 units);
    /// @notice Stake is on its way out, free to leave from epoch `releaseEpoch` on.
    event Unstaked(address indexed worker, uint256 units, uint256 releaseEpoch);
    /// @notice What had finished unbonding became credit.
    event Released(address indexed worker, uint256 units);
    /// @notice `amount` wei that were burned left the vault for an address nobody owns.
    event BurnFlushed(uint256 amount);

    /// @notice Only the queue and the settlement may do this.
    error NotEngine(address queue, address settlement, address received);
    /// @notice Only the settlement may do this.
    error NotSettlement(address expected, address received);
    /// @notice Only the worker's signer may do this.
    error NotSigner(address worker, address expected, address received);
    /// @notice The account is no worker.
    error NotRegistered(address worker);
    /// @notice The account is a worker already.
    error AlreadyRegistered(address worker);
    /// @notice The worker is switched off.
    error WorkerInactive(address worker);
    /// @notice The worker is switched on, or off, already.
    error ActiveAlready(bool active);
    /// @notice An address that has to name somebody is zero.
    error ZeroAddress();
    /// @notice An amount, or a length, that has to be above zero is zero.
    error ZeroAmount();
    /// @notice The vault would be deployed with a unit of too many wei.
    error UnitTooLarge(uint256 largest, uint256 received);
    /// @notice The amount of wei is no multiple of the unit.
    error NotWholeUnits(uint256 unit, uint256 received);
    /// @notice The free stake would be above zero and below the minimum, units.
    error BelowMinimumStake(uint256 minimum, uint256 received);
    /// @notice The account has less credit than this takes, wei.
    error InsufficientCredit(address account, uint256 available, uint256 required);
    /// @notice The worker has less free stake than this takes, units.
    error InsufficientStake(address worker, uint256 available, uint256 required);
    /// @notice The epoch in which the stake may leave has not begun.
    error StillUnbonding(uint256 releaseEpoch, uint256 epoch);
    /// @notice The worker has no stake on its way out.
    error NothingToRelease(address worker);
    /// @notice Another amount of the asset arrived than was sent, wei.
    error WrongAmountReceived(uint256 expected, uint256 received);
    /// @notice The endpoint is too long, bytes.
    error EndpointTooLong(uint256 longest, uint256 received);

    /// @notice The one ERC-20 of this deployment: no fee on transfer, no rebasing.
    function ASSET() external view returns (address);

    /// @notice Wei in a unit of stake, bond and seat fee.
    function UNIT() external view returns (uint256);

    /// @notice Length of an epoch, seconds; no commit phase is longer.
    function EPOCH() external view returns (uint256);

    /// @notice Least free stake of a worker that adds or removes stake, units.
    function MINIMUM_STAKE() external view returns (uint256);

    // --- credit: anyone, for itself ---

    /// @notice Takes `amount` wei of the asset from the caller into the credit of `to`.
    /// @dev Reverts unless exactly `amount` arrives, so a token that takes a fee is refused.
    function deposit(address to, uint256 amount) external;

    /// @notice Pays `amount` wei of the caller's credit out to `to`.
    function withdraw(address to, uint256 amount) external;

    /// @notice The same with an allowance given by signature (EIP-2612), of the caller, for `amount`.
    /// @dev A permit that was already used is no reason to fail: the allowance it gave may still be there.
    function depositWithPermit(address to, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Free balance of an account, wei.
    function credit(address account) external view returns (uint256);

    // --- stake: the cold account, for its own worker ---

    /// @notice Makes the caller a worker, switched on, with `signer` as its hot key.
    /// @param endpoint where the worker's artefacts are served, may be empty
    function register(address signer, string calldata endpoint) external;

    /// @notice Replaces the hot key at once. Commitments made under the old one stay valid: reveals need no key.
    function setSigner(address signer) external;

    /// @notice Says where the worker's artefacts are served; may be empty.
    function setEndpoint(string calldata endpoint) external;

    /// @notice Switches the worker on or off: off, it takes no seats at once and leaves the total at the next epoch.
    function setActive(bool active) external;

    /// @notice Moves `amount` wei (whole units) of the caller's credit into its stake, to count from the next epoch.
    function stake(uint256 amount) external;

    /// @notice Starts moving `amount` wei (whole units) of free stake out; it can be released from the next epoch.
    /// @dev A second call before the release adds to the first and postpones it.
    function unstake(uint256 amount) external;

    /// @notice Moves what has finished unbonding into the caller's credit.
    function release() external;

    /// @notice Sends what has been burned so far to an address nobody owns. Anyone.
    function flushBurn() external;

    // --- views ---

    /// @notice A worker as it stands now; all zero for anybody else.
    function worker(address account) external view returns (Worker memory);

    /// @notice The hot key of a worker; zero for anybody else.
    function signerOf(address account) external view returns (address);

    /// @notice The number of the epoch that this block belongs to.
    function currentEpoch() external view returns (uint256);

    /// @notice Total weight for a round opened at `openedAt`, units. Of this epoch and the one before only.
    function totalAt(uint256 openedAt) external view returns (uint256);

    /// @notice Weight of a worker and total weight for a commitment now in a round opened at `openedAt`, units.
    /// @dev The weight is the lesser of the weights in the epoch of the opening and in the current one.
    function weightOf(address account, uint256 openedAt) external view returns (uint256 weight, uint256 total);

    // --- the engine: JobQueue and Settlement ---

    /// @notice Takes what a requester or an appellant puts into a job out of its credit. Only the engine.
    function escrow(address account, uint256 amount) external;

    /// @notice Pays `amount` wei out of a job's pot into the credit of `to`. Only the engine.
    function pay(address to, uint256 amount) external;

    /// @notice Moves `units` of a worker's free stake into a job. Only the settlement, on the act of the signer.
    /// @return weight the worker's weight for a round opened at `openedAt`, units, before this bond
    function bond(address account, address signer, uint256 units, uint256 openedAt) external returns (uint256 weight);

    /// @notice The same, and the total weight for a round opened at `openedAt`, units.
    function bondWithTotal(address account, address signer, uint256 units, uint256 openedAt)
        external
        returns (uint256 weight, uint256 total);

    /// @notice Returns `units` of bond to a worker's free stake and pays it `fee` wei. Only the settlement.
    function unbond(address account, uint256 units, uint256 fee) external;

    /// @notice Divides what a job has left, amounts in wei: takes `lost` units of bonds out of the total, burns `burned`,
    /// and credits requester, treasury (the queue) and owner of the model. Only the settlement.
    function divide(
        uint256 lost,
        uint256 burned,
        address requester,
        uint256 refund,
        uint256 treasury,
        address modelOwner,
        uint256 royalty
    ) external;
}
