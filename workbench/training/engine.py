"""The training loop, for every kind of network: a generator of events that can be stopped and resumed exactly.

Pausing is not asking for the next event. Everything random comes from streams named by their place in the run
(`core.seeds`), so a run resumed on the CPU is bit-identical to one never interrupted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from itertools import islice
from math import ceil
from typing import Any

from workbench.core import strict_json
from workbench.core.append_log import AppendLog
from workbench.core.errors import RunError
from workbench.core.files import WriteError
from workbench.core.seeds import DRAWING
from workbench.data.batches import Batch, Batches
from workbench.data.class_balance import sample_weights
from workbench.data.factor_sampler import Groups, groups_of
from workbench.model.network import TrainOutput
from workbench.training import checkpoint, light_optimizer, state
from workbench.training.averaging import average_notes
from workbench.training.checkpoint import NonFiniteError
from workbench.training.control import Control
from workbench.training.distributed import start
from workbench.training.distributed.exchange import Exchange
from workbench.training.distributed.reader import NoSaver
from workbench.training.evaluation import Tally, evaluate
from workbench.training.events import (
    EpochEnded,
    Event,
    RateChanged,
    Reason,
    RunEnded,
    RunStarted,
    SnapshotTaken,
    StepEnded,
    Warned,
)
from workbench.training.job import TrainingJob as TrainingJob  # whoever trains a job finds it here too
from workbench.training.metric_names import LOSS, cost, gone_by, loss_of
from workbench.training.notices import Notices, nonfinite
from workbench.training.progress import Progress
from workbench.training.rates import rate_of_run
from workbench.training.read_log import keep_log
from workbench.training.readiness import check_batches, check_mixing, idle_augmentations, idle_balance, unmeasured
from workbench.training.reported import in_stage
from workbench.training.saving import Saver
from workbench.training.snapshots import Snapshots
from workbench.training.torch_settings import torch_settings

FLUSH_SECONDS = 0.05  # what a kill may take from the log; a flush costs some microseconds


def train(job: TrainingJob, control: Control | None = None) -> Generator[Event, None, None]:
    """Trains, telling everything that happens.

    Raises:
        RunError: the run cannot start or go on (no memory, damaged checkpoints, another process has it).
        PeerLostError: one of the processes that train together has ended.
        WorkbenchError: the network has problems, or the folder cannot be written to.
    """
    job = start.on_own_device(job)
    device = state.pick_device(job.config.device)
    start.check_alike(job, device)
    job.peers.use_gpus(device, job.config.peer_seconds)
    if not job.peers.is_writer:
        with torch_settings(job.threads, device):
            yield from Trainer(job, control).events()
        return
    fresh = None if job.resume else Trainer(job, control)  # whatever is wrong is said before anything is on disk
    if fresh:
        folder, lock = job.folder.claim(job.record, is_numbered=job.is_numbered)
        job = replace(job, folder=folder)
        fresh.move_to(job)
    else:
        lock = job.folder.lock()
    with lock, torch_settings(job.threads, device):
        job.folder.clear_leftovers()
        checkpoint.sweep(job.folder.checkpoints)
        trainer = fresh or Trainer(job, control)
        if job.resume:
            trainer.notices.troubles += state.set_aside_newer(job.folder, trainer.progress, is_back=trainer.is_back)
        log_length = trainer.progress.log_length
        with AppendLog(job.folder.log, length=log_length) as log, closing(trainer.saver):
            trainer.log = log
            yield from _logged(trainer)
            log.sync()
        keep_log(job.folder)


def _logged(trainer: Trainer) -> Iterator[Event]:
    """Yields a run's events, each written into its log; a full disk is reported once, writing tried again later."""
    flushed, is_full = time.monotonic(), False
    for event in trainer.events():
        if not isinstance(event, SnapshotTaken):
            trainer.log.append(strict_json.line(event.as_json()).encode())
        trouble: WriteError | None = None
        if not isinstance(event, StepEnded) or time.monotonic() - flushed > FLUSH_SECONDS:
            flushed = time.monotonic()
            try:
                trainer.log.flush()  # before it is told: whoever holds the training now reads the log meanwhile
                is_full = False
            except WriteError as error:
                trouble = error
        yield event
        if trouble is not None:
            if trouble.is_place_gone:
                raise trouble
            if not is_full:
                message = f"{trouble} The training goes on; its log is written later."
                yield Warned(trainer.progress.step, message, is_grave=True)
            is_full = True


