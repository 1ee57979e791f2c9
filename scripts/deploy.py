"""Deploys the contracts to the network Ape is connected to.

ape run deploy --network ethereum:local:foundry
ape run deploy --network ethereum:sepolia:<provider> --account <alias>

Parameters come from deployments/parameters/<network>.yaml; addresses go to
deployments/<network>.json. A network that has them is checked and left alone.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import click
from ape import accounts
from ape.api import AccountAPI, ProviderAPI
from ape.cli import ConnectedProviderCommand
from ape.contracts import ContractContainer
from ape_ethereum.provider import Web3Provider
from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address
from ethpm_types import ContractType
from web3.types import Nonce

from assay.errors import AssayError
from scripts.deployment.artefacts import Artefact
from scripts.deployment.deploy import FOLDER, LOCAL_NETWORKS, Outcome, deploy
from scripts.deployment.errors import CreationError, DeployError
from scripts.deployment.parameters import load
from scripts.deployment.sender import Created


@dataclass(frozen=True)
class ApeSender:
    """Any account Ape can load: test accounts, key stores, hardware wallets."""

    account: AccountAPI

    @property
    def address(self) -> ChecksumAddress:
        return to_checksum_address(self.account.address)

    def nonce(self) -> Nonce:
        return Nonce(self.account.nonce)

    def create(self, artefact: Artefact, *arguments: Any) -> Created:
        described = {
            "contractName": artefact.name,
            "abi": artefact.abi,
            "deploymentBytecode": {"bytecode": artefact.bytecode},
        }
        contract = ContractContainer(ContractType.model_validate(described))
        transaction = contract(*arguments)
        transaction.sender = self.account.address
        # Ape shows a transaction before it is signed, and calls each `constructor()`.
        click.echo(f"Creation of {artefact.name}:")
        receipt = self.account.call(transaction)
        if receipt.contract_address is None:
            raise CreationError(
                f"the creation of {artefact.name} failed in transaction {receipt.txn_hash}"
            )
        return Created(to_checksum_address(receipt.contract_address), receipt.block_number)


@click.command(cls=ConnectedProviderCommand)
@click.option("--account", "alias", help="alias of the paying account; local: a test account")
@click.option(
    "--folder",
    default=FOLDER,
    type=click.Path(file_okay=False, path_type=Path),
    help="where <network>.json is written",
)
def cli(provider: ProviderAPI, alias: str | None, folder: Path) -> None:
    """Deploys registry, vault, queue and settlement, once."""
    network = provider.network.name
    w3 = cast(Web3Provider, provider).web3
    try:
        parameters = load(network, local=network in LOCAL_NETWORKS)
        sender = ApeSender(_account(network, alias))
        outcome = deploy(w3, sender, network, parameters, folder)
    except (DeployError, AssayError) as error:
        raise click.ClickException(str(error)) from None
    _report(outcome, folder)


def _account(network: str, alias: str | None) -> AccountAPI:
    if alias is not None:
        return accounts.load(alias)
    if network in LOCAL_NETWORKS:
        return accounts.test_accounts[0]
    raise click.UsageError(f"{network} needs an account that pays: --account <alias>")


def _report(outcome: Outcome, folder: Path) -> None:
    if outcome.replaced:
        click.echo(f"Gave up what an earlier file said: {outcome.replaced}.")
    network = outcome.deployment.network
    if outcome.created:
        click.echo(f"Deployed to {network}; addresses are in {folder / network}.json:")
    else:
        click.echo(f"Nothing to do: {folder / network}.json names contracts that stand:")
    for name, address in outcome.deployment.contracts.items():
        click.echo(f"  {name:<11}{address}")
