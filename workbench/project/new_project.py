"""New projects from a template and a choice of data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import prod
from pathlib import Path

import numpy as np

from workbench.core.errors import UsageError
from workbench.core.graph import Graph
from workbench.core.values import KINDS, Json, Value
from workbench.data.chunks import chunks
from workbench.data.loading import load
from workbench.data.spec import FACTOR, Dataset
from workbench.model.shapes import infer
from workbench.project.document import Project, checked
from workbench.project.templates.spec import REGISTRY, GraphBuilder, Samples, Template

CHOSEN = "chosen"  # the field that says whether a user has chosen an item
MOST_REASONS = 4  # notes on the data that are shown with a refusal


def find_template(name: str) -> type[Template]:
    """The template of that name.

    Raises:
        UsageError: there is none.
    """
    return REGISTRY.find(name, "template")


def create(name: str, choice: tuple[str, Mapping[str, Json]] | None, folder: Path) -> tuple[Project, tuple[str, ...]]:
    """A new project and what a person should know about its data.

    Args:
        name: of the template.
        choice: data source and its options; None takes the template's own.
        folder: where the project will be, which relative paths start from.

    Raises:
        UsageError: no such template, or the data does not suit it.
        UnreadableError: the data cannot be read.
    """
    cls = find_template(name)
    data = dict(cls.data)
    notes: tuple[str, ...] = ()
    samples, dataset = cls.samples, None
    if choice is not None:
        data = {**data, "source": choice[0], "options": dict(choice[1])}
    if choice is not None or samples is None:
        from workbench.data.config import DataConfig

        dataset = load(checked(DataConfig, data, "data"), folder)
        samples, notes = samples_for(cls, dataset), dataset.notes
    elif cls.reads:
        notes = (f"{cls.title} reads {cls.reads} ({_named(cls)}), and no data of that kind is chosen yet.",)
    if samples.shape and min(samples.shape[1:]) < cls.smallest:
        size = f"{cls.smallest}×{cls.smallest}"
        raise UsageError(f"{cls.title} needs pictures of at least {size} pixels; these have {Value(samples.shape)}.")
    if choice is not None and cls.needs_factors and not samples.factors:
        raise UsageError(
            f"{cls.title} learns from batches in which one factor of the scene varies, but the data source "
            f"{choice[0]} knows no factors. Take heads, or poses:FILE."
        )
    builder = GraphBuilder(samples)
    cls().build(builder)
    graph = builder.graph()
    if dataset is not None:
        _check_fields(cls, graph, dataset)
    return Project.new(graph, data, dict(cls.training)), notes


def _check_fields(cls: type[Template], graph: Graph, dataset: Dataset) -> None:
    """Refuses data that lacks a field which the network brings in: it could never be trained on it."""
    shapes = infer(graph)
    wanted = {str(getattr(layer, "field", "")): layer for layer in shapes.layers.values() if layer.data_field}
    for name, layer in wanted.items():
        if name not in dataset.fields:
            reasons = "".join(f" {note}" for note in dataset.notes[:MOST_REASONS])
            sample = "sample" if cls.reads else "picture"
            raise UsageError(
                f"{cls.title} needs {KINDS[layer.output().kind].text} for each {sample} (the field {name}), but the "
                f"data has {', '.join(dataset.fields)} alone.{reasons} Choose other data, or a template that needs "
                "none, such as autoencoder."
            )


def _named(cls: type[Template]) -> str:
    """What a template brings in that is no picture, as people say it: `the field text`."""
    names = list(cls.samples.fields) if cls.samples else []
    return f"the field{'s' if len(names) > 1 else ''} {' and '.join(names)}"


def samples_for(cls: type[Template], dataset: Dataset) -> Samples:
    """What a template has to know about a data set.

    Raises:
        UsageError: the data has no pictures, or not what a template reads that is for something else.
    """
    usual = cls.samples if cls.reads else None
    if usual is None and not dataset.image_field:
        usual = cls.instead if cls.instead is not None and _found(cls.instead, dataset) else None
        if usual is None:
            others = [name for name, each in REGISTRY.items() if each.samples and _found(each.samples, dataset)]
            advice = f" Templates for such data: {', '.join(others)}." if others else ""
            raise UsageError(f"{cls.title} needs pictures, but the data has {', '.join(dataset.fields)}.{advice}")
    if usual is None:
        return describe(dataset)
    found = _found(usual, dataset)
    if not found:
        raise UsageError(
            f"{cls.title} reads {cls.reads} ({_named(cls)}), but the data has {', '.join(dataset.fields)} alone. "
            "Make the network without data, or choose a template for this data, such as small-resnet."
        )
    return replace(_with_classes(usual, dataset), fields=found, is_choice=CHOSEN in dataset.fields)


def _found(usual: Samples, dataset: Dataset) -> dict[str, Value]:
    """The fields of a data set that are like those which a template is drawn for; none if one of them is lacking."""
    found: dict[str, Value] = {}
    for name, wanted in usual.fields.items():
        alike = [each for each, value in dataset.fields.items() if each not in found and _are_alike(value, wanted)]
        if not alike:
            return {}
        field = name if name in alike else alike[0]
        found[field] = dataset.fields[field]
    return found


def _are_alike(value: Value, wanted: Value) -> bool:
    """Whether two values are of one kind and have as many axes; pictures, which are bytes, are no measurements."""
    is_alike = (value.kind, len(value.shape)) == (wanted.kind, len(wanted.shape))
    return is_alike and (value.dtype == wanted.dtype or (len(wanted.shape) == 4 and value.dtype == "uint8"))


def describe(dataset: Dataset) -> Samples:
    """Picture size, classes and pixel statistics of a data set.

    Raises:
        UsageError: it has no pictures.
    """
    image = dataset.image_field
    if not image:
        raise UsageError(f"The templates need pictures, but the data has {', '.join(dataset.fields)}.")
    mean, std = statistics(dataset, image)
    factors = dataset.fields[FACTOR].classes if FACTOR in dataset.fields else ()
    dimensions = tuple(dataset.dimensions(name) for name in factors)
    shape = dataset.fields[image].shape
    samples = Samples(shape, image, mean=mean, std=std, factors=factors, dimensions=dimensions)
    mask = next((name for name, value in dataset.fields.items() if value.kind == "mask"), "")
    if mask:
        samples = replace(samples, mask=mask, parts=dataset.fields[mask].classes)
    clean = next((name for name, value in dataset.fields.items() if value.is_picture and name != image), "")
    if clean and dataset.fields[clean].shape[1:] == shape[1:]:
        samples = replace(samples, clean=clean, clean_shape=dataset.fields[clean].shape)
    return _with_classes(samples, dataset)


def _with_classes(samples: Samples, dataset: Dataset) -> Samples:
    """The samples with the classes of the data, where it has any."""
    label = next((name for name, value in dataset.fields.items() if value.kind == "class" and name != FACTOR), "")
    labels = next((name for name, value in dataset.fields.items() if value.kind == "vector" and value.classes), "")
    if labels and not label:
        names = dataset.fields[labels].classes
        return replace(samples, labels=labels, classes=names, scores=len(names))
    if not label:
        return samples
    classes = dataset.fields[label].classes
    return replace(samples, label=label, classes=classes, scores=len(classes))


def statistics(dataset: Dataset, image: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation of the training pixels between 0 and 1, for each channel, to four digits."""
    pictures = dataset.splits["train"][image]
    scale = 255.0 if pictures.dtype == np.uint8 else 1.0
    sample = pictures[:: max(1, len(pictures) // 10_000)]
    count = len(sample) * prod(sample.shape[2:])
    pieces = chunks(sample)  # of all at once, doubles would take eight times their memory
    mean = sum(np.asarray(sample[some]).sum(axis=(0, 2, 3), dtype=np.float64) for some in pieces) / count
    around = sum(((np.asarray(sample[some]) - mean[:, None, None]) ** 2).sum(axis=(0, 2, 3)) for some in pieces)
    mean, std = mean / scale, np.sqrt(around / count) / scale
    return tuple(round(float(each), 4) for each in mean), tuple(round(max(float(each), 1e-3), 4) for each in std)
