"""What happens to files that are dropped on the window: a project opens, data is used, pictures become probes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QObject, QTimer, pyqtSignal
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtWidgets import QWidget

from workbench.core.errors import WorkbenchError, printable
from workbench.core.files import is_folder
from workbench.core.values import Json
from workbench.data.loading import source_for
from workbench.data.spec import REGISTRY, Source
from workbench.gui.document.picture_taker import PictureTaker
from workbench.gui.document.session import Session
from workbench.gui.widgets.message_boxes import Button, ask
from workbench.model.imports.spec import file_suffixes
from workbench.model.weight_kinds import SUFFIXES
from workbench.project.storage import SUFFIX

WEIGHTS = tuple(suffix for suffix in SUFFIXES if suffix != ".npz")  # arrays that are dropped are data


class Drops(QObject):
    """Takes files for a window.

    Signals:
        said(str): what was done, or why it cannot be done.
        look_requested(): pictures were taken, and are to be looked at.
        project_dropped(Path): a project is to be opened.
        network_requested(str): a new network is wanted for data, `NAME:PATH`.
        weights_dropped(Path): a file of weights, for the network that is open.
        import_requested(str): a network of another program is to be brought in from that file.
    """

    said = pyqtSignal(str)
    look_requested = pyqtSignal()
    project_dropped = pyqtSignal(Path)
    network_requested = pyqtSignal(str)
    import_requested = pyqtSignal(str)
    weights_dropped = pyqtSignal(Path)

    def __init__(self, session: Session, use_data: Callable[[str, dict[str, Json]], object], window: QWidget) -> None:
        """Prepares for files.

        Args:
            session: the open project, which keeps pictures.
            use_data: gives the network data, by the name and the options of its source; may refuse them.
            window: questions stand over it.
        """
        super().__init__(window)
        self._session, self._use_data, self._window = session, use_data, window
        self._paths: list[Path] = []
        self.pictures = PictureTaker(session, self)
        self.pictures.taken.connect(self._on_pictures)

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
                    self.said.emit(f"{name} was taken. Drop the others one by one; only pictures go together.")
        except WorkbenchError as error:
            self.said.emit(str(error))

    def _on_pictures(self, paths: list[Path]) -> None:
        """The pictures are kept with the project, and the last of them is looked at."""
        self.look_requested.emit()
        if len(paths) > 1:
            self.said.emit(
                f"{len(paths)} pictures are kept with the project; {printable(paths[-1].name)} is looked at."
            )

    def _take_one(self, path: Path) -> None:
        if is_folder(path):
            self._take_folder(path)
        elif path.suffix.lower() == SUFFIX:
            self.project_dropped.emit(path)
        elif path.suffix.lower() in file_suffixes():
            self.import_requested.emit(str(path))
        elif path.suffix.lower() in WEIGHTS:
            self.weights_dropped.emit(path)
        elif source_for(path):
            self._take_data(path)
        else:
            patterns = {pattern for cls in (each for _, each in REGISTRY.items()) for pattern in _patterns(cls)}
            kinds = ", ".join(sorted(pattern.removeprefix("*") for pattern in patterns))
            self.said.emit(
                f"{printable(path.name)} cannot be dropped here; projects, networks "
                f"({', '.join(file_suffixes())}), weights, pictures, folders and data ({kinds}) can."
            )

    def _take_data(self, path: Path) -> None:
        """Uses a file as data: of the source that the network has already, if that reads such files."""
        session = self._session
        own = REGISTRY.get(str(session.project.data.get("source", "")))
        source = own.name if own is not None and own.claim(path) else source_for(path)
        self._use_data(source, {"path": str(path)})
        self.said.emit(f"{printable(path.name)} is the data of this network now; undo takes it back.")

    def _take_folder(self, path: Path) -> None:
        answers = {Button.Yes: "New network for it…", Button.No: "Data of this network", Button.Cancel: "Cancel"}
        source = source_for(path)
        text = f"What is to become of the folder {printable(path.name)}?"
        answer = ask(self._window, text, answers, more=f"It will be read as: {REGISTRY[source].title}.")
        if answer == Button.Yes:
            self.network_requested.emit(f"{source}:{path}")
        elif answer == Button.No:
            self._use_data(source, {"path": str(path)})

    @staticmethod
    def _local(event: QDropEvent) -> list[Path]:
        data = event.mimeData()
        urls = data.urls() if data is not None else []
        return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]


def _patterns(cls: type[Source]) -> tuple[str, ...]:
    """Names of the files that a source reads, and of nothing but files."""
    return cls.reads.patterns if cls.reads is not None and cls.reads.what == "file" else ()
