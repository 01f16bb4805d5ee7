"""The Look panel: filters, feature maps and deconvnet of the selected node, on a trained run or while one trains."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QTimer
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from workbench.core.graph import Port
from workbench.gui.insight.grid import PixelImage, TileGrid
from workbench.gui.insight.renderer import Answer, Renderer, Request
from workbench.gui.session import Session
from workbench.gui.theme import Theme
from workbench.gui.widgets.labels import plain_label
from workbench.gui.worker import Job
from workbench.insight.spec import REGISTRY
from workbench.insight.tiling import range_text

DELAY_MS = 60


class LookPanel(QWidget):
    """What the selected node has learnt, or makes of a sample."""

    def __init__(
        self, session: Session, theme: Theme, run_path: Callable[[], Path], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._run_path = session, run_path
        self._renderer = Renderer()
        self._job: Job | None = None
        self._waiting: Request | None = None
        self._answer: Answer | None = None
        self._wants_stored = False
        self.grid = TileGrid(theme)
        self.input = PixelImage("input", theme)
        self.unit = PixelImage("unit", theme)
        self._build()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self._ask)
        session.selection_changed.connect(self._on_selection_changed)
        session.document_changed.connect(self._on_document_changed)
        self.grid.unit_chosen.connect(self._show_unit)
        self._fill_views()

    def _build(self) -> None:
        self.view = QComboBox()
        self.view.setAccessibleName("View")
        self.view.currentIndexChanged.connect(self.refresh)
        self.sample = QSpinBox()
        self.sample.setAccessibleName("Sample")
        self.sample.setRange(0, 0)
        self.sample.setPrefix("sample ")
        self.sample.valueChanged.connect(self.refresh)
        self._title = plain_label("", bold=True)
        self._note = plain_label("", faint=True)
        top = QHBoxLayout()
        for widget in (self._title, self.view, self.sample):
            top.addWidget(widget)
        top.addWidget(self._note, 1)
        self._classes = plain_label("", faint=True)
        side = QVBoxLayout()
        pictures = QHBoxLayout()
        pictures.addWidget(self.input)
        pictures.addWidget(self.unit)
        side.addLayout(pictures)
        side.addWidget(self._classes)
        side.addStretch(1)
        middle = QHBoxLayout()
        middle.addWidget(self.grid, 1)
        middle.addLayout(side)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.addLayout(top)
        layout.addLayout(middle, 1)

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        for widget in (self.grid, self.input, self.unit):
            widget.theme = theme
            widget.update()

    def _on_selection_changed(self, ids: list[str]) -> None:
        self._fill_views()

    def _on_document_changed(self, edit: object) -> None:
        self._fill_views()

    def _node(self) -> str:
        return self._session.selection[0] if len(self._session.selection) == 1 else ""

    def _fill_views(self) -> None:
        """Offers the views that have something to show of the selected node."""
        id_, shapes = self._node(), self._session.derived.shapes
        layer = shapes.layers.get(id_)
        value = shapes.values.get(Port(id_, layer.output_ports[0])) if layer and layer.output_ports else None
        fitting = [cls for _, cls in REGISTRY.items() if layer and value and cls.applies_to(layer, value)]
        before = self.view.currentData()
        self.view.blockSignals(True)
        self.view.clear()
        for cls in sorted(fitting, key=lambda each: each.title != "Feature maps"):
            self.view.addItem(cls.title, cls.name)
        at = self.view.findData(before)
        self.view.setCurrentIndex(max(at, 0) if fitting else -1)
        self.view.blockSignals(False)
        for widget in (self.view, self.sample):
            widget.setVisible(bool(fitting))
        node = self._session.graph.nodes.get(id_)
        self._title.setText(node.name if node else "")
        if not fitting:
            self._show(None)
            text = "has nothing to look at." if node else "Select a node to see what it has learnt."
            self._note.setText(text)
        self.refresh()

    def refresh(self) -> None:
        """Asks for the picture anew, a moment later; requests in between are dropped."""
        self._timer.start()

    def show_live(self, snapshot: Any) -> None:
        """Weights of the running training; a snapshot that comes too soon is passed over."""
        if self._job is None:
            self._renderer.show_weights(snapshot.weights)
            self.refresh()
        snapshot.release()

    def show_stored(self) -> None:
        """The weights of the newest run again."""
        self._wants_stored = False
        if self._job is None:
            self._renderer.show_weights(None)
            self.refresh()
        else:
            self._wants_stored = True

    def _ask(self) -> None:
        view = self.view.currentData()
        if not self._node() or view is None or self._session.derived.shapes.faults or not self.isVisible():
            return
        request = Request(self._session.project, self._run_path(), self._node(), view, self.sample.value())
        if self._job is not None:
            self._waiting = request
            return
        self._start(request)

    def _start(self, request: Request) -> None:
        renderer = self._renderer

        def work() -> Iterator[Answer]:
            yield renderer.render(request)

        self._job = Job(work, parent=self)
        self._job.events.connect(self._on_answers)
        self._job.ended.connect(self._on_ended)
        self._job.start()

    def _on_answers(self, answers: list[Answer]) -> None:
        answer = answers[-1]
        if answer.request.node == self._node():
            self._show(answer)

    def _on_ended(self, error: str) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.deleteLater()
        if error:
            self._show(None)
            self._note.setText(error)
        if self._wants_stored:
            self.show_stored()
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self._start(waiting)

    def _show(self, answer: Answer | None) -> None:
        self._answer = answer
        self.grid.show_picture(answer.picture if answer else None)
        self.input.show_pixels(answer.image if answer else None, "input")
        if answer is None:
            self.unit.show_pixels(None, "unit")
            self._classes.setText("")
            return
        self.sample.setMaximum(max(0, answer.samples - 1))
        self._note.setText(f"{range_text(answer.picture)} · {answer.picture.note} · weights: {answer.origin}")
        lines = [f"{share:6.1%}  {name}" for name, share in answer.shares[:3]]
        truth = f"is {answer.truth}" if answer.truth else ""
        self._classes.setText("\n".join([truth, *lines]).strip())
        self._show_unit(self.grid.chosen)

    def _show_unit(self, unit: int) -> None:
        answer = self._answer
        if answer is not None and unit in answer.picture.units:
            at = answer.picture.units.index(unit)
            self.unit.show_pixels(answer.picture.tiles[at], f"unit {unit}")

    def showEvent(self, event: QShowEvent | None) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self.refresh()

    def shut_down(self) -> None:
        """Ends the worker and waits for it."""
        self._timer.stop()
        self._waiting = None
        if self._job is not None:
            self._job.shut_down()
            self._job = None
