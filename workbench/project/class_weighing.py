"""Gives the losses of a network weights by which rare classes count as much as frequent ones, or takes them away."""

from __future__ import annotations

from workbench.core.edits import MISSING, CompositeGraphEdit, GraphEdit, SetParam
from workbench.core.errors import printable
from workbench.core.graph import Graph
from workbench.core.values import Json
from workbench.data.class_balance import class_weights, counts_of
from workbench.data.spec import Dataset
from workbench.layers.base_class_loss import NOTHING, ClassLoss
from workbench.layers.spec import REGISTRY

WEIGHTS = "class_weights"


def is_weighed(graph: Graph) -> bool:
    """Returns whether any loss has weights of classes."""
    return any(node.params.get(WEIGHTS) for node in graph.nodes.values())


def weighed(graph: Graph, dataset: Dataset) -> GraphEdit | None:
    """Returns the edit that weighs the classes of every loss by the training part; None where no loss has classes.

    Args:
        graph: the network.
        dataset: its data.
    """
    edits: list[GraphEdit] = []
    for id_, node in graph.nodes.items():
        layer = REGISTRY.get(node.layer)
        if layer is None or not issubclass(layer, ClassLoss):
            continue
        field = _field_of(graph, id_)
        if field in dataset.fields and dataset.fields[field].classes:
            ignored = int(node.params.get("ignore_index", NOTHING))
            weights = list(class_weights(counts_of(dataset, field), ignored))
            edits.append(_set(graph, id_, weights))
    return CompositeGraphEdit(tuple(edits), "Weigh the classes") if edits else None


def unweighed(graph: Graph) -> GraphEdit | None:
    """Returns the edit that lets all classes count alike; None where they do."""
    edits = [_set(graph, id_, []) for id_, node in graph.nodes.items() if node.params.get(WEIGHTS)]
    return CompositeGraphEdit(tuple(edits), "Let all classes count alike") if edits else None


def weights_told(graph: Graph, dataset: Dataset | None = None) -> list[str]:
    """Returns a line for each loss whose classes are weighed: "loss: cat 0.5, dog 2.1".

    Args:
        graph: the network.
        dataset: its data, which names the classes; without it they are numbered.
    """
    lines = []
    for id_, node in graph.nodes.items():
        weights = node.params.get(WEIGHTS)
        if not isinstance(weights, list) or not weights:
            continue
        value = dataset.fields.get(_field_of(graph, id_)) if dataset is not None else None
        classes = value.classes if value is not None and len(value.classes) == len(weights) else ()
        names = classes or [str(number) for number in range(len(weights))]
        parts = [f"{printable(name)} {weight:.3g}" for name, weight in zip(names, weights, strict=True)]
        lines.append(f"{printable(node.name)}: {', '.join(parts)}")
    return lines


def _field_of(graph: Graph, loss: str) -> str:
    """The field of the Target that a loss compares with; "" if there is none."""
    for edge in graph.edges:
        if edge.target.node == loss and edge.target.name == "target":
            source = graph.nodes[edge.source.node]
            return str(source.params.get("field", "label")) if source.layer == "Target" else ""
    return ""


def _set(graph: Graph, id_: str, weights: list[float]) -> SetParam:
    before: Json = graph.nodes[id_].params.get(WEIGHTS, MISSING)
    return SetParam(id_, WEIGHTS, before, weights or MISSING, graph.nodes[id_].name)
