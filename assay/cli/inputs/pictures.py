"""Pictures: how pixels become a tensor.

    value = pixel / 255 * scale, inverted if asked; then (value - mean) / std, by channel

`scale` is what the brightest pixel becomes: 1 for an input of floats, 255 for one of integers. The
layout, the size and the number of channels are those of the input where its shape says them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assay.cli.errors import InputError, MissingExtraError
from assay.tensors import TensorSpec

LAYOUTS = ("NCHW", "NHWC", "CHW", "HWC", "NHW", "HW", "flat")
_MODES = {1: "L", 3: "RGB", 4: "RGBA"}
_BRIGHTEST = 255.0
_MOST_PIXELS = 64 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Pixels:
    """What was said about pictures; None for what the input's shape shall say."""

    mode: str | None = None
    """L, RGB or RGBA."""
    size: tuple[int, int] | None = None
    """Width and height, to which pictures are stretched."""
    layout: str | None = None
    scale: float | None = None
    mean: Sequence[float] = ()
    std: Sequence[float] = ()
    invert: bool = False


def tensor(path: Path, spec: TensorSpec, pixels: Pixels) -> npt.NDArray[Any]:
    """The picture in a file as the input `spec`. Raises InputError or MissingExtraError."""
    layout = pixels.layout or _layout(spec)
    channels = _channels(spec, layout, pixels)
    raw = _read(path, _MODES[channels], pixels.size or _size(spec, layout, channels))
    values = _scaled(raw.reshape(*raw.shape[:2], channels), spec, pixels)
    return _typed(path, _laid_out(values, layout), spec)


def _layout(spec: TensorSpec) -> str:
    dims, counts = spec.shape, tuple(_MODES)
    match len(dims):
        case 4 if dims[1] in counts:
            return "NCHW"
        case 4 if dims[3] in counts:
            return "NHWC"
        case 3 if dims[0] in counts:
            return "CHW"
        case 3 if dims[2] in counts:
            return "HWC"
        case 3:
            return "NHW"
        case 2 if None not in dims and dims[0] != 1:
            return "HW"
        case 1 | 2:
            return "flat"
    raise InputError(
        f"{spec.name}: its shape does not say where a picture's channels are; give --image-layout"
    )


def _channels(spec: TensorSpec, layout: str, pixels: Pixels) -> int:
    if pixels.mode is not None:
        return len(pixels.mode)
    if "C" not in layout:
        return 1
    found = _dim(spec, layout, "C")
    if found not in _MODES:
        raise InputError(
            f"{spec.name}: its shape does not say how many channels it takes; give --image-mode"
        )
    return found


def _size(spec: TensorSpec, layout: str, channels: int) -> tuple[int, int] | None:
    """Width and height that the shape asks for; None where any will do."""
    if layout == "flat":
        elements = spec.shape[-1]
        if elements is None:
            return None
        side = math.isqrt(elements // channels)
        if side * side * channels != elements:
            raise InputError(
                f"{spec.name}: {elements} elements are no square picture; give --image-size"
            )
        return side, side
    width, height = _dim(spec, layout, "W"), _dim(spec, layout, "H")
    return None if width is None or height is None else (width, height)


def _dim(spec: TensorSpec, layout: str, letter: str) -> int | None:
    """The size of that axis; a layout without a batch fits an input that has one, too."""
    place = layout.index(letter) - len(layout)
    return spec.shape[place] if -place <= len(spec.shape) else None


def _read(path: Path, mode: str, size: tuple[int, int] | None) -> npt.NDArray[np.uint8]:
    try:
        from PIL import Image, ImageOps
    except ImportError:
        raise MissingExtraError(
            f'{path}: pictures need Pillow: pip install "assay[images]"'
        ) from None
    try:
        with Image.open(path) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                raise InputError(f"{path}: {opened.width} by {opened.height} pixels are too many")
            picture = ImageOps.exif_transpose(opened).convert(mode)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InputError(f"{path}: cannot be read as a picture: {error}") from None
    if size is not None and picture.size != size:
        picture = picture.resize(size, Image.Resampling.BILINEAR)
    return np.asarray(picture, np.uint8)


def _scaled(raw: npt.NDArray[np.uint8], spec: TensorSpec, pixels: Pixels) -> npt.NDArray[Any]:
    integers = np.issubdtype(spec.dtype.numpy, np.integer)
    scale = pixels.scale if pixels.scale is not None else _BRIGHTEST if integers else 1.0
    bright = _BRIGHTEST - raw if pixels.invert else raw.astype(np.float64)
    values = bright / _BRIGHTEST * scale
    mean = _by_channel("mean", pixels.mean, raw.shape[2], 0.0)
    std = _by_channel("std", pixels.std, raw.shape[2], 1.0)
    if not std.all():
        raise InputError("--image-std: a zero divides nothing")
    shifted: npt.NDArray[Any] = (values - mean) / std
    return shifted


def _by_channel(
    name: str, given: Sequence[float], channels: int, usual: float
) -> npt.NDArray[np.float64]:
    if len(given) not in (0, 1, channels):
        raise InputError(
            f"--image-{name}: {len(given)} numbers, expected one, or one for each of {channels} "
            "channels"
        )
    return np.array(given or [usual], np.float64)


def _laid_out(values: npt.NDArray[Any], layout: str) -> npt.NDArray[Any]:
    """From height, width, channels."""
    if layout == "flat":
        return values.reshape(-1)
    axes = ["HWC".index(letter) for letter in layout if letter != "N"]
    if "C" not in layout:
        if values.shape[2] != 1:
            raise InputError(f"layout {layout}: it takes one channel; give --image-mode L")
        return values[:, :, 0].transpose(axes)
    return values.transpose(axes)


def _typed(path: Path, values: npt.NDArray[Any], spec: TensorSpec) -> npt.NDArray[Any]:
    kind = spec.dtype.numpy
    if kind.kind not in "iuf" and spec.dtype.name != "BFLOAT16":
        raise InputError(f"{path}: {spec.name} takes {spec.dtype.name}, which pixels are not")
    if kind.kind in "iu":
        limits, values = np.iinfo(kind), np.rint(values)
        if values.size and not (limits.min <= values.min() and values.max() <= limits.max):
            raise InputError(
                f"{path}: pixels lie from {values.min():g} to {values.max():g}, and "
                f"{spec.name} takes {limits.min} to {limits.max}; give --image-scale"
            )
    return values.astype(kind)
