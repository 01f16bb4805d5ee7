"""Every mistake has a button that mends it: one click, and the network trains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch

from tests.graph_factories import changed, default, drawn
from workbench.core.edits import GraphEdit
from workbench.core.graph import Graph, Port
from workbench.core.graph_edits import connect, remove
from workbench.model.hints import find_hints
from workbench.model.network import Network
from workbench.model.problems import find_problems
from workbench.model.shapes import infer
from workbench.project.templates.spec import GraphBuilder, Samples


def cut(graph: Graph, name: str, port: str) -> Graph:
    """The graph without the wire that ends there."""
    target = Port(graph.named(name).id, port)
    assert any(edge.target == target for edge in graph.edges)
    return replace(graph, edges=tuple(edge for edge in graph.edges if edge.target != target))


def gone(graph: Graph, name: str) -> Graph:
    return remove(graph, graph.named(name)).apply(graph)


def residual(kernel: int = 3, padding: Any = 1, *, channels: int = 4) -> Graph:
    """A block whose branch may end in another size than its shortcut."""
    builder = GraphBuilder(Samples((1, 14, 14), scores=3))
    x = builder.add("ReLU", "first", builder.add("Conv2d", "stem", builder.image(), out_channels=4))
    branch = builder.add("Conv2d", "branch", x, out_channels=channels, kernel_size=kernel, padding=padding)
    return ended(builder, builder.add("Add", "add", x, branch))


def ended(builder: GraphBuilder, port: Port) -> Graph:
    port = builder.add(
        "Linear", "fc", builder.add("Flatten", "flat", builder.add("MaxPool2d", "pool", port)), out_features=3
    )
    builder.add("CrossEntropyLoss", "loss", port, builder.add("Target", "label", field="label"))
    return builder.graph()


def joined(kernel: int) -> Graph:
    builder = GraphBuilder(Samples((1, 14, 14), scores=3))
    image = builder.image()
    one = builder.add("Conv2d", "one", image, out_channels=2, kernel_size=3)
    two = builder.add(
        "ReLU", "after", builder.add("Conv2d", "two", image, out_channels=5, kernel_size=kernel, padding=1)
    )
    return ended(builder, builder.add("Concat", "concat", one, two))


def pooled_join() -> Graph:
    builder = GraphBuilder(Samples((1, 14, 14), scores=3))
    image = builder.image()
    two = builder.add("MaxPool2d", "two", image, kernel_size=3, stride=3)
    return ended(builder, builder.add("Concat", "concat", builder.add("Conv2d", "one", image, out_channels=2), two))


def rebuilt(size: int, **last: Any) -> Graph:
    """A picture drawn again through half its size, by a transposed convolution or an enlargement."""
    builder = GraphBuilder(Samples((1, size, size)))
    image = builder.image()
    port = builder.add("Conv2d", "down", image, out_channels=4, kernel_size=3, stride=2, padding=1)
    layer = last.pop("layer", "ConvTranspose2d")
    params = {"out_channels": 1, "kernel_size": 2, "stride": 2, **last} if layer == "ConvTranspose2d" else last
    port = builder.add(layer, "up", port, **params)
    port = builder.add("Conv2d", "last", port, out_channels=1) if layer == "Upsample" else port
    builder.add(
        "MSELoss", "loss", port, builder.add("Target", "same", field="image", kind="map", shape=[1, size, size])
    )
    return builder.graph()


def normed(norm: str) -> Graph:
    builder = GraphBuilder(Samples((2, 14, 14), scores=3))
    port = builder.add("Conv2d", "conv", builder.image(), out_channels=4)
    return ended(builder, builder.add(norm, "norm", port, eps=1e-4))


def flat_norm() -> Graph:
    builder = GraphBuilder(Samples((1, 6, 6), scores=3))
    port = builder.add("BatchNorm2d", "norm", builder.add("Flatten", "flat", builder.image()))
    builder.add(
        "CrossEntropyLoss",
        "loss",
        builder.add("Linear", "fc", port, out_features=3),
        builder.add("Target", "label", field="label"),
    )
    return builder.graph()


def regression(width: int, **target: Any) -> Graph:
    builder = GraphBuilder(Samples((1, 6, 6)))
    port = builder.add("Linear", "fc", builder.add("Flatten", "flat", builder.image()), out_features=width)
    builder.add("MSELoss", "loss", port, builder.add("Target", "answer", field="angle", **target))
    return builder.graph()


LENET = drawn("lenet5")
RESNET = drawn("small-resnet", (3, 32, 32))
AUTOENCODER = drawn("autoencoder")
BREAKAGES: dict[str, Callable[[], Graph]] = {
    "no Target": lambda: gone(LENET, "label"),
    "no Target of a reconstruction": lambda: gone(AUTOENCODER, "picture"),
    "no Target of a mean squared error": lambda: gone(regression(3, kind="vector", shape=[3]), "answer"),
    "no Input": lambda: gone(LENET, "image"),
    "no wire from the Input": lambda: cut(LENET, "conv1", "x"),
    "no wire from an Input that is used elsewhere": lambda: cut(joined(3), "one", "x"),
    "an even kernel before Add": lambda: residual(4),
    "an even kernel of its own margin": lambda: residual(2, 0),
    "a kernel of five before Add": lambda: residual(5),
    "Add that lost its branch": lambda: cut(residual(), "add", "x.1"),
    "Add that lost its shortcut": lambda: cut(residual(), "add", "x.0"),
    "Concat of two sizes": lambda: joined(4),
    "Concat of a third of the size": pooled_join,
    "a reconstruction of another size": lambda: rebuilt(15),
    "a reconstruction of another size, enlarged": lambda: rebuilt(15, layer="Upsample", scale_factor=2),
    "a reconstruction with a wide kernel": lambda: rebuilt(16, kernel_size=4),
    "BatchNorm1d on a map": lambda: normed("BatchNorm1d"),
    "BatchNorm2d on a vector": flat_norm,
    "kernel 40 on 14 by 14": lambda: changed(LENET, "conv2", params={"kernel_size": 40, "padding": 0}),
    "kernel 100 at the beginning": lambda: changed(LENET, "conv1", params={"kernel_size": 100}),
    "a scalar target": lambda: regression(128, kind="scalar"),
    "a target of one number": lambda: regression(7, kind="vector", shape=[1]),
}


@pytest.mark.parametrize("name", BREAKAGES)
def test_one_click_mends_it(name: str) -> None:
    graph = BREAKAGES[name]()
    problems = find_problems(graph)
    assert problems, "a breakage"
    fix = problems[0].fixes[0]
    assert isinstance(fix.edit, GraphEdit)
    mended = fix.edit.apply(graph)
    assert find_problems(mended) == [], fix.text
    assert fix.edit.inverse().apply(mended) == graph, "it can be taken back"
    learns(mended)


def learns(graph: Graph) -> None:
    """Runs the network forward and backward once."""
    network = Network(graph)
    values = infer(graph).values
    fields = {}
    for node in graph:
        if node.layer in ("Input", "Target"):
            value = values[Port(node.id, "y")]
            kind = torch.zeros if value.dtype == "int64" else torch.rand
            fields[str(node.params.get("field", "image" if node.layer == "Input" else "label"))] = kind(
                3, *value.shape, dtype=torch.int64 if value.dtype == "int64" else torch.float32
            )
    losses = network.train_batch({name: fields[name] for name in network.fields}).losses
    network.objective(losses).backward()


def test_a_lost_branch_comes_back_or_the_joint_goes() -> None:
    (problem,) = find_problems(cut(residual(), "add", "x.1"))
    assert [fix.text for fix in problem.fixes] == ["Connect branch to add", "Take add out"]
    (problem,) = find_problems(cut(residual(channels=5), "add", "x.1"))
    assert [fix.text for fix in problem.fixes][-1] == "Take add out"


def test_a_big_residual_network_gets_its_shortcut_back() -> None:
    add = next(node.name for node in RESNET if node.layer == "Add")
    for port in ("x.0", "x.1"):
        broken = cut(RESNET, add, port)
        fix = find_problems(broken)[0].fixes[0]
        assert isinstance(fix.edit, GraphEdit)
        assert set(fix.edit.apply(broken).edges) == set(RESNET.edges)


@pytest.mark.parametrize(
    ("target", "entries"),
    [
        ({"kind": "scalar"}, (5,)),
        ({"kind": "vector", "shape": [1]}, (5,)),
        ({"kind": "scalar"}, (5, 1)),
        ({"kind": "scalar", "shape": [1]}, (5, 1)),
    ],
)
def test_a_regression_to_one_number_compares_one_with_one(target: dict[str, Any], entries: tuple[int, ...]) -> None:
    """Not (N, 1) with (N,), which torch would spread to (N, N)."""
    graph = regression(1, **target)
    network = Network(graph, seed=1)
    x, y = torch.rand(5, 1, 6, 6), torch.rand(entries)
    output = network.train_batch({"image": x, "angle": y})
    expected = (network.predict({"image": x})["fc"] - y.reshape(5, 1)).square().mean()
    torch.testing.assert_close(output.losses["loss"], expected)


@pytest.mark.parametrize("setting", [{"out_channels": 5}, {"stride": 2}])
def test_a_shortcut_is_projected_and_not_the_branch_that_it_goes_round(setting: dict[str, Any]) -> None:
    builder = GraphBuilder(Samples((3, 14, 14), scores=3))
    stem = builder.add("Conv2d", "stem", builder.image(), out_channels=4)
    branch = builder.add("ReLU", "after", builder.add("Conv2d", "branch", stem, **{"out_channels": 4, **setting}))
    graph = ended(builder, builder.add("Add", "add", stem, branch))
    fix = find_problems(graph)[0].fixes[0]
    assert isinstance(fix.edit, GraphEdit)
    mended = fix.edit.apply(graph)
    (new,) = [node for node in mended if node.id not in graph.nodes]
    assert mended.incoming[new.id] == {"x": stem}
    assert mended.incoming[graph.named("add").id] == {"x.0": Port(new.id, "y"), "x.1": branch}
    learns(mended)


@pytest.mark.parametrize("template", ["unet", "segnet", "fcn1d", "textcnn", "dncnn"])
@pytest.mark.parametrize("gone_too", [(), ("Target",)])
def test_a_lost_loss_comes_back_for_data_of_every_kind(template: str, gone_too: tuple[str, ...]) -> None:
    graph = default(template)
    for node in list(graph):
        if node.layer.endswith("Loss") or node.layer in gone_too:
            graph = remove(graph, node).apply(graph)
    (problem,) = find_problems(graph)
    edit = problem.fixes[0].edit
    assert isinstance(edit, GraphEdit)
    assert find_problems(edit.apply(graph)) == []


@pytest.mark.parametrize(("template", "text"), [
    ("fcn1d", "Add an Input of 1×128 for conv1"), ("c3d", "Add an Input of 1×16×32×32 for stage1.conv1"),
    ("textcnn", "Add an Input of 32 tokens for embed"), ("dncnn", "Add an Input for noise"),
])  # fmt: skip
def test_a_lost_input_comes_back_for_data_of_every_kind(template: str, text: str) -> None:
    graph = default(template)
    gone_input = next(node for node in graph if node.layer == "Input")
    problem = find_problems(remove(graph, gone_input).apply(graph))[-1]
    assert problem.fixes[0].text.startswith(text)


@pytest.mark.parametrize("ends", [
    (("layer3.0.add", "x.1"), ("layer3.0.relu2", "x")),
    (("layer1.0.add", "x.1"), ("layer3.0.add", "x.1"), ("layer3.0.relu2", "x")),
])  # fmt: skip
def test_wires_that_were_cut_together_come_back_together(ends: tuple[tuple[str, str], ...]) -> None:
    broken = RESNET
    for name, port in ends:
        broken = cut(broken, name, port)
    edit = find_problems(broken)[0].fixes[0].edit
    assert isinstance(edit, GraphEdit)
    assert set(edit.apply(broken).edges) == set(RESNET.edges)
    assert find_hints(edit.apply(broken)) == []


def test_what_leads_nowhere_is_a_hint() -> None:
    graph = drawn("lenet5")
    assert find_hints(graph) == []
    edit = connect(graph, Port(graph.named("pool1").id, "y"), Port(graph.named("pool2").id, "x"))
    (hint,) = find_hints(edit.apply(graph))
    assert (hint.node, hint.severity) == ("relu2", "hint")
    assert hint.message == "relu2: leads to no loss and no Output, so it has no part in what is learnt and predicted."
