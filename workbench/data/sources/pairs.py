"""Pictures to pictures: noisy ones and clean ones, grey ones and coloured ones, small ones and large ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field

from workbench.core.errors import UnreadableError
from workbench.core.seeds import stream_seed
from workbench.core.values import Value
from workbench.data.chunks import selected
from workbench.data.cuts import Cuts
from workbench.data.degrading import Degradation, Degrading
from workbench.data.folder_listing import list_pictures
from workbench.data.many_files import FileReport, in_threads, looked_at, trouble_notes
from workbench.data.notes import dark_notes
from workbench.data.pair_cuts import cut_pairs
from workbench.data.paired_folders import Pairing, PicturePair, Role, has_pairs, inputs_among, list_pairs
from workbench.data.paths import locate
from workbench.data.pictures import Pixels, fit, measure
from workbench.data.placing import current
from workbench.data.sized_pictures import (
    SMALLER,
    SizedPictures,
    blank,
    measured,
    stored,
    streamed_pictures,
)
from workbench.data.spec import SPLITS, Array, Dataset, Reads, source
from workbench.data.splits import file_names, parted

INPUT = Role(
    "picture to start from",
    ("noisy", "input", "inputs", "low", "lr", "degraded", "blurred", "blur", "grey", "gray", "rainy", "hazy", "source",
     "a", "x"),
    endings=r"[-_.]?(?:noisy|input|low|lr|real|a|x\d)",
)  # fmt: skip
TARGET = Role(
    "picture to arrive at",
    ("clean", "target", "targets", "high", "hr", "sharp", "ground_truth", "groundtruth", "gt", "colour", "color",
     "original", "b", "y"),
    endings=r"[-_.]?(?:clean|target|high|hr|gt|mean|b)",
)  # fmt: skip
ROLES = (INPUT, TARGET)
PICTURES = (Role("picture", ("images", "imgs", "image", "img", "pictures", "photos")),)


@source(name="pairs", title="Pairs of pictures (denoising, colouring, super-resolution)", reads=Reads("folder"))
class Pairs(SizedPictures):
    """Reads `PATH/noisy/NAME` with `PATH/clean/NAME`, or makes worse copies of the pictures of one folder.

    The first is the field `image`, the second `clean`. With `degrade` each picture of a folder is `clean`, and `image`
    is made of it once, when it is read.
    """

    path: str = Field(min_length=1, max_length=4096, description="Folder with both folders, or with the pictures")
    degrade: Degradation | None = Field(None, description="How pictures of one folder are made worse; none for pairs")
    sigma: int = Field(25, ge=1, le=255, description="Standard deviation of the noise, of 255 levels")
    radius: int = Field(2, ge=1, le=100, description="Standard deviation of the blur, in pixels")
    factor: int = Field(2, ge=2, le=16, description="How many times smaller pictures become (degrade: small)")
    holes: int = Field(25, ge=1, le=90, description="Share of a picture that the holes take, in per cent")
    patch: int | None = Field(
        None, ge=8, le=4096, description="Side of the squares that pictures are cut into; none by default"
    )
    seed: int = Field(0, ge=0, lt=2**31, description="Seed of the noise and of which pictures are held out")

    def inputs_among(self, paths: list[Path], root: Path) -> list[Path]:
        return inputs_among(paths, root, ROLES) if self.degrade is None else paths

    @classmethod
    def claim(cls, path: Path) -> int:
        return 2 if has_pairs(path, ROLES) else 0

    @property
    def cut_side(self) -> int | None:
        return self.patch

    def load(self, folder: Path) -> Dataset:
        root = locate(self.path, folder)
        pairing = list_pairs(root, ROLES) if self.degrade is None else _pictures(root)
        pairs, cuts = cut_pairs(pairing, self, side=self.patch, overlap=0, seed=self.seed, role=-1)
        channels = self._channels(pairing, cuts.shape[0])
        images, cleans, reports = self._read(pairing, pairs, cuts, channels)
        names = [pair.paths[0] for pair in pairs]
        notes = [*cuts.notes, *trouble_notes(root, names, reports), *pairing.notes]
        if self._degrading:
            notes.append(f"The pictures to start from were made of the others by {self._degrading.text}.")
        splits = np.repeat([SPLITS.index(pair.split) for pair in pairs], np.diff(cuts.starts))
        kept = np.repeat([not each.problem for each in reports], np.diff(cuts.starts))
        if not kept.all():
            images, cleans, splits = selected(images, kept), selected(cleans, kept), splits[kept]
        if not (splits == 0).any():
            raise UnreadableError(root, "there are no readable pictures to train with.")
        files = file_names(splits, np.repeat(names, np.diff(cuts.starts))[kept].tolist())
        return replace(_dataset(images, cleans, splits, notes), files=files)

    @property
    def _degrading(self) -> Degrading | None:
        if self.degrade is None:
            return None
        return Degrading(self.degrade, self.sigma, self.radius, self.factor, self.holes)

    def _channels(self, pairing: Pairing, channels: int) -> int:
        """Of the pictures to start from.

        Raises:
            UnreadableError: colours should be lost that there are not.
        """
        if self.degrade == "grey":
            if channels == 1:
                raise UnreadableError(pairing.root, "the pictures are grey, so there are no colours to learn.")
            return 1
        if self.degrade is not None or self.channels:
            return channels
        shapes = measured([pairing.root / pair.paths[0] for pair in pairing.pairs])
        return max((shape[0] for shape in shapes if shape), default=1)

    def _read(
        self, pairing: Pairing, pairs: list[PicturePair], cuts: Cuts, before: int
    ) -> tuple[Pixels, Pixels, list[FileReport]]:
        """All samples to start from and to arrive at, and what happened to each pair; unreadable ones stay black."""
        channels, height, width = cuts.shape
        paths = [pairing.root / path for pair in pairs for path in pair.paths]
        starts, is_deep = cuts.starts, self.degrade is None and self.is_deep(paths)
        count = int(starts[-1])
        amount = count * height * width * (channels + before) * (4 if is_deep else 1)
        if current().decide(pairing.root, amount, SMALLER, can_stream=True) == "files":
            return self._streamed_pairs(pairing.root, pairs, cuts, before, is_deep=is_deep)
        images = blank(count, (before, height, width), is_deep=is_deep)
        cleans = blank(count, cuts.shape, is_deep=is_deep)

        def read(index: int) -> FileReport:
            try:
                image, clean, notes = self._pair(pairing.root, pairs[index], cuts.sizes[index], (before, channels))
            except UnreadableError as error:
                return FileReport(problem=f"{Path(error.file).name}: {error.reason}")
            image, more = stored(image, is_deep=is_deep)
            clean, lost = stored(clean, is_deep=is_deep)
            notes = tuple(dict.fromkeys((*notes, *more, *lost)))
            for at, (y, x) in enumerate(cuts.corners[index], int(starts[index])):
                images[at] = image[:, y : y + height, x : x + width]
                cleans[at] = clean[:, y : y + height, x : x + width]
            return FileReport(notes)

        return images, cleans, list(in_threads(read, range(len(pairs))))

    def _streamed_pairs(
        self, root: Path, pairs: list[PicturePair], cuts: Cuts, before: int, *, is_deep: bool
    ) -> tuple[Pixels, Pixels, list[FileReport]]:
        """Pairs of which both pictures are read together whenever one is wanted; of their files the headers are."""
        (channels, height, width), find = cuts.shape, cuts.finder()

        def read(sample: int) -> tuple[Any, Any]:
            index, (rows, columns) = find(sample)
            image, clean, _ = self._pair(root, pairs[index], cuts.sizes[index], (before, channels))
            image, clean = stored(image, is_deep=is_deep)[0], stored(clean, is_deep=is_deep)[0]
            return image[:, rows, columns], clean[:, rows, columns]

        def look(pair: PicturePair) -> None:
            sizes = [measure(root / path)[1:] for path in pair.paths]
            _check_proportions(root / pair.paths[0], sizes[0], sizes[-1])

        identity = self.identity(cuts.shape, [root / path for pair in pairs for path in pair.paths], self._made_by)
        count = int(cuts.starts[-1])
        images, cleans = (
            streamed_pictures(read, shape, identity, count, is_deep=is_deep, part=part)
            for part, shape in enumerate(((before, height, width), cuts.shape))
        )
        return images, cleans, looked_at(look, pairs, are_several=True)

    @property
    def _made_by(self) -> str:
        """What makes the pictures to start from others, where they are made of those to arrive at."""
        return f" {self._degrading} {self.seed}" if self._degrading else ""

    def _pair(
        self, root: Path, pair: PicturePair, size: tuple[int, int] | None, channels: tuple[int, int]
    ) -> tuple[Pixels, Pixels, tuple[str, ...]]:
        """Both pictures of a pair at the size that they are cut at."""
        target, notes = self.decode(root / pair.paths[-1])
        height, width = size or target.shape[1:]
        clean = fit(target, channels[1], height, width, self.resize)
        if self._degrading:
            clean, lost = stored(clean, is_deep=False)
            notes = (*notes, *lost)
            random = np.random.default_rng(stream_seed(self.seed, "degraded", pair.split, pair.paths[0]))
            return self._degrading.applied(clean, random), clean, notes
        image, more = self.decode(root / pair.paths[0])
        _check_proportions(root / pair.paths[0], image.shape[1:], target.shape[1:])
        if image.shape[1:] != target.shape[1:]:
            more = (*more, "brought to the size of the picture to arrive at")
        return fit(image, channels[0], height, width, self.resize), clean, (*notes, *more)


def _check_proportions(path: Path, size: tuple[int, int], wanted: tuple[int, int]) -> None:
    """Refuses a picture to start from that does not lie over the one to arrive at, by their heights and widths."""
    (rows, columns), (high, wide) = size, wanted
    if abs(high * columns - wide * rows) > max(high * columns, wide * rows) * 0.01:
        raise UnreadableError(path, f"it has {columns}×{rows} pixels, but the picture to arrive at {wide}×{high}.")


def _pictures(root: Path) -> Pairing:
    """The pictures of one folder, perhaps in splits, perhaps in class folders."""
    try:
        return list_pairs(root, PICTURES)
    except UnreadableError:
        listing = list_pictures(root)
        if not listing.items:
            raise
        pairs = [PicturePair(item.split, Path(item.path).stem, (item.path,)) for item in listing.items]
        return Pairing(root, PICTURES, pairs, listing.notes)


def _dataset(images: Pixels, cleans: Pixels, splits: Array, notes: list[str]) -> Dataset:
    fields = {
        "image": Value(images.shape[1:], "map", images.dtype.name),
        "clean": Value(cleans.shape[1:], "map", cleans.dtype.name),
    }
    return Dataset(
        fields,
        parted(splits, {"image": images, "clean": cleans}),
        (*notes, *dark_notes("image", [images]), *dark_notes("clean", [cleans])),
    )
