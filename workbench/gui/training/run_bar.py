"""The run strip at the foot of the window: the buttons of a training, its progress, and the loss as a small curve."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from PyQt6.QtCore import QPointF, QSize, Qt, QTimer
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PyQt6.QtWidgets import QHBoxLayout, QProgressBar, QToolButton, QWidget

from workbench.core.errors import SENTENCE, printable
from workbench.data.listening import ReadingProgress
from workbench.gui.training.runner import Runner
from workbench.gui.widgets.icons import icon
from workbench.gui.widgets.island import Island
from workbench.gui.widgets.labels import ShortLabel, plain_tip
from workbench.gui.widgets.theme import Theme
from workbench.training.events import EpochEnded, RunEnded, RunStarted, StepEnded
from workbench.training.metric_names import LOSS, is_number, telling, title_of, value_text
from workbench.training.pace import Pace, duration_text

MOST_POINTS = 120  # fewer than the line has pixels
SHOW_MS = 400  # the line of losses and the words beside it; the curves follow at their own pace
MOST_STEPS = 2**30  # of a bar; of bytes there may be more than Qt counts
COURSE = 1000  # steps of the bar for a run that is over
FAILURE = "/"  # no name of a run
WELCOME = "Press Run to train the network."


class Sparkline(QWidget):
    """The loss of the last batches as a line without axes."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._values: deque[float] = deque(maxlen=MOST_POINTS)
        self._every, self._count, self._sum = 1, 0, 0.0
        self.setFixedSize(QSize(150, 26))
        self.setAccessibleName("Loss")
        self.setToolTip("Training loss of this run")

    def clear(self) -> None:
        """Ready for another run."""
        self._values.clear()
        self._every, self._count, self._sum = 1, 0, 0.0
        self.update()

    def show_all(self, losses: Sequence[float]) -> None:
        """Shows the losses of a run in place of those that are there."""
        self.clear()
        self.add(losses)

    def add(self, losses: Sequence[float]) -> None:
        """Takes losses in; when there are too many, neighbours are averaged, and one may change nothing to be seen."""
        before = len(self._values), self._every
        for loss in losses:
            self._sum += loss
            self._count += 1
            if self._count == self._every:
                self._values.append(self._sum / self._every)
                self._count, self._sum = 0, 0.0
                if len(self._values) == MOST_POINTS:
                    pairs = list(self._values)
                    self._values = deque(
                        [(a + b) / 2 for a, b in zip(pairs[::2], pairs[1::2], strict=True)], maxlen=MOST_POINTS
                    )
                    self._every *= 2
        if (len(self._values), self._every) != before:
            self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        values = [value for value in self._values if value == value]
        if len(values) < 2:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        low, high = min(values), max(values)
        span, width, height = (high - low) or 1.0, self.width() - 4, self.height() - 6
        points = [
            QPointF(2 + width * i / (len(values) - 1), 3 + height * (high - value) / span)
            for i, value in enumerate(values)
        ]
        painter.setPen(QPen(QColor(self.theme.accent), 1.6))
        painter.drawPolyline(QPolygonF(points))
        painter.end()


BUTTONS = (
    ("toggle", "play", "Run", "Train, or resume (F5)"),
    ("one_batch", "step", "+1 batch", "Train one batch, then pause (F10)"),
    ("one_epoch", "leap", "+1 epoch", "Train to the end of the epoch, then pause (F11)"),
    ("stop", "stop", "Stop", "End the run; what it has learnt stays (Shift+F5)"),
)


