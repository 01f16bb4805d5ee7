"""Folders of pictures with a mask each, for segmentation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from math import prod
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from workbench.core.errors import UnreadableError
from workbench.core.values import Value
from workbench.data.chunks import heard_chunks, selected, zeros
from workbench.data.cuts import Cuts
from workbench.data.many_files import FileReport, in_threads, trouble_notes
from workbench.data.mask_classes import VOID, MaskClasses, NamedClasses, find_names, mask_classes, read_names
from workbench.data.mask_files import NOTHING, Kind, Levels, MaskFile, fit_levels, read_mask
from workbench.data.notes import dark_notes
from workbench.data.pair_cuts import cut_pairs
from workbench.data.paired_folders import Pairing, PicturePair, Role, has_pairs, inputs_among, list_pairs
from workbench.data.paths import locate
from workbench.data.pictures import Pixels, fit, measure
from workbench.data.placing import current
from workbench.data.sized_pictures import SMALLER, SizedPictures, blank, stored, streamed_pictures
from workbench.data.spec import SPLITS, Array, Dataset, Reads, source
from workbench.data.splits import file_names, parted
from workbench.data.streamed import StreamedSamples

PICTURE = Role(
    "picture", ("images", "imgs", "image", "img", "pictures", "jpegimages", "photos"), endings=r"[-_.](?:image|img|sat)"
)
MASK = Role(
    "mask",
    ("masks", "mask", "labels", "label", "annotations", "annotation", "annot", "gt", "ground_truth", "groundtruth",
     "segmentation", "segmentations", "segmentationclass", "targets"),
    endings=r"[-_.](?:mask|masks|label|labels|l|gt|seg|segmentation|annotation|labelids)",
)  # fmt: skip
FIELD = Role("field of view", ("field_of_view", "fov", "roi", "valid"), endings=r"[-_.](?:fov|mask)", is_needed=False)
ROLES = (PICTURE, MASK, FIELD)
GREY = 0x010101  # what makes a grey level a colour


@dataclass(frozen=True)
class _Found:
    """What one mask has: its levels, and what they are; or why it cannot be read.

    Attributes:
        counts: the levels of its samples and how often each comes, where no pixels are kept.
    """

    report: FileReport
    kind: Kind = "grey"
    values: Levels | None = None
    counts: tuple[Levels, Levels] | None = None


@source(name="masks", title="Folder of pictures with masks (segmentation)", reads=Reads("folder"))
class Masks(SizedPictures):
    """Reads `PATH/images/NAME` with `PATH/masks/NAME`, or `PATH/NAME` with `PATH/NAME_mask`, each perhaps in splits.

    A mask holds numbers, places in a palette or colours; each is a class. Pixels that do not count, such as those
    outside `PATH/field_of_view/NAME`, get a class of their own behind the others, `void`.
    """

    path: str = Field(min_length=1, max_length=4096, description="Folder that holds the pictures and the masks")
    void: int | None = Field(
        None, ge=-1, le=65535, description="Grey level (of colours the class) that does not count; -1 for none"
    )
    classes: str | None = Field(
        None, max_length=4096, description="File of class names, one a line; by default classes.txt or label_colors.txt"
    )
    tile: int | None = Field(
        None, ge=8, le=4096, description="Side of the squares that pictures are cut into; none by default"
    )
    overlap: int = Field(0, ge=0, le=4095, description="Overlap of neighbouring squares, in pixels")
    seed: int = Field(0, ge=0, lt=2**31, description="Seed of which pictures are held out where they are cut")

    @model_validator(mode="after")
    def _less_overlap_than_tile(self) -> Self:
        if self.tile is not None and self.overlap >= self.tile:
            raise ValueError(f"overlap={self.overlap} must be smaller than tile={self.tile}")
        return self

    def inputs_among(self, paths: list[Path], root: Path) -> list[Path]:
        return inputs_among(paths, root, ROLES)

    @classmethod
    def claim(cls, path: Path) -> int:
        return 2 if has_pairs(path, ROLES) else 0

    @property
    def cut_side(self) -> int | None:
        return self.tile

    @property
    def cut_overlap(self) -> int:
        return self.overlap

    def load(self, folder: Path) -> Dataset:
        pairing = list_pairs(locate(self.path, folder), ROLES)
        named = read_names(locate(self.classes, folder)) if self.classes else find_names(pairing.root)
        pairs, cuts = cut_pairs(pairing, self, side=self.tile, overlap=self.overlap, seed=self.seed)
        pixels, masks, found = self._read(pairing, pairs, cuts)
        notes = cuts.notes + trouble_notes(pairing.root, [pair.paths[0] for pair in pairs], [f.report for f in found])
        classes, grey = self._classes(pairing.root, found, named)
        counts = np.diff(cuts.starts)
        splits = np.repeat([SPLITS.index(pair.split) for pair in pairs], counts)
        kept = np.repeat(np.array([not each.report.problem for each in found]), counts)
        void = 0
        if masks is None:
            masks = self._streamed_masks(pairing.root, pairs, cuts, classes, grey)
            void = sum(_void_among(each, classes, is_grey=index in grey) for index, each in enumerate(found))
        else:
            _to_colours(masks, cuts, grey)
        if not kept.all():
            pixels, masks, splits = selected(pixels, kept), selected(masks, kept), splits[kept]
        if isinstance(masks, np.ndarray):
            void = _number(masks, classes)
        notes += [*pairing.notes, *classes.notes, *dark_notes("image", [pixels])]
        made = _dataset(pairing.root, pixels, masks, splits, classes.names, void, notes)
        names = np.repeat([pair.paths[0] for pair in pairs], counts)[kept].tolist()
        return replace(made, files=file_names(splits, names))

    def _read(self, pairing: Pairing, pairs: list[PicturePair], cuts: Cuts) -> tuple[Pixels, Any, list[_Found]]:
        """All samples and the levels of their masks, and what happened to each pair; unreadable ones stay black.

        There are no levels where samples are read from their files whenever they are wanted.
        """
        _, height, width = cuts.shape
        starts, is_deep = cuts.starts, self.is_deep([pairing.root / pair.paths[0] for pair in pairs])
        count = int(starts[-1])
        amount = count * (prod(cuts.shape) * (4 if is_deep else 1) + 8 * height * width)
        if current().decide(pairing.root, amount, SMALLER, can_stream=True) == "files":
            look = partial(self._looked_at, pairing.root, pairs, cuts)
            pixels = self._streamed_pixels(pairing.root, pairs, cuts, is_deep=is_deep)
            return pixels, None, list(in_threads(look, range(len(pairs))))
        pixels = blank(count, cuts.shape, is_deep=is_deep)
        masks = zeros((count, height, width * 8)).view(np.int64)

        def read(index: int) -> _Found:
            try:
                picture, levels, found = self._pair(pairing.root, pairs[index], cuts, index)
            except UnreadableError as error:
                return _not_found(error, pairs[index])
            picture, more = stored(picture, is_deep=is_deep)
            found = replace(found, report=FileReport((*found.report.notes, *more)))
            for at, (y, x) in enumerate(cuts.corners[index], int(starts[index])):
                pixels[at] = picture[:, y : y + height, x : x + width]
                masks[at] = levels[y : y + height, x : x + width]
            return found

        return pixels, masks, list(in_threads(read, range(len(pairs))))

    def _pair(self, root: Path, pair: PicturePair, cuts: Cuts, index: int) -> tuple[Pixels, Levels, _Found]:
        """A picture and its mask as they are cut into samples."""
        picture, notes = self.decode(root / pair.paths[0])
        height, width = cuts.sizes[index] or picture.shape[1:]
        levels, mask = self._levels(root, pair, picture.shape[1:], (height, width))
        fitted = fit(picture, cuts.shape[0], height, width, self.resize)
        return fitted, levels, _Found(FileReport((*notes, *_told(mask))), mask.kind, mask.values)

    def _levels(
        self, root: Path, pair: PicturePair, picture: tuple[int, int], size: tuple[int, int]
    ) -> tuple[Levels, MaskFile]:
        """The levels of a mask as they are cut into samples, for a picture of a height and width; and the mask."""
        mask = read_mask(root / pair.paths[1])
        _check_size(root / pair.paths[1], "mask", mask.levels, picture)
        levels = fit_levels(mask.levels, *size, self.resize)
        if pair.paths[2]:
            seen = read_mask(root / pair.paths[2])
            _check_size(root / pair.paths[2], "field of view", seen.levels, picture)
            levels[fit_levels(seen.levels, *size, self.resize, 0) == 0] = NOTHING
        return levels, mask

    def _looked_at(self, root: Path, pairs: list[PicturePair], cuts: Cuts, index: int) -> _Found:
        """What a mask has, of which nothing is kept but the levels and how often each comes in its samples."""
        try:
            picture = measure(root / pairs[index].paths[0])[1:]
            levels, mask = self._levels(root, pairs[index], picture, cuts.sizes[index] or picture)
        except UnreadableError as error:
            return _not_found(error, pairs[index])
        _, height, width = cuts.shape
        parts = [levels[y : y + height, x : x + width].ravel() for y, x in cuts.corners[index]]
        counts = np.unique(np.concatenate(parts), return_counts=True) if parts else None
        return _Found(FileReport(_told(mask)), mask.kind, mask.values, counts)

    def _streamed_pixels(self, root: Path, pairs: list[PicturePair], cuts: Cuts, *, is_deep: bool) -> Any:
        """The pictures of all samples, which are read from their files whenever they are wanted."""
        find = cuts.finder()

        def read(sample: int) -> Any:
            index, (rows, columns) = find(sample)
            picture = self.decode(root / pairs[index].paths[0])[0]
            height, width = cuts.sizes[index] or picture.shape[1:]
            fitted = fit(picture, cuts.shape[0], height, width, self.resize)
            return stored(fitted, is_deep=is_deep)[0][:, rows, columns]

        identity = self.identity(cuts.shape, [root / pair.paths[0] for pair in pairs], f" {self.overlap}")
        return streamed_pictures(read, cuts.shape, identity, int(cuts.starts[-1]), is_deep=is_deep)

    def _streamed_masks(
        self, root: Path, pairs: list[PicturePair], cuts: Cuts, classes: MaskClasses, grey: frozenset[int]
    ) -> Array:
        """The masks of all samples, as classes, which are read from their files whenever they are wanted."""
        find, size = cuts.finder(), cuts.shape[1:]

        def read(sample: int) -> Any:
            index, (rows, columns) = find(sample)
            picture = measure(root / pairs[index].paths[0])[1:]
            levels = self._levels(root, pairs[index], picture, cuts.sizes[index] or picture)[0][rows, columns]
            return classes.of(_coloured(levels) if index in grey else levels)

        more = f" {self.overlap} {self.void} {classes.levels.tolist()} {classes.numbers.tolist()}"
        identity = self.identity(size, [root / path for pair in pairs for path in pair.paths[1:] if path], more)
        numbers = np.arange(cuts.starts[-1], dtype=np.int64)
        return StreamedSamples(read, size, identity, numbers, np.int64).as_array()

    def _classes(
        self, root: Path, found: list[_Found], named: NamedClasses | None
    ) -> tuple[MaskClasses, frozenset[int]]:
        """What the levels mean; and where some masks have colours, which grey ones are to be made colours too."""
        kinds = sorted({each.kind for each in found if each.values is not None})
        if "colour" in kinds and "palette" in kinds:
            raise UnreadableError(
                root, "some masks hold colours and some places in a palette. Save all of them in one way."
            )
        are_colours = "colour" in kinds or bool(named and named.colours and kinds == ["grey"] and not _all_small(found))
        grey = frozenset(index for index, each in enumerate(found) if are_colours and each.kind != "colour")
        values = [
            _coloured(each.values) if index in grey else each.values
            for index, each in enumerate(found)
            if each.values is not None
        ]
        levels = np.unique(np.concatenate(values))
        return mask_classes(root, levels, are_colours=are_colours, named=named, void=self.void), grey


def _not_found(error: UnreadableError, pair: PicturePair) -> _Found:
    """What is known of a pair that cannot be read: why."""
    where = "" if error.file.endswith(pair.paths[0]) else f"{Path(error.file).name}: "
    return _Found(FileReport(problem=where + error.reason))


def _told(mask: MaskFile) -> tuple[str, ...]:
    return tuple(f"the mask is {note}" for note in mask.notes)


def _coloured(levels: Levels) -> Levels:
    """Grey levels as the colours that they are; what does not count stays so."""
    return np.where(levels == NOTHING, NOTHING, levels * GREY)


def _to_colours(masks: Array, cuts: Cuts, grey: frozenset[int]) -> None:
    """Makes the levels of some masks colours, in place."""
    starts = cuts.starts
    for index in grey:
        part = masks[starts[index] : starts[index + 1]]
        np.multiply(part, GREY, out=part, where=part != NOTHING)


def _void_among(found: _Found, classes: MaskClasses, *, is_grey: bool) -> int:
    """How many pixels of the samples of a mask do not count."""
    if found.counts is None:
        return 0
    levels, counts = found.counts
    numbers = classes.of(_coloured(levels) if is_grey else levels)
    return int(counts[numbers == len(classes.names)].sum())


def _all_small(found: list[_Found]) -> bool:
    """Whether the levels could be the numbers of classes."""
    return all(each.values is None or each.values[-1] < 64 for each in found)


def _check_size(path: Path, what: str, levels: NDArray[Any], picture: tuple[int, int]) -> None:
    """Refuses a mask that does not lie over its picture: another size is taken where the proportions are the same."""
    (height, width), (rows, columns) = picture, levels.shape
    if abs(height * columns - width * rows) > max(height * columns, width * rows) * 0.01:
        raise UnreadableError(path, f"the {what} has {columns}×{rows} pixels, but the picture {width}×{height}.")


def _number(masks: Array, classes: MaskClasses) -> int:
    """Turns levels into classes, in place; returns how many pixels do not count."""
    void = 0
    for some in heard_chunks(masks):
        masks[some] = classes.of(masks[some])
        void += int((masks[some] == len(classes.names)).sum())
    return void


def _dataset(
    root: Path, pixels: Pixels, masks: Array, splits: Array, names: tuple[str, ...], void_pixels: int, notes: list[str]
) -> Dataset:
    if not (splits == 0).any():
        raise UnreadableError(root, "there are no readable pictures to train with.")
    if void_pixels:
        void = VOID if VOID not in names else f"{VOID} (2)"
        notes.append(
            f"{void_pixels / masks.size:.1%} of the pixels do not count: they have the last class, {len(names)}, "
            f'"{void}". Set ignore_index={len(names)} in the loss.'
        )
        names = (*names, void)
    fields = {
        "image": Value(pixels.shape[1:], "map", pixels.dtype.name),
        "mask": Value(masks.shape[1:], "mask", "int64", names),
    }
    return Dataset(fields, parted(splits, {"image": pixels, "mask": masks}), tuple(notes))
