"""What keeps the reference from being written."""

from collections.abc import Sequence


class UnwritableError(Exception):
    """Something that the pages are made of is missing. `faults` names each in one sentence."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(tuple(faults))
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return "\n".join(["the reference cannot be written:", *(f"  - {x}" for x in self.faults)])