class RunBar(QWidget):
    """Buttons, progress and time left of the one training; seen in every workspace."""

    def __init__(self, runner: Runner, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner, self.theme = runner, theme
        self._start: RunStarted | None = None
        self._pace = Pace()
        self._measured = ""  # a metric of the last epoch
        self._step: StepEnded | None = None  # the last one
        self._has_epoch_ended = False  # since that step
        self._has_news = self._has_begun = self._is_changed = False
        self._losses: list[float] = []
        self._samples = 0
        self._told = ""  # the run whose end is told; or FAILURE, which only another run takes away
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOW_MS)
        self._timer.timeout.connect(self._on_timer)
        self.buttons: dict[str, QToolButton] = {}
        self.bar, self.spark = QProgressBar(), Sparkline(theme)
        self.status = ShortLabel()
        self.status.setText(WELCOME)
        self.status.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._build()
        runner.state_changed.connect(self._on_state_changed)
        runner.events_arrived.connect(self._on_events)
        runner.failed.connect(self._on_failed)
        runner.advanced.connect(self._on_advanced)
        self._on_state_changed("idle")

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 10, 4)
        row.setSpacing(6)
        for name, _, text, tip in BUTTONS:
            button = QToolButton()
            button.setText(text)
            button.setToolTip(plain_tip(tip))
            button.setAccessibleName(text)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.clicked.connect(getattr(self._runner, name))
            row.addWidget(button)
            self.buttons[name] = button
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(QSize(160, 8))
        self.bar.setAccessibleName("Progress of the run")
        self.status.setAccessibleName("State of the run")
        row.addSpacing(8)
        row.addWidget(self.bar)
        row.addWidget(Island(self.status), 1)
        row.addWidget(self.spark)

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        self.theme = self.spark.theme = theme
        self._on_state_changed(self._runner.state)
        self.spark.update()

    def clear(self) -> None:
        """Ready for another project."""
        self.bar.setRange(0, 1)
        self.bar.setValue(0)
        self.spark.clear()
        self._told = ""
        self._say(WELCOME)

    def show_result(self, run: str, text: str) -> None:
        """Says what a run came to that is shown while none is under way; none without a text.

        What this bar shows of the end of that very run, or of a failure, stays.
        """
        if not self._runner.is_on and self._told not in (run or " ", FAILURE):
            self._told = ""
            self._say(text or WELCOME)

    def show_course(self, run: str, share: float, losses: Sequence[float]) -> None:
        """Shows how far a run came, from 0 to 1, and its losses, unless one is under way or another's end is shown."""
        if not self._runner.is_on and self._told in ("", run, FAILURE):
            self._step, self._has_news, self._losses = None, False, []
            self.bar.setRange(0, COURSE)
            self.bar.setValue(round(COURSE * share))
            self.spark.show_all(losses)

    def show_changed(self, is_changed: bool) -> None:
        """Says whether the training under way goes on without what was changed since it began."""
        if is_changed != self._is_changed:
            self._is_changed = is_changed
            self._has_news = self._step is not None
            self._show_news()

    def _on_failed(self, error: str) -> None:
        self._told = FAILURE
        self._say(error)

    def _on_advanced(self, progress: ReadingProgress) -> None:
        if self._runner.state == "preparing":
            self._say(f"Reading the data: {progress.text} …")
            unit = 1 + progress.total // MOST_STEPS
            self.bar.setRange(0, progress.total // unit)
            self.bar.setValue(progress.done // unit)

    def _say(self, text: str) -> None:
        self.status.setText(printable(text, SENTENCE))

    def _on_state_changed(self, state: str) -> None:
        runs = state == "running"
        colours = {"play": self.theme.on_accent, "pause": self.theme.text}
        for name, picture, text, _ in BUTTONS:
            button = self.buttons[name]
            if name == "toggle":
                picture, text = ("pause", "Pause") if runs else ("play", "Resume" if state == "paused" else "Run")
                button.setText(text)
                button.setAccessibleName(text)
                button.setToolTip("Pause after this batch (Ctrl+F5)" if runs else "Train, or resume (F5)")
                button.setProperty("primary", not runs)
                style = button.style()
                assert style is not None
                style.unpolish(button)
                style.polish(button)
            button.setIcon(icon(picture, colours.get(picture, self.theme.text)))
        allowed = {
            "toggle": state in ("idle", "running", "paused"),
            "stop": state in ("preparing", "running", "paused"),
        }
        for name, button in self.buttons.items():
            button.setEnabled(allowed.get(name, state in ("idle", "paused")))
        words = {"preparing": "Preparing …", "stopping": "Stopping …"}
        if state in words:
            self._say(words[state])
        if state == "preparing":
            self._has_begun, self._step = False, None
            self.bar.setValue(0)
        if state == "idle" and self.status.text() == words["stopping"] and not self._has_begun:
            self._say("Stopped before the training had begun.")
        if state == "paused" or (state == "running" and self._step is not None):
            self._has_news = self._step is not None
            self._pace.restart()  # no time of a pause is one of training
            self._show_news()
        elif state == "idle":
            self._show_news()

    def _on_events(self, events: list[Any]) -> None:
        for event in events:
            match event:
                case RunStarted():
                    self._start, self._measured, self._pace, self._told = event, "", Pace(), ""
                    self._step, self._has_begun, self._has_epoch_ended = None, True, False
                    self.bar.setRange(0, event.epochs * event.steps_per_epoch)
                    self.bar.setValue(event.step)
                    self.spark.clear()
                case StepEnded():
                    self._losses.append(event.loss)
                    self._samples += event.samples
                    self._step, self._has_epoch_ended, self._has_news = event, False, True
                case EpochEnded():
                    self._measured = measured_text(event.validation, "validation")
                    self._has_epoch_ended, self._has_news = True, True
                case RunEnded():
                    self._show_news()
                    self._show_end(event)
        if not self._timer.isActive():
            self._show_news()
            self._timer.start()

    def _on_timer(self) -> None:
        """Shows what has come in, and waits again; where nothing has, what comes next is shown at once."""
        if self._has_news:
            self._show_news()
            self._timer.start()

    def _show_news(self) -> None:
        """Shows what has come in since the last time; not more often than an eye can follow."""
        step = self._step
        if not self._has_news or step is None:
            return
        self._has_news = False
        self.spark.add(self._losses)
        if self._runner.state != "paused":
            self._pace.add(step.step, self._samples)
            self._samples = 0
        self._losses = []
        self._show_step(step)

    def _show_step(self, event: StepEnded) -> None:
        start = self._start
        assert start is not None
        self.bar.setValue(event.step)
        if self._runner.state == "stopping":
            return
        is_paused = self._runner.state == "paused"
        steps, samples = self._pace.per_second()
        is_held = self._runner.holds_after_epoch
        end = (event.epoch if is_held else start.epochs) * start.steps_per_epoch
        left = duration_text((end - event.step) / steps) if steps else ""
        left += " left of this epoch" if is_held else " left"
        pace = f" · {left} · {samples:,.0f} samples/s" if steps and not is_paused else ""
        is_last = event.batch >= start.steps_per_epoch and "validation" in start.samples
        place = f"{'validating' if is_last else f'batch {event.batch}/{start.steps_per_epoch}'} · "
        epoch = f"epoch {event.epoch}/{start.epochs} · {'' if self._has_epoch_ended else place}"
        loss = f"loss {loss_text(event.loss, 4)}{self._measured}{pace}"
        as_it_was = " · without the changes since it began" if self._is_changed else ""
        self._say(f"{'paused · ' if is_paused else ''}{epoch}{loss}{as_it_was}")

    def _show_end(self, event: RunEnded) -> None:
        words = {"finished": "Finished", "early_stop": "Stopped early", "stopped": "Stopped", "nan": event.message}
        result = measured_text(event.test, "test")
        self._say(f"{words[event.reason]}{result} · {event.run} · {duration_text(event.seconds)}")
        self.bar.setValue(event.step)
        self._told = event.run


def loss_text(loss: float, decimals: int = 3) -> str:
    """Returns a loss in few letters, with so many decimals, or as a power of ten where these would say nothing."""
    is_plain = loss == 0 or 10.0 ** (1 - decimals) / 2 <= abs(loss) < 1e4 or not isfinite(loss)
    return f"{loss:.{decimals}f}" if is_plain else f"{loss:.{max(0, decimals - 3)}e}"


def measured_text(metrics: Mapping[str, float], split: str) -> str:
    """Returns the most important metric of a split, with its value; empty where there is none beside the loss."""
    name = telling(metrics)
    if name in ("", LOSS) or not is_number(metrics[name]):
        return ""
    return f" · {split} {printable(title_of(name))} {value_text(name, metrics[name])}"
