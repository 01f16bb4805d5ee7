"""Samples of every kind as small pictures or texts for people: the one place that decides how one is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import SENTENCE, WorkbenchError, printable
from workbench.core.values import Value, shape_text
from workbench.data.pictures import png
from workbench.data.pixels import as_rgb
from workbench.data.spec import Array, Dataset
from workbench.inspection.ratings import has_users, pair_text

Pixels = NDArray[np.uint8]

CLIP = "clip"  # the field of clips; volumes are called otherwise
ANSWERS = ("class", "scalar", "class_probs", "loss")  # kinds that say something of a sample and are not what is shown
SIDE = 160  # height and width of what is drawn here, in pixels
MOST_CURVES = 16  # channels that are drawn; the others are left out
LARGE_SIDE = 480  # of curves whose places are pointed at
LANE_SHARE, SWING = 0.98, 0.9  # so many values of a recording swing by less than this part of a lane
LEAST_LANE = 10  # pixels of a lane in which a curve is told from its neighbours
LONGEST_TEXT = 2_000  # letters of a text
CURVES = ("#5aa9ff", "#ffa03c", "#49c08a", "#d06a86", "#9b6fe0", "#c0b030")
# Colours that most people tell apart, the list of Sasha Trubetskoy without black, grey and white.
DISTINCT = (
    "e6194b 3cb44b ffe119 4363d8 f58231 911eb4 42d4f4 f032e6 bfef45 fabed4 469990 dcbeff 9a6324 fffac8 800000 aaffc3 "
    "808000 ffd8b1 000075"
)
OPACITY = 0.5  # of a mask over its picture


@dataclass(frozen=True)
class Paper:
    """The colours of what curves are drawn on: the ground, and the line of zero."""

    ground: str
    axis: str


LIGHT_PAPER, DARK_PAPER = Paper("#fafbfc", "#c8ced5"), Paper("#191d22", "#414a54")


@dataclass(frozen=True)
class Portrait:
    """How a sample is shown.

    Attributes:
        pixels: (H, W, 3) bytes; None where it is told in words.
        text: in words; "" where there is a picture.
        grid: rows and columns of the sample that the picture stands for, where these are not its pixels: (1, L) of
            curves, (E, L) of a recording.
        tokens: what each token of a text stands for, in order, "" where there is none; () of all else.
    """

    pixels: Pixels | None = None
    text: str = ""
    grid: tuple[int, int] | None = None
    tokens: tuple[str, ...] = ()


def is_told_in_words(dataset: Dataset) -> bool:
    """Returns whether samples are shown in words, since they have nothing that could be drawn."""
    return not any(value.kind in ("map", "sequence") for value in dataset.fields.values())


def portrait(
    dataset: Dataset,
    split: str,
    number: int,
    side: int = SIDE,
    paper: Paper = LIGHT_PAPER,
    opacity: float = OPACITY,
) -> Portrait:
    """Returns how a sample is shown: a picture with its mask, pictures side by side, curves, a frame, or words.

    Args:
        dataset: the data.
        split: of the sample.
        number: of the sample in its split.
        side: height and width of what is drawn here, such as curves, in pixels.
        paper: that it is drawn on.
        opacity: of a mask over its picture, from 0 to 1.
    """
    arrays = dataset.splits[split]
    shown = {name: value for name, value in dataset.fields.items() if value.kind not in ANSWERS}
    pictures = [
        found
        for name, value in shown.items()
        if (found := picture_of(value, arrays[name][number], side, paper)) is not None
    ]
    if pictures:
        mask = next((name for name, value in shown.items() if value.kind == "mask"), "")
        if mask and dataset.fields[mask].shape == pictures[0].shape[:2]:
            pictures[0] = masked(pictures[0], arrays[mask][number], len(dataset.fields[mask].classes), opacity)
        return Portrait(side_by_side(pictures))
    if has_users(dataset):
        return Portrait(text=pair_text(dataset, split, number))
    texts = [text_of(value, arrays[name][number]) for name, value in shown.items()]
    return Portrait(text="\n".join(text for text in texts if text)[:LONGEST_TEXT])


def thumbnail(
    dataset: Dataset, split: str, number: int, side: int, paper: Paper = LIGHT_PAPER, opacity: float = OPACITY
) -> Portrait:
    """Returns how a sample is shown, at most `side` pixels high and wide; in words where it cannot be read any more."""
    try:
        found = portrait(dataset, split, number, max(side, SIDE), paper, opacity)
    except WorkbenchError as error:
        return Portrait(text=printable(error, SENTENCE))
    return found if found.pixels is None else replace(found, pixels=_reduced(found.pixels, side))


def _reduced(pixels: Pixels, side: int) -> Pixels:
    """A picture made so small that neither of its sides is longer; smaller ones stay as they are."""
    from PIL import Image

    height, width = pixels.shape[:2]
    share = side / max(height, width)
    if share >= 1:
        return pixels
    size = max(1, round(width * share)), max(1, round(height * share))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.HAMMING, reducing_gap=2.0))


def input_portrait(value: Value, sample: Array, paper: Paper = LIGHT_PAPER) -> Portrait:
    """Returns how one field is shown where its positions are pointed at: every pixel, or column, stands for its own."""
    if value.kind == "map" and len(value.shape) == 2:
        return Portrait(curves(sample, LARGE_SIDE, paper), grid=(1, value.shape[1]))
    if value.is_recording:
        return Portrait(lanes(sample[0], LARGE_SIDE, paper), grid=(value.shape[1], value.shape[2]))
    if value.kind == "map" and len(value.shape) == 3 and sample.dtype != np.uint8:
        return Portrait(as_rgb(sample if 0 <= sample.min() <= sample.max() <= 1 else _stretched(sample)))
    pixels = picture_of(value, sample, LARGE_SIDE, paper)
    if pixels is not None:
        return Portrait(pixels)
    return Portrait(text=text_of(value, sample), tokens=_tokens(value, sample))


def picture_of(value: Value, sample: Array, side: int = SIDE, paper: Paper = LIGHT_PAPER) -> Pixels | None:
    """Returns a field of a sample as a picture, drawn at a size if it is drawn; None for what is told in words."""
    if value.kind == "sequence" and len(value.shape) == 2:
        return curves(sample.T, side, paper)
    if value.kind != "map":
        return None
    if len(value.shape) == 2:
        return curves(sample, side, paper)
    if len(value.shape) == 4:
        return frame_picture(sample)
    if value.is_recording:  # where all have no room to be told apart, some stand for them
        return lanes(sample[0][:: -(-sample.shape[1] // max(1, side // LEAST_LANE))], side, paper)
    return as_rgb(sample)


def frame_picture(clip: Array, frame: int = -1) -> Pixels | None:
    """Returns a frame of a clip, or a slice of a volume (C, D, H, W), as a picture; the middle one without a number.

    Numbers that are no bytes are brought to 0 … 1 by the smallest and largest of the whole, so that frames compare.
    """
    one = clip[:, clip.shape[1] // 2 if frame < 0 else frame]
    if clip.dtype == np.uint8:
        return as_rgb(one)
    low, high = float(clip.min()), float(clip.max())
    return as_rgb((one - low) / (high - low or 1.0))


def text_of(value: Value, sample: Array) -> str:
    """Returns a field of a sample in words: what tokens stand for, or numbers."""
    if value.kind == "tokens":
        return printable(" ".join(word for word in _words(value, sample) if word), LONGEST_TEXT)
    if not value.shape:
        return f"{float(sample):g}"
    if value.kind == "vector" and value.classes:
        return printable(
            ", ".join(name for name, share in zip(value.classes, sample.tolist(), strict=True) if share > 0.5)
        )
    if len(value.shape) == 1:
        return ", ".join(f"{each:.3g}" for each in sample.ravel()[:MOST_CURVES].tolist())
    return shape_text(value.shape)


def _words(value: Value, sample: Array) -> list[str]:
    """What tokens stand for."""
    known = value.classes
    return [known[token] if token < len(known) else str(token) for token in sample.ravel().tolist()]


def _tokens(value: Value, sample: Array) -> tuple[str, ...]:
    """What each token of a text stands for, in order; () where it is none."""
    is_text = value.kind == "tokens" and len(value.shape) == 1 and value.shape[0] > 1
    return tuple(map(printable, _words(value, sample))) if is_text else ()


def _stretched(array: Array) -> Array:
    """Numbers brought to 0 … 1 by their smallest and largest."""
    low, high = float(array.min()), float(array.max())
    return (array - low) / (high - low or 1.0)


def curves(series: Array, side: int = SIDE, paper: Paper = LIGHT_PAPER) -> Pixels:
    """Draws series (C, L) as curves over one another, each by the same range; more than 16 are left out."""
    from PIL import Image, ImageDraw

    sheet = Image.new("RGB", (2 * side, 2 * side), paper.ground)
    draw, thick = ImageDraw.Draw(sheet), max(3, side // 80)
    rows = np.asarray(series[:MOST_CURVES], np.float64)
    low, high = float(rows.min()), float(rows.max())
    span = (high - low) or 1.0
    xs = np.linspace(4, 2 * side - 5, rows.shape[1])

    def ys(row: Array) -> Any:
        return (2 * side - 9) * (1 - (row - low) / span) + 4

    if low < 0 < high:
        level = float(ys(np.zeros(1))[0])
        draw.line([(0, level), (2 * side, level)], fill=paper.axis, width=max(2, thick // 2))
    for number, row in enumerate(rows):
        points = list(zip(xs.tolist(), ys(row).tolist(), strict=True))
        draw.line(
            points if len(points) > 1 else points * 2, fill=CURVES[number % len(CURVES)], width=thick, joint="curve"
        )
    return np.asarray(sheet.resize((side, side), Image.Resampling.LANCZOS))


def lanes(recording: Array, side: int = SIDE, paper: Paper = LIGHT_PAPER) -> Pixels:
    """Draws channels of a recording (E, L) below one another, each as a curve in a lane of its own.

    All have the same scale, and each its median in the middle of its lane.
    """
    from PIL import Image, ImageDraw

    rows = np.nan_to_num(np.asarray(recording, np.float64))
    count, length = rows.shape
    whole = 2 * side
    sheet = Image.new("RGB", (whole, whole), paper.ground)
    draw, lane = ImageDraw.Draw(sheet), whole / count
    swings = rows - np.median(rows, axis=1, keepdims=True)
    most = float(np.quantile(np.abs(swings), LANE_SHARE)) or float(np.abs(swings).max()) or 1.0
    xs = ((np.arange(length) + 0.5) * whole / length).tolist()
    thick = max(1, min(4, round(lane / 6), side // 80))
    for number, row in enumerate(swings):
        middle = (number + 0.5) * lane
        draw.line([(0, middle), (whole, middle)], fill=paper.axis, width=1)
        heights = np.clip(middle - row / most * lane * SWING, 0, whole - 1).tolist()
        points = list(zip(xs, heights, strict=True))
        draw.line(points if length > 1 else points * 2, fill=CURVES[number % len(CURVES)], width=thick, joint="curve")
    return np.asarray(sheet.resize((side, side), Image.Resampling.LANCZOS))


def mask_colours(count: int) -> Pixels:
    """Returns a colour for each class of a mask (N, 3), the first ones the easiest told apart."""
    import colorsys

    first = [[int(each[place : place + 2], 16) for place in (0, 2, 4)] for each in DISTINCT.split()]
    hues = [(number * 0.61803398875) % 1.0 for number in range(count)]
    rows = [colorsys.hsv_to_rgb(hue, 0.75, 1.0 if number % 2 == 0 else 0.7) for number, hue in enumerate(hues)]
    further = (np.array(rows, np.float64).reshape(-1, 3) * 255).astype(np.uint8)
    return np.concatenate([np.array(first, np.uint8)[:count], further[len(first) :]])


def masked(picture: Pixels, mask: Array, classes: int, opacity: float = OPACITY) -> Pixels:
    """Lays the colours of a mask's classes over a picture of its size.

    Args:
        picture: (H, W, 3).
        mask: (H, W) of class numbers; those beyond the classes, such as void, are left as the picture is.
        classes: how many there are.
        opacity: of the colours, from 0 to 1.
    """
    known = (mask >= 0) & (mask < classes)
    colours = mask_colours(max(classes, 1))[np.where(known, mask, 0)]
    share = np.where(known, opacity, 0.0)[..., None]
    mixed: Pixels = (picture * (1 - share) + colours * share).astype(np.uint8)
    return mixed


def mask_png(mask: Array, classes: int) -> bytes:
    """Returns a mask (H, W) as a PNG file that `masks` reads: with a palette, or for more than 255 classes 16 bits."""
    from io import BytesIO

    from PIL import Image

    if classes > 255:
        return png(mask[np.newaxis].astype(np.uint16))
    palette = np.full((256, 3), 255, np.uint8)
    palette[:classes] = mask_colours(max(classes, 1))[:256]
    picture = Image.fromarray(mask.astype(np.uint8), "P")
    picture.putpalette(palette.ravel().tolist())
    made = BytesIO()
    picture.save(made, "PNG")
    return made.getvalue()


def side_by_side(pictures: list[Pixels]) -> Pixels:
    """Puts pictures next to one another, each as high as the highest, with a little between them."""
    if len(pictures) == 1:
        return pictures[0]
    height = max(each.shape[0] for each in pictures)
    columns: list[Pixels] = []
    for each in pictures:
        factor = max(1, height // each.shape[0])
        larger = each.repeat(factor, 0).repeat(factor, 1)
        column = np.full((height, larger.shape[1], 3), 255, np.uint8)
        column[: larger.shape[0]] = larger
        columns += [column, np.full((height, 2, 3), 255, np.uint8)]
    return np.concatenate(columns[:-1], 1)
