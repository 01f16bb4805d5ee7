"""The data sets of torchvision, by their names there."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import Field, field_validator

from workbench.core.errors import UnreadableError, UsageError, printable
from workbench.core.files import exists, is_folder, make_folder
from workbench.core.status import plain_status
from workbench.core.values import Value
from workbench.data.array_fields import MOST_CLASSES
from workbench.data.chunks import selected
from workbench.data.class_names import class_names
from workbench.data.file_state import State, state_of
from workbench.data.folder_listing import some
from workbench.data.limits import check_amount
from workbench.data.many_files import trouble_notes
from workbench.data.paths import locate
from workbench.data.sized_pictures import SizedPictures
from workbench.data.spec import SPLITS, Array, Dataset, Reads, source
from workbench.data.splits import parted
from workbench.data.torchvision_sets import SETS, LibrarySet

Name = Literal[
    "MNIST", "FashionMNIST", "KMNIST", "EMNIST-balanced", "EMNIST-byclass", "EMNIST-bymerge", "EMNIST-digits",
    "EMNIST-letters", "SVHN", "STL10", "Flowers102", "OxfordIIITPet", "Food101", "DTD", "EuroSAT", "GTSRB",
    "Country211", "RenderedSST2", "FGVCAircraft", "SUN397", "Imagenette",
]  # fmt: skip
PICKLED = ("CIFAR10", "CIFAR100")
NOBODY = "N/A"  # the class 0 of EMNIST's letters


@dataclass(frozen=True)
class _Part:
    """One split as the library gives it.

    Attributes:
        samples: pixels (N, H, W) or (N, C, H, W), or paths of pictures.
        labels: numbers of the classes.
        classes: their names.
    """

    samples: Any
    labels: Array
    classes: list[str]


@source(
    name="torchvision",
    title="Data sets of torchvision",
    reads=Reads("folder", without="your own data folder"),
    chosen_by="dataset",
)
class TorchvisionSet(SizedPictures):
    """Reads a data set of `torchvision.datasets`, such as torchvision:FashionMNIST, with the splits of the library.

    The files lie in a folder as the library has them. Only with `download=true` does it fetch those that are not there.
    CIFAR is left out, since torchvision's version of it could run code; the source `cifar` reads the binary one.
    """

    path: str = Field(
        "", max_length=4096, description="Folder of the library's data sets; empty for the user's own data folder"
    )
    dataset: Name = Field("MNIST", description="Name of the data set in torchvision.datasets")
    download: bool = Field(False, description="Fetch the files from the internet where they are not there yet")

    @field_validator("dataset", mode="before")
    @classmethod
    def _not_pickled(cls, name: Any) -> Any:
        if name in PICKLED:
            raise ValueError(
                f"must be another: torchvision keeps {name} in files that could run code; take its binary version, "
                "with the source cifar"
            )
        return name

    @property
    def _set(self) -> LibrarySet:
        return SETS[self.dataset]

    def _root(self, folder: Path) -> Path:
        if self.path:
            return locate(self.path, folder)
        from platformdirs import user_data_path

        return user_data_path("cnn-workbench", appauthor=False) / "torchvision"

    def state(self, folder: Path) -> State:
        return state_of(self._root(folder) / self._set.files[0].split("/")[0])

    def load(self, folder: Path) -> Dataset:
        root = self._root(folder)
        self._check(root)
        parts = {split: self._part(root, settings) for split, settings in self._set.splits.items()}
        classes = list(dict.fromkeys(name for part in parts.values() for name in part.classes))
        for split, part in parts.items():
            if not len(part.labels):
                raise UnreadableError(root, f"there are no pictures in the {split} split of {self.dataset}.")
            if part.labels.min() < 0 or part.labels.max() >= len(part.classes):
                worst = int(part.labels.min() if part.labels.min() < 0 else part.labels.max())
                raise UnreadableError(root, f"{self.dataset} has a label {worst}; there are {len(part.classes)}.")
        if len(classes) > MOST_CLASSES:
            raise UnreadableError(root, f"{self.dataset} has {len(classes):,} classes here; at most 1,000 are taken.")
        number = {name: index for index, name in enumerate(classes)}
        labels = {
            split: np.array([number[name] for name in part.classes], np.int64)[part.labels]
            for split, part in parts.items()
        }
        if classes[0] == NOBODY and not any((each == 0).any() for each in labels.values()):
            classes = classes[1:]
            labels = {split: each - 1 for split, each in labels.items()}
        label = Value((), "class", "int64", class_names(classes))
        read = self._of_arrays if self._set.samples is None else self._of_files
        return read(root, {split: part.samples for split, part in parts.items()}, labels, label)

    def _check(self, root: Path) -> None:
        """Refuses a folder without the files, unless they may be fetched."""
        if self.path and exists(root) and not is_folder(root):
            raise UnreadableError(root, "this is no folder; choose the one that the library's data sets lie in.")
        missing = [name for name in (*self._set.files, *self._set.unread) if not exists(root / name)]
        if missing and not self.download:
            packed = [name for name in missing if exists(root / f"{name}.gz")]
            hint = " There are packed ones; unpack them, or choose the data source idx." if packed else ""
            raise UnreadableError(
                root,
                f"{self.dataset} is not here; missing are {some(missing)}{hint} Put them there, or let the program "
                "fetch them by download=true (the switch download, in Data).",
            )
        if missing:
            make_folder(root)
        elif self._set.samples is None:
            amount = sum(plain_status(root / name).st_size for name in self._set.files)
            check_amount(root, 2 * amount, "Choose a smaller data set.")

    def _part(self, root: Path, settings: Mapping[str, Any]) -> _Part:
        """One split of the library's data set.

        Raises:
            UsageError: a package is missing.
            UnreadableError: the files are damaged, or cannot be fetched.
        """
        try:
            return self._asked(root, settings)
        except (UsageError, UnreadableError, MemoryError):
            raise
        except ImportError as error:
            wanted = self._set.needs or printable(error.name)
            raise UsageError(f"{self.dataset} is read by the package {wanted} (pip install {wanted}).") from None
        except Exception as error:  # whatever damaged files, or the network, make of the library
            reason = printable(" ".join(str(error).split())).rstrip(".") or type(error).__name__
            if self.download and any(not exists(root / name) for name in (*self._set.files, *self._set.unread)):
                raise UnreadableError(root, f"{self.dataset} cannot be fetched ({reason}).") from None
            raise UnreadableError(root, f"torchvision cannot read {self.dataset} there ({reason}).") from None

    def _asked(self, root: Path, settings: Mapping[str, Any]) -> _Part:
        from torchvision import datasets

        asked = {**self._set.settings, **settings, "download": self.download}
        if self._set.takes_loader:
            asked["loader"] = str
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the library to those who program with it
            found = getattr(datasets, self._set.library)(root, **asked)
            if self._set.samples is not None:
                pairs = sorted(self._set.samples(found))  # the library takes some as the disk lists them
                samples: Any = [Path(path) for path, _ in pairs]
                labels = np.array([label for _, label in pairs], np.int64)
            else:
                samples = np.asarray(found.data)
                labels = np.asarray(found.targets if hasattr(found, "targets") else found.labels).astype(np.int64)
        names = getattr(found, "classes", None) or range(int(labels.max(initial=0)) + 1)
        return _Part(samples, labels, [str(each[0] if isinstance(each, tuple) else each) for each in names])

    def _of_arrays(self, root: Path, pixels: dict[str, Any], labels: dict[str, Array], label: Value) -> Dataset:
        """A data set whose pictures the library has in memory."""
        splits: dict[str, dict[str, Array]] = {}
        for split, array in pixels.items():
            if array.ndim not in (3, 4) or array.dtype != np.uint8 or len(array) != len(labels[split]):
                raise UnreadableError(
                    root,
                    f"{self.dataset} has {array.dtype} of {array.shape} and {len(labels[split]):,} labels in its "
                    f"{split} split, which do not belong together.",
                )
            pictures = array[:, None] if array.ndim == 3 else array
            pictures = pictures.swapaxes(2, 3) if self._set.is_turned else pictures
            splits[split] = {"image": self._sized(pictures), "label": labels[split]}
        shapes = {each["image"].shape[1:] for each in splits.values()}
        if len(shapes) > 1:
            raise UnreadableError(root, f"the splits of {self.dataset} have pictures of different sizes.")
        note = "The pictures of EMNIST lie on their sides in its files; they were turned upright."
        fields = {"image": Value(shapes.pop(), "map", "uint8"), "label": label}
        return Dataset(fields, splits, (note,) if self._set.is_turned else ())

    def _sized(self, pictures: Array) -> Array:
        channels, height, width = pictures.shape[1:]
        shape = (self.channels or channels, self.height or height, self.width or width)
        if shape == pictures.shape[1:]:
            return np.ascontiguousarray(pictures)
        check_amount(self.dataset, len(pictures) * int(np.prod(shape)), "Choose a smaller size.")
        made = np.empty((len(pictures), *shape), np.uint8)
        for number, picture in enumerate(pictures):
            made[number] = self.fit(np.ascontiguousarray(picture), shape)
        return made

    def _of_files(self, root: Path, paths: dict[str, Any], labels: dict[str, Array], label: Value) -> Dataset:
        """A data set whose pictures lie in files; they are read as those of any folder are."""
        names = [path for split in SPLITS for path in paths.get(split, [])]
        of_split = np.array([SPLITS.index(split) for split in SPLITS for _ in paths.get(split, [])])
        numbers = np.concatenate([labels[split] for split in SPLITS if split in labels])
        shape, notes = self.shape_of(names)
        pixels, reports = self.decode_all(root, names, shape, are_sizes_told=bool(notes))
        told = [str(path.relative_to(root)) if path.is_relative_to(root) else str(path) for path in names]
        notes += trouble_notes(root, told, reports)
        good = np.array([not each.problem for each in reports])
        if not (good & (of_split == 0)).any():
            raise UnreadableError(root, f"there are no readable pictures of {self.dataset} to train with.")
        if not good.all():
            pixels, numbers, of_split = selected(pixels, good), numbers[good], of_split[good]
        fields = {"image": Value(pixels.shape[1:], "map", pixels.dtype.name), "label": label}
        return Dataset(fields, parted(of_split, {"image": pixels, "label": numbers}), tuple(notes))
