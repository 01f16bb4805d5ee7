"""The data sets of torchvision.datasets that give pictures with one class each: a table, without the library."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Samples = Iterable[tuple[Any, int]]
TRAIN_AND_TEST = {"train": {"train": True}, "test": {"train": False}}
NAMED = {"train": {"split": "train"}, "test": {"split": "test"}}
WITH_VALIDATION = {"train": {"split": "train"}, "validation": {"split": "val"}, "test": {"split": "test"}}


def _through_loader(found: Any) -> Samples:
    return (found[number] for number in range(len(found)))


@dataclass(frozen=True)
class LibrarySet:
    """One data set, and how the library is asked for it.

    Attributes:
        library: its class in torchvision.datasets.
        files: what there must be below the folder of all data sets.
        splits: the arguments for each of our splits.
        settings: arguments for all of them.
        samples: returns path and class of each picture of the library's data set; None where that holds the pixels.
        takes_loader: whether the library can be given what reads a picture, which then returns the path.
        unread: files that the library wants to see as well, and does not read.
        needs: the package by which the library reads it, which is none of the program's own.
        is_turned: whether its pictures are stored with rows and columns exchanged.
    """

    library: str
    files: tuple[str, ...]
    splits: Mapping[str, Mapping[str, Any]]
    settings: Mapping[str, Any] = field(default_factory=dict)
    samples: Callable[[Any], Samples] | None = None
    takes_loader: bool = False
    unread: tuple[str, ...] = ()
    needs: str = ""
    is_turned: bool = False


def _like_mnist(name: str) -> LibrarySet:
    parts = [f"{split}-{what}" for split in ("train", "t10k") for what in ("images-idx3-ubyte", "labels-idx1-ubyte")]
    return LibrarySet(name, tuple(f"{name}/raw/{part}" for part in parts), TRAIN_AND_TEST)


def _emnist(part: str) -> LibrarySet:
    parts = [f"{split}-{what}" for split in ("train", "test") for what in ("images-idx3-ubyte", "labels-idx1-ubyte")]
    files = tuple(f"EMNIST/raw/emnist-{part}-{each}" for each in parts)
    return LibrarySet("EMNIST", files, TRAIN_AND_TEST, {"split": part}, is_turned=True)


def _of_files(
    name: str, files: tuple[str, ...], splits: Mapping[str, Mapping[str, Any]], needs: str = ""
) -> LibrarySet:
    return LibrarySet(name, files, splits, samples=_through_loader, takes_loader=True, needs=needs)


SETS = {
    "MNIST": _like_mnist("MNIST"),
    "FashionMNIST": _like_mnist("FashionMNIST"),
    "KMNIST": _like_mnist("KMNIST"),
    "EMNIST-balanced": _emnist("balanced"),
    "EMNIST-byclass": _emnist("byclass"),
    "EMNIST-bymerge": _emnist("bymerge"),
    "EMNIST-digits": _emnist("digits"),
    "EMNIST-letters": _emnist("letters"),
    "SVHN": LibrarySet("SVHN", ("train_32x32.mat", "test_32x32.mat"), NAMED, needs="scipy"),
    "STL10": LibrarySet(
        "STL10",
        tuple(f"stl10_binary/{each}.bin" for each in ("train_X", "train_y", "test_X", "test_y")),
        NAMED,
        unread=("stl10_binary/unlabeled_X.bin",),
    ),
    "Flowers102": _of_files(
        "Flowers102",
        ("flowers-102/jpg", "flowers-102/imagelabels.mat", "flowers-102/setid.mat"),
        WITH_VALIDATION,
        "scipy",
    ),
    "OxfordIIITPet": LibrarySet(
        "OxfordIIITPet",
        ("oxford-iiit-pet/images", "oxford-iiit-pet/annotations"),
        {"train": {"split": "trainval"}, "test": {"split": "test"}},
        samples=lambda found: zip(found._images, found._labels, strict=True),
    ),
    "Food101": _of_files("Food101", ("food-101/meta", "food-101/images"), NAMED),
    "DTD": _of_files("DTD", ("dtd/dtd/labels", "dtd/dtd/images"), WITH_VALIDATION),
    "EuroSAT": _of_files("EuroSAT", ("eurosat/2750",), {"train": {}}),
    "GTSRB": LibrarySet(
        "GTSRB",
        ("gtsrb/GTSRB/Training", "gtsrb/GTSRB/Final_Test/Images", "gtsrb/GT-final_test.csv"),
        NAMED,
        samples=lambda found: found._samples,
    ),
    "Country211": _of_files("Country211", ("country211",), WITH_VALIDATION | {"validation": {"split": "valid"}}),
    "RenderedSST2": _of_files("RenderedSST2", ("rendered-sst2",), WITH_VALIDATION),
    "FGVCAircraft": _of_files("FGVCAircraft", ("fgvc-aircraft-2013b/data",), WITH_VALIDATION),
    "SUN397": _of_files("SUN397", ("SUN397",), {"train": {}}),
    "Imagenette": _of_files(
        "Imagenette", ("imagenette2",), {"train": {"split": "train"}, "validation": {"split": "val"}}
    ),
}
