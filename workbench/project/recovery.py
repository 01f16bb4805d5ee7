"""What a crash must not take: every open project has a folder of its own in the user's state.

    open/20261124-101500-3f2a/
      lock           held by the window that has it open; free once that has ended, however it ended
      origin.json    the file that the project came from, if it has one, what tells its state from a later one, and how
                     often it was tried to recover it
      unsaved.cnn    the project with its changes; not there while everything is saved
      untitled.runs  trainings of a project that had no file when they began; once it has one they belong beside it, and
                     what a crash has kept from being moved there is moved when it is next looked for (`bring_home`)

The user's own file is never touched by this.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from workbench.core import strict_json
from workbench.core.errors import UnreadableError, WorkbenchError
from workbench.core.files import (
    check_path,
    is_folder,
    is_plain_file,
    listed,
    make_folder,
    resolved,
    write_own_file,
)
from workbench.core.lock import FileLock, LockedError
from workbench.core.moving import is_leftover, move, remove_leftovers
from workbench.core.status import may_exist, status_of
from workbench.core.values import Json
from workbench.project import storage
from workbench.project.document import Project
from workbench.project.format import dump
from workbench.project.records import project_of
from workbench.training.run_folder import list_runs

UNSAVED, ORIGIN, LOCK = "unsaved.cnn", "origin.json", "lock"
LARGEST_ORIGIN = 100_000
MOST_ATTEMPTS = 2
FRESH_SECONDS = 60.0  # a folder so young may be about to be locked by the window that has made it
Mark = tuple[int, int, int]


def state_folder() -> Path:
    """The program's place in the user's state."""
    from platformdirs import user_state_path

    return user_state_path("cnn-workbench", appauthor=False)


class OpenFolder:
    """The folder of one open project, locked while this object lives."""

    def __init__(self, root: Path, path: Path | None = None) -> None:
        """Makes a new folder below `root`, or takes over one that was left behind.

        Raises:
            LockedError: a living window has that folder.
            WriteError: the place cannot be written to.
        """
        self.root = root
        self.path = path or root / "open" / f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"
        make_folder(self.path)
        self._lock = FileLock(self.path / LOCK, "The unsaved project")
        found = _origin(self.path)
        self.origin, self.mark = found.path, found.mark

    @property
    def untitled(self) -> Path:
        """Where the project would lie that has no file; its runs are beside it."""
        return self.path / "untitled.cnn"

    @property
    def has_runs(self) -> bool:
        """Whether trainings of an untitled project are here, or may be."""
        return may_exist(storage.runs_folder(self.untitled))

    def set_origin(self, origin: Path | None) -> None:
        """Says which file the project belongs to now.

        Raises:
            UsageError: its path is not UTF-8.
            UnreadableError: its path leads nowhere.
            WriteError: it could not be noted.
        """
        place = resolved(origin) if origin else None
        if place is not None:
            check_path(place)
        self.origin, self.mark = place, mark_of(origin)
        self._note(0)

    def note_attempt(self) -> None:
        """Counts a try to recover; `confirm_recovered` takes it back.

        Raises:
            WriteError: it could not be noted.
        """
        self._note(_origin(self.path).attempts + 1)

    def confirm_recovered(self) -> None:
        """The recovered project has been shown and nothing happened.

        Raises:
            WriteError: it could not be noted.
        """
        self._note(0)

    def _note(self, attempts: int) -> None:
        row: dict[str, Json] = {
            "origin": str(self.origin) if self.origin else None,
            "mark": list(self.mark) if self.mark else None,
            "attempts": attempts,
        }
        write_own_file(self.path / ORIGIN, [strict_json.encoded(row)])

    def keep(self, project: Project) -> None:
        """Writes the project with its changes.

        Raises:
            WriteError: it was not written; what was kept before is whole.
        """
        write_own_file(self.path / UNSAVED, [dump(project)])

    def forget(self) -> None:
        """Everything is saved, or the changes are not wanted: nothing is kept."""
        with contextlib.suppress(OSError):
            (self.path / UNSAVED).unlink(missing_ok=True)

    def move_runs(self, target: Path) -> dict[str, str]:
        """Moves the trainings of the untitled project beside its first file.

        Returns:
            The name that each has there, by the name that it had here.

        Raises:
            WorkbenchError: they could not be moved; they stay here.
        """
        return _move_runs(self.path, target)

    def close(self) -> None:
        """Gives the folder up; it goes, unless something in it is still wanted."""
        self._lock.release()
        if not may_exist(self.path / UNSAVED):
            shutil.rmtree(self.path, ignore_errors=True)

    def leave(self) -> None:
        """Gives the folder up as it is, so that the next start offers what is in it."""
        self._lock.release()


def _move_runs(folder: Path, target: Path) -> dict[str, str]:
    """Moves the trainings that are in an open folder beside a project's file; their new names by those before."""
    source, place = storage.runs_folder(folder / "untitled.cnn"), storage.runs_folder(target)
    if not may_exist(source):
        return {}
    make_folder(place)
    remove_leftovers(place)
    found = [run for run in listed(source) if not is_leftover(run)]
    names: dict[str, str] = {}
    for run in found:
        free = _free(place / run.name)
        move(run, free)
        names[run.name] = free.name
    shutil.rmtree(source, ignore_errors=True)
    return names


def _free(place: Path) -> Path:
    """The place itself, or one beside it whose name is free."""
    number, free = 2, place
    while os.path.lexists(free):
        free = place.with_name(f"{place.name}-{number}")
        number += 1
    return free


