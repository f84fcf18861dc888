// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/*
 * REFERENCE CONTRACT of the practice network. Not the deployed $PRLX.
 * Documented by the network: 18 decimals, 100,000,000 fixed supply, no mint, no burn. The 4 % fee of the real
 * token applies to DEX trades only and is left out: wallet transfers are untaxed.
 */
contract PRLX {
    string public constant name = "ParalleliX (practice network)";
    string public constant symbol = "PRLX";
    uint8 public constant decimals = 18;
    uint256 public constant totalSupply = 100_000_000 * 10 ** 18;

    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;

    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    error InsufficientBalance();
    error InsufficientAllowance();

    constructor() {
        balanceOf[msg.sender] = totalSupply;
        emit Transfer(address(0), msg.sender, totalSupply);
    }

    function approve(address spender, uint256 value) external returns (bool) {
        allowance[msg.sender][spender] = value;
        emit Approval(msg.sender, spender, value);
        return true;
    }

    function transfer(address to, uint256 value) external returns (bool) {
        _move(msg.sender, to, value);
        return true;
    }

    function transferFrom(address from, address to, uint256 value) external returns (bool) {
        uint256 allowed = allowance[from][msg.sender];
        if (allowed < value) revert InsufficientAllowance();
        allowance[from][msg.sender] = allowed - value;
        _move(from, to, value);
        return true;
    }

    function _move(address from, address to, uint256 value) private {
        if (balanceOf[from] < value) revert InsufficientBalance();
        balanceOf[from] -= value;
        balanceOf[to] += value;
        emit Transfer(from, to, value);
    }
}
