"""What is looked at before a run begins, so that nothing goes wrong in the middle of it or unsaid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.core.errors import RunError
from workbench.core.graph import Graph
from workbench.layers.spec import find
from workbench.model.batch_needs import batch_problems
from workbench.model.shapes import infer
from workbench.training.config import TrainingConfig
from workbench.training.metric_names import ACCURACY

if TYPE_CHECKING:
    from workbench.data.batches import Batches
    from workbench.data.factor_sampler import Groups


def check_batches(graph: Graph, batches: Batches, groups: Groups | None) -> None:
    """Refuses batches that are too small for a layer to learn from.

    Args:
        graph: the network.
        batches: of the training split.
        groups: the batches themselves, where the data has its own.

    Raises:
        RunError: a layer needs more samples than the smallest batch has.
    """
    # A sample that is left over at the end of an epoch is no batch, and from two samples on all layers learn.
    smallest = min(map(len, groups.members)) if groups is not None else min(2, batches.size, batches.batch_size)
    if problems := batch_problems(graph, infer(graph), smallest):
        raise RunError(problems[0].message)


def unmeasured(graph: Graph, config: TrainingConfig) -> list[str]:
    """The sentence about a metric that is to be gone by, but that no loss of the network has; none if all is well."""
    layers = [find(node.layer) for node in graph]
    if config.monitor != ACCURACY or any(layer and ACCURACY in layer.metrics for layer in layers):
        return []
    return ["training.monitor is accuracy, but no loss of this network has one; the best epoch is that of least loss."]
