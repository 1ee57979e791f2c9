"""A whole run: copies, mutants, sample, trials side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import SimpleQueue

from scripts.mutation import record
from scripts.mutation.artefacts import Artefact, holding, knowing, read_all
from scripts.mutation.compiler import Bytecode, Compiler
from scripts.mutation.errors import MutationError
from scripts.mutation.mutants import Mutant, mutants, sample
from scripts.mutation.record import Entry, Run
from scripts.mutation.trial import Changed, Outcome, Verdict, stages, witness
from scripts.mutation.workshop import Workshop, build

FILES = (
    "contracts/JobQueue.sol",
    "contracts/StakeVault.sol",
    "contracts/Settlement.sol",
    "contracts/settlement/*.sol",
    "contracts/libraries/Division.sol",
)
"""Where faults are planted: whatever moves money or decides who is right. A pattern of a file that
is not there names none."""
COUNT = 120
SEED = 1
JOBS = 2


@dataclass(frozen=True)
class Options:
    """What to try, and how much at once."""

    files: Sequence[str] = FILES
    count: int = COUNT
    seed: int = SEED
    jobs: int = JOBS


@dataclass(frozen=True)
class Progress:
    """Who is told how far the run is."""

    stage: Callable[[str, int], None]
    """Called with what is done now, and its steps."""
    advance: Callable[[], None]


@dataclass(frozen=True)
class _Bench:
    """Everything that trials share."""

    whole: Workshop
    artefacts: Sequence[Artefact]
    compiler: Compiler
    originals: dict[Artefact, Bytecode] = field(default_factory=dict)
    """Compiled as mutants are, to compare with and to put back."""

    def source(self, file: str) -> bytes:
        return (self.whole.root / file).read_bytes()

    def held(self, file: str) -> list[Artefact]:
        return holding(self.artefacts, file, self.source(file))


def run(options: Options, progress: Progress) -> Run:
    """Tries a sample of mutants, and records it if it is of the usual files.

    Raises:
        MutationError: the tests do not pass without any fault, or the tools fail.
    """
    progress.stage("compiling the contracts and their tests", 0)
    bench = _bench()
    population = _population(bench, options.files)
    chosen = sample(population, options.count, options.seed)
    if not chosen:
        raise MutationError(f"nothing to change in {', '.join(options.files)}")

    _compile_originals(bench, chosen, progress)
    explanations = record.explanations()
    entries: list[Entry] = []
    with _workshops(bench, options.jobs) as free, ThreadPoolExecutor(options.jobs) as pool:
        progress.stage("the tests without a fault", 0)
        _require_passing(bench, free, chosen)
        progress.stage("mutants", len(chosen))

        def tried(mutant: Mutant) -> Entry:
            outcome = _trial(bench, free, mutant)
            progress.advance()
            return record.entry(mutant, outcome, explanations)

        entries.extend(pool.map(tried, chosen))
    done = Run(options.seed, len(population), tuple(entries))
    if tuple(options.files) == FILES:  # else the record would forget what it says of these
        record.write(done, (mutant.key for mutant in population))
    return done


def _bench() -> _Bench:
    whole = build()
    return _Bench(whole, read_all(whole.out), Compiler(whole.root, whole.solc))


def _population(bench: _Bench, patterns: Sequence[str]) -> list[Mutant]:
    files = {
        path.relative_to(bench.whole.root).as_posix()
        for pattern in patterns
        for path in bench.whole.root.glob(pattern)
    }
    found: list[Mutant] = []
    for file in sorted(files):
        held = bench.held(file)
        if not held:
            continue
        tree = bench.compiler.trees(held[0], [file])[file]
        found += mutants(file, bench.source(file), tree)
    return found


def _compile_originals(bench: _Bench, chosen: Sequence[Mutant], progress: Progress) -> None:
    held = {artefact for mutant in chosen for artefact in bench.held(mutant.file)}
    progress.stage("the contracts one by one, to compare with", len(held))
    for artefact in sorted(held, key=lambda each: (each.file, each.name)):
        compiled = bench.compiler.bytecode(artefact, {})
        if compiled is None:
            raise MutationError(f"{artefact.file} does not compile")
        bench.originals[artefact] = compiled
        progress.advance()


@contextmanager
def _workshops(bench: _Bench, count: int) -> Iterator[SimpleQueue[Workshop]]:
    """Copies that hold the originals, for one trial at a time each."""
    free: SimpleQueue[Workshop] = SimpleQueue()
    for number in range(count):
        workshop = bench.whole.copy(f"copy{number}")
        for artefact, bytecode in bench.originals.items():
            workshop.put(artefact, bytecode)
        free.put(workshop)
    yield free


def _require_passing(bench: _Bench, free: SimpleQueue[Workshop], chosen: Sequence[Mutant]) -> None:
    workshop = free.get()
    held = {artefact.file for artefact in bench.originals}
    files = {mutant.file for mutant in chosen} | held
    if failed := witness(workshop, stages(knowing(bench.artefacts, files))):
        raise MutationError(f"the tests fail without any fault: {failed}")
    free.put(workshop)


def _trial(bench: _Bench, free: SimpleQueue[Workshop], mutant: Mutant) -> Outcome:
    planted = {mutant.file: mutant.planted(bench.source(mutant.file))}
    changed = []
    for artefact in bench.held(mutant.file):
        compiled = bench.compiler.bytecode(artefact, planted)
        if compiled is None:
            return Outcome(Verdict.BROKEN)
        if _objects(compiled) != _objects(bench.originals[artefact]):
            changed.append(Changed(artefact, compiled))
    if not changed:
        return Outcome(Verdict.EQUIVALENT)

    files = {mutant.file, *(each.artefact.file for each in changed)}
    workshop = free.get()
    try:
        for each in changed:
            workshop.put(each.artefact, each.bytecode)
        failed = witness(workshop, stages(knowing(bench.artefacts, files)))
    finally:
        for each in changed:
            workshop.put(each.artefact, bench.originals[each.artefact])
        free.put(workshop)
    return Outcome(Verdict.KILLED, failed) if failed else Outcome(Verdict.SURVIVED)


def _objects(bytecode: Bytecode) -> list[str]:
    return [compiled["object"] for compiled in bytecode.values()]
