"""Exports: the network as files that other programs read, as a picture, or as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QWidget

from workbench.core.errors import SENTENCE, WorkbenchError, printable
from workbench.core.files import exists
from workbench.core.graph import Graph
from workbench.gui.document.session import Session
from workbench.gui.editor.picture import picture_of
from workbench.gui.editor.scene import Scene
from workbench.gui.threads.latest_job import LatestJob
from workbench.gui.widgets.message_boxes import Button, ask, tell
from workbench.gui.window.export_dialog import ExportDialog
from workbench.model.exports.spec import REGISTRY as EXPORTERS


class Exports(QObject):
    """Asks for a file and writes it.

    Signals:
        said(str): something for the status bar.
    """

    said = pyqtSignal(str)

    def __init__(self, session: Session, scene: Scene, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._scene, self._window = session, scene, window
        self._job = LatestJob(self)
        self.run: Callable[[], str] = lambda: ""  # returns whose weights Look shows; "" is the newest run

    def choose(self) -> None:
        """Asks what is to be written, with a preview, and writes it."""
        dialog = ExportDialog(self._session, self.paint, self._window)
        if dialog.exec():
            self.export(dialog.chosen, dialog.options)
        dialog.deleteLater()

    def export(self, to: str, options: Mapping[str, str] | None = None) -> None:
        """Asks for a file and writes the network with the weights that Look shows, by an exporter's name.

        Without any training those are the first random ones, and it is said.

        Args:
            to: the exporter's name.
            options: what was chosen of its options.
        """
        cls = EXPORTERS[to]
        path = self._asked(f"Export {cls.title}", cls.suffix, f"{cls.title} (*{cls.suffix})", cls.beside)
        if path is not None:
            self.write(to, path, options)

    def _asked(self, title: str, suffix: str, kinds: str, beside: Sequence[str] = ()) -> Path | None:
        """Asks for a file; None where nothing is to be written, or nothing replaced that the dialog did not name."""
        stem = self._session.path.with_suffix("").name if self._session.path else "network"
        name, _ = QFileDialog.getSaveFileName(self._window, title, stem + suffix, kinds)
        if not name:
            return None
        path = Path(name) if Path(name).suffix.lower() == suffix else Path(name + suffix)
        if path == Path(name) and exists(path):
            return path  # the dialog has asked, and what lies beside it is of the last export
        there = [each for each in (path, *map(path.with_suffix, beside)) if exists(each)]
        names = " and ".join(printable(each.name) for each in there)
        answers = {Button.Discard: "Replace", Button.Cancel: "Cancel"}
        more = f"{'They are' if len(there) > 1 else 'It is'} in {printable(path.parent, SENTENCE)}."
        if there and ask(self._window, f"Replace {names}?", answers, more=more, usual=Button.Cancel) != Button.Discard:
            return None
        return path

    def write(self, to: str, path: Path, options: Mapping[str, str] | None = None) -> None:
        """Writes the network by an exporter's name, on a thread unless it is a picture; what came of it is said."""
        if self._job.is_busy:
            self.said.emit("An export is under way; wait until it has ended.")
            return
        project, file, run = self._session.project, self._session.run_path, self.run()

        def work() -> Iterator[Any]:
            from workbench.inspection.exporting import export

            yield export(project, file, to, path, run=run, options=options, paint=self.paint)

        if EXPORTERS[to].is_picture:  # the canvas is drawn by the window's thread
            self._write_at_once(work)
            return
        self.said.emit(f"Writing {printable(path.name)} …")
        self._job.run(work, on_events=self._on_written, on_ended=self._on_ended)

    def _write_at_once(self, work: Callable[[], Iterator[Any]]) -> None:
        try:
            self._on_written(list(work()))
        except WorkbenchError as error:
            self._on_ended(str(error))

    def paint(self, graph: Graph, suffix: str, *, colours: str, background: str) -> bytes:
        """Draws the canvas as it is seen, with its pictures and groups, in either set of colours."""
        title = printable(self._session.path.stem) if self._session.path else "network"
        return picture_of(self._scene, suffix, title, is_clear=background == "none", colours=colours)

    def _on_written(self, answers: list[Any]) -> None:
        done = answers[-1]
        self.said.emit(" ".join((done.text(with_folders=False), *done.notes)))

    def _on_ended(self, error: str) -> None:
        if error:
            self.said.emit("")
            tell(self._window, "It was not exported", error)

    def shut_down(self) -> None:
        """Ends what is under way and waits for it."""
        self._job.shut_down()
