"""What sources have in common whose pictures have outlined objects: a mask of their classes, a class, or labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import compress
from math import prod
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import Field

from workbench.core.errors import UnreadableError
from workbench.core.values import Value
from workbench.data.chunks import selected, zeros
from workbench.data.class_names import class_names
from workbench.data.drawn_objects import ObjectOutline, drawn
from workbench.data.folder_listing import some
from workbench.data.many_files import FileReport, in_threads, looked_at, trouble_notes
from workbench.data.mask_files import NOTHING, fit_levels
from workbench.data.notes import dark_notes
from workbench.data.pictures import Pixels, has_border, measure
from workbench.data.placing import current
from workbench.data.sized_pictures import (
    SMALLER,
    Shape,
    SizedPictures,
    blank,
    measured,
    stored,
    streamed_pictures,
)
from workbench.data.spec import SPLITS, Array, Dataset
from workbench.data.splits import file_names, parted
from workbench.data.streamed import StreamedSamples

BACKGROUND = "background"


@dataclass(frozen=True)
class ObjectPicture:
    """A picture with its objects.

    Attributes:
        path: of the picture.
        split: that it is of.
        objects: in it; their classes are numbers from 0.
        size: height and width that their coordinates are of; (1, 1) where they are shares.
    """

    path: Path
    split: str
    objects: tuple[ObjectOutline, ...]
    size: tuple[float, float] = (1.0, 1.0)


class ObjectPictures(SizedPictures):
    """Options of sources whose pictures have objects, and the data set that is made of them."""

    what: Literal["mask", "label", "labels"] = Field(
        "mask",
        description="A mask of the objects' classes, for each picture the class of its largest object, or labels: all "
        "classes that it has objects of",
    )

    def made(self, root: Path, pictures: Sequence[ObjectPicture], names: Sequence[str], notes: list[str]) -> Dataset:
        """Reads the pictures and draws their objects.

        Args:
            root: named in errors.
            pictures: to be read, in any order.
            names: of the classes; those that no object has are left out.
            notes: of the source.

        Raises:
            UnreadableError: most pictures cannot be read, there are none to train with, or they need too much memory.
        """
        taken = sorted(pictures, key=lambda each: SPLITS.index(each.split))
        bare = [each.path.name for each in taken if not each.objects]
        if self.what == "label":
            taken = [replace(each, objects=(_largest(each),)) for each in taken if each.objects]
        if bare:
            told = {"label": "are left out", "labels": "have no label", "mask": "are background throughout"}[self.what]
            notes.append(f"Pictures without an object, which {told} ({len(bare):,}): {some(bare)}")
        used = sorted({each.number for picture in taken for each in picture.objects})
        if unused := [name for number, name in enumerate(names) if number not in used]:
            notes.append(f"Classes without an object, left out ({len(unused):,}): {some(unused)}")
        number = {old: new for new, old in enumerate(used)}
        taken = [
            replace(each, objects=tuple(replace(one, number=number[one.number]) for one in each.objects))
            for each in taken
        ]
        if not any(each.split == "train" for each in taken):
            raise UnreadableError(root, "there are no pictures to train with.")
        return self._dataset(root, taken, [names[old] for old in used], notes)

    def _dataset(self, root: Path, pictures: list[ObjectPicture], names: list[str], notes: list[str]) -> Dataset:
        paths = [each.path for each in pictures]
        current().reads(paths)
        shape, more = self.shape_of(paths)
        value: Value
        answers: Array
        if self.what != "mask":
            pixels, reports = self.decode_all(root, paths, shape, are_sizes_told=bool(more))
            answers, value = _classes(pictures, names) if self.what == "label" else _labels(pictures, names)
        else:
            pixels, answers, reports = self._drawn(root, pictures, shape)
            value = Value(shape[1:], "mask", "int64", class_names((BACKGROUND, *names)))
        told = [str(path.relative_to(root)) if path.is_relative_to(root) else str(path) for path in paths]
        notes = [*more, *trouble_notes(root, told, reports), *notes]
        splits = np.array([SPLITS.index(each.split) for each in pictures])
        kept = np.array([not each.problem for each in reports])
        if not kept.all():
            pixels, answers, splits = selected(pixels, kept), selected(answers, kept), splits[kept]
        if not (splits == 0).any():
            raise UnreadableError(root, "there are no readable pictures to train with.")
        readable = [path for path, is_kept in zip(paths, kept, strict=True) if is_kept]
        if self.what == "mask" and self._have_borders(readable, shape):
            void = len(names) + 1
            notes.append(f'The borders around pictures have the class {void}, "void"; set ignore_index={void}.')
            value = replace(value, classes=class_names((BACKGROUND, *names, "void")))
        fields = {"image": Value(pixels.shape[1:], "map", pixels.dtype.name), self.what: value}
        notes += dark_notes("image", [pixels])
        files = file_names(splits, list(compress(told, kept)))
        return Dataset(fields, parted(splits, {"image": pixels, self.what: answers}), tuple(notes), files=files)

    def _drawn(self, root: Path, pictures: list[ObjectPicture], shape: Shape) -> tuple[Pixels, Array, list[FileReport]]:
        """Pictures and masks; the borders that pictures were given have the class behind all others."""
        _, height, width = shape
        count, is_deep = len(pictures), self.is_deep([each.path for each in pictures])
        amount = count * (prod(shape) * (4 if is_deep else 1) + 8 * height * width)
        void = 2 + max((one.number for each in pictures for one in each.objects), default=-1)
        if current().decide(root, amount, SMALLER, can_stream=True) == "files":
            return self._streamed_drawn(pictures, shape, void, is_deep=is_deep)
        pixels = blank(count, shape, is_deep=is_deep)
        masks = zeros((count, height, width * 8)).view(np.int64)

        def read(index: int) -> FileReport:
            try:
                picture, notes = self.decode(pictures[index].path)
                masks[index] = self._mask(pictures[index], picture.shape[1:], (height, width), void)
            except UnreadableError as error:
                return FileReport(problem=error.reason)
            pixels[index], more = stored(self.fit(picture, shape), is_deep=is_deep)
            return FileReport((*notes, *more))

        return pixels, masks, list(in_threads(read, range(count)))

    def _streamed_drawn(
        self, pictures: list[ObjectPicture], shape: Shape, void: int, *, is_deep: bool
    ) -> tuple[Pixels, Array, list[FileReport]]:
        """Pictures that are read, and masks that are drawn, whenever they are wanted; only headers are looked at."""
        size, paths = shape[1:], [each.path for each in pictures]

        def read(index: int) -> Any:
            return stored(self.fit(self.decode(paths[index])[0], shape), is_deep=is_deep)[0]

        def draw(index: int) -> Any:
            return self._mask(pictures[index], measure(paths[index])[1:], size, void)

        def look(picture: ObjectPicture) -> None:
            _check_size(picture, measure(picture.path)[1:])

        numbers = np.arange(len(paths), dtype=np.int64)
        masks = StreamedSamples(
            draw, size, self.identity(size, paths, f" {void} objects"), numbers, np.int64
        ).as_array()
        pixels = streamed_pictures(read, shape, self.identity(shape, paths), len(paths), is_deep=is_deep)
        return pixels, masks, looked_at(look, pictures)

    def _have_borders(self, paths: list[Path], shape: Shape) -> bool:
        """Whether some pictures were brought to a size with a border around them."""
        found = measured(paths) if self.resize == "pad" else []
        return any(own is not None and has_border(own[1:], shape[1:], self.resize) for own in found)

    def _mask(self, picture: ObjectPicture, own: tuple[int, int], size: tuple[int, int], void: int) -> Array:
        """The mask of a picture of its own size, brought to that of the samples; `void` is where nothing is of it."""
        _check_size(picture, own)
        fitted = fit_levels(drawn(picture.objects, picture.size, *own), *size, self.resize)
        return np.where(fitted == NOTHING, void, fitted)


def _classes(pictures: list[ObjectPicture], names: list[str]) -> tuple[Array, Value]:
    """The class of the one object that each picture has left."""
    numbers = [each.objects[0].number for each in pictures]
    return np.array(numbers, np.int64), Value((), "class", "int64", class_names(names))


def _labels(pictures: list[ObjectPicture], names: list[str]) -> tuple[Array, Value]:
    """For each picture a 1 for every class that it has objects of, and 0 for the others."""
    made = np.zeros((len(pictures), len(names)), np.float32)
    for row, picture in enumerate(pictures):
        made[row, [one.number for one in picture.objects]] = 1
    return made, Value((len(names),), "vector", classes=class_names(names))


def _largest(picture: ObjectPicture) -> ObjectOutline:
    return max(picture.objects, key=lambda each: each.area)


def _check_size(picture: ObjectPicture, own: tuple[int, int]) -> None:
    """Refuses a picture whose annotations are for another height and width; other sizes of its proportions go."""
    (height, width), (high, wide) = own, picture.size
    is_same = picture.size == (1.0, 1.0) or abs(height * wide - width * high) <= 0.01 * max(height * wide, width * high)
    if not is_same:
        raise UnreadableError(
            picture.path, f"it has {width}×{height} pixels, but the annotations are for {wide:g}×{high:g}."
        )
