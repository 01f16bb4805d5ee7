"""How the processes of one training come to begin alike: the same data and settings, and the writer's weights."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from workbench.core import strict_json
from workbench.core.errors import RunError
from workbench.core.graph import Graph
from workbench.data.shard import Shard
from workbench.model.shapes import infer
from workbench.training import state
from workbench.training.checkpoint import Checkpoint
from workbench.training.distributed.packing import packed, unpacked
from workbench.training.job import TrainingJob
from workbench.training.peers import Peers
from workbench.training.progress import Progress
from workbench.training.state import RunState


def on_own_device(job: TrainingJob) -> TrainingJob:
    """The job with the device of this process: of several GPUs that of its number on its machine."""
    device, number = job.config.device, job.peers.local_rank
    if job.peers.is_alone or device not in ("auto", "cuda"):
        return job
    has_own = number < torch.cuda.device_count()
    chosen = f"cuda:{number}" if has_own or device == "cuda" else "cpu"
    return replace(job, config=job.config.model_copy(update={"device": chosen}))


def check_alike(job: TrainingJob, device: torch.device) -> None:
    """Refuses to train together with processes that have other data, another network or other settings.

    Raises:
        RunError: names what differs, and in which process.
    """
    if job.peers.is_alone:
        return
    settings = job.config.model_dump(mode="json", exclude={"device", "processes"})
    network = repr((list(job.graph), sorted(map(repr, job.graph.edges))))
    own = {
        "data": f"{job.dataset.fingerprint} {[(split, job.dataset.size(split)) for split in job.dataset.splits]}",
        "network": hashlib.blake2b(network.encode()).hexdigest(),
        "settings": strict_json.line({**settings, "batch_size": job.data.batch_size}),
        "kind of device": device.type,
    }
    first, *others = [json.loads(text) for text in job.peers.gather(strict_json.line(own).encode())]
    for rank, theirs in enumerate(others, 1):
        differing = [what for what in own if theirs.get(what) != first[what]]
        if differing:
            raise RunError(
                f"The process of rank {rank} has another {differing[0]} than that of rank 0, so they cannot train "
                "together. Give all machines the same project and data, and devices of one kind (--device)."
            )


def hand_on(job: TrainingJob, run: RunState, progress: Progress) -> tuple[RunState, Progress]:
    """Gives every process what the writer begins with, fresh or from a checkpoint; nothing changes for the writer."""
    peers = job.peers
    if peers.is_alone:
        return run, progress
    tensors, record = b"", b""
    if peers.is_writer:
        captured = state.captured(run, progress, with_optimizer=True)
        tensors, record = packed(captured.tensors), strict_json.line(dict(captured.record)).encode()
    tensors, record = peers.broadcast(tensors), peers.broadcast(record)
    if peers.is_writer:
        return run, progress
    return state.put_back(run, job.config, Checkpoint(unpacked(tensors), json.loads(record)), job.folder)


def shard_of(peers: Peers, graph: Graph) -> Shard:
    """The part of every batch that this process takes: never fewer samples than a layer needs to learn from."""
    if peers.is_alone:
        return Shard()
    shapes = infer(graph)
    needed = [layer.samples_needed(*shapes.inputs[id_]) for id_, layer in shapes.layers.items() if id_ in shapes.inputs]
    return Shard(peers.rank, peers.size, max(1, *needed) if needed else 1)


def notes(job: TrainingJob, run: RunState, *, is_grouped: bool) -> list[str]:
    """Makes batch norm see whole batches where it can, and returns what differs from one process, in sentences."""
    peers, found = job.peers, []
    if peers.is_alone:
        return []
    has_norms = any(isinstance(each, _BatchNorm) for each in run.network.modules.modules())
    if is_grouped and job.config.accumulate % peers.size:
        found.append(
            f"Samples in which one factor varies stay together, so {peers.size} processes take turns with whole "
            f"batches: set training.accumulate to a multiple of {peers.size} to keep all of them busy."
        )
    elif has_norms and not is_grouped and not _synchronised(job, run):
        found.append(
            f"Batch norm takes mean and variance of each process's own part of a batch, of "
            f"{job.data.batch_size} samples in {peers.size} parts, so results differ from those of one process."
        )
    return found


def _synchronised(job: TrainingJob, run: RunState) -> bool:
    """Lets batch norm take its statistics over all processes; False where not all of them have part of every batch.

    Torch does it on GPUs only.
    """
    rest = job.dataset.size("train") % job.data.batch_size
    smallest = min([job.data.batch_size, job.dataset.size("train"), *([rest] if rest > 1 else [])])
    if run.device.type != "cuda" or smallest < job.peers.size:
        return False
    for module in run.network.modules.modules():
        if isinstance(module, _BatchNorm) and not isinstance(module, nn.SyncBatchNorm):
            module.process_group = None  # type: ignore[assignment]
            module.__class__ = nn.SyncBatchNorm  # in place, since the programs hold these very modules
    return True
