"""How a training is shown in a terminal: a bar with time left, a line for each epoch; or JSON, one event a line."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from workbench.core import strict_json
from workbench.core.errors import printable
from workbench.training.events import (
    CheckpointWritten,
    EpochEnded,
    Event,
    RateChanged,
    RunEnded,
    RunStarted,
    SnapshotTaken,
    StepEnded,
    Warned,
)
from workbench.training.history import metrics_text
from workbench.training.pace import Pace, duration_text

SMOOTHING = 0.95
ENDINGS = {
    "finished": "Finished",
    "early_stop": "Stopped early: no better validation result for a while; the best weights are used",
    "stopped": "Stopped at step {step}; --resume continues from there",
    "nan": "Ended: the loss is not a number",
}


class JsonLines:
    """Every event as one line of JSON on stdout."""

    def show(self, event: Event) -> None:
        """Prints the event and flushes."""
        if not isinstance(event, SnapshotTaken):
            print(strict_json.printed(event.as_json()), flush=True)

    def __enter__(self) -> JsonLines:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class Silence:
    """Nothing, where another process of the same training tells of it."""

    def show(self, event: Event) -> None:
        """Takes no notice of the event."""

    def __enter__(self) -> Silence:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class Display:
    """The run for people, on stderr."""

    def __init__(self, epochs: int) -> None:
        self._console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
        self._bar = Progress(
            TextColumn("epoch {task.fields[epoch]}"),
            BarColumn(),
            TextColumn("{task.fields[status]}"),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task("train", epoch=f"1/{epochs}", status="starting", total=None)
        self._pace = Pace()
        self._loss = 0.0
        self._start: RunStarted | None = None

    def __enter__(self) -> Display:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show(self, event: Event) -> None:
        """Takes one event into account."""
        match event:
            case RunStarted():
                self._started(event)
            case StepEnded():
                self._stepped(event)
            case EpochEnded():
                self._console.print(epoch_line(event, self._start.epochs if self._start else 0))
            case Warned():
                self._console.print(f"Note: {event.message}")
            case RateChanged():
                self._console.print(f"Learning rate {event.lr:.3g} from step {event.step} on.")
            case RunEnded():
                ending = ENDINGS[event.reason].format(step=event.step)
                self._console.print(f"{ending} ({printable(event.run)}, {duration_text(event.seconds)}).")
                if event.test:
                    self._console.print(f"Test: {metrics_text(dict(event.test))}")
            case CheckpointWritten() | _:
                pass

    def _started(self, event: RunStarted) -> None:
        self._start = event
        self._bar.update(self._task, total=event.epochs * event.steps_per_epoch, completed=event.step)
        samples = ", ".join(f"{count:,} {split}" for split, count in event.samples.items())
        going_on = f" from step {event.step}" if event.step else ""
        self._console.print(
            f"{printable(event.run)}{going_on}: {event.parameters:,} parameters, {samples}, "
            f"batches of {event.batch_size} on {event.device} ({event.threads} thread{'s' * (event.threads > 1)})"
        )

    def _stepped(self, event: StepEnded) -> None:
        start = self._start
        if start is None:
            return
        self._pace.add(event.step, event.samples)
        self._loss = (
            event.loss if event.step == start.step + 1 else SMOOTHING * self._loss + (1 - SMOOTHING) * event.loss
        )
        steps, samples = self._pace.per_second()
        status = f"batch {event.batch}/{start.steps_per_epoch} · loss {self._loss:.4f}"
        if steps:
            left = (start.epochs * start.steps_per_epoch - event.step) / steps
            status += f" · {samples:,.0f} samples/s · {duration_text(left)} left"
        self._bar.update(self._task, completed=event.step, epoch=f"{event.epoch}/{start.epochs}", status=status)


def epoch_line(event: EpochEnded, epochs: int) -> str:
    """An epoch in one line."""
    parts = [f"epoch {event.epoch}/{epochs}", f"train {metrics_text(dict(event.train))}"]
    if event.validation:
        parts.append(f"validation {metrics_text(dict(event.validation))}" + (" (best)" if event.is_best else ""))
    return " · ".join([*parts, duration_text(event.seconds)])
