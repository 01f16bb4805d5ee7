"""A network that lacks its Input, its Target or its loss is mended by fixes, for every template."""

from __future__ import annotations

import pytest

from tests.graph_factories import changed, default, drawn, line, picture
from workbench.core.edits import GraphEdit
from workbench.core.graph import Graph
from workbench.core.graph_edits import remove
from workbench.layers.spec import find
from workbench.model.problems import find_problems
from workbench.project.templates.spec import REGISTRY


def without_layers(graph: Graph, *layers: str) -> Graph:
    """The graph without the nodes of these layers; "loss" stands for all losses."""
    for node in list(graph):
        cls = find(node.layer)
        if node.layer in layers or ("loss" in layers and cls is not None and cls.is_loss):
            graph = remove(graph, node).apply(graph)
    return graph


def mended(graph: Graph) -> Graph:
    """The graph after the first fix of the first problem that has one, again and again."""
    for _ in range(20):
        fix = next((fix for problem in find_problems(graph) for fix in problem.fixes), None)
        if fix is None:
            break
        assert isinstance(fix.edit, GraphEdit)
        graph = fix.edit.apply(graph)
    return graph


# Pictures of the usual size come out larger than they went in, so that nothing says what they could be compared with.
BEYOND = {("fcn8s", ("Input", "Target", "loss"))}


@pytest.mark.parametrize("gone", [("Input",), ("Target",), ("loss",), ("Target", "loss"), ("Input", "Target", "loss")])
@pytest.mark.parametrize("template", [name for name, _ in REGISTRY.items()])
def test_what_is_missing_is_added_by_fixes(template: str, gone: tuple[str, ...]) -> None:
    left = find_problems(mended(without_layers(default(template), *gone)))
    assert bool(left) == ((template, gone) in BEYOND)


def test_a_loss_takes_the_target_that_nothing_uses() -> None:
    graph = without_layers(drawn("lenet5"), "loss")
    after = mended(graph)
    assert [node.name for node in after if node.layer == "Target"] == ["label"]
    assert find_problems(after) == []


def test_a_target_that_does_not_fit_is_left_alone() -> None:
    graph = changed(without_layers(drawn("lenet5"), "loss"), "label", params={"classes": ["a", "b"]})
    after = mended(graph)
    assert len([node for node in after if node.layer == "Target"]) == 2
    assert after.outgoing[after.named("label").id] == ()


def test_behind_a_picture_like_the_input_comes_the_squared_error() -> None:
    graph = line(picture((3, 8, 8)), ("conv1", "Conv2d", {"out_channels": 3, "padding": 1}))
    (problem,) = find_problems(graph)
    (fix,) = problem.fixes
    assert fix.text == "Add an MSELoss behind conv1"
    after = mended(graph)
    assert find_problems(after) == []
    (target,) = [node for node in after if node.layer == "Target"]
    assert target.params == {"kind": "map", "shape": [3, 8, 8], "field": "image"}


def test_of_several_ends_each_is_offered() -> None:
    graph = line(picture((1, 8, 8)), ("flatten", "Flatten", {}), ("fc1", "Linear", {"out_features": 3}))
    other = line(("flatten", "Flatten", {}), ("fc2", "Linear", {"out_features": 5}))
    both = Graph({**graph.nodes, "fc2": other.nodes["fc2"]}, (*graph.edges, *other.edges))
    (problem,) = find_problems(both)
    assert [fix.text for fix in problem.fixes] == [
        "Add a loss behind fc1 and fc2",
        "Add a CrossEntropyLoss behind fc1",
        "Add a CrossEntropyLoss behind fc2",
    ]


def test_a_map_of_another_size_has_no_loss_that_goes_without_saying() -> None:
    (problem,) = find_problems(line(picture((3, 8, 8)), ("conv1", "Conv2d", {"out_channels": 7, "stride": 2})))
    assert problem.fixes == ()


def test_behind_scores_of_each_pixel_comes_a_loss_for_masks() -> None:
    graph = line(picture((3, 8, 8)), ("conv1", "Conv2d", {"out_channels": 7}))
    (problem,) = find_problems(graph)
    assert [fix.text for fix in problem.fixes] == ["Add a CrossEntropyLoss behind conv1"]
    (target,) = [node for node in mended(graph) if node.layer == "Target"]
    assert target.params == {"kind": "mask", "shape": [8, 8]}


@pytest.mark.parametrize("scores", [128, 7])
def test_a_new_target_invents_no_classes(scores: int) -> None:
    graph = line(picture((1, 8, 8)), ("flatten", "Flatten", {}), ("fc1", "Linear", {"out_features": scores}))
    after = mended(graph)
    (target,) = [node for node in after if node.layer == "Target"]
    assert "classes" not in target.params
    assert find_problems(after) == []
