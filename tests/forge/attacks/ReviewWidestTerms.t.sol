// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {JobQueue} from "../../../contracts/JobQueue.sol";
import {Settlement} from "../../../contracts/Settlement.sol";
import {StakeVault} from "../../../contracts/StakeVault.sol";
import {ISettlementTypes} from "../../../contracts/interfaces/ISettlementTypes.sol";
import {DECIDED} from "../../../contracts/types/JobWord.sol";
import {Terms} from "../../../contracts/types/Terms.sol";
import {Fixture, Job} from "../utils/Fixture.sol";
import {Pack, TermsFields} from "../utils/Pack.sol";

/// @dev Attack: terms so wide that a sum over many jobs leaves its field. The unit is the largest, fees and bonds have all
/// their 48 bits, committees all their seats, and one worker takes all of them in each of many jobs by one call.
contract ReviewWidestTermsTest is Fixture {
    uint256 private constant WIDEST_UNIT = 1e18;
    uint256 private constant WIDEST = type(uint48).max;
    uint256 private constant STEP = 254;

    Job[] private _jobs;
    address private immutable _worker = makeAddr("the only worker");
    uint256 private _minted;

    function setUp() public override {
        super.setUp();
        uint256 nonce = vm.getNonce(address(this));
        address settlement_ = vm.computeCreateAddress(address(this), nonce + 1);
        address queue_ = vm.computeCreateAddress(address(this), nonce + 2);
        vault = new StakeVault(address(token), WIDEST_UNIT, EPOCH, MINIMUM_STAKE, queue_, settlement_);
        settlement = new Settlement(vault, registry, queue_);
        queue = new JobQueue(owner, registry, vault, settlement, PROTOCOL_FEE_BPS, BURN_BPS, SHORTEST_PHASE);
        _endow(requester, WIDEST_UNIT << 63);
        _endow(_worker, WIDEST_UNIT << 63);
        vm.startPrank(_worker);
        vault.register(_signerOf(_worker), "");
        vault.stake(WIDEST_UNIT << 63);
        vm.stopPrank();
        _toNextEpoch();
    }

    /// @dev 31 seats in each of 400 jobs: 2^61.6 units of bonds.
    function test_four_hundred_jobs_of_one_round__not_a_wei_made_or_lost() public {
        _postSome(400, 1, WIDEST);
        uint256 taken = _commitMany(0);
        assertGt(taken, 300);
        assertEq(vault.worker(_worker).free, (1 << 63) - taken * 31 * WIDEST);
        _revealMany(0);
        _claimMany(0);
        assertEq(vault.worker(_worker).free, 1 << 63);
        assertEq(vault.credit(_worker), taken * 31 * (_net(WIDEST_UNIT) + STEP * _net(_rise(WIDEST))));
        _endJobs();
        _assertEverythingOwned();
    }

    /// @dev 31 seats that stay silent, then 63 that are right, in each of 100 jobs.
    function test_hundred_jobs_of_the_largest_committee__not_a_wei_made_or_lost() public {
        uint256 cap = WIDEST / 5;
        _postSome(100, 2, cap);
        uint256 silent = _commitMany(0);
        _wait(REVEAL_SECONDS + 1);
        for (uint256 i; i < _jobs.length; ++i) {
            _advance(_jobs[i]);
        }
        _draw();
        uint256 taken = _commitMany(1);
        assertGt(taken, 80);
        _revealMany(1);
        uint256 free = vault.worker(_worker).free;
        _claimMany(1);
        assertEq(vault.worker(_worker).free, free + taken * 63 * WIDEST);
        assertEq(vault.credit(_worker), taken * 63 * (_net(WIDEST_UNIT) + STEP * _net(_rise(cap))));
        _endJobs();
        assertEq(vault.worker(_worker).free, (1 << 63) - silent * 31 * WIDEST);
        _assertEverythingOwned();
    }

    // --- steps in all jobs ---

    function _postSome(uint256 count, uint256 rounds, uint256 cap) private {
        TermsFields memory f = _fields(31, rounds);
        (f.seatFee, f.seatFeeCap, f.bond) = (1, cap, WIDEST);
        Terms terms = Pack.terms(f);
        for (uint256 i; i < count; ++i) {
            _jobs.push(_post(requester, exactVersion, terms, _noCallback()));
        }
        _draw();
    }

    /// @dev In the last second. Returns in how many jobs; in the others the slot was busy.
    function _commitMany(uint256 round) private returns (uint256 taken) {
        _wait(COMMIT_SECONDS - 1);
        ISettlementTypes.Bid[] memory bids = new ISettlementTypes.Bid[](_jobs.length);
        for (uint256 i; i < _jobs.length; ++i) {
            (, slotOf[_jobs[i].id][round][_worker]) = settlement.seatsOf(_jobs[i].key, _worker);
            bids[i] = ISettlementTypes.Bid(_jobs[i].key.body, _commitment(_jobs[i], _worker, "a"));
        }
        vm.prank(_signerOf(_worker));
        settlement.commitMany(_jobs[0].key.terms, _jobs[0].rules, _worker, type(uint256).max, bids);
        for (uint256 i; i < _jobs.length; ++i) {
            if (settlement.job(_jobs[i].id).committed != 0) ++taken;
        }
    }

    function _revealMany(uint256 round) private {
        ISettlementTypes.Opening[] memory openings = new ISettlementTypes.Opening[](_jobs.length);
        for (uint256 i; i < _jobs.length; ++i) {
            bytes32 id = _jobs[i].id;
            openings[i] =
                ISettlementTypes.Opening(_jobs[i].key.body, slotOf[id][round][_worker], _salt(id, round, _worker), "a");
        }
        settlement.revealMany(_jobs[0].key.terms, _jobs[0].rules, _worker, openings);
    }

    function _claimMany(uint256 round) private {
        ISettlementTypes.Return[] memory returned = new ISettlementTypes.Return[](_jobs.length);
        for (uint256 i; i < _jobs.length; ++i) {
            returned[i] = ISettlementTypes.Return(_jobs[i].key.body, _revealedBallot(_jobs[i], round, _worker, "a"));
        }
        settlement.claimMany(_jobs[0].key.terms, _jobs[0].rules, _worker, returned);
        settlement.claimMany(_jobs[0].key.terms, _jobs[0].rules, _worker, returned);
    }

    /// @dev Those that are not decided have nobody's seats in their last round.
    function _endJobs() private {
        _wait(COMMIT_SECONDS + REVEAL_SECONDS);
        for (uint256 i; i < _jobs.length; ++i) {
            uint256 status = settlement.job(_jobs[i].id).status;
            if (status != DECIDED) {
                _advance(_jobs[i]);
                if (settlement.job(_jobs[i].id).status == 1) {
                    _wait(COMMIT_SECONDS);
                    _advance(_jobs[i]);
                }
            }
            _close(_jobs[i]);
        }
    }

    // --- money ---

    function _endow(address account, uint256 amount) private {
        _minted += amount;
        _fund(account, amount);
    }

    function _rise(uint256 cap) private pure returns (uint256) {
        return (cap - 1) * WIDEST_UNIT / 255;
    }

    function _net(uint256 amount) private pure returns (uint256) {
        return amount - amount * ROYALTY_BPS / 10_000 - amount * PROTOCOL_FEE_BPS / 10_000;
    }

    function _assertEverythingOwned() private view {
        uint256 owned = vault.burned() + vault.credit(address(queue)) + vault.credit(requester);
        owned += vault.credit(modelOwner) + vault.credit(_worker) + vault.worker(_worker).free * WIDEST_UNIT;
        assertEq(owned, _minted);
    }
}