def bring_home(root: Path, path: Path | None = None) -> int:
    """Moves trainings beside their project that began before its first save, and that a crash has kept from it.

    Args:
        root: the program's place in the user's state.
        path: the project's file; every project that is still where it was saved, if None.

    Returns:
        How many trainings were moved.

    Raises:
        WorkbenchError: those of the named project could not be moved; they stay where they are.
    """
    count, wanted = 0, resolved(path) if path else None
    for folder in listed(root / "open", missing_ok=True):
        origin = _origin(folder).path
        is_it = origin is not None and (wanted is None or origin == wanted) and is_plain_file(origin)
        if not is_it or not is_folder(storage.runs_folder(folder / "untitled.cnn")):
            continue
        try:
            with FileLock(folder / LOCK, ""):
                count += len(_move_runs(folder, origin)) if origin else 0
        except LockedError:
            continue  # a living window has it, and moves them when its training has ended
        except WorkbenchError:
            if path is not None:
                raise
    return count


@dataclass(frozen=True)
class Leftover:
    """Unsaved work of a window that has ended without being closed.

    Attributes:
        folder: where it is kept.
        origin: the file it belongs to, or None.
        when: of its last change, in seconds since 1970.
    """

    folder: Path
    origin: Path | None
    when: float

    @property
    def title(self) -> str:
        """What people know it by."""
        return self.origin.stem if self.origin else "untitled"

    @property
    def has_runs(self) -> bool:
        """Whether trainings of an untitled project are with it."""
        return is_folder(storage.runs_folder(self.folder / "untitled.cnn"))

    def project(self) -> Project:
        """The project with its changes; where a crash came before they were kept, as its newest training has it.

        Raises:
            UnreadableError: it is damaged.
        """
        if not may_exist(self.folder / UNSAVED):
            runs = list_runs(storage.runs_folder(self.folder / "untitled.cnn"))
            if runs:
                return project_of(runs[-1])
        return storage.load(self.folder / UNSAVED)

    def delete(self) -> None:
        """The work is not wanted.

        Raises:
            LockedError: a window has recovered it meanwhile.
        """
        with FileLock(self.folder / LOCK, "The unsaved project"):
            shutil.rmtree(self.folder, ignore_errors=True)


def left_behind(root: Path) -> list[Leftover]:
    """Unsaved work whose window has ended, newest first.

    What two starts in a row could not recover is put aside into `set-aside`; what holds nothing new is deleted.
    """
    with contextlib.suppress(WorkbenchError):
        bring_home(root)
    found = []
    for folder in listed(root / "open", missing_ok=True):
        try:
            with FileLock(folder / LOCK, ""):
                leftover = _looked_at(root, folder)
        except (WorkbenchError, OSError):
            continue  # a living window has it, or it has gone this moment
        found += [leftover] if leftover else []
    return sorted(found, key=lambda each: each.when, reverse=True)


def _looked_at(root: Path, folder: Path) -> Leftover | None:
    """What is to be offered of a folder whose lock is held here; the rest is tidied away."""
    origin = _origin(folder)
    unsaved = folder / UNSAVED
    has_runs = any(
        not is_leftover(run) for run in listed(storage.runs_folder(folder / "untitled.cnn"), missing_ok=True)
    )
    if origin.attempts >= MOST_ATTEMPTS:
        _set_aside(root, folder)
    elif not may_exist(unsaved) and not has_runs:
        if time.time() - _changed(folder) >= FRESH_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
    elif origin.path is not None and not has_runs and _is_same(origin.path, unsaved):
        shutil.rmtree(folder, ignore_errors=True)
    else:
        return Leftover(folder, origin.path, _changed(unsaved) or _changed(folder))
    return None


def _changed(path: Path) -> float:
    """When something was last changed, in seconds since 1970; 0 where nothing is there.

    Raises:
        InaccessibleError: the system does not say.
    """
    status = status_of(path)
    return status.st_mtime if status else 0.0


def _is_same(saved: Path, unsaved: Path) -> bool:
    try:
        return saved.read_bytes() == unsaved.read_bytes()
    except OSError:
        return False


def _set_aside(root: Path, folder: Path) -> None:
    with contextlib.suppress(OSError, WorkbenchError):
        make_folder(root / "set-aside")
        move(folder, root / "set-aside" / folder.name)


@dataclass(frozen=True)
class Origin:
    """What origin.json says; what is damaged in it is passed over."""

    path: Path | None = None
    mark: Mark | None = None
    attempts: int = 0


def _origin(folder: Path) -> Origin:
    try:
        row = strict_json.read(folder / ORIGIN, LARGEST_ORIGIN)
    except WorkbenchError:
        return Origin()
    if not isinstance(row, dict):
        return Origin()
    path, mark, attempts = row.get("origin"), row.get("mark"), row.get("attempts")
    is_mark = isinstance(mark, list) and len(mark) == 3 and all(isinstance(each, int) for each in mark)
    return Origin(
        Path(path) if isinstance(path, str) and path else None,
        (mark[0], mark[1], mark[2]) if isinstance(mark, list) and is_mark else None,
        attempts if isinstance(attempts, int) else 0,
    )


def mark_of(path: Path | None) -> Mark | None:
    """Returns what distinguishes one state of a file from another; None where there is no file."""
    if path is None:
        return None
    try:
        status = status_of(path)
    except UnreadableError:
        return None
    return None if status is None else (status.st_ino, status.st_size, status.st_mtime_ns)
