"""Opening, saving and recovering projects from the window: dialogs, questions, and sentences when it cannot be done."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PyQt6.QtCore import QObject, QTimer, pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QWidget

from workbench.core.errors import WorkbenchError, printable
from workbench.core.files import WriteError, check_path, exists, is_folder, is_same_place
from workbench.core.lock import FileLock, LockedError
from workbench.core.resources import is_example
from workbench.gui.document.leaving import ask_before_leaving
from workbench.gui.document.open_project import Home
from workbench.gui.document.session import Session
from workbench.gui.widgets.message_boxes import Button, ask, tell
from workbench.gui.widgets.user_settings import Settings
from workbench.project import storage
from workbench.project.document import Project
from workbench.project.initial_weights import bring_along
from workbench.project.recovery import Leftover, OpenFolder, bring_home, left_behind
from workbench.project.relocate import moved_paths, placed

FILTER = f"Projects (*{storage.SUFFIX})"
WELL_MS = 5000
UNTOUCHED = "Your own file has not been touched."
UNSAVED = "It was never saved to a file of its own."


def wants_copy(window: QWidget | None, path: Path) -> bool:
    """Asks what to do with a project that another window has: whether a copy is wanted."""
    text = f"{printable(path.name)} is open in another window."
    more = "A copy can be changed and saved under another name."
    return ask(window, text, {Button.Open: "Open a copy", Button.Cancel: "Cancel"}, more=more) == Button.Open


class ProjectFiles(QObject):
    """What the File menu does.

    Signals:
        said(str): something for the status bar.
        opened(): another project is open now.
    """

    said = pyqtSignal(str)
    opened = pyqtSignal()

    def __init__(self, session: Session, window: QWidget, settings: Settings, state: Path) -> None:
        """Takes charge of the project that the session holds.

        Args:
            session: its document is opened and saved here.
            window: dialogs stand over it.
            settings: hold the recent projects and the last folder.
            state: the program's place in the user's state, for unsaved work.
        """
        super().__init__(window)
        self._session, self._window, self._settings = session, window, settings
        self.stop_work: Callable[[], None] = lambda: None
        self.is_training: Callable[[], bool] = lambda: False
        self.home = Home(session, state, self)
        self.home.said.connect(self.said)
        if session.path is not None:
            self._remember(session.path)

    # Opening

    def open_project(self) -> None:
        """Asks for a file and opens it."""
        name, _ = QFileDialog.getOpenFileName(self._window, "Open project", self._settings.text("folder"), FILTER)
        if name:
            self.open_file(Path(name))

    def open_file(self, path: Path) -> None:
        """Opens a project, or says why not; what is open stays then, and so does its training."""
        is_again = self._is_open(path)
        if is_again and not self.may_leave():
            return
        lock = None
        try:
            check_path(path)  # refused at the door, before anything of what is open is left
            project, as_copy = storage.load(path), storage.opens_as_copy(path)
            if not as_copy and not is_again:
                lock, as_copy = self._locked(path)
        except WorkbenchError as error:
            tell(self._window, "It could not be opened", str(error))
            if not exists(path):
                self._settings.remove_recent(path)
            return
        if not is_again and not self.may_leave():
            if lock is not None:
                lock.release()
            return
        if as_copy:
            self.show_new(project, path)
            return
        storage.clear_leftovers(path)
        self._bring_home(path)
        self._show(project, path, self.home.give_lock() if is_again else lock)
        self._remember(path)

    def _bring_home(self, path: Path) -> None:
        """Moves runs beside a project that a crash has kept from it."""
        try:
            bring_home(self.home.state, path)
        except WorkbenchError as error:
            self.said.emit(f"Runs of an earlier session could not be moved beside {path.name}. {error}")

    def _is_open(self, path: Path) -> bool:
        return self._session.path is not None and is_same_place(self._session.path, path)

    def _locked(self, path: Path) -> tuple[FileLock | None, bool]:
        """The project's lock, or, where another window has it, whether a copy is wanted instead.

        Raises:
            WorkbenchError: it is to be left alone.
        """
        try:
            return FileLock(storage.lock_file(path), path.name), False
        except WriteError as error:  # a folder that cannot be written to: it can be looked at, and saved elsewhere
            self.said.emit(f"Another window would not know that this project is open: {error}")
            return None, False
        except LockedError as error:
            if not wants_copy(self._window, path):
                raise WorkbenchError(str(error)) from error
            return None, True

    def show_new(self, project: Project, copied_from: Path | None = None) -> None:
        """Opens a project that has no file yet; one that was copied finds its data where the original does."""
        if copied_from is not None:
            project = placed(project, copied_from, self.home.state / copied_from.name)
        self._show(project, None, None)

    def _show(
        self,
        project: Project,
        path: Path | None,
        lock: FileLock | None,
        folder: OpenFolder | None = None,
        *,
        is_changed: bool = False,
    ) -> None:
        folder = folder or self.home.new_folder(path)  # whatever could go wrong does so before the old one is left
        self.home.move_out()
        self.home.move_in(path, lock, folder)
        self._session.replace(project, path, run_path=self.home.untitled, is_changed=is_changed)
        self.opened.emit()

    # Recovering

    def offer_recovery(self) -> None:
        """Asks what is to become of unsaved work that crashes have left, the newest first."""
        if not self.offer_leftovers():
            self.said.emit("There is no unsaved work that a crash has left behind.")

    def offer_leftovers(self) -> bool:
        """The same at the start of the program, without a word if there is nothing; whether there was something.

        It goes on until one is recovered, or the rest is left for later.
        """
        found = left_behind(self.home.state)
        answers = {Button.Yes: "Recover", Button.Discard: "Delete", Button.No: "Later"}
        for others, leftover in zip(range(len(found) - 1, -1, -1), found, strict=True):
            what = "unsaved changes and trainings" if leftover.has_runs else "unsaved changes"
            when = datetime.fromtimestamp(leftover.when).strftime("%d %b, %H:%M").lstrip("0")
            text = f"There are {what} of {printable(leftover.title)} ({when}) from a session that ended unexpectedly."
            if others:
                text += f" {_older(others)}."
            answer = ask(self._window, text, answers, more=UNTOUCHED if leftover.origin else UNSAVED)
            if answer == Button.Yes:
                if self.recover(leftover) and others:
                    self.said.emit(f"Recovered. Save it to keep it. {_older(others)}: File, Recover unsaved work….")
                break
            if answer != Button.Discard:
                break
            try:
                leftover.delete()
            except WorkbenchError as error:
                tell(self._window, "It was not deleted", str(error))
        return bool(found)

    def recover(self, leftover: Leftover) -> bool:
        """Opens unsaved work that was left behind, with its changes still unsaved; False if that did not go."""
        if not self.may_leave():
            return False
        folder: OpenFolder | None = None
        try:
            folder = OpenFolder(self.home.state, leftover.folder)
            folder.note_attempt()
            project = leftover.project()
        except WorkbenchError as error:
            if folder is not None:
                folder.leave()
            tell(self._window, "It could not be recovered", str(error))
            return False
        path, lock = leftover.origin, None
        if path is not None and self._is_open(path):
            lock = self.home.give_lock()
        elif path is not None:
            try:
                lock = FileLock(storage.lock_file(path), path.name)
            except WorkbenchError:  # its place is gone, or another window has it: it gets a file of its own
                project, path = placed(project, path, folder.untitled), None
        self._show(project, path, lock, folder, is_changed=True)
        self.home.move_runs()
        self.said.emit("Recovered. Save it to keep it.")
        QTimer.singleShot(WELL_MS, self.home.confirm_recovered)
        return True

    # Saving

    def save_project(self) -> bool:
        """Writes the project; asks where, if it has no file yet. False if it was not written."""
        path = self._session.path
        if path is None:
            return self.save_project_as()
        if self.home.is_changed_outside:
            text = f"{printable(path.name)} was changed by another program since it was opened here."
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
        if not name:
            return False
        path = Path(name) if name.lower().endswith(storage.SUFFIX) else Path(name + storage.SUFFIX)
        if path != Path(name) and exists(path):  # the dialog has asked about another name
            answers = {Button.Save: "Write over it", Button.Cancel: "Cancel"}
            if ask(self._window, f"{printable(path.name)} exists.", answers, usual=Button.Cancel) != Button.Save:
                return False
        return self.save_to(path)

    def save_to(self, path: Path) -> bool:
        """Writes the project to a file, which is its own from then on. False if it was not written."""
        lock, before = None, self._session.path
        try:
            check_path(path)
            if is_example(path):
                raise WorkbenchError("The examples stay as they are. Choose another folder.")
            if not self._is_open(path) or not self.home.has_lock:
                with contextlib.suppress(WriteError):  # saving will say it better
                    lock = FileLock(storage.lock_file(path), path.name)
            bring_along(before or self._session.run_path, path)
            doubt = self._session.save(path, moved_paths(self._session.project, before or self._session.run_path, path))
        except WorkbenchError as error:
            if lock is not None:
                lock.release()
            tell(self._window, "It was not saved", str(error))
            return False
        self.home.note_saved(path, lock, was_untitled=before is None)
        if not self.is_training():
            self.home.move_runs()
        self._remember(path)
        self.said.emit(doubt or f"{path.name} is saved.{_about_runs(before, path)}")
        if doubt:
            tell(self._window, "It is saved, but", doubt)
        return True

    # Leaving

    def may_leave(self) -> bool:
        """Whether what is open may go: saved, thrown away, or nothing new in it; a training is stopped then."""
        is_training, path = self.is_training(), self._session.path
        answer = ask_before_leaving(
            self._window,
            printable(path.stem) if path else "",
            is_changed=self._session.is_modified,
            has_loose_runs=self.home.autosave.has_loose_runs or (is_training and path is None),
            is_training=is_training,
        )
        if not (self.save_project() if answer == Button.Save else answer == Button.Discard):
            return False
        self.stop_work()
        self.home.move_runs()
        return True

    def _remember(self, path: Path) -> None:
        self._settings.add_recent(path)
        self._settings.keep("folder", str(path.absolute().parent))


def _older(others: int) -> str:
    """How many others have left work too."""
    return "An older session has left some too" if others == 1 else f"{others} older sessions have left some too"


def _about_runs(before: Path | None, path: Path) -> str:
    """Where the trainings are that do not come along to another file."""
    if before is None or is_same_place(before, path) or not is_folder(storage.runs_folder(before)):
        return ""
    return f" Its runs stay beside {before.name}."
