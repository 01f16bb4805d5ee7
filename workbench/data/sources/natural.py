"""Pieces of photographs, as networks that learn by sparse coding take them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import Field

from workbench.core.errors import UnreadableError
from workbench.core.files import is_folder, is_plain_file, listed
from workbench.core.resources import resource
from workbench.core.seeds import stream_seed
from workbench.core.values import Value
from workbench.data.folder_listing import some
from workbench.data.limits import check_amount
from workbench.data.paths import locate
from workbench.data.pictures import SUFFIXES, Pixels, fit
from workbench.data.spec import SPLITS, Array, Dataset, Reads, Source, source

EMBEDDED = "photographs/china.jpg"
MOST_PICTURES = 10_000
SHARES = (0.7, 0.15, 0.15)  # of pictures, or of a picture's width
FEWER = 5  # validation and test have a fifth of the crops each
PATTERNS = tuple(sorted(f"*{suffix}" for suffix in SUFFIXES))


@dataclass(frozen=True)
class Region:
    """A part of a picture that crops of one split are cut from."""

    pixels: Pixels
    split: str


@source(name="natural", title="Pieces of natural pictures", reads=Reads("either", "Pictures", PATTERNS))
class Natural(Source):
    """Cuts squares out of a picture or of all pictures in a folder; without a path out of the photograph that is here.

    Places are drawn at random: first the picture, each as likely as any other, then the place in it. With at least
    three pictures each split has pictures of its own; with fewer, the left 70 % of each picture are for training, the
    next 15 % for validation and the rest for the test. Where a strip is narrower than a crop, the split is left away.
    """

    path: str = Field("", max_length=4096, description="Picture or folder of pictures; empty for the one that is here")
    crops: int = Field(100, ge=1, le=1_000_000, description="Crops to train with; validation and test have a fifth")
    size: int = Field(50, ge=4, le=2048, description="Height and width of a crop, in pixels")
    grey: bool = Field(True, description="Grey instead of colour")
    seed: int = Field(0, ge=0, lt=2**31, description="Seed of the places")

    @property
    def may_repeat(self) -> bool:
        return True  # places are drawn, and skies are alike

    def load(self, folder: Path) -> Dataset:
        root = locate(self.path, folder) if self.path else resource(EMBEDDED)
        channels = 1 if self.grey else 3
        check_amount(root, 2 * self.crops * channels * self.size**2, "Ask for fewer or smaller crops.")
        pictures, notes = self._read(root, channels)
        regions = self._regions(pictures)
        splits: dict[str, dict[str, Array]] = {}
        for split in SPLITS:
            parts = [region.pixels for region in regions if region.split == split]
            if parts:
                count = self.crops if split == "train" else max(1, self.crops // FEWER)
                random = np.random.default_rng(stream_seed(self.seed, "crops", split))
                splits[split] = {"image": self._cut(parts, count, random)}
            else:
                notes.append(f"There is no room for {split} crops of {self.size}×{self.size} pixels beside the others.")
        return Dataset({"image": Value((channels, self.size, self.size), "map", "uint8")}, splits, tuple(notes))

    def _read(self, root: Path, channels: int) -> tuple[list[Pixels], list[str]]:
        """The pictures that are large enough, in the order of their names, and notes on the others."""
        files = [root] if is_plain_file(root) else _files(root)
        pictures: list[Pixels] = []
        small, bad, notes, taken = [], [], [], 0
        for file in files:
            try:
                pixels, more = self.decode(file)
            except UnreadableError as error:
                if file == root:
                    raise
                bad.append(f"{file.name} ({error.reason.rstrip('.')})")
                continue
            notes += [f"{file.name}: {note}." for note in more]
            if min(pixels.shape[1:]) < self.size:
                small.append(f"{file.name} ({pixels.shape[2]}×{pixels.shape[1]})")
                continue
            pictures.append(fit(pixels, channels, *pixels.shape[1:]))
            taken += pictures[-1].nbytes
            check_amount(root, taken, "Take fewer pictures.")
        if bad:
            notes.append(f"{len(bad):,} of {len(files):,} pictures cannot be read: {some(bad)}")
        if small:
            told = f"{len(small):,} of {len(files):,} pictures are smaller than {self.size}×{self.size}: {some(small)}"
            notes.append(told)
        if not pictures:
            reasons = " ".join(notes) or _nothing(root)
            raise UnreadableError(root, f"nothing can be cut out of it. {reasons}")
        return pictures, notes

    def _regions(self, pictures: list[Pixels]) -> list[Region]:
        """What each split is cut from: other pictures, or other parts of the same."""
        if len(pictures) >= len(SPLITS):
            random = np.random.default_rng(stream_seed(self.seed, "pictures"))
            order = random.permutation(len(pictures))
            kept = max(1, round(len(pictures) * SHARES[-1]))
            split_of = {int(number): "test" for number in order[:kept]}
            split_of |= {int(number): "validation" for number in order[kept : 2 * kept]}
            return [Region(pixels, split_of.get(number, "train")) for number, pixels in enumerate(pictures)]
        return [region for pixels in pictures for region in self._strips(pixels)]

    def _strips(self, pixels: Pixels) -> Iterator[Region]:
        """Strips of a picture that do not overlap, wide enough for a crop; a narrow picture is for training alone."""
        width = pixels.shape[2]
        edges = [0, *(round(width * share) for share in np.cumsum(SHARES))]
        if edges[1] < self.size:
            yield Region(pixels, "train")
            return
        for split, start, end in zip(SPLITS, edges, edges[1:], strict=False):
            if end - start >= self.size:
                yield Region(pixels[:, :, start:end], split)

    def _cut(self, parts: list[Pixels], count: int, random: np.random.Generator) -> Pixels:
        """Squares at random places, (count, C, size, size)."""
        crops = np.empty((count, len(parts[0]), self.size, self.size), np.uint8)
        for number, which in enumerate(random.integers(0, len(parts), count)):
            height, width = parts[which].shape[1:]
            y, x = random.integers(0, height - self.size + 1), random.integers(0, width - self.size + 1)
            crops[number] = parts[which][:, y : y + self.size, x : x + self.size]
        return crops


def _files(root: Path) -> list[Path]:
    """The pictures directly in a folder, by their names; hidden files and folders inside are passed over."""
    if not is_folder(root):
        raise UnreadableError(root, "there is no such picture or folder.")
    found = [path for path in _visible(root) if path.suffix.lower() in SUFFIXES and is_plain_file(path)]
    if len(found) > MOST_PICTURES:
        raise UnreadableError(root, f"it has more than {MOST_PICTURES:,} pictures. Take a part of it.")
    return found


def _visible(root: Path) -> list[Path]:
    return [path for path in listed(root) if not path.name.startswith(".")]


def _nothing(root: Path) -> str:
    """What there is in a folder without pictures, as sentences."""
    folders = [path.name for path in _visible(root) if is_folder(path)]
    files = [path.name for path in _visible(root) if not is_folder(path)]
    found = [f"files: {some(files)}"] if files else []
    found += [f"folders: {some(folders)} Choose one of them."] if folders else []
    return f"There are no pictures in it, but {' and '.join(found)}" if found else "There is nothing in it."
