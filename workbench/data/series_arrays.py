"""Series in numpy's files: an array N×T, or N×C×T of several dimensions, with a class for each."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from workbench.core.errors import UnreadableError, printable
from workbench.core.values import Shape, Value, shape_text
from workbench.data.array_fields import Parts
from workbench.data.array_parts import SampleArray, read_arrays
from workbench.data.chunks import heard_chunks
from workbench.data.npy_file import ArrayFile
from workbench.data.series_file import LabelledSeries, end_note, without_end
from workbench.data.spec import Array, Dataset
from workbench.data.text_table import LARGEST

NAMES = ("series", "signals", "x", "data", "values", "arr_0", "array")
FEWEST_STEPS = 8  # of an array with two axes that is taken for series
Arrange = Callable[[dict[str, LabelledSeries]], tuple[Value, dict[str, Array], list[str]]]


def holds_series(path: Path) -> bool:
    """Returns whether an .npz file holds series and no pictures: rows of numbers, and one entry for each."""
    if path.suffix.lower() != ".npz" or not zipfile.is_zipfile(path):
        return False
    try:
        with ArrayFile(path) as file:
            shapes = [(each.shape, each.dtype.kind) for each in file.headers.values() if each.is_safe]
    except UnreadableError:
        return False
    rows = [shape for shape, kind in shapes if len(shape) == 2 and shape[1] >= FEWEST_STEPS and kind == "f"]
    has_classes = any(len(shape) == 1 and shape[0] == rows[0][0] for shape, _ in shapes) if rows else False
    return has_classes and all(len(shape) < 3 for shape, _ in shapes)


def read_series_arrays(path: Path, series: str | None, label: str | None, arrange: Arrange) -> Dataset:
    """Reads a data set of series with classes.

    Args:
        path: of the .npz file.
        series: name of the array of series; found by its name and axes by default.
        label: name of the array of classes; found by its name by default.
        arrange: brings the series of all splits to one length; returns their field, values and notes.

    Raises:
        UnreadableError: the file or an array cannot be taken, or there are no classes.
        UsageError: there is no array that was named.
    """

    def converted(file: Path, name: str, parts: Parts) -> tuple[Value, dict[str, Array], list[str]]:
        found = {split: _of_array(file, name, split, array) for split, array in parts.items()}
        value, made, notes = arrange(found)
        told = [note for part in found.values() for note in part.notes]
        return value, made, [*dict.fromkeys(told), *notes]

    dataset = read_arrays(path, SampleArray("series", "series", NAMES, (2, 3), converted, _extra), series, label)
    if "label" not in dataset.fields:
        raise UnreadableError(path, "no array of it says the class of each series. Name one with label=NAME.")
    return dataset


def _of_array(file: Path, name: str, split: str, array: Array) -> LabelledSeries:
    """The series of one split, of which missing values at the end are their end."""
    if array.dtype.kind not in "buif" or array.ndim not in (2, 3):
        raise UnreadableError(
            file,
            f'"{printable(name)}" ({array.dtype}, {shape_text(array.shape)}) holds no series; numbers N×T or N×C×T are '
            "needed.",
        )
    stacked = array[:, np.newaxis] if array.ndim == 2 else array
    for some in heard_chunks(stacked):
        with np.errstate(invalid="ignore"):
            is_wrong = np.abs(stacked[some].astype(np.float64)) > LARGEST
        if is_wrong.any():
            number, channel, step = (int(each[0]) for each in np.nonzero(is_wrong))
            place = f"{name}[{some.start + number}, {channel}, {step}]"
            raise UnreadableError(file, f"a value of the {split} split is not finite; mend or drop it.", field=place)
    rows = list(stacked.reshape(-1, stacked.shape[2]).astype(np.float64))
    count, notes = 0, tuple[str, ...]()
    if stacked.dtype.kind == "f":
        rows, count = without_end(rows)
        notes = end_note(count)
    channels = stacked.shape[1]
    series = [rows[start : start + channels] for start in range(0, len(rows), channels)]
    return LabelledSeries(file, series, [], (), notes)


def _extra(dtype: np.dtype[np.generic], shape: Shape) -> int:
    """Bytes that are needed beside an array: its numbers as they are arranged, and as they are kept."""
    return 12 * int(np.prod(shape, dtype=object))
