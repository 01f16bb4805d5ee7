"""When a run's checkpoints are written, and what happens where that cannot be done.

The training does not wait for the disk: the tensors are copied into buffers that are kept for it, and a thread writes
the copy while the training goes on. The thread also makes the copy, while the next step goes forward and back; what
such a step changes is copied before it, and the optimiser waits for the rest. One is written after the other, in the
order in which they were taken, so that no checkpoint on the disk ever names best weights that are not there. Only the
best weights are waited for, once an epoch at most.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from workbench.core.append_log import AppendLog
from workbench.core.files import WriteError
from workbench.core.process import lower_priority
from workbench.training import checkpoint, state
from workbench.training.checkpoint import MODEL, Checkpoint
from workbench.training.config import TrainingConfig
from workbench.training.events import CheckpointWritten, Event, Warned
from workbench.training.kept_copy import Copying, KeptCopy
from workbench.training.optimizer_state import PREFIX
from workbench.training.progress import Progress
from workbench.training.state import RunState

NICE = 10  # of the thread that writes: the training goes before it


class Saver:
    """Writes the checkpoints of one run.

    Attributes:
        last_step: the step of the last checkpoint that is on the disk, 0 before the first.
    """

    def __init__(self, folder: Path, config: TrainingConfig, step: int) -> None:
        self._folder, self._config = folder, config
        self._last_time, self.last_step = time.monotonic(), step
        self._has_trouble = False
        self._thread = ThreadPoolExecutor(1, "checkpoints", initializer=lower_priority, initargs=(NICE,))
        self._written: Future[CheckpointWritten] | None = None  # what the thread has to do, or has done
        self._taken = step  # the step of the last one that was begun
        self._news: list[Event] = []
        self._copy, self._best_copy, self._copying = KeptCopy(), KeptCopy(), Copying()
        self._best: tuple[int, Checkpoint] | None = None  # best weights that are not on the disk yet

    def is_due(self, step: int) -> bool:
        """Whether a checkpoint should be written after this step."""
        every = self._config.checkpoint_steps
        if every is not None and step % every == 0:
            return True
        return time.monotonic() - self._last_time > self._config.checkpoint_seconds

    def attempt(self, run: RunState, progress: Progress, log: AppendLog) -> Iterator[Event]:
        """Takes a checkpoint, which is written behind the training, after the log whose length it remembers.

        Where there is no room the training goes on, and the next one is tried in its time.

        Yields:
            What `news` would, of the one before.

        Raises:
            NonFiniteError: a weight of the one before was NaN or infinite.
            WriteError: the place is gone, so that no later one could be written either.
        """
        self._wait()
        try:
            self._begin(run, progress, log)
        except WriteError as error:
            self._note_trouble(error, progress.step)
        yield from self.news()

    def news(self) -> Iterator[Event]:
        """Yields what has become of checkpoints since the last call: written, or why not.

        Raises:
            NonFiniteError: a weight was NaN or infinite; no checkpoint was written of it.
            WriteError: the place is gone.
        """
        if self._written is not None and self._written.done():
            self._wait()
        news, self._news = self._news, []
        yield from news

    def before_update(self) -> None:
        """Waits until the checkpoint that was begun holds all weights; whoever changes them calls it before."""
        self._copying.finish()

    def write_last(self, run: RunState, progress: Progress, log: AppendLog) -> Iterator[Event]:
        """Writes the checkpoint that a stopped run is resumed from, and waits for it.

        Raises:
            NonFiniteError: a weight is NaN or infinite.
            WriteError: log or checkpoint could not be written; earlier ones are whole.
        """
        self._wait()
        self._begin(run, progress, log)
        self._take_result()
        yield from self.news()

    def keep_best(self, run: RunState, progress: Progress) -> list[str]:
        """Writes the weights as the best so far and waits for it, since an epoch that is said to be the best can be
        looked at from then on, also in a run that pauses there.

        Returns:
            A sentence where there is no room for them yet; they are kept for the next checkpoint.

        Raises:
            NonFiniteError: a weight is NaN or infinite.
            WriteError: the place is gone.
        """
        self._wait()
        found = state.captured(run, progress, with_optimizer=False)
        self._best = None
        try:
            self._write_best(progress.step, found)
        except WriteError as error:
            if error.is_place_gone:
                raise
            self._best = progress.step, Checkpoint(self._best_copy.of(found.tensors), found.record)
            return [str(error)]
        return []

    def finish(self, run: RunState, progress: Progress, log: AppendLog) -> Iterator[Event]:
        """Waits for what is on its way and writes what could not be written before, so that a run that says it is
        finished is so on the disk too.

        Raises:
            NonFiniteError: a weight is NaN or infinite.
            WriteError: it still cannot be written; the run is not finished then, and can be gone on with.
        """
        self._wait()
        yield from self.news()
        if not self._has_trouble:
            return
        try:
            yield from self.write_last(run, progress, log)
        except WriteError as error:
            last = f"from its checkpoint of step {self.last_step}" if self.last_step else "from its beginning"
            raise WriteError(f"{error} The run has not ended, and can be resumed {last}.", error.number) from error

    def close(self) -> None:
        """Waits for what is on its way; the thread ends."""
        self._thread.shutdown()

    def _begin(self, run: RunState, progress: Progress, log: AppendLog) -> None:
        """Begins to copy the run and hands the copy to the thread, which is idle."""
        log.flush()
        progress.log_length = log.length
        found = state.captured(run, progress, with_optimizer=True)
        copies, self._copying = self._copy.begin(found.tensors, _steady_until_update(run, found))
        copied = Checkpoint(copies, found.record)
        self._written = self._thread.submit(self._write, self._best, progress.step, copied, self._copying, log)
        self._last_time, self._taken = time.monotonic(), progress.step

    def _write(
        self, best: tuple[int, Checkpoint] | None, step: int, copied: Checkpoint, copying: Copying, log: AppendLog
    ) -> CheckpointWritten:
        """On the thread: the best weights first, then the log, then the checkpoint that names both."""
        copying.finish()
        if best is not None:
            self._write_best(*best)
        log.force()
        return CheckpointWritten(step, checkpoint.write(self._folder, "step", step, copied).name)

    def _write_best(self, step: int, weights: Checkpoint) -> None:
        try:
            checkpoint.write(self._folder, "best", step, weights)
        except WriteError as error:
            sentence = f"The best weights so far, of step {step}, could not be kept yet. {error}"
            raise WriteError(sentence, error.number) from error

    def _wait(self) -> None:
        """Waits for what is on its way; what has become of it is in the news.

        Raises:
            As `news`.
        """
        try:
            self._take_result()
        except WriteError as error:
            self._note_trouble(error, self._taken)

    def _take_result(self) -> None:
        if self._written is None:
            return
        written, self._written = self._written, None
        event = written.result()
        self._best, self._has_trouble, self.last_step = None, False, event.step
        self._news.append(event)

    def _note_trouble(self, error: WriteError, step: int) -> None:
        """Says once that no checkpoint can be written.

        Raises:
            WriteError: the place is gone.
        """
        if error.is_place_gone:
            raise error
        self._last_time = time.monotonic()
        if not self._has_trouble:
            last = f"the last one is of step {self.last_step}" if self.last_step else "there is none yet"
            text = f"{error} The training goes on, and the next checkpoint is tried in its time; {last}."
            self._news.append(Warned(step, text, is_grave=True))
        self._has_trouble = True


def _steady_until_update(run: RunState, captured: Checkpoint) -> set[str]:
    """Returns the names of those tensors that forward and backward passes leave as they are, until weights are updated.

    These are weights, their average and what the optimiser keeps of them; statistics of batches are not among them, nor
    what modules remember about samples.
    """
    weights = {f"{MODEL}{name}" for name, _ in run.network.modules.named_parameters(remove_duplicate=False)}
    return {name for name in captured.tensors if name in weights or name.startswith((state.AVERAGE, PREFIX))}
