"""Pictures of known factors in an `.npz` file: turntables, faces under many lamps, drawn shapes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import pi
from pathlib import Path

import numpy as np
from pydantic import Field

from workbench.core.errors import UnreadableError, UsageError, printable
from workbench.core.values import Value
from workbench.data import array_fields
from workbench.data.array_parts import FIELD_NAME, LABEL_NAMES
from workbench.data.limits import check_amount
from workbench.data.npy_file import ArrayFile
from workbench.data.paths import locate
from workbench.data.single_factor_groups import FactorGroups, Numbers, SceneFactor, single_factor_groups
from workbench.data.sources.npz import IMAGE_NAMES
from workbench.data.spec import FACTOR, SPLITS, Array, Dataset, Reads, Source, source

DSPRITES = ("color", "shape", "scale", "orientation", "posX", "posY")
CLASS_NAMES = frozenset({*LABEL_NAMES, "shape", "identity", "person", "id"})
ANGLE_NAMES = frozenset({"angle", "azimuth", "elevation", "orientation", "rotation"})
UNITS = re.compile(r"(.+)_(deg|rad)\Z")
LAMP = frozenset({"azimuth", "elevation"})
MANY = 10  # classes from which on whole classes are kept for the test
ENOUGH = 0.5  # part of the samples that must be in exact batches; else near ones are taken
NEAR = 0.1


@dataclass
class Table:
    """What a file says about its pictures: factors by name with their fields, which are joined, and notes."""

    count: int
    factors: dict[str, SceneFactor] = field(default_factory=dict)
    fields: dict[str, Value] = field(default_factory=dict)
    arrays: dict[str, Array] = field(default_factory=dict)
    parts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@source(
    name="poses",
    title="Pictures with known pose or other factors (.npz)",
    reads=Reads("file", "Numpy arrays", ("*.npz",)),
)
class Poses(Source):
    """Reads pictures and their factors and makes training batches in which one factor varies.

    The layout of dSprites is understood (`imgs`, `latents_values`, `latents_names`), and any file with an array of
    pictures and one array of numbers or texts for each factor. Factors named like angles or ending in `_deg` or `_rad`
    become radians. A sample may be in several batches. Where a table is so sparse that less than half of the samples
    find others that agree in all factors but one, near ones are taken and a note says how far they stray. The test has
    classes that are not trained with, or else other samples, in no batch (there `factor` is 0 and means nothing).
    """

    path: str = Field(min_length=1, max_length=4096, description="The .npz file")
    image: str | None = Field(None, max_length=200, description="Name of the array of pictures; guessed by default")
    factors: str = Field(
        "", max_length=2000, description="Factors, parted by spaces; light=azimuth+elevation makes one of two"
    )
    batches: int = Field(150, ge=1, le=5000, description="Training batches in which each factor varies, at most")
    batch: int = Field(20, ge=2, le=1000, description="Pictures in each of these batches, at most")
    tolerance: float | None = Field(
        None, ge=0, le=0.5, description="How far other factors may stray in a batch, as a share of their range"
    )
    held_out: str | None = Field(
        None, max_length=200, description="Factor of which the test has other classes; empty parts single samples"
    )
    test_share: float = Field(0.15, ge=0.01, le=0.8, description="Share of samples or classes kept for the test")
    validation_share: float = Field(0.1, ge=0.01, le=0.8, description="Share of the others kept for validation")
    test: int = Field(5000, ge=1, le=1_000_000, description="Test pictures at most")
    seed: int = Field(0, ge=0, lt=2**31, description="Seed of the split and of the batches")

    @classmethod
    def claim(cls, path: Path) -> int:
        return 1 if path.suffix.lower() == ".npz" else 0

    def load(self, folder: Path) -> Dataset:
        with ArrayFile(locate(self.path, folder)) as file:
            image = self._image(file)
            table = read_table(file, image)
            varied = self._chosen(file.path, table)
            cut = self._cut(file.path, table)
            cut["test"] = cut["test"][: self.test]
            groups: dict[str, Array] = {}
            kinds: dict[str, Array] = {"test": np.zeros(len(cut["test"]), np.int64)}
            for split in ("train", "validation"):
                made = self._groups(varied, cut[split], split, table.notes)
                if split == "train" and not len(made.order):
                    raise UnreadableError(
                        file.path, f"no batch in which only one of {', '.join(varied)} varies can be made."
                    )
                alone = not len(made.order)
                cut[split] = cut[split] if alone else cut[split][made.order]
                groups[split] = np.full(len(cut[split]), -1) if alone else made.groups
                kinds[split] = np.zeros(len(cut[split]), np.int64) if alone else made.factor
            groups["test"] = np.full(len(cut["test"]), -1)
            value, pictures, notes = self._pictures(file, image, cut)
        fields = {"image": value, FACTOR: Value((), "class", "int64", tuple(varied)), **table.fields}
        splits = {
            split: {"image": pictures[split], FACTOR: kinds[split]}
            | {name: array[cut[split]] for name, array in table.arrays.items()}
            for split in SPLITS
        }
        return Dataset(
            fields,
            splits,
            (*notes, *table.notes),
            groups={split: groups[split] for split in SPLITS},
            parts=table.parts,
            periods={name: period for name in table.fields if (period := table.factors[name].period)},
        )

    def _image(self, file: ArrayFile) -> str:
        """Which array holds the pictures."""
        found = [name for name, header in file.headers.items() if len(header.shape) in (3, 4) and header.shape[0]]
        if self.image is not None:
            if self.image not in found:
                raise UsageError(
                    f"image={printable(self.image)}: there is no such array of pictures in "
                    f"{printable(file.path)}. There are: "
                    f"{', '.join(map(printable, found)) or 'none'}."
                )
            return self.image
        found.sort(key=lambda name: name.lower() not in IMAGE_NAMES)
        if not found:
            raise UnreadableError(file.path, "there are no pictures in it: arrays of three or four axes are needed.")
        return found[0]

    def _chosen(self, path: Path, table: Table) -> dict[str, SceneFactor]:
        """The factors that are to vary, two or more: in the order they were named, else quantities before classes."""
        varying = {name: factor for name, factor in table.factors.items() if factor.varies}
        wanted = self.factors.split()
        if not wanted:
            faces = set(varying) > LAMP and all(varying[name].is_class for name in set(varying) - LAMP)
            wanted = [name for name in varying if not (faces and name in LAMP)]
            wanted += ["light=azimuth+elevation"] if faces else []
            # What tells pictures apart beyond pose and light comes last, where a code has its large block.
            wanted.sort(key=lambda name: name in varying and varying[name].is_class)
        found: dict[str, SceneFactor] = {}
        for each in wanted:
            title, equals, names = each.rpartition("=")
            parts = names.split("+")
            for name in parts:
                if name not in varying:
                    state = "never varies" if name in table.factors else "is not there"
                    raise UsageError(
                        f"factors={printable(self.factors)}: {printable(name)} {state} in {printable(path)}. "
                        f"Factors that vary: "
                        f"{', '.join(varying) or 'none'}."
                    )
            title = title if equals else "_".join(parts)
            if title in found or not FIELD_NAME.match(title):
                raise UsageError(
                    f"factors={printable(self.factors)}: {printable(title)} is taken already or no plain name."
                )
            found[title] = _joined([varying[name] for name in parts])
            if parts != [title]:
                table.parts[title] = tuple(parts)
        if len(found) < 2:
            told = ", ".join(found) or "none"
            raise UnreadableError(path, f"at least two factors that vary are needed; there are: {told}.")
        return found

    def _cut(self, path: Path, table: Table) -> dict[str, Numbers]:
        """Numbers of the samples of each split, at random."""
        random = np.random.default_rng(self.seed)
        classes = {name: value.classes for name, value in table.fields.items() if value.classes}
        by = self.held_out
        if by is None:
            by = next((name for name, known in classes.items() if MANY <= len(known) <= table.count // 2), "")
        elif by and by not in classes:
            raise UsageError(
                f"held_out={printable(by)}: there is no such factor of classes in {printable(path)}. There are: "
                f"{', '.join(classes) or 'none'}."
            )
        numbers = table.arrays[by] if by else np.arange(table.count)
        units, least = (len(classes[by]), 2) if by else (table.count, 1)
        test = max(least, round(units * self.test_share))
        validation = max(least, round((units - test) * self.validation_share))
        if units - test - validation < least:
            what = f"classes of {printable(by)}" if by else "samples"
            raise UnreadableError(path, f"its {units} {what} are too few to part them into training and test.")
        place = np.empty(units, np.int64)
        place[random.permutation(units)] = np.arange(units)
        split_of = np.digitize(place, [test, test + validation])[numbers]
        order = random.permutation(table.count)
        if by:
            table.notes.append(
                f"The test has {test} classes of {by} that are not trained with, validation {validation}."
            )
        return {split: order[split_of[order] == i] for i, split in enumerate(("test", "validation", "train"))}

    def _groups(self, varied: Mapping[str, SceneFactor], among: Numbers, split: str, notes: list[str]) -> FactorGroups:
        """Batches of some samples: exact ones if they reach enough of them, else near ones."""
        part = {name: SceneFactor(each.values[among], each.is_class, each.period) for name, each in varied.items()}
        is_train = split == "train"
        most = self.batches if is_train else max(1, self.batches // 10)
        least = min(4, self.batch) if is_train else 2  # validation may have two classes only

        def made(tolerance: float, limit: int | None) -> FactorGroups:
            return single_factor_groups(part, self.batch, seed=self.seed, tolerance=tolerance, most=limit, least=least)

        if self.tolerance is not None:
            found = made(self.tolerance, most)
        else:
            exact = made(0.0, None)
            reached = [len(np.unique(exact.order[exact.factor == kind])) for kind in range(len(part))]
            found = made(0.0 if min(reached) >= ENOUGH * len(among) else NEAR, most)
        strays = [f"{name} by {share:.1%}" for name, share in found.spread.items() if share]
        if strays and is_train:
            notes.append(f"In batches where they should stand still, factors stray at most: {', '.join(strays)}.")
        for kind, name in enumerate(varied):
            if not (found.factor == kind).any():
                notes.append(f"There is no {split} batch in which only {name} varies.")
        return found

    def _pictures(
        self, file: ArrayFile, image: str, cut: Mapping[str, Numbers]
    ) -> tuple[Value, dict[str, Array], list[str]]:
        header = file.headers[image]
        file.check_sizes([image])
        each = header.size // header.shape[0]
        check_amount(file.path, header.size + each * sum(map(len, cut.values())), "Ask for fewer batches.")
        whole = file.read(image)
        return array_fields.images(file.path, image, {split: whole[cut[split]] for split in SPLITS})


def _joined(parts: list[SceneFactor]) -> SceneFactor:
    """Several factors as one, which varies if any of them does."""
    if len(parts) == 1:
        return parts[0]
    if any(part.is_class for part in parts):
        columns = [np.unique(part.values, return_inverse=True)[1] for part in parts]
        return SceneFactor(np.stack(columns, 1), is_class=True)
    periods = {part.period for part in parts}
    return SceneFactor(
        np.stack([part.values for part in parts], 1), period=periods.pop() if len(periods) == 1 else None
    )


def read_table(file: ArrayFile, image: str) -> Table:
    """The factors of every picture.

    Raises:
        UnreadableError: a factor holds a value that is no finite number, or is no plain array.
    """
    table = Table(file.headers[image].shape[0])
    for name, values in _columns(file, image, table):
        match = UNITS.match(name)
        title, unit = (match[1], match[2]) if match else (name, "")
        if title in (FACTOR, "image") or title in table.factors or not FIELD_NAME.match(title):
            table.notes.append(
                f'The factor "{printable(name)}" is left out: its name cannot be a field\'s, or is taken.'
            )
        else:
            _add(file.path, table, title, values, unit)
    return table


def _columns(file: ArrayFile, image: str, table: Table) -> list[tuple[str, Array]]:
    """Name and values of each factor as the file has them."""
    values = file.headers.get("latents_values")
    if values is not None and len(values.shape) == 2 and values.shape[0] == table.count:
        array = file.read("latents_values")
        names = list(DSPRITES) if array.shape[1] == len(DSPRITES) else [f"latent{i}" for i in range(array.shape[1])]
        given = file.headers.get("latents_names")
        if given is not None and given.is_safe and given.shape == (array.shape[1],):
            names = [str(name) for name in file.read("latents_names")]
        return list(zip(names, array.T, strict=True))
    found = []
    for name, header in file.headers.items():
        if name == image:
            continue
        if header.shape not in ((table.count,), (table.count, 1)):
            table.notes.append(f'The array "{printable(name)}" is left out: it has not one entry for each picture.')
        elif not header.is_safe or header.dtype.kind not in "buifU":
            table.notes.append(f'The array "{printable(name)}" is left out: it holds neither numbers nor texts.')
        else:
            found.append((name, file.read(name).reshape(-1)))
    return found


def _add(path: Path, table: Table, title: str, values: Array, unit: str) -> None:
    """Puts a factor into the table: a class, an angle in radians, or any other quantity."""
    is_named = title.lower() in CLASS_NAMES and (values.dtype.kind in "buU" or bool((values == np.rint(values)).all()))
    if values.dtype.kind == "U" or is_named:
        found = array_fields.classes({"train": values if values.dtype.kind == "U" else values.astype(np.int64)})
        if found is None:
            table.notes.append(f'The factor "{printable(title)}" is left out: it has more than 1,000 classes.')
            return
        value, made = found
        table.factors[title] = SceneFactor(made["train"], is_class=True)
    else:
        result = array_fields.numbers({"train": values.astype(np.float64)})
        if isinstance(result, str):
            raise UnreadableError(path, f'the factor "{printable(title)}" cannot be taken: {result}.')
        value, made = result
        period = None
        if unit or title.lower() in ANGLE_NAMES:
            is_turned = unit == "deg" or (not unit and np.abs(values).max() > 2 * pi + 0.01)
            made = {"train": (made["train"] * np.float32(pi / 180 if is_turned else 1)).astype(np.float32)}
            period = 2 * pi if _goes_round(made["train"]) else None
        table.factors[title] = SceneFactor(made["train"], period=period)
    if table.factors[title].varies:
        table.fields[title], table.arrays[title] = value, made["train"]
    else:
        table.notes.append(f'The factor "{printable(title)}" is left out: it never varies.')


def _goes_round(angles: Array) -> bool:
    """Whether angles go all the way round: what is missing of a turn is no wider than the gaps between them."""
    levels = np.unique(np.round(angles.astype(np.float64), 5))
    return len(levels) > 2 and 2 * pi - np.ptp(levels) <= 1.5 * np.diff(levels).max()
