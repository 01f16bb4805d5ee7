"""Lists a folder of pictures: one folder for each class, perhaps below `train`, `validation` and `test`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from workbench.core.errors import UnreadableError, shown
from workbench.data.pictures import SUFFIXES

MOST_FILES = 1_000_000
MOST_NAMED = 5
SPLIT_FOLDERS = {
    "train": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "test": "test",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One file that is a picture by its name: its split, its class and its path below the root."""

    split: str
    label: str
    path: str


@dataclass
class Listing:
    """What a folder holds.

    Attributes:
        items: the pictures, in the order of split, class and name.
        classes: every class folder, sorted, even those without a picture.
        left_out: paths below the root that are no pictures, by the reason.
    """

    root: Path
    items: list[Item] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    left_out: dict[str, list[str]] = field(default_factory=dict)
    entries: int = 0

    @property
    def notes(self) -> list[str]:
        """A sentence for each reason why something was left out."""
        return [f"Left out, {reason} ({len(paths):,}): {some(paths)}" for reason, paths in self.left_out.items()]


def some(names: Iterable[str]) -> str:
    """The first few of many names, with the number of the others, as the end of a sentence."""
    listed = list(names)
    text = ", ".join(shown(name) for name in listed[:MOST_NAMED])
    return f"{text} and {len(listed) - MOST_NAMED:,} more." if len(listed) > MOST_NAMED else f"{text}."


def list_pictures(root: Path) -> Listing:
    """Finds `root/CLASS/PICTURE` or `root/{train,validation,test}/CLASS/PICTURE`.

    A folder `train` with folders inside makes the second form; else it is a class of that name. Hidden entries are
    passed over, links to folders are not followed.

    Raises:
        UnreadableError: a folder cannot be read, one split has two folders, or there are more than a million files.
    """
    listing = Listing(root)
    folders = _folders(listing, "")
    if "train" in folders and _has_folders(root / "train"):
        classes = _list_splits(listing, folders)
    else:
        classes = set(folders)
        _list_classes(listing, "train", folders, "")
    listing.classes = sorted(classes)
    return listing


def _list_splits(listing: Listing, folders: list[str]) -> set[str]:
    classes: set[str] = set()
    taken: dict[str, str] = {}
    for name in folders:
        split = SPLIT_FOLDERS.get(name)
        if split is None:
            _leave_out(listing, name, "folders beside train, validation and test")
            continue
        if split in taken:
            raise UnreadableError(
                listing.root, f'both "{taken[split]}" and "{name}" are folders of the {split} split. Keep one of them.'
            )
        taken[split] = name
    for split in ("train", "validation", "test"):
        if split in taken:
            inside = _folders(listing, taken[split] + "/")
            classes.update(inside)
            _list_classes(listing, split, inside, taken[split] + "/")
    return classes


def _list_classes(listing: Listing, split: str, classes: list[str], below: str) -> None:
    for label in classes:
        for entry, path in _entries(listing, f"{below}{label}/"):
            if entry.is_dir():
                _leave_out(listing, path, "folders inside class folders")
            elif Path(entry.name).suffix.lower() not in SUFFIXES or not entry.is_file():
                _leave_out(listing, path, "no pictures by their names")
            else:
                listing.items.append(Item(split, label, path))


def _folders(listing: Listing, below: str) -> list[str]:
    """Names of the true folders in a folder; the rest is noted."""
    found = []
    for entry, path in _entries(listing, below):
        if entry.is_dir(follow_symlinks=False):
            found.append(entry.name)
        elif entry.is_dir():
            _leave_out(listing, path, "links to folders, which are not followed")
        else:
            _leave_out(listing, path, "files outside the class folders")
    return found


def _has_folders(folder: Path) -> bool:
    return any(entry.is_dir(follow_symlinks=False) and entry.name[0] != "." for entry in _scan(folder))


def _entries(listing: Listing, below: str) -> Iterator[tuple[os.DirEntry[str], str]]:
    """What is visible in a folder, sorted by name, with the path below the root."""
    found = [entry for entry in _scan(listing.root / below) if not entry.name.startswith(".")]
    listing.entries += len(found)
    if listing.entries > MOST_FILES:
        raise UnreadableError(listing.root, f"it has more than {MOST_FILES:,} files. Take a part of it.")
    for entry in sorted(found, key=lambda entry: entry.name):
        yield entry, below + entry.name


def _scan(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except FileNotFoundError:
        raise UnreadableError(folder, "there is no such folder.") from None
    except NotADirectoryError:
        raise UnreadableError(folder, "this is a file, but a folder of pictures is needed.") from None
    except OSError as error:
        raise UnreadableError(folder, f"this folder cannot be read ({error.strerror}).") from None


def _leave_out(listing: Listing, path: str, reason: str) -> None:
    listing.left_out.setdefault(reason, []).append(path)
