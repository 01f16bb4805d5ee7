"""Moving pictures with a class each."""

from __future__ import annotations

from itertools import compress
from math import prod
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from workbench.core.errors import UnreadableError, printable
from workbench.core.files import exists, is_folder, listed
from workbench.core.values import Shape, Value, shape_text
from workbench.data.array_fields import labels, several_labels
from workbench.data.chunks import selected, zeros
from workbench.data.class_names import class_names
from workbench.data.clip_files import VIDEO, is_clip, measured_clip, read_clip
from workbench.data.folder_listing import some
from workbench.data.labelled_files import LabelledFile, in_class_folders
from workbench.data.many_files import FileReport, in_threads, looked_at, trouble_notes
from workbench.data.npy_file import ArrayFile
from workbench.data.paths import locate
from workbench.data.placing import current
from workbench.data.spec import SPLITS, Array, Dataset, Reads, Source, source
from workbench.data.split_names import split_of
from workbench.data.splits import file_names, parted
from workbench.data.streamed import StreamedSamples, identity_of
from workbench.data.text_table import TextTable, read_table

CLIP_NAMES = ("clips", "video", "videos", "clip", "frames", "x", "data")
MOST_NAMED = 6
USUAL_SIDE = 112  # of C3D; smaller clips keep their size


@source(
    name="clips", title="Clips: videos, animations, folders of frames, arrays",
    reads=Reads("either", "Arrays of clips", ("*.npz",)),
)  # fmt: skip
class Clips(Source):
    """Reads `CLASS/CLIP.mp4` (or .gif, .avi, or a folder of frames), with or without folders of splits around them.

    A `metadata.csv` beside the classes with the columns file, label and source says more: the test part then has
    whole sources that no other part has, where every class has more than one. Of an .npz file an array (N, T, H, W) or
    (N, T, H, W, C) is taken, with a class for each where there is one.
    """

    endings: ClassVar[frozenset[str]] = frozenset({*VIDEO, ".gif"})

    path: str = Field(min_length=1, max_length=4096, description="Folder of clips, or an .npz file")
    frames: int = Field(16, ge=2, le=256, description="Frames of every clip, spread evenly over it")
    side: int | None = Field(
        None, ge=8, le=512, description="Height and width of every frame; by default as the first, at most 112"
    )
    label: str | None = Field(None, max_length=200, description="Name of the array of classes; guessed by default")
    channels: Literal[1, 3] | None = Field(None, description="1 for grey, 3 for colour; by default as the clips are")

    @classmethod
    def claim(cls, path: Path) -> int:
        if not is_folder(path):
            return 0
        try:
            inside = [each for each in listed(path) if is_folder(each)][:3]
            clips = [(group, clip) for group in inside for clip in listed(group)[:3] if is_clip(clip)]
            # In a folder of a split, folders of pictures are classes (or roles, such as masks) rather than clips.
            return 2 if any(not (is_folder(clip) and split_of(group.name)) for group, clip in clips) else 0
        except UnreadableError:
            return 0

    def load(self, folder: Path) -> Dataset:
        place = locate(self.path, folder)
        return self._of_folder(place) if is_folder(place) else self._of_arrays(place)

    def read_sample(self, path: Path, shape: Shape) -> tuple[Array, tuple[str, ...]] | None:
        channels, frames, height, width = shape
        clip, count = read_clip(path, frames, (channels, height, width))
        return clip, (f"it has {count} frames, so some are shown longer",) if count < frames else ()

    def _of_folder(self, place: Path) -> Dataset:
        items, notes = _items(place)
        if not items:
            raise UnreadableError(
                place, "there are no clips in it: CLASS/CLIP.mp4, CLASS/CLIP.gif or CLASS/CLIP/FRAME."
            )
        channels, height, width = _first_size(items)
        side = self.side or 0
        shape = (self.channels or channels, side or min(height, USUAL_SIDE), side or min(width, USUAL_SIDE))
        items.sort(key=lambda each: SPLITS.index(each.split))
        clips, reports = self._read(place, [item.path for item in items], shape)
        names = [
            str(item.path.relative_to(place)) if item.path.is_relative_to(place) else str(item.path) for item in items
        ]
        notes += trouble_notes(place, names, reports, "clips")
        good = np.array([not each.problem for each in reports])
        kept = [item for item, is_good in zip(items, good, strict=True) if is_good]
        samples = clips if good.all() else selected(clips, good)
        return _dataset(place, kept, samples, list(compress(names, good)), notes)

    def _read(self, place: Path, paths: list[Path], shape: tuple[int, int, int]) -> tuple[Array, list[FileReport]]:
        """All clips of some files, and what happened to each; of those that are streamed the first frame is read."""
        channels, height, width = shape
        whole = (channels, self.frames, height, width)
        advice = "Take fewer frames, or a smaller side."
        if current().decide(place, len(paths) * prod(whole), advice, can_stream=True) == "files":
            current().notes.append(f"Clips of fewer than {self.frames} frames, if there are any, show some longer.")
            identity = identity_of(f"{whole}", (f"{path.parent.name}/{path.name}" for path in paths))
            numbers = np.arange(len(paths), dtype=np.int64)
            streamed = StreamedSamples(
                lambda number: read_clip(paths[number], self.frames, shape)[0], whole, identity, numbers
            )
            return streamed.as_array(), looked_at(measured_clip, paths, things_are="clips")
        clips = zeros((len(paths), *whole))
        short = f"it has fewer than {self.frames} frames, so some are shown longer"

        def read(number: int) -> FileReport:
            try:
                clips[number], count = read_clip(paths[number], self.frames, shape)
            except UnreadableError as error:
                return FileReport(problem=error.reason)
            return FileReport((short,) if count < self.frames else ())

        return clips, list(in_threads(read, range(len(paths)), together=1, things_are="clips"))

    def _of_arrays(self, place: Path) -> Dataset:
        with ArrayFile(place) as file:
            fitting = [name for name, header in file.headers.items() if len(header.shape) in (4, 5) and header.is_safe]
            if not fitting:
                have = ", ".join(f"{printable(name)} ({shape_text(each.shape)})" for name, each in file.headers.items())
                raise UnreadableError(
                    place, f"none of its arrays holds clips (N×T×H×W or N×T×H×W×C); there are: {have}."
                )
            name = next((each for each in CLIP_NAMES if each in fitting), fitting[0])
            file.check_sizes([name])
            clips = file.read(name)
            others = {
                each: file.read(each)
                for each, header in file.headers.items()
                if each != name and header.is_safe and header.shape[:1] == clips.shape[:1]
            }
        if clips.dtype != np.uint8:
            raise UnreadableError(
                place, f'"{printable(name)}" holds {clips.dtype}; clips are bytes from 0 to 255 (uint8).'
            )
        clips, notes = self._fitted(clips)
        fields = {"clip": Value(clips.shape[1:], "map", "uint8")}
        split: dict[str, Array] = {"clip": clips}
        for each in [self.label] if self.label else list(others):
            found = labels(each, {"train": others[each]}) if each in others else None
            if found is None and each in others and (several := several_labels(others[each])) is not None:
                fields["labels"], split["labels"] = several
                notes.append(f'"{printable(each)}" has {others[each].shape[1]} numbers for each clip: they are labels.')
                break
            if found is None:
                notes.append(f'"{printable(each)}" was left out: it has not one class for each clip.')
                continue
            fields["label"], split["label"] = found[0][0], found[0][1]["train"]
            break
        return Dataset(fields, {"train": split}, tuple(notes))

    def _fitted(self, clips: Array) -> tuple[Array, list[str]]:
        """Clips (N, T, H, W) or (N, T, H, W, C) as (N, C, T, H, W) of so many frames."""
        stacked = clips[..., None] if clips.ndim == 4 else clips
        if stacked.shape[4] not in (1, 3):
            stacked = stacked.transpose(0, 1, 3, 4, 2)
        count = stacked.shape[1]
        taken = np.linspace(0, count - 1, self.frames).round().astype(int)
        note = f"Of the {count} frames of each clip {self.frames} are taken, spread evenly."
        return np.ascontiguousarray(stacked[:, taken].transpose(0, 4, 1, 2, 3)), [] if count == self.frames else [note]


