"""The page of the contracts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from scripts.reference.errors import UnwritableError
from scripts.reference.markdown import WRITTEN, fenced, page, slug, table, toc
from scripts.reference.natspec import Notes
from scripts.reference.syntax import Declaration

Files = Mapping[str, list[Declaration]]

_SECTIONS = {
    "contracts/interfaces": (
        "Interfaces",
        "What the four contracts do for others, and what a contract implements to be told "
        "an answer.",
    ),
    "contracts": (
        "Contracts",
        "What the deployed contracts have besides their interfaces: bounds, and what their owner "
        "may do. Ownership is OpenZeppelin's `Ownable2Step`.",
    ),
    "contracts/base": ("Shared by contracts", ""),
    "contracts/consumers": (
        "Consumers",
        "What a contract inherits that asks models, and whole examples: "
        "[building-a-dapp.md](../building-a-dapp.md#answers-for-a-contract).",
    ),
    "contracts/libraries": (
        "Libraries",
        "Payloads, numbers and likelihoods on chain: [encoding.md](../encoding.md#in-solidity).",
    ),
    "contracts/types": (
        "Types",
        "Packed words and the structs that steps take: [encoding.md](../encoding.md).",
    ),
    "contracts/entropy": ("Entropy", "Where seeds come from."),
}
_INSIDE = ("contracts/settlement",)
"""Folders that nobody else uses."""
_DECLARED = {
    "UserDefinedValueTypeDefinition": "type",
    "StructDefinition": "struct",
    "EnumDefinition": "enum",
}


def solidity_page(files: Files) -> str:
    """`solidity.md`. Raises UnwritableError where an interface says nothing."""
    silent = list(undocumented(files))
    if silent:
        raise UnwritableError([f"{name} has no @notice" for name in silent])
    folders = {path.rpartition("/")[0] for path in files}
    order = [*_SECTIONS, *sorted(folders - {*_SECTIONS, *_INSIDE})]
    parts = [part for folder in order if folder in folders for part in _section(folder, files)]
    return page(
        "# The contracts",
        WRITTEN,
        "From the NatSpec of the sources. What the steps mean together is in "
        "[protocol.md](../protocol.md), how to build on them in "
        "[building-a-dapp.md](../building-a-dapp.md). What to do about an error is in "
        "[errors.md](../errors.md#contract-errors).",
        *parts,
    )


def undocumented(files: Files) -> Iterator[str]:
    """Functions, events and errors of the interfaces without a notice."""
    for path, declared in files.items():
        if path.startswith("contracts/interfaces/"):
            for contract in declared:
                for member in contract.members:
                    notes = member.notes
                    if not notes.notice and member.kind != "StructDefinition":
                        yield f"{contract.name}.{member.name}"


def notices(files: Files) -> dict[str, str]:
    """What the errors of the contracts say, by name."""
    return {
        member.name: member.notes.notice
        for declared in files.values()
        for contract in declared
        for member in contract.members
        if member.kind == "ErrorDefinition" and not contract.node.get("abstract")
    }


def _section(folder: str, files: Files) -> Iterator[str]:
    title, about = _SECTIONS.get(folder, (folder.rpartition("/")[2].capitalize(), ""))
    paths = [path for path in files if path.rpartition("/")[0] == folder]
    entries = [(path, list(_file(path, files[path]))) for path in paths]
    shown = [entry for entry in entries if entry[1]]
    if shown:
        yield f"## {title}"
        yield about
        yield toc(path.rpartition("/")[2].removesuffix(".sol") for path, _ in shown)
        for _, parts in shown:
            yield from parts


def _file(path: str, declared: list[Declaration]) -> Iterator[str]:
    """A file is a heading; it is left out if all it has is documented elsewhere."""
    named = path.rpartition("/")[2].removesuffix(".sol")
    contracts = [each for each in declared if _is_shown(each, named)]
    loose = [each for each in declared if each.kind in _DECLARED or _is_function(each)]
    constants = [each for each in declared if each.kind == "VariableDeclaration"]
    bodies = [part for contract in contracts for part in _contract(contract, path)]
    if not (bodies or loose or constants):
        return
    yield f"### {named}"
    yield f"[`{path}`](../../{path})"
    for each in contracts:
        yield from _said(each.notes, titled=True)
    for each in loose:
        yield from _said(each.notes, titled=True)
        yield fenced("sol", each.text)
    yield _table("constant", constants)
    yield from bodies


def _contract(contract: Declaration, path: str) -> Iterator[str]:
    shown = [each for each in contract.members if _is_public(each, contract, path)]
    told = [each for each in shown if _is_function(each) and each.notes.said]
    yield from _functions(contract, told)
    plain = [each.text for each in shown if _is_function(each) and not each.notes.said]
    yield fenced("sol", "\n".join(plain)) if plain else ""
    variables = [each for each in shown if each.kind == "VariableDeclaration"]
    yield _table("constant or view", variables)
    yield _table("event", [each for each in shown if each.kind == "EventDefinition"])
    yield _table("error", [each for each in shown if each.kind == "ErrorDefinition"])
    for each in shown:
        if each.kind in _DECLARED:
            yield f"#### {contract.name}.{each.name}"
            yield from _said(each.notes)
            yield fenced("sol", each.text)


def _functions(contract: Declaration, functions: list[Declaration]) -> Iterator[str]:
    for name, overloads in groupby(functions, key=lambda each: each.name):
        yield f"#### {contract.name}.{name}"
        for each in overloads:
            yield fenced("sol", each.text)
            yield from _said(each.notes)


def _is_shown(what: Declaration, named: str) -> bool:
    """Whether a contract is: those of the file's name and libraries, no interface beside them."""
    if what.kind != "ContractDefinition":
        return False
    return what.name == named or what.node["contractKind"] != "interface"


