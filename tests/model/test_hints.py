"""Hints: what trains but does not learn well, with a fix that mends it, and that stop nobody."""

from __future__ import annotations

import pytest

from tests.graph_factories import changed, default
from workbench.core.graph import Graph, Port
from workbench.model.batch_needs import batch_problems
from workbench.model.hints import find_hints
from workbench.model.network import Network
from workbench.model.problems import counted, find_problems
from workbench.model.shapes import infer
from workbench.project.templates.spec import REGISTRY, GraphBuilder, Samples

BEFORE = {
    "Softmax": ["Softmax"],
    "ReLU": ["ReLU"],
    "LeakyReLU": ["LeakyReLU"],
    "Tanh": ["Tanh"],
    "Sigmoid": ["Sigmoid"],
    "Dropout": ["Dropout"],
    "ReLU and Dropout": ["ReLU", "Dropout"],
    "LogSoftmax": ["LogSoftmax"],
    "GELU": ["GELU"],
    "AlphaDropout and StochasticDepth": ["AlphaDropout", "StochasticDepth"],
    "Softmax, with an Identity behind it": ["Softmax", "Identity"],
}


def network(layers: list[str], *, also_out: bool = False, loss: str = "CrossEntropyLoss") -> Graph:
    builder = GraphBuilder(Samples((1, 6, 6), scores=4))
    port = builder.add("Linear", "fc", builder.add("Flatten", "flat", builder.image()), out_features=4)
    for number, layer in enumerate(layers):
        port = builder.add(layer, f"n{number}", port)
    params = {} if loss == "CrossEntropyLoss" else {"kind": "vector", "shape": [4]}
    builder.add(loss, "loss", port, builder.add("Target", "label", field="label", **params))
    if also_out:
        builder.add("Output", "out", port)
    return builder.graph()


@pytest.mark.parametrize("name", BEFORE)
@pytest.mark.parametrize("also_out", [False, True])
def test_scores_should_reach_the_loss_as_they_are(name: str, also_out: bool) -> None:
    graph = network(BEFORE[name], also_out=also_out)
    assert find_problems(graph) == []
    hints = find_hints(graph)
    assert len(hints) == len([layer for layer in BEFORE[name] if layer != "Identity"])
    assert {hint.severity for hint in hints} == {"hint"}
    for hint in hints:
        assert hint.message.startswith(f"{hint.node}: ")
    results = dict(Network(graph).results)
    count = 0
    while hints := find_hints(graph):
        graph = hints[0].fixes[0].edit.apply(graph)
        count += 1
        assert count < 5
    assert find_problems(graph) == []
    if also_out and "Identity" not in BEFORE[name]:
        assert dict(Network(graph).results) == results, "what is put out stays as it is"
        assert not any(node.bypass for node in graph if node.name == f"n{len(BEFORE[name]) - 1}")


@pytest.mark.parametrize("loss", ["MSELoss", "BernoulliLoss"])
def test_other_losses_want_what_they_want(loss: str) -> None:
    assert find_hints(network(["Sigmoid"], loss=loss)) == []


@pytest.mark.parametrize(("loss", "kind"), [("NLLLoss", "class"), ("KLDivLoss", "vector")])
@pytest.mark.parametrize("between", [[], ["Identity"]])
def test_a_loss_of_log_probabilities_wants_them_made(loss: str, kind: str, between: list[str]) -> None:
    params = {"kind": "vector", "shape": [4]} if kind == "vector" else {}

    def built(layers: list[str]) -> Graph:
        builder = GraphBuilder(Samples((1, 6, 6), scores=4))
        port = builder.add("Linear", "fc", builder.add("Flatten", "flat", builder.image()), out_features=4)
        for number, layer in enumerate(layers):
            port = builder.add(layer, f"n{number}", port)
        builder.add(loss, "loss", port, builder.add("Target", "label", field="label", **params))
        return builder.graph()

    assert find_hints(built(["LogSoftmax", *between])) == []
    for layers in (between, ["Softmax", *between], ["ReLU"]):
        (hint,) = find_hints(built(layers))
        assert (hint.node, hint.severity) == ("loss", "hint")
        assert "LogSoftmax" in hint.message
        mended = hint.fixes[0].edit.apply(built(layers))
        assert find_problems(mended) == find_hints(mended) == []


