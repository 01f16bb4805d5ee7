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
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from workbench.core.registry import Registry
from workbench.core.values import Json, Shape, Value
from workbench.data.chunks import chunks
from workbench.data.file_state import State, state_of
from workbench.data.paths import locate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]
else:
    Array = Any  # numpy is loaded with the first array; the window is there before it
Split = Mapping[str, Array]
FACTOR = "factor"  # the field that says which factor varies in a sample's batch
SPLITS = ("train", "validation", "test")
DIGEST = 16  # bytes of a fingerprint

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
        files: for a split whose samples are files: the name of each, as UTF-8 bytes (N,).
        marked: the samples that a note is about: a few words of it → split → numbers in that split.
        cut: splits that the source lacks, so that they were cut off.
    """

    fields: Mapping[str, Value]
    splits: Mapping[str, Split]
    notes: tuple[str, ...] = ()
    groups: Mapping[str, Array] = field(default_factory=dict)
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    periods: Mapping[str, float] = field(default_factory=dict)
    files: Mapping[str, Array] = field(default_factory=dict)
    marked: Mapping[str, Mapping[str, Array]] = field(default_factory=dict)
    cut: tuple[str, ...] = ()

    def file_of(self, split: str, number: int) -> str:
        """Returns the name of the file that a sample is; "" where samples are no files."""
        found = self.files.get(split)
        return "" if found is None else bytes(found[number]).decode(errors="surrogateescape")

    @property
    def image_field(self) -> str:
        """The first field of pictures; "" if there is none."""
        return next((name for name, value in self.fields.items() if value.is_picture), "")

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
        return digest_of(self)


def digest_of(dataset: Dataset) -> str:
    """Returns the digest of every value of every split."""
    import numpy as np

    digest = hashlib.blake2b(digest_size=DIGEST)
    for split in sorted(dataset.splits):
        for name, array in sorted(dataset.splits[split].items()):
            digest.update(f"{split} {name} {array.dtype} {array.shape}\n".encode())
            identity = getattr(array, "identity", None)  # of samples that are in no memory
            if identity is not None:
                digest.update(identity)
                continue
            for some in chunks(array):  # whatever the order in memory
                digest.update(np.ascontiguousarray(array[some]).data)
    for split, numbers in sorted(dataset.groups.items()):
        digest.update(f"groups of {split} {numbers.shape}\n".encode())
        digest.update(np.ascontiguousarray(numbers).data)
    return digest.hexdigest()


@dataclass(frozen=True)
class Reads:
    """What the path of a source leads to; dialogs and drops go by it.

    Attributes:
        what: "file", "folder", or "either".
        title: what its files are, such as "Numpy arrays".
        patterns: names of its files, such as `*.npz`.
        without: what is read where no path is given and none is needed.
    """

    what: Literal["file", "folder", "either"]
    title: str = ""
    patterns: tuple[str, ...] = ()
    without: str = "data of its own"

    @property
    def hint(self) -> str:
        """What an empty field for the path says."""
        files = " or ".join(pattern.removeprefix("*") for pattern in self.patterns[:3])
        files += " …" if len(self.patterns) > 3 else ""
        return {"file": f"File ({files})", "folder": "Folder", "either": "Folder or file"}[self.what]


class Source(BaseModel):
    """One way to get data; subclasses are declared with the decorator `@source`.

    Attributes:
        name: as on the command line, such as `idx`.
        title: what people read.
        reads: what the path leads to that the user names (`--data idx:PATH`); None for a source without a path.
        is_drawn: whether the program draws the data itself, so that there is nothing in it to be checked.
        takes_path: whether it reads a file or folder that the user names.
        needs_path: whether it has nothing to read without one.
        chosen_by: the option that stands behind its name and a colon on the command line; "" if none does.
        hidden: options that nobody types, which forms leave out.
        endings: of files that are one sample each, where these are no pictures.
        is_independent: whether the options and a file alone say what numbers its samples are, and not the other
            samples, so that another file can be predicted.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    reads: ClassVar[Reads | None] = None
    is_drawn: ClassVar[bool] = False
    takes_path: ClassVar[bool] = False
    needs_path: ClassVar[bool] = False
    chosen_by: ClassVar[str] = ""
    hidden: ClassVar[frozenset[str]] = frozenset()
    endings: ClassVar[frozenset[str]] = frozenset()
    is_independent: ClassVar[bool] = False

    @property
    def may_repeat(self) -> bool:
        """Whether two of its samples may well be the same, so that nothing needs to be said about it."""
        return self.is_drawn or self.cut_side is not None

    @property
    def cut_side(self) -> int | None:
        """The side of the squares that pictures are cut into, in pixels; None where samples are whole pictures."""
        return None

    @property
    def cut_overlap(self) -> int:
        """How much neighbouring squares overlap, in pixels."""
        return 0

    def whole_size(self, size: tuple[int, int]) -> tuple[int, int]:
        """Returns the height and width that a picture of a size is brought to before it is cut."""
        return size

    def inputs_among(self, paths: list[Path], root: Path) -> list[Path]:
        """Returns those pictures of a folder that a network would start from, and not masks or results beside them.

        Args:
            paths: of the pictures.
            root: the folder.
        """
        return paths

    def load(self, folder: Path) -> Dataset:
        """Reads everything into memory.

        Args:
            folder: the project's folder, which relative paths start from.

        Raises:
            UnreadableError: a file cannot be taken; names the file and the value.
        """
        raise NotImplementedError

    def state(self, folder: Path) -> State:
        """Returns the state of the files that `load` would read; data of the same state are the same."""
        path = getattr(self, "path", None)
        return state_of(locate(path, folder)) if path else ()

    @classmethod
    def claim(cls, path: Path) -> int:
        """Returns how surely a file or folder is for this source: 2 by what it is, 1 if it could be, 0 if not."""
        return 0

    def decode(self, path: Path) -> tuple[Array, tuple[str, ...]]:
        """Reads a picture file with the grey levels that the data has.

        Returns:
            Bytes (C, H, W) at the picture's own size, and notes on what was left out.

        Raises:
            UnreadableError: it is no picture, too large, or damaged.
        """
        from workbench.data.pictures import read_picture

        return read_picture(path)

    def fit(self, picture: Array, shape: Shape) -> Array:
        """Brings a picture (C, H, W) to a shape as the pictures of the data are brought to theirs.

        This is the one way from a picture file to what a network takes: for samples, `predict`, `look` and probes.
        """
        from workbench.data.pictures import fit

        channels, height, width = shape
        return fit(picture, channels, height, width)

    def kept(self, dataset: Dataset) -> Mapping[str, Json]:
        """Returns the options by which a sample has the same numbers whatever else the data hold later.

        A run keeps them, so that its weights go on meaning the same.
        """
        return {}

    def value_of(self, field: str) -> Value | None:
        """Returns what a field is where the options alone say that; None where the data must be read for it."""
        return None

    def encode(self, text: str, value: Value) -> Array | None:
        """Returns a text as the field of that value has its samples; None where the data are no texts.

        This is the one way from words to what a network takes: for samples and `predict`.
        """
        return None

    def read_sample(self, path: Path, shape: Shape) -> tuple[Array, tuple[str, ...]] | None:
        """Reads a file that is one sample and no picture, such as a volume, as the samples of the data are.

        Args:
            path: of the file.
            shape: that the network takes.

        Returns:
            The sample, and notes on what was done; None where samples are pictures, or none of that shape.

        Raises:
            WorkbenchError: it cannot be read.
        """
        return None

    def redraw(self, fields: Mapping[str, Array]) -> Array | None:
        """Pictures of scenes whose factors are given by field, as bytes (N, C, H, W); None where it cannot draw."""
        return None


def source(
    *, name: str, title: str, reads: Reads | None = None, is_drawn: bool = False, chosen_by: str = ""
) -> Callable[[S], S]:
    """Declares a source under its name.

    Args:
        name: as on the command line.
        title: what people read.
        reads: what its path leads to, for a source with a field `path`.
        is_drawn: whether the program draws the data itself.
        chosen_by: the option that stands behind the colon on the command line; "" for its path, where it has one.
    """

    def register(cls: S) -> S:
        path = cls.__pydantic_fields__.get("path")
        needs_path = path is not None and path.is_required()
        declared = REGISTRY.declares(
            name, title=title, reads=reads, is_drawn=is_drawn, takes_path=path is not None, needs_path=needs_path,
            chosen_by=chosen_by or ("path" if path is not None else ""),
        )  # fmt: skip
        return declared(cls)

    return register
