"""The stages of a training: a list of them, and the form of the one that is chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from workbench.core.errors import SENTENCE, WorkbenchError, printable
from workbench.gui.document.session import Session
from workbench.gui.training.runner import Runner
from workbench.gui.training.stage_editor import ROW, StageEditor
from workbench.gui.widgets.labels import plain_label, plain_tip
from workbench.project.document import checked
from workbench.project.stages import loss_weights, set_stages, stage_problems
from workbench.project.storage import runs_folder
from workbench.training.config import Stage, TrainingConfig
from workbench.training.events import RunStarted, StepEnded
from workbench.training.run_folder import RunFolder

ONE_PIECE = "The training is one piece: all nodes learn from all losses. With stages, some learn in turn."
MOST_ROWS = 6
BUTTONS = (
    ("add", "Add", "Add a stage behind the chosen one"),
    ("duplicate", "Duplicate", "Add a stage like the chosen one"),
    ("up", "▲", "Move the chosen stage up"),
    ("down", "▼", "Move the chosen stage down"),
    ("remove", "Remove", "Remove the chosen stage"),
)


class StagesForm(QWidget):
    """All stages of the project's training; each change of them is a step that can be undone."""

    def __init__(self, session: Session, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._runner = session, runner
        self._stages: tuple[Stage, ...] = ()
        self._running: TrainingConfig | None = None
        self._epoch = 0
        self.list = QListWidget()
        self.list.setAccessibleName("Stages")
        self.editor = StageEditor()
        self._about = plain_label(ONE_PIECE, wraps=True, faint=True)
        self._progress = plain_label("", wraps=True)
        self._problem = plain_label("", wraps=True)
        self.fix = QPushButton()
        self.buttons: dict[str, QPushButton] = {}
        self._build()
        self.list.currentRowChanged.connect(self._show_chosen)
        self.editor.changed.connect(self._on_changed)
        self.fix.clicked.connect(self._on_fix)
        session.document_changed.connect(self.refresh)
        runner.events_arrived.connect(self._on_events)
        runner.state_changed.connect(self._on_state)
        self.refresh()

    def _build(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(4)
        actions: dict[str, Callable[[], None]] = {
            "add": self.add, "duplicate": self.duplicate, "up": self.move_up, "down": self.move_down,
            "remove": self.remove,
        }  # fmt: skip
        for name, text, tip in BUTTONS:
            button = QPushButton(text)
            button.setToolTip(plain_tip(tip))
            button.setAccessibleName(tip)
            button.clicked.connect(actions[name])
            if len(text) == 1:
                button.setFixedWidth(34)
            row.addWidget(button)
            self.buttons[name] = button
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(8)
        layout.addWidget(self._about)
        layout.addWidget(self._progress)
        layout.addWidget(self.list)
        layout.addLayout(row)
        for widget in (self._problem, self.fix, self.editor):
            layout.addWidget(widget)
        layout.addStretch(1)

    @property
    def chosen(self) -> int:
        """The number of the chosen stage, from 0; -1 without any."""
        return self.list.currentRow()

    @property
    def count(self) -> int:
        """How many stages there are."""
        return len(self._stages)

    @property
    def total_epochs(self) -> int:
        """How many epochs they have together."""
        return sum(stage.epochs for stage in self._stages)

    def refresh(self) -> None:
        """Shows what the document has."""
        error = ""
        try:
            self._stages = self._session.project.training_config().stages
        except WorkbenchError as caught:
            self._stages, error = (), str(caught)
        row = self.chosen
        self.list.blockSignals(True)
        self.list.clear()
        for number, stage in enumerate(self._stages):
            item = QListWidgetItem(self._line(number, stage))
            item.setSizeHint(QSize(0, ROW))
            self.list.addItem(item)
        self.list.setCurrentRow(max(0, min(row, len(self._stages) - 1)) if self._stages else -1)
        self.list.blockSignals(False)
        self.list.setFixedHeight(max(1, min(MOST_ROWS, self.count)) * ROW + 2 * self.list.frameWidth())
        self.list.setVisible(bool(self._stages))
        self._about.setVisible(not self._stages)
        self._show_problem(error)
        self._show_progress()
        self._show_chosen()

    def _line(self, number: int, stage: Stage) -> str:
        """A stage in one line."""
        silent = sum(1 for name in loss_weights(self._session.graph) if stage.losses.get(name) == 0)
        parts = [
            f"{number + 1}{' ▶' if number == self._under_way() else ''}",
            f"{stage.epochs} epoch{'s' if stage.epochs > 1 else ''}",
            printable(", ".join(stage.train)) if stage.train else "all learn",
            *([f"{silent} loss{'es' if silent > 1 else ''} off"] if silent else []),
            *([f"lr {stage.lr:g}"] if stage.lr is not None else []),
        ]
        return " · ".join(parts)

    def _show_problem(self, error: str) -> None:
        problems = stage_problems(self._session.project) if self._stages else []
        text = error or (problems[0].message if problems else "")
        self._problem.setText(printable(text, SENTENCE))
        self._problem.setVisible(bool(text))
        fixes = problems[0].fixes if problems else ()
        self.fix.setVisible(bool(fixes))
        self.fix.setText(printable(fixes[0].text).replace("&", "&&") if fixes else "")
        self.fix.setToolTip(plain_tip(fixes[0].text) if fixes else "")

    def _show_chosen(self) -> None:
        row, count = self.chosen, len(self._stages)
        is_one = 0 <= row < count
        for name, can in (
            ("duplicate", is_one), ("remove", is_one), ("up", is_one and row > 0), ("down", is_one and row + 1 < count)
        ):  # fmt: skip
            self.buttons[name].setEnabled(can)
        self.editor.setVisible(is_one)
        if is_one:
            self.editor.show_stage(self._stages[row], self._session.graph)

    def _put(self, stages: list[Stage], label: str, row: int) -> None:
        """Gives the training other stages, and chooses one of them."""
        self.list.setCurrentRow(row)
        self._session.push(set_stages(self._session.project, stages, label))
        self.list.setCurrentRow(row)

    def add(self) -> None:
        """Adds a stage behind the chosen one; the first one is as long as the training was."""
        row = self.chosen + 1
        epochs = 1 if self._stages else self._epochs()
        self._put([*self._stages[:row], Stage(epochs=epochs), *self._stages[row:]], f"Add stage {row + 1}", row)

    def _epochs(self) -> int:
        try:
            return self._session.project.training_config().epochs
        except WorkbenchError:
            return 1

    def duplicate(self) -> None:
        """Adds a stage like the chosen one behind it."""
        row = self.chosen
        stages = [*self._stages[: row + 1], *self._stages[row:]]
        self._put(stages, f"Duplicate stage {row + 1}", row + 1)

    def remove(self) -> None:
        """Removes the chosen stage."""
        row = self.chosen
        stages = [*self._stages[:row], *self._stages[row + 1 :]]
        self._put(stages, f"Remove stage {row + 1}", min(row, len(stages) - 1))

    def move_up(self) -> None:
        """Moves the chosen stage before the one above it."""
        self._move(-1)

    def move_down(self) -> None:
        """Moves the chosen stage behind the one below it."""
        self._move(1)

    def _move(self, step: int) -> None:
        row, stages = self.chosen, list(self._stages)
        stages.insert(row + step, stages.pop(row))
        self._put(stages, f"Move stage {row + 1}", row + step)

    def _on_changed(self, what: str, fields: dict[str, Any]) -> None:
        row, stages = self.chosen, list(self._stages)
        try:
            stages[row] = checked(Stage, {**dict(stages[row]), **fields}, f"training.stages[{row}]")
        except WorkbenchError as error:
            self.refresh()
            self._problem.setText(printable(str(error), SENTENCE))
            self._problem.show()
            return
        self._session.push(set_stages(self._session.project, stages, f"{what} stage {row + 1}", merges=True))

    def _on_fix(self) -> None:
        problems = stage_problems(self._session.project)
        if problems and problems[0].fixes:
            self._session.push(problems[0].fixes[0].edit)

    def _under_way(self) -> int:
        """The number of the stage that a training is in, from 0; -1 where none is on or the stages are other ones."""
        if self._running is None or self._running.stages != self._stages:
            return -1
        return _place(self._running, self._epoch)

    def _on_events(self, events: list[Any]) -> None:
        row, epoch = self._under_way(), self._epoch
        for event in events:
            match event:
                case RunStarted():
                    self._running = self._config_of(event.run)
                    self._epoch = event.step // max(1, event.steps_per_epoch)
                case StepEnded():
                    self._epoch = event.epoch - 1
        if any(isinstance(event, RunStarted) for event in events) or self._under_way() != row:
            self.refresh()
        elif self._epoch != epoch:
            self._show_progress()

    def _config_of(self, run: str) -> TrainingConfig | None:
        """The settings that a run began with, which those of the document need no longer be."""
        folder = RunFolder(runs_folder(self._session.run_path) / run)
        try:
            config = checked(TrainingConfig, folder.record().get("training", {}), "training")
        except WorkbenchError:
            return None
        return config if config.stages else None

    def _on_state(self, state: str) -> None:
        if state == "idle" and self._running is not None:
            self._running = None
            self.refresh()

    def _show_progress(self) -> None:
        config = self._running
        self._progress.setVisible(config is not None)
        if config is not None:
            stage, first = config.stage_at(self._epoch)
            number, count = _place(config, self._epoch) + 1, len(config.stages)
            text = f"Stage {number} of {count} is under way: epoch {self._epoch - first + 1}/{stage.epochs}"
            changed = config.stages != self._stages
            self._progress.setText(text + (", with the stages that the run began with." if changed else "."))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        if event.key() == Qt.Key.Key_Delete and self.list.hasFocus() and self.chosen >= 0:
            self.remove()
        else:
            super().keyPressEvent(event)


def _place(config: TrainingConfig, epoch: int) -> int:
    """The number of the stage of an epoch, both from 0."""
    stage, _ = config.stage_at(epoch)
    return next(number for number, each in enumerate(config.stages) if each is stage)
