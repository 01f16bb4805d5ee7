"""What moves while a network learns: weights for the pictures, thumbnails and losses on the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject, QTimer

from workbench.training.events import RunEnded, StepEnded

if TYPE_CHECKING:
    from workbench.gui.main_window import MainWindow

PERIOD_MS = 500


class Live(QObject):
    """Joins the training with what shows it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._loss: float | None = None
        self._ticks = 0
        self._timer = QTimer(self)
        self._timer.setInterval(PERIOD_MS)
        self._timer.timeout.connect(self._on_timer)
        window.runner.events_arrived.connect(self._on_events)
        window.session.document_changed.connect(self._on_document_changed)

    def connect_panels(self) -> None:
        """The panels that came late are there now."""
        window = self._window
        look, train, compare = window.look_panel, window.train_panel, window.compare_panel
        assert look is not None
        assert train is not None
        assert compare is not None
        window.runner.snapshot_taken.connect(look.show_live)
        window.runner.run_ended.connect(look.show_stored)
        train.drawn.result_told.connect(window.strip.show_result)
        window.files.opened.connect(train.drawn.tell)
        look.run_requested.connect(window.runner.run)
        look.thumbnails_ready.connect(window.scene.set_thumbnails)
        for panel in (train, compare):
            panel.look_requested.connect(self._on_look_requested)
        self._timer.start()

    def _on_look_requested(self, run: str) -> None:
        assert self._window.look_panel is not None
        self._window.look_panel.show_run(run)
        self._window.commands.show_look()

    def _on_timer(self) -> None:
        """Twice a second: asks for the weights where somebody would see them, and shows the loss where it is drawn."""
        look = self._window.look_panel
        self._ticks += 1
        is_turn = look is not None and (look.isVisible() or self._ticks % 2 == 0)  # thumbnails alone: once a second
        if look is not None and look.wants_snapshots and is_turn:
            self._window.runner.request_snapshot()
        if self._loss is not None:
            graph = self._window.session.graph
            layers = self._window.session.derived.shapes.layers
            ids = [id_ for id_ in graph.nodes if id_ in layers and layers[id_].is_loss]
            self._window.scene.set_losses({ids[0]: f"{self._loss:.3f}"} if len(ids) == 1 else {})
            self._loss = None

    def _on_events(self, events: list[Any]) -> None:
        steps = [event.loss for event in events if isinstance(event, StepEnded)]
        if steps:
            self._loss = steps[-1]
        if any(isinstance(event, RunEnded) for event in events):
            self._on_timer()

    def _on_document_changed(self, edit: object) -> None:
        if edit is None:  # another project: its nodes have nothing to show yet
            self._loss = None
            self._window.scene.clear_thumbnails()
            self._window.scene.set_losses({})

    def shut_down(self) -> None:
        """Nothing moves any more."""
        self._timer.stop()
