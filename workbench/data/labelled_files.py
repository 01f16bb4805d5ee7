"""Files with a class and a split each: those in class folders, perhaps below folders of splits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from workbench.core.files import is_folder, listed
from workbench.data.split_names import split_of


@dataclass(frozen=True)
class LabelledFile:
    """A file, or a folder that is one sample, with its class and its split."""

    path: Path
    label: str
    split: str


def in_class_folders(place: Path, is_wanted: Callable[[Path], bool]) -> list[LabelledFile]:
    """Returns what lies in `CLASS/` below a folder, or in `SPLIT/CLASS/` where all its folders are called as splits.

    Args:
        place: the folder.
        is_wanted: whether a file or folder is one sample.

    Raises:
        UnreadableError: a folder cannot be read.
    """
    folders = [path for path in listed(place) if is_folder(path) and not path.name.startswith(".")]
    are_splits = bool(folders) and all(split_of(path.name) for path in folders)
    found = []
    for path in folders:
        split = (split_of(path.name) or "train") if are_splits else "train"
        for group in (each for each in (listed(path) if are_splits else [path]) if is_folder(each)):
            found += [LabelledFile(each, group.name, split) for each in listed(group) if is_wanted(each)]
    return found
