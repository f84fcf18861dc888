// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/*
 * REFERENCE CONTRACT of the practice network. Not the deployed NodeRegistryLocker, whose ABI is unpublished.
 * Documented by the network: the function names, the order of their arguments, the 50,000 $PRLX minimum, tiers
 * 1-4, the 7-day cooldown, no slashing, the full principal back. Solidity types, the layout of the returned
 * words, events and errors are ours.
 */

interface IToken {
    function transfer(address to, uint256 value) external returns (bool);
    function transferFrom(address from, address to, uint256 value) external returns (bool);
}

interface IStopAccrual {
    function stopAccrual(uint256 nodeId) external;
}

contract NodeRegistryLocker {
    uint256 public constant MINIMUM_STAKE = 50_000 * 10 ** 18;
    uint256 public constant COOLDOWN = 7 days;

    struct Node {
        address owner;
        uint256 stake;
        uint8 tier;
        bytes32 nodeKeyHash;
        uint64 cooldownEndsAt; // 0: no unstake requested
    }

    address public immutable admin;
    IToken public immutable token;
    IStopAccrual public rewards;
    uint256 public nextNodeId;
    mapping(uint256 => Node) private _nodes;

    event NodeRegistered(
        uint256 indexed nodeId, address indexed owner, bytes32 indexed nodeKeyHash, uint256 stake, uint8 tier
    );
    event UnstakeRequested(uint256 indexed nodeId, uint64 cooldownEndsAt);
    event UnstakeCancelled(uint256 indexed nodeId);
    event StakeWithdrawn(uint256 indexed nodeId, address indexed owner, uint256 stake);

    error NotAdmin();
    error RewardsAlreadySet();
    error StakeBelowMinimum();
    error TierOutOfRange();
    error EmptyKeyHash();
    error NotNodeOwner();
    error NotStaked();
    error AlreadyInCooldown();
    error NotInCooldown();
    error CooldownNotOver();

    constructor(IToken token_, uint256 firstNodeId) {
        admin = msg.sender;
        token = token_;
        nextNodeId = firstNodeId;
    }

    /// Once: the rewards contract needs this one's address and this one needs its.
    function setRewards(IStopAccrual rewards_) external {
        if (msg.sender != admin) revert NotAdmin();
        if (address(rewards) != address(0)) revert RewardsAlreadySet();
        rewards = rewards_;
    }

    function registerNode(uint256 stakeAmount, uint8 hardwareTier, bytes32 nodeKeyHash)
        external
        returns (uint256 nodeId)
    {
        if (stakeAmount < MINIMUM_STAKE) revert StakeBelowMinimum();
        if (hardwareTier < 1 || hardwareTier > 4) revert TierOutOfRange();
        if (nodeKeyHash == bytes32(0)) revert EmptyKeyHash();
        nodeId = nextNodeId++;
        _nodes[nodeId] = Node(msg.sender, stakeAmount, hardwareTier, nodeKeyHash, 0);
        token.transferFrom(msg.sender, address(this), stakeAmount);
        emit NodeRegistered(nodeId, msg.sender, nodeKeyHash, stakeAmount, hardwareTier);
    }

    /// Stops earning at once and starts the cooldown.
    function requestUnstake(uint256 nodeId) external {
        Node storage node = _ownStaked(nodeId);
        if (node.cooldownEndsAt != 0) revert AlreadyInCooldown();
        node.cooldownEndsAt = uint64(block.timestamp + COOLDOWN);
        rewards.stopAccrual(nodeId);
        emit UnstakeRequested(nodeId, node.cooldownEndsAt);
    }

    function cancelUnstake(uint256 nodeId) external {
        Node storage node = _ownStaked(nodeId);
        if (node.cooldownEndsAt == 0) revert NotInCooldown();
        node.cooldownEndsAt = 0;
        emit UnstakeCancelled(nodeId);
    }

    /// Pays the full principal back. The record stays, with a stake of 0.
    function withdrawStake(uint256 nodeId) external {
        Node storage node = _ownStaked(nodeId);
        if (node.cooldownEndsAt == 0) revert NotInCooldown();
        if (block.timestamp < node.cooldownEndsAt) revert CooldownNotOver();
        uint256 stake = node.stake;
        node.stake = 0;
        node.cooldownEndsAt = 0;
        token.transfer(node.owner, stake);
        emit StakeWithdrawn(nodeId, node.owner, stake);
    }

    function nodes(uint256 nodeId)
        external
        view
        returns (
            address owner,
            uint256 stake,
            uint8 tier,
            bytes32 nodeKeyHash,
            bool staked,
            bool inCooldown,
            uint64 cooldownEndsAt
        )
    {
        Node storage node = _nodes[nodeId];
        return (
            node.owner,
            node.stake,
            node.tier,
            node.nodeKeyHash,
            node.stake > 0,
            node.cooldownEndsAt != 0,
            node.cooldownEndsAt
        );
    }

    function weightInputs(uint256 nodeId)
        external
        view
        returns (address owner, uint256 stake, uint8 tier, bool staked, bool inCooldown)
    {
        Node storage node = _nodes[nodeId];
        return (node.owner, node.stake, node.tier, node.stake > 0, node.cooldownEndsAt != 0);
    }

    function _ownStaked(uint256 nodeId) private view returns (Node storage node) {
        node = _nodes[nodeId];
        if (node.owner != msg.sender) revert NotNodeOwner();
        if (node.stake == 0) revert NotStaked();
    }
}
