from __future__ import annotations

import pytest

from tests.graph_factories import changed, default, drawn, line, picture, wired, without
from workbench.core.graph import Edge, Graph, GraphError, Node, Port
from workbench.core.values import Value
from workbench.layers.spec import SuggestParam, find
from workbench.model.node_shapes import MOST_ELEMENTS, sorted_wires, used_outputs
from workbench.model.shapes import Shapes, infer


def shape_of(graph: Graph, shapes: Shapes, name: str, port: str = "y") -> tuple[int, ...]:
    return shapes.values[Port(graph.named(name).id, port)].shape


def fault_of(graph: Graph, name: str) -> str:
    return str(infer(graph).faults[graph.named(name).id].error)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("lenet5", {"conv1": (6, 28, 28), "pool2": (16, 5, 5), "flatten": (400,), "fc3": (10,)}),
        (
            "resnet18",
            {"conv1": (64, 112, 112), "maxpool": (64, 56, 56), "layer2.0.add": (128, 28, 28), "fc": (1000,)},
        ),
        ("autoencoder", {"pool2": (8, 7, 7), "unpool2": (8, 14, 14), "reconstruction": (1, 28, 28)}),
    ],
)
def test_shapes_of_known_networks(template: str, expected: dict[str, tuple[int, ...]]) -> None:
    graph = default(template)
    shapes = infer(graph)
    assert not shapes.faults
    assert {name: shape_of(graph, shapes, name) for name in expected} == expected
    assert shapes.values[Port(graph.named("loss").id, "loss")].kind == "loss"


def test_switches_remember_the_size_before() -> None:
    graph = default("autoencoder")
    switches = infer(graph).values[Port(graph.named("pool1").id, "switches")]
    assert (switches.shape, switches.unpooled, switches.dtype) == ((16, 14, 14), (16, 28, 28), "int64")


def test_a_layer_that_is_not_known() -> None:
    graph = line(picture(), ("act", "Swish9", {"beta": 1}), ("fc", "Linear", {}))
    shapes = infer(graph)
    assert list(shapes.faults) == ["act"]
    assert 'is a "Swish9", which this version does not know' in fault_of(graph, "act")
    assert "act" not in shapes.layers


@pytest.mark.parametrize(
    ("params", "param", "message", "found", "needed"),
    [
        ({"stride": 0}, "stride", "stride must be 1 to 1024, found 0.", "0", "1 to 1024"),
        ({"bias": "yes"}, "bias", 'bias must be true or false, found "yes".', '"yes"', "true or false"),
        ({"strid": 2}, "strid", 'strid is not a setting; did you mean "stride"?', "2", "no setting strid"),
        ({"kernel_size": [3, None]}, "kernel_size", "kernel_size[1] must be", "[3, null]", "a whole number"),
    ],
)
def test_a_wrong_setting(params: dict[str, object], param: str, message: str, found: str, needed: str) -> None:
    shapes = infer(line(picture(), ("conv", "Conv2d", params), ("relu", "ReLU", {})))
    assert list(shapes.faults) == ["conv"]
    fault = shapes.faults["conv"]
    assert fault.param == param
    assert str(fault.error).startswith(message)
    assert (fault.error.found, fault.error.needed, fault.error.port) == (found, needed, "")


def test_a_missing_wire() -> None:
    graph = changed(line(picture(), ("conv", "Conv2d", {})), "conv")
    shapes = infer(Graph(graph.nodes, ()))
    assert list(shapes.faults) == ["conv"]
    error = shapes.faults["conv"].error
    assert (str(error), error.port, error.found) == ("its input x needs a wire.", "x", "nothing")


@pytest.mark.parametrize(
    ("edge", "message", "port"),
    [
        (("image.y", "relu.z"), 'has no input "z"; a ReLU has x.', "z"),
        (("image.y", "relu.x.0"), 'has no input "x.0"; a ReLU has x.', "x.0"),
        (("image.codes", "relu.x"), 'is wired to the output "codes" of image, which has y.', "x"),
    ],
)
def test_a_wire_to_a_port_that_is_not_there(edge: tuple[str, str], message: str, port: str) -> None:
    graph = line(picture(), ("relu", "ReLU", {}))
    error = infer(wired(Graph(graph.nodes, ()), *edge)).faults["relu"].error
    assert (str(error), error.port) == (message, port)