def _first_size(items: list[LabelledFile]) -> tuple[int, int, int]:
    """Channels, height and width of the first clip that can be read.

    Raises:
        UnreadableError: none can be; says why the first cannot.
    """
    reasons = []
    for item in items:
        try:
            return measured_clip(item.path)
        except UnreadableError as error:
            reasons.append(error)
    raise reasons[0]


def _items(place: Path) -> tuple[list[LabelledFile], list[str]]:
    """The clips of a folder with their classes and splits, and notes."""
    table_path = place / "metadata.csv"
    if exists(table_path):
        return _of_table(place, read_table(table_path))
    return in_class_folders(place, is_clip), []


def _of_table(place: Path, table: TextTable) -> tuple[list[LabelledFile], list[str]]:
    """The clips that a table lists; sources that are held out are in the test part alone."""
    file, label = table.find(("file", "file_name", "path")), table.find(("label", "class"))
    if not file or not label:
        raise UnreadableError(table.path, "it needs the columns file and label.")
    paths, classes = [place / name for name in table.column(file)], table.column(label)
    missing = [path.name for path in paths if not exists(path)]
    notes = [f"{len(missing):,} of {len(paths):,} clips of the table are not there: {some(missing)}"] if missing else []
    origin = table.find(("source", "group", "video"))
    sources = table.column(origin) if origin else []
    held, more = _held_out(classes, sources)
    items = [
        LabelledFile(path, name, "test" if sources and sources[number] in held else "train")
        for number, (path, name) in enumerate(zip(paths, classes, strict=True))
        if exists(path)
    ]
    return items, [*notes, *more]


