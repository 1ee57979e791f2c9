"""Addresses, always in their checksummed form."""

from functools import lru_cache

from eth_typing import ChecksumAddress
from eth_utils.address import (
    is_address,
    is_checksum_address,
    is_checksum_formatted_address,
    to_checksum_address,
)

from assay.errors import AssayError

ZERO_ADDRESS = ChecksumAddress("0x0000000000000000000000000000000000000000")  # type: ignore[arg-type]
"""The address that names nobody."""


class AddressError(AssayError):
    """Something is not an address."""


@lru_cache(maxsize=4096)
def address(value: str | bytes) -> ChecksumAddress:
    """The checksummed form of an address. Raises AddressError, also for a wrong checksum."""
    mistyped = is_checksum_formatted_address(value) and not is_checksum_address(value)
    if mistyped or not is_address(value):
        raise AddressError(
            f"{value!r} is no address: expected 0x and 40 hex digits (with capitals only where "
            "the checksum has them)"
        )
    return to_checksum_address(value)
