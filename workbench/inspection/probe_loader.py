"""Reads probes as a network takes them: samples from the data, pictures and drawings fitted to its input.

Picture files are decoded and fitted by the data's own source, so that a picture as a file is what it is as a sample.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as made_by
from pathlib import Path

import numpy as np

from workbench.core.errors import UnreadableError, UsageError
from workbench.core.files import exists
from workbench.core.graph import Graph
from workbench.core.values import Shape, Value, shape_text
from workbench.data.loading import is_newest, load, source_of
from workbench.data.pictures import fit
from workbench.data.spec import FACTOR, SPLITS, Array, Dataset
from workbench.data.text_file import read_text
from workbench.inspection.mask_overlays import mask_field
from workbench.inspection.portraits import LIGHT_PAPER, Paper, Portrait, input_portrait
from workbench.inspection.ratings import has_users, rating_text
from workbench.project.document import Project
from workbench.project.probes import DrawnProbe, PictureProbe, Pixels, Probe, SampleProbe

FILES = (".txt", ".csv", ".tsv")  # endings by which one word is the name of a file and no text
HALF = 0.5  # from which on a label is there
OTHERS = 100  # samples that a view sees beside the one looked at


def centring(pixels: Pixels) -> tuple[int, int]:
    """How many rows down and columns right bring the centre of mass of a picture (C, H, W) nearest to the middle."""
    mass = pixels.sum(axis=0, dtype=np.float64)
    total = mass.sum()
    if total == 0:
        return 0, 0
    steps = []
    for axis, size in enumerate(mass.shape):
        middle = float((mass.sum(axis=1 - axis) * np.arange(size)).sum() / total)
        steps.append(int(np.floor((size - 1) / 2 - middle + 0.5)))
    return steps[0], steps[1]


def centred(pixels: Pixels) -> Pixels:
    """The picture moved by whole pixels so that its centre of mass is in the middle, with black coming in."""
    moved, sizes, steps = np.zeros_like(pixels), pixels.shape[1:], centring(pixels)
    source = tuple(slice(max(0, -step), size - max(0, step)) for step, size in zip(steps, sizes, strict=True))
    target = tuple(slice(max(0, step), size - max(0, -step)) for step, size in zip(steps, sizes, strict=True))
    moved[:, target[0], target[1]] = pixels[:, source[0], source[1]]
    return moved


@dataclass(frozen=True)
class Reading:
    """A probe as the network takes it.

    Attributes:
        fields: for each field that the network takes its array, channels first; pictures are bytes.
        truth: name of the sample's class, or "".
        notes: what a person should know, such as that a picture has several frames.
        shown: how the first field is shown, where it is no picture.
        labels: the true labels of a sample that has several.
        answers: the other pictures of a sample, by field, such as the one that a network should make of it.
        mask: the true classes (H, W) of a sample's pixels, and their names; None where the data has no masks.
        is_rating: whether it is a user's rating of an item, which is told in lines.
    """

    fields: Mapping[str, Array]
    truth: str = ""
    notes: tuple[str, ...] = ()
    shown: Portrait | None = None
    mask: tuple[Array, tuple[str, ...]] | None = None
    labels: tuple[str, ...] = ()
    answers: Mapping[str, Array] = made_by(default_factory=dict)
    is_rating: bool = False


class ProbeReader:
    """Reads probes for a project; its data is loaded when the first sample is asked for."""

    def __init__(self, project: Project, folder: Path, paper: Paper = LIGHT_PAPER) -> None:
        self._project, self._folder, self._paper = project, folder, paper
        self._dataset: Dataset | None = None

    def is_for(self, project: Project, folder: Path, paper: Paper = LIGHT_PAPER) -> bool:
        """Whether it reads that project's data already, as it was loaded last, and draws it on that paper."""
        is_same = project.data is self._project.data or project.data == self._project.data
        return (folder, paper) == (self._folder, self._paper) and is_same and self._is_newest()

    def _is_newest(self) -> bool:
        return self._dataset is None or is_newest(self._dataset, self._project.data_config(), self._folder)

    @property
    def dataset(self) -> Dataset:
        """The project's data.

        Raises:
            UsageError: the settings are wrong.
            UnreadableError: a file cannot be taken.
        """
        if self._dataset is None:
            self._dataset = load(self._project.data_config(), self._folder)
        return self._dataset

    @property
    def sizes(self) -> dict[str, int]:
        """How many samples each split has; empty while the data is not loaded."""
        return {} if self._dataset is None else {name: self._dataset.size(name) for name in self._dataset.splits}

    def read(self, probe: Probe, inputs: Mapping[str, Shape]) -> Reading:
        """A probe as the network takes it.

        Args:
            probe: the probe.
            inputs: the fields that the network takes, with their shapes.

        Raises:
            UsageError: there is no such sample, or it does not fit the network.
            UnreadableError: a file cannot be taken.
        """
        if isinstance(probe, SampleProbe):
            return self._sample(probe, inputs)
        if isinstance(probe, PictureProbe) and (words := self._words(probe.path, inputs)) is not None:
            return words
        if isinstance(probe, PictureProbe) and (sample := self._file(probe.path, inputs)) is not None:
            return sample
        field, shape = _picture_input(inputs)
        if isinstance(probe, PictureProbe):
            source = source_of(self._project.data_config())
            array, notes = source.decode(probe.path)
            return Reading({field: source.fit(array, shape)}, notes=notes)
        return Reading({field: fit(_drawn(probe), shape[0], shape[1], shape[2], "pad")})

    def _words(self, path: Path, inputs: Mapping[str, Shape]) -> Reading | None:
        """A text, that of a file or what was said in its place, where the network takes tokens; else None."""
        field, shape = next(iter(inputs.items()))
        if len(inputs) != 1 or len(shape) != 1:
            return None
        source = source_of(self._project.data_config())
        value = source.value_of(field) or self.dataset.fields.get(field)
        if value is None:
            return None
        is_there = exists(path)
        if not is_there and path.suffix.lower() in FILES and " " not in str(path):
            raise UnreadableError(path, "there is no such file.")
        text = read_text(path)[0] if is_there else str(path)
        array = source.encode(text, value)
        if array is None or value.shape != shape:
            return None
        unknown = int((array == 1).sum())
        notes = (f"{unknown} of its {int((array > 0).sum())} tokens are not known",) if unknown else ()
        return Reading({field: array}, notes=notes, shown=input_portrait(value, array, self._paper))

    def _file(self, path: Path, inputs: Mapping[str, Shape]) -> Reading | None:
        """A file that is one sample of the data, such as a clip or a volume; None where samples are no such files."""
        field, shape = next(iter(inputs.items()))
        if len(inputs) != 1 or len(shape) != 4:
            return None
        found = source_of(self._project.data_config()).read_sample(path, shape)
        if found is None:
            return None
        array, notes = found
        shown = input_portrait(Value(shape, "map", str(array.dtype)), array, self._paper)
        return Reading({field: array}, notes=notes, shown=shown)

    def whole(self, probe: Probe, inputs: Mapping[str, Shape], most: int | None = None) -> Reading:
        """A probe at its own size, with as many channels as the network takes; samples are as they are.

        Args:
            probe: the probe.
            inputs: the fields that the network takes, with their shapes.
            most: pixels; a picture with more is made smaller, and a note says so.

        Raises:
            UsageError: there is no such sample, or it does not fit the network.
            UnreadableError: a file cannot be taken.
        """
        if isinstance(probe, SampleProbe):
            return self._sample(probe, inputs)
        field, shape = _picture_input(inputs)
        array, notes = (
            source_of(self._project.data_config()).decode(probe.path)
            if isinstance(probe, PictureProbe)
            else (_drawn(probe), ())
        )
        height, width = array.shape[1:]
        if most is not None and height * width > most:
            scale = (most / (height * width)) ** 0.5
            height, width = max(1, int(height * scale)), max(1, int(width * scale))
            notes += (f"it was made smaller from {array.shape[2]}×{array.shape[1]} to {width}×{height} pixels",)
        return Reading({field: fit(array, shape[0], height, width, "stretch")}, notes=notes)

    def others(self, inputs: Mapping[str, Shape]) -> dict[str, Array]:
        """The first samples of the data that a network could take, (N, ...) each; none while it is not loaded."""
        if self._dataset is None:
            return {}
        splits = [split for name in reversed(SPLITS) if (split := self._dataset.splits.get(name))]
        fits = all(
            field in split and split[field].shape[1:] == shape for field, shape in inputs.items() for split in splits
        )
        return {field: np.asarray(splits[0][field][:OTHERS]) for field in inputs} if splits and fits else {}

    def _sample(self, probe: SampleProbe, inputs: Mapping[str, Shape]) -> Reading:
        dataset = self.dataset
        size = dataset.size(probe.split)
        if probe.split not in SPLITS or probe.number >= size:
            raise UsageError(f'There is no sample "{probe}": {probe.split} has {size:,} samples, counted from 0.')
        split, fields = dataset.splits[probe.split], {}
        for field, shape in inputs.items():
            value = dataset.fields.get(field)
            if value is None or value.shape != shape:
                found = f"that of the data is {value}" if value else "the data has none"
                raise UsageError(f"The network takes {field} of {shape_text(shape)}, but {found}.")
            fields[field] = split[field][probe.number]
        labels = [
            name for name, value in dataset.fields.items() if value.kind == "class" and value.classes and name != FACTOR
        ]
        truth = dataset.fields[labels[0]].classes[int(split[labels[0]][probe.number])] if labels else ""
        shown = [input_portrait(dataset.fields[name], array, self._paper) for name, array in fields.items()]
        is_rating = has_users(dataset)
        told = rating_text(dataset, probe.split, probe.number) if is_rating else ""
        words = told or "\n".join(each.text for each in shown if each.text)
        mask = mask_field(dataset)
        true = (np.asarray(split[mask][probe.number]), dataset.fields[mask].classes) if mask else None
        drawn = replace(shown[0], text=words) if shown else None
        tags, answers = _labels(dataset, split, probe.number), _other_pictures(dataset, split, probe.number, inputs)
        return Reading(fields, truth or ", ".join(tags), shown=drawn, mask=true, labels=tags, answers=answers,
                       is_rating=is_rating)  # fmt: skip


