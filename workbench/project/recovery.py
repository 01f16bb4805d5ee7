"""What a crash must not take: every open project has a folder of its own in the user's state.

    open/20261124-101500-3f2a/
      lock           held by the window that has it open; free once that has ended, however it ended
      origin.json    the file that the project came from, if it has one, and how often it was tried to recover it
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
        self.origin: Path | None = _origin(self.path)[0]

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
        self.origin = origin.resolve() if origin else None
        self._note(0)

    def note_attempt(self) -> None:
        """Counts a try to recover; `is_well` takes it back.

        Raises:
            WriteError: it could not be noted.
        """
        self._note(_origin(self.path)[1] + 1)

    def is_well(self) -> None:
        """The recovered project has been shown and nothing happened.

        Raises:
            WriteError: it could not be noted.
        """
        self._note(0)

    def _note(self, attempts: int) -> None:
        row: dict[str, Json] = {"origin": str(self.origin) if self.origin else None, "attempts": attempts}
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

    def project(self) -> Project:
        """The project with its changes.

        Raises:
            UnreadableError: it is damaged.
        """
        return storage.load(self.folder / UNSAVED)

    def delete(self) -> None:
        """The work is not wanted."""
        shutil.rmtree(self.folder, ignore_errors=True)


def left_behind(root: Path) -> list[Leftover]:
    """Unsaved work whose window has ended, newest first.

    What two starts in a row could not recover is put aside into `set-aside`; what holds nothing new is deleted.
    """
    found = []
    for folder in sorted((root / "open").glob("*"), reverse=True) if (root / "open").is_dir() else []:
        if not _is_free(folder):
            continue
        origin, attempts = _origin(folder)
        if attempts >= MOST_ATTEMPTS:
            _set_aside(root, folder)
        elif not (folder / UNSAVED).is_file():
            if not storage.runs_folder(folder / "untitled.cnn").is_dir():
                shutil.rmtree(folder, ignore_errors=True)
        elif origin is not None and _is_same(origin, folder / UNSAVED):
            shutil.rmtree(folder, ignore_errors=True)
        else:
            found.append(Leftover(folder, origin, (folder / UNSAVED).stat().st_mtime))
    return sorted(found, key=lambda each: each.when, reverse=True)


def _is_free(folder: Path) -> bool:
    """Whether no living window has the folder."""
    if not folder.is_dir():
        return False
    try:
        FileLock(folder / LOCK, "").release()
    except WorkbenchError:
        return False
    return True


def _is_same(saved: Path, unsaved: Path) -> bool:
    try:
        return saved.read_bytes() == unsaved.read_bytes()
    except OSError:
        return False


def _set_aside(root: Path, folder: Path) -> None:
    with contextlib.suppress(OSError, WorkbenchError):
        make_folder(root / "set-aside")
        move(folder, root / "set-aside" / folder.name)


def _origin(folder: Path) -> tuple[Path | None, int]:
    """The file that a folder's project belongs to, and how often it was tried to recover it."""
    try:
        row = strict_json.read(folder / ORIGIN, LARGEST_ORIGIN)
    except WorkbenchError:
        return None, 0
    text = row.get("origin") if isinstance(row, dict) else None
    attempts = row.get("attempts") if isinstance(row, dict) else 0
    return (
        Path(text) if isinstance(text, str) and text else None,
        attempts if isinstance(attempts, int) else 0,
    )
