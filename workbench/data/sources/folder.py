"""Folders of picture files, one folder for each class."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
from pydantic import Field, model_validator

from workbench.core.errors import UnreadableError
from workbench.core.files import is_folder
from workbench.core.values import Value
from workbench.data.chunks import zeros
from workbench.data.class_names import class_names
from workbench.data.folder_listing import Item, Listing, list_pictures, some
from workbench.data.limits import check_amount
from workbench.data.notes import dark_notes
from workbench.data.paths import locate
from workbench.data.pictures import WHITE, Pixels, Resize, fit, measure, read_picture
from workbench.data.spec import SPLITS, Array, Dataset, Reads, Source, source

MOST_SIDE = 8192
USUAL_SIDE = 128  # largest side that is chosen without asking where the pictures differ
MOST_THREADS = 8
AT_ONCE = 4096  # files handed to the threads before the next are looked for
TOGETHER = 32  # of them that a thread takes together, since handing one over costs half as much as decoding it

Shape = tuple[int, int, int]
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class DecodedFiles:
    """One file's notes, or why it cannot be read."""

    notes: tuple[str, ...] = ()
    problem: str = ""


@source(name="folder", title="Folder of pictures, one folder for each class", reads=Reads("folder"))
class PictureFolder(Source):
    """Reads `PATH/CLASS/PICTURE`, or `PATH/train/CLASS/PICTURE` with `validation` (`val`, `valid`) and `test` beside.

    Classes are numbered in the order of their names, over all splits together; those without a picture are left out.
    Names are one class if their composed letters are the same, whatever system wrote them.
    Without `width` and `height` the pictures keep the size that more than half of them share; where there is none
    they become squares as large as the median of their shorter sides, at most 128.
    """

    path: str = Field(min_length=1, max_length=4096, description="Folder that holds the class folders")
    width: int | None = Field(None, ge=1, le=MOST_SIDE, description="Width of every picture, in pixels")
    height: int | None = Field(None, ge=1, le=MOST_SIDE, description="Height of every picture, in pixels")
    channels: Literal[1, 3] | None = Field(None, description="1 for grey, 3 for colour; by default as the pictures are")
    resize: Resize = Field("crop", description="What happens to pictures of other proportions")
    white: int | None = Field(
        None,
        ge=1,
        le=WHITE,
        description="Grey level that is white: 4095 for 12 bits in 16, 1 for masks; by default all",
    )

    @model_validator(mode="after")
    def _both_sides(self) -> PictureFolder:
        if (self.width is None) != (self.height is None):
            raise ValueError("width and height must be given together")
        return self

    @classmethod
    def claim(cls, path: Path) -> int:
        return 1 if is_folder(path) else 0

    def decode(self, path: Path) -> tuple[Pixels, tuple[str, ...]]:
        return read_picture(path, self.white)

    def fit(self, picture: Pixels, shape: tuple[int, ...]) -> Pixels:
        channels, height, width = shape
        return fit(picture, channels, height, width, self.resize)

    def load(self, folder: Path) -> Dataset:
        listing = list_pictures(locate(self.path, folder))
        if not listing.items:
            raise listing.nothing()
        shape, notes = self._shape(listing)
        pixels, decoded = self._decode(listing, shape)
        good = np.array([not each.problem for each in decoded])
        notes += _troubles(listing, decoded)
        kept = [item for item, is_good in zip(listing.items, good, strict=True) if is_good]
        return _dataset(listing, kept, pixels if good.all() else pixels[good], notes)

    def _shape(self, listing: Listing) -> tuple[Shape, list[str]]:
        """Channels, height and width of every picture, and what is to be said about it."""
        if self.channels and self.height and self.width:
            return (self.channels, self.height, self.width), []
        measured = _in_threads(_measured, [listing.root / item.path for item in listing.items])
        shapes = [shape for shape in measured if shape is not None]
        if not shapes:
            return (1, 1, 1), []  # the reasons are reported when the files are decoded
        channels = self.channels or max(shape[0] for shape in shapes)
        if self.height and self.width:
            return (channels, self.height, self.width), []
        sizes = Counter(shape[1:] for shape in shapes)
        (height, width), count = sizes.most_common(1)[0]
        if 2 * count <= len(shapes):
            height = width = min(USUAL_SIDE, int(np.median([min(size) for size in sizes.elements()])))
        notes = []
        if len(sizes) > 1:
            notes.append(
                f"The pictures have {len(sizes):,} different sizes; all were brought to {width}×{height} pixels "
                f"(resize: {self.resize}). Set width and height for another size."
            )
        return (channels, height, width), notes

    def _decode(self, listing: Listing, shape: Shape) -> tuple[Pixels, list[DecodedFiles]]:
        """All pictures in order, (N, C, H, W), and what happened to each; unreadable ones stay black."""
        count = len(listing.items)
        check_amount(listing.root, count * int(np.prod(shape)), "Set width and height to make the pictures smaller.")
        channels, height, width = shape
        pixels = zeros((count, height, width, channels)).transpose(0, 3, 1, 2)  # as the data set keeps them

        def decode(index: int) -> DecodedFiles:
            try:
                picture, notes = self.decode(listing.root / listing.items[index].path)
            except UnreadableError as error:
                return DecodedFiles(problem=error.reason)
            pixels[index] = self.fit(picture, shape)
            return DecodedFiles(notes)

        return pixels, list(_in_threads(decode, range(count)))


