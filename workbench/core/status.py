"""What lies at a path, asked so that a refusal of the system is never taken for "there is nothing".

`core.files.exists` and its like answer False where the system refuses; that will do where nothing is lost by it. Before
something is deleted, claimed or called empty, the questions here are the right ones.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from workbench.core.errors import InaccessibleError, UnreadableError
from workbench.core.files import reason_of


def status_of(path: Path) -> os.stat_result | None:
    """Returns what the system knows of a file or folder, links followed; None if nothing is there.

    Raises:
        InaccessibleError: the system does not say.
    """
    try:
        return os.stat(path)  # noqa: PTH116
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise InaccessibleError(path, f"the file cannot be read ({reason_of(error)}).") from None


def plain_status(path: Path) -> os.stat_result:
    """Returns what the system knows of a plain file.

    Raises:
        InaccessibleError: the system does not say.
        UnreadableError: it is not there, or no plain file.
    """
    status = status_of(path)
    if status is None:
        raise UnreadableError(path, "there is no such file.")
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableError(path, "this is not a plain file.")
    return status


def may_exist(path: Path) -> bool:
    """Returns whether something has that name, if only a link to nothing; True where the system does not say."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError:
        return True
    return True


def is_link(path: Path) -> bool:
    """Returns whether this is a symbolic link; False where the system does not let that be known."""
    return os.path.islink(path)  # noqa: PTH114 - the method raises
