"""Projects on disk: one readable file, and beside it folders for runs and blobs."""

from __future__ import annotations

from pathlib import Path

from workbench.core import strict_json
from workbench.core.files import check_utf8, resolved, write_file
from workbench.core.moving import remove_leftovers
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

    Raises:
        UsageError: it is not UTF-8.
        UnreadableError: it leads nowhere.
    """
    check_utf8(path)
    whole = resolved(path)
    return whole.relative_to(folder).as_posix() if whole.is_relative_to(folder) else str(whole)


def runs_folder(path: Path) -> Path:
    """Where the runs of a project are: `name.runs` beside `name.cnn`."""
    return path.with_name(path.stem + ".runs")


def files_folder(path: Path) -> Path:
    """Where a project keeps weights and pictures that came from elsewhere: `name.files`."""
    return path.with_name(path.stem + ".files")


def lock_file(path: Path) -> Path:
    """The small file that says which window has a project open."""
    return resolved(path).with_name(f".{path.name}.lock")
