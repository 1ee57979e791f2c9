// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IStakeVault} from "./interfaces/IStakeVault.sol";
import {Position, PositionLib} from "./types/Position.sol";

/// @title StakeVault: the only contract that holds the asset. What each function does is said in IStakeVault.
/// @dev The total counts the free stake of every active worker and every bond that is out in a job. So taking a
/// seat leaves the total alone, and only stake changes and lost bonds write it.
contract StakeVault is IStakeVault {
    using SafeERC20 for IERC20;

    /// @dev One word: who may work for the account, and what is on its way out.
    struct Account {
        address signer;
        uint64 unbonding;
        uint32 releaseEpoch;
    }

    address private constant NOBODY = 0x000000000000000000000000000000000000dEaD;
    uint256 private constant LONGEST_ENDPOINT = 256;
    /// @dev Keeps every sum of a job's money far below 2^256, whatever its terms.
    uint256 private constant LARGEST_UNIT = 1e18;

    /// @inheritdoc IStakeVault
    address public immutable ASSET;
    /// @inheritdoc IStakeVault
    uint256 public immutable UNIT;
    /// @inheritdoc IStakeVault
    uint256 public immutable EPOCH;
    /// @inheritdoc IStakeVault
    uint256 public immutable MINIMUM_STAKE;
    address public immutable QUEUE;
    address public immutable SETTLEMENT;

    /// @inheritdoc IStakeVault
    mapping(address account => uint256 amount) public credit;
    /// @notice Burned and not yet sent away, wei.
    uint256 public burned;
    Position private _total;
    mapping(address account => Account) private _accounts;
    /// @dev By worker and its present signer: one word says whether a signer may act and what it may put up.
    mapping(address account => mapping(address signer => Position)) private _positions;
    mapping(address account => string) private _endpoints;

    /// @param asset the ERC-20 in which everything is paid
    /// @param unit wei in a unit of stake; 64 bits of units must hold the whole supply
    /// @param epoch seconds; the longest commit phase a job may have
    /// @param minimumStake units
    /// @param queue the JobQueue and @param settlement the Settlement of this deployment, for good
    constructor(address asset, uint256 unit, uint256 epoch, uint256 minimumStake, address queue, address settlement) {
        if (asset == address(0) || queue == address(0) || settlement == address(0)) revert ZeroAddress();
        if (unit == 0 || epoch == 0) revert ZeroAmount();
        if (unit > LARGEST_UNIT) revert UnitTooLarge(LARGEST_UNIT, unit);
        ASSET = asset;
        UNIT = unit;
        EPOCH = epoch;
        MINIMUM_STAKE = minimumStake;
        QUEUE = queue;
        SETTLEMENT = settlement;
        _total = PositionLib.create(currentEpoch(), true);
    }

    modifier onlySettlement() {
        if (msg.sender != SETTLEMENT) revert NotSettlement(SETTLEMENT, msg.sender);
        _;
    }

    modifier onlyEngine() {
        if (msg.sender != QUEUE && msg.sender != SETTLEMENT) revert NotEngine(QUEUE, SETTLEMENT, msg.sender);
        _;
    }

    // --- credit ---

    /// @inheritdoc IStakeVault
    function depositWithPermit(address to, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external {
        // Anyone can spend a signature first; what counts is the allowance.
        try IERC20Permit(ASSET).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
        deposit(to, amount);
    }

    /// @inheritdoc IStakeVault
    function deposit(address to, uint256 amount) public {
        if (to == address(0)) revert ZeroAddress();
        if (amount == 0) revert ZeroAmount();

        credit[to] += amount;
        emit Deposited(msg.sender, to, amount);

        IERC20 asset = IERC20(ASSET);
        uint256 before = asset.balanceOf(address(this));
        asset.safeTransferFrom(msg.sender, address(this), amount);
        uint256 received = asset.balanceOf(address(this)) - before;
        if (received != amount) revert WrongAmountReceived(amount, received);
    }

    /// @inheritdoc IStakeVault
    function withdraw(address to, uint256 amount) external {
        if (to == address(0)) revert ZeroAddress();
        _debit(msg.sender, amount);
        emit Withdrawn(msg.sender, to, amount);
        IERC20(ASSET).safeTransfer(to, amount);
    }

    // --- stake ---

    /// @inheritdoc IStakeVault
    function register(address signer, string calldata endpoint) external {
        if (signer == address(0)) revert ZeroAddress();
        if (_accounts[msg.sender].signer != address(0)) revert AlreadyRegistered(msg.sender);
        _accounts[msg.sender].signer = signer;
        _positions[msg.sender][signer] = PositionLib.create(currentEpoch(), true);
        _setEndpoint(endpoint);
        emit WorkerRegistered(msg.sender, signer, endpoint);
    }

    /// @inheritdoc IStakeVault
    function setSigner(address signer) external {
        if (signer == address(0)) revert ZeroAddress();
        Account storage account = _registered(msg.sender);
        emit SignerChanged(msg.sender, account.signer, signer);
        Position p = _positions[msg.sender][account.signer];
        _positions[msg.sender][account.signer] = Position.wrap(0);
        _positions[msg.sender][signer] = p;
        account.signer = signer;
    }

    /// @inheritdoc IStakeVault
    function setEndpoint(string calldata endpoint) external {
        _registered(msg.sender);
        _setEndpoint(endpoint);
        emit EndpointChanged(msg.sender, endpoint);
    }

    /// @inheritdoc IStakeVault
    function setActive(bool active) external {
        address signer = _registered(msg.sender).signer;
        Position p = _positions[msg.sender][signer].rolled(currentEpoch());
        if (p.active() == active) revert ActiveAlready(active);
        _positions[msg.sender][signer] = p.withActive(active);
        Position total = _rolledTotal();
        _total = active ? total.plus(p.free()) : total.minus(p.free());
        emit ActiveChanged(msg.sender, active);
    }

    /// @inheritdoc IStakeVault
    function stake(uint256 amount) external {
        address signer = _registered(msg.sender).signer;
        uint256 units = _wholeUnits(amount);
        _debit(msg.sender, amount);

        Position p = _positions[msg.sender][signer].rolled(currentEpoch()).plus(units);
        if (p.free() < MINIMUM_STAKE) revert BelowMinimumStake(MINIMUM_STAKE, p.free());
        _positions[msg.sender][signer] = p;
        if (p.active()) _total = _rolledTotal().plus(units);
        emit Staked(msg.sender, units);
    }

    /// @inheritdoc IStakeVault
    function unstake(uint256 amount) external {
        Account storage account = _registered(msg.sender);
        uint256 units = _wholeUnits(amount);
        Position p = _positions[msg.sender][account.signer].rolled(currentEpoch());
        if (units > p.free()) revert InsufficientStake(msg.sender, p.free(), units);

        p = p.minus(units);
        if (p.free() != 0 && p.free() < MINIMUM_STAKE) revert BelowMinimumStake(MINIMUM_STAKE, p.free());
        _positions[msg.sender][account.signer] = p;
        if (p.active()) _total = _rolledTotal().minus(units);
        // Fits: units come out of a 64-bit balance, and all stake together fits 64 bits.
        account.unbonding += uint64(units);
        account.releaseEpoch = uint32(currentEpoch() + 1);
        emit Unstaked(msg.sender, units, currentEpoch() + 1);
    }

    /// @inheritdoc IStakeVault
    function release() external {
        Account storage account = _accounts[msg.sender];
        uint256 units = account.unbonding;
        if (units == 0) revert NothingToRelease(msg.sender);
        if (currentEpoch() < account.releaseEpoch) revert StillUnbonding(account.releaseEpoch, currentEpoch());
        account.unbonding = 0;
        credit[msg.sender] += units * UNIT;
        emit Released(msg.sender, units);
    }

    /// @inheritdoc IStakeVault
    function flushBurn() external {
        uint256 amount = burned;
        burned = 0;
        emit BurnFlushed(amount);
        IERC20(ASSET).safeTransfer(NOBODY, amount);
    }

    // --- views ---

    /// @inheritdoc IStakeVault
    function worker(address account) external view returns (Worker memory) {
        Account memory a = _accounts[account];
        Position p = _positions[account][a.signer].rolled(currentEpoch());
        // The casts undo the packing of `Position`.
        return Worker(
            a.signer,
            p.active(),
            uint64(p.free()),
            uint64(p.current()),
            a.unbonding,
            a.releaseEpoch,
            _endpoints[account]
        );
    }

    /// @inheritdoc IStakeVault
    function signerOf(address account) external view returns (address) {
        return _accounts[account].signer;
    }

    /// @inheritdoc IStakeVault
    function currentEpoch() public view returns (uint256) {
        return block.timestamp / EPOCH;
    }

    /// @inheritdoc IStakeVault
    function totalAt(uint256 openedAt) public view returns (uint256) {
        return _rolledTotal().weightIn(openedAt / EPOCH);
    }

    /// @inheritdoc IStakeVault
    function weightOf(address account, uint256 openedAt) external view returns (uint256 weight, uint256 total) {
        Position p = _positions[account][_accounts[account].signer].rolled(currentEpoch());
        return (_weight(p, openedAt), totalAt(openedAt));
    }

    // --- the engine ---

    /// @inheritdoc IStakeVault
    function escrow(address account, uint256 amount) external onlyEngine {
        _debit(account, amount);
    }

    /// @inheritdoc IStakeVault
    function pay(address to, uint256 amount) external onlyEngine {
        credit[to] += amount;
    }

    /// @inheritdoc IStakeVault
    function bond(address account, address signer, uint256 units, uint256 openedAt)
        external
        onlySettlement
        returns (uint256 weight)
    {
        return _bond(account, signer, units, openedAt);
    }

    /// @inheritdoc IStakeVault
    function bondWithTotal(address account, address signer, uint256 units, uint256 openedAt)
        external
        onlySettlement
        returns (uint256 weight, uint256 total)
    {
        return (_bond(account, signer, units, openedAt), totalAt(openedAt));
    }

    /// @inheritdoc IStakeVault
    function unbond(address account, uint256 units, uint256 fee) external onlySettlement {
        address signer = _accounts[account].signer;
        Position p = _positions[account][signer].rolled(currentEpoch()).plus(units);
        _positions[account][signer] = p;
        // The bond was in the total; a worker that is off takes it out.
        if (!p.active()) _total = _rolledTotal().minus(units);
        if (fee != 0) credit[account] += fee;
    }

    /// @inheritdoc IStakeVault
    function divide(
        uint256 lost,
        uint256 burned_,
        address requester,
        uint256 refund,
        uint256 treasury,
        address modelOwner,
        uint256 royalty
    ) external onlySettlement {
        if (lost != 0) _total = _rolledTotal().minus(lost);
        if (burned_ != 0) burned += burned_;
        if (refund != 0) credit[requester] += refund;
        if (treasury != 0) credit[QUEUE] += treasury;
        if (royalty != 0) credit[modelOwner] += royalty;
    }

    // --- internals ---

    function _bond(address account, address signer, uint256 units, uint256 openedAt) private returns (uint256 weight) {
        mapping(address signer => Position) storage positions = _positions[account];
        Position p = positions[signer];
        if (Position.unwrap(p) == 0) revert NotSigner(account, _accounts[account].signer, signer);
        p = p.rolled(currentEpoch());
        if (!p.active()) revert WorkerInactive(account);
        if (units > p.free()) revert InsufficientStake(account, p.free(), units);
        positions[signer] = p.minus(units);
        return _weight(p, openedAt);
    }

    function _setEndpoint(string calldata endpoint) private {
        if (bytes(endpoint).length > LONGEST_ENDPOINT) {
            revert EndpointTooLong(LONGEST_ENDPOINT, bytes(endpoint).length);
        }
        _endpoints[msg.sender] = endpoint;
    }

    function _debit(address account, uint256 amount) private {
        uint256 available = credit[account];
        if (amount > available) revert InsufficientCredit(account, available, amount);
        unchecked {
            credit[account] = available - amount; // checked above
        }
    }

    function _registered(address account) private view returns (Account storage found) {
        found = _accounts[account];
        if (found.signer == address(0)) revert NotRegistered(account);
    }

    function _wholeUnits(uint256 amount) private view returns (uint256 units) {
        if (amount == 0) revert ZeroAmount();
        if (amount % UNIT != 0) revert NotWholeUnits(UNIT, amount);
        units = amount / UNIT;
    }

    function _rolledTotal() private view returns (Position) {
        return _total.rolled(currentEpoch());
    }

    function _weight(Position rolled, uint256 openedAt) private view returns (uint256) {
        uint256 then = rolled.weightIn(openedAt / EPOCH);
        uint256 current = rolled.current();
        return then < current ? then : current;
    }
}
