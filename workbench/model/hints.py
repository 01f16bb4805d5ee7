"""What lets a network train, but not learn well: hints on their nodes, with fixes that are edits, as problems have."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.core.edits import SetField
from workbench.core.graph import Graph, Node, Port
from workbench.core.graph_edits import connect
from workbench.layers.spec import Insert, Layer, SetWidth
from workbench.model.mending import Fix
from workbench.model.problems import Problem
from workbench.model.remedies import fix_for
from workbench.model.shapes import Shapes, infer

SQUEEZED = "it bounds or cuts the scores of {loss}, which should be free to be of any size and sign"
PASSED = ("Identity", "Flatten")  # what hands scores on as they are


def find_hints(graph: Graph) -> list[Problem]:
    """Hints about a network, in the order of the flow from each loss upwards.

    Args:
        graph: the network.

    Raises:
        GraphError: the wires go round in a circle.
    """
    shapes = infer(graph)
    found: dict[str, Problem] = {}
    for id_, layer in shapes.layers.items():
        if not layer.is_loss or id_ not in shapes.inputs or id_ in shapes.faults:
            continue
        if layer.wants_before:
            found |= {hint.node: hint for hint in (_unmade(graph, shapes, id_, layer),) if hint}
        elif layer.activation:
            for node, wire in _before(graph, shapes, id_, layer):
                reason = _reason(shapes.layers[node.id]).format(loss=graph.nodes[id_].name)
                found.setdefault(node.name, _squeezed(graph, node, wire, graph.nodes[id_], reason))
    return [*found.values(), *(hint for hint in _dead_ends(graph, shapes) if hint.node not in found)]


def _dead_ends(graph: Graph, shapes: Shapes) -> Iterator[Problem]:
    """Hints on the ends of what leads to no loss and no Output, in a network that has a loss and is sound."""
    ends = {id_ for id_, layer in shapes.layers.items() if layer.is_loss or not layer.output_ports}
    if shapes.faults or not any(shapes.layers[id_].is_loss for id_ in ends):
        return
    for id_, layer in shapes.layers.items():
        if not graph.outgoing[id_] and id_ not in ends and layer.inputs:
            name = graph.nodes[id_].name
            message = f"{name}: leads to no loss and no Output, so it has no part in what is learnt and predicted."
            yield Problem(name, "", message, "a dead end", "a wire on", (), "hint")


def score_hint(graph: Graph, shapes: Shapes, loss: Node, classes: int) -> Problem | None:
    """The hint that a loss gets more scores than there are classes in the data; None if it does not."""
    source = graph.incoming[loss.id].get("prediction")
    scores = shapes.values.get(source) if source else None
    if scores is None or not scores.shape or scores.channels <= classes:
        return None
    spare = scores.channels - classes
    message = f"{loss.name}: gets {scores.channels} scores, but the data has {classes} classes, so {spare} of them "
    message += f"{'is' if spare == 1 else 'are'} never right."
    fix = fix_for(graph, shapes, loss, "prediction", SetWidth(classes))
    found, needed = f"{scores.channels} scores", f"{classes} scores"
    return Problem(loss.name, "prediction", message, found, needed, (fix,) if fix else (), "hint")


def _before(graph: Graph, shapes: Shapes, loss: str, layer: Layer) -> Iterator[tuple[Node, Port]]:
    """The nodes between a loss and the layer that makes its scores which do the scores no good, and where they lead."""
    wire = Port(loss, layer.takes_scores)
    while (source := graph.incoming[wire.node].get(wire.name)) is not None:
        node, here = graph.nodes[source.node], shapes.layers.get(source.node)
        if here is None or len(graph.incoming[node.id]) != 1:
            return
        if not node.bypass and _reason(here):
            yield node, wire
        elif not node.bypass and node.layer not in PASSED:
            return
        wire = Port(node.id, next(iter(graph.incoming[node.id])))


def _unmade(graph: Graph, shapes: Shapes, loss: str, layer: Layer) -> Problem | None:
    """The hint on a loss whose prediction is not made by the layer that it wants there; None where it is."""
    wire, name = Port(loss, layer.takes_scores), graph.nodes[loss].name
    while (source := graph.incoming[wire.node].get(wire.name)) is not None:
        node = graph.nodes[source.node]
        if node.layer == layer.wants_before and not node.bypass:
            return None
        if (node.layer not in PASSED and not node.bypass) or len(graph.incoming[node.id]) != 1:
            break
        wire = Port(node.id, next(iter(graph.incoming[node.id])))
    fix = fix_for(graph, shapes, graph.nodes[loss], layer.takes_scores, Insert(layer.wants_before))
    message = (
        f"{name}: takes what comes in as logarithms of probabilities, which a {layer.wants_before} before it makes."
    )
    needed = f"a {layer.wants_before} before it"
    return Problem(name, layer.takes_scores, message, "scores as they are", needed, (fix,) if fix else (), "hint")


def _reason(layer: Layer) -> str:
    """Why scores should not go through a layer, "" if they may: what it says itself, or the words of any activation."""
    return layer.score_hint or (SQUEEZED if type(layer).group == "Activation" else "")


def _squeezed(graph: Graph, node: Node, wire: Port, loss: Node, reason: str) -> Problem:
    """The hint on a node that stands between a loss and its scores."""
    behind = graph.nodes[wire.node].name
    if len(graph.outgoing[node.id]) == 1:
        fix = Fix(f"Bypass {node.name}", SetField(node.id, "bypass", False, True, node.name))
    else:
        (source,) = graph.incoming[node.id].values()
        fix = Fix(f"Wire {graph.nodes[source.node].name} to {behind}, past {node.name}", connect(graph, source, wire))
    message = f"{node.name}: {reason}."
    return Problem(node.name, "", message, f"a {node.layer} before {loss.name}", "scores as they are", (fix,), "hint")