def truth_of(graph: Graph, reading: Reading) -> Array | None:
    """Returns the picture that a network should make of what was read; None where nobody knows it."""
    fields = [str(node.params.get("field", "")) for node in graph if node.layer == "Target"]
    return next((reading.answers[name] for name in fields if name in reading.answers), None)


def _labels(dataset: Dataset, split: Mapping[str, Array], number: int) -> tuple[str, ...]:
    """The labels that a sample has, where it may have several."""
    name = next((name for name, value in dataset.fields.items() if value.kind == "vector" and value.classes), "")
    if not name:
        return ()
    names = dataset.fields[name].classes
    return tuple(label for label, there in zip(names, split[name][number].tolist(), strict=True) if there > HALF)


def _other_pictures(
    dataset: Dataset, split: Mapping[str, Array], number: int, inputs: Mapping[str, Shape]
) -> dict[str, Array]:
    """The pictures of a sample that a network does not take."""
    others = [name for name, value in dataset.fields.items() if value.is_picture and name not in inputs]
    return {name: np.asarray(split[name][number]) for name in others}


def _picture_input(inputs: Mapping[str, Shape]) -> tuple[str, Shape]:
    """The one field of pictures that a network takes, with its shape.

    Raises:
        UsageError: it takes something else.
    """
    if len(inputs) != 1:
        names = ", ".join(inputs)
        raise UsageError(f"The network takes {len(inputs)} inputs ({names}), so only samples such as test:0 fit.")
    ((field, shape),) = inputs.items()
    if len(shape) != 3 or shape[0] not in (1, 3):
        raise UsageError(f"The network takes {shape_text(shape)}, which is no picture; give samples as test:17.")
    return field, shape


def _drawn(probe: Probe) -> Pixels:
    """The pixels of a drawing as the network sees them."""
    assert isinstance(probe, DrawnProbe)
    return centred(probe.pixels) if probe.is_centred else probe.pixels
