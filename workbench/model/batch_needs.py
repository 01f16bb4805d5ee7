"""What layers need of a batch while they learn, said before a training begins and not by torch in the middle of it."""

from __future__ import annotations

from workbench.core.edits import SetField
from workbench.core.graph import Graph
from workbench.model.mending import Fix
from workbench.model.problems import Problem
from workbench.model.shapes import Shapes


def batch_problems(graph: Graph, shapes: Shapes, smallest: int) -> list[Problem]:
    """Where a layer cannot learn from a batch as small as the smallest one.

    Args:
        graph: the network.
        shapes: its shapes.
        smallest: how many samples the smallest batch of the training has.
    """
    learns = graph.ancestors(id_ for id_, layer in shapes.layers.items() if layer.is_loss)
    found = []
    for id_, layer in shapes.layers.items():
        node = graph.nodes[id_]
        if id_ not in learns or id_ not in shapes.inputs or node.frozen or node.bypass:
            continue
        needed = layer.samples_needed(*shapes.inputs[id_])
        if needed > smallest:
            message = f"{node.name}: needs batches of at least {needed} samples to learn, since it centres each of its "
            message += f"features over the batch, but there are batches of {smallest}."
            fix = Fix(f"Bypass {node.name}", SetField(id_, "bypass", False, True, node.name))
            found.append(Problem(node.name, "", message, f"batches of {smallest}", f"at least {needed}", (fix,)))
    return found
