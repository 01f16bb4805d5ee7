"""What is offered for each kind of problem: the best first, in plain words, and a click leaves nothing wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.graph_factories import changed, drawn, line, picture, wired, without
from tests.model.test_mending import cut, ended, gone, learns
from workbench.core.edits import GraphEdit
from workbench.core.graph import Edge, Graph, Node, Port
from workbench.core.graph_edits import connect, set_param
from workbench.model.mending import MOST_OFFERED, Families, Fix, Fixes
from workbench.model.problems import find_problems
from workbench.project.templates.spec import GraphBuilder, Samples


def offered(graph: Graph) -> list[str]:
    """The texts of all fixes of the first problem; each of them leaves no other problem."""
    problem = find_problems(graph)[0]
    for fix in problem.fixes:
        assert isinstance(fix.edit, GraphEdit)
        assert len(find_problems(fix.edit.apply(graph))) < len(find_problems(graph)), fix.text
        assert fix.edit.inverse().apply(fix.edit.apply(graph)) == graph
    assert len(problem.fixes) <= MOST_OFFERED
    return [fix.text for fix in problem.fixes]


def mended(graph: Graph) -> Graph:
    fix = find_problems(graph)[0].fixes[0]
    assert isinstance(fix.edit, GraphEdit)
    after = fix.edit.apply(graph)
    assert find_problems(after) == [], fix.text
    learns(after)
    return after


def u_net(size: int, joint: str = "Concat", **up: Any) -> Graph:
    """A picture halved and doubled again, joined with what it was; odd sizes lose a row and a column on the way."""
    builder = GraphBuilder(Samples((1, size, size), scores=3))
    wide = builder.add("Conv2d", "wide", builder.image(), out_channels=4)
    deep = builder.add("Conv2d", "deep", builder.add("MaxPool2d", "down", wide), out_channels=4)
    return ended(builder, builder.add(joint, "joint", wide, builder.add("Upsample", "up", deep, **up)))


@pytest.mark.parametrize("joint", ["Concat", "Add"])
def test_a_row_that_a_pooling_has_lost_is_padded(joint: str) -> None:
    graph = u_net(15, joint)
    assert any("Pad(padding=[0, 1, 0, 1])" in text for text in offered(graph)), offered(graph)
    mended(graph)


def test_the_larger_of_two_maps_may_be_cropped() -> None:
    """The shortcuts of the first U-Net: what comes from convolutions without a margin is smaller."""
    builder = GraphBuilder(Samples((1, 16, 16), scores=3))
    wide = builder.add("Conv2d", "wide", builder.image(), out_channels=4)
    valid = builder.add("Flatten", "flat0", wide)
    valid = builder.add("Unflatten", "fold", builder.add("Linear", "fc0", valid, out_features=4 * 12 * 12),
                        unflattened_size=[4, 12, 12])  # fmt: skip
    graph = ended(builder, builder.add("Concat", "joint", valid, wide))
    assert "Crop what wide gives to 12×12 before joint" in offered(graph)
    mended(graph)


def test_a_map_that_has_no_setting_for_its_size_is_interpolated() -> None:
    builder = GraphBuilder(Samples((1, 12, 12), scores=3))
    image = builder.image()
    small = builder.add("Unflatten", "fold", builder.add("Linear", "fc0", builder.add("Flatten", "flat0", image),
                        out_features=4 * 5 * 5), unflattened_size=[4, 5, 5])  # fmt: skip
    wide = builder.add("Conv2d", "wide", image, out_channels=6)
    graph = ended(builder, builder.add("Add", "joint", wide, small))
    assert any("Interpolate" in text or "Conv2d" in text for text in offered(graph)), offered(graph)
    mended(graph)


def residual(**params: Any) -> Graph:
    return changed(drawn("small-resnet"), "layer1.0.conv1", params={"out_channels": 16, "padding": 1, **params})


def test_a_stride_in_a_branch_is_followed_or_taken_back() -> None:
    texts = offered(residual(stride=2, kernel_size=3, bias=False))
    assert texts[0].startswith("Insert Conv2d(out_channels=16, kernel_size=1, stride=[2, 2]")
    assert "Set stride of layer1.0.conv1 to 1" in texts
    mended(residual(stride=2))


def test_a_width_is_set_in_the_branch_rather_than_in_the_trunk() -> None:
    graph = changed(drawn("small-resnet"), "layer1.0.conv2", params={"out_channels": 10, "padding": 1, "bias": False})
    texts = [text for text in offered(graph) if text.startswith("Set")]
    assert texts[0] == "Set out_channels of layer1.0.conv2 to 16"


def test_what_is_wrong_further_up_is_mended_there() -> None:
    """Two layers lack a flat vector, but one setting above them is to blame."""
    graph = changed(drawn("vae32"), "flatten", params={"end_dim": -2})
    graph = wired(cut_all(graph, "hidden"), "flatten.y", "hidden.x") if "hidden" in graph.by_name else graph
    assert offered(graph)[0] in ("Set end_dim of flatten to -1", "Insert Flatten before hidden")
    mended(graph)


def cut_all(graph: Graph, name: str) -> Graph:
    node = graph.named(name).id
    return replace(graph, edges=tuple(edge for edge in graph.edges if edge.target.node != node))


def test_a_lost_layer_of_a_given_width_comes_back_for_all_that_it_fed() -> None:
    graph = gone(drawn("vae32"), "mu")
    assert offered(graph)[0].startswith("Add Linear(out_features=")
    assert offered(graph)[0].endswith("and z, kl") or "z, kl" in offered(graph)[0]
    mended(graph)


def test_a_lost_pooling_comes_back_with_its_switches() -> None:
    mended(gone(drawn("autoencoder"), "pool1"))


def test_a_lost_sparse_code_comes_back_for_its_losses() -> None:
    graph = gone(drawn("deconv1"), "layer1")
    assert offered(graph)[0].startswith("Add a SparseCode2d for ")
    mended(graph)


def test_one_output_goes_to_all_that_have_lost_theirs() -> None:
    graph = gone(drawn("deconv4", (1, 64, 64)), "contrast")
    assert offered(graph)[0].startswith("Connect image to layer1")
    mended(graph)


def test_a_lost_flatten_is_added_between() -> None:
    graph = gone(drawn("small-resnet"), "flatten")
    assert offered(graph)[0] == "Add Flatten between avgpool and fc"
    mended(graph)


def test_a_wire_from_elsewhere_is_led_back_to_what_is_unused() -> None:
    graph = drawn("lenet5")
    graph = connect(graph, Port(graph.named("pool1").id, "y"), Port(graph.named("loss").id, "target")).apply(graph)
    assert offered(graph)[0] == "Connect label to loss instead of pool1"
    mended(graph)


def test_a_wire_that_was_wrong_further_up_is_led_back_there() -> None:
    graph = drawn("vae32")
    graph = connect(graph, Port(graph.named("image").id, "y"), Port(graph.named("relu").id, "x")).apply(graph)
    assert offered(graph)[0] == "Connect hidden to relu instead of image"
    mended(graph)


def test_a_loss_is_made_one_that_takes_the_answer() -> None:
    graph = changed(drawn("lenet5"), "label", params={"kind": "scalar"})
    assert offered(graph)[0] == "Make loss an MSELoss, then set out_features of fc3 to 1"
    mended(graph)


def test_a_choice_that_is_none_is_set_to_one_that_goes_with_the_rest() -> None:
    picture_of = drawn("autoencoder").named("picture").params
    graph = changed(drawn("autoencoder"), "picture", params={**picture_of, "kind": "nonsense"})
    assert offered(graph)[0] == "Set kind of picture to map"
    mended(graph)


def test_shared_weights_that_do_not_fit_become_own_ones() -> None:
    graph = drawn("lenet5")
    graph = graph.with_node(replace(graph.named("fc2"), share_with=graph.named("fc1").id))
    assert "Give fc2 weights of its own" in offered(graph)


@pytest.mark.parametrize(
    ("edge", "text"),
    [
        (("relu1.nowhere", "pool1.x"), "Connect relu1 to pool1 instead of nowhere of relu1"),
        (("relu1.y", "pool1.nowhere"), "Cut the wire from relu1 to nowhere of pool1"),
    ],
)
def test_a_port_that_is_not_there_loses_its_wire(edge: tuple[str, str], text: str) -> None:
    graph = drawn("lenet5")
    (source, out), (target, into) = (each.split(".") for each in edge)
    if into == "x":
        graph = cut(graph, target, "x")
    added = Edge(Port(graph.named(source).id, out), Port(graph.named(target).id, into))
    graph = replace(graph, edges=(*graph.edges, added))
    assert offered(graph)[0] == text
    mended(graph)


def test_an_input_is_as_large_as_the_network_needs() -> None:
    assert offered(gone(drawn("lenet5"), "image")) == ["Add an Input for conv1"]
    assert offered(gone(drawn("vgg11", (3, 64, 64)), "image")) == ["Add an Input of 1×32×32 for features.0"]
    assert offered(gone(drawn("autoencoder", (3, 20, 20)), "image"))[0] == "Add an Input of 3×20×20 for conv1"


def test_two_ends_get_a_loss_each() -> None:
    graph = line(picture((1, 8, 8)), ("flatten", "Flatten", {}), ("fc1", "Linear", {"out_features": 3}))
    other = line(("flatten", "Flatten", {}), ("fc2", "Linear", {"out_features": 5}))
    both = Graph({**graph.nodes, "fc2": other.nodes["fc2"]}, (*graph.edges, *other.edges))
    after = mended(both)
    assert sum(node.layer == "CrossEntropyLoss" for node in after) == 2
    assert sum(node.layer == "Target" for node in after) == 2


def test_a_network_without_an_input_gets_one_for_its_first_layer() -> None:
    graph = Graph({"conv": Node("conv", "conv", "Conv2d")})
    missing = [problem for problem in find_problems(graph) if not problem.node]
    assert [fix.text for fix in missing[0].fixes] == ["Add an Input for conv"]


CLASHES: dict[str, Callable[[Graph], Graph]] = {
    "picture": lambda graph: set_param(graph.named("picture"), "shape", [1, 28, 20]).apply(graph),
    "image": lambda graph: set_param(graph.named("image"), "shape", [1, 28, 20]).apply(graph),
}


@pytest.mark.parametrize("name", CLASHES)
def test_one_field_brought_in_in_two_sizes_is_mended_at_either_end(name: str) -> None:
    graph = CLASHES[name](drawn("autoencoder"))
    clash = next(problem for problem in find_problems(graph) if "brings in" in problem.message)
    assert f"Set shape of {name} to [1, 28, 28]" in [fix.text for fix in clash.fixes]


def test_fixes_are_looked_for_when_they_are_asked_for() -> None:
    fix = find_problems(without(drawn("lenet5"), "flatten"))[0].fixes[0]
    looked: list[Fix] = []

    def choose(families: Families) -> tuple[Fix, ...]:
        looked.extend(each for family in families() for each in family)
        return (fix,)

    fixes = Fixes(lambda: [[fix]], choose)
    assert looked == []
    assert (fixes[0], len(fixes), fixes[:1], fixes == (fix,), repr(fixes)) == (fix, 1, (fix,), True, repr((fix,)))
    assert looked == [fix], "looked for once"
