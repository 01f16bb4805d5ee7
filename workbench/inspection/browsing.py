"""Samples of a data set for people: in which order, with which labels, and what augmentation makes of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import printable
from workbench.core.values import Value, shape_text
from workbench.data.config import AugmentSettings
from workbench.data.factor_text import details, factors_of, is_grouped, value_text, varying
from workbench.data.spec import FACTOR, Dataset
from workbench.inspection.portraits import Portrait, portrait
from workbench.training.verdicts import Verdicts

MIXED, AS_READ, BY_CLASS = "mixed", "as in the data", "by class"


@dataclass(frozen=True)
class Sample:
    """One sample as it is shown.

    Attributes:
        number: in its split.
        pixels: (H, W, 3) bytes; None where the sample is shown in words.
        text: what it says, where it is shown in words.
        label: what it is, for people, in one line or two.
        details: what more there is to say about it, in lines; shown under the pointer.
    """

    number: int
    pixels: NDArray[np.uint8] | None
    label: str
    details: str = ""
    text: str = ""


def label_field(dataset: Dataset) -> str:
    """The field that says which factor varies, else the first field of classes; "" if there is none."""
    if factors_of(dataset):
        return FACTOR
    return next((name for name, value in dataset.fields.items() if value.kind == "class"), "")


def numbers_of(dataset: Dataset, split: str, of_class: int) -> NDArray[np.int64]:
    """The numbers of the samples of a split, of one class or (-1) of all."""
    label = label_field(dataset)
    if of_class < 0 or not label or (label == FACTOR and not is_grouped(dataset, split)):
        return np.arange(dataset.size(split))
    return np.flatnonzero(dataset.splits[split][label] == of_class)


def in_order(dataset: Dataset, split: str, numbers: NDArray[np.int64], order: str) -> NDArray[np.int64]:
    """Samples in an order: as they lie in the data, by class, or mixed, which is the same mixture at every start.

    Samples whose groups belong together in batches are not mixed.
    """
    label = label_field(dataset)
    if order == BY_CLASS and label:
        return numbers[np.argsort(dataset.splits[split][label][numbers], kind="stable")]
    if order == MIXED and not is_grouped(dataset, split):
        return numbers[np.random.default_rng(len(numbers)).permutation(len(numbers))]
    return numbers


def samples_of(dataset: Dataset, split: str, numbers: Sequence[int], verdicts: Verdicts | None = None) -> list[Sample]:
    """Samples as they are shown; with verdicts by what the network says of them."""
    label = label_field(dataset)
    arrays = dataset.splits[split]
    found = []
    for number in numbers:
        shown = portrait(dataset, split, number)
        text = str(number)
        factor = varying(dataset, split, number)
        if verdicts is not None:
            text = "\n".join(map(printable, verdicts.texts(number)))
        elif factor:
            text = f"{printable(factor)}\n{value_text(dataset, split, number, factor)}"
        elif label and label != FACTOR:
            classes, value = dataset.fields[label].classes, int(arrays[label][number])
            text = printable(classes[value]) if value < len(classes) else str(value)
        about = details(dataset, split, number)
        if verdicts is not None:
            about = "\n".join(
                filter(None, (f"{split} {number}: {' · '.join(map(printable, verdicts.texts(number)))}", about))
            )
        about = "\n".join(filter(None, (about, shown.text)))
        found.append(Sample(int(number), shown.pixels, text, about, shown.text))
    return found


def summary(dataset: Dataset) -> list[str]:
    """Sizes and fields, a line each."""
    sizes = ", ".join(f"{dataset.size(split):,} {split}" for split in dataset.splits)
    return [sizes, *(f"{printable(name)}: {_described(name, value)}" for name, value in dataset.fields.items())]


def _described(name: str, value: Value) -> str:
    if name == FACTOR and value.classes:
        return f"one of {printable(', '.join(value.classes))} varies in a batch"
    if value.kind == "class":
        return f"{len(value.classes)} classes"
    return f"{value.kind} {shape_text(value.shape)}" if value.shape else value.kind


def augmented(
    settings: AugmentSettings, dataset: Dataset, split: str, number: int, seed: int, count: int
) -> list[Portrait]:
    """Returns what the network would be shown of one sample in `count` epochs, made as training makes it."""
    from workbench.data.batches import Batches

    names = [name for name, value in dataset.fields.items() if value.kind not in ("loss", "class_probs")]
    arrays = {name: dataset.splits[split][name] for name in names}
    batches = Batches(arrays, dataset.fields, 1, seed=seed, shuffle=True, augmentation=settings)
    found = []
    for epoch in range(count):
        fields = batches.sample(number, epoch).fields
        one = {split: {name: fields[name].numpy() for name in names}}
        found.append(portrait(Dataset(dataset.fields, one), split, 0))
    return found
