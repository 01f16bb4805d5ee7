"""The network to look at: built from what is drawn, with the weights of a run or of the training under way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from workbench.core.errors import UsageError, WorkbenchError
from workbench.core.files import is_folder
from workbench.core.graph import Graph, Node, Port
from workbench.model.shapes import Shapes, infer
from workbench.project.document import Project
from workbench.project.kept_options import as_trained
from workbench.project.storage import home_of, runs_folder

if TYPE_CHECKING:
    from workbench.model.network import Network

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class LiveWeights:
    """Weights of the training under way, by the keys of the graph that it began with."""

    step: int
    weights: Arrays


@dataclass(frozen=True)
class Loaded:
    """A network with its weights.

    Attributes:
        network: ready to predict.
        graph: that it was built from: all of it, or what of it is sound.
        origin: where the weights are from, for people.
        is_trained: whether there are weights at all.
        is_edited: whether the network was changed since it was trained.
        untrained: ids of nodes whose weights are still the first ones.
        notes: what had to be passed over on the way to the weights.
        project: whose data have the numbers that the weights learnt; None for that which was asked for.
    """

    network: Network
    graph: Graph
    origin: str
    is_trained: bool
    is_edited: bool
    untrained: frozenset[str]
    notes: tuple[str, ...] = ()
    project: Project | None = None


def sound_part(graph: Graph, shapes: Shapes) -> Graph:
    """The nodes whose values are known, without losses and targets: what can be computed while the rest is mended."""
    kept: dict[str, Node] = {}
    for id_ in graph.order:
        node, layer = graph.nodes[id_], shapes.layers.get(id_)
        if layer is None or layer.is_loss or id_ in shapes.faults or id_ not in shapes.inputs:
            continue
        is_answer = layer.data_field and node.layer != "Input"
        is_known = all(Port(id_, name) in shapes.values for name in layer.output_ports)
        has_owner = not node.share_with or node.share_with in kept
        if layer.output_ports and is_known and has_owner and not is_answer:
            kept[id_] = node
    edges = tuple(edge for edge in graph.edges if edge.source.node in kept and edge.target.node in kept)
    return Graph({id_: graph.nodes[id_] for id_ in graph.nodes if id_ in kept}, edges)


def build(graph: Graph) -> tuple[Network, Graph]:
    """A network of what is drawn, or of its sound part, and the graph that it is of.

    Raises:
        WorkbenchError: nothing of it can be computed.
    """
    from workbench.model.network import Network
    from workbench.model.plan import PlanError

    try:
        return Network(graph), graph
    except PlanError as error:
        part = sound_part(graph, infer(graph))
        if not part.nodes:
            raise
        try:
            return Network(part), part
        except PlanError:
            raise error from None


def load(project: Project, path: Path, run: str, live: LiveWeights | None, network: Network, graph: Graph) -> Loaded:
    """Gives a network the weights of the training under way, or else of a run, the newest if none is named.

    Raises:
        WorkbenchError: the weights are damaged.
    """
    import torch

    from workbench.model.weights import load_into
    from workbench.project.records import graph_of, likeness
    from workbench.project.runs import LostWeightsError, find_run, renamed, trained_weights

    trained: Graph | None = None
    notes: tuple[str, ...] = ()
    told = project
    if live is not None:
        weights = {key: torch.from_numpy(array) for key, array in live.weights.items()}
        origin = f"training, batch {live.step:,}"
        try:
            trained = graph_of(find_run(path))
            weights = renamed(weights, trained, project.graph)
        except WorkbenchError:  # the run has no folder that could be read
            trained = None
    else:
        try:
            weights, origin, notes = trained_weights(project, path, run)
        except LostWeightsError as error:
            return Loaded(network, graph, "weights are lost", False, False, frozenset(), (str(error),))
        except UsageError:
            return Loaded(network, graph, "not trained yet", False, False, frozenset())
        if is_folder(runs_folder(path) / origin):
            own = find_run(path, origin)
            trained = graph_of(own)
            told, more = as_trained(project, own, home_of(path))
            notes = (*notes, *more)
    fit = load_into(network.modules, weights, partly=True)
    names = {key.rpartition(".")[0] for key in (*fit.missing, *fit.misshapen)}
    untrained = frozenset(node.id for node in graph if node.name in names)
    is_edited = trained is not None and likeness(trained, names=False) != likeness(project.graph, names=False)
    return Loaded(network, graph, origin, True, is_edited, untrained, tuple(notes), told)
