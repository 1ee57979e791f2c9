"""What a command works with: its settings, a client, the account, the question before sending."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assay.cli import output, settings
from assay.cli.errors import SettingsError
from assay.cli.settings import PASSWORD_VARIABLE, Settings

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount
    from eth_typing import ChecksumAddress
    from web3 import Web3

    from assay.artefacts.settings import ArtefactSettings
    from assay.asset import Asset
    from assay.cli.consent import Consent
    from assay.client import Client
    from assay.deployments import Deployment

MAKER = "assay init --new-key"
_NO_KEY = (
    "key_store: missing; this needs your account. Set it in assay.toml, ASSAY_KEY_STORE or "
    f"--key-store; `{MAKER}` makes one"
)


@dataclass
class Session:
    """Of one run of the command line. Everything is had when it is first asked for."""

    config: Path | None
    options: Mapping[str, Any]
    as_json: bool = False
    yes: bool = False

    @cached_property
    def settings(self) -> Settings:
        """Raises SettingsError."""
        return settings.load(self.config, self.options)

    @cached_property
    def w3(self) -> Web3:
        """The node."""
        from web3 import HTTPProvider, Web3

        return Web3(HTTPProvider(self.settings.rpc_url))

    @cached_property
    def deployment(self) -> Deployment:
        """Raises DeploymentFileError."""
        from assay import deployments

        return deployments.load(self.settings.deployment)

    @cached_property
    def checked(self) -> Deployment:
        """The deployment, whose chain the node is on. Raises what `Deployment.check` does."""
        self.deployment.check(self.w3)
        return self.deployment

    @cached_property
    def reader(self) -> Client:
        """A client that only reads."""
        return self._client(None)

    @cached_property
    def client(self) -> Client:
        """A client of the account, which asks before it sends."""
        self.checked  # noqa: B018 - before a password is asked for
        return self._client(self.account)

    @cached_property
    def consent(self) -> Consent:
        """The question before anything is sent."""
        from assay.cli.consent import Consent

        return Consent(yes=self.yes, as_json=self.as_json, places=self._places)

    @cached_property
    def account(self) -> LocalAccount:
        """The account in the key store. Raises SettingsError or KeyStoreError."""
        from assay import keys

        key_store = self._key_store
        return keys.unlock(key_store, self.password(confirm=False), MAKER)

    @cached_property
    def address(self) -> ChecksumAddress:
        """The account's, as its keyfile names it; no password is needed where it does."""
        from assay import keys

        return keys.named_address(self._key_store, MAKER) or self.account.address

    @cached_property
    def asset(self) -> Asset:
        """The asset's symbol and decimals."""
        return self.reader.asset()

    def password(self, *, confirm: bool) -> str:
        """From the password file, the environment, or a prompt."""
        from assay import keys
        from assay.cli import consent
        from assay.errors import PasswordError

        found = keys.take_password(self.settings.password_file, PASSWORD_VARIABLE)
        if found is not None:
            return found
        if not consent.interactive():
            raise PasswordError(
                f"no password for the key store: set password_file, or {PASSWORD_VARIABLE}; "
                "without a terminal nobody can be asked"
            )
        prompt = f"Password of {self.settings.key_store}"
        typed: str = click.prompt(prompt, hide_input=True, confirmation_prompt=confirm, err=True)
        return typed

    def wei(self, text: str, *, in_wei: bool) -> int:
        """An amount as it was typed. Raises AmountError."""
        from assay.asset import AmountError

        if not in_wei:
            return self.asset.wei(text)
        if not (text.isascii() and text.isdecimal()):
            raise AmountError(f"{text!r} is no amount in wei: expected an integer")
        return int(text)

    def shown(self, wei: int) -> str:
        """An amount of the asset for people."""
        return self.asset.shown(wei)

    def show(self, document: Any, *parts: Any) -> None:
        """Prints the result of the command."""
        output.show(self.as_json, document, *parts)

    def note(self, text: str) -> None:
        """Tells of something on the way."""
        output.note(self.as_json, text)

    def _places(self) -> dict[str, object]:
        """Where it happens, and which files said so: those of this folder may be anybody's."""
        from assay import deployments

        found = settings.find(self.config)
        return {
            "account": self.address,
            "network": f"{self.deployment.network}, chain {self.deployment.chain_id}",
            "asset": f"{self.deployment.asset_symbol}, the token at {self.deployment.asset}",
            "vault": self.deployment.vault,
            "its contracts are in": deployments.file(self.settings.deployment).absolute(),
            "settings are in": found.absolute() if found else "no file",
        }

    @property
    def _key_store(self) -> Path:
        if self.settings.key_store is None:
            raise SettingsError([_NO_KEY])
        return self.settings.key_store

    def _client(self, account: LocalAccount | None) -> Client:
        from assay.client import Client, Settings

        chosen = self.settings
        return Client(
            self.w3,
            self.checked,
            account,
            Settings(
                poll_seconds=chosen.poll_seconds,
                receipt_seconds=chosen.receipt_seconds,
                max_gas_price=chosen.max_gas_price,
                confirmations=chosen.confirmations,
                log_span=chosen.log_range,
                artefacts=self._artefacts(),
                before_sending=None if account is None else self.consent.before,
            ),
        )

    def _artefacts(self) -> ArtefactSettings:
        """The usual places for manifests, but for what the settings say."""
        from assay.catalogue import usual_places

        names = ("cache_dir", "file_roots", "private_hosts", "ipfs_gateway")
        chosen = {name: getattr(self.settings, name) for name in names}
        usual = usual_places(self.w3, self.deployment)
        return replace(usual, **{name: one for name, one in chosen.items() if one is not None})
