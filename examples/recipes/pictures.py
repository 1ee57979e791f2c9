"""Pictures: PNG files, made smaller by the asker, read by a network of handwritten digits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image
from sklearn.datasets import load_digits

from assay import Client
from examples.models import digits
from examples.models.split import held_out


def run(publisher: Client, requester: Client, store: Path) -> Iterator[str]:
    """Three digits that the network has not seen, from files of 64 by 64 pixels."""
    built = digits.build(store)
    published = publisher.publish(
        built.artefact,
        built.name,
        description=digits.RECIPE.description,
        licence=digits.RECIPE.licence,
        lineage=digits.RECIPE.lineage,
        samples=list(built.test.rows[:20, None]),
        store=store,
    )
    data = load_digits()
    _, unseen = held_out(data.data, data.target, seed=0, stratify=True)
    files = [store / f"digit-{number}.png" for number in range(3)]
    for file, row in zip(files, unseen.rows, strict=False):
        draw(row).save(file)

    answers = requester.infer_many(
        published.version_id, [{"pixels": read(file)} for file in files], max_price=10**18
    )
    for file, answer, truth in zip(files, answers, unseen.targets, strict=False):
        yield f"{file.name}: a {answer['probabilities'].argmax()}; it is a {truth}"


def draw(row: npt.NDArray[np.float32]) -> Image.Image:
    """A picture of 64 by 64 pixels, black on white, of a row of the data set."""
    grey = (255 - row.reshape(8, 8) * 255 / 16).astype(np.uint8)
    return Image.fromarray(grey).resize((64, 64), Image.Resampling.NEAREST)


def read(file: Path) -> npt.NDArray[np.float32]:
    """What the network takes, [1, 64]: grey values of 8 by 8 pixels, from 0, white, to 16."""
    with Image.open(file) as picture:
        small = picture.convert("L").resize((8, 8), Image.Resampling.BOX)
    return (255 - np.asarray(small, np.float32)).reshape(1, 64) * 16 / 255
