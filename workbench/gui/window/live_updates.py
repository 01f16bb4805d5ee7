"""What moves while a network learns: weights for the pictures, thumbnails and losses on the canvas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import QObject, QTimer

from workbench.core.edits import Edit, changes_layout_only
from workbench.gui.document.session import Session
from workbench.gui.editor.scene import Scene
from workbench.gui.training.began_with import BeganWith
from workbench.gui.training.network_differences import Compared
from workbench.gui.training.run_bar import RunBar, loss_text
from workbench.gui.training.runner import Runner
from workbench.gui.window.difference_dialog import DifferenceDialog
from workbench.gui.window.panels import Panels
from workbench.training.events import EpochEnded, RunEnded, StepEnded

PERIOD_MS = 500
CANVAS_TURNS = 3  # periods from one picture of the canvas to the next: painting its boxes is dear
Show = Callable[[str], None]


class LiveUpdates(QObject):
    """Joins the training with the panels and the canvas, which show it."""

    def __init__(
        self, session: Session, runner: Runner, scene: Scene, panels: Panels, *, strip: RunBar, show: Show
    ) -> None:
        """Begins to show what moves.

        Args:
            session: the open project.
            runner: trains it.
            scene: the canvas.
            panels: show runs, samples and pictures.
            strip: shows how the run goes.
            show: shows a workspace by its name.
        """
        super().__init__(scene)
        self._session, self._runner, self._scene, self._panels, self._show = session, runner, scene, panels, show
        self._loss: float | None = None
        self._ticks = 0
        self._offered: list[str] = []
        self._timer = QTimer(self)
        self._timer.setInterval(PERIOD_MS)
        self._timer.timeout.connect(self._on_timer)
        runner.events_arrived.connect(self._on_events)
        session.document_changed.connect(self._on_document_changed)
        look, train = panels.look, panels.train
        runner.snapshot_taken.connect(look.show_live)
        runner.run_ended.connect(lambda: look.show_run(""))
        self._show_runs()
        BeganWith(session, runner, strip.show_changed)
        train.drawn.result_told.connect(strip.show_result)
        train.drawn.course_told.connect(strip.show_course)
        train.drawn.tell_again()  # what was told before anybody heard it
        look.run_requested.connect(runner.run)
        look.thumbnails_ready.connect(scene.set_thumbnails)
        for panel in (train, panels.compare):
            panel.look_requested.connect(self._on_look_requested)
        panels.compare.networks.drawing_requested.connect(self._draw_difference)
        self._connect_judge()
        self._timer.start()

    def _draw_difference(self, found: Compared) -> None:
        """Shows the newer of two runs' networks with what differs."""
        dialog = DifferenceDialog(found.before, found.after, self._scene.theme, self._panels.compare.window())
        dialog.exec()
        dialog.deleteLater()

    def _show_runs(self) -> None:
        """Offers the runs that are there in Look; while one learns, which Look shows, only where there are others."""
        rows = self._panels.runs.runs.rows
        names = [row["run"] for row in rows]
        if names != self._offered or not self._runner.is_on:
            self._offered = names
            self._panels.look.header.runs.show_runs(rows)

    def _on_run_state(self, state: str) -> None:
        if state == "idle":
            self._show_runs()

    def _connect_judge(self) -> None:
        """Joins what the network gets wrong with what it is trained to."""
        from workbench.gui.training.matrix_counter import MatrixCounter
        from workbench.gui.window.wrong_walk import WrongWalk

        runner, train, data = self._runner, self._panels.train, self._panels.data
        look, runs = self._panels.look, self._panels.runs
        train.pictures_requested.connect(self._on_pictures_requested)
        self._counting = MatrixCounter(data.judge, train.drawn, self)
        train.matrix_requested.connect(self._counting.count)
        data.look_requested.connect(self._on_sample_look)
        self._walk = WrongWalk(self._session, data.judge, look.probe, self)
        runner.run_started.connect(self._on_run_chosen)  # the training under way is the newest run
        runner.run_started.connect(data.judge.forget)
        runner.run_started.connect(data.reader.look_again)  # it may have found files that have changed
        data.reader.changed.connect(data.judge.forget)
        data.reader.changed.connect(look.refresh)
        runner.run_ended.connect(data.judge.forget)
        look.header.runs.chosen.connect(self._on_run_chosen)
        runs.weights_changed.connect(self._on_weights_changed)
        runner.state_changed.connect(self._on_run_state)
        runs.changed.connect(self._show_runs)
        runs.renamed.connect(look.header.runs.rename)

    def _on_weights_changed(self) -> None:
        """Other runs have other weights; of the one that learns here its epochs say so."""
        if not self._runner.is_on:
            self._panels.data.judge.forget()

    def _on_run_chosen(self) -> None:
        """What Data shows as wrong is by the weights that Look shows."""
        run = "" if self._runner.is_on else self._panels.look.header.runs.run
        self._panels.data.set_run(run)

    def _on_pictures_requested(self, run: str, truth: int, said: int) -> None:
        from workbench.gui.data.browser import Cell

        self._panels.data.show_cell(Cell(run, truth, said), "validation")
        self._show("Data")

    def _on_sample_look(self, run: str) -> None:
        """Looks at the sample that was chosen in Data, by the weights by which it was judged."""
        if run:
            self._on_look_requested(run)
        else:
            self._show("Look")

    def _on_look_requested(self, run: str) -> None:
        self._panels.look.show_run(run)
        self._show("Look")

    def _on_timer(self) -> None:
        """Asks for the weights where somebody would see them, and shows the loss where it is drawn."""
        look = self._panels.look
        self._ticks += 1
        is_canvas_turn = self._ticks % CANVAS_TURNS == 0 or not self._runner.is_on
        if look.wants_snapshots and (look.isVisible() or is_canvas_turn):
            self._runner.request_snapshot()
        if self._loss is not None and is_canvas_turn:
            graph = self._session.graph
            layers = self._session.analysis.shapes.layers
            ids = [id_ for id_ in graph.nodes if id_ in layers and layers[id_].is_loss]
            self._scene.set_losses({ids[0]: loss_text(self._loss)} if len(ids) == 1 else {})
            self._loss = None

    def _on_events(self, events: list[Any]) -> None:
        steps = [event.loss for event in events if isinstance(event, StepEnded)]
        if steps:
            self._loss = steps[-1]
        if any(isinstance(event, RunEnded) for event in events):
            self._on_timer()
        if any(isinstance(event, EpochEnded) and event.is_best for event in events):
            self._panels.data.judge.age()

    def _on_document_changed(self, edit: Edit | None) -> None:
        if edit is None:  # another project: its nodes have nothing to show yet
            self._scene.clear_thumbnails()
        if edit is None or (not changes_layout_only(edit) and not self._runner.is_on):
            self._loss = None  # it was of the network as it was
            self._scene.set_losses({})

    def shut_down(self) -> None:
        """Nothing moves any more."""
        self._timer.stop()
