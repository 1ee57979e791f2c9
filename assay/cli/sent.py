"""What is printed of a transaction that took effect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assay.cli.output import fields
from assay.cli.session import Session
from assay.transactions import Mined


def show(session: Session, mined: Mined, document: Mapping[str, Any], says: str) -> None:
    """Prints what was done and where it can be looked up."""
    place = {
        "transaction": mined.transaction_hash,
        "block": mined.block_number,
        "gas": mined.gas_used,
    }
    session.show({**document, **place}, says, fields(place))
