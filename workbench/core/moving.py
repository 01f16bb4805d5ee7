"""Files and folders that change their place, and what is left where that was broken off."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
from pathlib import Path

from workbench.core.errors import UnreadableError
from workbench.core.files import (
    force_to_disk,
    is_folder,
    listed,
    replace,
    temporary_name,
    write_error,
)

LEFTOVER = re.compile(r"\..+\.(\d+)-[0-9a-f]{8}\.part\Z")


def move(source: Path, target: Path) -> None:
    """Moves a file or folder to a place that is free, all or nothing.

    To another disk it is copied beside the target first, put into its place whole, and deleted here only then: a kill
    at any moment leaves at least one that is whole.

    Raises:
        WriteError: it could not be moved; what is at the source stays.
    """
    part = target.with_name(temporary_name(target.name))
    try:
        try:
            source.rename(target)
            return
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
        _copy_durably(source, part)
        part.rename(target)
        gone = source.with_name(temporary_name(source.name))  # so that half of it never looks like the whole
        source.rename(gone)
        shutil.rmtree(gone, ignore_errors=True) if is_folder(gone) else gone.unlink()
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise write_error(target, error) from error


def _copy_durably(source: Path, target: Path) -> None:
    """Copies a file, or a folder with all that is in it, and forces it to the disk; links stay links."""

    def copy(one: str, other: str) -> None:
        shutil.copy2(one, other, follow_symlinks=False)
        _force(other)

    if is_folder(source) and not source.is_symlink():
        shutil.copytree(source, target, symlinks=True, copy_function=copy)
    else:
        copy(str(source), str(target))
    if os.name == "posix":
        _force(str(target.parent))


def _force(path: str) -> None:
    """Forces what is at a path to the disk; a link, which holds nothing, is left alone."""
    if os.path.islink(path):  # noqa: PTH114
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        force_to_disk(descriptor)
    finally:
        os.close(descriptor)


def replace_by_move(source: Path, target: Path) -> None:
    """Moves a file within its disk to a place where an older one may lie, which it replaces.

    Raises:
        WriteError: it could not be moved; both stay as they were.
    """
    try:
        replace(str(source), str(target))
    except OSError as error:
        raise write_error(target, error) from error


def remove_leftovers(folder: Path) -> None:
    """Deletes what a crashed process left half written in a folder; that of a living process stays."""
    with contextlib.suppress(UnreadableError):
        for path in listed(folder, missing_ok=True):
            found = LEFTOVER.match(path.name)
            if found and not is_alive(int(found[1])):
                with contextlib.suppress(OSError):
                    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def is_leftover(path: Path) -> bool:
    """Returns whether a name is one of what is being written or deleted, by a process that may have ended."""
    return LEFTOVER.match(path.name) is not None


def is_alive(pid: int) -> bool:
    """Whether a process of this machine has that number; on Windows, where asking is not safe, taken for granted."""
    if os.name == "nt":
        return True
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True
