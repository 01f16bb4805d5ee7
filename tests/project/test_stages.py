"""What stages name: who can learn, what is wrong with a stage and its fix, and names that follow."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.graph_factories import changed, drawn
from workbench.core import groups
from workbench.core.edits import CompositeGraphEdit, SetField
from workbench.core.graph import Graph
from workbench.core.graph_edits import remove, rename
from workbench.project.checks import mend, project_problems
from workbench.project.document import Project
from workbench.project.stages import followed, learners, learning_groups, loss_weights, set_stages, stage_problems
from workbench.training.config import Stage


def project(*stages: dict[str, Any], graph: Graph | None = None) -> Project:
    return Project("id", graph or drawn("lenet5"), {}, {"stages": list(stages)})


def in_group() -> Graph:
    """LeNet-5 with both convolutions in the group `body`."""
    graph = drawn("lenet5")
    for name in ("conv1", "conv2"):
        graph = rename(graph, graph.named(name), f"body.{name}").apply(graph)
    return graph


def test_who_can_learn() -> None:
    graph = changed(drawn("lenet5"), "conv2", frozen=True)
    assert learners(graph) == ["conv1", "fc1", "fc2", "fc3"]
    assert learning_groups(in_group()) == ["body"]
    assert learning_groups(drawn("lenet5")) == []
    assert loss_weights(changed(graph, "loss", params={"weight": 2.5})) == {"loss": 2.5}


def test_sound_stages_have_no_problem() -> None:
    sound = project({"epochs": 2, "train": ["body", "fc1"], "losses": {"loss": 0.5}}, {"epochs": 1}, graph=in_group())
    assert project_problems(sound) == []


@pytest.mark.parametrize(
    ("stage", "message", "fixes"),
    [
        (
            {"train": ["fc1", "fc9"]},
            'Stage 2 lets "fc9" learn, but there is no node or group of that name.',
            ["In stage 2, take fc9 out", "In stage 2, let fc3 learn"],
        ),
        (
            {"train": ["head"]},
            'Stage 2 lets "head" learn, but there is no node or group of that name.',
            ["Delete stage 2", "In stage 2, let every node learn"],
        ),
        (
            {"train": ["relu1"]},
            "Stage 2 lets only relu1 learn, which has no weights that could.",
            ["Delete stage 2", "In stage 2, let every node learn"],
        ),
        (
            {"losses": {"gain": 1.0}},
            'Stage 2 weighs the loss "gain", but there is no loss node of that name.',
            ["In stage 2, take gain out"],
        ),
        (
            {"losses": {"loss": 0.0}},
            "Stage 2 leaves out every loss, so nothing could be learnt in it.",
            ["In stage 2, let every loss count"],
        ),
    ],
)
def test_a_wrong_stage_is_told_and_mended(stage: dict[str, Any], message: str, fixes: list[str]) -> None:
    wrong = project({"epochs": 1}, stage)
    (problem,) = project_problems(wrong)
    assert problem.message == message
    assert [fix.text for fix in problem.fixes][: len(fixes)] == fixes
    for fix in problem.fixes:
        after = wrong.apply(fix.edit)
        assert project_problems(after) == []
        assert after.apply(fix.edit.inverse()) == wrong
    after, applied = mend(wrong)
    assert project_problems(after) == []
    assert [fix.text for fix in applied] == fixes[:1]


def test_wrong_settings_of_a_stage_are_told_once() -> None:
    (problem,) = project_problems(project({"epochs": 0, "train": ["head"]}))
    assert problem.message == "training.stages[0].epochs must be at least 1, found 0."


def test_without_stages_the_setting_is_gone() -> None:
    before = project({"epochs": 2})
    assert "stages" not in before.apply(set_stages(before, [], "Remove stage 1")).training
    after = before.apply(set_stages(before, [Stage(epochs=3, train=("fc1",)), Stage()], "Add"))
    assert after.training["stages"] == [{"epochs": 3, "train": ["fc1"]}, {"epochs": 1}]


def renamed(before: Project, name: str, new: str) -> Project:
    edit = followed(before, rename(before.graph, before.graph.named(name), new))
    after = before.apply(edit)
    assert after.apply(edit.inverse()) == before
    return after


def test_stages_follow_a_renamed_node_and_loss() -> None:
    before = project({"train": ["conv1", "fc1"], "losses": {"loss": 0.5}})
    after = renamed(renamed(before, "conv1", "edges"), "loss", "error")
    assert after.training["stages"] == [{"train": ["edges", "fc1"], "losses": {"error": 0.5}}]
    assert stage_problems(after) == []


def test_stages_follow_groups() -> None:
    before = project({"train": ["body"]}, {"train": ["fc1", "fc2"]}, graph=in_group())
    edit = followed(before, groups.rename_group(before.graph, "body", "trunk"))
    assert before.apply(edit).training["stages"][0] == {"train": ["trunk"]}
    edit = followed(before, groups.ungroup(before.graph, "body"))
    assert before.apply(edit).training["stages"][0] == {"train": ["conv1", "conv2"]}
    ids = [before.graph.named(name).id for name in ("fc1", "fc2")]
    made, _ = groups.group(before.graph, ids)
    assert before.apply(followed(before, made)).training["stages"][1] == {"train": ["group1.fc1", "group1.fc2"]}


def test_two_nodes_that_swap_names_swap_them_in_stages() -> None:
    before = project({"train": ["fc1"]}, {"train": ["fc2", "conv1"]})
    ids = {name: before.graph.named(name).id for name in ("fc1", "fc2")}
    edit = CompositeGraphEdit(
        (SetField(ids["fc1"], "name", "fc1", "fc2"), SetField(ids["fc2"], "name", "fc2", "fc1")), "Swap"
    )
    assert before.apply(followed(before, edit)).training["stages"] == [{"train": ["fc2"]}, {"train": ["fc1", "conv1"]}]


def test_a_deleted_node_is_told_and_other_edits_stay_as_they_are() -> None:
    before = project({"train": ["fc1", "conv1"]})
    edit = remove(before.graph, before.graph.named("conv1"))
    assert followed(before, edit) is edit
    assert [problem.found for problem in stage_problems(before.apply(edit))] == ["conv1"]
    plain = replace(before, training={})
    move = rename(plain.graph, plain.graph.named("conv1"), "edges")
    assert followed(plain, move) is move
