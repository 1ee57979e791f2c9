// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "./Test.sol";

struct TermsVector {
    uint256 word;
    uint256 mode;
    uint256 committee;
    uint256 rounds;
    uint256 commitSeconds;
    uint256 revealSeconds;
    uint256 appealWindow;
    uint256 seatFee;
    uint256 seatFeeCap;
    uint256 bond;
    uint256[] committees;
    uint256 ownSeats;
}

struct RulesVector {
    uint256 word;
    uint256 numerics;
    uint256 atol;
    uint256 rtol;
    uint256 royaltyBps;
    uint256 protocolFeeBps;
    uint256 burnBps;
    uint256 fee;
    uint256 toWorker;
    uint256 toOwner;
    uint256 toTreasury;
}

struct CallbackVector {
    uint256 word;
    address target;
    uint256 gasStipend;
    uint256 deliveryFee;
}

struct EscrowVector {
    uint256 terms;
    uint256 callback;
    uint256 units;
}

struct DepositVector {
    uint256 terms;
    uint256 round;
    uint256 grown;
    uint256 seats;
    uint256 units;
}

struct PriceVector {
    uint256 terms;
    uint256 step;
    uint256 unit;
    uint256 price;
}

struct ModelVector {
    address owner;
    string name;
    bytes32 modelId;
}

struct VersionVector {
    bytes32 modelId;
    bytes32 artefact;
    bytes32 manifest;
    bytes32 graphRoot;
    address verifier;
    uint8 numerics;
    uint32 atol;
    uint32 rtol;
    uint16 royaltyBps;
    string[] uris;
    bytes32 versionId;
}

struct JobVector {
    uint256 chainId;
    address queue;
    address requester;
    uint96 nonce;
    bytes32 versionId;
    bytes32 inputHash;
    uint256 terms;
    uint256 callback;
    uint256 rules;
    bytes32 body;
    bytes32 jobId;
}

struct CommitmentVector {
    uint256 chainId;
    address settlement;
    bytes32 jobId;
    uint256 round;
    address worker;
    bytes32 digest;
    bytes32 salt;
    bytes32 commitment;
}

struct ProposalVector {
    address worker;
    bytes32 digest;
    bytes mark;
}

struct DrawVector {
    uint256 job;
    bytes32 entropy;
    uint256 seed;
    address worker;
    uint256 ticket;
    uint256 slot;
    uint256 elapsed;
    uint256 weight;
    uint256 total;
    uint256 seats;
}

struct SeatsVector {
    string name;
    uint256 ticket;
    uint256 committee;
    uint256 elapsed;
    uint256 length;
    uint256 weight;
    uint256 total;
    uint256 seats;
}

struct OpenSeatVector {
    string name;
    uint256 ticket;
    uint256 elapsed;
    uint256 length;
    uint256 weight;
    uint256 total;
    bool drawn;
}

struct StepVector {
    uint256 elapsed;
    uint256 length;
    uint256 committee;
    uint256 open;
}

struct JobWordVector {
    uint256 word;
    uint256 status;
    bool closed;
    bool delivered;
    bool claimed;
    uint256 round;
    uint256 voids;
    uint256 appeals;
    uint256 committed;
    uint256 revealed;
    uint256 leading;
    uint256 steps;
    uint256 time;
    uint256 seedBlock;
    uint256 seed;
    uint256 totalWeight;
    bytes mark;
    uint256 grown;
}

struct VoteVector {
    uint256 word;
    uint256 stage;
    bool vindicated;
    uint256 seats;
    uint256 step;
    bool busy;
    bytes32 jobId;
    uint256 round;
    bytes32 first;
    bytes32 second;
    bool opens;
}

