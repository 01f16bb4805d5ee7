"""The state of files on the disk, by which data that were read are known to be those that are there still."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
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
