"""The cache of data on the disk: its folder, its entries, and the memory of one that is being made.

An entry is a folder whose name is a key. It is made under a name of this process and gets its own one when all of it is
on the disk, so that a kill leaves nothing that could be taken for an entry. Nobody waits for that: a thread writes
while the data is used already. Those that nobody has used for longest make room for others.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import shutil
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from workbench.core.errors import UnreadableError, WorkbenchError, printable
from workbench.core.file_memory import new_file_memory
from workbench.core.files import (
    WriteError,
    force_to_disk,
    free_bytes,
    listed,
    make_folder,
    open_own,
    replace,
    temporary_name,
)
from workbench.core.moving import remove_leftovers
from workbench.core.status import status_of
from workbench.core.values import bytes_text

FOLDER = "CNN_WORKBENCH_CACHE"  # the environment variable that names another folder
MOST_BYTES = 64 * 2**30  # of all entries together
SPARE = 2**30  # bytes of the disk that are left to others
ABOUT = "about.json"  # of an entry: written last, and touched when it is used

_WRITER = ThreadPoolExecutor(1, "cache")
_PENDING: dict[str, Future[None]] = {}  # what is being written, by key


class NoRoomError(WorkbenchError):
    """The disk has no room for a data set; says how much is wanted and how much there is."""


@cache
def _usual_folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("cnn-workbench", appauthor=False) / "data"


def folder() -> Path:
    """Returns the folder of all entries."""
    named = os.environ.get(FOLDER, "")
    return Path(named) if named else _usual_folder()


@dataclass
class NewEntry:
    """An entry that is being made: arrays are put into its memory, and it is kept, or given up.

    Attributes:
        key: of the entry.
        amount: bytes that all its arrays will need.
        place: the folder in which it is made.
        maps: the memory of its files, by their names.
    """

    key: str
    amount: int
    place: Path = field(init=False)
    maps: dict[str, mmap.mmap] = field(init=False, default_factory=dict)
    _is_kept: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        """Makes room.

        Raises:
            NoRoomError: the disk, or what may be taken of it, is too small, or the folder cannot be written to.
        """
        wait_for(self.key)
        self.place = folder() / temporary_name(self.key)
        try:
            make_folder(folder())
            remove_leftovers(folder())
            make_room(self.amount)
            make_folder(self.place)
        except WriteError as error:
            raise NoRoomError(f"the cache folder {printable(folder())} cannot be written to.") from error

    def memory(self, size: int) -> mmap.mmap:
        """Returns so many bytes of zeros in a file of its own.

        Raises:
            MemoryError: the disk has no room for them.
        """
        name = f"{len(self.maps)}.bin"
        try:
            made = new_file_memory(self.place / name, size)
        except WriteError as error:
            raise MemoryError(str(error)) from None
        self.maps[name] = made
        return made

    def keep(self) -> None:
        """Makes it an entry, on a thread: everything that it should hold is in its folder.

        Where the system refuses, it is deleted; its arrays stay good as long as they are used.
        """
        self._is_kept = True
        shutil.rmtree(self.place.with_name(self.key), ignore_errors=True)  # out of date, or no whole entry
        _PENDING[self.key] = _WRITER.submit(self._become_entry)

    def _become_entry(self) -> None:
        try:
            for name, memory in self.maps.items():
                _force(self.place / name, memory)
            replace(str(self.place), str(self.place.with_name(self.key)))
        except (OSError, WriteError):
            shutil.rmtree(self.place, ignore_errors=True)

    def give_up(self) -> None:
        """Deletes the files, unless they are kept; arrays that lie in them stay good as long as they are used."""
        if not self._is_kept:
            shutil.rmtree(self.place, ignore_errors=True)


def wait_for(*keys: str) -> None:
    """Waits until entries are on the disk that are being written there: those of some keys, or all."""
    for key in keys or list(_PENDING):
        if (pending := _PENDING.pop(key, None)) is not None:
            pending.result()


def _force(file: Path, memory: mmap.mmap) -> None:
    """Forces what was put into the memory of a file to the disk, without Python's lock where that goes."""
    if os.name != "posix":
        memory.flush()
        return
    descriptor = open_own(file, os.O_RDWR)
    try:
        force_to_disk(descriptor)
    finally:
        os.close(descriptor)


def taken() -> tuple[int, int]:
    """Returns how many data sets are kept, and their bytes together."""
    sizes = [size for _, size, _ in _entries()]
    return len(sizes), sum(sizes)


def clear() -> int:
    """Deletes all data sets that are kept and returns their bytes; they are made again when they are wanted.

    One that is in use stays good for whoever uses it.
    """
    found = _entries()
    for _, _, place in found:
        shutil.rmtree(place, ignore_errors=True)
    left = {place for _, _, place in _entries()}
    return sum(size for _, size, place in found if place not in left)


def make_room(amount: int) -> None:
    """Deletes entries that were not used for longest, until there is room for so many bytes.

    Raises:
        NoRoomError: there is not enough, even without the others.
        WriteError: the system does not say how much there is.
    """
    found = sorted(_entries())
    held = sum(size for _, size, _ in found)
    free = free_bytes(folder()) - SPARE
    most = max(0, min(MOST_BYTES, free + held))
    if amount > most:
        wanted, there = bytes_text(amount), bytes_text(most)
        raise NoRoomError(f"they need {wanted} of the disk, and {there} can be taken in {printable(folder())}.")
    for _, size, place in found:
        if held + amount <= MOST_BYTES and amount <= free:
            return
        shutil.rmtree(place, ignore_errors=True)
        held, free = held - size, free + size


def _entries() -> list[tuple[float, int, Path]]:
    """When each entry was used, its bytes, and where it lies."""
    found = []
    with contextlib.suppress(UnreadableError):
        for place in listed(folder(), missing_ok=True):
            files = {each.name: status for each in listed(place) if (status := status_of(each)) is not None}
            if ABOUT in files:
                found.append((files[ABOUT].st_mtime, sum(each.st_size for each in files.values()), place))
    return found
