"""What follows from a network is derived once, whoever asks for it, and goes on with what only looks different."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.graph_factories import drawn
from tests.training import factories
from workbench.core.edits import CompositeGraphEdit, GraphEdit
from workbench.core.graph import Graph
from workbench.core.graph_edits import moved, set_param
from workbench.model import problems, shapes
from workbench.model.analysis import Analysis
from workbench.model.cost import costs
from workbench.model.network import Network
from workbench.model.problems import find_problems
from workbench.model.shapes import infer
from workbench.project.checks import data_advice, data_hints, data_problems
from workbench.training import engine

Counted = Callable[[Any, str], list[Graph]]


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    """Counts the calls of a module's function by their first argument, a graph."""

    def count(module: Any, name: str) -> list[Graph]:
        calls: list[Graph] = []
        own = getattr(module, name)

        def noted(graph: Graph, *args: Any) -> Any:
            calls.append(graph)
            return own(graph, *args)

        monkeypatch.setattr(module, name, noted)
        return calls

    return count


@pytest.mark.parametrize("template", ["lenet5", "small-resnet"])
def test_one_graph_is_inferred_once_by_all_that_need_it(counted: Counted, template: str) -> None:
    graph = drawn(template)
    inferred, searched = counted(shapes, "_inferred"), counted(problems, "_found")
    Network(graph)
    analysis = Analysis(graph)
    assert analysis.problems == find_problems(graph) == []
    assert analysis.costs is costs(graph)
    dataset = factories.dataset()
    data_advice(graph, dataset, data_problems(graph, dataset) + data_hints(graph, dataset))
    assert sum(each is graph for each in inferred) == 1
    assert len(searched) == 2  # to train, and to predict


def test_a_training_infers_its_network_once(counted: Counted, tmp_path: Path) -> None:
    inferred = counted(shapes, "_inferred")
    job = factories.job(tmp_path / "run", epochs=1)
    list(engine.train(job))
    assert [each is job.graph for each in inferred] == [True]


def test_what_only_looks_different_takes_over_shapes_and_costs_but_no_fixes(counted: Counted) -> None:
    graph = set_param(drawn("lenet5").named("fc3"), "out_features", 0).apply(drawn("lenet5"))
    assert find_problems(graph)
    costs(graph)
    inferred = counted(shapes, "_inferred")
    after = CompositeGraphEdit(tuple(moved(graph, {graph.named("fc3").id: (900.0, 900.0)})), "Move").apply(graph)
    after.share_memo(graph)
    assert infer(after) is infer(graph)
    assert costs(after) is costs(graph)
    assert not inferred
    for problem in find_problems(after):
        for fix in problem.fixes:
            assert isinstance(fix.edit, GraphEdit)
            after_fix = fix.edit.apply(after)  # would be refused if it expected the node where it was
            assert after_fix.named("fc3").position == (900.0, 900.0)


def test_another_setting_is_inferred_anew() -> None:
    graph = drawn("lenet5")
    changed = set_param(graph.named("conv1"), "out_channels", 9).apply(graph)
    assert infer(changed) is not infer(graph)
    assert costs(changed)[graph.named("conv1").id] != costs(graph)[graph.named("conv1").id]
