"""From a network of another program to a project: its answer and losses are added, and it is laid out and folded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.core.errors import SENTENCE, UnreadableError, UsageError, printable
from workbench.core.graph import Edge, Graph, Group, Node, Port
from workbench.core.groups import members, middle
from workbench.core.names import free_name, id_of, prefixes
from workbench.core.values import Json, Value
from workbench.layers.spec import REGISTRY
from workbench.model.imports.spec import importer_for, question_before
from workbench.model.problems import find_problems
from workbench.model.shapes import Shapes, infer
from workbench.model.translation.imported import Imported
from workbench.model.translation.kinds import as_maps
from workbench.project import storage
from workbench.project.document import Project
from workbench.project.format import MOST_NODES
from workbench.project.initial_weights import keep_weights
from workbench.project.template_layout import laid_out

if TYPE_CHECKING:
    from torch import Tensor

FEWEST_FOLDED = 30  # nodes from which a network is folded, so that it can be read at first sight
SMALLEST_BLOCK = 3
LARGEST_BLOCK = 0.75  # of all nodes; a larger one is left open, and those inside it are folded
TRAINING: Mapping[str, Json] = {"epochs": 10, "optimizer": "SGD", "lr": 0.01, "weight_decay": 1e-4}
DATA: Mapping[str, Json] = {"source": "folder", "options": {"path": "pictures"}, "batch_size": 32}
DIGIT = (1, 28, 28)  # the size of what such networks were usually made for
DIGITS: Mapping[str, Json] = {"source": "digits", "options": {}, "batch_size": 64}


@dataclass(frozen=True)
class Brought:
    """A network of another program as a project that is not written yet.

    Attributes:
        project: with its settings.
        imported: what was read.
        tensors: its weights by state_dict key; empty where it begins with random ones.
        problems: what is wrong with it, first of all.
    """

    project: Project
    imported: Imported
    tensors: Mapping[str, Tensor]
    problems: tuple[str, ...]

    def report(self) -> list[str]:
        """Returns what a person should know, in sentences: what was read, what was not, and what is wrong."""
        count = len(self.project.graph.nodes)
        arrays = len(self.tensors)
        weights = f"with {arrays} weight{'s' * (arrays != 1)}" if arrays else "without weights"
        found = [f"{count} node{'s' * (count != 1)} {weights}, read from {self.imported.origin}."]
        found += self.imported.notes
        found += [
            printable(f"Not understood: {each.node} ({each.kind}): {each.reason}.", SENTENCE)
            for each in self.imported.unread
        ]
        return found if self.imported.unread else [*found, *(f"Problem: {text}" for text in self.problems)]


def bring_in(what: str, weights: Path | None = None, *, may_run: bool = False) -> Brought:
    """Reads a network of another program.

    Args:
        what: a file, or a name such as `torchvision:resnet50`.
        weights: a file with weights for it.
        may_run: whether a file that has to be run to be read may be.

    Raises:
        WorkbenchError: nothing that can be imported, a damaged file, weights of another network, or a file that
            would have to be run and may not.
    """
    importer, which = importer_for(what)
    if importer.runs_files and not may_run:
        raise UsageError(f"{question_before(what)} If so: --trust.")
    imported = importer.read(which)
    imported = replace(imported, graph=as_maps(imported.graph))
    if len(imported.graph.nodes) > MOST_NODES:
        count = len(imported.graph.nodes)
        raise UnreadableError(which, f"it would be {count:,} nodes, and a network has at most {MOST_NODES:,} here.")
    project = project_of(imported)
    problems = tuple(problem.message for problem in find_problems(project.graph))
    tensors: Mapping[str, Tensor] = {}
    given = imported.weights if weights is None else None
    if weights is not None or given:
        from workbench.model.weights import check_finite, load_into, read_weights

        wanted = read_weights(weights) if weights is not None else given
        assert wanted is not None
        check_finite(wanted, which)
        if imported.unread or problems:
            tensors = wanted  # nothing can be built yet that they could be compared with
        else:
            from workbench.model.network import Network

            network = Network(project.graph)
            load_into(network.modules, wanted)
            tensors = network.modules.state_dict()
        project = replace(project, training={**project.training, "pretrained": True})
    return Brought(project, imported, tensors, problems)


def write_brought(brought: Brought, out: Path) -> None:
    """Writes the project and its weights beside it.

    Raises:
        WriteError: they cannot be written.
    """
    if brought.tensors:
        keep_weights(out, brought.tensors)
    storage.save(brought.project, out)


def project_of(imported: Imported) -> Project:
    """Returns a project with the network, ready to be trained where it gives scores of classes."""
    graph = _with_losses(imported)
    folded = folds(graph, imported.blocks)
    graph = replace(graph, nodes=laid_out(graph.nodes, graph.edges, _depths(graph), folded))
    groups = {prefix: Group(folded=True, position=middle(members(graph, prefix))) for prefix in folded}
    shapes = [layer.output().shape for layer in infer(graph).layers.values() if layer.data_field]
    data = DIGITS if DIGIT in shapes else DATA
    return Project.new(replace(graph, groups=groups), dict(data), dict(TRAINING))


def _with_losses(imported: Imported) -> Graph:
    """The network with its outputs marked, and with what compares scores with classes."""
    graph = imported.graph
    shapes = infer(graph)
    values = shapes.values
    nodes, edges = dict(graph.nodes), list(graph.edges)

    def add(layer: str, name: str, *wires: tuple[str, Port], **params: Json) -> Port:
        free = free_name(name, [each.name for each in nodes.values()])
        id_ = id_of(free)
        nodes[id_] = Node(id_, free, layer, params)
        edges.extend(Edge(source, Port(id_, port)) for port, source in wires)
        return Port(id_, (REGISTRY[layer].output_ports or ("",))[0])

    pixels = _scores_of_pixels(imported, shapes)
    if pixels is not None:
        return _with_mask(imported, pixels, values[pixels].spatial)
    scores = {name: port for name, port in imported.outputs.items() if port in values and _are_scores(values[port])}
    if len(scores) < len(imported.outputs) or not scores:
        for name, port in imported.outputs.items():
            add("Output", name, ("x", port))
        return replace(graph, nodes=nodes, edges=tuple(edges))
    main = next(iter(scores))
    answers, scores = scores, {name: _before_softmax(graph, shapes, port) for name, port in scores.items()}
    width = values[scores[main]].channels
    for name, port in scores.items():
        if values[port].kind == "map":
            scores[name] = add("Flatten", f"flatten_{name}", ("x", port))
    classes: dict[str, Any] = {"classes": list(imported.classes)} if len(imported.classes) == width else {}
    label = add("Target", "label", field="label", **classes)
    for name, port in scores.items():
        if name == main:
            add("CrossEntropyLoss", "loss", ("prediction", port), ("target", label))
        else:
            weight = imported.auxiliary.get(name, 1.0)
            add("CrossEntropyLoss", f"{name}_loss", ("prediction", port), ("target", label), weight=weight)
    if len(scores) > 1 or answers != scores:
        add("Output", "scores", ("x", answers[main]))
    return replace(graph, nodes=nodes, edges=tuple(edges))


def _scores_of_pixels(imported: Imported, shapes: Shapes) -> Port | None:
    """The output that scores the known classes for each pixel of the input; None if there is none."""
    sizes = {layer.output().spatial for layer in shapes.layers.values() if layer.data_field and not layer.inputs}
    for port in imported.outputs.values():
        value = shapes.values.get(port)
        is_map = value is not None and value.kind == "map" and value.spatial in sizes and len(value.spatial) == 2
        if is_map and value is not None and value.channels == len(imported.classes):
            return port
    return None


def _with_mask(imported: Imported, scores: Port, size: tuple[int, ...]) -> Graph:
    """The network with what compares scores of pixels with a mask."""
    graph = imported.graph
    names = list(graph.by_name)
    mask, loss = free_name("mask", names), free_name("loss", names)
    params: dict[str, Any] = {"field": "mask", "kind": "mask", "shape": list(size), "classes": list(imported.classes)}
    nodes = {**graph.nodes, id_of(mask): Node(id_of(mask), mask, "Target", params)}
    nodes[id_of(loss)] = Node(id_of(loss), loss, "CrossEntropyLoss")
    edges = (
        *graph.edges,
        Edge(scores, Port(id_of(loss), "prediction")),
        Edge(Port(id_of(mask), "y"), Port(id_of(loss), "target")),
    )
    return replace(graph, nodes=nodes, edges=edges)


def _are_scores(value: Value) -> bool:
    """Whether a value has one number for each class, also as maps of a single pixel."""
    return value.kind == "vector" or (value.kind == "map" and set(value.spatial) == {1})


def _before_softmax(graph: Graph, shapes: Shapes, port: Port) -> Port:
    """Where the scores come from that a loss compares: in front of what makes probabilities of them."""
    while shapes.layers[port.node].score_hint:
        port = next(iter(graph.incoming[port.node].values()))
    return port


def folds(graph: Graph, blocks: tuple[str, ...]) -> list[str]:
    """Returns the groups that are seen folded: none is larger than three quarters of the network.

    Args:
        graph: the network.
        blocks: prefixes that may be groups.
    """
    if len(graph.nodes) < FEWEST_FOLDED:
        return []
    sizes = Counter(prefix for node in graph for prefix in prefixes(node.name))
    most = LARGEST_BLOCK * len(graph.nodes)
    return [each for each in blocks if SMALLEST_BLOCK <= sizes[each] <= most]


def _depths(graph: Graph) -> dict[str, int]:
    """The column of each node: one behind all that feed it; the answer's stands before its loss."""
    depths: dict[str, int] = {}
    for id_ in graph.order:
        depths[id_] = max((depths[port.node] + 1 for port in graph.incoming[id_].values()), default=0)
    for node in graph:
        if not graph.incoming[node.id] and graph.outgoing[node.id]:
            depths[node.id] = max(0, min(depths[edge.target.node] for edge in graph.outgoing[node.id]) - 1)
    return depths
