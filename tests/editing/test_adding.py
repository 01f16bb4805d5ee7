"""New layers behind a node, before one, on a wire and at the loose end of one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.editing.arranging import done
from tests.graph_factories import drawn, line, picture, wired
from workbench.core.graph import Edge, Graph, Port
from workbench.editing.adding import (
    LooseEnd,
    added,
    added_before,
    added_on_wire,
    added_to_end,
    layers_on_wire,
    layers_that_fit,
    main_ports,
    wire_behind,
)
from workbench.layers.spec import REGISTRY
from workbench.model.shapes import infer


def lenet() -> Graph:
    return drawn("lenet5")


def test_main_ports_are_those_of_a_way_through() -> None:
    assert main_ports(None) is None
    assert main_ports(REGISTRY["ReLU"]) == ("x", "y")
    assert main_ports(REGISTRY["Add"]) == ("x.0", "y")
    assert main_ports(REGISTRY["Input"]) is None
    assert main_ports(REGISTRY["CrossEntropyLoss"]) is None


@pytest.mark.parametrize("behind", ["conv1", "relu2", "fc1"])
@pytest.mark.parametrize("layer", ["ReLU", "Dropout", "Identity"])
def test_a_layer_behind_a_node_comes_onto_the_wire_that_leaves_it(behind: str, layer: str) -> None:
    graph = lenet()
    id_ = graph.named(behind).id
    (leaving,) = graph.outgoing[id_]
    assert wire_behind(graph, infer(graph), id_, layer) == leaving
    edit, new = added(graph, infer(graph), layer, id_, None)
    after = done(graph, [edit])
    assert edit.text == f"Add {after.nodes[new].name}"
    assert after.incoming[new] == {"x": leaving.source}
    assert after.incoming[leaving.target.node][leaving.target.name] == Port(new, "y")
    assert not infer(after).faults
    assert all(abs(node.position[0] - after.nodes[new].position[0]) >= 150
               or abs(node.position[1] - after.nodes[new].position[1]) >= 80 for node in graph)  # fmt: skip


def test_a_layer_behind_nothing_stands_alone() -> None:
    graph = lenet()
    for layer, behind in (("ReLU", ""), ("Input", graph.named("conv1").id)):
        edit, new = added(graph, infer(graph), layer, behind, (10.4, 20.6))
        after = done(graph, [edit])
        assert after.incoming[new] == {}
        assert after.nodes[new].position == (10.0, 21.0)
    assert added(Graph(), infer(Graph()), "Input", "", None)[0].apply(Graph()).nodes


def test_behind_a_fork_and_behind_an_end_only_one_wire_is_drawn() -> None:
    graph = line(picture(), ("a", "ReLU", {}), ("b", "ReLU", {}))
    forked = wired(replace(graph, edges=graph.edges[:1]), "image.y", "b.x")
    for network, behind in ((forked, "image"), (graph, "b")):
        assert wire_behind(network, infer(network), behind, "ReLU") is None
        edit, new = added(network, infer(network), "ReLU", behind, None)
        after = done(network, [edit])
        assert after.edges == (*network.edges, Edge(Port(behind, "y"), Port(new, "x")))


def test_no_wire_is_behind_a_loss_or_for_what_takes_none() -> None:
    graph = lenet()
    shapes = infer(graph)
    loss = next(node.id for node in graph if node.layer == "CrossEntropyLoss")
    assert wire_behind(graph, shapes, loss, "ReLU") is None
    assert wire_behind(graph, shapes, graph.named("conv1").id, "Input") is None
    assert wire_behind(graph, shapes, graph.named("conv1").id, "Unheard") is None


def test_outputs_go_to_inputs_of_their_names() -> None:
    graph = line(picture(), ("pool", "MaxPool3dSwitches", {}))
    shapes = infer(graph)
    made = [
        added(graph, shapes, "MaxUnpool3dSwitches", "pool", None),
        added_to_end(graph, shapes, "MaxUnpool3dSwitches", LooseEnd(Port("pool", "y"), "out"), (900.0, 0.0)),
    ]
    for edit, new in made:
        assert done(graph, [edit]).incoming[new] == {"x": Port("pool", "y"), "switches": Port("pool", "switches")}


def test_a_target_comes_before_its_loss() -> None:
    graph = line(picture(), ("flat", "Flatten", {}), ("fc", "Linear", {}), ("loss", "CrossEntropyLoss", {}))
    found = added_before(graph, infer(graph), "Target", "loss", (0.0, 0.0))
    assert found is not None
    after = done(graph, [found[0]])
    assert after.incoming["loss"]["target"].node == found[1]
    assert found[0].text == f"Add {after.nodes[found[1]].name}"
    assert added_before(after, infer(after), "Target", "loss", (0.0, 0.0)) is None


def test_an_input_comes_before_what_has_none_yet() -> None:
    graph = line(("conv", "Conv2d", {}))
    found = added_before(graph, infer(graph), "Input", "conv", (-300.0, 5.0))
    assert found is not None
    after = done(graph, [found[0]])
    assert after.incoming["conv"] == {"x": Port(found[1], "y")}
    assert after.nodes[found[1]].position == (-300.0, 5.0)


@pytest.mark.parametrize(("layer", "id_"), [("ReLU", "conv"), ("Unheard", "conv"), ("Input", ""), ("Input", "gone")])
def test_only_what_has_no_inputs_comes_before_a_node(layer: str, id_: str) -> None:
    graph = line(("conv", "Conv2d", {}))
    assert added_before(graph, infer(graph), layer, id_, (0.0, 0.0)) is None


def test_on_a_wire_a_layer_is_joined_to_both_ends() -> None:
    graph = lenet()
    for edge in graph.edges[:4]:
        found = added_on_wire(graph, edge, "ReLU", (3.4, 7.8))
        assert found is not None
        after = done(graph, [found[0]])
        assert edge not in after.edges
        assert after.incoming[found[1]] == {"x": edge.source}
        assert after.incoming[edge.target.node][edge.target.name] == Port(found[1], "y")
        assert after.nodes[found[1]].position == (3.0, 8.0)
    assert added_on_wire(graph, graph.edges[0], "Input", (0.0, 0.0)) is None
    assert added_on_wire(graph, graph.edges[0], "Unheard", (0.0, 0.0)) is None


@pytest.mark.parametrize(("layer", "port", "end"), [("ReLU", "y", "x"), ("Add", "y", "x.0"), ("Flatten", "y", "x")])
def test_at_the_loose_end_of_an_output(layer: str, port: str, end: str) -> None:
    graph = line(picture(), ("conv", "Conv2d", {}))
    edit, new = added_to_end(graph, infer(graph), layer, LooseEnd(Port("conv", port), "out"), (1.0, 2.0))
    assert done(graph, [edit]).incoming[new] == {end: Port("conv", "y")}


@pytest.mark.parametrize(("layer", "wires"), [("Input", 1), ("ReLU", 1), ("CrossEntropyLoss", 0)])
def test_at_the_loose_end_of_an_input(layer: str, wires: int) -> None:
    graph = line(("conv", "Conv2d", {}))
    edit, new = added_to_end(graph, infer(graph), layer, LooseEnd(Port("conv", "x"), "in"), (1.0, 2.0))
    after = done(graph, [edit])
    if wires or REGISTRY[layer].output_ports:
        assert after.incoming["conv"]["x"].node == new
    else:
        assert after.incoming["conv"] == {}


def test_what_takes_nothing_of_it_is_not_wired() -> None:
    graph = line(("target", "Target", {}))
    edit, new = added_to_end(graph, infer(graph), "Conv2d", LooseEnd(Port("target", "y"), "out"), (0.0, 0.0))
    assert done(graph, [edit]).incoming[new] == {}


@pytest.mark.parametrize(("port", "side", "best", "never"), [
    (Port("conv", "y"), "out", "Normalisation", "Input"),
    (Port("fc", "x"), "in", "Shape", "CrossEntropyLoss"),
    (Port("strange", "y"), "out", "", "Input"),
    (Port("strange", "x"), "in", "", "Output"),
])  # fmt: skip
def test_layers_that_fit_a_loose_end(port: Port, side: str, best: str, never: str) -> None:
    graph = line(picture(), ("conv", "Conv2d", {}), ("flat", "Flatten", {}), ("fc", "Linear", {}), ("strange", "X", {}))
    names = layers_that_fit(graph, infer(graph), LooseEnd(port, "out" if side == "out" else "in"))
    assert len(set(names)) == len(names) > 3
    assert never not in names
    assert not best or REGISTRY[names[0]].group == best


def test_layers_on_a_wire_are_those_with_a_way_through() -> None:
    graph = lenet()
    shapes = infer(graph)
    for edge in (graph.edges[0], graph.edges[-1], graph.edges[6]):
        fitting, others = layers_on_wire(graph, shapes, edge)
        able = {name for name, cls in REGISTRY.items() if main_ports(cls) is not None}
        assert {*fitting, *others} == able
        assert not set(fitting) & set(others)
        assert "Identity" in [*fitting, *others]
    assert "ReLU" in layers_on_wire(graph, shapes, graph.edges[0])[0]
    assert "Conv2d" in layers_on_wire(graph, shapes, graph.edges[-3])[1]
