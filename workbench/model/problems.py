"""What keeps a network from being trained: each problem on its node, with fixes that are edits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from workbench.core.edits import AddEdge, AddNode, CompositeGraphEdit, GraphEdit
from workbench.core.graph import Edge, Graph, Node, Port
from workbench.core.graph_edits import STEP, free_place, new_id, set_param
from workbench.core.names import free_name
from workbench.core.values import Json, Value
from workbench.layers.spec import Layer, RequiredLoss, find
from workbench.model.fault_fixes import fault_families
from workbench.model.losses import loss_fixes
from workbench.model.mending import Families, Fix, Fixes, Search
from workbench.model.shapes import Shapes, infer
from workbench.model.wire_fixes import input_fixes

Purpose = Literal["train", "predict"]
Severity = Literal["error", "hint"]


@dataclass(frozen=True)
class Problem:
    """Something wrong, in words for people.

    Attributes:
        node: name of the node, or "" for the whole network.
        port: the input port, or "".
        message: one sentence that begins with the node's name.
        found: the value that is wrong.
        needed: what would do.
        fixes: edits that would mend it, best first.
        severity: an error keeps the network from being trained or used, a hint only from learning well.
    """

    node: str
    port: str
    message: str
    found: str = ""
    needed: str = ""
    fixes: Sequence[Fix] = ()
    severity: Severity = "error"

    def as_json(self) -> dict[str, Json]:
        """As `check --json` prints it."""
        texts = [fix.text for fix in self.fixes]
        return {**{key: value for key, value in vars(self).items() if key != "fixes"}, "fixes": texts}


def counted(problems: Sequence[Problem]) -> str:
    """How many problems and hints there are, for people: `2 problems, 1 hint`."""
    hints = sum(problem.severity == "hint" for problem in problems)
    counts = {"problem": len(problems) - hints, "hint": hints}
    return ", ".join(f"{count} {word}{'s' * (count > 1)}" for word, count in counts.items() if count)


def find_problems(graph: Graph, purpose: Purpose = "train") -> list[Problem]:
    """Returns all that keeps the graph from its purpose, in the order of the flow, what is cut off last.

    They are found once for each graph.

    Args:
        graph: the network.
        purpose: to predict, a network needs no loss.

    Raises:
        GraphError: the wires go round in a circle.
    """
    if purpose not in graph.own_memo:
        graph.own_memo[purpose] = tuple(_found(graph, purpose))
    return list(graph.own_memo[purpose])


def _found(graph: Graph, purpose: Purpose) -> list[Problem]:
    shapes = infer(graph)
    found = []
    for id_, fault in sorted(shapes.faults.items(), key=lambda each: _is_cut_off(graph, each[0])):
        node, error = graph.nodes[id_], fault.error
        problem = Problem(node.name, error.port, f"{node.name}: {error}", error.found, error.needed)
        found.append(_with_fixes(graph, problem, purpose, partial(fault_families, graph, shapes, node, error)))
    found += _field_clashes(graph, shapes, purpose)
    lonely = _missing_losses(graph, shapes) if purpose == "train" else []
    return found + (lonely or _missing_parts(graph, shapes, purpose))


def _is_cut_off(graph: Graph, id_: str) -> bool:
    """Whether nothing at all comes into a node that has inputs: what feeds it may have a problem of its own first."""
    cls = find(graph.nodes[id_].layer)
    return cls is not None and bool(cls.inputs) and not cls.is_loss and not graph.incoming[id_]


def _with_fixes(graph: Graph, problem: Problem, purpose: Purpose, families: Families) -> Problem:
    """The problem with what mends it, which is looked for when it is asked for."""
    search = Search(graph, problem, lambda each: find_problems(each, purpose))
    return replace(problem, fixes=Fixes(families, search.choose))


def _shaped(node: Node, value: Value) -> Fix:
    shape = list(value.shape)
    return Fix(f"Set shape of {node.name} to {shape}", set_param(node, "shape", shape))


def _field_clashes(graph: Graph, shapes: Shapes, purpose: Purpose) -> list[Problem]:
    """Where two nodes bring in one field of the data as different things."""
    first: dict[str, Node] = {}
    found = []
    for id_, layer in [each for each in shapes.layers.items() if each[1].data_field]:
        value = shapes.values.get(Port(id_, layer.output_ports[0]))
        if value is None:
            continue
        node, field = graph.nodes[id_], str(getattr(layer, "field", ""))
        other = first.setdefault(field, node)
        theirs = shapes.values[Port(other.id, shapes.layers[other.id].output_ports[0])]
        if (value.shape, value.kind) != (theirs.shape, theirs.kind):
            message = f"{node.name}: brings in {field} as {value.kind} {value}, but {other.name} as "
            message += f"{theirs.kind} {theirs}."
            fixes = [_shaped(node, theirs), _shaped(other, value)] if value.kind == theirs.kind else []
            problem = Problem(node.name, "", message, f"{value.kind} {value}", f"{theirs.kind} {theirs}")
            found.append(_with_fixes(graph, problem, purpose, partial(tuple, [fixes])))
    return found


def _missing_parts(graph: Graph, shapes: Shapes, purpose: Purpose) -> list[Problem]:
    """What the network as a whole lacks."""
    if not any(node.layer == "Input" for node in graph):
        message = "The network has no Input node, so no data comes in."
        problem = Problem("", "", message, "no Input", "an Input node")
        return [_with_fixes(graph, problem, purpose, lambda: ([fix] for fix in input_fixes(graph, shapes)))]
    if purpose == "predict" or shapes.faults or any(layer.is_loss for layer in shapes.layers.values()):
        return []
    message = "The network has no loss node, so it cannot be trained."
    problem = Problem("", "", message, "no loss", "a loss node")
    return [_with_fixes(graph, problem, purpose, lambda: (loss_fixes(graph, shapes),))]


def _missing_losses(graph: Graph, shapes: Shapes) -> list[Problem]:
    """Where losses are missing without which a layer learns nothing of use."""
    needy = [id_ for id_, layer in shapes.layers.items() if layer.required_losses is not None]
    seen = graph.ancestors(id_ for id_, layer in shapes.layers.items() if layer.is_loss) if needy else frozenset()
    found = []
    for id_ in needy:
        node, layer = graph.nodes[id_], shapes.layers[id_]
        required = layer.required_losses
        if required is None or id_ in shapes.faults or node.bypass:
            continue
        if required.any_loss_suffices and (node.frozen or id_ in seen):
            continue
        missing = [each for each in required.losses if not _is_there(graph, id_, each)]
        if missing:
            kinds = " and a ".join(each.loss for each in missing)
            what = " and ".join(f"a {each.loss} on {_required_sources_text(graph, id_, each)}" for each in missing)
            message = f"{node.name}: {required.reason}: {what} {'are' if len(missing) > 1 else 'is'} missing."
            text = f"Add a {kinds} beside {node.name}"
            fix = Fix(text, _losses_added(graph, id_, layer, missing, text))
            found.append(Problem(node.name, "", message, f"no {missing[0].loss}", f"a {kinds}", (fix,)))
    return found


def _sources(graph: Graph, id_: str, loss: RequiredLoss) -> dict[str, Port]:
    """For each input of the required loss: the port it must be connected to."""
    return {port: graph.incoming[id_].get(name, Port(id_, name)) for port, name in loss.wires.items()}


def _is_there(graph: Graph, id_: str, loss: RequiredLoss) -> bool:
    wanted = _sources(graph, id_, loss).items()
    return any(node.layer == loss.loss and wanted <= graph.incoming[node.id].items() for node in graph)


def _required_sources_text(graph: Graph, id_: str, loss: RequiredLoss) -> str:
    """What has to feed a loss, for people."""
    own = [f"its {name}" for name in loss.wires.values() if name not in graph.incoming[id_]]
    same = [name for name in loss.wires.values() if name in graph.incoming[id_]]
    return " and ".join([*own, *([f"the same {' and '.join(same)}"] if same else [])])


def _losses_added(graph: Graph, id_: str, layer: Layer, missing: list[RequiredLoss], text: str) -> GraphEdit:
    """The edit that adds the losses that belong to a node, each in a free place below it."""
    edits: list[GraphEdit] = []
    own = graph.nodes[id_]
    for loss in missing:
        place = free_place(graph, (own.position[0] + STEP[0], own.position[1] + STEP[1]))
        name = free_name(f"{own.name}_{loss.name}", list(graph.by_name))
        params = {setting: getattr(layer, theirs) for setting, theirs in loss.settings.items()}
        node = Node(new_id(graph), name, loss.loss, params, position=place)
        wires = [AddEdge(Edge(source, Port(node.id, port))) for port, source in _sources(graph, id_, loss).items()]
        step = CompositeGraphEdit((AddNode(node), *wires), text)
        graph = step.apply(graph)
        edits += step.edits
    return CompositeGraphEdit(tuple(edits), text)
