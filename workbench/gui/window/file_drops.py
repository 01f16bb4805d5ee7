"""What happens to files that are dropped on the window: a project opens, data is used, pictures become probes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtGui import QDragEnterEvent, QDropEvent

from workbench.core.errors import WorkbenchError, printable
from workbench.core.files import is_folder
from workbench.data.loading import source_for
from workbench.data.spec import REGISTRY, Source
from workbench.gui.document.picture_taker import PictureTaker
from workbench.gui.widgets.message_boxes import Button, ask
from workbench.project.storage import SUFFIX

if TYPE_CHECKING:
    from workbench.gui.window.main_window import MainWindow


class Drops(QObject):
    """Takes files for a window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._paths: list[Path] = []
        self.pictures = PictureTaker(window.session, self)
        self.pictures.taken.connect(self._on_pictures)
        self.pictures.refused.connect(window.cards.show_message)

    def enter(self, event: QDragEnterEvent) -> None:
        """Lets local files in."""
        if self._local(event):
            event.acceptProposedAction()

    def drop(self, event: QDropEvent) -> None:
        """Takes files; what is asked about them is asked after the drag is over."""
        paths = self._local(event)
        if not paths:
            return
        event.acceptProposedAction()
        self._paths = paths
        QTimer.singleShot(0, self._take_dropped)

    def _take_dropped(self) -> None:
        paths, self._paths = self._paths, []
        self.take(*paths)

    def take(self, *paths: Path) -> None:
        """Does what fits the files, or says what could be dropped; of several only pictures are taken together."""
        from workbench.data.pictures import SUFFIXES

        try:
            if all(path.suffix.lower() in SUFFIXES and not is_folder(path) for path in paths):
                self.pictures.take(paths)
            else:
                self._take_one(paths[0])
                if len(paths) > 1:
                    name = printable(paths[0].name)
                    self._window.say(f"{name} was taken. Drop the others one by one; only pictures go together.")
        except WorkbenchError as error:
            self._window.say(str(error))

    def _on_pictures(self, paths: list[Path]) -> None:
        """The pictures are kept with the project, and the last of them is looked at."""
        self._window.commands.show_look()
        if len(paths) > 1:
            self._window.say(
                f"{len(paths)} pictures are kept with the project; {printable(paths[-1].name)} is looked at."
            )

    def _take_one(self, path: Path) -> None:
        if is_folder(path):
            self._take_folder(path)
        elif path.suffix.lower() == SUFFIX:
            self._window.files.open_file(path)
        elif source_for(path):
            self._take_data(path)
        else:
            patterns = {pattern for cls in (each for _, each in REGISTRY.items()) for pattern in _patterns(cls)}
            kinds = ", ".join(sorted(pattern.removeprefix("*") for pattern in patterns))
            self._window.say(
                f"{printable(path.name)} cannot be dropped here; projects, pictures, folders and data ({kinds}) can."
            )

    def _take_data(self, path: Path) -> None:
        """Uses a file as data: of the source that the network has already, if that reads such files."""
        session = self._window.session
        own = REGISTRY.get(str(session.project.data.get("source", "")))
        source = own.name if own is not None and own.claim(path) else source_for(path)
        self._window.commands.use_data(source, {"path": str(path)})
        self._window.say(f"{printable(path.name)} is the data of this network now; undo takes it back.")

    def _take_folder(self, path: Path) -> None:
        answers = {Button.Yes: "New network for it…", Button.No: "Data of this network", Button.Cancel: "Cancel"}
        source = source_for(path)
        text = f"What is to become of the folder {printable(path.name)}?"
        answer = ask(self._window, text, answers, more=f"It will be read as: {REGISTRY[source].title}.")
        if answer == Button.Yes:
            self._window.commands.new_project(f"{source}:{path}")
        elif answer == Button.No:
            self._window.commands.use_data(source, {"path": str(path)})

    @staticmethod
    def _local(event: QDropEvent) -> list[Path]:
        data = event.mimeData()
        urls = data.urls() if data is not None else []
        return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]


def _patterns(cls: type[Source]) -> tuple[str, ...]:
    """Names of the files that a source reads, and of nothing but files."""
    return cls.reads.patterns if cls.reads is not None and cls.reads.what == "file" else ()
