"""What the processes of one training exchange in every step, so that they learn what one process alone would.

Gradients are weighed by the samples of the whole batch where they are made (`Network.objective`), so their sum is its
gradient. They travel as one flat tensor after the way back, beside a few numbers in double precision. Alone, nothing
is exchanged and nothing computed otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import torch
from torch import Tensor, nn

from workbench.core.seeds import stream_seed
from workbench.data.batches import Batch
from workbench.model.network import Network, TrainOutput
from workbench.training import state
from workbench.training.control import Control
from workbench.training.distributed.packing import packed, unpacked
from workbench.training.evaluation import Tally
from workbench.training.peers import Peers
from workbench.training.run_folder import RunFolder
from workbench.training.state import RunState

HOLD_SECONDS = 1.0  # how often the processes of a held training hear from each other
Seen = Sequence[tuple[TrainOutput, int]]
PLACES = "at."  # before the key of what is remembered about samples: which samples


class Exchange:
    """What one process of a training gives the others and takes from them.

    Attributes:
        control: what all processes have agreed on; the engine goes by it, and not by what was asked of one of them.
    """

    def __init__(self, peers: Peers, asked: Control) -> None:
        """Takes part in a training.

        Args:
            peers: the processes.
            asked: what is asked of this process.
        """
        self._peers, self._asked = peers, asked
        self.control = asked if peers.is_alone else Control()
        self._sums: dict[str, list[float]] = {}
        self._before: list[tuple[Tensor, Tensor]] = []
        self._remembers = False

    def is_cancelled(self) -> bool:
        """Whether this process has been asked to end; all of them hear of it when they next add up."""
        return self._asked.is_cancelled

    def seed(self, seed: int, step: int) -> int:
        """The seed of what is drawn in a step, such as dropout: each process draws for other samples."""
        return stream_seed(seed, "step", step, *(("rank", self._peers.rank) if self._peers.rank else ()))

    def begin_step(self, run: RunState) -> None:
        """Remembers what each process will change by itself in this step."""
        if not self._peers.is_alone:
            self._before = [(tensor, tensor.detach().clone()) for tensor in changed_by_itself(run.network)]

    def gradients(self, run: RunState, loss: float, seen: Seen, step: int) -> float:
        """Adds up the gradients of all processes in place, and what they have measured; returns the loss of the step.

        A weight that no process has a gradient of is left without one, as it would be in one process.
        """
        if self._peers.is_alone:
            return loss
        weights = list(run.weights.values())
        tally = Tally(run.network, cheap_only=True)
        for output, count in seen:
            tally.add(output, count, step)
        own, rate = tally.sums(), self._asked.take_lr()
        numbers = [loss, float(bool(run.network.sample_state())), *self._requests(), rate or 0.0]
        head, has_gradient = len(numbers), [float(weight.grad is not None) for weight in weights]
        numbers += [*has_gradient, *(value for values in own.values() for value in values)]
        vector = torch.tensor(numbers, dtype=torch.float64)
        bucket = _flat([weight.grad if weight.grad is not None else torch.zeros_like(weight) for weight in weights])
        self._peers.sum(*bucket, vector)
        _put_back(bucket, weights, vector[head : head + len(weights)])
        self._sums = _like(own, vector[head + len(weights) :].tolist())
        self._remembers = bool(vector[1] > 0)
        self._agree(is_stopped=bool(vector[2] > 0), is_held=bool(vector[3] > 0), rate=float(vector[4]))
        return float(vector[0])

    def end_step(self, run: RunState, batches: Iterable[Batch]) -> None:
        """Makes alike what each process has changed by itself: the mean of the changes, weighed by their samples."""
        if self._peers.is_alone:
            return
        batches = list(batches)
        share = sum(map(len, batches)) / sum(batch.total for batch in batches)
        if self._before:
            changes = [(now - before).to(torch.float32) * share for now, before in self._before]
            (bucket,) = _flat(changes) or [torch.zeros(0)]
            self._peers.sum(bucket)
            places = torch.split(bucket, [before.numel() for _, before in self._before])
            for (now, before), change in zip(self._before, places, strict=True):
                whole = change.view(before.shape)
                now.data.copy_(before + (whole if before.is_floating_point() else whole.round().to(before.dtype)))
            self._before = []
        if self._remembers:
            self._share_samples(run.network, batches)

    def add_to(self, tally: Tally, seen: Seen, step: int) -> None:
        """Adds what the step has measured, in all processes together."""
        if not self._peers.is_alone:
            tally.add_sums(self._sums)
            return
        for output, count in seen:
            tally.add(output, count, step)

    def add_up(self, tally: Tally) -> None:
        """Makes a tally of this process's samples one of all; a request to end during it reaches all."""
        if self._peers.is_alone:
            return
        own = tally.sums()
        is_stopped, _ = self._requests()
        vector = torch.tensor(
            [is_stopped, *(value for values in own.values() for value in values)], dtype=torch.float64
        )
        self._peers.sum(vector)
        tally.restore(_like(own, vector[1:].tolist()))
        self._agree(is_stopped=bool(vector[0] > 0), is_held=False, rate=0.0)

    def first_of(self, text: str) -> str:
        """The text of the first process that has one."""
        if self._peers.is_alone:
            return text
        return next(filter(None, (found.decode() for found in self._peers.gather(text.encode()))), "")

    def load_chosen(self, run: RunState, folder: RunFolder) -> None:
        """Puts the run's weights, which the writer reads from the disk, into the network of every process."""
        if self._peers.is_writer:
            state.load_chosen(run, folder.checkpoints)
        if not self._peers.is_alone:
            modules = run.network.modules
            data = packed(modules.state_dict()) if self._peers.is_writer else b""
            modules.load_state_dict(unpacked(self._peers.broadcast(data)))

    def _requests(self) -> tuple[float, float]:
        return float(self._asked.is_cancelled), float(self._asked.is_held)

    def _agree(self, *, is_stopped: bool, is_held: bool, rate: float) -> None:
        """Passes on what all have heard of; while the training is held, they tell each other that they are there."""
        while is_held and not is_stopped:
            self._asked.wait_while_held(HOLD_SECONDS)
            requests = torch.tensor(self._requests(), dtype=torch.float64)
            self._peers.sum(requests)
            is_stopped, is_held = (bool(number > 0) for number in requests)
        if is_stopped:
            self.control.cancel()
        if rate > 0:
            self.control.request_lr(rate)
        if self._asked.take_snapshot():
            self.control.request_snapshot()

    def _share_samples(self, network: Network, batches: Iterable[Batch]) -> None:
        """Lets all processes know what modules remember about the samples of this step, whoever has seen them."""
        seen = torch.unique(torch.cat([batch.indices for batch in batches]))
        own = network.sample_state() if len(seen) else {}
        tensors = {key: tensor[seen.to(tensor.device)] for key, tensor in own.items()}
        given = tensors | {f"{PLACES}{key}": seen for key in tensors}
        for theirs in map(unpacked, self._peers.gather(packed(given))):
            for key, rows in theirs.items():
                if not key.startswith(PLACES):
                    network.remember_samples(key, theirs[f"{PLACES}{key}"], rows)


