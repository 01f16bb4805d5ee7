"""Folders of picture files, one folder for each class."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from workbench.core.errors import UnreadableError, printable
from workbench.core.files import is_folder
from workbench.core.values import Value
from workbench.data.chunks import selected
from workbench.data.class_names import class_names
from workbench.data.folder_listing import Item, Listing, list_pictures, some
from workbench.data.many_files import trouble_notes
from workbench.data.notes import dark_notes
from workbench.data.paths import locate
from workbench.data.picture_table import metadata_in, names_pictures
from workbench.data.pictures import WHITE, Pixels, read_picture
from workbench.data.placing import current
from workbench.data.sized_pictures import SizedPictures
from workbench.data.spec import SPLITS, Dataset, Reads, source
from workbench.data.splits import file_names, parted
from workbench.data.text_table import read_table


@source(name="folder", title="Folder of pictures, one folder for each class", reads=Reads("folder"))
class PictureFolder(SizedPictures):
    """Reads `PATH/CLASS/PICTURE`, or `PATH/train/CLASS/PICTURE` with `validation` (`val`, `valid`) and `test` beside.

    Classes are numbered in the order of their names, over all splits together; those without a picture are left out.
    Names are one class if their composed letters are the same, whatever system wrote them.
    Without `width` and `height` the pictures keep the size that more than half of them share; where there is none
    they become squares as large as the median of their shorter sides, at most 128.
    """

    path: str = Field(min_length=1, max_length=4096, description="Folder that holds the class folders")
    white: int | None = Field(
        None,
        ge=1,
        le=WHITE,
        description="Grey level that is white: 4095 for 12 bits in 16, 1 for masks; by default all",
    )

    @classmethod
    def claim(cls, path: Path) -> int:
        return 1 if is_folder(path) else 0

    def decode(self, path: Path, into: Any = None) -> tuple[Any, tuple[str, ...]]:
        return read_picture(path, self.white, deep=self.bits != 8, into=into)

    def load(self, folder: Path) -> Dataset:
        listing = list_pictures(locate(self.path, folder))
        if not listing.items:
            raise listing.nothing()
        paths = [listing.root / item.path for item in listing.items]
        shape, notes = self.shape_of(paths)
        of_split = _splits_of(listing)
        order = np.argsort(of_split, kind="stable")
        items, of_split = [listing.items[index] for index in order], of_split[order]
        pixels, reports = self.decode_all(
            listing.root, [paths[index] for index in order], shape, are_sizes_told=bool(notes)
        )
        notes += [*trouble_notes(listing.root, [item.path for item in items], reports), *_table_note(listing.root)]
        good = np.array([not each.problem for each in reports])
        if not good.all():
            items, of_split, pixels = list(compress(items, good)), of_split[good], selected(pixels, good)
        return _dataset(listing, items, of_split, pixels, notes)


def _table_note(root: Path) -> Iterator[str]:
    """Yields a note where a table lies beside the class folders that says something of the same pictures."""
    with suppress(UnreadableError):
        path = metadata_in(root)
        if path is not None and names_pictures(table := read_table(path)):
            yield (
                f"Beside the class folders lies {printable(path.name)}, a table of pictures "
                f"({some(table.header)[:-1]}). The classes are those of the folders; choose the data source csv to go "
                "by the table."
            )


def _splits_of(listing: Listing) -> NDArray[np.int64]:
    """The place in `SPLITS` of each picture's split, with those cut off that the folder lacks."""
    of_split = np.array([SPLITS.index(item.split) for item in listing.items], np.int64)
    number = {name: index for index, name in enumerate(listing.classes)}
    return current().assign(of_split, np.array([number[item.label] for item in listing.items]))


def _dataset(
    listing: Listing, items: list[Item], of_split: NDArray[np.int64], pixels: Pixels, notes: list[str]
) -> Dataset:
    """Puts the readable pictures into their splits and numbers the classes that have any."""
    used = {item.label for item in items}
    classes = [name for name in listing.classes if name in used]
    if empty := [name for name in listing.classes if name not in used]:
        notes.append(f"Classes without pictures, left out ({len(empty):,}): {some(empty)}")
    number = {name: index for index, name in enumerate(classes)}
    labels = np.array([number[item.label] for item in items], np.int64)
    if not (of_split == 0).any():
        raise UnreadableError(listing.root, "there are no readable pictures to train with.")
    fields = {
        "image": Value(pixels.shape[1:], "map", pixels.dtype.name),
        "label": Value((), "class", "int64", class_names(classes)),
    }
    return Dataset(
        fields,
        parted(of_split, {"image": pixels, "label": labels}),
        (*notes, *listing.notes, *dark_notes("image", [pixels])),
        files=file_names(of_split, [item.path for item in items]),
    )
