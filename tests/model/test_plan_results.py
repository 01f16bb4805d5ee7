"""What a network gives is told without its whole plan, and is what the plan says."""

from __future__ import annotations

import pytest

from tests.graph_factories import changed, default
from workbench.model.plan import PlanError, make_plan, results_of


@pytest.mark.parametrize("template", ["lenet5", "autoencoder", "vae32", "deconv1"])
def test_results_are_those_of_the_plan(template: str) -> None:
    graph = default(template)
    assert dict(results_of(graph)) == dict(make_plan(graph, "predict").results)
    assert results_of(graph)


@pytest.mark.parametrize("wrong", [{"kernel_size": 99}, {"out_channels": "many"}])
def test_a_network_with_a_problem_gives_nothing(wrong: dict[str, object]) -> None:
    graph = changed(default("lenet5"), "conv1", params=wrong)
    with pytest.raises(PlanError) as told:
        make_plan(graph, "predict")
    with pytest.raises(PlanError) as also:
        results_of(graph)
    assert str(also.value) == str(told.value)
