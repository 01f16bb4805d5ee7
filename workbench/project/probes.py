"""Probes: what is sent through a network to look at it, and how the document keeps them."""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.core.errors import UsageError, WorkbenchError, printable
from workbench.core.files import check_path, exists, resolved
from workbench.core.values import Json, shape_text
from workbench.project.storage import stored_path

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
else:
    Pixels = object  # numpy is loaded with the first picture; the window is there before it
SAMPLE = re.compile(r"(train|validation|test):(\d{1,9})\Z")
LARGEST_SIDE = 512  # of a drawing, in pixels
MOST_PNG_BYTES = LARGEST_SIDE * LARGEST_SIDE * 4  # more than its pixels ever need
LINE = 2000  # characters; the project file bounds every text
PNG_START = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Probe:
    """What is sent through the network: a sample, a picture file or a drawing."""


@dataclass(frozen=True)
class SampleProbe(Probe):
    """A sample of the project's data; they are counted from 0."""

    split: str = "test"
    number: int = 0

    def __str__(self) -> str:
        return f"{self.split}:{self.number}"


@dataclass(frozen=True)
class PictureProbe(Probe):
    """A picture file, brought to the size that the network takes."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True)
class DrawnProbe(Probe):
    """Pixels that were drawn or pasted.

    Attributes:
        shape: (C, H, W) with C = 1 or 3.
        data: the bytes, channels first.
        is_centred: whether the centre of mass is brought to the middle before the network sees it, as in MNIST.
    """

    shape: tuple[int, int, int]
    data: bytes
    is_centred: bool = False

    @classmethod
    def of(cls, pixels: Pixels, *, is_centred: bool = False) -> DrawnProbe:
        """A probe of bytes (C, H, W).

        Raises:
            UsageError: they are no picture of 1 or 3 channels and at most 512×512 pixels.
        """
        channels, height, width = pixels.shape
        _check_size(channels, height, width)
        return cls((channels, height, width), pixels.tobytes(), is_centred)

    @property
    def pixels(self) -> Pixels:
        """The bytes as an array (C, H, W) of its own."""
        import numpy as np

        return np.frombuffer(self.data, np.uint8).reshape(self.shape).copy()

    def __str__(self) -> str:
        return "a drawing"


def _check_size(channels: int, height: int, width: int) -> None:
    if channels not in (1, 3) or not (0 < height <= LARGEST_SIDE and 0 < width <= LARGEST_SIDE):
        size = shape_text((channels, height, width))
        raise UsageError(f"A drawing has 1 or 3 channels and at most {LARGEST_SIDE}×{LARGEST_SIDE} pixels, not {size}.")


def parse_probe(text: str) -> Probe:
    """The probe that a text names: a sample such as `test:17`, or else a picture's path."""
    found = SAMPLE.match(text)
    return SampleProbe(found[1], int(found[2])) if found else PictureProbe(Path(text))


def sample_or_file(text: str) -> str:
    """Returns a sentence where a text names a sample and a file of that name lies there too; else ""."""
    if SAMPLE.match(text) is None or not exists(text):
        return ""
    return f"{text} was taken as a sample of the data; the file of that name is ./{text}."


def probe_json(probe: Probe, folder: Path | None) -> dict[str, Json]:
    """A probe as the document keeps it.

    Args:
        probe: the probe.
        folder: of the project; paths below it are kept relative. None for a project without a file.

    Raises:
        UnreadableError: the picture's path is none that a project can hold, or leads nowhere.
    """
    match probe:
        case PictureProbe(path):
            check_path(path)
            return {"picture": str(resolved(path)) if folder is None else stored_path(path, resolved(folder))}
        case DrawnProbe():
            from workbench.data.pictures import png

            text = base64.b64encode(png(probe.pixels)).decode()
            lines = [text[i : i + LINE] for i in range(0, len(text), LINE)]
            return {"drawing": {"shape": list(probe.shape), "centred": probe.is_centred, "png": lines}}
        case _:
            return {"sample": str(probe)}


def kept_probes(values: Sequence[Json], folder: Path) -> tuple[tuple[Probe, ...], tuple[str, ...]]:
    """The probes that a document keeps, and a sentence for each that cannot be read and is passed over.

    Args:
        values: `Project.probes`.
        folder: of the project, which relative paths start from.
    """
    probes, notes = [], []
    for number, value in enumerate(values):
        try:
            probes.append(_read(value, folder))
        except WorkbenchError as error:
            notes.append(f"Probe {number + 1} of the project is passed over: {error}")
    return tuple(probes), tuple(notes)


def _read(value: Json, folder: Path) -> Probe:
    if not isinstance(value, dict):
        raise UsageError(f"it is no table, but {printable(repr(value)[:60])}.")
    kind, content = next(((key, value[key]) for key in ("sample", "picture", "drawing") if key in value), ("", None))
    if kind == "drawing" and isinstance(content, dict):
        return _read_drawing(content)
    if kind in ("sample", "picture") and isinstance(content, str):
        if kind == "picture" and content and "\0" not in content:
            return PictureProbe(folder / content)
        if kind == "sample" and (found := SAMPLE.match(content)):
            return SampleProbe(found[1], int(found[2]))
    raise UsageError(f"it is neither a sample, a picture nor a drawing ({printable(repr(value)[:60])}).")


def _read_drawing(content: Mapping[str, Json]) -> DrawnProbe:
    shape, lines, is_centred = content.get("shape"), content.get("png"), content.get("centred", False)
    if not isinstance(shape, list) or len(shape) != 3 or not all(type(size) is int for size in shape):
        raise UsageError(f"the shape of a drawing is three whole numbers, not {printable(repr(shape)[:60])}.")
    _check_size(*shape)
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines) or type(is_centred) is not bool:
        raise UsageError("the drawing is damaged: its PNG is no list of texts.")
    text = "".join(lines)
    if len(text) > 2 * MOST_PNG_BYTES:
        raise UsageError(f"the drawing's PNG has {len(text):,} characters, which is too much.")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise UsageError("the drawing is damaged: its PNG is no base64 text.") from None
    return DrawnProbe.of(_decoded(data, (shape[0], shape[1], shape[2])), is_centred=is_centred)


def _decoded(data: bytes, shape: tuple[int, int, int]) -> Pixels:
    """The pixels of a PNG that must be of that shape; its own header is looked at before anything is decoded."""
    import numpy as np
    from PIL import Image

    height, width = shape[1:]
    if data[:8] != PNG_START or (data[16:20], data[20:24]) != (width.to_bytes(4), height.to_bytes(4)):
        raise UsageError(f"the drawing is damaged: its PNG is not of {shape_text(shape)}.")
    try:
        with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
            picture.load()
            array = np.array(picture)
    except Exception:  # decoders of damaged files raise whatever comes to them
        raise UsageError("the drawing is damaged: its PNG cannot be decoded.") from None
    array = array[None] if array.ndim == 2 else array.transpose(2, 0, 1)
    if array.dtype != np.uint8 or array.shape != shape:
        raise UsageError(f"the drawing is damaged: its PNG is not of {shape_text(shape)}.")
    return array