def _is_function(what: Declaration) -> bool:
    return what.kind == "FunctionDefinition"


def _is_public(what: Declaration, contract: Declaration, path: str) -> bool:
    """Whether others may use it, and no interface of the project says it already."""
    visibility = what.node.get("visibility")
    if what.node.get("baseFunctions") or what.notes.inherits:
        return path.startswith("contracts/consumers") and what.name == "onInference"
    if what.kind == "FunctionDefinition" and what.node["kind"] == "constructor":
        return path.startswith("contracts/consumers")
    if what.kind in _DECLARED and path.rpartition("/")[0] == "contracts":
        return False  # how they keep what they keep
    if visibility == "internal" and what.kind in ("FunctionDefinition", "VariableDeclaration"):
        library = contract.node["contractKind"] == "library" and not what.name.startswith("_")
        return what.kind == "FunctionDefinition" and (
            library or path == "contracts/consumers/InferenceConsumer.sol"
        )
    return visibility != "private" and what.kind not in ("UsingForDirective", "ModifierDefinition")


def _said(notes: Notes, *, titled: bool = False) -> Iterator[str]:
    if titled and notes.title:
        yield notes.title + ("" if notes.title.endswith(".") else ".")
    yield notes.notice
    yield notes.dev
    if notes.inherits:
        yield f"As in [`{notes.inherits}`](#{slug(notes.inherits)})."
    rows = [(f"`{name}`", words) for name, words in notes.params.items()]
    yield table(("parameter", ""), rows)
    rows = [(f"`{name}`", words) for name, words in notes.returns.items()]
    yield table(("returns", ""), rows)


def _table(head: str, what: Iterable[Declaration]) -> str:
    rows = []
    for each in what:
        notes = each.notes
        said = " ".join(part for part in (notes.notice, notes.dev) if part)
        rows.append((f"`{' '.join(_bare(each.text).split())}`", said))
    return table((head, ""), rows)


def _bare(text: str) -> str:
    """`Name(type name, …)` of an event or an error, a constant as it is."""
    text = text.rstrip(";")
    for word in ("event ", "error "):
        text = text.removeprefix(word)
    return text.replace("( ", "(")
