"""A batch that no machine of this size could hold is refused before it starves everything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.core.process import physical_memory
from workbench.model.cost import costs, total
from workbench.project import memory_need
from workbench.project.checks import mend, project_problems
from workbench.project.document import Project, setting
from workbench.project.new_project import create


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made, _ = create("lenet5", None, tmp_path)
    return made.apply(setting(made, "data", ("batch_size",), 64))


def test_what_the_machine_has_is_known_and_the_usual_fits(project: Project) -> None:
    there = physical_memory()
    assert there is None or there > 10**8
    assert project_problems(project) == []


def test_a_batch_that_does_not_fit_is_told_with_one_that_does(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    each = total(costs(project.graph).values())["memory"]
    monkeypatch.setattr(memory_need, "physical_memory", lambda: 20 * each)
    (problem,) = project_problems(project)
    assert problem.message.startswith("A batch of 64 needs about ")
    assert [fix.text for fix in problem.fixes] == ["Set data.batch_size to 8"]
    mended, _ = mend(project)
    assert mended.data_config().batch_size == 8
    assert project_problems(mended) == []


def test_a_sample_that_does_not_fit_asks_for_smaller_pictures(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    each = total(costs(project.graph).values())["memory"]
    monkeypatch.setattr(memory_need, "physical_memory", lambda: each - 1)
    (problem,) = project_problems(project)
    assert problem.message.endswith("Make the pictures smaller, or the network.")
    assert not problem.fixes


def test_nothing_is_said_where_the_system_does_not_tell(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_need, "physical_memory", lambda: None)
    assert project_problems(project) == []
