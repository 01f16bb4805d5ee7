"""How the files of IDX data sets are called, and which of them belong together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from workbench.core.errors import UnreadableError, printable
from workbench.core.files import is_folder, is_plain_file, listed
from workbench.data.split_names import ALTERNATIVES, WORDS

NAME = re.compile(
    rf"(?P<prefix>.+?[-_.])??(?P<split>{ALTERNATIVES})[-_](?P<part>images|labels)"
    r"[-_.]idx\d[-_.](?:ubyte|byte|short|int)(?:\.gz)?\Z",
    re.IGNORECASE,
)
NEEDED = "train-images-idx3-ubyte and train-labels-idx1-ubyte"
MOST_NAMED = 8
WRAPPERS = 2  # folders in folders that are looked into, such as MNIST/raw


@dataclass(frozen=True)
class Name:
    """What the name of a file says: the set it is of (such as `emnist-letters-`), its split, `images` or `labels`."""

    prefix: str
    split: str
    part: str


@dataclass(frozen=True)
class Pair:
    """The two files of one split."""

    images: Path
    labels: Path


def parsed(name: str) -> Name | None:
    """Returns what the name of a file says; None if it is not that of an IDX file."""
    match = NAME.match(name)
    if match is None:
        return None
    return Name(match["prefix"] or "", WORDS[match["split"].lower()], match["part"].lower())


def find_pairs(folder: Path) -> tuple[dict[str, Pair], list[str]]:
    """Finds the files of each split; of a packed and an unpacked one the unpacked counts.

    Where all of them lie in a folder of their own, or a file in one that bears its name, they are found there; where
    their names have a beginning in common, it is passed over.

    Returns:
        The pair of each split, and notes on what was passed over.

    Raises:
        UnreadableError: the folder cannot be read, has no training pictures, or a file lacks its partner.
    """
    if parsed(folder.name) and is_plain_file(folder):
        raise UnreadableError(folder, f"this is one file of several; choose the folder that it is in: {folder.parent}.")
    place, paths = _unwrapped(folder)
    notes = []
    if place != folder:
        notes.append(f'The files were taken from the folder "{printable(place.relative_to(folder))}" in it.')
    found = _by_set(paths)
    prefix = _prefix(folder, found, paths)
    if prefix:
        notes.append(f'The files whose names begin with "{printable(prefix)}" were taken.')
    if others := [printable(each) for each in found if each != prefix]:
        notes.append(f"Left out, files of other sets: {', '.join(others)}.")
    return _paired(folder, found[prefix], paths), notes


def _unwrapped(folder: Path) -> tuple[Path, list[Path]]:
    """The folder with the files and what lies in it: the folder itself, or one that lies in it alone."""
    place, whole = folder, listed(folder)
    paths = whole
    for _ in range(WRAPPERS + 1):
        if any(parsed(path.name) for path in paths):
            return place, paths
        inside = [path for path in paths if is_folder(path) and not path.name.startswith(".")]
        if len(inside) != 1:
            break
        place, paths = inside[0], listed(inside[0])
    return folder, whole


def holds_pairs(folder: Path) -> bool:
    """Returns whether a folder, or one that lies in it alone, has files that are called as IDX files are.

    Raises:
        UnreadableError: the folder cannot be read.
    """
    return any(parsed(path.name) for path in _unwrapped(folder)[1])


def _by_set(paths: Iterable[Path]) -> dict[str, dict[tuple[str, str], Path]]:
    """The files of each set by split and part; plain files before those in folders of their names."""
    found: dict[str, dict[tuple[str, str], Path]] = {}
    paths = list(paths)
    unpacked = [inner for path in paths if parsed(path.name) and is_folder(path) for inner in listed(path)]
    for path in [*paths, *unpacked]:  # "x" comes before "x.gz"
        name = parsed(path.name)
        if name is not None and is_plain_file(path):
            found.setdefault(name.prefix, {}).setdefault((name.split, name.part), path)
    return found


def _prefix(folder: Path, found: dict[str, dict[tuple[str, str], Path]], paths: list[Path]) -> str:
    """The set to take: the one without a beginning of its own, or the only one with training files."""
    fitting = [prefix for prefix, files in found.items() if any(split == "train" for split, _ in files)]
    if "" in fitting:
        return ""
    if not fitting:
        raise UnreadableError(folder, f"there are no files {NEEDED} (or the same with .gz). {_there(paths)}")
    if len(fitting) > 1:
        several = ", ".join(printable(prefix) for prefix in fitting[:MOST_NAMED])
        raise UnreadableError(
            folder, f"there are the files of several sets in it ({several}). Put those of one set into a folder alone."
        )
    return fitting[0]


def _paired(folder: Path, files: dict[tuple[str, str], Path], paths: list[Path]) -> dict[str, Pair]:
    pairs = {}
    for split in dict.fromkeys(split for split, _ in files):
        for part in ("images", "labels"):
            if (split, part) not in files:
                raise UnreadableError(folder, f"there is no file with the {part} of the {split} split. {_there(paths)}")
        pairs[split] = Pair(files[split, "images"], files[split, "labels"])
    return pairs


def _there(paths: list[Path]) -> str:
    """What lies in the folder, as a sentence."""
    names = [printable(path.name) for path in paths if not path.name.startswith(".")]
    if not names:
        return "The folder is empty."
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    hint = " Pictures in class folders are read by the data source folder." if any(is_folder(p) for p in paths) else ""
    return f"There are: {', '.join(names[:MOST_NAMED])}{more}.{hint}"
