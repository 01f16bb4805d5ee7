"""Exports from the File menu: the network as files that other programs read, and the canvas as a picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QBuffer, QIODevice, QObject, QRectF, QSize, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QPaintDevice, QPainter
from PyQt6.QtWidgets import QFileDialog, QWidget

from workbench.core.errors import SENTENCE, WorkbenchError, printable
from workbench.core.files import exists, write_file
from workbench.gui.document.session import Session
from workbench.gui.editor.scene import Scene
from workbench.gui.threads.latest_job import LatestJob
from workbench.gui.widgets.message_boxes import Button, ask, tell
from workbench.gui.widgets.pixels import png_of
from workbench.model.exports.spec import REGISTRY as EXPORTERS

MARGIN = 24.0
SCALE, MOST_PIXELS = 2.0, 12_000  # pixels for each unit of the canvas; of the longer side


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

    def export(self, to: str) -> None:
        """Asks for a file and writes the network with the weights that Look shows, by an exporter's name.

        Without any training those are the first random ones, and it is said.
        """
        cls = EXPORTERS[to]
        path = self._asked(f"Export {cls.title}", cls.suffix, f"{cls.title} (*{cls.suffix})", cls.beside)
        if path is not None:
            self.write(to, path)

    def export_picture(self) -> None:
        """Writes the canvas as a picture."""
        path = self._asked("Export picture of the network", ".svg", "Drawing (*.svg);;Picture (*.png)")
        if path is not None:
            self.write_picture(path)

    def _asked(self, title: str, suffix: str, kinds: str, beside: Sequence[str] = ()) -> Path | None:
        """Asks for a file; None where nothing is to be written, or nothing replaced that the dialog did not name."""
        stem = self._session.path.with_suffix("").name if self._session.path else "network"
        name, kind = QFileDialog.getSaveFileName(self._window, title, stem + suffix, kinds)
        if not name:
            return None
        known = [each.split(")")[0] for each in kinds.split("*")[1:]]
        wanted = next((each for each in known if each in kind), suffix)
        path = Path(name) if Path(name).suffix.lower() in known else Path(name + wanted)
        if path == Path(name) and exists(path):
            return path  # the dialog has asked, and what lies beside it is of the last export
        there = [each for each in (path, *map(path.with_suffix, beside)) if exists(each)]
        names = " and ".join(printable(each.name) for each in there)
        answers = {Button.Discard: "Replace", Button.Cancel: "Cancel"}
        more = f"{'They are' if len(there) > 1 else 'It is'} in {printable(path.parent, SENTENCE)}."
        if there and ask(self._window, f"Replace {names}?", answers, more=more, usual=Button.Cancel) != Button.Discard:
            return None
        return path

    def write(self, to: str, path: Path) -> None:
        """Writes the network on a thread, by an exporter's name; what came of it is said."""
        if self._job.is_busy:
            self.said.emit("An export is under way; wait until it has ended.")
            return
        project, file, run = self._session.project, self._session.run_path, self.run()

        def work() -> Iterator[Any]:
            from workbench.inspection.exporting import export

            yield export(project, file, to, path, run=run)

        self.said.emit(f"Writing {printable(path.name)} …")
        self._job.run(work, on_events=self._on_written, on_ended=self._on_ended)

    def _on_written(self, answers: list[Any]) -> None:
        done = answers[-1]
        self.said.emit(" ".join((done.text(with_folders=False), *done.trained.notes)))

    def _on_ended(self, error: str) -> None:
        if error:
            self.said.emit("")
            tell(self._window, "It was not exported", error)

    def write_picture(self, path: Path) -> None:
        """Writes the canvas: as a drawing to an .svg file, else as pixels. Nothing is marked as selected in it."""
        graph, frames = self._session.graph, self._scene.frames.chosen()
        area = self._scene.painted_area() if graph.nodes or graph.frames else QRectF(0, 0, 200, 100)
        area = area.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        selected = list(self._session.selection)
        self._session.select([])
        self._scene.frames.choose(())
        try:
            data = self._svg(area) if path.suffix.lower() == ".svg" else self._png(area)
            write_file(path, [data])
        except WorkbenchError as error:
            tell(self._window, "It was not exported", str(error))
        else:
            self.said.emit(f"{printable(path.name)} written.")
        finally:
            self._session.select(selected)
            self._scene.frames.choose(frames)

    def _svg(self, area: QRectF) -> bytes:
        from PyQt6.QtSvg import QSvgGenerator  # a library that no start should wait for

        buffer, drawing = QBuffer(), QSvgGenerator()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        drawing.setOutputDevice(buffer)
        drawing.setSize(area.size().toSize())
        drawing.setViewBox(QRectF(0, 0, area.width(), area.height()))
        drawing.setTitle(printable(self._session.path.stem) if self._session.path else "network")
        self._draw(drawing, QRectF(0, 0, area.width(), area.height()), area)
        return buffer.data().data()

    def _png(self, area: QRectF) -> bytes:
        scale = min(SCALE, MOST_PIXELS / max(area.width(), area.height()))
        size = QSize(round(area.width() * scale), round(area.height() * scale))
        image = QImage(size, QImage.Format.Format_RGB32)
        self._draw(image, QRectF(0, 0, size.width(), size.height()), area)
        return png_of(image)

    def _draw(self, device: QPaintDevice, target: QRectF, area: QRectF) -> None:
        painter = QPainter(device)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(target, QColor(self._scene.theme.canvas))
        self._scene.render(painter, target, area)
        painter.end()

    def shut_down(self) -> None:
        """Ends what is under way and waits for it."""
        self._job.shut_down()
