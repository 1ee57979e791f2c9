"""The worker's folder of fetched inputs, and for how long it leaves alone what failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from assay.artefacts.errors import (
    ArtefactDigestMismatchError,
    ArtefactEvictedError,
    ArtefactUnavailableError,
    DownloadError,
    RefusedUriError,
    WrongSizeError,
)
from assay.errors import AssayError
from assay.remote_inputs import RemoteInput
from tests.support.plain_chain import account
from worker.inputs import InputStore, input_settings, pauses
from worker.settings import Settings

MIB = 1 << 20


def settings(folder: Path, **artefacts: Any) -> Settings:
    return Settings(
        rpc_url="http://localhost",
        deployment="anvil",
        worker=account("worker").address,
        key_store=folder / "signer.json",
        data_dir=folder / "data",
        artefacts={"file_roots": [folder], **artefacts},  # type: ignore[arg-type]
    )


@pytest.fixture
def small(tmp_path: Path) -> Iterator[InputStore]:
    """It has room for a MiB."""
    with closing(InputStore(settings(tmp_path, max_input_mb=1, input_cache_mb=1))) as store:
        yield store


def lying(folder: Path, content: bytes) -> RemoteInput:
    """A reference to a file."""
    path = folder / sha256(content).hexdigest()
    path.write_bytes(content)
    digest = sha256(content).digest()
    return RemoteInput(sha256=digest, size=len(content), uris=(path.as_uri(),))


def failed(*errors: AssayError) -> ArtefactUnavailableError:
    return ArtefactUnavailableError("input", [("https://a.example", error) for error in errors])


def test_fetch__file__read_afterwards_and_apart_from_the_models(
    tmp_path: Path, small: InputStore
) -> None:
    remote = lying(tmp_path, b"payload")
    before = small.read(remote)
    small.fetch(remote)
    assert (before, small.read(remote)) == (None, b"payload")
    assert [path.name for path in (tmp_path / "data" / "inputs").iterdir()] == [remote.sha256.hex()]


def test_fetch__in_the_cache_already__nobody_is_asked(tmp_path: Path, small: InputStore) -> None:
    remote = lying(tmp_path, b"payload")
    small.fetch(remote)
    (tmp_path / remote.sha256.hex()).unlink()
    with capture_logs() as logs:
        small.fetch(remote)
    assert logs == []


def test_fetch__more_than_there_is_room_for__the_one_unused_for_longest_goes(
    tmp_path: Path, small: InputStore
) -> None:
    first, second, third = (lying(tmp_path, bytes([n]) * (MIB * 2 // 5)) for n in range(3))
    small.fetch(first)
    small.fetch(second)
    assert small.read(first) is not None  # a use
    small.fetch(third)
    assert [small.read(one) is None for one in (first, second, third)] == [False, True, False]


def test_keep__more_than_there_is_room_for__what_is_kept_stays(
    tmp_path: Path, small: InputStore
) -> None:
    first, second, third = (lying(tmp_path, bytes([n]) * (MIB * 2 // 5)) for n in range(3))
    small.keep(b"a job", first, None)
    for one in (first, second, third):
        small.fetch(one)
    kept = [small.read(one) is not None for one in (first, second, third)]
    small.release(b"a job")
    small.fetch(second)
    assert (kept, small.read(first)) == ([True, False, True], None)


def test_settings__limits_of_the_operator__those_of_fetching(tmp_path: Path) -> None:
    places = input_settings(settings(tmp_path, max_input_mb=3, input_seconds=7, input_cache_mb=9))
    assert (places.max_artefact_bytes, places.cache_bytes) == (3 * MIB, 9 * MIB)
    assert (places.download_seconds, places.fetch_seconds) == (7, 14)
    assert places.cache_dir == tmp_path / "data" / "inputs"


OTHERS: Sequence[AssayError] = [
    ArtefactDigestMismatchError(bytes(32), bytes(32), "x"),
    WrongSizeError(1, 2),
    RefusedUriError("no"),
]


@pytest.mark.parametrize(
    ("error", "first"),
    [
        (failed(*OTHERS), 60),
        (failed(*OTHERS, DownloadError("the host answered 503")), 5),
        (failed(DownloadError("refused")), 5),
        (AssayError("the disk is full"), 5),
        (ArtefactEvictedError("gone at once"), 60),
        (None, 5),
    ],
)
def test_pauses__after_an_error__long_where_every_host_served_something_else(
    error: AssayError | None, first: float
) -> None:
    assert pauses(error) == (first, 60)