def _batches(job: TrainingJob, run: state.RunState, groups: Groups | None) -> dict[str, Batches]:
    """The batches of every split, or this process's part of them; those of training are shuffled and augmented."""
    shard = start.shard_of(job.peers, job.graph)
    return {
        split: Batches(
            arrays,
            job.dataset.fields,
            job.data.batch_size,
            seed=job.config.seed,
            shuffle=split == "train",
            augmentation=job.data.augment if split == "train" else None,
            groups=groups if split == "train" else None,
            device=run.device,
            shard=shard,
            weights=sample_weights(job.dataset, split) if job.data.balanced and split == "train" else None,
        )
        for split, arrays in job.dataset.splits.items()
    }


class Trainer:
    """One run at work."""

    log: Any = None  # the writer's AppendLog; nobody else has one
    saver: Saver | NoSaver

    def __init__(self, job: TrainingJob, control: Control | None = None) -> None:
        self.job = job
        self.exchange = Exchange(job.peers, control or Control())
        self.control = self.exchange.control
        self.config = job.config
        self.run = state.start(job.graph, job.config, job.weights, job.fresh)
        self.network = self.run.network
        told = unmeasured(job.graph, job.config, has_validation=bool(job.dataset.size("validation")))
        idle = idle_augmentations(job.data.augment, job.dataset.fields.values())
        idle += idle_balance(job.data, job.dataset)
        self.notices = Notices([*job.dataset.notes, *job.hints, *told, *idle, *average_notes(job.config)], job.config)
        self.progress = Progress()
        self.is_back = False
        if job.resume and job.peers.is_writer:
            restored = state.restore(self.run, self.config, job.folder, from_start=job.from_start)
            self.run, self.progress = restored.run, restored.progress
            self.is_back, self.notices.troubles = restored.is_back, [*restored.notes]
        self.run, self.progress = start.hand_on(job, self.run, self.progress)
        groups = groups_of(job.dataset, "train", job.data.ratios)
        self.notices.hints += start.notes(job, self.run, is_grouped=groups is not None)
        self.batches = _batches(job, self.run, groups)
        if not len(self.batches["train"]):
            raise RunError("There are no training samples.")
        check_batches(job.graph, self.batches["train"], groups)
        check_mixing(job.graph, job.data.augment)
        self.steps_per_epoch = ceil(len(self.batches["train"]) / self.config.accumulate)
        self.tally = Tally(self.network, cheap_only=True)
        state.check_place(self.progress, self.steps_per_epoch, self.tally.sums(), job.folder)
        self.tally.restore(self.progress.sums if self.progress.batch else {})
        self.snapshots = Snapshots()
        self.saver = NoSaver()
        if job.peers.is_writer:
            self.saver = Saver(job.folder.checkpoints, job.config, self.progress.step)

    def move_to(self, job: TrainingJob) -> None:
        """Takes another folder for the run, before it begins: another training has claimed the first one meanwhile."""
        self.job = job
        self.saver = Saver(job.folder.checkpoints, job.config, self.progress.step)

    def events(self) -> Iterator[Event]:
        """The whole run; weights that have gone bad end it with the sentence why."""
        try:
            yield from self._all_events()
        except NonFiniteError as error:
            rate = self.notices.lower_rate()
            yield Warned(self.progress.step, str(error), is_grave=True, rate=rate)
            yield self._ended("nan", str(error))

    def _all_events(self) -> Iterator[Event]:
        control = self.control
        yield self._started()
        yield from self.notices.take(self.progress.step)
        while self.progress.epoch < self.config.total_epochs and not self._is_out_of_patience():
            for batches in self._steps():
                if control.is_cancelled:
                    yield from self._stopped()
                    return
                yield from self._apply_requests()
                event = self._learn(batches)
                if event is None:
                    message = self._nonfinite_message(batches)
                    rate = self.notices.lower_rate()
                    yield Warned(self.progress.step, message, is_grave=True, rate=rate)
                    yield self._ended("nan", message)
                    return
                # Before the step is told, after which the training may be held.
                yield from self.snapshots.asked_for(control, self.progress.step, self.run.answering_weights)
                yield event
                yield from self.saver.news()
                if self.saver.is_due(self.progress.step):
                    yield from self.saver.attempt(self.run, self._settled(), self.log)
            ended = self._end_epoch()
            if ended is None:
                yield from self._stopped()
                return
            weights = self.run.answering_weights
            yield from self.snapshots.asked_for(control, self.progress.step, weights, is_epoch=True)
            yield ended
            yield from self.notices.take(self.progress.step)
            yield from self.saver.attempt(self.run, self._settled(), self.log)
        yield from self._finish()

    def _steps(self) -> Iterator[list[Batch]]:
        """The batches of each step that is left of the epoch."""
        start = self.progress.batch * self.config.accumulate
        batches = self.batches["train"].epoch(self.progress.epoch, start)
        while step := list(islice(batches, self.config.accumulate)):
            yield step

    def _settled(self) -> Progress:
        """Where the run stands, with what the epoch under way has added up."""
        self.progress.sums = self.tally.sums()
        return self.progress

    def _stopped(self) -> Iterator[Event]:
        yield from self.saver.write_last(self.run, self._settled(), self.log)
        yield self._ended("stopped")

    def _started(self) -> RunStarted:
        return RunStarted(
            run=self.job.folder.name,
            step=self.progress.step,
            epochs=self.config.total_epochs,
            steps_per_epoch=self.steps_per_epoch,
            batch_size=self.job.data.batch_size,
            samples={split: self.job.dataset.size(split) for split in self.batches},
            parameters=self.network.trained(),
            device=str(self.run.device),
            threads=self.job.threads,
        )

    def _learn(self, batches: list[Batch]) -> StepEnded | None:
        """Makes one step of the optimiser; returns None, without an update, if loss or gradient is not finite."""
        started = time.perf_counter()
        progress = self.progress
        lr = self._lr()
        for group in self.run.optimizer.param_groups:
            group["lr"] = lr
        self.network.set_training(True)
        light_optimizer.forget_gradients(self.run.optimizer)
        self.exchange.begin_step(self.run)
        with DRAWING:
            state.seed_generators(self.run.device, self.exchange.seed(self.config.seed, progress.step))
            samples = sum(batch.total for batch in batches)
            seen = [(self._backward(batch, samples), len(batch)) for batch in batches if len(batch)]
        loss = sum(self.network.summed(output.losses, count, progress.step) for output, count in seen) / samples
        loss = self.exchange.gradients(self.run, loss, seen, progress.step)
        if not state.average_and_clip_gradients(loss, self.run.weights.values(), self.config.clip_grad_norm):
            return None
        self.saver.before_update()
        light_optimizer.step(self.run.optimizer)
        self.network.end_step()
        self.exchange.end_step(self.run, batches)
        if self.run.average is not None:
            self.run.average.after_step(progress.step + 1)
            progress.averaged = self.run.average.count
        self.exchange.add_to(self.tally, seen, progress.step)
        self.notices.see_batch(loss)
        progress.step += 1
        progress.batch += 1
        progress.epoch_seconds += time.perf_counter() - started
        return StepEnded(progress.step, progress.epoch + 1, progress.batch, loss, lr, samples)

    def _backward(self, batch: Batch, gathered: int) -> TrainOutput:
        """Adds the gradients of one batch of a step that takes in so many samples; what the network gave."""
        self.network.begin_batch(batch.indices, gathered)
        with state.out_of_memory_as(state.out_of_memory_advice(len(batch))):
            output = self.network.train_batch(batch.fields)
            objective = self.network.objective(output.losses, self.progress.step, part=(len(batch), gathered))
            if objective.requires_grad:  # not where every weight is learnt by its module's own rule
                objective.backward()  # type: ignore[no-untyped-call]
        return output

    def _lr(self) -> float:
        return self.progress.lr_factor * rate_of_run(self.config, self.progress.step, self.steps_per_epoch)

    def _apply_requests(self) -> Iterator[Event]:
        """Applies a learning rate that the user requested."""
        requested = self.control.take_lr()
        if requested is not None and self._lr() > 0:
            self.progress.lr_factor *= requested / self._lr()
            yield RateChanged(self.progress.step, requested)

    def _nonfinite_message(self, batches: list[Batch]) -> str:
        """Why the loss or a gradient is not a number, in a sentence."""
        found = (self.network.first_nonfinite(batch.fields) for batch in batches if len(batch))
        node = self.exchange.first_of(next(filter(None, found), ""))
        return nonfinite(self.progress, self._lr(), node, self.saver.last_step)

    def _end_epoch(self) -> EpochEnded | None:
        """Validates and closes the epoch; None if the run was cancelled meanwhile: then that is done on resuming."""
        started = time.perf_counter()
        progress, train = self.progress, self.tally.values()
        self.saver.before_update()  # an average of the weights takes their place meanwhile
        with self.run.answering():
            found = self._evaluate("validation", is_cancelled=self.exchange.is_cancelled)
        if self.control.is_cancelled and "validation" in self.batches:
            return None
        validation = found.values() if found else {}
        progress.epoch_seconds += time.perf_counter() - started
        lr, seconds = self._lr(), progress.epoch_seconds
        progress.seconds += seconds
        progress.epoch += 1
        progress.batch, progress.epoch_seconds = 0, 0.0
        self.notices.see_epoch(progress.step, train[LOSS], lr)
        is_best = self._update_best(validation or train)
        self._change_stage()
        self.tally = Tally(self.network, cheap_only=True)
        confusion = found.confusion() if found else {}
        return EpochEnded(progress.epoch, progress.step, train, validation, lr, is_best, seconds, confusion)

    def _change_stage(self) -> None:
        """Enters the next stage where one begins; what was the best so far was so by other losses."""
        progress = self.progress
        stage, first = self.config.stage_at(progress.epoch)
        if self.config.stages and progress.epoch == first:
            self.run = state.enter(self.run, self.config, stage)
            progress.averaged = 0
            progress.best, progress.epochs_without_best = None, 0

    def _update_best(self, metrics: Mapping[str, float]) -> bool:
        """Whether this epoch is the best so far; if so its weights are kept."""
        metric = gone_by(metrics, in_stage(self.config.monitor, self.network.terms))
        if not self.progress.take_epoch(cost(metric, metrics[metric]), loss_of(metric, metrics), metrics):
            return False
        self.notices.troubles += self.saver.keep_best(self.run, self.progress)
        return True

    def _is_out_of_patience(self) -> bool:
        patience = self.config.patience
        stage, first = self.config.stage_at(self.progress.epoch)
        is_last = first + stage.epochs >= self.config.total_epochs
        return is_last and patience is not None and self.progress.epochs_without_best >= patience

    def _evaluate(self, split: str, is_cancelled: Callable[[], bool] = bool) -> Tally | None:
        if not len(self.batches.get(split, ())):
            return None
        with state.out_of_memory_as(state.out_of_memory_advice(self.job.data.batch_size)):
            tally = evaluate(self.network, self.batches[split], is_cancelled)
        self.exchange.add_up(tally)
        return tally

    def _finish(self) -> Iterator[Event]:
        """Tests the run's weights, which are those that everything else uses from now on."""
        is_early = self._is_out_of_patience()
        yield from self.saver.finish(self.run, self._settled(), self.log)
        self.exchange.load_chosen(self.run, self.job.folder)
        yield self._ended("early_stop" if is_early else "finished")

    def _ended(self, reason: Reason, message: str = "") -> RunEnded:
        progress = self.progress
        is_complete = reason in ("finished", "early_stop")
        found = self._evaluate("test") if is_complete else None
        return RunEnded(
            reason=reason,
            run=self.job.folder.name,
            epoch=progress.epoch,
            step=progress.step,
            test=found.values() if found else {},
            best=progress.best_metrics,
            seconds=progress.seconds + progress.epoch_seconds,
            message=message,
        )
