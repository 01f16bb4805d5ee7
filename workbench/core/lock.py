"""A lock between processes that needs no Qt and cannot be left behind: the system drops it when its owner ends."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from pathlib import Path
from typing import Literal

from workbench.core.errors import InaccessibleError, WorkbenchError, printable
from workbench.core.files import WriteError, open_own, write_error
from workbench.core.status import status_of

FIRST_WORD = b"pid "  # with which the program's own lock files begin
OWNER_BYTES = 200  # that are read of who has a lock
TRIES, TRY_SECONDS = 3, 0.02  # whoever asks for the holder (`holder_of`) has the lock for a moment

Holder = Literal["somebody", "nobody", "unknown"]


class LockedError(WorkbenchError):
    """Another process has it; the text says which, as far as it is known."""


class FileLock:
    """Holds `path` (a small file beside what it guards) until `release`, the end of `with`, or the process's end."""

    def __init__(self, path: Path, what: str) -> None:
        """Takes the lock.

        Args:
            path: the lock file; it stays there and says who had it last.
            what: named in the error, such as "run-001".

        Raises:
            LockedError: another living process holds it.
            WriteError: the place cannot be written to, or what has that name is no lock file of the program's own (a
                link, or a file with other content, as somebody else's folder might bring along).
        """
        self.path = path
        self._descriptor = open_own(path, os.O_RDWR | os.O_CREAT)
        try:
            _lock_soon(self._descriptor)
        except OSError:
            owner = self._owner()
            os.close(self._descriptor)
            raise LockedError(
                f"{what} is in use by another process ({owner}). Wait for it, or stop it first."
            ) from None
        self._check_is_own()
        with contextlib.suppress(OSError):  # who has it is said for people; on a full disk the lock holds all the same
            self._note_owner()

    def _note_owner(self) -> None:
        """Writes who has the lock into its file, unless that has other names too: it may be no lock then."""
        if os.fstat(self._descriptor).st_nlink > 1:
            return
        os.ftruncate(self._descriptor, 0)
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        os.write(self._descriptor, FIRST_WORD + f"{os.getpid()} on {socket.gethostname()}\n".encode())

    def _check_is_own(self) -> None:
        """Refuses, and releases, a file that the program has not written; one that a full disk has cut is its own."""
        try:
            is_own = FIRST_WORD.startswith(os.read(self._descriptor, len(FIRST_WORD)))
        except OSError as error:
            self.release()
            raise write_error(self.path, error) from error
        if not is_own:
            self.release()
            raise WriteError(
                f"{printable(self.path)} should be a lock of this program, but holds something else; it was "
                f"left alone. "
                "Delete it, and try again."
            )

    def _owner(self) -> str:
        with contextlib.suppress(OSError, UnicodeDecodeError):
            text = os.read(self._descriptor, OWNER_BYTES).decode().strip()
            return printable(text) or "unknown"
        return "unknown"

    def release(self) -> None:
        """Gives the lock back; twice does no harm."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> FileLock:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def holder_of(path: Path) -> Holder:
    """Returns whether a living process holds a lock; nothing is written, and the lock is left as it is.

    Args:
        path: the lock file, as `FileLock` takes it.

    Returns:
        "nobody" where there is no lock file too; "unknown" where the system does not say, or where another machine
        had the lock last, since some shared disks hide the locks of one machine from the others.
    """
    try:
        if status_of(path) is None:
            return "nobody"
        descriptor = open_own(path, os.O_RDONLY)
    except (InaccessibleError, WriteError):
        return "unknown"
    try:
        try:
            _lock(descriptor, is_shared=True)
        except BlockingIOError:
            return "somebody"
        except OSError:
            return "somebody" if os.name == "nt" else "unknown"
        owner = os.read(descriptor, OWNER_BYTES).decode("utf-8", "replace").strip()
    except OSError:
        return "unknown"
    finally:
        os.close(descriptor)
    machine = owner.partition(" on ")[2]
    return "nobody" if machine in ("", socket.gethostname()) else "unknown"


def _lock_soon(descriptor: int) -> None:
    """Takes the whole file for this process, or raises OSError once it is clear that somebody keeps it."""
    for number in range(1, TRIES + 1):
        try:
            _lock(descriptor)
        except OSError:
            if number == TRIES:
                raise
            time.sleep(TRY_SECONDS)
        else:
            return


def _lock(descriptor: int, *, is_shared: bool = False) -> None:
    """Takes the whole file for this process, or raises OSError at once; shared, it may be had by many that ask."""
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    else:
        import fcntl

        fcntl.flock(descriptor, (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
