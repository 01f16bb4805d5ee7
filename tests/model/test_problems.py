"""What is wrong is told with node, port, found and needed, and the fix beside it does mend it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from tests.graph_factories import changed, drawn, line, picture, wired, without
from workbench.core.graph import Graph, Node, Port
from workbench.core.graph_edits import connect, remove
from workbench.model.network import Network
from workbench.model.problems import Problem, find_problems
from workbench.project.document import Project
from workbench.project.format import dump


def only(graph: Graph) -> Problem:
    (problem,) = find_problems(graph)
    return problem


def applied(graph: Graph, problem: Problem, number: int = 0) -> Graph:
    """The graph with a fix, which can be taken back."""
    edit = problem.fixes[number].edit
    after = edit.apply(graph)
    back = edit.inverse().apply(after)
    assert dump(Project("", back)) == dump(Project("", graph))
    assert dump(Project("", edit.apply(back))) == dump(Project("", after))
    return after


def trains(graph: Graph, shape: tuple[int, ...] = (1, 28, 28)) -> bool:
    network = Network(graph)
    target = {field: torch.arange(4) for field in network.fields if field != "image"}
    output = network.train_batch({"image": torch.rand(4, *shape), **target})
    network.objective(output.losses).backward()
    return all(weight.grad is not None for _, weight in network.named_parameters())


def test_sound_networks_have_no_problems() -> None:
    assert find_problems(drawn("lenet5")) == []
    assert find_problems(drawn("autoencoder")) == []


def test_lenet_without_its_flatten() -> None:
    graph = without(drawn("lenet5"), "flatten")
    problem = only(graph)
    assert (problem.node, problem.port, problem.found) == ("fc1", "x", "map 16×5×5")
    assert "a flat vector" in problem.needed
    assert problem.message.startswith("fc1: needs")
    assert "gets a feature map (channels first), 16×5×5. Put a Flatten before it." in problem.message
    assert [fix.text for fix in problem.fixes] == ["Insert Flatten before fc1"]
    mended = applied(graph, problem)
    assert find_problems(mended) == []
    assert trains(mended)


def test_scores_that_are_too_few() -> None:
    graph = changed(drawn("lenet5"), "fc3", params={"out_features": 7})
    problem = only(graph)
    assert (problem.node, problem.port, problem.found, problem.needed) == (
        "loss",
        "prediction",
        "7 scores",
        "10 scores",
    )
    assert problem.fixes[0].text == "Set out_features of fc3 to 10"
    assert find_problems(applied(graph, problem)) == []


def test_the_width_is_set_where_it_comes_from() -> None:
    """The layer above the loss keeps the width; a bypassed one decides nothing."""
    rows = (picture((1, 4, 4)), ("flatten", "Flatten", {}), ("fc", "Linear", {"out_features": 5}))
    graph = line(
        *rows, ("extra", "Linear", {"out_features": 6}), ("relu", "ReLU", {}), ("loss", "CrossEntropyLoss", {})
    )
    graph = wired(
        replace(graph, nodes={**graph.nodes, "label": Node("label", "label", "Target", {"classes": ["a", "b"]})}),
        "label.y",
        "loss.target",
    )
    assert only(graph).fixes[0].text == "Set out_features of extra to 2"
    assert only(changed(graph, "extra", bypass=True)).fixes[0].text == "Set out_features of fc to 2"


def test_a_shortcut_of_another_width_is_projected() -> None:
    graph = drawn("small-resnet")
    for name in ("layer2.0.downsample.0", "layer2.0.downsample.1"):
        graph = without(graph, name)
    problem = only(graph)
    assert (problem.node, problem.port) == ("layer2.0.add", "x.1")
    assert (problem.found, problem.needed) == ("16×28×28", "32×14×14")
    assert problem.fixes[0].text.startswith("Insert Conv2d(out_channels=32, kernel_size=1, stride=[2, 2]")
    mended = applied(graph, problem)
    assert find_problems(mended) == []
    assert trains(mended)


def test_a_network_without_a_loss() -> None:
    graph = drawn("lenet5")
    for name in ("loss", "label"):
        graph = remove(graph, graph.named(name)).apply(graph)
    problem = only(graph)
    assert (problem.node, problem.found, problem.needed) == ("", "no loss", "a loss node")
    assert find_problems(graph, purpose="predict") == []
    assert problem.fixes[0].text == "Add a CrossEntropyLoss behind fc3"
    mended = applied(graph, problem)
    assert find_problems(mended) == []
    assert trains(mended)


def test_a_network_without_an_input() -> None:
    graph = Graph({"fc": Node("fc", "fc", "Linear")})
    assert [problem.message for problem in find_problems(graph)] == [
        "fc: its input x needs a wire.",
        "The network has no Input node, so no data comes in.",
    ]


def test_a_missing_wire_is_drawn_from_what_would_fit() -> None:
    graph = drawn("lenet5")
    loss = graph.named("loss").id
    graph = replace(graph, edges=tuple(edge for edge in graph.edges if edge.target.node != loss))
    problems = find_problems(graph)
    assert [(each.node, each.port, each.found) for each in problems] == [("loss", "prediction", "nothing")]
    assert [fix.text for fix in problems[0].fixes] == ["Connect fc3 to loss, then connect label to loss"]
    assert find_problems(applied(graph, problems[0])) == []
    wired = connect(graph, Port(graph.named("fc3").id, "y"), Port(loss, "prediction")).apply(graph)
    (problem,) = find_problems(wired)
    assert (problem.port, [fix.text for fix in problem.fixes]) == ("target", ["Connect label to loss"])
    assert find_problems(applied(wired, problem)) == []


def test_a_wire_from_behind_is_not_offered() -> None:
    """It would make a circle."""
    graph = line(("a", "ReLU", {}), ("b", "ReLU", {}), ("c", "ReLU", {}))
    assert [fix.text for fix in find_problems(graph)[0].fixes] == ["Add an Input for a"]


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"kernel_size": 0}, "Set kernel_size of conv1 to 3"),
        ({"kernel_siz": 3}, "Remove kernel_siz from conv1"),
        ({"padding": [0, "a"]}, "Set padding of conv1 to 1"),
        ({"groups": 4}, "Set groups of conv1 to 1"),
    ],
)
def test_a_wrong_setting_is_mended(params: dict[str, object], text: str) -> None:
    graph = changed(drawn("lenet5"), "conv1", params=params)
    problem = only(graph)
    assert problem.node == "conv1"
    assert problem.message.startswith("conv1: ")
    assert problem.fixes[0].text == text
    assert "conv1" not in {each.node for each in find_problems(applied(graph, problem))}


@pytest.mark.parametrize(
    ("template", "bypassed", "told"), [("autoencoder", "pool1", "unpool1"), ("lenet5",) + ("flatten",) * 2]
)
def test_a_bypass_that_is_in_the_way_is_taken_back(template: str, bypassed: str, told: str) -> None:
    graph = changed(drawn(template), bypassed, bypass=True)
    problem = next(each for each in find_problems(graph) if each.node == told)
    assert problem.found == f"{bypassed} is bypassed"
    assert problem.fixes[0].text == f"Use {bypassed} again"
    assert find_problems(applied(graph, problem)) == []


def test_a_layer_that_is_not_known_has_no_fix() -> None:
    problem = only(changed(drawn("lenet5"), "relu1", layer="Swish9"))
    assert problem.fixes == ()
    assert (problem.node, problem.found, problem.needed) == ("relu1", "Swish9", "a layer of this version")


def test_the_order_is_that_of_the_flow() -> None:
    """Wrong settings are told wherever they are; wrong shapes only where they begin."""
    graph = drawn("lenet5")
    for name in ("fc2", "conv1", "pool2"):
        graph = changed(graph, name, params={"nonsense": 0})
    assert [problem.node for problem in find_problems(graph)] == ["conv1", "pool2", "fc2"]


def test_as_json() -> None:
    row = only(without(drawn("lenet5"), "flatten")).as_json()
    assert list(row) == ["node", "port", "message", "found", "needed", "severity", "fixes"]
    assert row["fixes"] == ["Insert Flatten before fc1"]
