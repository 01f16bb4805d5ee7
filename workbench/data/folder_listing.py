"""Lists a folder of pictures: one folder for each class, perhaps below `train`, `validation` and `test`.

What is there and not used is kept by its reason, so that an error can say what was found and what was probably meant.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from workbench.core.errors import UnreadableError, printable
from workbench.core.files import entries, resolved
from workbench.data import idx_names
from workbench.data.class_names import composed
from workbench.data.pictures import SUFFIXES
from workbench.data.spec import SPLITS
from workbench.data.split_names import PERHAPS_VALIDATION, PLAIN, split_of

MOST_FILES = 1_000_000
MOST_NAMED = 5
UNPACKERS = frozenset({"__macosx", "@eadir", "$recycle.bin", "lost+found"})  # folders that nobody has made on purpose
ARRAYS = frozenset({".npz", ".npy"})

OUTSIDE = "files outside the class folders"
INSIDE = "folders inside class folders"
NO_PICTURES = "no pictures by their names"
BACK = "links that lead back to the folder itself"
NOWHERE = "links that lead nowhere"
BESIDE = "folders beside train, validation and test"
PERHAPS = f'{BESIDE}; call one of them "validation" if it is that'
FOLLOWED = "Links to folders, which were followed"


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
        classes: every class, sorted, even those without a picture.
        understood: sentences on what was taken although it is not laid out as it should be.
        followed: paths below the root of links to folders.
        left_out: paths below the root that are no pictures, by the reason.
    """

    root: Path
    items: list[Item] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    understood: list[str] = field(default_factory=list)
    followed: list[str] = field(default_factory=list)
    left_out: dict[str, list[str]] = field(default_factory=dict)
    entries: int = 0

    @property
    def notes(self) -> list[str]:
        """A sentence for each thing that was understood, and for each reason why something was left out."""
        links = [f"{FOLLOWED} ({len(self.followed):,}): {some(self.followed)}"] if self.followed else []
        return [
            *self.understood,
            *links,
            *(f"Left out, {reason} ({len(paths):,}): {some(paths)}" for reason, paths in self.left_out.items()),
        ]

    def nothing(self) -> UnreadableError:
        """Returns the error for a listing without a picture: what is needed, what is there, what was probably meant."""
        found = [f"{reason} ({len(paths):,}): {some(paths)[:-1]}" for reason, paths in self.left_out.items()]
        if empty := [name for name in self.classes if not any(_is_below(path, name) for path in self._paths())]:
            found.append(f"folders with nothing in them ({len(empty):,}): {some(empty)[:-1]}")
        text = "there are no pictures in class folders; CLASS/PICTURE.png or the like is needed."
        return UnreadableError(self.root, f"{text} Found: {'; '.join(found) or 'nothing'}.{self._probably()}")

    def _paths(self) -> list[str]:
        return [path for paths in self.left_out.values() for path in paths]

    def _probably(self) -> str:
        """What was probably meant, as a sentence with a blank before it; empty where that is unclear."""
        outside, inside = self.left_out.get(OUTSIDE, []), self.left_out.get(NO_PICTURES, [])
        files = [Path(path).name for path in outside]
        if any(idx_names.parsed(Path(path).name) for path in (*outside, *inside)):
            return " These are IDX files: choose the data source idx for this folder."
        if arrays := [name for name in files if Path(name).suffix.lower() in ARRAYS]:
            return f" Choose the data source npz for {printable(arrays[0])}."
        if any(Path(name).suffix.lower() in SUFFIXES for name in files):
            return " Put the pictures of each class into a folder of its own, or choose the data source natural."
        if deeper := self.left_out.get(INSIDE):
            return (
                f" Put the pictures right into the class folders, or choose {printable(deeper[0].split('/')[0])} alone."
            )
        if self.left_out.get(NOWHERE):
            return " Copy what the links led to."
        return ""


def _is_below(path: str, name: str) -> bool:
    return composed(name) in composed(path).split("/")


def some(names: Iterable[str]) -> str:
    """The first few of many names, with the number of the others, as the end of a sentence."""
    listed = list(names)
    text = ", ".join(printable(name) for name in listed[:MOST_NAMED])
    return f"{text} and {len(listed) - MOST_NAMED:,} more." if len(listed) > MOST_NAMED else f"{text}."


def list_pictures(root: Path) -> Listing:
    """Finds `root/CLASS/PICTURE` or `root/{train,validation,test}/CLASS/PICTURE`.

    A folder `train` (or `Training_set`, and the like) with folders inside makes the second form; else it is a class of
    that name. Where one folder alone lies in the root and holds folders and no pictures, an unpacker has put it there
    and it is looked into. Hidden entries are passed over; links to folders are followed and noted.

    Raises:
        UnreadableError: a folder cannot be read, one split has two folders, or there are more than a million files.
    """
    listing = Listing(root)
    below = _wrapper(listing)
    folders = _folders(listing, below)
    if any(split_of(name) == "train" and _holds_folders(root / below / name) for name in folders):
        classes = _list_splits(listing, folders, below)
    else:
        classes = set(folders)
        _list_classes(listing, "train", folders, below)
    listing.classes = sorted({composed(name) for name in classes})
    order = {split: number for number, split in enumerate(SPLITS)}
    listing.items.sort(
        key=lambda item: (order[item.split], item.label)
    )  # equal labels stay in the order of their files
    return listing


