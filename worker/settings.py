"""What an operator can set: a TOML file, and above it the environment (`ASSAY_WORKER_…`).

`ASSAY_WORKER_RPC_URL` overrides `rpc_url`, `ASSAY_WORKER_EXECUTOR__MEMORY_MB` overrides
`memory_mb` in the table `[executor]`. The key store's password is no setting: see `worker.keys`.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from eth_typing import ChecksumAddress
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from assay.addresses import AddressError, address
from worker.errors import SettingsError
from worker.references import References

ENVIRONMENT_PREFIX = "ASSAY_WORKER_"
PASSWORD_VARIABLE = f"{ENVIRONMENT_PREFIX}PASSWORD"
"""Holds the key store's password; read once, then removed from the environment."""

_NESTED = "__"
_GWEI = 10**9


def _checksummed(value: object) -> ChecksumAddress:
    try:
        return address(str(value))
    except AddressError as error:
        raise ValueError(str(error)) from None


def _http(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ValueError("expected an http:// or https:// URL")
    return url


def _user_path(path: Path) -> Path:
    return path.expanduser()


_Address = Annotated[ChecksumAddress, BeforeValidator(_checksummed)]


def _websocket(url: str) -> str:
    if not url.startswith(("ws://", "wss://")):
        raise ValueError("expected a ws:// or wss:// URL")
    return url


_Url = Annotated[str, AfterValidator(_http)]
_WebSocketUrl = Annotated[str, AfterValidator(_websocket)]
_Path = Annotated[Path, AfterValidator(_user_path)]
_Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class ExecutorTable(_Table):
    """Bounds of the sandbox that models run in."""

    memory_mb: int = Field(default=2_048, ge=256)
    """Address space of the model's process, MiB, libraries included."""
    load_seconds: _Seconds = 60
    """Wall clock for inspecting and loading a model."""
    run_seconds: _Seconds = 60
    """Wall clock for one input."""
    run_cpu_seconds: int = Field(default=30, ge=1)
    """CPU time for one input."""
    max_model_mb: int = Field(default=256, ge=1)
    """Largest ONNX file, MiB."""
    max_result_bytes: int = Field(default=48 << 10, ge=1, le=60 << 10)
    """Largest result, bytes. Two must fit into one transaction, of which nodes take 128 KiB."""
    processes: int = Field(default=4, ge=1, le=64)
    """Processes alive at once. Each keeps one model warm; a TOLERANCE version takes two."""
    threads: int = Field(default=2, ge=1, le=64)
    """Inputs that are run at once."""
    require_protections: tuple[str, ...] = ()
    """Protections, as `check` names them, without which no model is run: files, network, …"""


class ArtefactTable(_Table):
    """Where models, and inputs by reference, may be fetched from."""

    file_roots: tuple[_Path, ...] = ()
    """Folders under which file: URIs are served; none by default."""
    private_hosts: tuple[str, ...] = ()
    """Hosts fetched from although they are at a private address. All others are refused there,
    since anyone can publish or post a URI."""
    ipfs_gateway: _Url | None = None
    """Base URL of the HTTP gateway for ipfs: URIs; without it they are skipped."""
    max_input_mb: int = Field(default=64, ge=1, le=1_024)
    """Largest input by reference, MiB; no seat is taken in jobs with larger ones."""
    input_seconds: _Seconds = 30
    """Wall clock for fetching an input from one URI; all of its URIs have twice as long."""
    input_cache_mb: int = Field(default=1_024, ge=1)
    """Disk for fetched inputs, MiB; of those that no job waits for the one unused for longest makes
    room."""


class Settings(BaseSettings):
    """Everything an operator can set. Build it with `load`, which explains what is wrong."""

    model_config = SettingsConfigDict(
        env_prefix=ENVIRONMENT_PREFIX,
        env_nested_delimiter=_NESTED,
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
    )

    # The chain.
    rpc_url: _Url
    """JSON-RPC endpoint of a node of the chain."""
    rpc_fallbacks: tuple[_Url, ...] = ()
    """Further nodes, in the order in which they are asked when those before them do not answer.
    Each is trusted as much as the first."""
    rpc_max_lag: int = Field(default=3, ge=1)
    """Blocks that a node may be behind the others before they are asked instead."""
    ws_url: _WebSocketUrl | None = None
    """Websocket of a node that tells of new blocks by itself; without it, or while it is gone, the
    node is asked for them."""
    deployment: Annotated[str, Field(min_length=1)]
    """Name of a network in deployments/, or the path of such a file."""
    poll_seconds: _Seconds = Field(default=0.25, le=60)
    """Pause between two looks at the head of the chain."""
    confirmations: int = Field(default=0, ge=0, le=1_000)
    """Blocks that must follow one before the worker acts on it. Reorganisations are followed at
    any depth; more blocks only make them rarer."""
    log_range: int = Field(default=2_000, ge=1)
    """Blocks whose logs are asked for at once while catching up."""
    start_block: int | None = Field(default=None, ge=0)
    """Where a new store begins to read; without it at the block of the deployment."""

    # Who works.
    worker: _Address
    """Cold account that owns the stake. Its key is not needed here."""
    key_store: _Path
    """Encrypted key of the signer, an Ethereum keyfile."""
    password_file: _Path | None = None
    """File whose first line is the key store's password. Without it the password is taken from the
    environment variable ASSAY_WORKER_PASSWORD."""
    data_dir: _Path
    """Folder for the database, the salt secret, fetched models and inputs; one daemon each."""

    # What it takes on.
    min_seat_fee: int = Field(default=0, ge=0)
    """Least seat fee, in units of the vault, for which it takes a seat. Where terms give a range,
    it waits until the price has risen to this."""
    asset_per_coin: Decimal | None = Field(default=None, gt=0)
    """What one coin of the chain is worth, in the asset that fees are paid in. With it no seat is
    taken whose fee would not cover its gas; without it gas is not weighed."""
    min_profit_percent: int = Field(default=0, ge=0)
    """What a seat has to bring above its gas, percent of the gas."""
    min_delivery_fee: int = Field(default=1, ge=0)
    """Least delivery fee, in units, for which it calls the callback of a job it voted in."""
    max_callback_gas: int = Field(default=500_000, ge=0, le=10_000_000)
    """Most gas that a callback may ask for to be called; it may use all of it. No more than half of
    `max_transaction_gas` counts."""
    max_bond: int | None = Field(default=None, ge=0)
    """Most units of stake put into one round of a job; without it only the share below counts."""
    max_bond_percent: int = Field(default=10, ge=1, le=100)
    """Most of the free stake put into one round of a job, percent, so that a few jobs with large
    bonds and small fees cannot tie all of it up."""
    take_references: References = References.LAST_ROUND
    """For which jobs with inputs by reference it puts up stake: "never", "last-round" for seats
    that no later round can judge, or "always". Whoever serves an input can withdraw it from those
    who judge later."""
    compute_ahead_seconds: int = Field(default=5, ge=0)
    """How long before a seat comes up the model is run for it."""
    help_others: bool = False
    """Whether to advance and close jobs it has no vote in, too, after those who have one had their
    time. Nobody pays for that gas."""

    # What it appeals.
    appeal_max_deposit: int = Field(default=0, ge=0)
    """Most that is put up to appeal one wrong answer, wei of the asset, out of the signer's credit
    in the vault; 0 never appeals."""
    watch_percent: int = Field(default=0, ge=0, le=100)
    """Share of the answers it was not drawn for that it computes itself, percent, to appeal those
    that are wrong. The rest of them it takes on trust."""

    # What it spends.
    max_fee_gwei: Decimal = Field(default=Decimal(100), gt=0)
    """Ceiling of the gas price; above it transactions wait."""
    priority_fee_gwei: Decimal = Field(default=Decimal("0.1"), ge=0)
    """Least tip for each gas, within the ceiling; more where the node suggests it."""
    max_priority_fee_gwei: Decimal = Field(default=Decimal(5), ge=0)
    """Most tip for each gas that is paid because the node suggests it."""
    bump_after_blocks: int = Field(default=5, ge=1)
    """Blocks after which a transaction that was not mined is sent at a higher price, up to the
    ceiling."""
    max_transaction_gas: int = Field(default=15_000_000, ge=1_000_000)
    """Most gas one transaction may ask for."""
    claim_batch: int = Field(default=20, ge=1, le=200)
    """Votes that are taken back in one transaction as soon as there are so many."""
    claim_age_seconds: int = Field(default=600, ge=0)
    """Age at which a vote is taken back although the batch is not full."""
    stagger_seconds: int = Field(default=3, ge=0)
    """How long each worker leaves a step that anyone may take to those before it in turn; never
    less than two blocks."""

    # Its log.
    log_format: Literal["console", "json"] = "console"
    """Form of the log lines."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least severity that is logged."""

    executor: ExecutorTable = ExecutorTable()
    """Bounds of the sandbox that models run in."""
    artefacts: ArtefactTable = ArtefactTable()
    """Where models, and inputs by reference, may be fetched from."""

    @property
    def max_fee_wei(self) -> int:
        """The ceiling of the gas price, wei."""
        return int(self.max_fee_gwei * _GWEI)

    @property
    def priority_fee_wei(self) -> int:
        """The tip, wei a gas."""
        return int(self.priority_fee_gwei * _GWEI)

    @property
    def max_priority_fee_wei(self) -> int:
        """The most tip, wei a gas."""
        return int(self.max_priority_fee_gwei * _GWEI)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment stands above the file, which `load` passes in."""
        return env_settings, init_settings


def load(path: Path | None, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of a TOML file (or none) and the environment.

    Raises SettingsError, which names every fault at once.
    """
    faults = list(_unknown_variables(os.environ if environment is None else environment))
    values: dict[str, Any] = {}
    if path is not None:
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            faults.append(f"{path}: cannot be read: {error.strerror}; name an existing file")
        except ValueError as error:  # not UTF-8, or not TOML
            faults.append(f"{path}: not a TOML file: {error}")
    try:
        settings = Settings(**values)
    except ValidationError as error:
        faults.extend(_fault(item["loc"], item["type"], item["msg"]) for item in error.errors())
    if faults:
        raise SettingsError(faults)
    return settings


def _unknown_variables(environment: Mapping[str, str]) -> Iterable[str]:
    """A mistyped variable would be ignored in silence."""
    known = {PASSWORD_VARIABLE}
    for name, field in Settings.model_fields.items():
        known.add(variable := ENVIRONMENT_PREFIX + name.upper())
        if isinstance(field.annotation, type) and issubclass(field.annotation, _Table):
            known |= {variable + _NESTED + n.upper() for n in field.annotation.model_fields}
    for name in sorted(environment):
        if name.startswith(ENVIRONMENT_PREFIX) and name not in known:
            yield f"{name}: no such setting; remove the variable, or correct its name"


def _fault(location: tuple[int | str, ...], kind: str, message: str) -> str:
    name = ".".join(map(str, location))
    if kind == "missing":
        described = Settings.model_fields[str(location[0])].description
        variable = ENVIRONMENT_PREFIX + _NESTED.join(str(part).upper() for part in location)
        return f"{name}: missing; set it in the file, or {variable}. {described}"
    if kind == "extra_forbidden":
        return f"{name}: no such setting; remove it, or correct its name"
    return f"{name}: {message.removeprefix('Value error, ')}"
