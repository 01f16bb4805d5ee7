"""Samples of a data set for people: in which order, with which labels, and what augmentation makes of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import printable
from workbench.core.values import Value, shape_text
from workbench.data.chunks import chunks
from workbench.data.config import AugmentSettings
from workbench.data.factor_text import details, factors_of, is_grouped, value_text, varying
from workbench.data.spec import FACTOR, Array, Dataset
from workbench.inspection.portraits import LIGHT_PAPER, Paper, Portrait, portrait, text_of
from workbench.inspection.ratings import has_users, true_text
from workbench.training.verdicts import SampleLosses, Verdicts

MIXED, AS_READ, BY_CLASS = "mixed", "as in the data", "by class"
BY_FILE = "by name of file"
SINGLE = ("class", "scalar", "tokens", "vector")  # kinds that samples can be sorted by, where one value is all


@dataclass(frozen=True)
class Sample:
    """One sample as it is shown.

    Attributes:
        number: in its split.
        pixels: (H, W, 3) bytes; None where they are made later, or the sample is shown in words.
        label: what it is, for people, in one line or two.
        details: what more there is to say about it, in lines; shown under the pointer.
    """

    number: int
    pixels: NDArray[np.uint8] | None
    label: str
    details: str = ""


def label_field(dataset: Dataset) -> str:
    """The field that says which factor varies, else the first field of classes; "" if there is none."""
    if factors_of(dataset):
        return FACTOR
    return next((name for name, value in dataset.fields.items() if value.kind == "class"), "")


def named_field(dataset: Dataset) -> str:
    """The field by whose names samples are chosen: `label_field`, else several labels, else a mask; "" for none."""
    named = {value.kind: name for name, value in reversed(list(dataset.fields.items())) if value.classes}
    return label_field(dataset) or named.get("vector") or named.get("mask", "")


def is_told_by_number(dataset: Dataset) -> bool:
    """Returns whether a number is said of each sample, with its name, since there are no classes."""
    return not named_field(dataset) and any(value.kind == "scalar" for value in dataset.fields.values())


def numbers_of(dataset: Dataset, split: str, of_class: int) -> NDArray[np.int64]:
    """The numbers of the samples of a split, of one class or label, with a class in their mask, or (-1) all."""
    label = named_field(dataset)
    if of_class < 0 or not label or (label == FACTOR and not is_grouped(dataset, split)):
        return np.arange(dataset.size(split))
    if dataset.fields[label].kind == "vector":
        return np.flatnonzero(dataset.splits[split][label][:, of_class] > 0.5)
    if dataset.fields[label].kind == "mask":
        return _with_class(dataset.splits[split][label], of_class)
    return np.flatnonzero(dataset.splits[split][label] == of_class)


def _with_class(masks: Array, of_class: int) -> NDArray[np.int64]:
    """The numbers of the masks (N, H, W) in which a class is, found some megabytes at a time."""
    found = np.zeros(len(masks), bool)
    for some in chunks(masks):
        part = np.asarray(masks[some])
        found[some] = (part == of_class).reshape(len(part), -1).any(1)
    return np.flatnonzero(found)


def in_order(dataset: Dataset, split: str, numbers: NDArray[np.int64], order: str) -> NDArray[np.int64]:
    """Samples in an order: as they lie in the data, by class, or mixed, which is the same mixture at every start.

    Samples whose groups belong together in batches are not mixed.
    """
    label, fields = label_field(dataset), field_orders(dataset)
    if order in fields:
        return numbers[np.argsort(_ranks(dataset, split, fields[order])[numbers], kind="stable")]
    if order == BY_CLASS and label:
        return numbers[np.argsort(dataset.splits[split][label][numbers], kind="stable")]
    if order == MIXED and not is_grouped(dataset, split):
        return numbers[np.random.default_rng(len(numbers)).permutation(len(numbers))]
    return numbers


def field_orders(dataset: Dataset) -> dict[str, str]:
    """Returns the orders by single fields, each with its field: those of one number, class or word; "" is the file."""
    orders = {
        f"by {printable(name)}": name
        for name, value in dataset.fields.items()
        if name != label_field(dataset) and value.elements == 1 and value.kind in SINGLE
    }
    return orders | ({BY_FILE: ""} if dataset.files else {})


def _ranks(dataset: Dataset, split: str, field: str) -> Array:
    """For each sample of a split what it is sorted by: a number, or the place of its name among all."""
    if not field:
        return np.asarray(dataset.files.get(split, np.zeros(dataset.size(split), np.bytes_)))
    values, names = np.asarray(dataset.splits[split][field]).reshape(-1), dataset.fields[field].classes
    if not names:
        return values
    places = np.empty(len(names) + 1, np.int64)
    places[sorted(range(len(names)), key=lambda number: names[number].casefold())] = np.arange(len(names))
    places[len(names)] = len(names)  # of what has no name
    return np.asarray(places[np.clip(values.astype(np.int64), 0, len(names))])


def marked_numbers(dataset: Dataset, split: str, mark: str) -> NDArray[np.int64]:
    """Returns the numbers of a split's samples that a note is about; none where it is about other splits."""
    return np.asarray(dataset.marked.get(mark, {}).get(split, np.arange(0)), np.int64)


