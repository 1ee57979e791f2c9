"""benchmarks/mutation.json: every mutant of the last run, and why survivors are no fault of the
tests. A survivor's `explained` is written by hand, and stays as long as the mutant's content does.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scripts.mutation.mutants import Mutant
from scripts.mutation.trial import Outcome, Verdict
from scripts.mutation.workshop import ROOT

RECORD = ROOT / "benchmarks" / "mutation.json"


@dataclass(frozen=True)
class Entry:
    """A mutant, its verdict, and for a survivor why it is none or does no harm."""

    key: str
    file: str
    line: int
    operator: str
    before: str
    after: str
    verdict: str
    killed_by: str
    explained: str


@dataclass(frozen=True)
class Run:
    """What a run found."""

    seed: int
    population: int
    """Mutants there are, of which the run took a sample."""
    entries: tuple[Entry, ...]

    @property
    def killed_share(self) -> float:
        """Of the valid mutants; those without effect and those that do not compile are none.

        Raises:
            ZeroDivisionError: none was valid.
        """
        killed, survived = self.count(Verdict.KILLED), self.count(Verdict.SURVIVED)
        return killed / (killed + survived)

    def count(self, verdict: Verdict) -> int:
        """Mutants with this verdict."""
        return sum(entry.verdict == verdict for entry in self.entries)

    @property
    def unexplained(self) -> list[Entry]:
        """Survivors that nobody has looked at."""
        survivors = (entry for entry in self.entries if entry.verdict == Verdict.SURVIVED)
        return [entry for entry in survivors if not entry.explained]


def entry(mutant: Mutant, outcome: Outcome, explanations: Mapping[str, str]) -> Entry:
    """The record of one mutant."""
    survived = outcome.verdict is Verdict.SURVIVED
    return Entry(
        mutant.key,
        mutant.file,
        mutant.line,
        mutant.operator,
        mutant.before,
        mutant.after,
        str(outcome.verdict),
        outcome.killed_by,
        explanations.get(mutant.key, "") if survived else "",
    )


def explanations(path: Path = RECORD) -> dict[str, str]:
    """What has been said of survivors so far, by their keys."""
    if not path.is_file():
        return {}
    recorded = json.loads(path.read_text())
    told = {each["key"]: each["explained"] for each in recorded["mutants"] if each["explained"]}
    return {**recorded["explained_elsewhere"], **told}


def write(run: Run, known: Iterable[str], path: Path = RECORD) -> None:
    """Replaces the record. Explanations of mutants outside this sample are kept.

    Args:
        run: what to record.
        known: keys of all mutants there are; explanations of others are of no more use.
        path: the file.
    """
    kept = _elsewhere(explanations(path), set(known), {each.key for each in run.entries})
    content: dict[str, Any] = {
        "seed": run.seed,
        "population": run.population,
        **{str(verdict): run.count(verdict) for verdict in Verdict},
        "mutants": [asdict(each) for each in run.entries],
        "explained_elsewhere": kept,
    }
    written = path.with_suffix(".new")
    written.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    written.replace(path)


def _elsewhere(
    told: Mapping[str, str], known: Collection[str], present: Collection[str]
) -> dict[str, str]:
    return {key: text for key, text in told.items() if key in known and key not in present}
