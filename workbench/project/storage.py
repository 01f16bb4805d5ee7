"""Projects on disk: one readable file, and beside it folders for runs and blobs."""

from __future__ import annotations

import os
from pathlib import Path

from workbench.core import strict_json
from workbench.core.files import WriteError, check_path, expanded, is_folder, resolved, write_file
from workbench.core.lock import FileLock, LockedError
from workbench.core.moving import remove_leftovers
from workbench.core.resources import is_example
from workbench.project.document import Project
from workbench.project.format import Reader, dump
from workbench.project.migrations import migrate

LARGEST = 32_000_000
SUFFIX = ".cnn"


def load(path: Path) -> Project:
    """Opens a project.

    Raises:
        UnreadableError: with file, place and reason.
    """
    value = migrate(strict_json.read(path, LARGEST), path)
    return Reader(str(path)).project(value)


def load_without_circles(path: Path) -> tuple[Project, tuple[str, ...]]:
    """Opens a project without the wires that go round in a circle.

    Returns:
        The project, and the wires that were left out, for people.

    Raises:
        UnreadableError: with file, place and reason.
    """
    reader = Reader(str(path), cuts_circles=True)
    project = reader.project(migrate(strict_json.read(path, LARGEST), path))
    return project, reader.cut


def save(project: Project, path: Path) -> None:
    """Writes a project, all or nothing.

    Raises:
        WriteError: it was not written; the old file is whole.
    """
    write_file(path, [dump(project)])


def home_of(path: Path) -> Path:
    """The folder of a project's file, where the relative paths of its data start.

    Raises:
        UnreadableError: the path leads nowhere, as a link to itself does.
    """
    return resolved(path).parent


def clear_leftovers(path: Path) -> None:
    """Deletes what a crash during an earlier save, or while runs were moved, left beside the project.

    Raises:
        UnreadableError: the path leads nowhere.
    """
    remove_leftovers(home_of(path))
    remove_leftovers(runs_folder(path))


def stored_path(path: Path, folder: Path) -> str:
    """A path as the project keeps it: relative, with slashes, below the project's folder; else absolute.

    Links below the folder stay as they are, so that a project moves together with a link to its data.

    Args:
        path: a file or folder; a relative one starts from the current folder.
        folder: of the project, with its own links followed.

    Raises:
        UnreadableError: the path leads round in a circle, or has a name that no project file can hold.
    """
    check_path(path)
    whole = Path(os.path.abspath(expanded(path)))  # noqa: PTH100 - unlike resolve() it leaves links alone
    if ".." not in path.parts:  # a link followed by .. is not where its name says
        for above in whole.parents:
            if resolved(above) == folder:
                return whole.relative_to(above).as_posix()
    target = resolved(path)
    return target.relative_to(folder).as_posix() if target.is_relative_to(folder) else str(target)


def runs_folder(path: Path) -> Path:
    """Where the runs of a project are: `name.runs` beside `name.cnn`."""
    return path.with_name(path.stem + ".runs")


def opens_as_copy(path: Path) -> bool:
    """Returns whether a file is an example that nobody has trained where it lies: opened, it is an untitled copy.

    One with runs beside it, as the command line makes them, is opened itself, so that they are seen.

    Raises:
        UnreadableError: the path leads nowhere, as a link to itself does.
    """
    return is_example(path) and not is_folder(runs_folder(path))


def files_folder(path: Path) -> Path:
    """Where a project keeps weights and pictures that came from elsewhere: `name.files`."""
    return path.with_name(path.stem + ".files")


def lock_file(path: Path) -> Path:
    """The small file that says which window has a project open."""
    return resolved(path).with_name(f".{path.name}.lock")


def is_open_elsewhere(path: Path) -> bool:
    """Whether another window has a project's lock."""
    try:
        FileLock(lock_file(path), path.name).release()
    except LockedError:
        return True
    except WriteError:
        return False
    return False
