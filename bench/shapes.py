"""What follows from an edit (shapes, costs, problems) against torch's FakeTensor, on a network like ResNet-50.

    python bench/shapes.py [--quick]

The network has 176 nodes without its loss. An edit in its middle gives a convolution another kernel of the same output
size, or another width; it is applied, and shapes, costs, problems and hints of the network are asked for, and apart
from that the receptive fields of all nodes too, where the window asks for those that it paints. FakeTensor runs
the same network forward, with modules and caches made before; the two take turns, and the ratio is formed within a
round. CPU time, medians. Shapes of all nodes and the number of parameters must be torch's.
"""

from __future__ import annotations

import statistics
from functools import partial
from itertools import product
from typing import Any

from figures import Figure, at_least, at_most, cpu_ms, plain, run

from workbench.core.edits import CompositeGraphEdit, GraphEdit
from workbench.core.graph import Edge, Graph, Node, Port
from workbench.core.graph_edits import set_param
from workbench.core.values import Json
from workbench.model.analysis import Analysis
from workbench.model.node_shapes import used_outputs

PICTURE = (3, 224, 224)
STAGES = ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2))  # width, blocks, stride
NODES = 176


class _Builder:
    """Puts nodes one behind the other."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.edges: list[Edge] = []

    def add(self, layer: str, *sources: str, **params: Json) -> str:
        """Adds a node that is fed by others, and returns its id."""
        id_ = f"n{len(self.nodes)}"
        place = (216.0 * (len(self.nodes) % 16), 164.0 * (len(self.nodes) // 16))
        self.nodes[id_] = Node(id_, f"{layer.lower()}_{len(self.nodes)}", layer, params, position=place)
        names = {"Add": ("x.0", "x.1"), "CrossEntropyLoss": ("prediction", "target")}.get(layer, ("x",))
        self.edges += [Edge(Port(each, "y"), Port(id_, name)) for each, name in zip(sources, names, strict=False)]
        return id_

    def conv(self, x: str, width: int, kernel: int, stride: int) -> str:
        """Adds a convolution with its batch normalisation."""
        sizes: dict[str, Json] = {"kernel_size": kernel, "stride": stride, "padding": kernel // 2}
        return self.add("BatchNorm2d", self.add("Conv2d", x, out_channels=width, **sizes))


def resnet50_like(classes: int = 1000) -> Graph:
    """Returns a network of 176 nodes like ResNet-50, with a target and a loss behind them."""
    made = _Builder()
    x = made.add("ReLU", made.conv(made.add("Input", shape=list(PICTURE)), 64, 7, 2))
    x = made.add("MaxPool2d", x, kernel_size=3, stride=2, padding=1)
    for width, blocks, first_stride in STAGES:
        for block in range(blocks):
            stride = first_stride if block == 0 else 1
            y = made.add("ReLU", made.conv(x, width, 1, 1))
            y = made.add("ReLU", made.conv(y, width, 3, stride))
            y = made.conv(y, 4 * width, 1, 1)
            x = made.add("ReLU", made.add("Add", y, made.conv(x, 4 * width, 1, stride) if block == 0 else x))
    x = made.add("Flatten", made.add("AdaptiveAvgPool2d", x, output_size=1))
    x = made.add("Linear", x, out_features=classes)
    assert len(made.nodes) == NODES
    made.add("CrossEntropyLoss", x, made.add("Target", kind="class", classes=[str(each) for each in range(classes)]))
    return Graph(made.nodes, tuple(made.edges))


def middle_conv(graph: Graph) -> Node:
    """Returns the 3x3 convolution nearest to the middle."""
    convs = [node for node in graph if node.layer == "Conv2d" and node.params["kernel_size"] == 3]
    places = {id_: at for at, id_ in enumerate(graph.order)}
    return min(convs, key=lambda node: abs(places[node.id] - len(places) // 2))


def settings(graph: Graph, id_: str, **params: Json) -> GraphEdit:
    """Returns the edit that gives a node other settings."""
    node = graph.nodes[id_]
    return CompositeGraphEdit(tuple(set_param(node, name, value) for name, value in params.items()), "Set")


class Ours:
    """The network while it is edited."""

    def __init__(self, graph: Graph, *, asks_for_fields: bool = False) -> None:
        self.graph, self._asks_for_fields = graph, asks_for_fields
        self.derive(graph)

    def derive(self, graph: Graph) -> None:
        """Asks for all that follows from a graph."""
        analysis = Analysis(graph)
        assert len(analysis.costs) == len(graph.nodes)
        assert not analysis.advice
        if self._asks_for_fields:
            fields = analysis.receptive_fields
            assert len([fields[id_] for id_ in graph.order]) == len(graph.nodes)

    def edit(self, id_: str, **params: Json) -> None:
        """Gives a node other settings, and asks for all that follows."""
        self.graph = settings(self.graph, id_, **params).apply(self.graph)
        self.derive(self.graph)


class Torchs:
    """The same network as torch modules in FakeTensor mode."""

    def __init__(self, graph: Graph) -> None:
        import torch
        from torch._subclasses.fake_tensor import FakeTensorMode

        torch.set_num_threads(1)
        self._torch, self._mode, self._graph = torch, FakeTensorMode(), graph
        self._ids = [id_ for id_ in graph.order if graph.nodes[id_].layer not in ("Target", "CrossEntropyLoss")]
        shapes = Analysis(graph).shapes
        calls = {id_: shapes.layers[id_].module(*shapes.inputs[id_]) for id_ in self._ids}
        with self._mode:
            self.modules = {
                id_: call.build().eval() for id_, call in calls.items() if call and graph.nodes[id_].layer != "Input"
            }
        self.shapes()

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Runs forward, and returns the shape at every node, batch left out."""
        values: dict[str, Any] = {}
        with self._mode, self._torch.no_grad():
            for id_ in self._ids:
                sources = [values[port.node] for _, port in sorted(self._graph.incoming[id_].items())]
                values[id_] = self.modules[id_](*sources) if sources else self._torch.empty((1, *PICTURE))
        return {id_: tuple(value.shape[1:]) for id_, value in values.items()}

    @property
    def parameters(self) -> int:
        """How many numbers are learnt."""
        return sum(each.numel() for module in self.modules.values() for each in module.parameters())