def changed_by_itself(network: Network) -> list[Tensor]:
    """What a process changes without the optimiser: statistics of batches, and weights with a rule of their own."""
    found = [
        buffer
        for module in network.modules.modules()
        if module.training and not isinstance(module, nn.SyncBatchNorm)
        for buffer in module.buffers(recurse=False)
        if buffer.dtype != torch.bool  # which tells what a layer is made of, and never changes
    ]
    return found + network.learning_by_rule()


def _flat(tensors: Sequence[Tensor]) -> list[Tensor]:
    """All tensors behind each other as one; none where there are none. Memory formats make no difference."""
    return [torch.cat([tensor.detach().reshape(-1) for tensor in tensors])] if tensors else []


def _put_back(bucket: Sequence[Tensor], weights: Sequence[nn.Parameter], has_gradient: Tensor) -> None:
    parts = torch.split(bucket[0], [weight.numel() for weight in weights]) if bucket else ()
    for weight, part, count in zip(weights, parts, has_gradient.tolist(), strict=True):
        if count and weight.grad is None:
            weight.grad = torch.empty_like(weight)
        if weight.grad is not None:
            weight.grad.copy_(part.view(weight.shape))


def _like(shape: Mapping[str, Sequence[float]], values: Sequence[float]) -> dict[str, list[float]]:
    """Numbers one behind the other as lists of these lengths."""
    found, rest = {}, list(values)
    for name, own in shape.items():
        found[name], rest = rest[: len(own)], rest[len(own) :]
    return found
