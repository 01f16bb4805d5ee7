"""How pictures become samples: each as a whole, or cut into squares; and which pictures are held out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from workbench.core.seeds import stream_seed
from workbench.data.sized_pictures import Shape

HELD_OUT = 0.15  # of the pictures, for the validation and for the test each
Corner = tuple[int, int]


@dataclass(frozen=True)
class Cuts:
    """Which samples are made of which picture.

    Attributes:
        shape: of a sample.
        sizes: height and width that each picture is brought to before it is cut; None where it is left out.
        corners: top and left of each sample in its picture.
        notes: what a person should know about it.
    """

    shape: Shape
    sizes: list[tuple[int, int] | None]
    corners: list[list[Corner]]
    notes: list[str] = field(default_factory=list)

    @property
    def starts(self) -> NDArray[np.int64]:
        """The number of the first sample of each picture, and at the end how many there are."""
        return np.cumsum([0, *(len(each) for each in self.corners)], dtype=np.int64)

    def finder(self) -> Callable[[int], tuple[int, tuple[slice, slice]]]:
        """Returns what finds for the number of a sample its picture, and its rows and columns in it."""
        starts, (_, height, width) = self.starts, self.shape

        def find(sample: int) -> tuple[int, tuple[slice, slice]]:
            index = int(np.searchsorted(starts, sample, "right")) - 1
            y, x = self.corners[index][sample - int(starts[index])]
            return index, (slice(y, y + height), slice(x, x + width))

        return find


def whole(shape: Shape, count: int, notes: list[str]) -> Cuts:
    """Returns the cuts that make one sample of each picture."""
    return Cuts(shape, [shape[1:]] * count, [[(0, 0)]] * count, notes)


def squares(channels: int, sizes: Sequence[tuple[int, int] | None], side: int, overlap: int) -> Cuts:
    """Returns the cuts that make squares of each picture, row by row.

    The last of a row or column ends with the picture, so that nothing of it is lost: there neighbours overlap more.

    Args:
        channels: of a sample.
        sizes: height and width of each picture; None where that is not known.
        side: of a square, in pixels.
        overlap: of neighbours, in pixels.
    """
    corners: list[list[Corner]] = []
    for size in sizes:
        rows, columns = (starts(length, side, overlap) for length in size or (0, 0))
        corners.append([(y, x) for y in rows for x in columns])
    made, cut = sum(map(len, corners)), sum(map(bool, corners))
    notes = [f"{made:,} squares of {side}×{side} pixels were cut from {cut:,} pictures."]
    return Cuts((channels, side, side), list(sizes), corners, notes)


def starts(length: int, side: int, overlap: int) -> list[int]:
    """Returns where squares begin along one side of a picture; the last one ends with it.

    Args:
        length: of the side, in pixels.
        side: of a square.
        overlap: of neighbours.
    """
    if length < side:
        return []
    return sorted({*range(0, length - side + 1, side - overlap), length - side})


def held_out(splits: Sequence[str], seed: int) -> tuple[list[str], list[str]]:
    """Draws pictures for the validation and the test where there are none, so that no picture has samples in two parts.

    Args:
        splits: of each picture.
        seed: of the draw.

    Returns:
        The split of each picture, and notes on what was drawn.
    """
    made = list(splits)
    wanted = ["validation"] if "validation" not in splits else []
    if set(splits) == {"train"}:
        wanted.append("test")
    notes = []
    train = [index for index, split in enumerate(splits) if split == "train"]
    order = np.random.default_rng(stream_seed(seed, "held out")).permutation(train)
    count = max(1, round(HELD_OUT * len(train)))
    for name in wanted:
        if len(order) <= count:
            notes.append(f"There are too few pictures for a {name} split of pictures of its own.")
            continue
        for index in order[:count]:
            made[index] = name
        order = order[count:]
        pictures = "1 picture is" if count == 1 else f"{count:,} pictures are"
        notes.append(f"{pictures} kept for the {name}, with all squares of {'it' if count == 1 else 'each'}.")
    return made, notes
