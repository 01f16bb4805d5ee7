"""The Train panel: live curves, and beside them settings, confusion matrix and runs."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QPalette
from PyQt6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from workbench.core.errors import WorkbenchError
from workbench.core.files import write_file
from workbench.gui.document.session import Session
from workbench.gui.forms.settings_form import SettingsForm
from workbench.gui.training.class_table import ClassTable
from workbench.gui.training.confusion import ConfusionMatrix
from workbench.gui.training.curves import Curves
from workbench.gui.training.device_box import device_editor
from workbench.gui.training.drawn_run import DrawnRun
from workbench.gui.training.monitor_box import monitor_maker
from workbench.gui.training.plot_menus import NUMBERS, PICTURE, CurvesMenus
from workbench.gui.training.rate_plot import RatePlot
from workbench.gui.training.runner import Runner
from workbench.gui.training.runs_list import RunsList
from workbench.gui.training.runs_table import RunsTable
from workbench.gui.training.stages_form import StagesForm
from workbench.gui.widgets.fields import Slider
from workbench.gui.widgets.labels import ShortLabel, plain_label
from workbench.gui.widgets.message_boxes import tell
from workbench.gui.widgets.pixels import png_of
from workbench.gui.widgets.scrolling import scrolling
from workbench.gui.widgets.theme import Theme
from workbench.training.config import TrainingConfig
from workbench.training.events import RunEnded, RunStarted

STAGES_TAB = 1
SETTINGS = (
    "epochs", "optimizer", "lr", "optimizers", "weight_decay", "schedule", "schedules",
    "accumulate", "clip_grad_norm", "average_decay", "average_steps", "patience", "monitor", "pretrained", "seed",
    "device", "processes",
)  # fmt: skip


class TrainPanel(QWidget):
    """What a training does, while it does it.

    Signals:
        look_requested(str): somebody wants to see what this run has learnt.
        matrix_requested(str): the confusion matrix of a run is to be counted, since its log has none.
        pictures_requested(str, int, int): the samples of a run's confusion cell are wanted: true class, said class.
    """

    look_requested = pyqtSignal(str)
    pictures_requested = pyqtSignal(str, int, int)
    matrix_requested = pyqtSignal(str)

    def __init__(
        self, session: Session, runner: Runner, runs: RunsList, *, theme: Theme, curves: Curves, rate: RatePlot
    ) -> None:
        """Puts the panel together; what is dear to make is given, so that it need not be made in one go."""
        super().__init__()
        self._session, self._runner = session, runner
        self._is_dirty = False
        self.curves, self.rate = curves, rate
        self.confusion = ConfusionMatrix(theme)
        self.drawn = DrawnRun(session, runner, runs, self.curves, self.confusion)
        self.runs = RunsTable(session, runner, runs)
        makers = {"device": device_editor, "monitor": monitor_maker(session)}
        self.form = SettingsForm(session, TrainingConfig, "training", SETTINGS, makers)
        self.stages = StagesForm(session, runner)
        self._length = plain_label("", wraps=True, faint=True)
        self._build()
        self._timer = QTimer(self)
        self._timer.setInterval(self.curves.pace.interval_ms)
        self._timer.timeout.connect(self._on_timer)
        runner.events_arrived.connect(self._on_events)
        runner.state_changed.connect(self._on_state_changed)
        session.document_changed.connect(self._on_document_changed)
        self._show_idle()
        self.confusion.cell_chosen.connect(self._on_cell_chosen)
        self.confusion.shown.connect(self._on_matrix_shown)
        self.confusion.count_requested.connect(self._on_count_requested)
        self.runs.chosen.connect(self._on_chosen)
        self.drawn.changed.connect(self._redraw)
        self.drawn.live_shown.connect(self._on_live_shown)
        self._on_chosen(self.runs.selected)
        self.runs.look_requested.connect(self.look_requested)
        CurvesMenus(self.curves, self.log, self.smoothing, self.ask_export)

    def _build(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.drawn.title)
        column.addLayout(self._tools())
        column.addWidget(self.curves, 1)
        settings = QWidget()
        rows = QVBoxLayout(settings)
        rows.setContentsMargins(10, 10, 10, 10)
        rows.addWidget(self._length)
        rows.addWidget(self.form)
        rows.addWidget(self.rate)
        note = "Settings changed during a run hold for the next one."
        rows.addWidget(plain_label(note, wraps=True, faint=True))
        rows.addStretch(1)
        self.classes, self.results = ClassTable(), QSplitter(Qt.Orientation.Vertical)
        for part, share in ((self.confusion, 3), (self.classes, 2)):
            self.results.addWidget(part)
            self.results.setStretchFactor(self.results.count() - 1, share)
        self.results.setChildrenCollapsible(False)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Details of the training")
        self.tabs.addTab(scrolling(settings), "Settings")
        self.tabs.addTab(scrolling(self.stages), "Stages")
        self.tabs.addTab(self.results, "Confusion")
        self.tabs.addTab(self.runs, "Runs")
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(left)
        split.addWidget(self.tabs)
        split.setStretchFactor(0, 1)
        split.setSizes([840, 430])
        split.setChildrenCollapsible(False)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.addWidget(split)

    def _tools(self) -> QHBoxLayout:
        self.smoothing = Slider()
        self.smoothing.setRange(0, 200)
        self.smoothing.setValue(20)
        self.smoothing.setFixedWidth(120)
        self.smoothing.setAccessibleName("Smoothing")
        self.smoothing.setToolTip("Over how many batches the loss is averaged")
        self.smoothing.valueChanged.connect(self.curves.set_smoothing)
        self.log = QCheckBox("log axis")
        self.log.setToolTip("Draw the loss on a logarithmic axis")
        self.log.toggled.connect(self.curves.set_log)
        self.export = QPushButton("Save curves…")
        self.export.setToolTip("Write the curves as a picture (PNG) or as numbers (CSV)")
        self.export.clicked.connect(self._on_export)
        row = QHBoxLayout()
        row.addWidget(plain_label("smoothing", faint=True))
        row.addWidget(self.smoothing)
        row.addWidget(self.log)
        row.addWidget(self.curves.choice)
        row.addStretch(1)
        hint = ShortLabel()
        hint.setText("double-click a plot to follow the run")
        hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        row.addWidget(hint)
        row.addWidget(self.export)
        return row

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        for part in (self.curves, self.rate, self.confusion):
            part.set_theme(theme)

    def _on_state_changed(self, state: str) -> None:
        if state == "idle":
            self._timer.stop()
            self._redraw()
        elif not self._timer.isActive():
            self._timer.start()

    def _on_document_changed(self, edit: object) -> None:
        if edit is None:
            self.drawn.clear()
            self._on_chosen(self.runs.selected)
        self._show_idle()

    def _show_idle(self) -> None:
        """Says which settings are of no use: `epochs` beside stages, and the steps of an average that is not kept."""
        averages = self._session.project.training.get("average_decay") is not None
        self.form.set_idle("average_steps", "" if averages else "No average is kept: give a decay first.")
        count, epochs = self.stages.count, self.stages.total_epochs
        text = f"{count} stage{'s' if count > 1 else ''} of {epochs} epochs together take the place of epochs."
        self._length.setText(text)
        self._length.setVisible(count > 0)
        self.form.set_idle("epochs", "The stages say how long the training is." if count else "")
        self.tabs.setTabText(STAGES_TAB, f"Stages ({count})" if count else "Stages")

    def _on_events(self, events: list[Any]) -> None:
        if any(isinstance(event, RunStarted) for event in events):
            self.runs.is_chosen_by_hand = False  # what begins is what one wants to see
        self.drawn.take(events)
        if any(isinstance(event, RunEnded) for event in events):
            self._redraw()
        self._is_dirty = True

    def _on_chosen(self, names: list[str]) -> None:
        """Shows the run that is selected in the table; of several the first, unless one of them is shown."""
        if self.drawn.name not in names and (self.runs.is_chosen_by_hand or not self.drawn.is_held):
            self.drawn.show_run(names[0] if names else "")

    def _on_matrix_shown(self) -> None:
        self.classes.show_figures(self.confusion.figures, is_of_pixels=self.confusion.is_of_pixels)

    def _on_cell_chosen(self, truth: int, said: int) -> None:
        self.pictures_requested.emit(self.drawn.name, truth, said)

    def _on_count_requested(self) -> None:
        self.matrix_requested.emit(self.drawn.name)

    def _on_live_shown(self) -> None:
        """Nothing else is chosen any more."""
        self.runs.is_chosen_by_hand = False
        self.runs.select([self.drawn.name])

    def _on_timer(self) -> None:
        if self._is_dirty and self.isVisible():
            self._redraw()

    def _redraw(self) -> None:
        self._is_dirty = False
        self.curves.draw()
        self._timer.setInterval(self.curves.pace.interval_ms)

    def _on_export(self) -> None:
        self.ask_export(f"{PICTURE};;{NUMBERS}")

    def ask_export(self, kinds: str) -> None:
        """Asks for a file of these kinds and writes the curves."""
        usual = "curves.csv" if kinds == NUMBERS else "curves.png"
        name, kind = QFileDialog.getSaveFileName(self, "Save curves", usual, kinds)
        if name:
            path = Path(name)
            wanted = ".csv" if "csv" in kind else ".png"
            self.export_to(path if path.suffix.lower() in (".csv", ".png") else Path(name + wanted))

    def export_to(self, path: Path) -> None:
        """Writes the curves: numbers to a .csv file, else the picture."""
        try:
            write_file(path, [self._csv() if path.suffix.lower() == ".csv" else png_of(self.curves)])
        except WorkbenchError as error:
            tell(self, "It was not saved", str(error))

    def _csv(self) -> bytes:
        """One line for each epoch."""
        import csv

        names = list(self.curves.epochs)
        epochs = sorted({x for points in self.curves.epochs.values() for x, _ in points})
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(["epoch", *names])
        for epoch in epochs:
            writer.writerow([round(epoch), *(dict(self.curves.epochs[name]).get(epoch, "") for name in names)])
        return text.getvalue().encode()

    def shut_down(self) -> None:
        """Ends what is under way."""
        self._timer.stop()
        self.drawn.shut_down()