/// @dev The cases of tests/vectors/protocol.json.
abstract contract ProtocolVectors is Test {
    function termsVectors() internal view returns (TermsVector[] memory) {
        string memory types =
            "TermsVector(uint256 word,uint256 mode,uint256 committee,uint256 rounds,uint256 commitSeconds,uint256 revealSeconds,uint256 appealWindow,uint256 seatFee,uint256 seatFeeCap,uint256 bond,uint256[] committees,uint256 ownSeats)";
        return abi.decode(_parse(".terms", types), (TermsVector[]));
    }

    function rulesVectors() internal view returns (RulesVector[] memory) {
        string memory types =
            "RulesVector(uint256 word,uint256 numerics,uint256 atol,uint256 rtol,uint256 royaltyBps,uint256 protocolFeeBps,uint256 burnBps,uint256 fee,uint256 toWorker,uint256 toOwner,uint256 toTreasury)";
        return abi.decode(_parse(".rules", types), (RulesVector[]));
    }

    function callbackVectors() internal view returns (CallbackVector[] memory) {
        string memory types = "CallbackVector(uint256 word,address target,uint256 gasStipend,uint256 deliveryFee)";
        return abi.decode(_parse(".callbacks", types), (CallbackVector[]));
    }

    function escrowVectors() internal view returns (EscrowVector[] memory) {
        string memory types = "EscrowVector(uint256 terms,uint256 callback,uint256 units)";
        return abi.decode(_parse(".escrows", types), (EscrowVector[]));
    }

    function depositVectors() internal view returns (DepositVector[] memory) {
        string memory types = "DepositVector(uint256 terms,uint256 round,uint256 grown,uint256 seats,uint256 units)";
        return abi.decode(_parse(".deposits", types), (DepositVector[]));
    }

    function priceVectors() internal view returns (PriceVector[] memory) {
        string memory types = "PriceVector(uint256 terms,uint256 step,uint256 unit,uint256 price)";
        return abi.decode(_parse(".prices", types), (PriceVector[]));
    }

    function modelVectors() internal view returns (ModelVector[] memory) {
        string memory types = "ModelVector(address owner,string name,bytes32 modelId)";
        return abi.decode(_parse(".models", types), (ModelVector[]));
    }

    function versionVectors() internal view returns (VersionVector[] memory) {
        string memory types =
            "VersionVector(bytes32 modelId,bytes32 artefact,bytes32 manifest,bytes32 graphRoot,address verifier,uint8 numerics,uint32 atol,uint32 rtol,uint16 royaltyBps,string[] uris,bytes32 versionId)";
        return abi.decode(_parse(".versions", types), (VersionVector[]));
    }

    function jobVectors() internal view returns (JobVector[] memory) {
        string memory types =
            "JobVector(uint256 chainId,address queue,address requester,uint96 nonce,bytes32 versionId,bytes32 inputHash,uint256 terms,uint256 callback,uint256 rules,bytes32 body,bytes32 jobId)";
        return abi.decode(_parse(".jobs", types), (JobVector[]));
    }

    function commitmentVectors() internal view returns (CommitmentVector[] memory) {
        string memory types =
            "CommitmentVector(uint256 chainId,address settlement,bytes32 jobId,uint256 round,address worker,bytes32 digest,bytes32 salt,bytes32 commitment)";
        return abi.decode(_parse(".commitments", types), (CommitmentVector[]));
    }

    function proposalVectors() internal view returns (ProposalVector[] memory) {
        string memory types = "ProposalVector(address worker,bytes32 digest,bytes mark)";
        return abi.decode(_parse(".proposals", types), (ProposalVector[]));
    }

    function drawVectors() internal view returns (DrawVector[] memory) {
        string memory types =
            "DrawVector(uint256 job,bytes32 entropy,uint256 seed,address worker,uint256 ticket,uint256 slot,uint256 elapsed,uint256 weight,uint256 total,uint256 seats)";
        return abi.decode(_parse(".draws", types), (DrawVector[]));
    }

    function seatsVectors() internal view returns (SeatsVector[] memory) {
        string memory types =
            "SeatsVector(string name,uint256 ticket,uint256 committee,uint256 elapsed,uint256 length,uint256 weight,uint256 total,uint256 seats)";
        return abi.decode(_parse(".seats", types), (SeatsVector[]));
    }

    function openSeatVectors() internal view returns (OpenSeatVector[] memory) {
        string memory types =
            "OpenSeatVector(string name,uint256 ticket,uint256 elapsed,uint256 length,uint256 weight,uint256 total,bool drawn)";
        return abi.decode(_parse(".openSeats", types), (OpenSeatVector[]));
    }

    function stepVectors() internal view returns (StepVector[] memory) {
        string memory types = "StepVector(uint256 elapsed,uint256 length,uint256 committee,uint256 open)";
        return abi.decode(_parse(".steps", types), (StepVector[]));
    }

    function jobWordVectors() internal view returns (JobWordVector[] memory) {
        string memory types =
            "JobWordVector(uint256 word,uint256 status,bool closed,bool delivered,bool claimed,uint256 round,uint256 voids,uint256 appeals,uint256 committed,uint256 revealed,uint256 leading,uint256 steps,uint256 time,uint256 seedBlock,uint256 seed,uint256 totalWeight,bytes mark,uint256 grown)";
        return abi.decode(_parse(".jobWords", types), (JobWordVector[]));
    }

    function voteVectors() internal view returns (VoteVector[] memory) {
        string memory types =
            "VoteVector(uint256 word,uint256 stage,bool vindicated,uint256 seats,uint256 step,bool busy,bytes32 jobId,uint256 round,bytes32 first,bytes32 second,bool opens)";
        return abi.decode(_parse(".votes", types), (VoteVector[]));
    }

    function _parse(string memory key, string memory types) private view returns (bytes memory) {
        return vm.parseJsonTypeArray(vm.readFile("tests/vectors/protocol.json"), key, types);
    }
}
