"""Opening and saving projects from the window: dialogs, questions, and a sentence when it cannot be done."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QMessageBox, QWidget

from workbench.core.errors import WorkbenchError, shown
from workbench.gui.session import Session
from workbench.project import storage

FILTER = f"Projects (*{storage.SUFFIX})"


class ProjectFiles(QObject):
    """What the File menu does.

    Signals:
        said(str): something for the status bar.
        opened(): another project is open now.
    """

    said = pyqtSignal(str)
    opened = pyqtSignal()

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window

    def open_project(self) -> None:
        """Asks for a file and opens it."""
        if self.may_discard():
            name, _ = QFileDialog.getOpenFileName(self._window, "Open project", "", FILTER)
            if name:
                self.open_file(Path(name))

    def open_file(self, path: Path) -> None:
        """Opens a project, or says why not; what is open stays then."""
        try:
            project = storage.load(path)
        except WorkbenchError as error:
            self._tell("It could not be opened", str(error))
            return
        self._session.replace(project, path)
        self.opened.emit()

    def save_project(self) -> bool:
        """Writes the project; asks where, if it has no file yet. False if it was not written."""
        if self._session.path is None:
            return self.save_project_as()
        return self._save(self._session.path)

    def save_project_as(self) -> bool:
        """Asks for a file and writes the project there. False if it was not written."""
        name, _ = QFileDialog.getSaveFileName(self._window, "Save project", f"untitled{storage.SUFFIX}", FILTER)
        return bool(name) and self._save(Path(name).with_suffix(storage.SUFFIX))

    def _save(self, path: Path) -> bool:
        try:
            self._session.save(path)
        except WorkbenchError as error:
            self._tell("It was not saved", str(error))
            return False
        self.said.emit(f"{path.name} is saved.")
        return True

    def may_discard(self) -> bool:
        """Whether unsaved changes may go: saved, thrown away, or none there."""
        if not self._session.is_modified:
            return True
        buttons = QMessageBox.StandardButton
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText("Save the changes?")
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        answer = box.exec()
        return self.save_project() if answer == buttons.Save else answer == buttons.Discard

    def _tell(self, title: str, text: str) -> None:
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle(title)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(shown(text))
        box.exec()
