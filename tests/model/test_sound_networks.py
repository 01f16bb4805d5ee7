"""Whatever is drawn: a network in which no problem is found can be built, trained and written down as Python."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
import torch

from tests.graph_factories import drawn
from workbench.core import graph_edits as drawing
from workbench.core.graph import Graph, GraphError, Node, Port
from workbench.core.names import free_name
from workbench.layers.spec import REGISTRY, find
from workbench.model.cost import costs, total
from workbench.model.network import Network
from workbench.model.problems import find_problems
from workbench.model.shapes import infer
from workbench.model.source import python_source

SETTINGS: dict[str, list[Any]] = {
    "kernel_size": [1, 2, 5, [3, 1]], "stride": [1, 2, [1, 2]], "padding": [0, 1, 2, "same"], "dilation": [1, 2],
    "groups": [1, 2], "out_channels": [4, 16], "out_features": [10, 7], "bias": [False], "ceil_mode": [True],
    "start_dim": [1, 2], "end_dim": [-1, 2], "shape": [[1, 28, 28], [3, 17, 20], [5], [4, 6]], "dim": [1, 2],
    "kind": ["map", "vector", "class", "scalar", "mask"], "classes": [[], ["a", "b"]], "reduction": ["sum"],
    "output_size": [1, [2, 3]], "scale_factor": [2], "affine": [False], "track_running_stats": [False],
    "weight": [0.5], "field": ["image", "label"],
}  # fmt: skip


def mutated(dice: random.Random, graph: Graph) -> Graph:
    """The graph after one thing that a person might do to it."""
    node = dice.choice(list(graph))
    cls = find(node.layer)
    match dice.randrange(8):
        case 0 | 1 if cls and (names := sorted(SETTINGS.keys() & cls.model_fields.keys())):
            name = dice.choice(names)
            return drawing.set_param(node, name, dice.choice(SETTINGS[name])).apply(graph)
        case 2:
            return graph.with_node(replace(node, bypass=not node.bypass))
        case 3:
            twins = [each.id for each in graph if each.layer == node.layer and each.id != node.id]
            return graph.with_node(replace(node, share_with=dice.choice(["", *twins]), frozen=dice.random() < 0.5))
        case 4 if graph.edges:
            port, layer = dice.choice(graph.edges).target, REGISTRY[dice.choice(list(REGISTRY))]
            if layer.inputs and layer.output_ports and port.name not in ("switches", "target"):
                wire = layer.inputs[0].name + (".0" if layer.inputs[0].variadic else "")
                ends = (wire, layer.output_ports[0])
                return drawing.insert(graph, port, layer.__name__, "new", {}, ends).apply(graph)
        case 5:
            source = dice.choice([each for each in graph if find(each.layer).output_ports])
            port = Port(source.id, find(source.layer).output_ports[0])
            end = dice.choice([edge.target for edge in graph.edges] + [Port(node.id, "x.1")])
            return drawing.connect(graph, port, end).apply(graph)
        case 6:
            source = dice.choice([each for each in graph if find(each.layer).output_ports])
            new = Node(drawing.new_id(graph), free_name("out", list(graph.by_name)), "Output")
            grown = replace(graph, nodes={**graph.nodes, new.id: new})
            return drawing.connect(grown, Port(source.id, "y"), Port(new.id, "x")).apply(grown)
        case 7 if dice.random() < 0.3:
            return drawing.remove(graph, node).apply(graph)
    return graph


def runs(graph: Graph) -> None:
    """Builds and runs it without memory, on the meta device."""
    shapes = infer(graph)
    sums = total(costs(graph).values())
    with torch.device("meta"):
        network = Network(graph)
        fields = {}
        for id_, layer in shapes.layers.items():
            if layer.data_field:
                value = shapes.values[Port(id_, "y")]
                fields[layer.field] = torch.zeros(4, *value.shape, dtype=getattr(torch, value.dtype))
        output = network.train_batch(fields)
        network.objective(output.losses)
        network.set_training(False)
        results = network.predict(fields)
    for name, port in network.results.items():
        assert tuple(results[name].shape[1:]) == shapes.values[port].shape
    bypassed = [node.name for node in graph if node.bypass]
    counted = {
        name: weight.numel()
        for name, weight in network.modules.named_parameters()
        if not any(name.startswith(f"{each}.") for each in bypassed)
    }
    assert sum(counted.values()) == sums["parameters"]
    compile(python_source(graph, "w.safetensors"), "exported.py", "exec")


@pytest.mark.filterwarnings("ignore:Using padding=:UserWarning", "ignore:Using a target size:UserWarning")
@pytest.mark.parametrize("template", ["lenet5", "small-resnet", "autoencoder"])
def test_what_has_no_problem_can_be_built_and_run(template: str) -> None:
    built = 0
    for seed in range(150):
        dice = random.Random(seed)
        graph = drawn(template)
        for _ in range(dice.choice((1, 2, 3, 5))):
            try:
                graph = mutated(dice, graph)
            except GraphError:
                continue
        if not find_problems(graph):
            runs(graph)
            built += 1
    assert built > 30
