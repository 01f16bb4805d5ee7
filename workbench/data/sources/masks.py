"""Folders of pictures with a mask each, for segmentation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from workbench.core.errors import UnreadableError
from workbench.core.values import Value
from workbench.data.chunks import chunks, selected, zeros
from workbench.data.cuts import Cuts
from workbench.data.many_files import FileReport, in_threads, trouble_notes
from workbench.data.mask_classes import VOID, MaskClasses, NamedClasses, find_names, mask_classes, read_names
from workbench.data.mask_files import NOTHING, Kind, Levels, fit_levels, read_mask
from workbench.data.notes import dark_notes
from workbench.data.pair_cuts import cut_pairs
from workbench.data.paired_folders import Pairing, PicturePair, Role, has_pairs, inputs_among, list_pairs
from workbench.data.paths import locate
from workbench.data.pictures import Pixels, fit
from workbench.data.placing import current
from workbench.data.sized_pictures import SMALLER, SizedPictures, blank, stored
from workbench.data.spec import SPLITS, Array, Dataset, Reads, source
from workbench.data.splits import file_names, parted

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
KINDS = {"grey": "grey levels", "palette": "places in a palette", "colour": "colours"}


@dataclass(frozen=True)
class _Found:
    """What one mask has: its levels, and what they are; or why it cannot be read."""

    report: FileReport
    kind: Kind = "grey"
    values: Levels | None = None


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
        good = np.array([not each.report.problem for each in found])
        classes = self._classes(pairing.root, found, masks, cuts, named)
        has_void = _number(masks, classes)
        counts = np.diff(cuts.starts)
        splits = np.repeat([SPLITS.index(pair.split) for pair in pairs], counts)
        if not (kept := np.repeat(good, counts)).all():
            pixels, masks, splits = selected(pixels, kept), selected(masks, kept), splits[kept]
        notes += [*pairing.notes, *classes.notes, *dark_notes("image", [pixels])]
        made = _dataset(pairing.root, pixels, masks, splits, classes.names, has_void, notes)
        names = np.repeat([pair.paths[0] for pair in pairs], counts)[kept].tolist()
        return replace(made, files=file_names(splits, names))

    def _read(self, pairing: Pairing, pairs: list[PicturePair], cuts: Cuts) -> tuple[Pixels, Array, list[_Found]]:
        """All samples and the levels of their masks, and what happened to each pair; unreadable ones stay black."""
        _, height, width = cuts.shape
        starts, is_deep = cuts.starts, self.is_deep([pairing.root / pair.paths[0] for pair in pairs])
        count = int(starts[-1])
        amount = count * (prod(cuts.shape) * (4 if is_deep else 1) + 8 * height * width)
        current().decide(pairing.root, amount, SMALLER)
        pixels = blank(count, cuts.shape, is_deep=is_deep)
        masks = zeros((count, height, width * 8)).view(np.int64)

        def read(index: int) -> _Found:
            try:
                picture, levels, found = self._pair(pairing.root, pairs[index], cuts, index)
            except UnreadableError as error:
                where = "" if error.file.endswith(pairs[index].paths[0]) else f"{Path(error.file).name}: "
                return _Found(FileReport(problem=where + error.reason))
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
        mask = read_mask(root / pair.paths[1])
        height, width = cuts.sizes[index] or picture.shape[1:]
        _check_size(root / pair.paths[1], "mask", mask.levels, picture)
        levels = fit_levels(mask.levels, height, width, self.resize)
        if pair.paths[2]:
            seen = read_mask(root / pair.paths[2])
            _check_size(root / pair.paths[2], "field of view", seen.levels, picture)
            levels[fit_levels(seen.levels, height, width, self.resize, 0) == 0] = NOTHING
        fitted = fit(picture, cuts.shape[0], height, width, self.resize)
        more = tuple(f"the mask is {note}" for note in mask.notes)
        return fitted, levels, _Found(FileReport((*notes, *more)), mask.kind, mask.values)

    def _classes(
        self, root: Path, found: list[_Found], masks: Array, cuts: Cuts, named: NamedClasses | None
    ) -> MaskClasses:
        """What the levels mean; where some masks have colours, grey ones are made colours too."""
        kinds = sorted({each.kind for each in found if each.values is not None})
        if "colour" in kinds and "palette" in kinds:
            raise UnreadableError(
                root, "some masks hold colours and some places in a palette. Save all of them in one way."
            )
        are_colours = "colour" in kinds or bool(named and named.colours and kinds == ["grey"] and not _all_small(found))
        starts, values = cuts.starts, []
        for index, each in enumerate(found):
            if each.values is None:
                continue
            if are_colours and each.kind != "colour":
                part = masks[starts[index] : starts[index + 1]]
                np.multiply(part, 0x010101, out=part, where=part != NOTHING)
                values.append(each.values * 0x010101)
            else:
                values.append(each.values)
        return mask_classes(root, np.unique(np.concatenate(values)), are_colours=are_colours, named=named,
                               void=self.void)  # fmt: skip


def _all_small(found: list[_Found]) -> bool:
    """Whether the levels could be the numbers of classes."""
    return all(each.values is None or each.values[-1] < 64 for each in found)


def _check_size(path: Path, what: str, levels: NDArray[Any], picture: Pixels) -> None:
    """Refuses a mask that does not lie over its picture: another size is taken where the proportions are the same."""
    (height, width), (rows, columns) = picture.shape[1:], levels.shape
    if abs(height * columns - width * rows) > max(height * columns, width * rows) * 0.01:
        raise UnreadableError(path, f"the {what} has {columns}×{rows} pixels, but the picture {width}×{height}.")


def _number(masks: Array, classes: MaskClasses) -> bool:
    """Turns levels into classes, in place; returns whether any pixel does not count."""
    has_void = False
    for some in chunks(masks):
        masks[some] = classes.of(masks[some])
        has_void = has_void or bool((masks[some] == len(classes.names)).any())
    return has_void


def _dataset(
    root: Path, pixels: Pixels, masks: Array, splits: Array, names: tuple[str, ...], has_void: bool, notes: list[str]
) -> Dataset:
    if not (splits == 0).any():
        raise UnreadableError(root, "there are no readable pictures to train with.")
    if has_void:
        void = VOID if VOID not in names else f"{VOID} (2)"
        share = float(np.mean([(masks[some] == len(names)).mean() for some in chunks(masks)]))
        notes.append(
            f'{share:.1%} of the pixels do not count: they have the last class, {len(names)}, "{void}". Set '
            f"ignore_index={len(names)} in the loss."
        )
        names = (*names, void)
    fields = {
        "image": Value(pixels.shape[1:], "map", pixels.dtype.name),
        "mask": Value(masks.shape[1:], "mask", "int64", names),
    }
    return Dataset(fields, parted(splits, {"image": pixels, "mask": masks}), tuple(notes))
