"""Batches whose samples belong together: in each of them one factor varies and the others stand still.

Kulkarni et al. 2015, section 3.2, train their inverse graphics network on such batches. Which factor comes next is
drawn by ratios (theirs are 1:1:1:10), or the factors take turns, so that every step of the optimiser that gathers one
batch of each kind sees all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from workbench.core.errors import UsageError, printable
from workbench.core.seeds import stream_seed
from workbench.data.spec import FACTOR, Dataset


@dataclass(frozen=True)
class Groups:
    """The groups of a split.

    Attributes:
        members: for each group the numbers of its samples.
        factors: for each group the number of the factor that varies in it.
        ratios: for each factor how often it is drawn; empty where they take turns.
    """

    members: tuple[Tensor, ...]
    factors: tuple[int, ...]
    ratios: tuple[float, ...] = ()

    def __len__(self) -> int:
        """How many groups there are, which is how many batches an epoch has."""
        return len(self.members)

    def order(self, seed: int, epoch: int) -> list[int]:
        """The groups in the order of an epoch.

        Within a factor they are shuffled. Factors take turns, so that each comes once in as many batches as there are
        factors, as long as all of them have groups left; with ratios the factor is drawn for every batch, and one whose
        groups are used up begins again with a new shuffle.
        """
        generator = torch.Generator().manual_seed(stream_seed(seed, "order", epoch))
        kinds = sorted(set(self.factors))
        of = {kind: [i for i, factor in enumerate(self.factors) if factor == kind] for kind in kinds}

        def shuffled(kind: int) -> list[int]:
            return [of[kind][i] for i in torch.randperm(len(of[kind]), generator=generator).tolist()]

        if not self.ratios:
            queues = [shuffled(kind) for kind in kinds]
            return [queue[i] for i in range(max(map(len, queues))) for queue in queues if i < len(queue)]
        weights = torch.tensor([self.ratios[kind] for kind in kinds], dtype=torch.float64)
        drawn = torch.multinomial(weights, len(self), replacement=True, generator=generator).tolist()
        waiting: dict[int, list[int]] = {kind: [] for kind in kinds}
        found = []
        for number in drawn:
            kind = kinds[number]
            waiting[kind] = waiting[kind] or shuffled(kind)
            found.append(waiting[kind].pop())
        return found


def groups_of(dataset: Dataset, split: str, ratios: Mapping[str, float]) -> Groups | None:
    """The groups of a split; None where its samples do not belong together.

    Args:
        dataset: the data.
        split: name of the split.
        ratios: name of a factor → how often it is drawn; a factor that is not named counts 1. Empty takes turns.

    Raises:
        UsageError: a ratio names no factor of the data, or leaves nothing to draw.
    """
    numbers = dataset.groups.get(split)
    if numbers is None or FACTOR not in dataset.fields:
        return None
    tensor = torch.from_numpy(numbers)
    order = torch.argsort(tensor, stable=True)
    _, counts = torch.unique_consecutive(tensor[order], return_counts=True)
    varying = torch.from_numpy(dataset.splits[split][FACTOR])
    members = tuple(each for each in torch.split(order, counts.tolist()) if int(tensor[each[0]]) >= 0)
    if not members:
        return None
    factors = tuple(int(varying[each[0]]) for each in members)
    return Groups(members, factors, _ratios(dataset, ratios, set(factors)))


def _ratios(dataset: Dataset, ratios: Mapping[str, float], present: set[int]) -> tuple[float, ...]:
    names = dataset.fields[FACTOR].classes
    for name, ratio in ratios.items():
        if name not in names:
            raise UsageError(
                f'data.ratios names "{printable(name)}", but the factors of the data are {", ".join(names)}.'
            )
        if not 0 <= ratio <= 1e6:
            raise UsageError(f"data.ratios.{name} is {ratio:g}; it must be 0 to 1000000.")
    if not ratios:
        return ()
    found = tuple(float(ratios.get(name, 1.0)) for name in names)
    if not any(found[number] for number in present):
        raise UsageError("data.ratios leaves no factor to draw: each is 0.")
    return found
