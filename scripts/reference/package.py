"""The packages as griffe reads them, without running them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import griffe

from scripts.reference.errors import UnwritableError
from scripts.reference.pages import PAGES, Page

ROOT = Path(__file__).parents[2]
PACKAGES = ("assay", "worker")


@dataclass(frozen=True, slots=True)
class Named:
    """A public name, and the module from which it is imported."""

    name: str
    module: str
    what: griffe.Object

    @property
    def heading(self) -> str:
        """Classes go by their name alone, the rest with the last word of the module."""
        if isinstance(self.what, griffe.Class):
            return self.name
        return f"{self.module.rpartition('.')[2]}.{self.name}"


class Package:
    """The project's packages, read once."""

    def __init__(self, root: Path = ROOT) -> None:
        loader = griffe.GriffeLoader(
            search_paths=[root], docstring_parser=griffe.Parser.google, allow_inspection=False
        )
        self._trees = {name: loader.load(name) for name in PACKAGES}

    def named(self, page: Page) -> list[Named]:
        """What stands on a page, exceptions apart, in the order of the page and of the modules."""
        found = [
            Named(name, module, self._member(module, name))
            for module, names in page.modules.items()
            for name in names or self._public(module)
        ]
        return [each for each in found if not self.is_exception(each.what)]

    def exceptions(self) -> list[Named]:
        """Every class under AssayError, by name."""
        found = {
            each.path: Named(each.name, each.module.path, each)
            for tree in self._trees.values()
            for each in _classes(tree)
            if self.is_exception(each)
        }
        return sorted(found.values(), key=lambda each: (each.name, each.module))

    def is_exception(self, what: griffe.Object) -> bool:
        """Whether it is a class under AssayError, or that itself."""
        if not isinstance(what, griffe.Class):
            return False
        return "AssayError" in {what.name, *(base.name for base in what.mro())}

    def undocumented(self) -> list[str]:
        """Public names and methods on the pages, and exceptions, without a docstring."""
        written = [each for page in PAGES for each in self.named(page)]
        objects = [
            inner
            for each in [*written, *self.exceptions()]
            for inner in (each.what, *methods(each.what))
        ]
        return sorted({each.path for each in objects if each.docstring is None})

    def _member(self, module: str, name: str) -> griffe.Object:
        found = self._module(module).members.get(name)
        if found is None:
            raise UnwritableError([f"{module} has no {name}: correct scripts/reference/pages.py"])
        return found.final_target if isinstance(found, griffe.Alias) else found

    def _public(self, module: str) -> list[str]:
        tree = self._module(module)
        if tree.exports is not None:
            return [str(name) for name in tree.exports]
        return [
            name
            for name, member in tree.members.items()
            if not name.startswith("_") and not member.is_alias and not member.is_module
        ]

    def _module(self, path: str) -> griffe.Module:
        package, _, rest = path.partition(".")
        found = self._trees[package][rest] if rest else self._trees[package]
        if not isinstance(found, griffe.Module):
            raise UnwritableError([f"{path} is no module: correct scripts/reference/pages.py"])
        return found


def methods(what: griffe.Object) -> Iterator[griffe.Object]:
    """Public methods and properties that a class defines itself."""
    if isinstance(what, griffe.Class):
        for name, member in what.members.items():
            if name.startswith("_") or member.is_alias:
                continue
            if isinstance(member, griffe.Function | griffe.Attribute) and _is_called(member):
                yield member


def _is_called(member: griffe.Function | griffe.Attribute) -> bool:
    return isinstance(member, griffe.Function) or "property" in member.labels


def fields(what: griffe.Class) -> list[griffe.Attribute]:
    """Public attributes of a class that are no properties."""
    return [
        member
        for name, member in what.members.items()
        if isinstance(member, griffe.Attribute)
        and not name.startswith("_")
        and "property" not in member.labels
        and "instance-attribute" in member.labels
        and name != "model_config"
    ]


def type_of(what: griffe.Attribute) -> str:
    """Its type as it is written; of a private name for an annotated type, that type."""
    written = str(what.annotation) if what.annotation is not None else ""
    named = what.module.members.get(written) if written.startswith("_") else None
    if isinstance(named, griffe.Attribute):
        return re.sub(r"^Annotated\[([\w.]+),.*", r"\1", str(named.value), flags=re.DOTALL)
    return written


def text_of(what: griffe.Object) -> str:
    """The docstring as it is written."""
    return what.docstring.value if what.docstring else ""


def _classes(tree: griffe.Object | griffe.Alias) -> Iterator[griffe.Class]:
    for member in tree.members.values():
        if member.is_alias:
            continue
        if isinstance(member, griffe.Class):
            yield member
        elif member.is_module:
            yield from _classes(member)
