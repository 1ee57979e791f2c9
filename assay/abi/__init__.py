"""The contracts' ABIs, written by `make abi`; a test compares them with the contracts."""

import json
from functools import cache
from importlib import resources
from typing import Any

from assay.errors import AssayError

CONTRACTS = ("ModelRegistry", "StakeVault", "JobQueue", "Settlement", "IInferenceCallback")
"""The names `load` knows."""


class UnknownContractError(AssayError):
    """There is no ABI of that name."""


@cache
def load(name: str) -> list[dict[str, Any]]:
    """The ABI of the contract called `name`. The list is shared: do not change it.

    Raises UnknownContractError for a name that is not one of CONTRACTS.
    """
    if name not in CONTRACTS:
        raise UnknownContractError(
            f"no ABI of a contract {name!r}: expected one of {', '.join(CONTRACTS)}"
        )
    text = resources.files(__name__).joinpath(f"{name}.json").read_text(encoding="utf-8")
    entries: list[dict[str, Any]] = json.loads(text)
    return entries
