"""When a run's checkpoints are written, and what happens where that cannot be done."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from workbench.core.append_log import AppendLog
from workbench.core.files import WriteError
from workbench.training import checkpoint, state
from workbench.training.checkpoint import Checkpoint
from workbench.training.config import TrainingConfig
from workbench.training.events import CheckpointWritten, Event, Warned
from workbench.training.progress import Progress
from workbench.training.state import RunState


class Saver:
    """Writes the checkpoints of one run.

    Best weights that could not be written are held and come before the next checkpoint, so that no checkpoint on the
    disk ever names best weights that are not there: a run that is resumed would go on as if it had never had them.

    Attributes:
        last_step: the step of the last checkpoint that was written, 0 before the first.
    """

    def __init__(self, folder: Path, config: TrainingConfig, step: int) -> None:
        self._folder, self._config = folder, config
        self._last_time, self.last_step = time.monotonic(), step
        self._has_trouble = False
        self._best: tuple[int, Checkpoint] | None = None

    def is_due(self, step: int) -> bool:
        """Whether a checkpoint should be written after this step."""
        every = self._config.checkpoint_steps
        if every is not None and step % every == 0:
            return True
        return time.monotonic() - self._last_time > self._config.checkpoint_seconds

    def write(self, run: RunState, progress: Progress, log: AppendLog) -> CheckpointWritten:
        """Writes a checkpoint, after the log that it remembers the length of.

        Raises:
            NonFiniteError: a weight is NaN or infinite.
            WriteError: log or checkpoint could not be written; earlier ones are whole.
        """
        self._write_best()
        log.sync()
        progress.log_length = log.length
        path = state.save(run, progress, self._folder)
        self._last_time, self.last_step = time.monotonic(), progress.step
        return CheckpointWritten(progress.step, path.name)

    def attempt(self, run: RunState, progress: Progress, log: AppendLog) -> Iterator[Event]:
        """Writes a checkpoint; where there is no room the training goes on, and the next one is tried in its time.

        Raises:
            NonFiniteError: a weight is NaN or infinite.
            WriteError: the place is gone, so that no later one could be written either.
        """
        try:
            written = self.write(run, progress, log)
        except WriteError as error:
            if error.is_place_gone:
                raise
            self._last_time = time.monotonic()
            if not self._has_trouble:
                last = f"the last one is of step {self.last_step}" if self.last_step else "there is none yet"
                text = f"{error} The training goes on, and the next checkpoint is tried in its time; {last}."
                yield Warned(progress.step, text, is_grave=True)
            self._has_trouble = True
            return
        self._has_trouble = False
        yield written

    def keep_best(self, run: RunState, progress: Progress) -> list[str]:
        """Writes the weights as the best so far; a sentence where there is no room for them yet.

        Raises:
            NonFiniteError: a weight is NaN or infinite.
            WriteError: the place is gone.
        """
        captured = state.captured_best(run, progress)
        self._best = progress.step, captured
        try:
            self._write_best()
        except WriteError as error:
            if error.is_place_gone:
                raise
            held = {name: tensor.detach().cpu().clone() for name, tensor in captured.tensors.items()}
            self._best = progress.step, Checkpoint(held, captured.record)
            return [f"The best weights so far, of step {progress.step}, could not be kept yet. {error}"]
        return []

    def _write_best(self) -> None:
        """Writes best weights that are not on the disk yet."""
        if self._best is not None:
            checkpoint.write(self._folder, "best", *self._best)
            self._best = None

    def write_last(self, run: RunState, progress: Progress, log: AppendLog) -> Iterator[Event]:
        """Writes the checkpoint that a stopped run is resumed from.

        Raises:
            NonFiniteError: a weight is NaN or infinite.
            WriteError: it could not be written.
        """
        yield self.write(run, progress, log)

    def finish(self, run: RunState, progress: Progress, log: AppendLog) -> Iterator[Event]:
        """Writes what could not be written before, so that a run that says it is finished is so on the disk too.

        Raises:
            NonFiniteError: a weight is NaN or infinite.
            WriteError: it still cannot be written; the run is not finished then, and can be gone on with.
        """
        if not self._has_trouble:
            return
        try:
            yield self.write(run, progress, log)
        except WriteError as error:
            last = f"from its checkpoint of step {self.last_step}" if self.last_step else "from its beginning"
            raise WriteError(f"{error} The run has not ended, and can be resumed {last}.", error.number) from error
