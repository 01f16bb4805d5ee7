"""Batches of a split, wherever it lies: shuffled, augmented, and exactly repeatable from any place."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench.core.seeds import stream_seed
from workbench.core.values import Value
from workbench.data.augment import augment
from workbench.data.augmentations.spec import SORTS, AugmentSettings, Mixing
from workbench.data.factor_sampler import Groups
from workbench.data.mixing import mix, partners
from workbench.data.shard import Shard
from workbench.data.spec import FACTOR, Array, Split
from workbench.data.streamed import StreamedSamples, read_together

AHEAD = 2  # batches that are read from files before they are wanted


@dataclass(frozen=True)
class Batch:
    """Some samples.

    Attributes:
        fields: name → tensor (N, ...), bytes as they are stored.
        indices: the samples' numbers in the split, (N,).
        epoch: which round through the data it belongs to.
        scope: what is the same for the whole batch: the factor that varies in it, by the number of its name.
        parts: how many samples the batch has in all processes together; 0 where it is whole here.
    """

    fields: Mapping[str, Tensor]
    indices: Tensor
    epoch: int
    scope: Mapping[str, int] = field(default_factory=dict)
    parts: int = 0

    def __len__(self) -> int:
        return len(self.indices)

    @property
    def total(self) -> int:
        """How many samples the batch has, whoever takes them."""
        return self.parts or len(self)


def _is_moved(value: Value) -> bool:
    """Whether augmentation changes a field that is no picture: a mask, clips, series, or a text of several words."""
    return not value.is_picture and any(sort.changes(value) for sort in SORTS)


@dataclass(frozen=True)
class _Plan:
    """A batch that is to be made: its samples in all processes, this process's part of them, and its scope."""

    whole: Tensor
    part: slice
    scope: Mapping[str, int]

    @property
    def own(self) -> Tensor:
        return self.whole[self.part]


