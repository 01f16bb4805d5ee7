"""The state of files on the disk, by which data that were read are known to be those that are there still."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

PROJECT = ".cnn"
State = tuple[tuple[str, int, int, int], ...]  # path, number on the disk, bytes, time of the last change in ns


def state_of(path: Path) -> State:
    """Returns the state of all files in a folder, or of a file and those beside it: labels and tables go with it.

    Projects are left out, since they may lie beside their data and are saved now and then. So is what cannot be looked
    at: whoever reads it says why.
    """
    folders = [folder for folder, _, _ in os.walk(path)] if path.is_dir() else [str(path.parent)]
    return tuple(sorted(each for folder in folders for each in _files_in(folder)))


def _files_in(folder: str) -> Iterator[tuple[str, int, int, int]]:
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_file() and not entry.name.endswith(PROJECT):
                status = entry.stat()
                yield entry.path, status.st_ino, status.st_size, status.st_mtime_ns
