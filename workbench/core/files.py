"""The one writer of the program, and its bounded readers.

Every file that this program makes is either written whole by `write_file` (or, where only the program names it, by
`write_own_file`), or grown by an `AppendLog`, or holds a lock opened here; nothing else in the program opens a file for
writing (tests/architecture holds it to that).
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import secrets
import shutil
import stat
import time
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from workbench.core.errors import InaccessibleError, UnreadableError, WorkbenchError, printable

CHUNK = 2**20  # bytes
LONGEST_NAME = 255  # bytes in the name of a file, on every file system that people use
_CAREFULLY = getattr(os, "O_CLOEXEC", 0) | getattr(
    os, "O_NONBLOCK", 0
)  # opening a pipe does not wait for its other end


class WriteError(WorkbenchError):
    """A file could not be written; what was there before is whole.

    Attributes:
        number: the system's number of the error (errno), 0 where it has none.
    """

    def __init__(self, text: str, number: int = 0) -> None:
        self.number = number
        super().__init__(text)

    @property
    def is_place_gone(self) -> bool:
        """Whether trying again is of no use: the folder is gone, or has become one that cannot be written to."""
        return self.number in (errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.EPERM, errno.EROFS, errno.ELOOP)


class UnsyncedError(WriteError):
    """A file was written whole, but the system would not confirm that its folder has reached the disk."""


def write_error(path: str | Path, error: OSError) -> WriteError:
    """The sentence for an operating-system error while writing."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        reason = "the disk is full or the quota is used up; free some space and save again"
    elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        reason = "this place cannot be written to; choose another folder"
    elif error.errno in (errno.ENOENT, errno.ENOTDIR):
        reason = "its folder does not exist"
    else:
        reason = reason_of(error)
    sentence = f"{printable(path)} was not written: {reason}. What was there before is unchanged."
    return WriteError(sentence, error.errno or 0)


def write_file(path: str | Path, chunks: Iterable[bytes | memoryview]) -> None:
    """Writes a file so that a crash, a full disk or a power cut leaves either the old one whole or the new one.

    Temporary file beside it, fsync, replace, fsync of the folder. A symbolic link stays a link, permissions stay: this
    is for files that the user has named. Those that only the program names go through `write_own_file`.

    Raises:
        UnsyncedError: the new file is there, but its folder could not be forced to the disk.
        WriteError: with the reason; the old file is untouched.
    """
    try:
        target = os.path.realpath(path)
    except ValueError:  # a null character
        raise _not_a_name(path) from None
    _write(target, path, chunks)


def write_own_file(path: Path, chunks: Iterable[bytes | memoryview]) -> None:
    """Writes a file that only the program names, as `write_file` does, but never through a link of that name.

    A link that lies there (unpacked with somebody's project) is replaced by the file; what it leads to stays untouched.

    Raises:
        UnsyncedError: the new file is there, but its folder could not be forced to the disk.
        WriteError: with the reason; the old file is untouched.
    """
    _write(str(path), path, chunks)


def _write(target: str, path: str | Path, chunks: Iterable[bytes | memoryview]) -> None:
    if "\0" in target:
        raise _not_a_name(path)
    try:
        _replace_durably(target, chunks)
    except OSError as error:
        raise write_error(path, error) from error
    try:
        _sync_folder(os.path.split(target)[0])
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnsyncedError(
            f"{printable(path)} is written, but the system could not confirm that it has reached the disk ({reason}). "
            "Keep a copy on another disk."
        ) from error


def _not_a_name(path: str | Path) -> WriteError:
    return WriteError(f"{printable(path)} is no name that a file can have.")


def temporary_name(name: str) -> str:
    """Returns a name of this process for what is being written, no longer than file systems take.

    The name of a file may have 255 bytes already, so its end gives way.
    """
    suffix = f".{os.getpid()}-{secrets.token_hex(4)}.part"
    kept = os.fsencode(name)[: LONGEST_NAME - 1 - len(suffix)]
    return f".{kept.decode(errors='ignore')}{suffix}"


def _replace_durably(path: str, chunks: Iterable[bytes | memoryview]) -> None:
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, temporary_name(name))  # noqa: PTH118
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if os.name == "posix" and os.path.lexists(path):
                status = Path(path).lstat()
                if stat.S_ISREG(status.st_mode):
                    os.fchmod(file.fileno(), stat.S_IMODE(status.st_mode))
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            force_to_disk(file.fileno())
        replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise


