"""Fine-tuning in one action: a network with weights gets the classes and pictures of other data, and a plan for it."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.core.edits import AddEdge, AddNode, CompositeGraphEdit, Edit, GraphEdit, RemoveEdge
from workbench.core.graph import Edge, Graph, Node, Port
from workbench.core.graph_edits import insert, new_id, place_between, set_param
from workbench.core.names import free_name
from workbench.core.values import Json, Value
from workbench.data.spec import Dataset
from workbench.layers.input import Input
from workbench.model.shapes import infer
from workbench.project.checks import fitted
from workbench.project.document import CompositeEdit, Project, setting
from workbench.project.initial_weights import last_layers
from workbench.training.config import Stage

SLOWER = 10  # by how much all layers learn more slowly than the head alone
LABEL = "Adapt to this data"


@dataclass(frozen=True)
class Adapted:
    """A network for other data.

    Attributes:
        project: what it has become.
        edit: the change, one step for the user.
        done: what was done, in sentences.
    """

    project: Project
    edit: CompositeEdit
    done: tuple[str, ...]


def adapt(project: Project, dataset: Dataset, *, keeps_weights: bool, head_first: bool = True) -> Adapted:
    """Fits a network to data as fine-tuning wants it.

    The last layer gets the classes, pictures are enlarged or repeated for the channels that the network was made for,
    and the head learns first, then all layers with a tenth of the rate.

    Args:
        project: with the network.
        dataset: the data.
        keeps_weights: whether the project has weights that the network begins with.
        head_first: whether the other layers stand still for a first stage.
    """
    edits: list[Edit] = []
    done: list[str] = []
    native = _picture(project.graph)
    project, fixes = fitted(project, dataset)
    for fix in fixes:
        edits.append(fix.edit)
        done.append(f"{fix.text}.")
    if keeps_weights and native is not None:
        for edit, text in _prepared(project.graph, native):
            project = project.apply(edit)
            edits.append(edit)
            done.append(text)
    heads = [project.graph.nodes[id_].name for id_ in last_layers(project.graph, infer(project.graph))]
    settings: dict[str, Json] = {"pretrained": True} if keeps_weights else {}
    if keeps_weights and head_first and heads:
        config = project.training_config()
        later = max(1, config.total_epochs - 1)
        stages = (Stage(epochs=1, train=tuple(heads)), Stage(epochs=later, lr=config.lr / SLOWER))
        settings["stages"] = [
            {"epochs": each.epochs, **each.model_dump(mode="json", exclude_defaults=True)} for each in stages
        ]
        done.append(f"{' and '.join(heads)} learns first, then all layers with a tenth of the learning rate.")
    for name, value in settings.items():
        change = setting(project, "training", (name,), value)
        project = project.apply(change)
        edits.append(change)
    return Adapted(project, CompositeEdit(tuple(edits), LABEL), tuple(done))


def _picture(graph: Graph) -> tuple[str, Input] | None:
    """The only Input node for pictures, with its layer."""
    found = [(id_, layer) for id_, layer in infer(graph).layers.items() if isinstance(layer, Input)]
    pictures = [(id_, layer) for id_, layer in found if layer.kind == "map" and len(layer.shape) == 3]
    return pictures[0] if len(pictures) == 1 else None


def _prepared(graph: Graph, native: tuple[str, Input]) -> list[tuple[GraphEdit, str]]:
    """The edits that bring the data's pictures nearer to those that the network was made for."""
    id_, before = native
    now = infer(graph).layers.get(id_)
    if not isinstance(now, Input):
        return []
    found: list[tuple[GraphEdit, str]] = []
    factor = min(max(1, before.shape[axis] // (2 * now.shape[axis]) + (before.shape[axis] % (2 * now.shape[axis]) > 0))
                 for axis in (1, 2))  # fmt: skip
    if factor > 1:
        after = Value((now.shape[0], now.shape[1] * factor, now.shape[2] * factor))
        name = graph.nodes[id_].name
        edge = next((each for each in graph.edges if each.source.node == id_), None)
        if edge is not None and len(graph.outgoing[id_]) == 1:
            edit = insert(
                graph, edge.target, "Upsample", "upsample", {"scale_factor": factor, "mode": "bilinear"}, ("x", "y")
            )
            found.append((edit, f"{name} is enlarged {factor} times, to {after}, as the weights know pictures."))
            graph = edit.apply(graph)
    if now.shape[0] == 1 and before.shape[0] > 1 and graph.outgoing[id_]:
        found.append(_repeated(graph, id_, before))
    return found


def _repeated(graph: Graph, id_: str, before: Input) -> tuple[GraphEdit, str]:
    """Grey pictures as so many equal channels; one mean and deviation in the place of those of the colours."""
    node, channels = graph.nodes[id_], before.shape[0]
    concat = Node(
        new_id(graph),
        free_name("channels", list(graph.by_name)),
        "Concat",
        {},
        position=place_between(graph, id_, graph.outgoing[id_][0].target.node),
    )
    edits: list[GraphEdit] = []
    for name, numbers in (("mean", before.mean), ("std", before.std)):
        if numbers:
            edits.append(set_param(node, name, [round(sum(numbers) / len(numbers), 4)]))
    edits.append(AddNode(concat, len(graph.nodes)))
    edges = list(graph.edges)
    for edge in graph.outgoing[id_]:
        at = edges.index(edge)
        edits += [RemoveEdge(edge, at), AddEdge(Edge(Port(concat.id, "y"), edge.target), at)]
        edges[at] = Edge(Port(concat.id, "y"), edge.target)
    for number in range(channels):
        wire = Edge(Port(id_, "y"), Port(concat.id, f"x.{number}"))
        edits.append(AddEdge(wire, len(edges)))
        edges.append(wire)
    text = f"{node.name} is grey and is repeated {channels} times, as the network wants {channels} channels."
    return CompositeGraphEdit(tuple(edits), f"Repeat {node.name}"), text
