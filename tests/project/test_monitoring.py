"""By what the best epoch is chosen: what a network offers, what is wrong, and names that follow."""

from __future__ import annotations

from typing import Any

import pytest

from tests.training.test_numbers_told import graph
from workbench.core.graph import Graph
from workbench.core.graph_edits import rename
from workbench.project.checks import mend, project_problems
from workbench.project.document import Project
from workbench.project.monitoring import monitor_choices
from workbench.project.stages import followed


def project(drawn: Graph, **training: Any) -> Project:
    return Project("id", drawn, {"source": "digits"}, training)


TWO = graph({"weight": 0.3}, {}, rebuilds={"weight": 0.1})


def test_what_a_network_reports_is_offered() -> None:
    assert monitor_choices(project(graph({})))[:3] == ["auto", "loss", "accuracy"]
    assert monitor_choices(project(graph(rebuilds={})))[:4] == ["auto", "loss", "rmse", "psnr"]
    found = monitor_choices(project(TWO))
    assert found[:6] == ["auto", "loss", "loss.head0", "loss.head1", "loss.rebuild", "accuracy"]
    assert {"accuracy.head1", "accuracy.head0", "rmse", "rmse.rebuild", "psnr", "psnr.rebuild"} <= set(found)
    assert found.index("accuracy.head1") < found.index("accuracy.head0"), "what counts more comes first"
    assert "mean_iou" not in monitor_choices(project(TWO))
    assert monitor_choices(project(Graph())) == ["auto", "loss"]


@pytest.mark.parametrize(
    ("drawn", "monitor", "fix"),
    [
        (graph({}), "psnr", "auto"),
        (graph({}), "acuracy", "accuracy"),
        (TWO, "accuracy.head7", "accuracy.head1"),
        (graph(rebuilds={}), "accuracy", "auto"),
    ],
)
def test_an_unknown_one_is_said_before_the_training_with_what_there_is(drawn: Graph, monitor: str, fix: str) -> None:
    wrong = project(drawn, monitor=monitor)
    (problem,) = project_problems(wrong)
    assert f'training.monitor is "{monitor}", which this network does not report' in problem.message
    assert all(choice in problem.message for choice in monitor_choices(wrong))
    mended, applied = mend(wrong)
    assert applied[0].text == f"Set training.monitor to {fix}"
    assert mended.training["monitor"] == fix
    assert not project_problems(mended)


@pytest.mark.parametrize("monitor", ["auto", "loss", "rmse", "accuracy.head1", "loss.rebuild"])
def test_what_is_reported_is_no_problem(monitor: str) -> None:
    assert not project_problems(project(TWO, monitor=monitor))


def test_a_stage_may_be_what_reports_it() -> None:
    staged = project(TWO, monitor="accuracy", stages=[{"epochs": 1, "losses": {"rebuild": 0, "head0": 0}}])
    assert not project_problems(staged)


@pytest.mark.parametrize("monitor", ["accuracy head", "", "accuracy.", 3])
def test_what_is_no_name_is_refused(monitor: Any) -> None:
    (problem,) = project_problems(project(TWO, monitor=monitor))
    assert "monitor" in problem.message


@pytest.mark.parametrize(("before", "after"), [("accuracy.head1", "accuracy.first"), ("psnr.rebuild", "psnr.rebuild")])
def test_it_follows_its_loss_to_a_new_name(before: str, after: str) -> None:
    drawn = project(TWO, monitor=before, stages=[{"epochs": 1, "losses": {"head1": 2.0}}])
    changed = drawn.apply(followed(drawn, rename(TWO, TWO.named("head1"), "first")))
    assert changed.training["monitor"] == after
    assert changed.training["stages"][0]["losses"] == {"first": 2.0}
    assert not project_problems(changed)
