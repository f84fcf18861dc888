// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/*
 * REFERENCE CONTRACT of the practice network. Not the deployed OperatorStakeRewardsV2, whose ABI is unpublished.
 * Documented by the network: earned(nodeId), claim(nodeId), rewardPoolBalance(); a stream shared per second by
 * stake x tier multiplier (1.0, 1.5, 2.5, 3.0) among the nodes that are online; claiming any time, also in
 * cooldown (here). How the real contract learns who is online is not published; here a keeper, the coordinator,
 * says so. Types, events, errors and the rounding are ours.
 *
 * Rounding: with every event the share per unit of weight is rounded down at 36 decimals; what a node has earned
 * is the sum of its shares rounded down to whole wei when read. Nothing is lost to rounding in between, and the
 * sum of all shares never exceeds what was put in.
 */

interface IRewardToken {
    function balanceOf(address account) external view returns (uint256);
    function transfer(address to, uint256 value) external returns (bool);
    function transferFrom(address from, address to, uint256 value) external returns (bool);
}

interface IWeightInputs {
    function weightInputs(uint256 nodeId)
        external
        view
        returns (address owner, uint256 stake, uint8 tier, bool staked, bool inCooldown);
}

contract OperatorStakeRewardsV2 {
    uint256 private constant SCALE = 10 ** 36;

    struct Account {
        uint256 weight; // 0: offline. Stake x multiplier in tenths
        uint256 shareSeen; // sharePerWeight when last settled
        uint256 accruedScaled; // wei x SCALE
        uint256 claimed; // wei
    }

    address public immutable admin;
    IRewardToken public immutable token;
    IWeightInputs public immutable locker;
    address public keeper;
    uint256 public ratePerSecond;
    uint256 public unstreamed; // wei in the pool that no node has earned yet
    uint256 public onlineWeight;
    uint256 public sharePerWeight; // wei x SCALE per unit of weight
    uint256 public accruedAt;
    mapping(uint256 => Account) public accounts;

    event NodeOnline(uint256 indexed nodeId, uint256 weight);
    event NodeOffline(uint256 indexed nodeId);
    event Claimed(uint256 indexed nodeId, address indexed owner, uint256 amount);
    event PoolFunded(uint256 amount);
    event RateChanged(uint256 ratePerSecond);

    error NotAdmin();
    error NotKeeper();
    error NotLocker();
    error NotNodeOwner();
    error NotServing();
    error NothingToClaim();

    constructor(IRewardToken token_, IWeightInputs locker_, address keeper_, uint256 ratePerSecond_) {
        admin = msg.sender;
        token = token_;
        locker = locker_;
        keeper = keeper_;
        ratePerSecond = ratePerSecond_;
        accruedAt = block.timestamp;
        emit RateChanged(ratePerSecond_);
    }

    function fund(uint256 amount) external {
        _accrue();
        unstreamed += amount;
        token.transferFrom(msg.sender, address(this), amount);
        emit PoolFunded(amount);
    }

    function setRate(uint256 ratePerSecond_) external {
        if (msg.sender != admin) revert NotAdmin();
        _accrue();
        ratePerSecond = ratePerSecond_;
        emit RateChanged(ratePerSecond_);
    }

    /// The keeper's word on who is online. Saying it twice changes nothing.
    function setOnline(uint256 nodeId, bool online) external {
        if (msg.sender != keeper) revert NotKeeper();
        if (!online) return _stop(nodeId);
        (, uint256 stake, uint8 tier, bool staked, bool inCooldown) = locker.weightInputs(nodeId);
        if (!staked || inCooldown) revert NotServing();
        if (accounts[nodeId].weight != 0) return;
        _settle(nodeId);
        uint256 weight = stake * _multiplierTenths(tier);
        accounts[nodeId].weight = weight;
        onlineWeight += weight;
        emit NodeOnline(nodeId, weight);
    }

    /// From the locker, when an unstake is requested.
    function stopAccrual(uint256 nodeId) external {
        if (msg.sender != address(locker)) revert NotLocker();
        _stop(nodeId);
    }

    function claim(uint256 nodeId) external returns (uint256 amount) {
        (address owner,,,,) = locker.weightInputs(nodeId);
        if (owner != msg.sender) revert NotNodeOwner();
        _settle(nodeId);
        Account storage account = accounts[nodeId];
        amount = account.accruedScaled / SCALE - account.claimed;
        if (amount == 0) revert NothingToClaim();
        account.claimed += amount;
        token.transfer(owner, amount);
        emit Claimed(nodeId, owner, amount);
    }

    /// Accrued and not claimed, in wei, at the block's own timestamp.
    function earned(uint256 nodeId) external view returns (uint256) {
        Account storage account = accounts[nodeId];
        uint256 share = sharePerWeight + _shareSince();
        uint256 scaled = account.accruedScaled + account.weight * (share - account.shareSeen);
        return scaled / SCALE - account.claimed;
    }

    function rewardPoolBalance() external view returns (uint256) {
        return token.balanceOf(address(this));
    }

    function _stop(uint256 nodeId) private {
        if (accounts[nodeId].weight == 0) return;
        _settle(nodeId);
        onlineWeight -= accounts[nodeId].weight;
        accounts[nodeId].weight = 0;
        emit NodeOffline(nodeId);
    }

    function _settle(uint256 nodeId) private {
        _accrue();
        Account storage account = accounts[nodeId];
        account.accruedScaled += account.weight * (sharePerWeight - account.shareSeen);
        account.shareSeen = sharePerWeight;
    }

    function _accrue() private {
        sharePerWeight += _shareSince();
        unstreamed -= _streamedSince();
        accruedAt = block.timestamp;
    }

    /// Wei that have left the pool's stream since accruedAt. With nobody online the stream stands still.
    function _streamedSince() private view returns (uint256) {
        if (onlineWeight == 0) return 0;
        uint256 due = (block.timestamp - accruedAt) * ratePerSecond;
        return due < unstreamed ? due : unstreamed;
    }

    function _shareSince() private view returns (uint256) {
        return onlineWeight == 0 ? 0 : (_streamedSince() * SCALE) / onlineWeight;
    }

    function _multiplierTenths(uint8 tier) private pure returns (uint256) {
        if (tier == 4) return 30;
        if (tier == 3) return 25;
        if (tier == 2) return 15;
        return 10;
    }
}
