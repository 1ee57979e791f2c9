"""Pages of the Python package."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import griffe

from scripts.reference.errors import UnwritableError
from scripts.reference.markdown import WRITTEN, fenced, page, slug, table, toc
from scripts.reference.package import Named, Package, fields, methods, text_of, type_of
from scripts.reference.pages import PAGES, Page

_WIDTH = 96
_AWAITED = "_threaded("
"""How AsyncClient makes a method of one of Client."""
_LAYOUTS = ("dataclass", "TypedDict", "BaseModel", "Enum", "IntEnum", "StrEnum", "NamedTuple")


def pages(package: Package) -> dict[str, str]:
    """Text by file name, `python.md` being the way in."""
    exceptions = {each.name for each in package.exceptions() if each.module.startswith("assay")}
    written = {f"{each.name}.md": _page(package, each, exceptions) for each in PAGES}
    return {"python.md": _index(package), **written}


def _index(package: Package) -> str:
    rows = [(f"[{each.title}]({each.name}.md)", _names(package, each)) for each in PAGES]
    return page(
        "# The Python package",
        WRITTEN,
        "Every public name of `assay` that a dapp needs, from its docstring. Amounts are in wei "
        "or, where it says so, in units of `deployment.unit` wei; times in seconds; shares in "
        "basis points. What is not here may change without notice. Errors are on "
        "[a page of their own](../errors.md).",
        table(("page", "names"), rows),
    )


def _names(package: Package, spec: Page) -> str:
    headings = (each.heading for each in package.named(spec))
    return " ".join(f"[`{each}`]({spec.name}.md#{slug(each)})" for each in headings)


def _page(package: Package, spec: Page, exceptions: set[str]) -> str:
    named = package.named(spec)
    anchors = [slug(each.heading) for each in named]
    if len(anchors) != len(set(anchors)):
        raise UnwritableError([f"{spec.name}.md would have a name twice: {sorted(anchors)}"])
    parts = [part for each in named for part in _entry(each, exceptions)]
    return page(f"# {spec.title}", WRITTEN, spec.about, toc(each.heading for each in named), *parts)


def _entry(named: Named, exceptions: set[str]) -> Iterator[str]:
    yield f"## {named.heading}"
    yield f"`from {named.module} import {named.name}`"
    if isinstance(named.what, griffe.Class):
        yield from _class(named.what, exceptions)
    elif isinstance(named.what, griffe.Function):
        yield from _function(named.what, named.name, exceptions)
    elif isinstance(named.what, griffe.Attribute):
        yield fenced("py", f"{named.name} = {named.what.value}")
        yield text_of(named.what)


def _class(what: griffe.Class, exceptions: set[str]) -> Iterator[str]:
    yield from _described(what, exceptions)
    constructor = what.members.get("__init__")
    if isinstance(constructor, griffe.Function) and not _is_record(what):
        yield fenced("py", _signature(constructor, what.name))
        yield from _described(constructor, exceptions)
    yield _fields(what)
    awaited = [each.name for each in fields(what) if str(each.value).startswith(_AWAITED)]
    if awaited:
        shared = ", ".join(f"[`{name}`](#client{name})" for name in awaited)
        yield f"To be awaited, and else as in [`Client`](#client): {shared}."
    for method in methods(what):
        heading = f"{what.name}.{method.name}"
        yield f"### {heading}"
        if isinstance(method, griffe.Function):
            yield from _function(method, heading, exceptions)
        elif isinstance(method, griffe.Attribute):
            yield fenced("py", f"{heading}: {method.annotation}")
            yield from _described(method, exceptions)


def _is_record(what: griffe.Class) -> bool:
    """Whether its fields are its constructor's arguments, so that they need saying once only."""
    bases = {str(base).split(".")[-1] for base in what.bases}
    return bool({"dataclass", *bases} & set(_LAYOUTS) & ({*what.labels} | bases))


