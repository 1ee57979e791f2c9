"""Every exception that `assay` raises on purpose, in one tree under `AssayError`.

Each message says what was wrong, what was expected and what to do about it.
"""

from collections.abc import Sequence


class AssayError(Exception):
    """Root of the tree: `except AssayError` catches whatever this package refuses."""


class KeyStoreError(AssayError):
    """A key could not be unlocked."""


class PasswordError(KeyStoreError):
    """No password for the key store, or not the right one."""


class SecretError(AssayError):
    """A file with a secret cannot be used."""


class TensorError(AssayError):
    """Something about tensors, their encoding or their signature was refused."""


class UnencodableTensorError(TensorError):
    """An array has a dtype, rank, size or text that a payload cannot hold."""


class PayloadLimitError(TensorError):
    """A payload is over a limit that the caller chose. It may be well formed for everybody else."""


class SignatureMismatchError(TensorError):
    """Arrays do not fit a signature. `faults` names every difference, one sentence each."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(tuple(faults))
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return "tensors do not fit the signature: " + "; ".join(self.faults)


class MalformedPayloadError(TensorError):
    """Bytes that no implementation of the encoding may accept.

    Every child carries two integers in `args`, the same two as the error of the same name in
    `contracts/libraries/Tensors.sol`. Offsets count bytes from the start of the payload.
    """

    def __init__(self, first: int, second: int) -> None:
        super().__init__(first, second)


class TensorTruncatedError(MalformedPayloadError):
    """`args`: the length in bytes that is needed at least, the payload's length."""

    def __str__(self) -> str:
        needed, length = self.args
        return (
            f"payload ends after {length} bytes where at least {needed} are needed: "
            "send all of it, and check the count of tensors, their dims and string lengths"
        )


class TensorTrailingError(MalformedPayloadError):
    """`args`: the length in bytes that the tensors take, the payload's length."""

    def __str__(self) -> str:
        expected, length = self.args
        return (
            f"payload has {length} bytes but its tensors end after {expected}: "
            "remove the trailing bytes, or correct the count of tensors"
        )


class TensorUnknownDtypeError(MalformedPayloadError):
    """`args`: the offset of the dtype byte, its value."""

    def __str__(self) -> str:
        offset, code = self.args
        return (
            f"unknown dtype {code} at byte {offset}: expected an ONNX TensorProto.DataType "
            "that docs/encoding.md lists"
        )


class TensorRankTooHighError(MalformedPayloadError):
    """`args`: the highest rank allowed, the rank received."""

    def __str__(self) -> str:
        maximum, rank = self.args
        return f"tensor of rank {rank}: expected at most {maximum} axes; reshape it"


class TensorTooManyElementsError(MalformedPayloadError):
    """`args`: the most elements allowed, the product of the dims up to the first excess."""

    def __str__(self) -> str:
        maximum, elements = self.args
        return (
            f"dims multiply to at least {elements} elements (a zero counts as one): "
            f"expected at most {maximum}; check the dims, or split the tensor"
        )


class TensorInvalidBoolError(MalformedPayloadError):
    """`args`: the offset of the boolean, its byte."""

    def __str__(self) -> str:
        offset, byte = self.args
        return f"boolean of value {byte} at byte {offset}: expected 0 or 1"


class TensorInvalidUtf8Error(MalformedPayloadError):
    """`args`: the offset of the first byte of the bad sequence, that byte."""

    def __str__(self) -> str:
        offset, byte = self.args
        return f"invalid UTF-8 from byte {offset} (0x{byte:02x}): expected strict UTF-8"


class TensorNonzeroPaddingError(MalformedPayloadError):
    """`args`: the offset of the last byte of a tensor of 2-, 4- or 6-bit elements, that byte."""

    def __str__(self) -> str:
        offset, byte = self.args
        return (
            f"padding bits set in byte {offset} (0x{byte:02x}): "
            "expected zeros above the last element"
        )
