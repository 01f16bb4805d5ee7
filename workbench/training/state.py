"""What a run works with (network, optimiser, device), and its way to disk and back."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from workbench.core.append_log import read_from
from workbench.core.errors import InaccessibleError, LostCheckpointsError, RunError, UnreadableError, printable
from workbench.core.files import make_folder, write_own_file
from workbench.core.graph import Graph
from workbench.core.status import may_exist
from workbench.core.values import Json
from workbench.model.network import Network
from workbench.model.weights import load_into
from workbench.training import checkpoint
from workbench.training.averaging import Averaged
from workbench.training.checkpoint import MODEL, Checkpoint
from workbench.training.config import Stage, TrainingConfig
from workbench.training.optimizer_state import PREFIX, load_state_tensors, make_optimizer, state_tensors
from workbench.training.progress import Progress
from workbench.training.run_folder import RunFolder

AVERAGE = "average."  # the moving average of the network's own tensors
SAMPLES = "samples."  # what modules remember about single samples


@dataclass(frozen=True)
class RunState:
    """What a run works with.

    Attributes:
        network: weights and programs, on the device.
        optimizer: over the weights that are trained.
        weights: those weights, by key.
        device: where everything is.
        memory_format: "channels_last" or "contiguous".
        average: of the weights, where the settings ask for one.
    """

    network: Network
    optimizer: torch.optim.Optimizer
    weights: Mapping[str, nn.Parameter]
    device: torch.device
    memory_format: str
    average: Averaged | None = None

    def answering(self) -> AbstractContextManager[None]:
        """Has the network answer as it will when it is used: by the average of its weights, where there is one."""
        return self.average.applied() if self.average is not None else nullcontext()

    def answering_weights(self) -> Mapping[str, Tensor]:
        """Returns the weights that the network is used with, by state_dict key; they are not copied."""
        return self.average.tensors() if self.average is not None else self.network.modules.state_dict()


def start(graph: Graph, config: TrainingConfig, initial: Mapping[str, Tensor], fresh: Collection[str] = ()) -> RunState:
    """Builds network and optimiser.

    Args:
        graph: the network as drawn.
        config: names device, seed and optimiser.
        initial: weights to start from, by key; empty to start fresh.
        fresh: names of nodes that start fresh all the same.

    Raises:
        RunError: the device is not there, or nothing can be trained.
        WorkbenchError: the graph has problems.
    """
    device = pick_device(config.device)
    with out_of_memory_as("There is not enough memory for the weights of this network. Make its layers smaller."):
        network = Network(graph, seed=config.seed)
        network.modules.to(device)
    if initial:
        load_into(network.modules, initial, fresh=fresh)
    is_image = network.is_image_network()
    if is_image:
        network.modules.to(memory_format=torch.channels_last)
    for stage in config.stages or (Stage(),):
        network.enter_stage(stage.train, stage.losses)  # whatever is wrong with any stage is said before the run
        if not network.trained():
            raise RunError("The network has no weights that can be trained: add a layer that learns, or unfreeze one.")
    first = config.stage_at(0)[0]
    network.enter_stage(first.train, first.losses)
    weights = dict(network.named_parameters())
    memory_format = "channels_last" if is_image else "contiguous"
    optimizer = make_optimizer(config, weights)
    return RunState(network, optimizer, weights, device, memory_format, _averaged(network, config))


def enter(run: RunState, config: TrainingConfig, stage: Stage) -> RunState:
    """The run at the beginning of a stage: other weights learn, with optimiser and average that begin anew."""
    run.network.enter_stage(stage.train, stage.losses)
    weights = dict(run.network.named_parameters())
    average = _averaged(run.network, config)
    return replace(run, optimizer=make_optimizer(config, weights), weights=weights, average=average)


def _averaged(network: Network, config: TrainingConfig) -> Averaged | None:
    if config.average_decay is None:
        return None
    return Averaged(network.modules, decay=config.average_decay, every=config.average_steps)


def pick_device(device: str) -> torch.device:
    """The device of that name; for "auto" a GPU if there is one.

    Raises:
        RunError: it is not there.
    """
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    kind, _, number = device.partition(":")
    count = {"cpu": 1, "cuda": torch.cuda.device_count(), "mps": int(torch.backends.mps.is_available())}[kind]
    if int(number or 0) >= count:
        raise RunError(f'There is no device "{device}" here ({count} of that kind). Choose cpu or auto.')
    return torch.device(device)


def seed_generators(device: torch.device, seed: int) -> None:
    """Seeds what dropout and the like draw from on this device.

    Not torch.manual_seed, which looks for every kind of device there could be and takes a hundred times as long.
    """
    torch.default_generator.manual_seed(seed)
    if device.type == "cuda":
        torch.cuda.manual_seed(seed)
    elif device.type == "mps":
        torch.mps.manual_seed(seed)


def captured(run: RunState, progress: Progress, *, with_optimizer: bool) -> Checkpoint:
    """Returns what a checkpoint keeps of a run, as it is now; the tensors are not copied.

    Args:
        run: at a step's end.
        progress: where it stands.
        with_optimizer: whether all that is needed to go on is there, or the weights alone that the network is used
            with.
    """
    weights = run.network.modules.state_dict() if with_optimizer else run.answering_weights()
    tensors = {f"{MODEL}{name}": tensor for name, tensor in weights.items()}
    if with_optimizer:
        if run.average is not None:
            tensors |= {f"{AVERAGE}{name}": tensor for name, tensor in run.average.tensors().items()}
        tensors |= state_tensors(run.optimizer, run.weights)
        tensors |= {f"{SAMPLES}{key}": tensor for key, tensor in run.network.sample_state().items()}
    record = {
        "progress": progress.as_json(),
        "memory_format": run.memory_format,
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "device": str(run.device),
    }
    return Checkpoint(tensors, record)


@dataclass(frozen=True)
class Restored:
    """A run as its newest whole checkpoint left it.

    Attributes:
        run: in its stage.
        progress: where it stands; at its beginning where there is no checkpoint.
        notes: sentences about what had to be passed over.
        is_back: whether the run has gone back behind what it had reached.
    """

    run: RunState
    progress: Progress
    notes: tuple[str, ...] = ()
    is_back: bool = False


def restore(run: RunState, config: TrainingConfig, folder: RunFolder, *, from_start: bool = False) -> Restored:
    """Puts the newest whole checkpoint into the run; where only the best weights are whole, those.

    Args:
        run: as `start` has made it.
        config: the run's settings.
        folder: the run's.
        from_start: whether to begin anew where there were checkpoints, but none is whole.

    Raises:
        LostCheckpointsError: there were checkpoints, none is whole, and beginning anew was not asked for.
        RunError: the checkpoint is of another network, or does not hold what a run writes.
        UnreadableError: the system does not let the checkpoints be read.
    """
    found, notes = checkpoint.newest(folder.checkpoints, "step")
    is_back = bool(notes)
    if found is None and not notes and not any(folder.events("CheckpointWritten")):
        return Restored(run, Progress())  # it ended before its first one; going on from best weights would differ
    if found is None:
        found, damaged = checkpoint.newest(folder.checkpoints, "best")
        notes += damaged
        if found is not None:
            is_back = True
            found = replace(found, record={**found.record, "progress": _place_of_best(found, folder)})
            notes.append("The run goes on from its best weights; the optimiser begins anew.")
    if found is None:
        if not from_start:
            raise LostCheckpointsError(folder.name, notes)
        return Restored(run, Progress(), (*notes, "The run begins anew, as was asked for."), is_back=True)
    run, progress = put_back(run, config, found, folder)
    if progress.best is not None and not _has_best(run, folder, progress):
        progress.best, progress.epochs_without_best = None, 0
        if is_back:
            notes.append("The best weights until there are gone or damaged, so the next epoch counts as the best.")
    return Restored(run, progress, tuple(notes), is_back=is_back)


def put_back(run: RunState, config: TrainingConfig, found: Checkpoint, folder: RunFolder) -> tuple[RunState, Progress]:
    """The run as a checkpoint has it, in its stage."""
    try:
        progress = Progress.from_json(found.record["progress"])
        if config.stages:
            run = enter(run, config, config.stage_at(progress.epoch)[0])
        run.network.modules.load_state_dict(_part(found, MODEL))
        if run.average is not None:
            _load_average(run.average, found, progress.averaged)
        optimizer = {key: tensor for key, tensor in found.tensors.items() if key.startswith(PREFIX)}
        load_state_tensors(config, run.optimizer, run.weights, optimizer)
        memory = {key.removeprefix(SAMPLES): each for key, each in found.tensors.items() if key.startswith(SAMPLES)}
        run.network.load_sample_state(memory)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:  # pydantic's errors are of ValueError
        reason = str(error).splitlines()[0]
        raise _does_not_fit(folder.name, reason) from error
    return run, progress


def _load_average(average: Averaged, found: Checkpoint, count: int) -> None:
    """Puts an average back; best weights, which a run may have to go on from, are one themselves."""
    average.load(_part(found, AVERAGE) or _part(found, MODEL))
    average.count = count


def _place_of_best(found: Checkpoint, folder: RunFolder) -> dict[str, Json]:
    """Where a run stands that goes on from its best weights: after their epoch, with the log until there."""
    row = found.record.get("progress")
    progress = dict(row) if isinstance(row, Mapping) else {}
    ends = [end for event, end in folder.events_with_place("EpochEnded") if event.get("step") == progress.get("step")]
    return {**progress, "sums": {}, "log_length": ends[0] if ends else progress.get("log_length", 0)}


def _has_best(run: RunState, folder: RunFolder, progress: Progress) -> bool:
    """Whether the best weights that the run remembers are there and whole.

    Raises:
        RunError: they are of another network, so that the run could not be tested with them at its end.
    """
    try:
        found = checkpoint.read(folder.checkpoints / f"best-{progress.best_step:06d}")
    except InaccessibleError:
        raise
    except UnreadableError:
        return False
    theirs = {name: tensor.shape for name, tensor in model_weights(found).items()}
    own = {name: tensor.shape for name, tensor in run.network.modules.state_dict().items()}
    odd = sorted(name for name in theirs.keys() | own.keys() if theirs.get(name) != own.get(name))
    if odd:
        raise _does_not_fit(folder.name, f"its best weights have another {printable(odd[0])}")
    return True


def _does_not_fit(run: str, reason: str) -> RunError:
    return RunError(f"The checkpoint of {printable(run)} does not fit its network: {reason}")


def check_place(progress: Progress, steps_per_epoch: int, sums: Mapping[str, list[float]], folder: RunFolder) -> None:
    """Refuses a place in the run that cannot be: a checkpoint that is sealed, but was not written by a run.

    Raises:
        RunError: it does not fit the data or the network.
    """
    odd = [name for name, values in progress.sums.items() if name in sums and len(values) != len(sums[name])]
    if progress.batch > steps_per_epoch:
        reason = f"it stands at batch {progress.batch} of {steps_per_epoch}"
    elif odd:
        reason = f"its sums of {printable(odd[0])} are {len(progress.sums[odd[0]])} instead of {len(sums[odd[0]])}"
    else:
        return
    raise RunError(f"The checkpoint of {printable(folder.name)} does not fit its run: {reason}.")


def set_aside_newer(folder: RunFolder, progress: Progress, *, is_back: bool) -> list[str]:
    """Moves what is newer than where a run stands into its folder `set-aside`, so that it is neither used nor lost.

    Args:
        folder: the run's.
        progress: where it stands.
        is_back: whether it has gone back behind damaged checkpoints: the end of the log is kept then too.

    Returns:
        A sentence about what was set aside, where that is more than what a kill leaves.

    Raises:
        WriteError: it could not be moved.
    """
    names = checkpoint.set_aside(folder.checkpoints, progress.step, folder.set_aside)
    if not is_back:
        return []
    if may_exist(folder.log):
        make_folder(folder.set_aside)
        end = read_from(folder.log, progress.log_length)
        write_own_file(folder.set_aside / f"events-after-{progress.step:06d}.jsonl", end)
    what = f"{len(names)} newer checkpoint{'s' * (len(names) != 1)} and the end of the log"
    return [f"{what} are in the folder set-aside of {printable(folder.name)}."]


def chosen(folder: Path) -> tuple[Checkpoint | None, list[str]]:
    """The checkpoint whose weights are the run's: those of its best epoch, before the first the newest ones.

    The test at the end, `evaluate`, `predict`, `look`, `export` and the window take them all from here.

    Returns:
        The checkpoint, or None, and a sentence for each that had to be passed over.

    Raises:
        UnreadableError: the system does not let one be read.
    """
    best, damaged = checkpoint.newest(folder, "best")
    if best is not None:
        return best, damaged
    newest, more = checkpoint.newest(folder, "step")
    return newest, damaged + more


def load_chosen(run: RunState, folder: Path) -> None:
    """Puts the run's weights into the network, if there are any on disk.

    Raises:
        RunError: they are of another network: somebody has put them there.
    """
    found, _ = chosen(folder)
    if found is not None:
        try:
            _load_model(run, found)
        except RuntimeError as error:
            raise _does_not_fit(folder.parent.name, str(error).splitlines()[0]) from error


def _load_model(run: RunState, found: Checkpoint) -> None:
    run.network.modules.load_state_dict(model_weights(found))


def model_weights(found: Checkpoint) -> dict[str, Tensor]:
    """The weights that the network of a checkpoint is used with, by state_dict key: averaged ones, where there are."""
    return _part(found, AVERAGE) or _part(found, MODEL)


def is_averaged(found: Checkpoint) -> bool:
    """Returns whether the weights that the network of a checkpoint is used with are averaged ones."""
    return any(key.startswith(AVERAGE) for key in found.tensors)


def _part(found: Checkpoint, prefix: str) -> dict[str, Tensor]:
    return {key.removeprefix(prefix): each for key, each in found.tensors.items() if key.startswith(prefix)}


def average_and_clip_gradients(loss: float, weights: Iterable[nn.Parameter], clip: float | None) -> bool:
    """Clips the gradients to a norm of `clip` in place; returns whether loss and gradients are finite."""
    if not math.isfinite(loss):
        return False
    gradients = [weight.grad for weight in weights if weight.grad is not None]
    if not gradients:
        return True
    norms = torch.stack(torch._foreach_norm(gradients))
    length = float(torch.linalg.vector_norm(norms))
    if clip is not None and math.isfinite(length) and length > clip:
        torch._foreach_mul_(gradients, clip / length)
    return math.isfinite(length)


@contextlib.contextmanager
def out_of_memory_as(sentence: str) -> Iterator[None]:
    """Turns running out of memory into a sentence that says what there is to do about it."""
    try:
        yield
    except MemoryError:
        raise RunError(sentence) from None
    except RuntimeError as error:
        if isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error):
            raise RunError(sentence) from None
        raise


def out_of_memory_advice(samples: int) -> str:
    """What to say when a batch does not fit."""
    advice = f"Try data.batch_size={max(1, samples // 2)}" if samples > 1 else "Use smaller pictures or layers"
    return f"There is not enough memory for a batch of {samples}. {advice}; the last checkpoint is whole."