def _fields(what: griffe.Class) -> str:
    if any("Enum" in str(base) for base in what.bases):
        rows = [(f"`{each.name}`", f"`{each.value}`", text_of(each)) for each in fields(what)]
        return table(("member", "value", ""), rows)
    shown = [each for each in fields(what) if not str(each.value).startswith(_AWAITED)]
    shown = [each for each in shown if each.annotation is not None or each.docstring]
    return table(
        ("field", "type", "default", ""),
        [(f"`{each.name}`", _code(type_of(each)), _default(each), text_of(each)) for each in shown],
    )


def _default(what: griffe.Attribute) -> str:
    """What the field is if nothing is said; nothing for one that has to be given."""
    value = str(what.value) if what.value is not None else ""
    if value.startswith(("Client(", "Field(ge")):
        return ""
    made = re.fullmatch(r"field\((?:.*?)default(?:_factory)?=([^,)]+).*\)", value)
    if made:
        return f"`{made[1]}`"
    return "" if value.startswith("field(") else _code(value)


def _code(value: object) -> str:
    return f"`{value}`" if value not in (None, "") else ""


def _function(what: griffe.Function, heading: str, exceptions: set[str]) -> Iterator[str]:
    yield fenced("py", _signature(what, heading))
    yield from _described(what, exceptions)


def _signature(what: griffe.Function, name: str) -> str:
    """`name(…) -> type`, over several lines where one would be too long."""
    parts = list(_parameters(what))
    returns = what.returns is not None and what.name != "__init__"
    arrow = f" -> {what.returns}" if returns else ""
    awaited = "await " if "async" in what.labels else ""
    line = f"{awaited}{name}({', '.join(parts)}){arrow}"
    if len(line) <= _WIDTH:
        return line
    inner = "".join(f"    {part},\n" for part in parts)
    return f"{awaited}{name}(\n{inner}){arrow}"


def _parameters(what: griffe.Function) -> Iterator[str]:
    kinds: Any = griffe.ParameterKind
    starred = False
    for each in what.parameters:
        if each.name in ("self", "cls"):
            continue
        if each.kind is kinds.keyword_only and not starred:
            starred = True
            yield "*"
        starred = starred or each.kind is kinds.var_positional
        stars = {kinds.var_positional: "*", kinds.var_keyword: "**"}.get(each.kind, "")
        noted = f": {each.annotation}" if each.annotation is not None else ""
        plain = each.default is None or stars
        equals = " = " if noted else "="
        yield f"{stars}{each.name}{noted}" + ("" if plain else f"{equals}{each.default}")


def _described(what: griffe.Object, exceptions: set[str]) -> Iterator[str]:
    """The sections of a docstring."""
    if what.docstring is None:
        return
    for section in what.docstring.parsed:
        if isinstance(section, griffe.DocstringSectionText):
            yield _linked(section.value, exceptions)
        elif isinstance(section, griffe.DocstringSectionParameters):
            rows = [(f"`{each.name}`", each.description) for each in section.value]
            yield table(("argument", ""), rows)
        elif isinstance(section, griffe.DocstringSectionRaises):
            yield _raises(section, exceptions)
        else:
            raise UnwritableError(
                [f"{what.path}: a section {section.kind.value!r} in a docstring is not rendered"]
            )


def _raises(section: griffe.DocstringSectionRaises, exceptions: set[str]) -> str:
    rows = []
    for each in section.value:
        named = _linked(str(each.annotation).strip("()"), exceptions)
        rows.append((named, _linked(each.description, exceptions)))
    return table(("raises", "when"), rows)


def _linked(text: str, exceptions: Iterable[str]) -> str:
    """The text with links from the names of exceptions to the page of errors."""
    known = set(exceptions)
    return re.sub(
        r"(?<![\w`.#/\[])`?([A-Z]\w*Error)\b`?",
        lambda found: f"[`{found[1]}`](../errors.md#{found[1]})" if found[1] in known else found[0],
        text,
    )
