"""What happens to files that are dropped on the window: a project opens, a folder becomes data, a picture a probe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtGui import QDragEnterEvent, QDropEvent

from workbench.core.errors import WorkbenchError, shown
from workbench.gui.questions import Button, ask
from workbench.project.storage import SUFFIX

if TYPE_CHECKING:
    from workbench.gui.main_window import MainWindow


class Drops(QObject):
    """Takes files for a window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._path = Path()

    def enter(self, event: QDragEnterEvent) -> None:
        """Lets local files in."""
        if self._local(event) is not None:
            event.acceptProposedAction()

    def drop(self, event: QDropEvent) -> None:
        """Takes a file; what is asked about it is asked after the drag is over."""
        path = self._local(event)
        if path is None:
            return
        event.acceptProposedAction()
        self._path = path
        QTimer.singleShot(0, self._take_dropped)

    def _take_dropped(self) -> None:
        self.take(self._path)

    def take(self, path: Path) -> None:
        """Does what fits the file or folder, or says what could be dropped."""
        from workbench.data.pictures import SUFFIXES
        from workbench.project.probes import PictureProbe

        if path.is_dir():
            self._take_folder(path)
        elif path.suffix.lower() == SUFFIX:
            self._window.files.open_file(path)
        elif path.suffix.lower() in SUFFIXES:
            try:
                self._window.session.look_at(PictureProbe(path), keep=True)
            except WorkbenchError as error:
                self._window.say(str(error))
                return
            self._window.commands.show_look()
        else:
            self._window.say(f"{shown(path.name)} cannot be dropped here; projects, pictures and folders can.")

    def _take_folder(self, path: Path) -> None:
        answers = {Button.Yes: "New network for it…", Button.No: "Data of this network", Button.Cancel: "Cancel"}
        text = f"What is to become of the folder {shown(path.name)}?"
        answer = ask(self._window, text, answers)
        if answer == Button.Yes:
            self._window.commands.new_project(f"folder:{path}")
        elif answer == Button.No:
            self._window.commands.use_data("folder", {"path": str(path)})

    @staticmethod
    def _local(event: QDropEvent) -> Path | None:
        data = event.mimeData()
        urls = data.urls() if data is not None else []
        return Path(urls[0].toLocalFile()) if urls and urls[0].isLocalFile() else None
