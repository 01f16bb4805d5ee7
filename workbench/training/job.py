"""What a training is made from: everything that it needs, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor

from workbench.core.graph import Graph
from workbench.core.values import Json
from workbench.data.config import DataConfig
from workbench.data.spec import Dataset
from workbench.training.config import TrainingConfig
from workbench.training.peers import ALONE, Peers
from workbench.training.run_folder import RunFolder


@dataclass(frozen=True)
class TrainingJob:
    """Everything a training needs.

    Attributes:
        graph: the network; the run keeps it even if the document goes on changing.
        config: training settings.
        data: data settings.
        dataset: the samples.
        folder: where the run's files go.
        record: what run.json is to hold (for a new run).
        is_numbered: whether the next free number will do where another training has taken the folder meanwhile.
        resume: go on from the newest checkpoint.
        from_start: with `resume`, whether to begin anew where checkpoints were written but none of them is whole.
        weights: weights to start from, by key; empty to start fresh.
        fresh: names of nodes that start fresh all the same.
        threads: how many threads torch uses.
        hints: what a person should know about network and data, said as warnings at the beginning.
        peers: the processes that train it together.
    """

    graph: Graph
    config: TrainingConfig
    data: DataConfig
    dataset: Dataset
    folder: RunFolder
    record: Mapping[str, Json] = field(default_factory=dict)
    is_numbered: bool = False
    resume: bool = False
    from_start: bool = False
    weights: Mapping[str, Tensor] = field(default_factory=dict)
    fresh: tuple[str, ...] = ()
    threads: int = 1
    hints: tuple[str, ...] = ()
    peers: Peers = ALONE