def _wrapper(listing: Listing) -> str:
    """The one folder that everything lies in, such as `shapes/`; empty if there is none."""
    try:
        visible = [entry for entry in entries(listing.root) if not entry.name.startswith(".")]
    except UnreadableError as error:
        advice = "Choose one that has a folder of pictures for each class (data.options.path)."
        raise UnreadableError(error.file, f"{error.reason} {advice}") from None
    folders = [
        entry.name
        for entry in visible
        if (_kind(entry) == "folder" or (_kind(entry) == "link" and not _leads_back(listing, entry.name)))
        and entry.name.lower() not in UNPACKERS
    ]
    if len(folders) != 1 or split_of(folders[0]) or any(_is_picture(entry) for entry in visible):
        return ""
    inside = [entry for entry in entries(listing.root / folders[0]) if not entry.name.startswith(".")]
    if any(_is_picture(entry) for entry in inside) or all(_kind(entry) == "file" for entry in inside):
        return ""
    listing.understood.append(f'Everything was taken from the folder "{printable(folders[0])}" in it.')
    return f"{folders[0]}/"


def _list_splits(listing: Listing, folders: list[str], below: str) -> set[str]:
    classes: set[str] = set()
    taken: dict[str, str] = {}
    for name in folders:
        split = split_of(name)
        if split is None:
            _leave_out(listing, below + name, PERHAPS if name.lower() in PERHAPS_VALIDATION else BESIDE)
            continue
        if split in taken:
            raise UnreadableError(
                listing.root,
                f'both "{printable(taken[split])}" and "{printable(name)}" are folders of the {split} split. '
                f"Keep one of them.",
            )
        taken[split] = name
    if odd := [f'"{printable(name)}" as {split}' for split, name in taken.items() if name not in PLAIN]:
        listing.understood.append(f"Folders were taken as splits: {', '.join(odd)}.")
    for split in SPLITS:
        if split in taken:
            inside = _folders(listing, f"{below}{taken[split]}/")
            classes.update(inside)
            _list_classes(listing, split, inside, f"{below}{taken[split]}/")
    return classes


def _list_classes(listing: Listing, split: str, classes: list[str], below: str) -> None:
    for label in classes:
        for entry, path in _entries(listing, f"{below}{label}/"):
            kind = _kind(entry)
            if kind in ("folder", "link"):
                _leave_out(listing, path, INSIDE)
            elif kind == "broken":
                _leave_out(listing, path, NOWHERE)
            elif not _is_picture(entry):
                _leave_out(listing, path, NO_PICTURES)
            else:
                listing.items.append(Item(split, composed(label), path))


def _folders(listing: Listing, below: str) -> list[str]:
    """Names of the folders in a folder, those that links lead to among them; the rest is noted."""
    found = []
    for entry, path in _entries(listing, below):
        kind = _kind(entry)
        if kind == "folder":
            found.append(entry.name)
        elif kind == "link" and not _leads_back(listing, path):
            listing.followed.append(path)
            found.append(entry.name)
        else:
            _leave_out(listing, path, {"link": BACK, "broken": NOWHERE}.get(kind, OUTSIDE))
    return found


def _kind(entry: os.DirEntry[str]) -> str:
    """What an entry is: `folder`, `link` (to a folder), `broken` (a link to nothing) or `file` (all else)."""
    try:
        if entry.is_dir():
            return "link" if entry.is_symlink() else "folder"
        return "broken" if entry.is_symlink() and not os.path.exists(entry.path) else "file"  # noqa: PTH110 - any text
    except OSError:  # a link that leads round in a circle
        return "broken"


def _is_picture(entry: os.DirEntry[str]) -> bool:
    try:
        return Path(entry.name).suffix.lower() in SUFFIXES and entry.is_file()
    except OSError:
        return False


def _leads_back(listing: Listing, path: str) -> bool:
    """Whether a link leads to the root or to a folder that the root lies in."""
    return resolved(listing.root).is_relative_to(resolved(listing.root / path))


def _holds_folders(folder: Path) -> bool:
    return any(_kind(entry) in ("folder", "link") and not entry.name.startswith(".") for entry in entries(folder))


def _entries(listing: Listing, below: str) -> Iterator[tuple[os.DirEntry[str], str]]:
    """What is visible in a folder, sorted by name, with the path below the root."""
    found = [entry for entry in entries(listing.root / below) if not entry.name.startswith(".")]
    listing.entries += len(found)
    if listing.entries > MOST_FILES:
        raise UnreadableError(listing.root, f"it has more than {MOST_FILES:,} files. Take a part of it.")
    for entry in sorted(found, key=lambda entry: entry.name):
        yield entry, below + entry.name


def _leave_out(listing: Listing, path: str, reason: str) -> None:
    listing.left_out.setdefault(reason, []).append(path)
