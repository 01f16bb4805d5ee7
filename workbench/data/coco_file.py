"""COCO's file of annotations: which pictures there are, and which objects are in them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from workbench.core.errors import UnreadableError, printable
from workbench.core.files import read_bytes
from workbench.data.drawn_objects import ObjectOutline, Polygon, Runs, compressed_runs

LARGEST = 2**29  # bytes of a file
MOST_PIXELS = 50_000_000  # of a picture, as for the pictures themselves


@dataclass
class CocoFile:
    """What a file says.

    Attributes:
        path: of the file.
        categories: name of each category, by its id.
        names: file of each picture, by its id.
        sizes: height and width of each picture, by its id.
        objects: category and outline of each object, by its picture's id; outlines have the number 0.
        boxes: how many objects have a box alone.
    """

    path: Path
    categories: dict[Any, str] = field(default_factory=dict)
    names: dict[Any, str] = field(default_factory=dict)
    sizes: dict[Any, tuple[int, int]] = field(default_factory=dict)
    objects: dict[Any, list[tuple[Any, ObjectOutline]]] = field(default_factory=dict)
    boxes: int = 0


def read_coco(path: Path) -> CocoFile:
    """Reads a file of annotations.

    Raises:
        UnreadableError: it is no such file, or something in it is wrong; names the place.
    """
    try:
        data = json.loads(read_bytes(path, LARGEST))
    except (ValueError, RecursionError) as error:
        raise UnreadableError(path, f"it is not JSON ({printable(error)}).") from None
    if not isinstance(data, dict) or not all(isinstance(data.get(key), list) for key in ("images", "annotations")):
        raise UnreadableError(path, 'COCO annotations need the lists "images", "annotations" and "categories".')
    found = CocoFile(path)
    for place, each in _entries(path, data, "categories"):
        found.categories[_key(path, each, "id", place)] = _text(path, each, "name", place)
    for place, each in _entries(path, data, "images"):
        key = _key(path, each, "id", place)
        if key in found.names:
            raise UnreadableError(path, f"two pictures have the id {printable(key)}.", field=place)
        found.names[key] = _text(path, each, "file_name", place)
        found.sizes[key] = (_side(path, each, "height", place), _side(path, each, "width", place))
        if found.sizes[key][0] * found.sizes[key][1] > MOST_PIXELS:
            raise UnreadableError(path, f"the picture claims more than {MOST_PIXELS:,} pixels.", field=place)
    for place, each in _entries(path, data, "annotations"):
        _add(found, place, each)
    return found


def _add(found: CocoFile, place: str, each: Mapping[str, Any]) -> None:
    """Adds one object."""
    picture, category = (_key(found.path, each, key, place) for key in ("image_id", "category_id"))
    for key, known in (("image_id", found.names), ("category_id", found.categories)):
        if each[key] not in known:
            raise UnreadableError(found.path, f"there is nothing with the id {printable(each[key])}.",
                                  field=f"{place}.{key}")  # fmt: skip
    outline = _outline(found, place, each, found.sizes[picture])
    found.boxes += outline.runs is None and not outline.polygons
    found.objects.setdefault(picture, []).append((category, outline))


def _outline(found: CocoFile, place: str, each: Mapping[str, Any], size: tuple[int, int]) -> ObjectOutline:
    segmentation = each.get("segmentation")
    if isinstance(segmentation, dict):
        return ObjectOutline(0, (0, 0, 0, 0), runs=_runs(found.path, segmentation, f"{place}.segmentation", size))
    if segmentation:
        if not isinstance(segmentation, list):
            raise UnreadableError(found.path, "it is neither polygons nor run lengths.", field=f"{place}.segmentation")
        polygons = tuple(
            _polygon(found.path, points, f"{place}.segmentation[{number}]")
            for number, points in enumerate(segmentation)
        )
        return ObjectOutline(0, (0, 0, 0, 0), polygons)
    left, top, width, height = _numbers(found.path, each.get("bbox"), f"{place}.bbox", 4)
    if width < 0 or height < 0:
        raise UnreadableError(found.path, "a box has a negative side.", field=f"{place}.bbox")
    return ObjectOutline(0, (left, top, width, height))


def _polygon(path: Path, points: Any, place: str) -> Polygon:
    found = _numbers(path, points, place)
    if len(found) < 6 or len(found) % 2:
        raise UnreadableError(path, f"a polygon needs x and y of at least 3 corners, not {len(found)} numbers.",
                              field=place)  # fmt: skip
    return found


def _runs(path: Path, given: Mapping[str, Any], place: str, size: tuple[int, int]) -> Runs:
    counts = given.get("counts")
    try:
        runs = compressed_runs(counts) if isinstance(counts, str) else counts
    except ValueError:
        raise UnreadableError(path, "its compressed run lengths are damaged.", field=place) from None
    if given.get("size") != list(size):
        told = printable(given.get("size"))
        raise UnreadableError(path, f"its size is {told}, but that of the picture {list(size)}.", field=place)
    if not isinstance(runs, list) or not all(type(each) is int and 0 <= each <= MOST_PIXELS for each in runs):
        raise UnreadableError(path, "its run lengths are no whole numbers from 0 on.", field=place)
    if sum(runs) != size[0] * size[1]:
        raise UnreadableError(
            path, f"its run lengths cover {sum(runs):,} pixels, but the picture has {size[0] * size[1]:,}.", field=place
        )
    return np.array(runs, np.int64)


def _entries(path: Path, data: Mapping[str, Any], key: str) -> list[tuple[str, Mapping[str, Any]]]:
    """The objects of a list, each with its place."""
    given = data.get(key)
    if not isinstance(given, list):
        raise UnreadableError(path, "this must be a list.", field=key)
    for number, each in enumerate(given):
        if not isinstance(each, dict):
            raise UnreadableError(path, "this must be an object.", field=f"{key}[{number}]")
    return [(f"{key}[{number}]", each) for number, each in enumerate(given)]


def _key(path: Path, each: Mapping[str, Any], name: str, place: str) -> Any:
    if not isinstance(each.get(name), (int, str)):
        raise UnreadableError(path, "a number is needed.", field=f"{place}.{name}")
    return each[name]


def _text(path: Path, each: Mapping[str, Any], name: str, place: str) -> str:
    value = each.get(name)
    if not isinstance(value, str) or not value:
        raise UnreadableError(path, "a text is needed.", field=f"{place}.{name}")
    return value


def _side(path: Path, each: Mapping[str, Any], name: str, place: str) -> int:
    value = each.get(name)
    if type(value) is not int or value < 1:
        raise UnreadableError(path, "a whole number from 1 on is needed.", field=f"{place}.{name}")
    return value


def _numbers(path: Path, given: Any, place: str, count: int | None = None) -> tuple[float, ...]:
    if not isinstance(given, list) or (count is not None and len(given) != count):
        what = "a list of numbers" if count is None else f"a list of {count} numbers"
        raise UnreadableError(path, f"{what} is needed.", field=place)
    for each in given:
        if type(each) not in (int, float) or not math.isfinite(each) or abs(each) > 1e6:
            raise UnreadableError(path, f"{printable(each)} is no coordinate.", field=place)
    return tuple(float(each) for each in given)
