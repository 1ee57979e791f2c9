"""Deploys to a network once: what stands already is checked and left alone."""

from dataclasses import dataclass
from pathlib import Path

from web3 import Web3

from assay import deployments
from assay.deployments import (
    Deployment,
    DeploymentError,
)
from scripts.deployment.artefacts import ROOT, compile_contracts
from scripts.deployment.contracts import Contracts, create_contracts, owner_of
from scripts.deployment.errors import MismatchError
from scripts.deployment.parameters import Parameters
from scripts.deployment.sender import Sender
from scripts.deployment.verification import (
    check_asset,
    check_deployed,
    check_new,
    describe_asset,
)

FOLDER = ROOT / "deployments"
LOCAL_NETWORKS = ("local", "anvil")
"""Networks whose chains come and go, and with them what was deployed."""


@dataclass(frozen=True)
class Outcome:
    """What a run has done."""

    deployment: Deployment
    created: bool
    """False when the deployment stood already."""
    replaced: str = ""
    """Why an earlier deployment of a local network was given up, if one was."""


def deploy(
    w3: Web3, sender: Sender, network: str, parameters: Parameters, folder: Path = FOLDER
) -> Outcome:
    """Makes sure that the network has a deployment with these parameters, and a file that says so.

    The file is written last, whole, and only after everything was read back from the chain: a run
    that is interrupted leaves none, and the next one starts anew.

    Raises:
        MismatchError: the contracts, or what they were deployed with, are not what was asked for.
        DeploymentError: the file of a network that is not local cannot be used with this chain.
        DeployError: the contracts do not compile or could not be created.
    """
    try:
        standing = _standing(w3, network, folder)
        replaced = ""
    except DeploymentError as error:
        if network not in LOCAL_NETWORKS:
            raise
        standing, replaced = None, str(error)
    if standing is not None:
        _check_parameters(standing, parameters, folder)
        check_deployed(w3, _contracts(standing), parameters)
        return Outcome(standing, created=False)
    created = _create(w3, sender, network, parameters)
    created.write(folder)
    return Outcome(created, created=True, replaced=replaced)


def _standing(w3: Web3, network: str, folder: Path) -> Deployment | None:
    if not (folder / f"{network}.json").exists():
        return None
    found = deployments.load(network, folder)
    found.check(w3)
    return found


def _create(w3: Web3, sender: Sender, network: str, parameters: Parameters) -> Deployment:
    compile_contracts()
    check_asset(w3, parameters)
    contracts = create_contracts(sender, parameters)
    check_new(w3, contracts, parameters, owner_of(parameters, sender))
    symbol, decimals = describe_asset(w3, contracts.asset)
    return Deployment(
        network=network,
        chain_id=w3.eth.chain_id,
        genesis_hash=deployments.genesis_hash(w3),
        block=contracts.block,
        asset_symbol=symbol,
        asset_decimals=decimals,
        unit=parameters.unit,
        epoch=parameters.epoch,
        parameters=parameters.model_dump(),
        **contracts.addresses(),
    )


def _contracts(deployment: Deployment) -> Contracts:
    return Contracts(**deployment.contracts, block=deployment.block)


def _check_parameters(standing: Deployment, parameters: Parameters, folder: Path) -> None:
    asked = parameters.model_dump()
    faults = [
        f"{name}: deployed with {standing.parameters.get(name)!r}, now asked for {value!r}"
        for name, value in asked.items()
        if standing.parameters.get(name) != value
    ]
    if faults:
        path = folder / f"{standing.network}.json"
        raise MismatchError([*faults, f"to deploy anew beside the old contracts, move {path} away"])
