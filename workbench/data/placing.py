"""Where the samples of the data set lie that is being read: in memory, on the disk, or in their own files.

`loading.load` begins a reading; what the sources share (`chunks.zeros`, `decode_all`) asks for the one under way, so
that no source needs to hand it on.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from workbench.core.errors import UnreadableError
from workbench.core.values import bytes_text
from workbench.data import limits
from workbench.data.disk_cache import NewEntry, NoRoomError
from workbench.data.file_state import NamedFiles

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Assign = Callable[[Numbers, Numbers], Numbers]

Storage = Literal["auto", "memory", "disk", "files"]
Way = Literal["memory", "disk", "files"]

MOST_RESIDENT = 2**30  # bytes of samples that are kept in memory without being asked to
WITH_COPIES = 1.4  # of the samples' bytes: parts that are cut off for validation and test are copied


def _as_it_is(of_split: Numbers, _: Numbers) -> Numbers:
    return of_split


class SamplePlace:
    """One reading under way.

    Attributes:
        storage: where the user wants samples to lie.
        entry: the files on the disk that they lie in, where they do.
        notes: what a person should know about where they lie.
        way: where they lie, once that is decided.
        cut: the places of splits that were cut off by `assign`.
        named: the files that those of the source name.
        assign: returns the place in `SPLITS` of each sample's split when those that are lacking have been cut off; its
            arguments are the places of the splits that the samples have, and their classes.
    """

    def __init__(self, storage: Storage = "memory", key: str = "", assign: Assign | None = None) -> None:
        """Decides nothing yet.

        Args:
            storage: where samples should lie.
            key: what the data is known by in the cache on the disk; "" if it cannot be kept there.
            assign: the attribute; without it samples keep their splits.
        """
        self.storage = storage
        self.assign: Assign = self._assigned
        self.cut: tuple[int, ...] = ()
        self._assign = assign or _as_it_is
        self.named = NamedFiles()
        self.notes: list[str] = []
        self.entry: NewEntry | None = None
        self.way: Way | None = None
        self._key = key
        self._why_not_disk = ""

    def _assigned(self, of_split: Numbers, labels: Numbers) -> Numbers:
        made = self._assign(of_split, labels)
        self.cut = tuple(sorted({*made.tolist()} - {*of_split.tolist()}))
        return made

    def reads(self, paths: Iterable[Path]) -> None:
        """Remembers files that are about to be read and may lie elsewhere than the source's own, and their state."""
        self.named = NamedFiles.at({*self.named.folders, *(str(path.parent) for path in paths)})

    def decide(self, file: Path, amount: int, advice: str, *, can_stream: bool = False) -> Way:
        """Decides where the samples lie: in memory where they are few, else on the disk, else in their own files.

        Args:
            file: named in the error.
            amount: of all samples together, in bytes.
            advice: what to do where there is no room, a whole sentence.
            can_stream: whether the source can read samples from their files whenever they are wanted.

        Raises:
            UnreadableError: there is no room for them.
        """
        why = f"it needs {bytes_text(amount)} of memory; at most {bytes_text(limits.MOST_BYTES)} are taken."
        if self.storage == "files" and can_stream:
            self.notes.append("Each sample is read from its file whenever it is wanted.")
            self.way = "files"
        elif self._is_on_disk(amount):
            self.way = "disk"
        elif self._why_not_disk and can_stream:
            self.notes.append(f"Each sample is read from its file whenever it is wanted, since {self._why_not_disk}")
            self.way = "files"
        elif amount > limits.MOST_BYTES:
            raise UnreadableError(file, f"{self._why_not_disk or why} {advice}")
        else:
            self.way = "memory"
        return self.way

    def settle(self, amount: int) -> Way:
        """Decides where samples lie that a source has read into memory without asking; returns where they do.

        Args:
            amount: of all samples together, in bytes.
        """
        if self.way is None:
            self.way = "disk" if self._is_on_disk(amount) else "memory"
        return self.way

    def unmet(self) -> list[str]:
        """Returns a sentence where samples lie elsewhere than the settings ask for, once that is decided."""
        if self.storage == "disk" and self.way == "memory":
            why = self._why_not_disk or "what the program makes itself is not kept on the disk."
            return [f"data.storage=disk was not followed, so the samples lie in memory: {why}"]
        if self.storage == "files" and self.way in ("memory", "disk"):
            place = "in memory" if self.way == "memory" else "on the disk"
            return [
                f"data.storage=files was not followed, so the samples lie {place}: this data source reads all of them "
                "at once."
            ]
        return []

    def _is_on_disk(self, amount: int) -> bool:
        """Whether samples are to lie on the disk, and there is room for them, which is then taken."""
        is_wanted = self.storage == "disk" or (self.storage != "memory" and amount > MOST_RESIDENT)
        if not (self._key and is_wanted):
            return False
        try:
            self.entry = NewEntry(self._key, int(WITH_COPIES * amount))
        except NoRoomError as error:
            self._why_not_disk = str(error)
            return False
        self.notes.append(f"The samples need {bytes_text(amount)}, so they are kept on the disk.")
        return True

    def memory(self, size: int) -> mmap.mmap | None:
        """Returns so many bytes of zeros in a file of the cache; None where samples do not lie there."""
        return self.entry.memory(size) if self.entry is not None and size else None


_CURRENT: ContextVar[SamplePlace | None] = ContextVar("place", default=None)


def current() -> SamplePlace:
    """Returns the reading under way; one that keeps all in memory where there is none."""
    return _CURRENT.get() or SamplePlace()


@contextmanager
def begun(storage: Storage, key: str, assign: Assign | None = None) -> Iterator[SamplePlace]:
    """Makes a reading the one under way; what it has put on the disk is given up unless it is kept."""
    placing = SamplePlace(storage, key, assign)
    token = _CURRENT.set(placing)
    try:
        yield placing
    finally:
        _CURRENT.reset(token)
        if placing.entry is not None:
            placing.entry.give_up()
