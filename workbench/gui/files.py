"""Opening and saving projects from the window: dialogs, locks, questions, and a sentence when it cannot be done."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QObject, QTimer, pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QWidget

from workbench.core.errors import WorkbenchError, shown
from workbench.core.files import WriteError
from workbench.core.lock import FileLock, LockedError
from workbench.core.resources import is_example
from workbench.gui.autosave import Autosave
from workbench.gui.questions import Button, ask, tell
from workbench.gui.session import Session
from workbench.gui.settings import Settings
from workbench.project import storage
from workbench.project.document import Project
from workbench.project.recovery import Leftover, OpenFolder, left_behind

FILTER = f"Projects (*{storage.SUFFIX})"
WELL_MS = 5000
Mark = tuple[int, int, int]


class ProjectFiles(QObject):
    """What the File menu does.

    Signals:
        said(str): something for the status bar.
        opened(): another project is open now.
        recent_changed(): the list of recent projects is another.
    """

    said = pyqtSignal(str)
    opened = pyqtSignal()
    recent_changed = pyqtSignal()

    def __init__(self, session: Session, window: QWidget, settings: Settings, state: Path) -> None:
        """Takes charge of the project that the session holds.

        Args:
            session: its document is opened and saved here.
            window: dialogs stand over it.
            settings: hold the recent projects and the last folder.
            state: the program's place in the user's state, for unsaved work.
        """
        super().__init__(window)
        self._session, self._window, self._settings, self._state = session, window, settings, state
        self._lock: FileLock | None = None
        self._mark: Mark | None = None
        self._runs_wait = False
        self.stop_work: Callable[[], None] = lambda: None
        self.is_training: Callable[[], bool] = lambda: False
        self.autosave = Autosave(session, self)
        self.autosave.failed.connect(self.said)
        self._take_folder(session.path)
        session.run_path = session.path or self._untitled()
        if session.path is not None:
            with contextlib.suppress(WorkbenchError):
                self._lock = FileLock(storage.lock_file(session.path), session.path.name)
            self._remember(session.path)

    @property
    def folder(self) -> OpenFolder | None:
        """The project's own folder in the user's state; None where that cannot be written to."""
        return self.autosave.folder

    # Opening

    def open_project(self) -> None:
        """Asks for a file and opens it."""
        name, _ = QFileDialog.getOpenFileName(self._window, "Open project", self._settings.text("folder"), FILTER)
        if name:
            self.open_file(Path(name))

    def open_file(self, path: Path) -> None:
        """Opens a project, or says why not; what is open stays then."""
        if not self.may_leave():
            return
        as_copy, lock = is_example(path), None
        try:
            if not as_copy and not self._is_open(path):
                lock, as_copy = self._locked(path)
            project = storage.load(path)
        except WorkbenchError as error:
            if lock is not None:
                lock.release()
            tell(self._window, "It could not be opened", str(error))
            if not path.exists():
                self._settings.remove_recent(path)
                self.recent_changed.emit()
            return
        if as_copy:
            self.show_new(project)
        else:
            self._show(project, path, lock)

    def _is_open(self, path: Path) -> bool:
        return self._session.path is not None and self._session.path.resolve() == path.resolve()

    def _locked(self, path: Path) -> tuple[FileLock | None, bool]:
        """The project's lock, or, where another window has it, whether a copy is wanted instead.

        Raises:
            WorkbenchError: it is to be left alone.
        """
        try:
            return FileLock(storage.lock_file(path), path.name), False
        except WriteError:
            return None, False  # a folder that cannot be written to: it can be looked at, and saved elsewhere
        except LockedError as error:
            text = f"{shown(path.name)} is open in another window."
            if ask(self._window, text, {Button.Open: "Open a copy", Button.Cancel: "Cancel"}) != Button.Open:
                raise WorkbenchError(str(error)) from error
            return None, True

    def show_new(self, project: Project) -> None:
        """Opens a project that has no file yet."""
        self._leave()
        self._take_folder(None)
        self._session.replace(project, None, run_path=self._untitled())
        self.opened.emit()

    def _show(self, project: Project, path: Path, lock: FileLock | None) -> None:
        if self._is_open(path):
            lock, self._lock = self._lock, None
        self._leave()
        self._lock = lock
        self._take_folder(path)
        self._session.replace(project, path)
        self._remember(path)
        self.opened.emit()

    # Recovering

    def leftovers(self) -> list[Leftover]:
        """Unsaved work that a crash has left."""
        return left_behind(self._state)

    def offer_recovery(self) -> None:
        """Asks what is to become of the newest unsaved work that a crash has left, if there is any."""
        found = self.leftovers()
        if not found:
            return
        text = f"There are unsaved changes of {shown(found[0].title)} from a session that ended unexpectedly."
        answers = {Button.Yes: "Recover", Button.No: "Later", Button.Discard: "Delete"}
        answer = ask(self._window, text, answers, more="Your own file has not been touched.")
        if answer == Button.Yes:
            self.recover(found[0])
        elif answer == Button.Discard:
            found[0].delete()

    def recover(self, leftover: Leftover) -> None:
        """Opens unsaved work that was left behind, with its changes still unsaved."""
        if not self.may_leave():
            return
        try:
            folder = OpenFolder(self._state, leftover.folder)
            folder.note_attempt()
            project = leftover.project()
        except WorkbenchError as error:
            tell(self._window, "It could not be recovered", str(error))
            return
        path, lock = leftover.origin, None
        if path is not None:
            try:
                lock = FileLock(storage.lock_file(path), path.name)
            except WorkbenchError:
                path = None  # its place is gone, or another window has it: it gets a file of its own
        self._leave()
        self._lock = lock
        self.autosave.change_folder(folder)
        self._mark = _mark_of(path)
        self._session.replace(project, path, run_path=folder.untitled, is_changed=True)
        self.opened.emit()
        self.said.emit("Recovered. Save it to keep it.")
        QTimer.singleShot(WELL_MS, self._is_well)

    def _is_well(self) -> None:
        if self.folder is not None:
            with contextlib.suppress(WorkbenchError):
                self.folder.is_well()

    # Saving

    def save_project(self) -> bool:
        """Writes the project; asks where, if it has no file yet. False if it was not written."""
        path = self._session.path
        if path is None:
            return self.save_project_as()
        if self._mark is not None and _mark_of(path) not in (None, self._mark):
            text = f"{shown(path.name)} was changed by another program since it was opened here."
            answers = {Button.SaveAll: "Save as…", Button.Save: "Write over it", Button.Cancel: "Cancel"}
            answer = ask(self._window, text, answers)
            if answer != Button.Save:
                return answer == Button.SaveAll and self.save_project_as()
        return self.save_to(path)

    def save_project_as(self) -> bool:
        """Asks for a file and writes the project there. False if it was not written."""
        start = str(Path(self._settings.text("folder")) / f"untitled{storage.SUFFIX}")
        if self._session.path is not None:
            start = str(self._session.path)
        name, _ = QFileDialog.getSaveFileName(self._window, "Save project", start, FILTER)
        return bool(name) and self.save_to(Path(name).with_suffix(storage.SUFFIX))

    def save_to(self, path: Path) -> bool:
        """Writes the project to a file, which is its own from then on. False if it was not written."""
        lock = None
        if is_example(path):
            tell(self._window, "It was not saved", "The examples stay as they are. Choose another folder.")
            return False
        try:
            if not self._is_open(path):
                with contextlib.suppress(WriteError):  # saving will say it better
                    lock = FileLock(storage.lock_file(path), path.name)
            was_untitled = self._session.path is None
            self._session.save(path)
        except WorkbenchError as error:
            if lock is not None:
                lock.release()
            tell(self._window, "It was not saved", str(error))
            return False
        if lock is not None:
            self._release()
            self._lock = lock
        self._mark = _mark_of(path)
        self._remember(path)
        if self.folder is not None:
            with contextlib.suppress(WorkbenchError):
                self.folder.set_origin(path)
        self._runs_wait = was_untitled
        self.move_runs()
        self.said.emit(f"{path.name} is saved.")
        return True

    def move_runs(self) -> None:
        """Brings the trainings of a project beside its first file, as soon as none is running."""
        path = self._session.path
        if path is None or self.is_training():
            return
        if self._runs_wait and self.folder is not None:
            try:
                self.folder.move_runs(path)
            except WorkbenchError as error:
                self.said.emit(str(error))
                return
        self._runs_wait = False
        self._session.run_path = path

    # Leaving

    def may_leave(self) -> bool:
        """Whether what is open may go: saved, thrown away, or nothing new in it; a training is stopped then."""
        if not self._may_discard():
            return False
        self.stop_work()
        return True

    def _may_discard(self) -> bool:
        has_runs = self._session.path is None and self.folder is not None and self.folder.has_runs
        if not self._session.is_modified and not has_runs:
            return True
        name = shown(self._session.path.stem) if self._session.path else "this project"
        text, more = f"Save the changes to {name}?", ""
        if has_runs:
            text, more = "Save this project?", "What it has learnt goes too if it is not saved."
        answers = {Button.Save: "Save", Button.Discard: "Don't save", Button.Cancel: "Cancel"}
        answer = ask(self._window, text, answers, more=more)
        return self.save_project() if answer == Button.Save else answer == Button.Discard

    def shut_down(self) -> None:
        """Lets go of locks and folders; for closing the window after `may_leave`."""
        self._leave()

    def leave_unasked(self) -> None:
        """The system ends the program: what is unsaved is kept for the next start."""
        self.autosave.flush()
        folder = self.folder
        self.autosave.change_folder(None)
        if folder is not None and (self._session.is_modified or folder.has_runs):
            folder.leave()
        elif folder is not None:
            folder.close()
        self._release()

    def _leave(self) -> None:
        folder = self.folder
        self.autosave.change_folder(None)
        if folder is not None:
            folder.forget()
            folder.close()
        self._release()

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _take_folder(self, origin: Path | None) -> None:
        folder: OpenFolder | None = None
        try:
            folder = OpenFolder(self._state)
            folder.set_origin(origin)
        except WorkbenchError as error:
            self.said.emit(f"Unsaved changes cannot be kept safe: {error}")
        self.autosave.change_folder(folder)
        self._mark = _mark_of(origin)

    def _untitled(self) -> Path:
        return self.folder.untitled if self.folder is not None else Path("untitled.cnn")

    def _remember(self, path: Path) -> None:
        self._settings.add_recent(path)
        self._settings.keep("folder", str(path.resolve().parent))
        self.recent_changed.emit()


def _mark_of(path: Path | None) -> Mark | None:
    """What tells one state of a file from another; None where there is none."""
    if path is None:
        return None
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