def samples_of(
    dataset: Dataset, split: str, numbers: Sequence[int], losses: SampleLosses | None = None, *, by_loss: bool = False
) -> list[Sample]:
    """Samples with what is said of them, and without their pictures, which take longer (`portraits.portrait`).

    Args:
        dataset: the data.
        split: of the samples.
        numbers: of the samples in their split.
        losses: what the network says of them; None: labels alone.
        by_loss: whether their losses are said first.
    """
    return [_sample(dataset, split, int(number), losses, by_loss=by_loss) for number in numbers]


def _sample(dataset: Dataset, split: str, number: int, losses: SampleLosses | None, *, by_loss: bool) -> Sample:
    """One of them."""
    about = "\n".join(filter(None, (printable(dataset.file_of(split, number)), details(dataset, split, number))))
    if losses is None:
        return Sample(number, None, _label(dataset, split, number), about)
    said = list(map(printable, losses.texts(number))) if isinstance(losses, Verdicts) else []
    loss = losses.loss_text(number)
    lines = said if said and not by_loss else [loss, *(said or [_label(dataset, split, number)])]
    line = f"{split} {number}: {' · '.join([*said, loss])}"
    return Sample(number, None, "\n".join(lines), "\n".join(filter(None, (line, about))))


def _label(dataset: Dataset, split: str, number: int) -> str:
    """What a sample is: the factor that varies, its class, its labels, the number that is to be learnt, or its own."""
    label = named_field(dataset)
    factor = varying(dataset, split, number)
    if factor:
        return f"{printable(factor)}\n{value_text(dataset, split, number, factor)}"
    if not label or dataset.fields[label].kind == "mask":
        if has_users(dataset):
            return true_text(dataset, dataset.splits[split], number)
        scalar = next((name for name, value in dataset.fields.items() if value.kind == "scalar"), "")
        return f"{printable(scalar)} {dataset.splits[split][scalar][number]:.4g}" if scalar else str(number)
    if label == FACTOR:
        return str(number)
    classes, value = dataset.fields[label].classes, dataset.splits[split][label][number]
    if dataset.fields[label].kind == "vector":
        return text_of(dataset.fields[label], value) or "no label"
    return printable(classes[int(value)]) if int(value) < len(classes) else str(int(value))


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
    settings: AugmentSettings,
    dataset: Dataset,
    split: str,
    number: int,
    seed: int,
    count: int,
    paper: Paper = LIGHT_PAPER,
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
        found.append(portrait(Dataset(dataset.fields, one), split, 0, paper=paper))
    return found