def force_to_disk(descriptor: int) -> None:
    """Forces a file's contents to the disk; on macOS past the drive's own cache."""
    with contextlib.suppress(ImportError):
        import fcntl

        if hasattr(fcntl, "F_FULLFSYNC"):
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
            return
    os.fsync(descriptor)


def replace(source: str, target: str) -> None:
    """os.replace, patient with the virus scanners of Windows, which hold new files for a moment."""
    for attempt in range(5):
        try:
            os.replace(source, target)
            return
        except PermissionError:
            if os.name != "nt" or attempt == 4:
                raise
            time.sleep(0.05)


def _sync_folder(folder: str) -> None:
    if os.name == "posix":
        descriptor = os.open(folder or ".", os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def make_folder(path: Path) -> None:
    """Makes a folder and those above it.

    Raises:
        WriteError: the place cannot be written to, or a file of that name is in the way.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise WriteError(f"{printable(path)} is a file, but a folder is needed there.") from None
    except OSError as error:
        raise write_error(path, error) from error


def check_path(path: Path) -> None:
    """Refuses a path that no file of the program can hold; one that got in would keep a project from being saved.

    Raises:
        UnreadableError: it is not UTF-8 text, or holds a null character.
    """
    try:
        str(path).encode()
    except UnicodeEncodeError:
        raise UnreadableError(path, "its name is not UTF-8 text, so no project can hold it. Rename it.") from None
    if "\0" in str(path):
        raise UnreadableError(path, "there is a null character in its name, so there is no such place.")


def listed(folder: Path, *, missing_ok: bool = False) -> list[Path]:
    """Returns what lies in a folder, by name; with `missing_ok` nothing where there is no such folder.

    Raises:
        UnreadableError: it is no folder, it cannot be read, or its name is none that a folder can have.
    """
    return sorted(folder / entry.name for entry in entries(folder, missing_ok=missing_ok))


def entries(folder: Path, *, missing_ok: bool = False) -> list[os.DirEntry[str]]:
    """As `listed`, but as the system has them, unsorted: they say what they are without being asked one by one.

    Raises:
        UnreadableError: as `listed`.
    """
    try:
        with os.scandir(folder) as found:
            return list(found)
    except (FileNotFoundError, NotADirectoryError) as error:
        if missing_ok:
            return []
        is_file = isinstance(error, NotADirectoryError)
        what = "this is a file, but a folder is needed." if is_file else "there is no such folder."
        raise UnreadableError(folder, what) from None
    except (OSError, ValueError) as error:
        raise UnreadableError(folder, f"the folder cannot be read ({reason_of(error)}).") from None


def expanded(path: Path) -> Path:
    """Returns a path with `~` and `~name` as the home that they mean.

    Raises:
        UnreadableError: nobody has that name.
    """
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise UnreadableError(path, f"there is no such place ({error}).") from None


def resolved(path: Path) -> Path:
    """Returns a path from the root, with `~` and links followed; what it leads to need not exist.

    Raises:
        UnreadableError: its links lead round in a circle, nobody has that `~name`, or no file can be called so.
    """
    try:
        return expanded(path).resolve()
    except (OSError, RuntimeError, ValueError) as error:
        is_circle = "ymlink loop" in str(error) or getattr(error, "errno", None) == errno.ELOOP
        reason = "it is a link that leads back to itself" if is_circle else reason_of(error)
        raise UnreadableError(path, f"there is no such place ({reason}).") from None


def exists(path: str | Path) -> bool:
    """Returns whether something is there; False where the system does not let that be known."""
    return os.path.exists(path)  # noqa: PTH110 - the method raises where a folder above cannot be entered


def is_folder(path: str | Path) -> bool:
    """Returns whether this is a folder, or a link to one; False where the system does not let that be known."""
    return os.path.isdir(path)  # noqa: PTH112


def is_plain_file(path: str | Path) -> bool:
    """Returns whether this is a plain file, or a link to one; False where the system does not let that be known."""
    return os.path.isfile(path)  # noqa: PTH113


def is_same_place(one: Path, other: Path) -> bool:
    """Returns whether two paths lead to one place; False where one of them leads nowhere."""
    try:
        return resolved(one) == resolved(other)
    except UnreadableError:
        return False


def free_bytes(folder: Path) -> int:
    """Returns how many bytes are free on the disk of a folder.

    Raises:
        WriteError: the folder is gone, or the system does not say.
    """
    try:
        return shutil.disk_usage(folder).free
    except OSError as error:
        raise write_error(folder, error) from error


def reason_of(error: Exception) -> str:
    """Returns what the system says of an error, without the path, which the sentence names already."""
    number = getattr(error, "errno", None)
    return os.strerror(number) if number else getattr(error, "strerror", None) or str(error)


def open_plain(path: str | Path, *, unbuffered: bool = False) -> IO[bytes]:
    """Opens a plain file for reading; a pipe or device, which could block for ever, is refused.

    Args:
        path: of the file.
        unbuffered: for who reads it as a whole: the system is asked half as often, and Python's lock let go of.

    Raises:
        InaccessibleError: the file is there (or may be), but the system does not let it be read.
        UnreadableError: there is no such file, or it is no plain one.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | _CAREFULLY)
    except FileNotFoundError:
        raise UnreadableError(path, "there is no such file.") from None
    except IsADirectoryError:
        raise UnreadableError(path, "this is a folder, but a file is needed.") from None
    except OSError as error:
        if os.path.isdir(path):  # noqa: PTH112 - answers False where the system refuses; Windows calls it forbidden
            raise UnreadableError(path, "this is a folder, but a file is needed.") from None
        raise InaccessibleError(path, f"the file cannot be read ({reason_of(error)}).") from None
    except ValueError as error:
        raise UnreadableError(path, f"the file cannot be read ({error}).") from None
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        what = "a folder" if stat.S_ISDIR(mode) else "not a plain file"
        raise UnreadableError(path, f"this is {what}, but a file is needed.")
    return io.FileIO(descriptor) if unbuffered else os.fdopen(descriptor, "rb")


