"""What the command line can be told once: options, the environment (`ASSAY_…`), `assay.toml`.

An option stands above the environment, the environment above the file. The key store's password is
no setting: it comes from a file, from `ASSAY_PASSWORD`, or from a prompt.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import click
from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from assay.cli.errors import SettingsError

ENVIRONMENT_PREFIX = "ASSAY_"
PASSWORD_VARIABLE = f"{ENVIRONMENT_PREFIX}PASSWORD"
"""Holds the key store's password; read once, then removed from the environment."""
FILE = Path("assay.toml")

_OF_OTHERS = "ASSAY_WORKER_"
_GWEI = 10**9
_WITH_SECRETS = ("rpc_url", "store")
_FOLDERS = ("./", "../", "~")
_PATHS = ("key_store", "password_file", "cache_dir")


def _http(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ValueError("expected an http:// or https:// URL")
    return url


def _user_path(path: Path) -> Path:
    return path.expanduser()


_Url = Annotated[str, AfterValidator(_http)]
_Path = Annotated[Path, AfterValidator(_user_path)]
_Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Settings(BaseSettings):
    """Everything that can be set. Build it with `load`, which explains what is wrong."""

    model_config = SettingsConfigDict(
        env_prefix=ENVIRONMENT_PREFIX,
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
    )

    rpc_url: Annotated[_Url, Field(repr=False)]
    """JSON-RPC endpoint of a node of the chain. Only its host is ever shown."""
    deployment: Annotated[str, Field(min_length=1)]
    """Name of a network in deployments/, or the path of such a file."""
    key_store: _Path | None = None
    """Encrypted key of your account, an Ethereum keyfile. Without it nothing can be sent."""
    password_file: _Path | None = None
    """File whose first line is the key store's password. Without it the password is taken from the
    variable ASSAY_PASSWORD, or asked for."""
    poll_seconds: _Seconds = Field(default=1, le=60)
    """Pause between two looks for an answer or a receipt."""
    receipt_seconds: _Seconds = 120
    """How long a transaction may take to be mined."""
    confirmations: int = Field(default=0, ge=0, le=1_000)
    """Blocks that lie on top of an answer before it is believed."""
    max_gas_price_gwei: Decimal = Field(default=Decimal(500), gt=0)
    """Most that is paid for a gas."""
    log_range: int = Field(default=5_000, ge=1)
    """Blocks whose logs are asked for at once."""
    cache_dir: _Path | None = None
    """Folder where manifests are kept; without it the user's cache."""
    file_roots: tuple[_Path, ...] | None = None
    """Folders from which manifests at file: URIs are read. Without it none, but any on a local
    chain for development."""
    private_hosts: tuple[str, ...] | None = None
    """Hosts from which manifests are fetched although they are at a private address. Without it
    none, but on a local chain for development this machine."""
    ipfs_gateway: _Url | None = None
    """Base URL of the HTTP gateway for ipfs: URIs; without it they are skipped."""
    store: Annotated[str | None, Field(repr=False)] = None
    """Where `assay publish` and `assay infer --by-reference` put files: a folder, a URL that takes
    PUT, s3://bucket/prefix, or ipfs+http://… for an IPFS node."""
    store_public: _Url | None = None
    """URL at which others find what lies in the store, where that is another."""

    @property
    def max_gas_price(self) -> int:
        """Wei for a gas."""
        return int(self.max_gas_price_gwei * _GWEI)


def find(config: Path | None) -> Path | None:
    """The file with the settings: the one named, this folder's, or the user's; None for none."""
    if config is not None:
        return config
    return next((path for path in (FILE, user_file()) if path.exists()), None)


def user_file() -> Path:
    """Where the user's own file is."""
    return Path(click.get_app_dir("assay")) / FILE


def load(
    config: Path | None,
    options: Mapping[str, Any],
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """The settings of options, environment and file.

    Raises SettingsError, which names every fault at once.
    """
    faults = list(_unknown_variables(os.environ if environment is None else environment))
    given = {name: value for name, value in options.items() if value is not None}
    faults += told_to_all(given)
    path = find(config)
    settings = _build(given, {} if path is None else _read(path, faults), faults)
    if settings is None or faults:
        raise SettingsError(faults)
    return settings


def check(values: Mapping[str, Any]) -> None:
    """Raises SettingsError for values that a file must not hold, or that are missing in it."""
    faults: list[str] = []
    _build(values, {}, faults)
    if faults:
        raise SettingsError(faults)


def _build(
    options: Mapping[str, Any], values: Mapping[str, Any], faults: list[str]
) -> Settings | None:
    try:
        return _layered(dict(values))(**options)
    except ValidationError as error:
        faults.extend(_fault(item["loc"], item["type"], item["msg"]) for item in error.errors())
        return None


def _layered(values: dict[str, Any]) -> type[Settings]:
    class Layered(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
            file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return init_settings, env_settings, InitSettingsSource(settings_cls, values)

    return Layered


def _read(path: Path, faults: list[str]) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        faults.append(
            f"{path}: cannot be read: {error.strerror}; name an existing file, or write one with "
            "`assay init`"
        )
        return {}
    except ValueError as error:  # not UTF-8, or not TOML
        faults.append(f"{path}: not a TOML file: {error}")
        return {}
    return dict(_from_its_folder(values, path.parent))


def _from_its_folder(values: Mapping[str, Any], folder: Path) -> Iterator[tuple[str, Any]]:
    """Relative paths in a file are meant from where the file is."""

    def there(value: Any) -> Any:
        return str(folder / Path(value).expanduser()) if isinstance(value, str) else value

    for name, value in values.items():
        if name in _PATHS:
            yield name, there(value)
        elif name == "file_roots" and isinstance(value, list):
            yield name, [there(item) for item in value]
        elif name == "deployment" and isinstance(value, str):
            yield name, _deployment(value, folder)
        elif name == "store" and str(value).startswith(_FOLDERS):
            yield name, str(Path(there(value)).absolute())  # to be told from a URI
        else:
            yield name, value


def _deployment(value: str, folder: Path) -> str:
    if value.endswith(".json"):
        return str(folder / Path(value).expanduser())
    beside = folder / "deployments" / f"{value}.json"
    return str(beside) if beside.exists() else value


def told_to_all(options: Mapping[str, Any]) -> Iterable[str]:
    """Faults of options: arguments can be read by everybody on the machine."""
    for name in _WITH_SECRETS:
        try:
            parts = urlsplit(str(options.get(name) or ""))
            secret = parts.username or parts.password
        except ValueError:
            continue
        if secret:
            yield (
                f"{name}: an option with a user or a password in it can be read by others; set it "
                f"in {FILE}, or {ENVIRONMENT_PREFIX}{name.upper()}"
            )


def _unknown_variables(environment: Mapping[str, str]) -> Iterable[str]:
    """A mistyped variable would be ignored in silence."""
    known = {PASSWORD_VARIABLE}
    known |= {ENVIRONMENT_PREFIX + name.upper() for name in Settings.model_fields}
    for name in sorted(environment):
        ours = name.startswith(ENVIRONMENT_PREFIX) and not name.startswith(_OF_OTHERS)
        if ours and name not in known:
            yield f"{name}: no such setting; remove the variable, or correct its name"


def _fault(location: tuple[int | str, ...], kind: str, message: str) -> str:
    name = ".".join(map(str, location))
    if kind == "missing":
        described = Settings.model_fields[str(location[0])].description
        option = "--" + name.replace("_", "-")
        variable = ENVIRONMENT_PREFIX + name.upper()
        return f"{name}: missing; set it in {FILE}, {variable} or {option}. {described}"
    if kind == "extra_forbidden":
        return f"{name}: no such setting; remove it, or correct its name"
    return f"{name}: {message.removeprefix('Value error, ')}"
