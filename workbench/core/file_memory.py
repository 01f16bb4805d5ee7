"""Memory that lies in a file, so that the disk holds what would not fit beside the program."""

from __future__ import annotations

import errno
import mmap
import os
from pathlib import Path

from workbench.core.files import open_own, write_error

BLOCK = 2**22  # bytes that are written at once where the system cannot set room aside


def new_file_memory(path: Path, size: int) -> mmap.mmap:
    """Makes a file of zeros whose room on the disk is taken, and maps it for reading and writing.

    A mapping of a file that the disk has no room for would end the process at some later writing, so the room is taken
    first.

    Args:
        path: of the file; there must be none.
        size: in bytes, at least 1.

    Raises:
        WriteError: the disk is full, or the place cannot be written to; no file is left.
    """
    descriptor = open_own(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0))
    try:
        _take_room(descriptor, size)
        return mmap.mmap(descriptor, size)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise write_error(path, error) from error
    finally:
        os.close(descriptor)


def _take_room(descriptor: int, size: int) -> None:
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(descriptor, 0, size)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP, errno.ENOSYS):
                raise
        else:
            return
    block = bytes(BLOCK)
    for start in range(0, size, BLOCK):
        os.write(descriptor, block[: min(BLOCK, size - start)])


def file_memory(path: Path) -> mmap.mmap:
    """Maps a file as memory of this process: what is written there never comes into the file.

    Raises:
        OSError: it is not there, or the system refuses.
        ValueError: it is empty.
    """
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
