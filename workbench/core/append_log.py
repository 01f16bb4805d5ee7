"""A log that only grows, a line at a time: the events of a run."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from workbench.core.files import CHUNK, force_to_disk, open_own, open_plain, write_error, write_own_file


class AppendLog:
    """A file that only grows, a line at a time, and that can be cut back to an earlier length.

    Lines that could not be written (a full disk) stay in memory in their order, and the next `flush` tries them again.
    """

    def __init__(self, path: Path, *, length: int = 0) -> None:
        """Opens the log and cuts it back to `length` bytes; one that is shorter stays as it is.

        Raises:
            WriteError: it cannot be opened, or it is a link or no plain file.
        """
        self.path = path
        self._pending = bytearray()
        self._descriptor = _own_log(path)
        try:
            self.length = min(length, os.fstat(self._descriptor).st_size)
            os.ftruncate(self._descriptor, self.length)
        except OSError as error:
            self.close()
            raise write_error(path, error) from error

    def fileno(self) -> int:
        """The descriptor, for what must write without Python."""
        return self._descriptor

    def append(self, line: bytes) -> None:
        """Adds one line; it stays in memory until the next `flush` or `sync`."""
        self._pending += line + b"\n"
        self.length += len(line) + 1

    def flush(self) -> None:
        """Hands what was added to the operating system, where it outlives a crash of this program.

        Raises:
            WriteError: it could not be written; it is kept for the next time.
        """
        while self._pending:
            try:
                count = os.write(self._descriptor, self._pending)
            except OSError as error:
                raise write_error(self.path, error) from error
            del self._pending[:count]

    def sync(self) -> None:
        """Flushes and forces everything to the disk, where it outlives a power cut.

        Raises:
            WriteError: it could not be written, or the disk does not confirm it.
        """
        self.flush()
        self.force()

    def force(self) -> None:
        """Forces to the disk what was flushed; other threads may go on appending meanwhile.

        Raises:
            WriteError: the disk does not confirm it.
        """
        try:
            force_to_disk(self._descriptor)
        except OSError as error:
            raise write_error(self.path, error) from error

    def close(self) -> None:
        """Flushes and closes; twice does no harm."""
        if self._descriptor < 0:
            return
        with contextlib.suppress(OSError):
            while self._pending:
                del self._pending[: os.write(self._descriptor, self._pending)]
        os.close(self._descriptor)
        self._descriptor = -1

    def __enter__(self) -> AppendLog:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _own_log(path: Path) -> int:
    """The descriptor of a log to append to; one that other folders share by a hard link is copied first."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
    descriptor = open_own(path, flags)
    if os.fstat(descriptor).st_nlink < 2:
        return descriptor
    os.close(descriptor)
    write_own_file(path, read_from(path, 0))
    return open_own(path, flags)


def read_from(path: Path, start: int) -> Iterator[bytes]:
    """Yields the bytes of a file from a place on, in pieces.

    Raises:
        UnreadableError: it is not there, or no plain file.
    """
    with open_plain(path) as file:
        file.seek(start)
        while chunk := file.read(CHUNK):
            yield chunk
