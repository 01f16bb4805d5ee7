"""How a data source is declared, and the `Dataset` it gives.

A source is a frozen pydantic model whose fields are its options. Arrays stay as they come (bytes stay bytes); the
network's Input node does the scaling, so that a reconstruction target can stay between 0 and 1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict

from workbench.core.errors import UsageError
from workbench.core.registry import Registry
from workbench.core.values import Json, Value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]
else:
    Array = Any  # numpy is loaded with the first array; the window is there before it
Split = Mapping[str, Array]
FACTOR = "factor"  # the field that says which factor varies in a sample's batch
SPLITS = ("train", "validation", "test")

REGISTRY: Registry[type[Source]] = Registry("workbench.data.sources")
S = TypeVar("S", bound="type[Source]")


@dataclass(frozen=True)
class Dataset:
    """Samples in memory.

    Attributes:
        fields: what each field of a sample is, by name: shape without the batch, kind, element type, class names.
        splits: of "train", "validation" and "test" those that there are: field name → array, samples along axis 0.
            Pictures are uint8, channels first; classes are int64.
        notes: what a person should know: files left out and why, a class without pictures.
        groups: for a split whose samples belong together in batches: for each sample the number of its group, -1 for
            none. In a group exactly one factor varies; the class field `factor` says which.
        parts: for a factor that is no field itself, such as a lamp's place: the fields that it is made of.
        periods: for a field that goes round, such as an angle: after how much it begins again.
    """

    fields: Mapping[str, Value]
    splits: Mapping[str, Split]
    notes: tuple[str, ...] = ()
    groups: Mapping[str, Array] = field(default_factory=dict)
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    periods: Mapping[str, float] = field(default_factory=dict)

    def size(self, split: str) -> int:
        """How many samples a split has; 0 if there is no such split."""
        arrays = self.splits.get(split, {})
        return len(next(iter(arrays.values()))) if arrays else 0

    def parts_of(self, factor: str) -> tuple[str, ...]:
        """The fields that a factor is made of: those declared, else the field of its own name; empty if it has none."""
        return self.parts.get(factor, (factor,) if factor in self.fields else ())

    def dimensions(self, factor: str) -> int:
        """How many numbers tell where a factor stands: one for each part, but two for a place on a circle."""
        return sum(2 if name in self.periods else 1 for name in self.parts_of(factor))

    @cached_property
    def fingerprint(self) -> str:
        """A digest of every value of every split: two data sets with the same one are the same."""
        import numpy as np

        digest = hashlib.blake2b(digest_size=16)
        for split in sorted(self.splits):
            for name, array in sorted(self.splits[split].items()):
                digest.update(f"{split} {name} {array.dtype} {array.shape}\n".encode())
                digest.update(np.ascontiguousarray(array).data)
        for split, numbers in sorted(self.groups.items()):
            digest.update(f"groups of {split} {numbers.shape}\n".encode())
            digest.update(np.ascontiguousarray(numbers).data)
        return digest.hexdigest()


class Source(BaseModel):
    """One way to get data; subclasses are declared with the decorator `@source`.

    Attributes:
        name: as on the command line, such as `idx`.
        title: what people read.
        takes_path: whether it reads a file or folder that the user names (`--data idx:PATH`).
        needs_path: whether it has nothing to read without one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    takes_path: ClassVar[bool] = False
    needs_path: ClassVar[bool] = False

    def load(self, folder: Path) -> Dataset:
        """Reads everything into memory.

        Args:
            folder: the project's folder, which relative paths start from.

        Raises:
            UnreadableError: a file cannot be taken; names the file and the value.
        """
        raise NotImplementedError

    def redraw(self, fields: Mapping[str, Array]) -> Array | None:
        """Pictures of scenes whose factors are given by field, as bytes (N, C, H, W); None where it cannot draw."""
        return None


def source(*, name: str, title: str) -> Callable[[S], S]:
    """Declares a source under its name."""

    def register(cls: S) -> S:
        cls.name = name
        cls.title = title
        cls.takes_path = "path" in cls.__pydantic_fields__
        cls.needs_path = cls.takes_path and cls.__pydantic_fields__["path"].is_required()
        REGISTRY.add(name, cls)
        return cls

    return register


def parse_choice(text: str) -> tuple[str, dict[str, Json]]:
    """Reads `NAME[:PATH][,key=value...]` into the source's name and its options.

    Values are read as JSON where they are JSON, else as text. A path may hold colons, but no comma before `key=`.

    Raises:
        UsageError: there is no such source, or it wants a path and gets none.
    """
    import json

    head, *settings = text.split(",")
    name, colon, path = head.partition(":")
    cls = REGISTRY.get(name)
    if cls is None:
        raise UsageError(f'There is no data source "{name}". There are: {", ".join(REGISTRY)}.')
    options: dict[str, Json] = {}
    if colon:
        if not cls.takes_path:
            raise UsageError(f'The data source "{name}" takes no path, but "{path}" was given.')
        options["path"] = path
    elif cls.needs_path:
        raise UsageError(f'The data source "{name}" needs a path: --data {name}:PATH.')
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals:
            raise UsageError(f'"{setting}" in --data is not of the form key=value.')
        try:
            options[key] = json.loads(value)
        except ValueError:
            options[key] = value
    return name, options
