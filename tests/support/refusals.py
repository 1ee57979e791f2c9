"""Saying what a contract must refuse, by the name and the values of its error."""

from collections.abc import Iterator
from contextlib import contextmanager

from ape.exceptions import ContractLogicError, CustomError


@contextmanager
def refused(name: str, **values: object) -> Iterator[None]:
    """Passes if the block is refused with the custom error `name` carrying these values.

    Values that are not given are not compared.
    """
    refusal: ContractLogicError | None = None
    try:
        yield
    except ContractLogicError as error:
        refusal = error
    assert refusal is not None, f"nothing was refused where {name} was expected"
    assert isinstance(refusal, CustomError), f"refused with {refusal!r} instead of {name}"
    shown = f"{refusal.abi.name}({refusal.inputs})"
    assert refusal.abi.name == name, f"refused with {shown} instead of {name}"
    found = {key: value for key, value in refusal.inputs.items() if key in values}
    assert found == values, f"refused with {shown} instead of {name}({values})"