def is_equal(graph: Graph, torchs: Torchs) -> bool:
    """Says whether all shapes and the number of parameters are torch's."""
    analysis = Analysis(graph)
    layers, values = analysis.shapes.layers, analysis.shapes.values
    ours = {id_: values[Port(id_, used_outputs(graph, id_, layers[id_])[0])].shape for id_ in torchs.shapes()}
    return ours == torchs.shapes() and sum(cost.parameters for cost in analysis.costs.values()) == torchs.parameters


def measure(quick: bool) -> list[Figure]:
    """Returns the figures of goal 8."""
    graph = resnet50_like()
    torchs, id_ = Torchs(graph), middle_conv(graph).id
    ours = {"": Ours(graph), " with fields": Ours(graph, asks_for_fields=True)}
    equal = is_equal(graph, torchs)
    first = next(node.id for node in graph if node.layer == "Conv2d")
    edits: dict[str, list[dict[str, Json]]] = {
        "kernel": [{"kernel_size": 5, "padding": 2}, {"kernel_size": 3, "padding": 1}],
        "width": [{"out_channels": 272}, {"out_channels": 256}],
        "first": [{"stride": 1}, {"stride": 2}],
    }
    times: dict[str, list[float]] = {"fake": []}
    for _ in range(3 if quick else 11):
        times["fake"].append(cpu_ms(torchs.shapes))
        for (more, network), (name, states) in product(ours.items(), edits.items()):
            edit = partial(network.edit, first if name == "first" else id_)
            found = statistics.median(cpu_ms(partial(edit, **state)) for _ in range(5) for state in states)
            times.setdefault(name + more, []).append(found)
            times.setdefault(f"ratio {name}{more}", []).append(times["fake"][-1] / found)
    final = {name: statistics.median(values) for name, values in times.items()}
    equal = equal and all(is_equal(each.graph, torchs) for each in ours.values())
    kernel, width, stride = (
        f"another {what}" for what in ("kernel in the middle", "width in the middle", "stride at the begin")
    )
    return [
        Figure("8", "equal to torch: shapes of 176 nodes, parameters", float(equal), "", "1", equal),
        at_least("8", f"FakeTensor / {kernel}", final["ratio kernel"], 100),
        at_least("8", f"FakeTensor / {width}", final["ratio width"], 100),
        plain("8", f"FakeTensor / {kernel}, all receptive fields behind it", final["ratio kernel with fields"], "x"),
        plain("8", f"FakeTensor / {width}, all receptive fields", final["ratio width with fields"], "x"),
        plain("8", f"{kernel}, CPU", final["kernel"], "ms"),
        at_most("8", f"{kernel}, with receptive fields, CPU", final["kernel with fields"], 1, "ms"),
        plain("8", f"{width}, CPU", final["width"], "ms"),
        plain("8", f"{stride}, CPU", final["first"], "ms"),
        plain("8", f"{stride}, with receptive fields, CPU", final["first with fields"], "ms"),
        plain("8", "FakeTensor forward, CPU", final["fake"], "ms"),
    ]


if __name__ == "__main__":
    run(measure)
