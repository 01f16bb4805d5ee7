"""Turns arrays of unknown making into fields: pictures, classes, and numbers to predict."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from pathlib import Path

import numpy as np

from workbench.core.errors import UnreadableError, printable
from workbench.core.values import Shape, Value, shape_text
from workbench.data.chunks import heard_chunks
from workbench.data.class_names import class_names, composed
from workbench.data.spec import Array

MOST_CLASSES = 1000
VOLUMES = " For volumes choose the data source volumes, for clips clips."
Parts = Mapping[str, Array]  # split → samples along axis 0
Fields = tuple[Value, dict[str, Array]]


def images(file: Path, name: str, parts: Parts) -> tuple[Value, dict[str, Array], list[str]]:
    """Makes pictures, channels first.

    Args:
        file: named in errors.
        name: of the array, for errors.
        parts: for each split (N, H, W), (N, H, W, C) or (N, C, H, W) with C = 1 or 3; they are taken over, and changed
            in place where that saves a copy.

    Returns:
        The field, the arrays (N, C, H, W) and notes. Whole numbers 0…255 and truth values become bytes (0 and 1 alone
        become 0 and 255), fractions 0…1 stay float32.

    Raises:
        UnreadableError: the shape is no picture's, or a value is out of range or not finite.
    """
    kinds = {array.dtype.kind for array in parts.values()}
    notes = []
    if not kinds <= set("buif"):
        raise UnreadableError(file, f'"{printable(name)}" does not hold numbers, so it cannot be the pictures.')
    if "f" in kinds:
        _check_finite(file, name, parts)
    ranges = [_range(array) for array in parts.values()]
    low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
    if "f" in kinds:
        if not 0 <= low <= high <= 1:
            raise UnreadableError(file, _out_of_range(name, low, high, "fractions from 0 to 1"))
        made = {split: array.astype(np.float32, copy=False) for split, array in parts.items()}
    else:
        if not 0 <= low <= high <= 255:
            raise UnreadableError(file, _out_of_range(name, low, high, "whole numbers from 0 to 255"))
        made = {split: array.astype(np.uint8, copy=False) for split, array in parts.items()}
        if high <= 1:
            for array in made.values():
                np.multiply(array, np.uint8(255), out=array)  # in place: there may be no room for another copy
            notes.append(f'"{printable(name)}" holds only 0 and 1, which became 0 and 255.')
    made = {split: _channels_first(file, name, array) for split, array in made.items()}
    return Value(_common_shape(file, name, made), "map", "float32" if "f" in kinds else "uint8"), made, notes


def several_labels(array: Array) -> tuple[Value, Array] | None:
    """Returns which labels each sample has, of an array of several whole numbers for each; None if it is not one.

    Args:
        array: (N, k), such as the digits that are seen in a clip.

    Returns:
        The field, a vector of 0 and 1 for each number that occurs, and its values (N, labels).
    """
    if array.ndim != 2 or array.dtype.kind not in "iu" or array.shape[1] < 2 or not array.size:
        return None
    numbers = np.unique(array)
    if len(numbers) > MOST_CLASSES or len(numbers) < 2:
        return None
    found = (array[:, :, None] == numbers).any(1).astype(np.float32)
    return Value((len(numbers),), "vector", classes=class_names([str(number) for number in numbers])), found


def _common_shape(file: Path, name: str, parts: Parts) -> Shape:
    shapes = {array.shape[1:] for array in parts.values()}
    if len(shapes) > 1:
        told = " and ".join(shape_text(shape) for shape in sorted(shapes))
        raise UnreadableError(file, f'the splits of "{printable(name)}" have pictures of different sizes: {told}.')
    return shapes.pop()


def _out_of_range(name: str, low: float, high: float, wanted: str) -> str:
    return f'"{printable(name)}" has values from {low:g} to {high:g}; pictures need {wanted}. Scale them before saving.'


def _check_finite(file: Path, name: str, parts: Parts) -> None:
    for split, array in parts.items():
        if index := _first_not_finite(array):
            place = f"{name}[{', '.join(map(str, index))}]"
            value = array[index]
            raise UnreadableError(file, f"the value is {value} (in the {split} split); mend or drop it.", field=place)


def _first_not_finite(array: Array) -> tuple[int, ...]:
    """Index of the first NaN or infinity; empty if there is none."""
    for some in heard_chunks(array):
        flat = ~np.isfinite(array[some])
        if flat.any():
            first, *others = np.unravel_index(int(flat.argmax()), flat.shape)
            return (some.start + int(first), *map(int, others))
    return ()


def _range(array: Array) -> tuple[float, float]:
    """The smallest and the largest value."""
    found = [(float(array[some].min()), float(array[some].max())) for some in heard_chunks(array)]
    return min(low for low, _ in found), max(high for _, high in found)


def _channels_first(file: Path, name: str, array: Array) -> Array:
    """(N, C, H, W); where both ends could be the channels, they are taken to stand last."""
    if array.ndim == 3:
        return array[:, np.newaxis]
    if array.ndim == 4 and array.shape[3] in (1, 3):
        return array.transpose(0, 3, 1, 2)  # which lies as data sets keep pictures, channels last
    if array.ndim == 4 and array.shape[1] in (1, 3):
        return array
    raise UnreadableError(
        file,
        f'"{printable(name)}" has the shape {"×".join(map(str, array.shape))}; pictures need N×H×W, or N×H×W×C '
        f"or N×C×H×W with 1 or 3 channels.{VOLUMES if array.ndim == 4 else ''}",
    )


def converted_bytes(dtype: np.dtype[np.generic], shape: Shape, *, are_pictures: bool) -> int:
    """Returns how much memory `images` or `numbers` take beside an array of that type and shape."""
    count = prod(shape)
    if dtype.kind == "f":
        return 0 if dtype == np.float32 else 4 * count
    if are_pictures:
        return 0 if dtype == np.uint8 else count
    return 4 * count


def labels(name: str, parts: Parts) -> tuple[Fields, list[str]] | None:
    """Makes classes of what is called a label: whole numbers, texts, one-hot rows, or floats that are all whole.

    Returns:
        The field with its arrays, and notes on what was understood; None if it cannot be classes.
    """
    made = _one_hot(parts)
    if made is not None:
        count = next(iter(parts.values())).shape[1]
        value = Value((), "class", "int64", tuple(map(str, range(count))))
        return (value, made), [f'"{printable(name)}" is one-hot: its {count} columns became classes.']
    if all(array.dtype.kind == "f" for array in parts.values()):
        if not all(bool((np.rint(array) == array).all()) for array in parts.values()):
            return None
        whole = {split: array.astype(np.int64) for split, array in parts.items()}
        note = (
            f'"{printable(name)}" holds whole numbers as floats, which became classes. With label= they stay numbers.'
        )
        return None if (found := classes(whole)) is None else (found, [note])
    return None if (found := classes(parts)) is None else (found, [])


def _one_hot(parts: Parts) -> dict[str, Array] | None:
    """The columns of the ones where every row is zeros but for a single one; None elsewhere."""
    widths = {array.shape[1:] for array in parts.values()}
    if len(widths) != 1 or any(array.dtype.kind not in "buif" for array in parts.values()):
        return None
    width = widths.pop()
    if len(width) != 1 or not 2 <= width[0] <= MOST_CLASSES:
        return None
    for array in parts.values():
        if not ((array != 0).sum(axis=1) == 1).all() or not ((array == 1).sum(axis=1) == 1).all():
            return None
    return {split: array.argmax(axis=1).astype(np.int64) for split, array in parts.items()}


def classes(parts: Parts) -> Fields | None:
    """Makes classes of whole numbers, texts or truth values, (N,) or (N, 1).

    The classes are the different values of all splits, sorted, and are named by them; their numbers are 0, 1, ...
    None if the arrays are no classes: other types or shapes, or more than 1,000 different values.
    """
    if any(array.dtype.kind not in "buiU" or array.shape[1:] not in ((), (1,)) for array in parts.values()):
        return None
    values = {split: _composed(array) if array.dtype.kind == "U" else array for split, array in parts.items()}
    found = np.unique(np.concatenate([np.unique(array) for array in values.values()]))
    if len(found) > MOST_CLASSES:
        return None
    made = {split: np.searchsorted(found, array.reshape(-1)).astype(np.int64) for split, array in values.items()}
    return Value((), "class", "int64", class_names(map(str, found))), made


def _composed(texts: Array) -> Array:
    """The same texts with composed letters, so that one name is one class whatever system wrote it."""
    different, where = np.unique(texts, return_inverse=True)
    return np.array([composed(str(text)) for text in different])[where.reshape(-1)]


def numbers(parts: Parts) -> Fields | str:
    """Makes numbers to predict: a scalar of (N,), a vector of (N, K), as float32.

    Returns:
        The field with its arrays; or why it cannot be one, as the end of a sentence.
    """
    if any(array.dtype.kind not in "buif" for array in parts.values()):
        return "it does not hold numbers"
    shapes = {array.shape[1:] for array in parts.values()}
    if len(shapes) > 1:
        return "its shape differs between the splits"
    if len(next(iter(shapes))) > 1:
        return f"it has {len(next(iter(shapes)))} axes for each picture; at most 1 is taken"
    with np.errstate(over="ignore"):
        made = {split: array.astype(np.float32, copy=False) for split, array in parts.items()}
    for split, array in made.items():
        if index := _first_not_finite(array):
            return f"the value [{', '.join(map(str, index))}] of the {split} split is not finite in single precision"
    shape = shapes.pop()
    return Value(shape, "vector" if shape else "scalar", "float32"), made
