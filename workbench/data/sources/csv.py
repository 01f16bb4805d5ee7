"""Tables of picture files with a class, several labels, or numbers for each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field

from workbench.core.errors import UnreadableError
from workbench.core.files import is_folder, listed
from workbench.core.values import Value
from workbench.data.chunks import selected
from workbench.data.class_names import class_names, composed
from workbench.data.folder_listing import some
from workbench.data.many_files import trouble_notes
from workbench.data.notes import dark_notes
from workbench.data.paths import locate
from workbench.data.picture_table import (
    MOST_CLASSES,
    TABLES,
    Rows,
    meaning_of,
    metadata_in,
    names_pictures,
    numbers_of,
    read_rows,
    split_numbers,
    tags_of,
)
from workbench.data.pictures import SUFFIXES
from workbench.data.placing import current
from workbench.data.sized_pictures import SizedPictures
from workbench.data.spec import SPLITS, Array, Dataset, Reads, source
from workbench.data.splits import file_names, parted
from workbench.data.text_table import read_table


@source(
    name="csv", title="Table of pictures with classes, labels or numbers",
    reads=Reads("either", "Tables of pictures", ("*.csv", "*.tsv")),
)  # fmt: skip
class PictureTable(SizedPictures):
    """Reads a table with a column of picture files and one or more of what is known about them.

    One column of classes becomes the field `label`; columns of 0 and 1, or labels parted by bars, become `labels`, a
    vector; numbers become `value`. A column `split` says which rows are for the test; else `test.csv` beside
    `train.csv` does, or the folder that a `metadata.csv` is in.
    """

    path: str = Field(min_length=1, max_length=4096, description="The table, or the folder of a metadata.csv")
    file: str | None = Field(None, max_length=200, description="Column of the picture files; guessed by default")
    label: str | None = Field(
        None, max_length=2000, description="Column of the labels, or several with commas between; guessed by default"
    )
    what: Literal["auto", "class", "labels", "value"] = Field(
        "auto", description="What the labels are: one class, several labels of 0 and 1, or numbers"
    )

    @classmethod
    def claim(cls, path: Path) -> int:
        is_dir = is_folder(path)
        try:
            table = metadata_in(path) if is_dir else path
            if table is None or table.suffix.lower() not in TABLES:
                return 0
            found = read_table(table)
            if is_dir and not found.find(("file_name",)):  # class folders may have a table beside them
                has_loose = any(each.suffix.lower() in SUFFIXES for each in listed(path))
                return 2 if has_loose and names_pictures(found) else 0
        except UnreadableError:
            return 0
        return 2 if names_pictures(found) else 0

    def load(self, folder: Path) -> Dataset:
        place = locate(self.path, folder)
        rows = read_rows(place, file=self.file, label=self.label)
        name, value, labels, notes = self._labels(place, rows)
        if is_folder(place):  # where the table was looked for
            tables = some(dict.fromkeys(path.name for path, _ in rows.places))[:-1]
            notes = [f"What is known of each picture stands in {tables} (column {some(rows.columns)[:-1]}).", *notes]
        current().reads(rows.paths)
        shape, more = self.shape_of(rows.paths)
        pixels, reports = self.decode_all(place, rows.paths, shape, are_sizes_told=bool(more))
        root = place if is_folder(place) else place.parent
        names = [str(path.relative_to(root)) if path.is_relative_to(root) else str(path) for path in rows.paths]
        notes = [*more, *trouble_notes(place, names, reports), *rows.notes, *notes]
        splits = np.array(split_numbers(rows, SPLITS))
        kept = np.array([not each.problem for each in reports])
        order = np.flatnonzero(kept)[np.argsort(splits[kept], kind="stable")]
        if not (splits[order] == 0).any():
            raise UnreadableError(place, "there are no readable pictures to train with.")
        if not np.array_equal(order, np.arange(len(pixels))):
            pixels, labels, splits = selected(pixels, order), labels[order], splits[order]
        fields = {"image": Value(pixels.shape[1:], "map", pixels.dtype.name), name: value}
        notes += dark_notes("image", [pixels])
        files = file_names(splits, [names[row] for row in order])
        return Dataset(fields, parted(splits, {"image": pixels, name: labels}), tuple(notes), files=files)

    def _labels(self, place: Path, rows: Rows) -> tuple[str, Value, Array, list[str]]:
        """The field of what is known, its values, and what was understood."""
        what = self.what if self.what != "auto" else meaning_of(rows)
        columns = some(rows.columns)[:-1]
        if what == "class":
            if len(rows.columns) > 1:
                raise UnreadableError(place, f"a class is one column, but there are {len(rows.columns)}: {columns}.")
            return _classes(place, rows)
        if what == "labels":
            tags, names = tags_of(rows)
            note = f"labels has {len(names)} numbers of 0 and 1, in this order: {some(names)}"
            value = Value((len(names),), "vector", classes=class_names(names))
            return "labels", value, np.array(tags, np.float32), [note]
        numbers = np.array(numbers_of(rows), np.float32)
        note = f"The numbers of {columns} became the field value; what=class makes them classes."
        if len(rows.columns) == 1:
            return "value", Value((), "scalar"), numbers[:, 0], [note]
        return "value", Value(numbers.shape[1:], "vector"), numbers, [note]


def _classes(place: Path, rows: Rows) -> tuple[str, Value, Array, list[str]]:
    cells = [composed(row[0]) for row in rows.cells]
    names = sorted(set(cells), key=lambda cell: (0, int(cell), "") if _is_whole(cell) else (1, 0, cell))
    if len(names) > MOST_CLASSES:
        told = f"the column {rows.columns[0]} has {len(names):,} different classes; at most {MOST_CLASSES:,} are taken."
        raise UnreadableError(place, f"{told} For numbers to predict say what=value.")
    number = {name: index for index, name in enumerate(names)}
    labels = np.array([number[cell] for cell in cells], np.int64)
    notes = []
    if all(_is_whole(name) for name in names):
        notes.append(f"The numbers of {rows.columns[0]} became classes; what=value makes them numbers to predict.")
    return "label", replace(Value((), "class", "int64"), classes=class_names(names)), labels, notes


def _is_whole(cell: str) -> bool:
    return cell.isascii() and cell.removeprefix("-").isdigit() and len(cell) < 18
