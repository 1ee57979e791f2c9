"""Every exception the deployment raises on purpose, in one tree under `DeployError`."""

from collections.abc import Sequence


class DeployError(Exception):
    """Root of the tree."""


class ArtefactError(DeployError):
    """The contracts are not compiled, or do not compile."""


class ParameterError(DeployError):
    """A parameter file was refused. `faults` names everything wrong with it, one sentence each."""

    def __init__(self, source: str, faults: Sequence[str]) -> None:
        super().__init__(source, tuple(faults))
        self.source = source
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return "\n".join(
            [f"{self.source} was refused:", *(f"  - {fault}" for fault in self.faults)]
        )


class MismatchError(DeployError):
    """What is on the chain is not what was asked for. `faults` names every difference."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(tuple(faults))
        self.faults = tuple(faults)

    def __str__(self) -> str:
        lines = ["what is on the chain is not what was asked for:"]
        return "\n".join([*lines, *(f"  - {fault}" for fault in self.faults)])


class NonceError(DeployError):
    """The deploying account sent something else meanwhile, so addresses are not as predicted."""


class CreationError(DeployError):
    """The transaction that was to create a contract failed."""
