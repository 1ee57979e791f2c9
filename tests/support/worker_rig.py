"""Worker daemons on a plain chain: their folders, keys, models, and the passing of time."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from eth_account import Account

from assay.client import Client
from assay.inspection import graph
from assay.manifest import manifest_uri
from assay.posting import PostedJob
from assay.tensors import decode, encode
from assay.terms import Callback, Terms
from assay.tolerance import Tolerance
from assay.versions import Version
from tests.support.plain_chain import PlainChain, account
from tests.unit.artefact_files import manifest_of
from worker import app
from worker.compute import Inference
from worker.executor.outcomes import Outcome, Result
from worker.runner import Daemon
from worker.settings import Settings
from worker.state import JobState

PASSWORD = "correct horse"
MOST_BLOCKS = 200
MOST_LOOKS = 200
TERMS = Terms.for_committee(
    3, seat_fee=100, bond=1_000, rounds=2, commit_seconds=60, reveal_seconds=40
)


class Shifted:
    """An inference that answers with its input moved by a constant: no model, no sandbox."""

    def __init__(self, by: float = 0.0) -> None:
        self._by = by

    def batches(self, version: Version) -> bool:  # noqa: ARG002
        return True

    def has(self, version: Version) -> bool:  # noqa: ARG002
        return True

    def fetch(self, version: Version) -> None:
        pass

    def infer(self, version: Version, payloads: Sequence[bytes]) -> list[Outcome]:  # noqa: ARG002
        return [self.moved(payload) for payload in payloads]

    def moved(self, payload: bytes) -> Outcome:
        """The answer to one input."""
        arrays = [np.asarray(array + array.dtype.type(self._by)) for array in decode(payload)]
        return Result(encode(arrays), 0.0, 0.0)

    def close(self) -> None:
        pass


@dataclass
class Rig:
    """Everything around the daemons of one test."""

    chain: PlainChain
    client: Client
    folder: Path
    daemons: list[Daemon] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chain.deployment.write(self.folder)

    # --- models and jobs ---

    def publish(self, model: onnx.ModelProto, tolerance: Tolerance | None = None) -> bytes:
        """Publishes a model whose files lie in the folder that workers may read."""
        raw = model.SerializeToString()
        manifest = manifest_of(graph.inspect(model))
        path = self.models / "model.onnx"
        path.write_bytes(raw)
        Path(manifest_uri(str(path))).write_bytes(manifest.canonical())
        published = self.client.register(
            "model", raw, manifest, uris=[path.as_uri()], tolerance=tolerance
        )
        return published.version_id

    @property
    def models(self) -> Path:
        folder = self.folder / "models"
        folder.mkdir(exist_ok=True)
        return folder

    def post(
        self,
        version: bytes,
        array: npt.NDArray[Any],
        terms: Terms = TERMS,
        callback: Callback | None = None,
    ) -> PostedJob:
        """Posts a job and mines its seed block. No second passes, so the draw has not grown."""
        posted = self.client.post(version, [array], terms, callback=callback or Callback.none())
        self.pass_time(0)
        return posted

    # --- daemons ---

    def settings(self, number: int, **changes: Any) -> Settings:
        """Of the worker of that number, with its key store in place."""
        folder = self.folder / f"worker {number}"
        folder.mkdir(exist_ok=True)
        key_store = folder / "signer.json"
        if not key_store.exists():
            keyfile = Account.encrypt(account(f"worker {number}").key, PASSWORD, iterations=2)
            key_store.write_text(json.dumps(keyfile))
        usual: dict[str, Any] = {
            "rpc_url": str(self.chain.w3.provider.endpoint_uri),  # type: ignore[attr-defined]
            "deployment": str(self.folder / "local.json"),
            "worker": account(f"worker {number}").address,
            "key_store": key_store,
            "data_dir": folder / "data",
            "poll_seconds": 0.02,
            "stagger_seconds": 2,
            "artefacts": {"file_roots": [self.models]},
        }
        return Settings(**{**usual, **changes})

    def daemon(self, number: int, inference: Inference | None = None, **changes: Any) -> Daemon:
        """A daemon of that worker; closed when the test ends."""
        environment = {"ASSAY_WORKER_PASSWORD": PASSWORD}
        daemon = app.build(self.settings(number, **changes), inference, environment)
        self.daemons.append(daemon)
        return daemon

    def crash(self, daemon: Daemon) -> None:
        """End a daemon without giving it time for anything."""
        self.daemons.remove(daemon)
        daemon.close()

    def close(self) -> None:
        while self.daemons:
            self.daemons.pop().close()

    # --- time ---

    def freeze(self) -> None:
        """From now on time passes only when the test says so."""
        self.chain.rpc("anvil_setBlockTimestampInterval", 0)

    def thaw(self) -> None:
        """Back to the clock on the wall, and to blocks that come with their transactions."""
        self.chain.rpc("anvil_removeBlockTimestampInterval")
        self.chain.rpc("evm_setAutomine", True)

    def pass_time(self, seconds: int) -> None:
        """Two blocks, of which the first comes so many seconds after the last."""
        now = self.chain.w3.eth.get_block("latest")["timestamp"]
        self.chain.rpc("evm_setNextBlockTimestamp", now + seconds)
        self.chain.rpc("anvil_mine", "0x2")

    def drive(self, until: Callable[[], bool], seconds: int = 1) -> None:
        """Let the daemons take turns, with a block between the rounds, until something holds."""
        for _ in range(MOST_BLOCKS):
            for daemon in self.daemons:
                self.step(daemon)
                if until():
                    return
            self.pass_time(seconds)
        raise AssertionError(f"not within {MOST_BLOCKS} blocks")

    def step(self, daemon: Daemon) -> None:
        """One cycle of a daemon, and those it takes to act on what it computes."""
        daemon.cycle(flush=True)
        while not daemon.parts.computations.idle:
            daemon.parts.wake.wait(1)
            daemon.cycle(flush=True)
        self._let_be_mined(daemon)

    def glance(self, daemon: Daemon) -> None:
        """One cycle: what is computed is not waited for."""
        daemon.cycle()
        self._let_be_mined(daemon)

    def _let_be_mined(self, daemon: Daemon) -> None:
        """A transaction is answered before it is mined; what the test asks next must see it.

        Between the two the node may have it neither in its pool nor in a block. What a fork has
        dropped never comes.
        """
        nonces = [item.nonce for item in daemon.parts.store.outbox.pending()]
        signer, chain = daemon.parts.sender.address, self.chain
        for _ in range(MOST_LOOKS):
            waiting = int(chain.rpc("txpool_status")["pending"], 16)
            if not waiting and chain.w3.eth.get_transaction_count(signer) > max(nonces, default=-1):
                return

    def drive_until_done(self, seconds: int = 1) -> None:
        """Until no daemon has anything left to do about any job."""
        self.drive(lambda: not any(d.parts.board.live for d in self.daemons), seconds)

    # --- what the chain says ---

    def free(self, number: int) -> int:
        """Units of stake a worker can dispose of."""
        free: int = self.chain.call("vault", "worker", account(f"worker {number}").address)[2]
        return free

    def credit(self, number: int) -> int:
        """Wei a worker has earned."""
        credit: int = self.chain.call("vault", "credit", account(f"worker {number}").address)
        return credit

    def sent(self, number: int) -> int:
        """Transactions of a worker's signer."""
        return self.chain.w3.eth.get_transaction_count(account(f"worker {number}").address)


def live(daemon: Daemon) -> JobState:
    """The one job a daemon is at."""
    (state,) = daemon.parts.board.live
    return state
