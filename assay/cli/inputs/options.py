"""The options that say what is given to a model, and how."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import click

from assay.cli.inputs.fitting import Fitting
from assay.cli.inputs.many import Labelled, split
from assay.cli.inputs.pictures import LAYOUTS, Pixels
from assay.cli.inputs.sources import Source, load
from assay.tensors import TensorSpec

_OPTIONS = (
    click.option(
        "-i",
        "--input",
        "named",
        multiple=True,
        metavar="NAME=VALUE",
        help="An input by name: JSON, or a file. May be given again.",
    ),
    click.option(
        "--many",
        metavar="FILE|FOLDER",
        help="One job for each row of a .csv, .npy, .npz or .json, or for each file of a folder.",
    ),
    click.option("--cast", is_flag=True, help="Give arrays the type that the model takes."),
    click.option(
        "--image-mode",
        type=click.Choice(["L", "RGB", "RGBA"]),
        help="Channels of pictures; by default as many as the input has.",
    ),
    click.option(
        "--image-size", metavar="WxH", help="Stretch pictures to that; by default to the input's."
    ),
    click.option(
        "--image-layout",
        type=click.Choice(LAYOUTS),
        help="Axes of the input; by default as its shape says.",
    ),
    click.option(
        "--image-scale",
        type=float,
        help="What the brightest pixel becomes: by default 1, for integers 255.",
    ),
    click.option(
        "--image-mean", metavar="N[,N…]", help="Taken from the scaled pixels, by channel."
    ),
    click.option("--image-std", metavar="N[,N…]", help="Divides what is left, by channel."),
    click.option("--image-invert", is_flag=True, help="Dark pixels become large values."),
)


def options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds them to a command."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


@dataclass(frozen=True, kw_only=True)
class Given:
    """What was said on the command line, as it came."""

    inputs: Sequence[str]
    named: Sequence[str]
    many: str | None
    cast: bool
    image_mode: str | None
    image_size: str | None
    image_layout: str | None
    image_scale: float | None
    image_mean: str | None
    image_std: str | None
    image_invert: bool

    def jobs(self, signature: Sequence[TensorSpec]) -> list[Labelled]:
        """The inputs of each job. Raises InputError, click.UsageError for what excludes another."""
        fitting = Fitting(signature=signature, pixels=self._pixels(), cast=self.cast)
        if sum(map(bool, (self.inputs, self.named, self.many))) > 1:
            raise click.UsageError(
                "INPUT, --input and --many exclude each other: give inputs in order, by name, or "
                "those of many jobs"
            )
        if self.many is not None:
            return split(self.many, fitting)
        if self.named:
            return [Labelled("", fitting.named(self._by_name()))]
        return [Labelled("", fitting.in_order([load(text) for text in self.inputs]))]

    def _by_name(self) -> dict[str, Source]:
        found: dict[str, Source] = {}
        for text in self.named:
            name, sign, value = text.partition("=")
            if not sign or name in found:
                says = "given twice" if sign else "expected NAME=VALUE"
                raise click.BadParameter(f"{text[:80]!r}: {says}", param_hint="--input")
            found[name] = load(value)
        return found

    def _pixels(self) -> Pixels:
        return Pixels(
            mode=self.image_mode,
            size=_size(self.image_size),
            layout=self.image_layout,
            scale=self.image_scale,
            mean=_numbers(self.image_mean, "--image-mean"),
            std=_numbers(self.image_std, "--image-std"),
            invert=self.image_invert,
        )


def _size(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise click.BadParameter(f"{text!r}: expected WxH, like 28x28", param_hint="--image-size")
    return int(width), int(height)


def _numbers(text: str | None, option: str) -> tuple[float, ...]:
    if text is None:
        return ()
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        says = f"{text!r}: expected numbers, like 0.5,0.4"
        raise click.BadParameter(says, param_hint=option) from None
