"""How a model is measured before it is published."""

from __future__ import annotations

from dataclasses import dataclass

from assay.execution.levels import Level

MOST_OUTPUT_BYTES = 16 << 20
"""Of one sample that are looked at; no worker reveals a hundredth of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Measuring:
    """What measuring may take, and what is looked at."""

    seconds: float = 300.0
    """Wall clock for all settings on this processor, and again for each emulated one."""
    memory_bytes: int = 8 << 30
    """Address space of the process that runs the model, libraries included."""
    processors: tuple[str, ...] = ("Haswell", "Nehalem")
    """Emulated by `qemu-x86_64 -cpu` where that program is there. Haswell has AVX2 and no VNNI,
    Nehalem has neither: each takes other kernels, which round otherwise."""
    samples: int = 16
    """Inputs that are drawn at random where none are given."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """One way to run a graph."""

    level: Level
    threads: int = 1
    processor: str | None = None
    """An emulated one; None is this machine's."""

    def __str__(self) -> str:
        threads = "1 thread" if self.threads == 1 else f"{self.threads} threads"
        return f"{self.level}, {threads}" + (f", {self.processor}" if self.processor else "")


_LEVELS = (Level.AS_PUBLISHED, Level.BASIC, Level.EXTENDED, Level.REWRITTEN)
_THREADS = (1, 2)


def vote(*, exact: bool) -> Setting:
    """The setting that workers vote with."""
    return Setting(level=Level.INTEGERS if exact else Level.AS_PUBLISHED)


def others(*, exact: bool) -> list[Setting]:
    """The settings on this processor that are compared with it."""
    levels = (Level.INTEGERS, *_LEVELS) if exact else _LEVELS
    found = [Setting(level=level, threads=threads) for level in levels for threads in _THREADS]
    return [setting for setting in found if setting != vote(exact=exact)]
