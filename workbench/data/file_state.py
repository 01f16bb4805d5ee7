"""The state of files on the disk, by which data that were read are known to be those that are there still."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from workbench.core.errors import UnreadableError
from workbench.core.files import entries, is_folder
from workbench.core.status import status_of

PROJECT = ".cnn"
DEEPEST = 8  # folders below the one that is named; links may lead round in a circle
State = tuple[tuple[str, int, int, int], ...]  # path, number on the disk, bytes, time of the last change in ns


def state_of(path: Path) -> State:
    """Returns the state of all files in a folder, or of a file and those beside it: labels and tables go with it.

    Projects are left out, since they may lie beside their data and are saved now and then. So is what cannot be looked
    at: whoever reads it says why.
    """
    folder, depth = (path, DEEPEST) if is_folder(path) else (path.parent, 0)
    return tuple(sorted(_files_in(folder, depth)))


@dataclass(frozen=True)
class NamedFiles:
    """Files that a table or an annotation names, which may lie anywhere, as they were when it was read.

    Attributes:
        folders: that they lie in.
        digest: of the state of all files there, which is looked at when the folders are given.
    """

    folders: tuple[str, ...] = ()
    digest: str = ""

    @classmethod
    def at(cls, folders: Iterable[str]) -> NamedFiles:
        """Returns the files in folders as they are now."""
        ordered = tuple(sorted(set(folders)))
        digest = hashlib.blake2b(digest_size=16)
        for folder in ordered:
            digest.update(repr(sorted(_files_in(Path(folder), 0))).encode(errors="surrogateescape"))
        return cls(ordered, digest.hexdigest())

    @property
    def are_unchanged(self) -> bool:
        """Whether they are as they were."""
        return not self.folders or self == NamedFiles.at(self.folders)


def _files_in(folder: Path, depth: int) -> Iterator[tuple[str, int, int, int]]:
    with contextlib.suppress(UnreadableError):
        for entry in entries(folder, missing_ok=True):
            with contextlib.suppress(UnreadableError, OSError):  # OSError: a link that leads to itself
                if entry.is_dir():
                    yield from _files_in(folder / entry.name, depth - 1) if depth else ()
                elif not entry.name.endswith(PROJECT):
                    status = status_of(folder / entry.name)
                    if status is not None:
                        yield entry.path, status.st_ino, status.st_size, status.st_mtime_ns