class Batches:
    """The batches of one split, on the device where they are used.

    Pictures are kept with channels last, so that a batch comes in that memory format without being copied again.
    """

    def __init__(
        self,
        split: Split,
        fields: Mapping[str, Value],
        batch_size: int,
        *,
        seed: int = 0,
        shuffle: bool = False,
        augmentation: AugmentSettings | None = None,
        groups: Groups | None = None,
        device: torch.device | str = "cpu",
        shard: Shard | None = None,
        weights: NDArray[np.float64] | None = None,
    ) -> None:
        """Takes a split; with `weights` samples are drawn by them, with repetition, and not each once in an epoch."""
        self.shard = shard or Shard()
        self.batch_size = batch_size
        self.seed = seed
        self.shuffle = shuffle
        self.augmentation = augmentation if augmentation is not None and augmentation.is_on else None
        self.device = torch.device(device)
        self._pictures = [name for name, value in fields.items() if value.is_picture]
        self._recordings = [name for name, value in fields.items() if value.is_recording]
        self._moved = self._pictures + [name for name, value in fields.items() if _is_moved(value)]
        found: dict[str, Any] = dict(split)
        self._rows = {name: each for name, each in found.items() if isinstance(each, StreamedSamples)}
        self._tensors = {name: self._held(name, each) for name, each in split.items() if name not in self._rows}
        self.size = len(next(iter(split.values()))) if split else 0
        self._groups = groups if shuffle else None
        chosen = self.augmentation.chosen() if self.augmentation is not None else []
        self._mixing = [each for each in chosen if isinstance(each, Mixing)]
        self._classes = {name: len(value.classes) for name, value in fields.items() if value.kind == "class"}
        self._weights = torch.from_numpy(weights) if weights is not None and shuffle else None

    def _held(self, name: str, array: Array) -> Tensor:
        tensor = torch.from_numpy(array).to(self.device)
        return tensor.permute(0, 2, 3, 1).contiguous() if name in self._pictures else tensor

    def __len__(self) -> int:
        """Batches in one epoch. A last batch of a single sample is left out: batch norm cannot learn from it."""
        if self._groups is not None:
            return len(self._groups)
        full, rest = divmod(self.size, self.batch_size)
        return full + (1 if rest > 1 or (rest == 1 and (full == 0 or not self.shuffle)) else 0)

    def epoch(self, number: int, start: int = 0) -> Iterator[Batch]:
        """The batches of an epoch, from the given one on; skipped ones cost nothing."""
        for plan, read in self._read_ahead(self._plans(number, start)):
            yield self._batch(plan, number, read)

    def sample(self, number: int, epoch: int) -> Batch:
        """Returns one sample as an epoch would have it, as a batch of one."""
        plan = _Plan(torch.tensor([number]), slice(None), {})
        return self._batch(plan, epoch, self._read(plan.own))

    def _plans(self, number: int, start: int) -> Iterator[_Plan]:
        if self._groups is not None:
            for i, group in enumerate(self._groups.order(self.seed, number)[start:], start):
                members = self._groups.members[group]
                own = self.shard.part_of_whole(len(members), i)  # what one factor varies in is looked at together
                yield _Plan(members, own, {FACTOR: self._groups.factors[group]})
            return
        order = torch.arange(self.size)
        if self.shuffle:
            generator = torch.Generator().manual_seed(stream_seed(self.seed, "order", number))
            if self._weights is None:
                order = torch.randperm(self.size, generator=generator)
            else:
                order = torch.multinomial(self._weights, self.size, replacement=True, generator=generator)
        for i in range(start, len(self)):
            indices = order[i * self.batch_size : (i + 1) * self.batch_size]
            yield _Plan(indices, self.shard.part(len(indices)), {})

    def _read_ahead(self, plans: Iterator[_Plan]) -> Iterator[tuple[_Plan, dict[str, Tensor]]]:
        """Each plan with what of it is read from files: that of the next ones is read while one is used."""
        if not self._rows:
            yield from ((plan, {}) for plan in plans)
            return
        waiting: deque[tuple[_Plan, Future[dict[str, Tensor]]]] = deque()
        with ThreadPoolExecutor(1, "reading ahead") as reader:
            try:
                for plan in plans:
                    waiting.append((plan, reader.submit(self._read, plan.own)))
                    if len(waiting) > AHEAD:
                        first, read = waiting.popleft()
                        yield first, read.result()
                while waiting:
                    first, read = waiting.popleft()
                    yield first, read.result()
            finally:
                reader.shutdown(wait=False, cancel_futures=True)

    def _read(self, indices: Tensor) -> dict[str, Tensor]:
        made = read_together(self._rows, indices.numpy()) if self._rows else {}
        pictures = {name: made[name].transpose(0, 2, 3, 1) for name in made if name in self._pictures}
        return {name: torch.from_numpy(each) for name, each in (made | pictures).items()}

    def _batch(self, plan: _Plan, epoch: int, read: Mapping[str, Tensor]) -> Batch:
        """The own part of a batch; where that is empty its fields are not touched further."""
        whole, indices, scope = plan.whole, plan.own, plan.scope
        fields = self._samples(indices, epoch, read)
        if self._mixing and len(indices):
            numbers = indices.cpu().numpy()
            with_whom = torch.from_numpy(partners(self.seed, epoch, numbers, self.size))
            others = self._samples(with_whom, epoch, self._read(with_whom))
            names = [*self._pictures, *self._classes]
            mixed = mix(
                self._mixing,
                {name: fields[name] for name in names},
                {name: others[name] for name in names},
                self._classes,
                (self.seed, epoch, numbers),
            )
            fields.update(mixed)
        return Batch(fields, indices, epoch, scope, len(whole))

    def _samples(self, indices: Tensor, epoch: int, read: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The fields of some samples, augmented, each by itself."""
        where = indices.to(self.device)
        fields = {name: tensor.index_select(0, where) for name, tensor in self._tensors.items()}
        fields |= {name: tensor.to(self.device) for name, tensor in read.items()}
        for name in self._pictures:
            fields[name] = fields[name].permute(0, 3, 1, 2)
        if self.augmentation is not None and len(indices):
            names = [name for name in self._moved if name in fields]
            for name in self._recordings:
                fields[name] = fields[name].squeeze(1)  # series, channel by channel
            moved = augment(self.augmentation, [fields[name] for name in names], self.seed, epoch, indices)
            fields.update(zip(names, moved, strict=True))
            for name in self._recordings:
                fields[name] = fields[name].unsqueeze(1)
        return fields
