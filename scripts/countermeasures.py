"""Takes each countermeasure out of a copy of the contracts and sees that its attack's test fails.

python scripts/countermeasures.py                 all of tests/forge/attacks/countermeasures.json
python scripts/countermeasures.py appeal veto     those whose attack contains one of the words

Slow: every edit compiles the contracts again.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
LIST = Path("tests/forge/attacks/countermeasures.json")


@dataclass(frozen=True)
class Edit:
    """What takes a countermeasure out: `before`, found once in `file`, becomes `after`."""

    file: str
    before: str
    after: str


@dataclass(frozen=True)
class Countermeasure:
    attack: str
    edit: Edit
    test: str
    """`file::function` of a test that must fail without the countermeasure."""

    @property
    def test_file(self) -> str:
        return self.test.split("::")[0]

    @property
    def test_name(self) -> str:
        return self.test.split("::")[1]


def load(path: Path) -> list[Countermeasure]:
    entries: list[dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return [
        Countermeasure(e["attack"], Edit(e["file"], e["before"], e["after"]), e["test"])
        for e in entries
    ]


@contextmanager
def copy_of(root: Path) -> Iterator[Path]:
    """A project with the contracts and the helpers of the tests, and no tests yet."""
    with TemporaryDirectory() as name:
        copy = Path(name)
        shutil.copytree(root / "contracts", copy / "contracts")
        for folder in ("utils", "attacks", "consumers"):
            shutil.copytree(
                root / "tests/forge" / folder,
                copy / "tests/forge" / folder,
                ignore=shutil.ignore_patterns("*.t.sol", "ProtocolVectors.sol"),
            )
        shutil.copy(root / "foundry.toml", copy)
        for name in ("node_modules", ".toolchain"):
            (copy / name).symlink_to((root / name).resolve())
        yield copy


def without(copy: Path, edit: Edit, tests: list[Countermeasure]) -> list[str]:
    """What is wrong with these entries of one edit: nothing, if every test fails."""
    source = (ROOT / edit.file).read_text(encoding="utf-8")
    if source.count(edit.before) != 1:
        return [
            f"{t.attack}: found {source.count(edit.before)} times in {edit.file}" for t in tests
        ]
    files = {t.test_file for t in tests}
    for file in files:
        (copy / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, copy / file)
    (copy / edit.file).write_text(source.replace(edit.before, edit.after), encoding="utf-8")
    try:
        names = "|".join(t.test_name for t in tests)
        run = subprocess.run(
            ["forge", "test", "--match-test", rf"^({names})\("],
            cwd=copy,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        (copy / edit.file).write_text(source, encoding="utf-8")
        for file in files:
            (copy / file).unlink()
    if "Compiler run failed" in run.stdout + run.stderr:
        return [f"{t.attack}: the edit does not compile\n{run.stdout}{run.stderr}" for t in tests]
    failed = set(re.findall(r"^\[FAIL.*\] (test_\w+)\(", run.stdout, re.MULTILINE))
    return [f"{t.attack}: {t.test} still passes" for t in tests if t.test_name not in failed]


def main(words: list[str]) -> int:
    chosen = [c for c in load(ROOT / LIST) if not words or any(word in c.attack for word in words)]
    faults: list[str] = []
    by_edit = sorted(chosen, key=lambda c: (c.edit.file, c.edit.before, c.edit.after))
    with copy_of(ROOT) as copy:
        for edit, group in groupby(by_edit, key=lambda c: c.edit):
            tests = list(group)
            found = without(copy, edit, tests)
            print("\n".join(found) or f"{tests[0].attack}: noticed", flush=True)
            faults += found
    print(f"{len(chosen) - len(faults)} of {len(chosen)} noticed")
    return 1 if faults or not chosen else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
