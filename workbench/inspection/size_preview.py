"""What the size settings of a source make of some of its pictures, before everything is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import UnreadableError
from workbench.core.files import exists, is_folder
from workbench.data.cuts import squares
from workbench.data.paths import locate
from workbench.data.pictures import fit
from workbench.data.pixels import as_rgb
from workbench.data.sized_pictures import SizedPictures
from workbench.inspection.predicting import files_in

Pixels = NDArray[np.uint8]

COUNT = 3
MOST_LISTED = 1_000  # files among which the pictures are chosen, and by which a size is found where none is set
LINE = 1 / 80  # of a picture's longer side: how thick the lines are along which it is cut
CUT = (255, 160, 60)


@dataclass(frozen=True)
class SizedPicture:
    """One picture before and after.

    Attributes:
        name: of its file.
        whole: (H, W, 3) bytes, as the file has it.
        made: (H, W, 3) bytes, as the data has it; with the lines along which it is cut into squares.
        size: what `whole` is, in words.
        becomes: what `made` is, in words.
    """

    name: str
    whole: Pixels
    made: Pixels
    size: str
    becomes: str


def size_preview(source: SizedPictures, folder: Path, count: int = COUNT) -> list[SizedPicture]:
    """Returns some pictures of a source as its settings bring them to the size of samples; none where it has no files.

    Args:
        source: with its settings; its own way of decoding and resizing is used.
        folder: the project's folder, which relative paths start from.
        count: how many, evenly among the first `MOST_LISTED` files.

    Raises:
        UnreadableError: a folder cannot be read.
    """
    place = locate(source.path, folder)
    is_there = bool(source.path) and exists(place)
    root = place if is_folder(place) else place.parent  # a table has its pictures beside it
    found = list(islice(files_in(root), MOST_LISTED)) if is_there else []
    paths = source.inputs_among(found, root)
    if not paths:
        return []
    is_guessed = source.cut_side is None and not (source.width and source.height)
    shape, _ = source.shape_of(paths) if source.cut_side is None else ((source.channels or 3, 0, 0), [])
    partly = f", by the first {MOST_LISTED:,} files" if is_guessed and len(found) == MOST_LISTED else ""
    count = min(count, len(paths))
    pictures = []
    for path in [paths[(2 * number + 1) * len(paths) // (2 * count)] for number in range(count)]:
        try:
            picture, _ = source.decode(path)
        except UnreadableError:
            continue
        made, becomes = _cut(source, picture) if source.cut_side else _whole(source, picture, shape)
        whole = as_rgb(picture)
        if whole is not None and made is not None:
            pictures.append(SizedPicture(path.name, whole, made, _size(whole), becomes + partly))
    return pictures


def _size(picture: Pixels) -> str:
    return f"{picture.shape[1]}×{picture.shape[0]}"


def _whole(source: SizedPictures, picture: Any, shape: Sequence[int]) -> tuple[Pixels | None, str]:
    made = as_rgb(source.fit(picture, tuple(shape)))
    return made, _size(made) if made is not None else ""


def _cut(source: SizedPictures, picture: Any) -> tuple[Pixels | None, str]:
    """The picture at the size that it is cut at, with lines, and how many squares it gives."""
    side = source.cut_side
    assert side is not None
    height, width = source.whole_size((picture.shape[1], picture.shape[2]))
    made = as_rgb(fit(picture, source.channels or len(picture), height, width, source.resize))
    (corners,) = squares(3, [(height, width)], side, source.cut_overlap).corners
    if made is None or not corners:
        return made, f"left out: smaller than {side}×{side}"
    made = made.copy()  # what is decoded is perhaps read only
    thick = max(1, round(max(height, width) * LINE))
    for y, x in corners:
        for inner in (made[y : y + thick, x : x + side], made[y : y + side, x : x + thick]):
            inner[:] = CUT
    made[-thick:], made[:, -thick:] = CUT, CUT
    return made, f"{len(corners):,} square{'s' * (len(corners) > 1)} of {side}×{side}"
