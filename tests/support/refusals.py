"""Saying what a contract must refuse, by the name and the values of its error."""

from collections.abc import Iterator
from contextlib import contextmanager

from ape.exceptions import ContractLogicError, CustomError


@contextmanager
def refused(name: str, **values: object) -> Iterator[None]:
    """Passes if the block is refused with the custom error `name` carrying these values.

    Values that are not given are not compared.
    """
    try:
        yield
    except CustomError as error:
        found = {key: value for key, value in error.inputs.items() if key in values}
        shown = f"{error.abi.name}({error.inputs})"
        assert error.abi.name == name, f"refused with {shown} instead of {name}"
        assert found == values, f"refused with {shown} instead of {name}({values})"
    except ContractLogicError as error:
        raise AssertionError(f"refused with {error} instead of {name}") from error
    else:
        raise AssertionError(f"nothing was refused where {name} was expected")