def read_bytes(path: str | Path, limit: int) -> bytes:
    """A whole file, as `read_buffer`, that nobody changes."""
    return bytes(read_buffer(path, limit))


def read_buffer(path: str | Path, limit: int) -> bytearray:
    """A whole file, refused when it is not a plain file or has more than `limit` bytes.

    Raises:
        InaccessibleError: the system does not let it be read.
        UnreadableError: with the reason.
    """
    path = Path(path)
    with open_plain(path, unbuffered=True) as file:
        try:
            size = os.fstat(file.fileno()).st_size
            if size > limit:
                raise UnreadableError(path, f"the file has {size:,} bytes; at most {limit:,} are taken.")
            data = bytearray(size + 1)  # one more tells at once that the file ends there
            del data[file.readinto(data) :]  # type: ignore[attr-defined]  # what reads bytes has it
            while len(data) != size and len(data) <= limit and (more := file.read(CHUNK)):
                data += more
        except OSError as error:
            raise InaccessibleError(path, f"the file cannot be read ({reason_of(error)}).") from None
    if len(data) > limit:
        raise UnreadableError(path, f"the file has more than {limit:,} bytes, which is too much.")
    return data


def open_own(path: Path, flags: int) -> int:
    """Opens a plain file that only the program names, never through a link of that name; returns its descriptor.

    Raises:
        WriteError: a link, a pipe, a folder or a device has that name, or the system refuses.
    """
    if os.path.islink(path):  # noqa: PTH114 - answers False where the system refuses; Windows has no O_NOFOLLOW
        raise _is_a_link(path)
    try:
        descriptor = os.open(path, flags | _CAREFULLY | getattr(os, "O_NOFOLLOW", 0), 0o666)
    except OSError as error:
        if error.errno == errno.ENXIO:  # a pipe that nobody reads
            raise _is_not_plain(path) from None
        raise (_is_a_link(path) if error.errno == errno.ELOOP else write_error(path, error)) from error
    except ValueError:
        raise _not_a_name(path) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _is_not_plain(path)
    return descriptor


def _is_not_plain(path: Path) -> WriteError:
    return WriteError(f"{printable(path)} is no plain file, so it was left alone. Delete it, and try again.")


def _is_a_link(path: Path) -> WriteError:
    return WriteError(
        f"{printable(path)} is a link to another file, which the program does not write through. Delete the link, "
        "and try again."
    )