def _in_threads(work: Callable[[T], R], things: Sequence[T]) -> Iterator[R]:
    """The answers in the order of the things; Pillow decodes without Python's lock."""

    def work_on(some: Sequence[T]) -> list[R]:
        return [work(thing) for thing in some]

    with ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1)) as pool:
        for start in range(0, len(things), AT_ONCE):
            now = things[start : start + AT_ONCE]
            for answers in pool.map(work_on, [now[at : at + TOGETHER] for at in range(0, len(now), TOGETHER)]):
                yield from answers


def _measured(path: Path) -> Shape | None:
    try:
        return measure(path)
    except UnreadableError:
        return None


def _troubles(listing: Listing, decoded: list[DecodedFiles]) -> list[str]:
    """Notes on pictures that cannot be read, or not as they are.

    Raises:
        UnreadableError: most of them cannot be read.
    """
    bad = [
        f"{item.path} ({each.problem.rstrip('.')})"
        for item, each in zip(listing.items, decoded, strict=True)
        if each.problem
    ]
    notes = []
    if bad:
        told = f"{len(bad):,} of {len(decoded):,} pictures cannot be read: {some(bad)}"
        if 2 * len(bad) > len(decoded):
            raise UnreadableError(listing.root, told)
        notes.append(told)
    for note in dict.fromkeys(note for each in decoded for note in each.notes):
        paths = [item.path for item, each in zip(listing.items, decoded, strict=True) if note in each.notes]
        notes.append(f"{len(paths):,} of {len(decoded):,} pictures: {note}: {some(paths)}")
    return notes


def _dataset(listing: Listing, items: list[Item], pixels: Pixels, notes: list[str]) -> Dataset:
    """Puts the readable pictures into their splits and numbers the classes that have any."""
    used = {item.label for item in items}
    classes = [name for name in listing.classes if name in used]
    if empty := [name for name in listing.classes if name not in used]:
        notes.append(f"Classes without pictures, left out ({len(empty):,}): {some(empty)}")
    number = {name: index for index, name in enumerate(classes)}
    labels = np.array([number[item.label] for item in items], np.int64)
    of_split = np.array([SPLITS.index(item.split) for item in items])
    if not (of_split == 0).any():
        raise UnreadableError(listing.root, "there are no readable pictures to train with.")
    fields = {
        "image": Value(pixels.shape[1:], "map", "uint8"),
        "label": Value((), "class", "int64", class_names(classes)),
    }
    edges = np.searchsorted(of_split, range(len(SPLITS) + 1))  # the items come in the order of the splits
    splits: dict[str, dict[str, Array]] = {
        split: {"image": pixels[start:end], "label": labels[start:end]}
        for split, start, end in zip(SPLITS, edges, edges[1:], strict=False)
        if end > start
    }
    return Dataset(fields, splits, (*notes, *listing.notes, *dark_notes("image", [pixels])))
