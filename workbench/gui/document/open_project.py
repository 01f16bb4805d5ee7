"""Where the open project lives: the lock of its file, its folder in the user's state, and the way to its runs."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from workbench.core.errors import WorkbenchError
from workbench.core.files import WriteError
from workbench.core.lock import FileLock
from workbench.gui.document.autosave import Autosave
from workbench.gui.document.session import Session
from workbench.project import storage
from workbench.project.recovery import Mark, OpenFolder, mark_of


class Home(QObject):
    """The places that belong to the open project while it is open.

    Signals:
        said(str): something could not be kept safe, and why.
        troubled(str): the same, for where it stays in sight.
    """

    said = pyqtSignal(str)
    troubled = pyqtSignal(str)

    def __init__(self, session: Session, state: Path, parent: QObject | None = None) -> None:
        """Moves in with what the session holds.

        Args:
            session: the project.
            state: the program's place in the user's state.
            parent: owner.
        """
        super().__init__(parent)
        self._session, self.state = session, state
        self._lock: FileLock | None = None
        self._mark: Mark | None = None
        self._runs_wait = False
        self._trouble = ""
        self.autosave = Autosave(session, self)
        self.autosave.failed.connect(self._announce)
        lock = None
        if session.path is not None:
            try:
                lock = FileLock(storage.lock_file(session.path), session.path.name)
            except WriteError as error:  # a place that can only be read, or something else where the lock should be
                self._tell(f"Another window would not know that this project is open: {error}")
        self.move_in(session.path, lock)
        session.run_path = session.path or self.untitled

    @property
    def folder(self) -> OpenFolder | None:
        """The project's own folder in the user's state; None once the project has been left."""
        return self.autosave.folder

    @property
    def has_lock(self) -> bool:
        """Whether the project's file is locked for this window."""
        return self._lock is not None

    @property
    def untitled(self) -> Path:
        """Where the project would lie while it has no file; its runs are beside it."""
        assert self.folder is not None
        return self.folder.untitled

    @property
    def is_changed_outside(self) -> bool:
        """Whether somebody else has written the file since it was opened or saved here."""
        return self._mark is not None and mark_of(self._session.path) not in (None, self._mark)

    def move_in(self, origin: Path | None, lock: FileLock | None, folder: OpenFolder | None = None) -> None:
        """Another project: takes its lock and a folder for it, a new one if none is given (with recovered work)."""
        folder = folder or self.new_folder(origin)
        self._mark = folder.mark if origin is not None else None
        self._lock, self._runs_wait = lock, origin is not None and folder.has_runs
        self.autosave.change_folder(folder)

    def new_folder(self, origin: Path | None) -> OpenFolder:
        """A folder for another project in the user's state; where that cannot be written to, in the temporary place.

        Raises:
            WorkbenchError: the project's path is one that cannot be noted.
        """
        try:
            folder = OpenFolder(self.state)
            folder.set_origin(origin)
        except WriteError as error:
            self._tell(f"Unsaved changes are not safe from a crash: {error}")
            folder = OpenFolder(Path(tempfile.mkdtemp(prefix="cnn-workbench-")))
            folder.set_origin(origin)
        return folder

    def _tell(self, trouble: str) -> None:
        """Says something once the window is there to show it."""
        self._trouble = trouble
        QTimer.singleShot(0, self._say_trouble)

    def _say_trouble(self) -> None:
        self._announce(self._trouble)

    def _announce(self, trouble: str) -> None:
        self.said.emit(trouble)
        self.troubled.emit(trouble)

    def move_out(self) -> None:
        """The project is left: nothing unsaved of it is kept, and its lock is free."""
        folder = self.folder
        self.autosave.change_folder(None)
        if folder is not None:
            folder.forget()
            if self._runs_wait and folder.has_runs:
                folder.leave()  # trainings that could not be moved beside their project are never deleted
            else:
                folder.close()
        self._release()

    def leave_unasked(self) -> None:
        """The system ends the program: what is unsaved is kept for the next start."""
        self.move_runs()
        self.autosave.flush()
        folder = self.folder
        self.autosave.change_folder(None)
        if folder is not None and (self._session.is_modified or folder.has_runs):
            folder.leave()
        elif folder is not None:
            folder.close()
        self._release()

    def give_lock(self) -> FileLock | None:
        """Hands the lock over; it stays held."""
        lock, self._lock = self._lock, None
        return lock

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def note_saved(self, path: Path, lock: FileLock | None, *, was_untitled: bool) -> None:
        """The project has just been written to its file, and, if it is another one than before, with its lock."""
        if lock is not None:
            self._release()
            self._lock = lock
        self._mark = mark_of(path)
        self._runs_wait = self._runs_wait or was_untitled
        if self.folder is not None:
            with contextlib.suppress(WorkbenchError):
                self.folder.set_origin(path)

    def move_runs(self) -> None:
        """Brings the trainings of a project beside its first file; to be called while none is running."""
        path = self._session.path
        if path is None:
            return
        names: dict[str, str] | None = None
        if self._runs_wait and self.folder is not None:
            try:
                names = self.folder.move_runs(path)
            except WorkbenchError as error:
                self._announce(str(error))
                return
        self._runs_wait = False
        self._session.set_run_path(path, names)

    def confirm_recovered(self) -> None:
        """What was recovered has been on the screen for a while, and nothing happened."""
        if self.folder is not None:
            with contextlib.suppress(WorkbenchError):
                self.folder.confirm_recovered()
