"""What a deployment is asked to be: a YAML file for each network. All faults are told at once."""

from pathlib import Path
from typing import Annotated, Any

import yaml
from eth_utils.address import is_address, to_checksum_address
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from scripts.deployment.artefacts import ROOT
from scripts.deployment.errors import ParameterError

FOLDER = ROOT / "deployments" / "parameters"
MOCK_TOKEN = "mock token"
DEPLOYER = "deployer"


def _address(value: str) -> str:
    if not is_address(value) or int(value, 16) == 0:
        raise ValueError("not a non-zero address with a right checksum")
    return to_checksum_address(value)


def _address_or(word: str) -> AfterValidator:
    return AfterValidator(lambda value: value if value == word else _address(value))


class Parameters(BaseModel):
    """Constructor parameters.

    The contracts' own bounds are checked here too, before any gas is spent. Each description says
    what is expected, and is part of the message when something else is found.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    asset: Annotated[str, _address_or(MOCK_TOKEN)] = Field(
        description=f"address of the ERC-20 that everything is paid in, or `{MOCK_TOKEN}`"
    )
    unit: int = Field(
        gt=0, le=10**18, description="wei in a unit of stake, bond and seat fee, 1 to 10^18"
    )
    epoch: int = Field(
        ge=4,
        le=30 * 86_400,
        description="seconds until stake changes count and the longest commit phase, 4 to 30 days",
    )
    minimum_stake: int = Field(ge=0, lt=2**64, description="units, 0 to 2^64 - 1")
    owner: Annotated[str, _address_or(DEPLOYER)] = Field(
        description="address that may pause posting and publishing and move the two shares, "
        f"or `{DEPLOYER}`"
    )
    protocol_fee_bps: int = Field(
        ge=0, le=1_000, description="basis points of seat fees for the treasury, 0 to 1000"
    )
    burn_bps: int = Field(
        ge=1_000, le=9_000, description="basis points of lost bonds to burn, 1000 to 9000"
    )
    shortest_phase: int = Field(
        ge=4,
        le=86_400,
        description="seconds, several times the chain's block time, 4 to a day: no commit or "
        "reveal phase is shorter, or honest workers could not reveal in time",
    )


def load(network: str, *, local: bool, folder: Path = FOLDER) -> Parameters:
    """The parameters in `<folder>/<network>.yaml`. Only a local network may use the mock token.

    Raises:
        ParameterError: the file is missing, is not YAML, or says something that was not expected.
    """
    path = folder / f"{network}.yaml"
    parameters = parse(_read(path), source=str(path))
    if parameters.asset == MOCK_TOKEN and not local:
        raise ParameterError(
            str(path),
            [
                f"asset: `{MOCK_TOKEN}` is for local networks, and {network} is none. "
                "Expected: address of the ERC-20 that everything is paid in"
            ],
        )
    return parameters


def parse(raw: object, *, source: str) -> Parameters:
    """Parameters from what a YAML file holds. Raises ParameterError with every fault."""
    if not isinstance(raw, dict):
        expected = ", ".join(Parameters.model_fields)
        raise ParameterError(source, [f"expected a mapping with {expected}; found {raw!r}"])
    try:
        return Parameters.model_validate(raw)
    except ValidationError as error:
        raise ParameterError(source, [_fault(detail) for detail in error.errors()]) from None


def _read(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text())
    except FileNotFoundError:
        known = ", ".join(sorted(found.stem for found in path.parent.glob("*.yaml"))) or "none"
        raise ParameterError(
            str(path), [f"there is no such file. Networks with one: {known}"]
        ) from None
    except yaml.YAMLError as error:
        raise ParameterError(str(path), [f"it is not YAML: {error}"]) from None


def _fault(detail: ErrorDetails) -> str:
    name = str(detail["loc"][0])
    field = Parameters.model_fields.get(name)
    if field is None:
        return f"{name}: no such parameter. Expected: {', '.join(Parameters.model_fields)}"
    if detail["type"] == "missing":
        return f"{name}: missing. Expected: {field.description}"
    return f"{name}: {detail['input']!r} is refused. Expected: {field.description}"
