"""Other data: its path is kept relative where it can be, and refused where a project cannot hold it."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.core.errors import UnreadableError
from workbench.project.data_choice import choose_data
from workbench.project.document import Project


@pytest.fixture
def project() -> Project:
    return Project("id", data={"source": "npz", "options": {"path": "data/a.npz"}})


@pytest.mark.parametrize("file", [None, Path("a.cnn")])
@pytest.mark.parametrize("odd", ["/da\udce4ten/a.npz", "/nul\0l.npz"])
def test_what_no_project_can_hold_does_not_become_data(project: Project, odd: str, file: Path | None) -> None:
    with pytest.raises(UnreadableError, match="its name"):
        choose_data(project, "npz", {"path": odd}, file)


def test_data_below_the_project_is_kept_relative(project: Project, tmp_path: Path) -> None:
    edit = choose_data(project, "folder", {"path": str(tmp_path / "pets"), "width": 9, "height": 9}, tmp_path / "a.cnn")
    assert project.apply(edit).data["options"] == {"path": "pets", "width": 9, "height": 9}
    assert project.apply(choose_data(project, "digits", {}, None)).data["source"] == "digits"
