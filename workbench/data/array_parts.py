"""Arrays of one file as a data set: samples of some kind, a class for each, and whatever else is known about them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from workbench.core.errors import UnreadableError, UsageError, printable
from workbench.core.values import Shape, Value, shape_text
from workbench.data.array_fields import Parts, converted_bytes, labels, numbers
from workbench.data.class_names import class_names
from workbench.data.npy_file import ArrayFile, ArrayHeader
from workbench.data.spec import SPLITS, Array, Dataset
from workbench.data.split_names import ALTERNATIVES, WORDS

LABEL_NAMES = ("label", "labels", "y", "target", "targets", "class", "classes", "object", "subject", "digit", "arr_1")
CLASS_NAMES = ("classes", "class_names", "classnames", "label_names", "labels_names", "target_names", "names")
FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}\Z")
MOST_NAMES, LONGEST_NAME = 1000, 4 * 200  # how many, and the bytes of one
SPLIT_NAME = re.compile(
    rf"(?:(?P<before>{ALTERNATIVES})_)?(?P<base>.+?)(?:_(?P<after>{ALTERNATIVES}))?\Z", re.IGNORECASE
)

Members = dict[str, dict[str, str]]  # array without its split → split → name in the file
Field = tuple[str, Value, dict[str, Array]]


@dataclass(frozen=True)
class SampleArray:
    """Which array of a file holds the samples, and how it becomes a field.

    Attributes:
        field: that it becomes; the option of the same name says which array it is.
        thing: one sample, such as "picture".
        names: by which the array is known.
        axes: how many it may have.
        convert: returns the field, its arrays by split, and notes, from the file, the array's name and its parts.
        extra: returns how many bytes `convert` takes beside an array of a type and shape.
    """

    field: str
    thing: str
    names: tuple[str, ...]
    axes: tuple[int, ...]
    convert: Callable[[Path, str, Parts], tuple[Value, dict[str, Array], list[str]]]
    extra: Callable[[np.dtype[np.generic], Shape], int]

    @property
    def things(self) -> str:
        """Several samples, as people call them."""
        return self.thing if self.thing.endswith("s") else f"{self.thing}s"


def read_arrays(path: Path, samples: SampleArray, named: str | None, label: str | None) -> Dataset:
    """Reads a data set from a `.npz` or `.npy` file.

    Args:
        path: the file.
        samples: which array holds the samples.
        named: the array that the user says it is; None to go by its name and axes.
        label: the array of classes; None to go by its name, "" for none.

    Raises:
        UnreadableError: the file or an array cannot be taken.
        UsageError: there is no array that was named.
    """
    with ArrayFile(path) as file:
        members = _by_split(file.headers)
        main = _main(file, members, samples, named)
        splits = [split for split in SPLITS if split in members[main]]
        if "train" not in splits:
            raise UnreadableError(path, f'"{printable(main)}" has no training part.')
        shapes = {split: file.headers[members[main][split]].shape for split in splits}
        if empty := [split for split, shape in shapes.items() if not shape or 0 in shape]:
            raise UnreadableError(path, f"there are no {samples.things} in the {empty[0]} split.")
        counts = {split: shape[0] for split, shape in shapes.items()}
        parts, notes = _matching(file, members, main, counts, samples.thing)
        _check_sizes(file, [members[name][split] for name in parts for split in counts], members[main], samples)
        arrays = {name: {split: file.read(members[name][split]) for split in counts} for name in parts}
        value, found, more = samples.convert(path, main, arrays.pop(main))
        notes += more
        fields, made_splits = {samples.field: value}, {split: {samples.field: found[split]} for split in counts}
        for name, value, found in _described(file, members, arrays, label, notes, samples):
            fields[name] = value
            for split, array in found.items():
                made_splits[split][name] = array
        fields, notes = _with_class_names(file, fields, notes, set(counts.values()))
    return Dataset(fields, made_splits, tuple(notes))


def _with_class_names(
    file: ArrayFile, fields: dict[str, Value], notes: list[str], counts: set[int]
) -> tuple[dict[str, Value], list[str]]:
    """The field of classes by the names that an array of texts has for their numbers; where there is none, as it is.

    What has as many entries as there are samples (`counts`) names these, and not their classes.
    """
    value = fields.get("label")
    indices = [int(each) for each in value.classes if each.isdecimal()] if value is not None else []
    if value is None or len(indices) < len(value.classes) or not indices:
        return fields, notes
    for name, header in file.headers.items():
        is_list = header.is_safe and header.dtype.kind == "U" and len(header.shape) == 1
        is_list = is_list and header.dtype.itemsize <= LONGEST_NAME and header.shape[0] not in counts
        if name.lower() in CLASS_NAMES and is_list and max(indices) < header.shape[0] <= MOST_NAMES:
            names = class_names([str(each) for each in file.read(name)])
            told = f'The classes have the names in the array "{printable(name)}".'
            known = tuple(names[number] for number in indices)
            kept = [note for note in notes if not note.startswith(f'The array "{printable(name)}" is left out')]
            return {**fields, "label": replace(value, classes=known)}, [*kept, told]
    return fields, notes


def _check_sizes(file: ArrayFile, names: list[str], main: Mapping[str, str], samples: SampleArray) -> None:
    """Refuses arrays that would not fit into memory together with what is made of them."""
    headers = {name: file.headers[name] for name in names}
    file.check_sizes(
        names,
        sum(
            (samples.extra if name in main.values() else _extra_of_numbers)(header.dtype, header.shape)
            for name, header in headers.items()
        ),
    )


def _extra_of_numbers(dtype: np.dtype[np.generic], shape: Shape) -> int:
    return converted_bytes(dtype, shape, are_pictures=False)


def _main(file: ArrayFile, members: Members, samples: SampleArray, named: str | None) -> str:
    """Which array holds the samples."""
    if named is not None:
        return _named(file, members, samples.field, named)
    fitting = {name for name in members if len(file.headers[_first(members[name])].shape) in samples.axes}
    for name in sorted(fitting, key=lambda name: _rank(name, samples.names)):
        if name.lower() in samples.names or len(fitting) == 1:
            return name
    told = ", ".join(f"{printable(name)} ({shape_text(header.shape)})" for name, header in file.headers.items())
    raise UnreadableError(
        file.path,
        f"which array holds the {samples.things}? There are: {told or 'none'}. Name one with {samples.field}=NAME.",
    )


def _described(
    file: ArrayFile, members: Members, arrays: dict[str, dict[str, Array]], label: str | None, notes: list[str],
    samples: SampleArray,
) -> Iterator[Field]:  # fmt: skip
    """The classes and the numbers to predict among the arrays beside the samples; what is left out gets a note."""
    chosen = _label(file, members, arrays, label, samples.thing)
    taken = {samples.field}
    if chosen and (found := labels(chosen, arrays.pop(chosen))):
        notes += found[1]
        taken.add("label")
        yield "label", *found[0]
    for name, each in arrays.items():
        if not chosen and label is None and name.lower() in LABEL_NAMES:
            notes.append(f'"{printable(name)}" was not taken as classes: {_why_none(each, samples.thing)}.')
        result = numbers(each)
        if isinstance(result, str):
            notes.append(_left_out(name, result))
        elif name in taken or not FIELD_NAME.match(name):
            notes.append(_left_out(name, "its name cannot be a field's, or is taken already"))
        else:
            taken.add(name)
            yield name, *result


def _label(
    file: ArrayFile, members: Members, arrays: Mapping[str, dict[str, Array]], label: str | None, thing: str
) -> str:
    """Which array holds the classes; empty if none does."""
    if label == "":
        return ""
    if label is None:
        known = sorted((name for name in arrays if name.lower() in LABEL_NAMES), key=lambda n: _rank(n, LABEL_NAMES))
        return next((name for name in known if labels(name, arrays[name])), "")
    chosen = _named(file, members, "label", label)
    if chosen not in arrays:
        raise UnreadableError(
            file.path, f'"{printable(chosen)}" has not one plain entry for each {thing}, so it cannot be the label.'
        )
    if not labels(chosen, arrays[chosen]):
        header = file.headers[_first(members[chosen])]
        raise UnreadableError(
            file.path,
            f'"{printable(chosen)}" ({header.dtype}, {shape_text(header.shape)}) cannot be the label: that needs one '
            f"whole number, text or one-hot row for each {thing}, and at most 1,000 different ones.",
        )
    return chosen


def _by_split(headers: dict[str, ArrayHeader]) -> Members:
    """Sorts the arrays by name and split; without any `train` all of them are training data."""
    parsed = {name: SPLIT_NAME.match(name) for name in headers}
    members: Members = {}
    for name, match in parsed.items():
        word = match and (match["before"] or match["after"])
        if match and word and not (match["before"] and match["after"]):
            members.setdefault(match["base"], {})[WORDS[word.lower()]] = name
        else:
            members.setdefault(name, {})["train"] = name
    if any("train" in found and found["train"] != name for name, found in members.items()):
        return members
    return {name: {"train": name} for name in headers}


def _named(file: ArrayFile, members: Members, option: str, name: str) -> str:
    """The array that an option names, with or without its split."""
    for base, found in members.items():
        if name == base or name in found.values():
            return base
    raise UsageError(
        f"{option}={printable(name)}: there is no such array in {printable(file.path)}. There are: "
        f"{', '.join(printable(each) for each in file.headers)}."
    )


def _matching(
    file: ArrayFile, members: Members, main: str, counts: dict[str, int], thing: str
) -> tuple[list[str], list[str]]:
    """The arrays with one plain entry for each sample, the samples among them, and notes on the others."""
    parts, notes = [], []
    for name, found in members.items():
        headers = {split: file.headers[found[split]] for split in counts if split in found}
        if name == main:
            parts.append(name)
        elif not all(header.is_safe for header in headers.values()):
            notes.append(_left_out(name, "it holds Python objects or records, which are never loaded"))
        elif any(split not in headers or headers[split].shape[:1] != (count,) for split, count in counts.items()):
            notes.append(_left_out(name, f"it has not one entry for each {thing}"))
        else:
            parts.append(name)
    return parts, notes


def _why_none(parts: dict[str, Array], thing: str) -> str:
    """Why arrays are no classes, as the end of a sentence."""
    array = next(iter(parts.values()))
    if array.shape[1:] not in ((), (1,)):
        return f"it has {shape_text(array.shape[1:])} values for each {thing}, and is not one-hot"
    if array.dtype.kind == "f":
        return "it holds fractions"
    return "it has more than 1,000 different values"


def _left_out(name: str, reason: str) -> str:
    return f'The array "{printable(name)}" is left out: {reason}.'


def _first(found: dict[str, str]) -> str:
    return next(iter(found.values()))


def _rank(name: str, names: tuple[str, ...]) -> int:
    return names.index(name.lower()) if name.lower() in names else len(names)
