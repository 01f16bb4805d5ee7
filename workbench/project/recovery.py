"""What a crash must not take: every open project has a folder of its own in the user's state.

    open/20261124-101500-3f2a/
      lock           held by the window that has it open; free once that has ended, however it ended
      origin.json    the file that the project came from, if it has one, what tells its state from a later one, and how
                     often it was tried to recover it
      unsaved.cnn    the project with its changes; not there while everything is saved
      untitled.runs  trainings of a project that has no file yet

The user's own file is never touched by this.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from workbench.core import strict_json
from workbench.core.errors import WorkbenchError
from workbench.core.files import make_folder, move, write_file
from workbench.core.lock import FileLock
from workbench.core.values import Json
from workbench.project import storage
from workbench.project.document import Project
from workbench.project.format import dump

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
        """Whether trainings of an untitled project are here."""
        return storage.runs_folder(self.untitled).is_dir()

    def set_origin(self, origin: Path | None) -> None:
        """Says which file the project belongs to now.

        Raises:
            WriteError: it could not be noted.
        """
        self.origin, self.mark = (origin.resolve() if origin else None), mark_of(origin)
        self._note(0)

    def note_attempt(self) -> None:
        """Counts a try to recover; `is_well` takes it back.

        Raises:
            WriteError: it could not be noted.
        """
        self._note(_origin(self.path).attempts + 1)

    def is_well(self) -> None:
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
        write_file(self.path / ORIGIN, [strict_json.pretty(row).encode()])

    def keep(self, project: Project) -> None:
        """Writes the project with its changes.

        Raises:
            WriteError: it was not written; what was kept before is whole.
        """
        write_file(self.path / UNSAVED, [dump(project)])

    def forget(self) -> None:
        """Everything is saved, or the changes are not wanted: nothing is kept."""
        with contextlib.suppress(OSError):
            (self.path / UNSAVED).unlink(missing_ok=True)

    def move_runs(self, target: Path) -> None:
        """Moves the trainings of the untitled project beside its first file.

        Raises:
            WriteError: they could not be moved; they stay here.
        """
        source, folder = storage.runs_folder(self.untitled), storage.runs_folder(target)
        if not source.is_dir():
            return
        make_folder(folder)
        for run in sorted(source.iterdir()):
            place = folder / run.name
            number = 2
            while place.exists():
                place = folder / f"{run.name}-{number}"
                number += 1
            move(run, place)
        shutil.rmtree(source, ignore_errors=True)

    def close(self) -> None:
        """Gives the folder up; it goes, unless something in it is still wanted."""
        self._lock.release()
        if not (self.path / UNSAVED).exists():
            shutil.rmtree(self.path, ignore_errors=True)

    def leave(self) -> None:
        """Gives the folder up as it is, so that the next start offers what is in it."""
        self._lock.release()


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
        return storage.runs_folder(self.folder / "untitled.cnn").is_dir()

    def project(self) -> Project:
        """The project with its changes.

        Raises:
            UnreadableError: it is damaged.
        """
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
    found = []
    for folder in sorted((root / "open").glob("*")) if (root / "open").is_dir() else []:
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
    if origin.attempts >= MOST_ATTEMPTS:
        _set_aside(root, folder)
    elif not unsaved.is_file():
        is_young = time.time() - folder.stat().st_mtime < FRESH_SECONDS
        if not is_young and not storage.runs_folder(folder / "untitled.cnn").is_dir():
            shutil.rmtree(folder, ignore_errors=True)
    elif origin.path is not None and _is_same(origin.path, unsaved):
        shutil.rmtree(folder, ignore_errors=True)
    else:
        return Leftover(folder, origin.path, unsaved.stat().st_mtime)
    return None


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
    """What tells one state of a file from another; None where there is none."""
    if path is None:
        return None
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