def _held_out(classes: list[str], sources: list[str]) -> tuple[set[str], list[str]]:
    """The sources that are kept for the test: the last one of every class, where each has more than one."""
    of_class: dict[str, list[str]] = {}
    for name, origin in zip(classes, sources, strict=False):
        if origin not in of_class.setdefault(name, []):
            of_class[name].append(origin)
    if not of_class:
        return set(), []
    single = [name for name, origins in of_class.items() if len(origins) < 2]
    held = {origins[-1] for origins in of_class.values() if len(origins) > 1}
    notes = (
        [f"The test part has the clips of {_listed(sorted(held))}, and no other part has any of them."] if held else []
    )
    if single:
        notes.append(
            f"Of {len(of_class)} classes {len(single)} come from one source alone ({_listed(single)}): what is learnt "
            "of them cannot be told from the place where they were filmed."
        )
    return held, notes


def _listed(names: list[str]) -> str:
    return ", ".join(map(printable, names[:MOST_NAMED])) + (", …" if len(names) > MOST_NAMED else "")


def _dataset(place: Path, items: list[LabelledFile], clips: Array, files: list[str], notes: list[str]) -> Dataset:
    names = sorted({item.label for item in items})
    number = {name: index for index, name in enumerate(names)}
    classes = np.array([number[item.label] for item in items], np.int64)
    of_split = np.array([SPLITS.index(item.split) for item in items])
    if not (of_split == 0).any():
        raise UnreadableError(place, "there are no clips to train with.")
    fields = {
        "clip": Value(clips.shape[1:], "map", "uint8"),
        "label": Value((), "class", "int64", class_names(names)),
    }
    return Dataset(
        fields, parted(of_split, {"clip": clips, "label": classes}), tuple(notes), files=file_names(of_split, files)
    )
