"""Words: several unsigned fields side by side in one uint256, the lowest bits first."""

from collections.abc import Mapping

from assay.errors import AssayError

Layout = tuple[tuple[str, int], ...]
"""Names and widths in bits, from bit 0 up."""


class WordError(AssayError):
    """A value that does not fit its field, or a word with bits that no field owns."""


def fields(layout: Layout, owner: object) -> dict[str, object]:
    """The attributes of `owner` that the layout names."""
    return {name: getattr(owner, name) for name, _ in layout}


def pack(kind: str, layout: Layout, values: Mapping[str, object]) -> int:
    """The word that holds `values`. `kind` names it in a WordError."""
    word = offset = 0
    for name, width in layout:
        value = values[name]
        if not isinstance(value, int) or not 0 <= value < 1 << width:
            raise WordError(
                f"{kind}.{name} is {value!r}: expected an integer from 0 to {(1 << width) - 1}"
            )
        word |= value << offset
        offset += width
    return word


def unpack(kind: str, layout: Layout, word: int) -> dict[str, int]:
    """The fields of `word`; what `pack` undoes. Raises WordError for bits above the last field."""
    values, rest = {}, word
    for name, width in layout:
        values[name] = rest & ((1 << width) - 1)
        rest >>= width
    if rest:
        raise WordError(f"{word:#x} is no word of {kind}: bits are set above its last field")
    return values
