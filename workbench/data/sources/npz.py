"""Numpy's files: `.npz` with pictures and whatever is known about each, or `.npy` with pictures alone."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import Field

from workbench.core.errors import UnreadableError, UsageError, printable
from workbench.core.values import Value, shape_text
from workbench.data.array_fields import converted_bytes, images, labels, numbers
from workbench.data.npy_file import ArrayFile, ArrayHeader
from workbench.data.paths import locate
from workbench.data.spec import SPLITS, Array, Dataset, Reads, Source, source
from workbench.data.split_names import ALTERNATIVES, WORDS

IMAGE_NAMES = ("image", "images", "img", "imgs", "x", "data", "pictures", "arr_0", "array")
LABEL_NAMES = ("label", "labels", "y", "target", "targets", "class", "classes", "object", "subject", "digit", "arr_1")
FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}\Z")
SPLIT_NAME = re.compile(
    rf"(?:(?P<before>{ALTERNATIVES})_)?(?P<base>.+?)(?:_(?P<after>{ALTERNATIVES}))?\Z", re.IGNORECASE
)

Members = dict[str, dict[str, str]]  # array without its split → split → name in the file


@source(name="npz", title="Numpy arrays (.npz, .npy)", reads=Reads("file", "Numpy arrays", ("*.npz", "*.npy")))
class Npz(Source):
    """Reads an array of pictures, a class for each, and every other array of as many entries as numbers to predict.

    `x_train, y_train, x_test, y_test` and `train_images, train_labels, ...` are understood as splits. The pictures
    become the field `image`, the classes `label`; the others keep their names.
    """

    path: str = Field(min_length=1, max_length=4096, description="The .npz or .npy file")
    image: str | None = Field(None, max_length=200, description="Name of the array of pictures; guessed by default")
    label: str | None = Field(
        None, max_length=200, description="Name of the array of classes; guessed by default; empty for none"
    )

    @classmethod
    def claim(cls, path: Path) -> int:
        return 2 if path.suffix.lower() in (".npz", ".npy") else 0

    def load(self, folder: Path) -> Dataset:
        with ArrayFile(locate(self.path, folder)) as file:
            members = _by_split(file.headers)
            image = self._image(file, members)
            splits = [split for split in SPLITS if split in members[image]]
            if "train" not in splits:
                raise UnreadableError(file.path, f'"{printable(image)}" has no training part.')
            shapes = {split: file.headers[members[image][split]].shape for split in splits}
            if empty := [split for split, shape in shapes.items() if not shape or 0 in shape]:
                raise UnreadableError(file.path, f"there are no pictures in the {empty[0]} split.")
            return self._dataset(file, members, image, {split: shape[0] for split, shape in shapes.items()})

    def _image(self, file: ArrayFile, members: Members) -> str:
        """Which array holds the pictures."""
        if self.image is not None:
            return _named(file, members, "image", self.image)
        pictorial = {name for name in members if len(file.headers[_first(members[name])].shape) in (3, 4)}
        for name in sorted(pictorial, key=lambda name: _rank(name, IMAGE_NAMES)):
            if name.lower() in IMAGE_NAMES or len(pictorial) == 1:
                return name
        told = ", ".join(f"{printable(name)} ({shape_text(header.shape)})" for name, header in file.headers.items())
        raise UnreadableError(
            file.path, f"which array holds the pictures? There are: {told or 'none'}. Name one with image=NAME."
        )

    def _dataset(self, file: ArrayFile, members: Members, image: str, counts: dict[str, int]) -> Dataset:
        parts, notes = _matching(file, members, image, counts)
        names = [members[name][split] for name in parts for split in counts]
        pictures = {members[image][split] for split in counts}
        headers = ((name, file.headers[name]) for name in names)
        file.check_sizes(
            names, sum(converted_bytes(each.dtype, each.shape, are_pictures=name in pictures) for name, each in headers)
        )
        arrays = {name: {split: file.read(members[name][split]) for split in counts} for name in parts}
        fields: dict[str, Value] = {}
        splits: dict[str, dict[str, Array]] = {split: {} for split in counts}

        def add(name: str, value: Value, made: dict[str, Array]) -> None:
            fields[name] = value
            for split, array in made.items():
                splits[split][name] = array

        value, made, more = images(file.path, image, arrays.pop(image))
        add("image", value, made)
        notes += more
        label = self._label(file, members, arrays)
        if label and (found := labels(label, arrays.pop(label))):
            add("label", *found[0])
            notes += found[1]
        for name, each in arrays.items():
            if not label and self.label is None and name.lower() in LABEL_NAMES:
                notes.append(f'"{printable(name)}" was not taken as classes: {_why_none(each)}.')
            result = numbers(each)
            if isinstance(result, str):
                notes.append(_left_out(name, result))
            elif name in fields or not FIELD_NAME.match(name):
                notes.append(_left_out(name, "its name cannot be a field's, or is taken already"))
            else:
                add(name, *result)
        return Dataset(fields, splits, tuple(notes))

    def _label(self, file: ArrayFile, members: Members, arrays: dict[str, dict[str, Array]]) -> str:
        """Which array holds the classes; empty if none does."""
        if self.label == "":
            return ""
        if self.label is None:
            known = sorted(
                (name for name in arrays if name.lower() in LABEL_NAMES), key=lambda n: _rank(n, LABEL_NAMES)
            )
            return next((name for name in known if labels(name, arrays[name])), "")
        label = _named(file, members, "label", self.label)
        if label not in arrays:
            raise UnreadableError(
                file.path, f'"{printable(label)}" has not one plain entry for each picture, so it cannot be the label.'
            )
        if not labels(label, arrays[label]):
            header = file.headers[_first(members[label])]
            raise UnreadableError(
                file.path,
                f'"{printable(label)}" ({header.dtype}, {shape_text(header.shape)}) cannot be the label: that '
                f"needs one "
                "whole number, text or one-hot row for each picture, and at most 1,000 different ones.",
            )
        return label


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


def _matching(file: ArrayFile, members: Members, image: str, counts: dict[str, int]) -> tuple[list[str], list[str]]:
    """The arrays with one plain entry for each picture, the pictures among them, and notes on the others."""
    parts, notes = [], []
    for name, found in members.items():
        headers = {split: file.headers[found[split]] for split in counts if split in found}
        if name == image:
            parts.append(name)
        elif not all(header.is_safe for header in headers.values()):
            notes.append(_left_out(name, "it holds Python objects or records, which are never loaded"))
        elif any(split not in headers or headers[split].shape[:1] != (count,) for split, count in counts.items()):
            notes.append(_left_out(name, "it has not one entry for each picture"))
        else:
            parts.append(name)
    return parts, notes


def _why_none(parts: dict[str, Array]) -> str:
    """Why arrays are no classes, as the end of a sentence."""
    array = next(iter(parts.values()))
    if array.shape[1:] not in ((), (1,)):
        return f"it has {shape_text(array.shape[1:])} values for each picture, and is not one-hot"
    if array.dtype.kind == "f":
        return "it holds fractions"
    return "it has more than 1,000 different values"


def _left_out(name: str, reason: str) -> str:
    return f'The array "{printable(name)}" is left out: {reason}.'


def _first(found: dict[str, str]) -> str:
    return next(iter(found.values()))


def _rank(name: str, names: tuple[str, ...]) -> int:
    return names.index(name.lower()) if name.lower() in names else len(names)