def added(*wires: str) -> Graph:
    """An Add whose inputs x.N, as named, all come from the picture."""
    graph = line(picture(), ("add", "Add", {}), ("relu", "ReLU", {}))
    kept = tuple(edge for edge in graph.edges if edge.target.node != "add")
    graph = Graph(graph.nodes, kept)
    for wire in wires:
        graph = wired(graph, "image.y", f"add.{wire}")
    return graph


def test_gaps_in_a_variadic_input_do_no_harm() -> None:
    graph = added("x.7", "x.2")
    shapes = infer(graph)
    assert not shapes.faults
    assert [wire for wire, _, _ in sorted_wires(find("Add"), graph.incoming["add"])] == ["x.2", "x.7"]


def test_a_variadic_input_of_one_wire_is_too_few() -> None:
    error = infer(added("x.0")).faults["add"].error
    assert (str(error), error.port, error.found) == ("its input x needs 2 wires.", "x.1", "1 of 2")


def test_the_wrong_one_of_several_wires_is_named_as_it_is_drawn() -> None:
    graph = line(picture(), ("pool", "MaxPool2d", {}), ("add", "Add", {}))
    graph = Graph(graph.nodes, graph.edges[:1])
    graph = wired(wired(graph, "image.y", "add.x.3"), "pool.y", "add.x.9")
    assert infer(graph).faults["add"].error.port == "x.9"


def test_nodes_behind_a_fault_have_neither_values_nor_faults() -> None:
    graph = changed(default("resnet18"), "layer1.0.conv1", params={"kernel_size": 0})
    shapes = infer(graph)
    assert [graph.nodes[id_].name for id_ in shapes.faults] == ["layer1.0.conv1"]
    assert graph.named("fc").id not in shapes.inputs
    assert Port(graph.named("layer1.0.add").id, "y") not in shapes.values
    assert shape_of(graph, shapes, "maxpool") == (64, 56, 56)


def test_a_kind_that_does_not_fit() -> None:
    message = fault_of(without(drawn("lenet5"), "flatten"), "fc1")
    assert message.startswith("needs a flat vector")
    assert message.endswith("but gets a feature map (channels first), 16×5×5. Put a Flatten before it.")


def test_a_circle_is_refused() -> None:
    graph = wired(line(picture(), ("a", "ReLU", {}), ("b", "ReLU", {})), "b.y", "a.x")
    with pytest.raises(GraphError, match=r"circle: .*a → b|circle: .*b → a"):
        infer(graph)


class TestBypass:
    def test_the_input_passes_through(self) -> None:
        graph = changed(drawn("lenet5"), "pool1", bypass=True)
        shapes = infer(graph)
        assert shape_of(graph, shapes, "pool1") == (6, 28, 28)
        assert shape_of(graph, shapes, "pool2") == (16, 12, 12)
        assert used_outputs(graph, graph.named("pool1").id, shapes.layers[graph.named("pool1").id]) == ("y",)

    @pytest.mark.parametrize("name", ["flatten", "loss", "image", "layer1.0.add"])
    def test_only_one_input_and_one_output_of_the_same_kind(self, name: str) -> None:
        graph = changed(drawn("lenet5" if name != "layer1.0.add" else "small-resnet"), name, bypass=True)
        assert "cannot be bypassed" in fault_of(graph, name)

    def test_switches_of_a_bypassed_pooling_are_missed(self) -> None:
        graph = changed(drawn("autoencoder"), "pool2", bypass=True)
        assert [graph.nodes[id_].name for id_ in infer(graph).faults] == ["unpool2"]
        assert fault_of(graph, "unpool2") == "needs the switches of pool2, which is bypassed."


