"""Bounds of the encoding, the same in `contracts/libraries/Tensors.sol`, and a caller's own."""

from dataclasses import dataclass

from assay.errors import PayloadLimitError

MAX_TENSORS = 255
"""Tensors in a payload: the count is one byte."""

MAX_RANK = 8
"""Axes of a tensor."""

MAX_ELEMENTS = 2**27
"""Product of a tensor's dims, a zero counted as one."""


@dataclass(frozen=True)
class Limits:
    """What a caller is willing to decode, below the bounds of the encoding. None: no limit.

    A payload over such a limit raises `PayloadLimitError`, never `MalformedPayloadError`: others
    may well accept it, so that nothing about its validity follows from the refusal.
    """

    payload_bytes: int | None = None
    elements: int | None = None
    """Elements of all tensors together."""

    def check_payload(self, size: int) -> None:
        """Raise `PayloadLimitError` when `size` bytes are too many."""
        _check("bytes", size, self.payload_bytes)

    def check_elements(self, total: int) -> None:
        """Raise `PayloadLimitError` when `total` elements are too many."""
        _check("elements", total, self.elements)


def _check(unit: str, received: int, limit: int | None) -> None:
    if limit is not None and received > limit:
        raise PayloadLimitError(
            f"payload of at least {received} {unit}: this caller takes {limit}; "
            "raise its limit or send less"
        )
