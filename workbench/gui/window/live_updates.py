"""What moves while a network learns: weights for the pictures, thumbnails and losses on the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject, QTimer

from workbench.gui.window.advice import FixAdvice, RateAdvice
from workbench.training.events import EpochEnded, RunEnded, StepEnded

if TYPE_CHECKING:
    from workbench.gui.window.main_window import MainWindow

PERIOD_MS = 500


class LiveUpdates(QObject):
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
        self._advice = RateAdvice(window.session, window.runner, window.cards)
        for signal in (window.runner.failed, window.files.home.troubled):
            signal.connect(window.cards.show_message)
        self._fixes = FixAdvice(window.session, window.runner, window.cards)

    def connect_panels(self) -> None:
        """The panels that came late are there now."""
        window = self._window
        look, train, compare = window.look_panel, window.train_panel, window.compare_panel
        assert look is not None
        assert train is not None
        assert compare is not None
        window.runner.snapshot_taken.connect(look.show_live)
        window.runner.run_ended.connect(lambda: look.show_run(""))
        window.exports.run = lambda: look.header.runs.run
        self._show_runs()
        train.drawn.result_told.connect(window.strip.show_result)
        train.drawn.course_told.connect(window.strip.show_course)
        window.files.opened.connect(train.drawn.tell_again)
        look.probe.refused.connect(window.cards.show_message)
        look.run_requested.connect(window.runner.run)
        look.thumbnails_ready.connect(window.scene.set_thumbnails)
        for panel in (train, compare):
            panel.look_requested.connect(self._on_look_requested)
        self._connect_judge()
        self._timer.start()

    def _show_runs(self) -> None:
        """Offers the runs that are there in Look."""
        assert self._window.look_panel is not None
        assert self._window.runs is not None
        self._window.look_panel.header.runs.show_runs(self._window.runs.runs.rows)

    def _connect_judge(self) -> None:
        """Joins what the network gets wrong with what it is trained to."""
        from workbench.gui.training.matrix_counter import MatrixCounter
        from workbench.gui.window.wrong_walk import WrongWalk

        window = self._window
        train, data, look, runs = window.train_panel, window.data_panel, window.look_panel, window.runs
        assert look is not None
        assert train is not None
        assert data is not None
        assert runs is not None
        train.pictures_requested.connect(self._on_pictures_requested)
        self._counting = MatrixCounter(data.judge, train.drawn, self)
        train.matrix_requested.connect(self._counting.count)
        data.look_requested.connect(self._on_sample_look)
        self._walk = WrongWalk(window.session, data.judge, look.probe, self)
        window.runner.run_started.connect(self._on_run_chosen)  # the training under way is the newest run
        window.runner.run_started.connect(data.judge.forget)
        window.runner.run_ended.connect(data.judge.forget)
        look.header.runs.chosen.connect(self._on_run_chosen)
        runs.changed.connect(data.judge.forget)
        runs.changed.connect(self._show_runs)
        runs.renamed.connect(look.header.runs.rename)

    def _on_run_chosen(self) -> None:
        """What Data shows as wrong is by the weights that Look shows."""
        look, data = self._window.look_panel, self._window.data_panel
        if look is not None and data is not None:
            data.browser.set_run("" if self._window.runner.is_on else look.header.runs.run)

    def _on_pictures_requested(self, run: str, truth: int, said: int) -> None:
        from workbench.gui.data.browser import Cell

        assert self._window.data_panel is not None
        self._window.data_panel.show_cell(Cell(run, truth, said), "validation")
        self._window.commands.show_data()

    def _on_sample_look(self, run: str) -> None:
        """Looks at the sample that was chosen in Data, by the weights by which it was judged."""
        if run:
            self._on_look_requested(run)
        else:
            self._window.commands.show_look()

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
        if any(isinstance(event, EpochEnded) and event.is_best for event in events) and self._window.data_panel:
            self._window.data_panel.judge.forget()  # the weights of the run are others now

    def _on_document_changed(self, edit: object) -> None:
        if edit is None:  # another project: its nodes have nothing to show yet
            self._loss = None
            self._window.cards.clear()
            self._window.scene.clear_thumbnails()
            self._window.scene.set_losses({})

    def shut_down(self) -> None:
        """Nothing moves any more."""
        self._timer.stop()
        self._window.drops.pictures.shut_down()
