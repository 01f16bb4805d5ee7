"""Medical volumes with a class each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from itertools import compress
from pathlib import Path
from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from workbench.core.errors import UnreadableError, printable
from workbench.core.files import exists, is_folder, listed
from workbench.core.values import Shape, Value, shape_text
from workbench.data.array_fields import Parts
from workbench.data.array_parts import SampleArray, read_arrays
from workbench.data.chunks import selected, zeros
from workbench.data.class_names import class_names
from workbench.data.labelled_files import LabelledFile, in_class_folders
from workbench.data.many_files import FileReport, in_threads, looked_at, trouble_notes
from workbench.data.paths import locate
from workbench.data.placing import current
from workbench.data.spec import SPLITS, Array, Dataset, Reads, Source, source
from workbench.data.splits import file_names, parted
from workbench.data.streamed import StreamedSamples, identity_of
from workbench.data.trilinear import trilinear
from workbench.data.volume_files import is_volume, measured_volume, read_volume
from workbench.data.volume_tables import TABLES, of_table
from workbench.data.volume_values import Floats, Scale, scale_note, scaled

NAMES = ("volume", "volumes", "image", "images", "scan", "scans", "x", "data", "arr_0", "array")
MOST_SIDE = 512
USUAL_SIDE = 64  # longest side that is chosen without asking
MOST_CHANNELS = 4  # of arrays: where an axis is as short, it holds the channels
SMALLER = "Set depth, height and width to make the volumes smaller."
FEWER = "Save fewer or smaller volumes."


@source(
    name="volumes", title="Volumes (NIfTI files, arrays)",
    reads=Reads("either", "Arrays of volumes", ("*.npz", "*.npy")),
)  # fmt: skip
class Volumes(Source):
    """Reads `CLASS/VOLUME.nii.gz`, a `labels.csv` with NIfTI files beside it, or arrays (N, depth, height, width).

    Folders of splits may stand around the classes; the table has the columns file and label, and may have split. Slices
    of NIfTI files go from the feet to the head, rows from front to back, columns from left to right. All volumes are
    brought to one size, linear between their voxels. The volumes become the field `volume`, the classes `label`.
    """

    endings: ClassVar[frozenset[str]] = frozenset({".nii", ".gz"})

    path: str = Field(min_length=1, max_length=4096, description="Folder of NIfTI files, or an .npz or .npy file")
    depth: int | None = Field(
        None, ge=1, le=MOST_SIDE, description="Slices of every volume; by default as they are, files at most 64"
    )
    height: int | None = Field(
        None, ge=1, le=MOST_SIDE, description="Rows of every slice; by default as they are, files at most 64"
    )
    width: int | None = Field(
        None, ge=1, le=MOST_SIDE, description="Columns of every slice; by default as they are, files at most 64"
    )
    values: Literal["auto", "percentiles", "range", "standardise", "stored"] = Field(
        "auto",
        description="What the values of each volume become: percentiles: the 0.5th 0 and the 99.5th 1; range: the "
        "smallest 0 and the largest 1; standardise: mean 0, deviation 1; stored: as they are. auto: percentiles, and "
        "bytes of arrays as stored",
    )
    low: float | None = Field(
        None, ge=-1e9, le=1e9, description="Value that becomes 0 in all volumes alike, such as -1000 of a CT; with high"
    )
    high: float | None = Field(None, ge=-1e9, le=1e9, description="Value that becomes 1 in all volumes alike; with low")
    volume: str | None = Field(None, max_length=200, description="Name of the array of volumes; guessed by default")
    label: str | None = Field(
        None, max_length=200, description="Name of the array of classes; guessed by default; empty for none"
    )

    @model_validator(mode="after")
    def _sound_range(self) -> Self:
        if (self.low is None) != (self.high is None):
            raise ValueError("low and high must be given together")
        if self.low is not None and self.high is not None:
            if self.low >= self.high:
                raise ValueError(f"high must be above low ({self.low:g})")
            if self.values != "auto":
                raise ValueError("values and low do not go together: the range of low and high is for all volumes")
        return self

    @classmethod
    def claim(cls, path: Path) -> int:
        try:
            if not is_folder(path):
                return 0
            inside = listed(path)
            beside = any(map(is_volume, inside)) and any(path / name in inside for name in TABLES)
            folders = [each for each in inside if is_folder(each)][:3]
            deeper = [*folders, *(each for group in folders for each in listed(group)[:3] if is_folder(each))]
            return 2 if beside or any(is_volume(each) for group in deeper for each in listed(group)[:3]) else 0
        except UnreadableError:
            return 0

    def load(self, folder: Path) -> Dataset:
        place = locate(self.path, folder)
        if is_folder(place):
            return self._of_files(place)
        if is_volume(place):
            raise UnreadableError(place, "one volume alone is nothing to learn from. Choose the folder of the classes.")
        samples = SampleArray("volume", "volume", NAMES, (4, 5), self._converted, _extra)
        return read_arrays(place, samples, self.volume, self.label)

    def read_sample(self, path: Path, shape: Shape) -> tuple[Array, tuple[str, ...]] | None:
        return self._one(path, shape)

    def _prepared(self, path: Path, volume: Floats, shape: Shape) -> Floats:
        """A volume of a file as the samples are."""
        _check_channels(path, volume.shape[0], shape[0])
        return scaled(trilinear(volume, shape[1:]), self._scale, self.low, self.high)

    def _of_files(self, place: Path) -> Dataset:
        table = next((place / name for name in TABLES if exists(place / name)), None)
        items, notes = of_table(place, table) if table else (in_class_folders(place, is_volume), [])
        if not items:
            raise UnreadableError(
                place, "there are no volumes in it: CLASS/VOLUME.nii.gz, or a table labels.csv that names them."
            )
        items.sort(key=lambda each: SPLITS.index(each.split))
        shape, more = self._shape([each.path for each in items])
        volumes, reports = self._read(place, [each.path for each in items], shape)
        names = [str(each.path.relative_to(place)) for each in items]
        notes += [*more, *trouble_notes(place, names, reports, "volumes"), self._note]
        good = np.array([not each.problem for each in reports])
        kept = [item for item, is_good in zip(items, good, strict=True) if is_good]
        samples = volumes if good.all() else selected(volumes, good)
        return _dataset(place, kept, samples, list(compress(names, good)), notes)

    def _read(self, place: Path, paths: Sequence[Path], shape: Shape) -> tuple[Array, list[FileReport]]:
        """All volumes of some files, and what happened to each; of streamed ones the headers are looked at."""
        amount = len(paths) * int(np.prod(shape)) * 4
        if current().decide(place, amount, SMALLER, can_stream=True) == "files":
            identity = identity_of(
                f"{shape} {self._scale} {self.low} {self.high}", (f"{path.parent.name}/{path.name}" for path in paths)
            )
            numbers = np.arange(len(paths), dtype=np.int64)
            streamed = StreamedSamples(lambda number: self._one(paths[number], shape)[0], shape, identity, numbers,
                                       np.float32)  # fmt: skip
            return streamed.as_array(), looked_at(partial(self._look, shape=shape), paths)
        volumes = zeros((len(paths), *shape[:-1], shape[-1] * 4)).view(np.float32)

        def read(number: int) -> FileReport:
            try:
                volumes[number], told = self._one(paths[number], shape)
            except UnreadableError as error:
                return FileReport(problem=error.reason)
            return FileReport(told)

        return volumes, list(in_threads(read, range(len(paths)), together=1, things_are="volumes"))

    def _one(self, path: Path, shape: Shape) -> tuple[Floats, tuple[str, ...]]:
        """A volume of a file as the samples are, and notes on what was done."""
        found, notes = read_volume(path)
        return self._prepared(path, found, shape), notes

    @staticmethod
    def _look(path: Path, shape: Shape) -> None:
        """Refuses a volume that cannot become a sample, by its header."""
        _check_channels(path, measured_volume(path)[0], shape[0])

    @property
    def _scale(self) -> Scale:
        return "percentiles" if self.values == "auto" else self.values

    @property
    def _note(self) -> str:
        return scale_note(self._scale, self.low, self.high)

    def _shape(self, paths: Sequence[Path]) -> tuple[Shape, list[str]]:
        """The shape of every volume, and what is to be said about it."""

        def look(path: Path) -> Shape | None:
            try:
                return measured_volume(path)
            except UnreadableError:
                return None

        shapes = [shape for shape in in_threads(look, paths) if shape is not None]
        if not shapes:
            return (1, 1, 1, 1), []  # the reasons are reported when the files are read
        channels = Counter(shape[0] for shape in shapes).most_common(1)[0][0]
        usual = np.median([shape[1:] for shape in shapes], axis=0)
        factor = min(1.0, USUAL_SIDE / usual.max())
        found = [max(1, round(float(side) * factor)) for side in usual]
        sides = (self.depth or found[0], self.height or found[1], self.width or found[2])
        sizes = Counter(shape[1:] for shape in shapes)
        if set(sizes) == {sides}:
            return (channels, *sides), []
        told = f"have {len(sizes):,} sizes" if len(sizes) > 1 else f"have {shape_text(next(iter(sizes)))} voxels"
        return (channels, *sides), [
            f"The volumes {told}; all were brought to {shape_text(sides)} (depth, height, width), linear between their "
            "voxels. How far apart the voxels are is not looked at."
        ]

    def _converted(self, file: Path, name: str, parts: Parts) -> tuple[Value, dict[str, Array], list[str]]:
        """Arrays (N, D, H, W) or (N, D, H, W, C) as a field (N, C, D, H, W)."""
        made: dict[str, Array] = {}
        is_kept = self.values in ("auto", "stored") and self.low is None and all(
            each.dtype.kind == "b" or each.dtype == np.uint8 for each in parts.values()
        )  # fmt: skip
        for split, array in parts.items():
            if array.dtype.kind not in "buif":
                raise UnreadableError(file, f'"{printable(name)}" holds {array.dtype}, which are no numbers.')
            volumes = _channels_first(file, name, array)
            sides = (self.depth or volumes.shape[2], self.height or volumes.shape[3], self.width or volumes.shape[4])
            if is_kept and array.dtype.kind == "b":
                volumes = volumes.astype(np.uint8) * np.uint8(255)
            if not is_kept or volumes.shape[2:] != sides:
                volumes = self._each(file, name, volumes, sides, is_kept=is_kept)
            made[split] = np.ascontiguousarray(volumes)
        if len(shapes := {array.shape[1:] for array in made.values()}) > 1:
            told = " and ".join(shape_text(shape) for shape in sorted(shapes))
            raise UnreadableError(file, f'the splits of "{printable(name)}" have volumes of different sizes: {told}.')
        notes = [] if is_kept else [self._note]
        return Value(shapes.pop(), "map", "uint8" if is_kept else "float32"), made, notes

    def _each(self, file: Path, name: str, volumes: Array, sides: Shape, *, is_kept: bool) -> Array:
        """Volumes brought to a size, bytes as bytes and others to the range that is asked for."""
        made = np.empty((*volumes.shape[:2], *sides), np.uint8 if is_kept else np.float32)
        for number, each in enumerate(volumes):
            with np.errstate(over="ignore", invalid="ignore"):
                found = trilinear(each, sides)
            if not np.isfinite(found).all():
                raise UnreadableError(file, "a value is not finite; mend or drop it.", field=f"{name}[{number}]")
            if is_kept:
                made[number] = np.rint(found)
            else:
                made[number] = scaled(found, self._scale, self.low, self.high)
        return made


def _check_channels(path: Path, channels: int, wanted: int) -> None:
    if channels != wanted:
        raise UnreadableError(path, f"it has the channels {channels} where the others have {wanted}.")


def _extra(dtype: np.dtype[np.generic], shape: Shape) -> int:
    """Bytes that are needed beside an array while it is converted."""
    count = int(np.prod(shape, dtype=object))
    return count if dtype.itemsize == 1 else 4 * count


def _channels_first(file: Path, name: str, array: Array) -> Array:
    """(N, C, D, H, W); where both ends could be the channels, they are taken to stand last."""
    if array.ndim == 4:
        return array[:, np.newaxis]
    if array.ndim == 5 and array.shape[4] <= MOST_CHANNELS:
        return array.transpose(0, 4, 1, 2, 3)
    if array.ndim == 5 and array.shape[1] <= MOST_CHANNELS:
        return array
    raise UnreadableError(
        file,
        f'"{printable(name)}" has the shape {shape_text(array.shape)}; volumes need N×D×H×W, or N×D×H×W×C or '
        f"N×C×D×H×W with at most {MOST_CHANNELS} channels.",
    )


def _dataset(place: Path, items: list[LabelledFile], volumes: Array, files: list[str], notes: list[str]) -> Dataset:
    if not any(item.split == "train" for item in items):
        raise UnreadableError(place, "there are no readable volumes to train with.")
    names = sorted({item.label for item in items}, key=lambda each: (not each.isdecimal(), each.zfill(20), each))
    number = {name: index for index, name in enumerate(names)}
    fields = {
        "volume": Value(volumes.shape[1:], "map", "float32"),
        "label": Value((), "class", "int64", class_names(names)),
    }
    labels = np.array([number[item.label] for item in items], np.int64)
    of_split = np.array([SPLITS.index(item.split) for item in items])
    return Dataset(
        fields, parted(of_split, {"volume": volumes, "label": labels}), tuple(notes), files=file_names(of_split, files)
    )
