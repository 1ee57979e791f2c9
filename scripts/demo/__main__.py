"""Runs the demo: `make demo`, or `make demo KEEP=1` to leave the network up afterwards."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from assay.chain import Chain
from assay.client import Client
from assay.publishing import Publication
from examples.models import diabetes, digits
from examples.models.export import ExampleModel
from scripts.demo import books, crew, gas, load, report
from scripts.demo.follow import Follower
from scripts.demo.network import Network, network
from scripts.deployment.deploy import FOLDER

_WORKERS = 5
_BLOCK_SECONDS = 1
_KEPT_PORT = 8545
_DEADLINE_SECONDS = 240.0
_SEED = 7


class DemoError(RuntimeError):
    """The demo did not come to its end."""


def main() -> int:
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that everything started is stopped
    console = Console()
    keep = os.environ.get("KEEP", "") not in ("", "0")
    with tempfile.TemporaryDirectory(prefix="assay-demo-") as name:
        folder = Path(name)
        console.print("Starting a chain and deploying the contracts …")
        with network(FOLDER if keep else folder, _KEPT_PORT if keep else 0) as net:
            faults = _run(net, folder, console, options.figures, keep)
    for fault in faults:
        console.print(f"[red]not as it should be:[/] {fault}")
    if not faults:
        console.print("[green]Every job settled with the right answer, the liar paid, the books balance.[/]")
    return 1 if faults else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--figures", type=Path, help="write the run's figures to this file, as JSON")
    return parser.parse_args()


def _run(net: Network, folder: Path, console: Console, figures_file: Path | None, keep: bool) -> list[str]:
    _owner, publisher, requester, *colds = net.accounts
    workers = colds[:_WORKERS]
    console.print("Training and publishing two models …")
    published = _publish(net, folder / "models")
    console.print(f"Setting up {_WORKERS} workers, one of which lies …")
    operators = crew.enlist(net, folder, folder / "models", workers)
    net.give_tokens(requester)
    client = net.client(requester)
    client.deposit(10 * client.quote(load.TERMS) * load.JOBS)
    net.pass_epochs(2)
    net.mine_every(_BLOCK_SECONDS)

    with crew.running(operators) as crewmen:
        follower = Follower(Chain(net.connect(), net.deployment), net.connect().eth.block_number)
        _wait_until_ready(crewmen)
        meter = crew.Meter(crewmen)
        jobs = _work(console, client, load.tasks(client, published, _SEED), follower, crewmen)
        spent = meter.busy_seconds()

        courses = [follower.jobs[job_id] for job_id in jobs]
        judged = books.judge(client, jobs)
        earned = books.earnings(operators, courses, net.deployment.unit)
        balance = books.balance(
            net, [publisher.address, requester.address], [worker.address for worker in workers]
        )
        numbers = report.figures(courses, spent)
        report.show(console, judged, earned, gas.by_operation(net, follower.transactions), balance, numbers)
        if figures_file is not None:
            figures_file.write_text(json.dumps(dataclasses.asdict(numbers)))
        if keep:
            _keep(net, folder, console)
    return report.verdict(judged, earned, balance)


def _publish(net: Network, folder: Path) -> list[tuple[ExampleModel, Publication]]:
    client = net.client(net.accounts[1])
    published = []
    for recipe in (digits, diabetes):
        model = recipe.build(folder)
        publication = client.publish(
            model.name,
            model.artefact,
            model.manifest,
            uris=[model.artefact.as_uri()],
            tolerance=model.tolerance,
            royalty_bps=500,
        )
        published.append((model, publication))
    return published


def _wait_until_ready(crewmen: Sequence[crew.Crewman]) -> None:
    """A worker is ready when it has written its first line, which follows its own checks."""
    deadline = time.monotonic() + 60
    while any(crewman.operator.log.stat().st_size == 0 for crewman in crewmen):
        for crewman in crewmen:
            crewman.require_alive()
        if time.monotonic() > deadline:
            raise DemoError("the workers did not start within a minute")
        time.sleep(0.1)


def _work(
    console: Console,
    client: Client,
    waiting: Sequence[load.Task],
    follower: Follower,
    crewmen: Sequence[crew.Crewman],
) -> dict[bytes, load.Task]:
    """Posts the jobs and follows them to their end; the tasks by job id."""
    with _progress(console) as progress:
        bars = [progress.add_task(name, total=len(waiting)) for name in ("posted", "settled", "paid out")]
        jobs: dict[bytes, load.Task] = {}

        def look() -> None:
            for crewman in crewmen:
                crewman.require_alive()
            follower.look()
            counts = (len(jobs), follower.count(), follower.count(over=True))
            for bar, count in zip(bars, counts, strict=True):
                progress.update(bar, completed=count)

        for together in load.batches(waiting):
            jobs |= load.post(client, together)
            look()
            if len(jobs) == len(together):
                # The workers load a model when they first meet it; the others come to a warm crew.
                _wait(look, lambda: follower.count() == len(jobs))
        _wait(look, lambda: follower.count(over=True) == len(jobs))
    return jobs


def _wait(look: Callable[[], None], done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while not done():
        if time.monotonic() > deadline:
            raise DemoError(f"the jobs are not over after {_DEADLINE_SECONDS:.0f} s")
        time.sleep(0.2)
        look()


@contextmanager
def _progress(console: Console) -> Iterator[Progress]:
    columns = (TextColumn("{task.description:>9}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        yield progress


def _keep(net: Network, folder: Path, console: Console) -> None:
    console.print(
        f"\nThe network stays up at {net.url} (chain 31337); {net.deployment_file} has its addresses.\n"
        f"Keys: anvil's, from the words “test test … junk”. Logs of the workers: {folder}/worker-*/worker.log\n"
        "Try, in another terminal:\n"
        f"  .venv/bin/assay-worker check -c {folder}/worker-1/worker.toml\n"
        "  .venv/bin/python -m examples.ask\n"
        "Ctrl-C ends it."
    )
    try:
        signal.pause()
    except KeyboardInterrupt:
        console.print("Stopping.")


if __name__ == "__main__":
    sys.exit(main())