class TestSharedWeights:
    def twins(self, first: dict[str, object], second: dict[str, object], *, owner: str = "b", user: str = "a") -> Graph:
        """Two convolutions of one picture; the user takes the owner's weights."""
        nodes = {
            "image": Node("image", "image", "Input", {"shape": [3, 8, 8]}),
            "a": Node("a", "a", "Conv2d", first, share_with=owner if user == "a" else ""),
            "b": Node("b", "b", "Conv2d", second, share_with=owner if user == "b" else ""),
            "relu": Node("relu", "relu", "ReLU"),
        }
        graph = Graph(nodes)
        for source, target in (("image.y", "a.x"), ("image.y", "b.x"), (f"{user}.y", "relu.x")):
            graph = wired(graph, source, target)
        return graph

    @pytest.mark.parametrize(("owner", "user"), [("a", "b"), ("b", "a")])
    def test_the_owner_may_stand_before_or_behind(self, owner: str, user: str) -> None:
        assert not infer(self.twins({"stride": 2}, {"stride": 2}, owner=owner, user=user)).faults

    def test_settings_must_be_the_same_and_nothing_behind_has_a_value(self) -> None:
        shapes = infer(self.twins({"stride": 2}, {}))
        assert list(shapes.faults) == ["a"]
        error = shapes.faults["a"].error
        assert str(error) == (
            "shares the weights of b, so its settings must be the same, but stride is 2 here and 1 there."
        )
        assert error.fixes == (SuggestParam("stride", 1),)
        assert Port("a", "y") not in shapes.values
        assert Port("relu", "y") not in shapes.values
        assert Port("b", "y") in shapes.values

    def test_what_comes_in_must_be_as_wide(self) -> None:
        graph = line(picture(), ("a", "Conv2d", {}), ("b", "Conv2d", {}))
        assert fault_of(changed(graph, "b", share_with="a"), "b") == (
            "shares the weights of a, which has weight 16×1×3×3, bias 16, but needs weight 16×16×3×3, bias 16."
        )

    @pytest.mark.parametrize(
        ("owner", "message"),
        [
            ("gone", "shares the weights of a node that is not there; there must be a Conv2d with weights of its own"),
            ("relu", "shares the weights of relu, a ReLU; there must be a Conv2d"),
            ("a", "shares the weights of a, a Conv2d that shares weights itself"),
        ],
    )
    def test_the_owner_must_be_such_a_layer(self, owner: str, message: str) -> None:
        assert fault_of(self.twins({}, {}, owner=owner), "a").startswith(message)

    def test_a_layer_without_weights_has_nothing_to_share(self) -> None:
        graph = line(picture(), ("a", "MaxPool2d", {}), ("b", "MaxPool2d", {}))
        assert "there must be no sharing: it has no weights" in fault_of(changed(graph, "b", share_with="a"), "b")

    def test_an_owner_that_is_wrong_itself_has_the_only_fault(self) -> None:
        assert list(infer(self.twins({}, {"kernel_size": 0})).faults) == ["b"]


def test_sizes_that_no_machine_holds_are_refused_before_anything_is_made() -> None:
    rows = [(f"up{number}", "Upsample", {"scale_factor": 64}) for number in range(1500)]
    shapes = infer(line(picture(), *rows))
    (fault,) = shapes.faults.values()
    assert "at most 68,719,476,736 are taken" in str(fault.error)
    assert max(value.elements for value in shapes.values.values()) <= MOST_ELEMENTS


def test_the_value_of_a_port() -> None:
    graph = drawn("lenet5")
    label = infer(graph).values[Port(graph.named("label").id, "y")]
    assert label == Value((), "class", "int64", tuple("0123456789"))


def test_an_edge_may_carry_what_is_not_known() -> None:
    graph = line(picture(), ("relu", "ReLU", {}))
    (edge,) = graph.edges
    same = Graph(graph.nodes, (Edge(edge.source, edge.target, {"colour": "red"}),))
    assert infer(same).values == infer(graph).values
