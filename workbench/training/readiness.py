"""What is looked at before a run begins, so that nothing goes wrong in the middle of it or unsaid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.core.errors import RunError, printable
from workbench.core.graph import Graph
from workbench.data.augmentations.spec import AugmentSettings, Mixing, of_use
from workbench.data.class_balance import sample_weights
from workbench.layers.spec import REGISTRY
from workbench.model.batch_needs import batch_problems
from workbench.model.shapes import infer
from workbench.training.config import TrainingConfig
from workbench.training.metric_names import LOSS, declared, title_of
from workbench.training.reported import choices

MIXES = "CrossEntropyLoss"  # the loss that takes shares of classes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbench.core.values import Value
    from workbench.data.batches import Batches
    from workbench.data.config import DataConfig
    from workbench.data.factor_sampler import Groups
    from workbench.data.spec import Dataset


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


def check_mixing(graph: Graph, augment: AugmentSettings) -> None:
    """Refuses mixtures of samples where a loss cannot take shares of classes.

    Raises:
        RunError: names the loss and what to do.
    """
    mixing = [each.name for each in augment.chosen() if isinstance(each, Mixing)]
    for node in graph.nodes.values() if mixing else ():
        layer = REGISTRY.get(node.layer)
        is_other = layer is not None and layer.is_loss and node.layer != MIXES
        if is_other or (node.layer == "Target" and node.params.get("kind", "class") != "class"):
            ways = " and ".join(mixing)
            raise RunError(
                f"{ways} mixes the classes of whole pictures, which {printable(node.name)} ({node.layer}) cannot take. "
                f"Use {MIXES} and one class for each picture, or switch {ways} off."
            )


def idle_augmentations(augment: AugmentSettings, fields: Iterable[Value]) -> list[str]:
    """Returns the sentence about augmentations that are on but change nothing of this data; none if all do."""
    useful = of_use(fields)
    idle = [each for each in augment.chosen() if each.name not in useful]
    if not idle:
        return []
    names, kinds = " and ".join(each.name for each in idle), " and ".join(sorted({each.meant_for for each in idle}))
    changes, they_are = ("changes", "it is") if len(idle) == 1 else ("change", "they are")
    return [f"data.augment: {names} {changes} nothing of this data; {they_are} for {kinds}."]


def idle_balance(data: DataConfig, dataset: Dataset) -> list[str]:
    """Returns the sentence about classes that are to come equally often, where samples are of no single class."""
    if not data.balanced or sample_weights(dataset, "train") is not None:
        return []
    return ["data.balanced changes nothing of this data, whose samples are not of one class each."]


def unmeasured(graph: Graph, config: TrainingConfig, *, has_validation: bool) -> list[str]:
    """The sentence about a metric that is to be gone by, but that is not measured; none if all is well.

    Args:
        graph: the network.
        config: its `monitor` names the metric.
        has_validation: whether there is validation data; without any the training batches are gone by.
    """
    metric, monitor = declared(config.monitor), printable(config.monitor)
    if config.monitor not in choices(graph, config):
        reason = "no loss of this network has one"
    elif metric is not None and not metric.is_cheap and not has_validation:
        reason = "that is measured on validation data alone, and there is none"
    else:
        return []
    return [f"training.monitor is {monitor}, but {reason}; the best epoch is that of least {title_of(LOSS)}."]
