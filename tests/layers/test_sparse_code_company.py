"""Sparse codes and their losses: one that no loss follows from never learns, which is told with a fix."""

from __future__ import annotations

import pytest
import torch

from tests.graph_factories import changed
from workbench.core.graph import Graph
from workbench.core.graph_edits import remove
from workbench.model.network import Network
from workbench.model.problems import Problem, find_problems
from workbench.project.templates.base_deconvolutional import Deconvolutional
from workbench.project.templates.deconv2 import Deconv2
from workbench.project.templates.spec import GraphBuilder, Samples


def without_losses(graph: Graph, *names: str) -> Graph:
    for name in names:
        for term in ("error", "sparsity"):
            graph = remove(graph, graph.named(f"{name}_{term}")).apply(graph)
    return graph


@pytest.fixture
def two() -> Graph:
    """Two layers of codes, the second one on those of the first (2010)."""
    builder = GraphBuilder(Samples((1, 16, 16)))
    Deconv2().build(builder)
    return builder.graph()


def stacked() -> Graph:
    """Two layers that both draw the picture (2011)."""
    builder = GraphBuilder(Samples((1, 16, 16)))
    made = Deconvolutional()
    plain = {"kernel_size": 5, "iterations": 2, "solver": "ista"}
    made.stacked(builder, made.picture(builder), ({"out_channels": 3, **plain}, {"out_channels": 4, **plain}))
    return builder.graph()


def only(graph: Graph) -> Problem:
    (problem,) = find_problems(graph)
    return problem


def learns(graph: Graph, name: str) -> bool:
    network = Network(graph)
    network.set_training(True)
    weight = network.modules.get_submodule(name).weight
    before = weight.detach().clone()  # type: ignore[operator]
    fields = {"image": torch.rand(2, 1, 16, 16)}
    network.objective(network.train_batch(fields).losses)
    network.end_step()
    return not torch.equal(before, weight)  # type: ignore[arg-type]


def test_a_code_that_no_loss_follows_from_never_learns_and_is_told(two: Graph) -> None:
    alone = without_losses(two, "layer2")
    problem = only(alone)
    assert problem.message == (
        "layer2: no loss follows from it, so it takes no part in training and its filters never learn: a GaussianLoss "
        "on its reconstruction and the same x and a SparsityLoss on its codes are missing."
    )
    assert [fix.text for fix in problem.fixes] == ["Add a GaussianLoss and a SparsityLoss beside layer2"]
    mended = problem.fixes[0].edit.apply(alone)
    assert find_problems(mended) == []
    assert mended.named("layer2_error").params == two.named("layer2_error").params == {"weight": 10.0}
    for graph in (mended, two):
        wires = graph.incoming[graph.named("layer2_error").id].values()
        assert {graph.nodes[port.node].name: port.name for port in wires} == {
            "layer1": "codes",
            "layer2": "reconstruction",
        }
    assert learns(mended, "layer2")
    places = [node.position for node in mended]
    assert len(set(places)) == len(places)
    edit = problem.fixes[0].edit
    assert edit.inverse().apply(mended) == alone


def test_a_network_of_codes_alone_gets_their_energies(two: Graph) -> None:
    bare = without_losses(two, "layer1", "layer2")
    problems = find_problems(bare)
    assert [problem.node for problem in problems] == ["layer1", "layer2"]
    mended = problems[1].fixes[0].edit.apply(bare)
    assert find_problems(mended) == [], "the losses of the second layer are behind the first one too"
    assert learns(mended, "layer1")


def test_a_code_below_another_ones_losses_needs_none_of_its_own(two: Graph) -> None:
    below = without_losses(two, "layer1")
    assert find_problems(below) == []
    assert learns(below, "layer1")


def test_a_frozen_or_bypassed_code_needs_no_loss(two: Graph) -> None:
    assert find_problems(changed(without_losses(two, "layer2"), "layer2", frozen=True)) == []


def test_a_higher_layer_is_given_the_picture_as_its_target() -> None:
    graph = stacked()
    problem = only(without_losses(graph, "layer2"))
    mended = problem.fixes[0].edit.apply(without_losses(graph, "layer2"))
    target = mended.incoming[mended.named("layer2_error").id]["target"]
    assert mended.nodes[target.node].name == "contrast"
    assert find_problems(mended) == []


def test_prediction_needs_no_losses(two: Graph) -> None:
    assert find_problems(without_losses(two, "layer1", "layer2"), purpose="predict") == []