def test_an_activation_farther_up_is_no_mistake() -> None:
    builder = GraphBuilder(Samples((1, 6, 6), scores=4))
    port = builder.add("ReLU", "relu", builder.add("Linear", "one", builder.add("Flatten", "flat", builder.image())))
    port = builder.add("Linear", "two", builder.add("Dropout", "drop", port), out_features=4)
    builder.add("CrossEntropyLoss", "loss", port, builder.add("Target", "label", field="label"))
    assert find_hints(builder.graph()) == []
    assert find_hints(changed(network(["ReLU"]), "n0", bypass=True)) == []


@pytest.mark.parametrize("template", list(REGISTRY))
def test_templates_give_no_hints(template: str) -> None:
    assert find_hints(default(template)) == []


def test_problems_and_hints_are_counted_apart() -> None:
    hints = find_hints(network(["ReLU", "Dropout"]))
    problems = find_problems(Graph())
    assert counted([*problems, *hints]) == "1 problem, 2 hints"
    assert counted(hints[:1]) == "1 hint"


def normed(layer: str, *, frozen: bool = False, **params: object) -> Graph:
    """A batch norm behind a vector, or behind a map of one pixel."""
    builder = GraphBuilder(Samples((1, 6, 6), scores=3))
    port = builder.image()
    if layer == "BatchNorm2d":
        port = builder.add("Conv2d", "whole", port, kernel_size=6, padding=0)
    else:
        port = builder.add("Linear", "one", builder.add("Flatten", "flat", port))
    port = builder.add(layer, "norm", port, **params)
    port = builder.add("Flatten", "flat2", port) if layer == "BatchNorm2d" else port
    builder.add(
        "CrossEntropyLoss",
        "loss",
        builder.add("Linear", "two", port, out_features=3),
        builder.add("Target", "label", field="label"),
    )
    graph = builder.graph()
    return changed(graph, "norm", frozen=frozen)


@pytest.mark.parametrize("layer", ["BatchNorm1d", "BatchNorm2d"])
def test_a_norm_of_single_values_needs_two_samples(layer: str) -> None:
    graph = normed(layer)
    (problem,) = batch_problems(graph, infer(graph), 1)
    assert problem.message == (
        "norm: needs batches of at least 2 samples to learn, since it centres each of its features over the batch, but "
        "there are batches of 1."
    )
    mended = problem.fixes[0].edit.apply(graph)
    assert batch_problems(mended, infer(mended), 1) == batch_problems(graph, infer(graph), 2) == []
    frozen = normed(layer, frozen=True)
    assert batch_problems(frozen, infer(frozen), 1) == []


def test_a_norm_of_many_values_learns_from_one_sample() -> None:
    builder = GraphBuilder(Samples((1, 6, 6), scores=3))
    port = builder.add("Flatten", "flat", builder.add("BatchNorm2d", "norm", builder.image()))
    builder.add(
        "CrossEntropyLoss",
        "loss",
        builder.add("Linear", "fc", port, out_features=3),
        builder.add("Target", "label", field="label"),
    )
    graph = builder.graph()
    assert batch_problems(graph, infer(graph), 1) == []


@pytest.mark.parametrize("layer", ["BatchNorm1d", "BatchNorm2d"])
def test_a_norm_of_single_values_without_statistics_could_not_predict(layer: str) -> None:
    graph = normed(layer, track_running_stats=False)
    (problem,) = find_problems(graph)
    assert problem.node == "norm"
    assert "could not predict" in problem.message
    assert find_problems(problem.fixes[0].edit.apply(graph)) == []
    assert Port("norm", "y") not in infer(graph).values
