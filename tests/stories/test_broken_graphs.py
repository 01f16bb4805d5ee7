"""Networks broken by one change are mended by one click: the campaign of bench/ in a short form.

CNN_WORKBENCH_SEED draws other cases; CNN_WORKBENCH_BROKEN says how many.
"""

from __future__ import annotations

import os

import broken_graphs

from workbench.core.graph import Port
from workbench.core.graph_edits import connect, remove, set_param
from workbench.project.templates.spec import REGISTRY

SEED = int(os.environ.get("CNN_WORKBENCH_SEED", "1"))
COUNT = int(os.environ.get("CNN_WORKBENCH_BROKEN", "160"))
QUICK = ("lenet5", "dcign32", "vae32", "mnist-best")  # of which each is run forward and backward in a moment


def told(outcomes: list[broken_graphs.Outcome]) -> str:
    failed = [each for each in outcomes if not each.by or each.adding or each.wrong]
    return f"CNN_WORKBENCH_SEED={SEED}\n" + "\n".join(map(broken_graphs.told, failed))


def test_of_all_templates_nearly_all_are_mended() -> None:
    outcomes = broken_graphs.run(SEED, 0, COUNT, list(REGISTRY), runs=False)
    assert len(outcomes) == COUNT
    assert broken_graphs.share(outcomes) >= broken_graphs.GOAL, told(outcomes)
    assert not [text for each in outcomes for text in each.adding], told(outcomes)


def test_what_is_mended_runs_in_torch() -> None:
    outcomes = broken_graphs.run(SEED, 0, 20, QUICK)
    assert broken_graphs.share(outcomes) >= broken_graphs.GOAL, told(outcomes)
    assert not [text for each in outcomes for text in each.wrong], told(outcomes)


def test_each_kind_of_change_breaks_something() -> None:
    kinds = {broken_graphs.broken(SEED, number, ["lenet5", "autoencoder"]).operator for number in range(40)}
    assert kinds == set(broken_graphs.KINDS)


def a_case() -> broken_graphs.Broken:
    graph = broken_graphs.network("small-resnet")
    edit = set_param(graph.named("layer1.0.conv1"), "stride", 2)
    return broken_graphs.Broken("small-resnet", "change a setting", "stride", edit.apply(graph))


def test_a_network_that_is_broken_on_purpose_is_mended() -> None:
    outcome = broken_graphs.judged(a_case())
    assert (bool(outcome.by), outcome.is_first, outcome.adding, outcome.wrong) == (True, True, [], [])
    (problem,) = outcome.problems
    assert "Set stride of layer1.0.conv1 to 1" in [fix.text for fix in problem.fixes]


def test_leading_past_the_culprit_is_no_fix() -> None:
    case = a_case()
    past = Port(case.graph.named("relu").id, "y")
    edit = connect(case.graph, past, Port(case.graph.named("layer1.0.conv2").id, "x"))
    after = edit.apply(case.graph)
    assert case.problems(after) == [], "it leaves no problem"
    assert broken_graphs.is_evasive(case, edit, after)
    mending = set_param(case.graph.named("layer1.0.conv1"), "stride", 1)
    assert not broken_graphs.is_evasive(case, mending, mending.apply(case.graph))


def test_a_fix_that_adds_a_problem_is_seen() -> None:
    case = a_case()
    problems = case.problems(case.graph)
    worse = set_param(case.graph.named("conv1"), "groups", 7).apply(case.graph)
    assert broken_graphs.adds(case, worse, problems, case.problems(worse))


def test_taking_a_node_away_is_no_fix() -> None:
    case = a_case()
    edit = remove(case.graph, case.graph.named("layer1.0.conv1"))
    assert broken_graphs.is_evasive(case, edit, edit.apply(case.graph))
