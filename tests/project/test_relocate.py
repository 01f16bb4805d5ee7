"""Paths to data and pictures follow their project, and are never in the way of saving."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from workbench.project import storage
from workbench.project.document import Project
from workbench.project.relocate import moved_paths, placed


def project(path: str = "data/a.npz", picture: str = "pictures/1.png") -> Project:
    return replace(
        Project("id"),
        data={"source": "npz", "options": {"path": path}},
        probes=({"picture": picture}, {"sample": "test:1"}),
    )


def test_paths_mean_the_same_from_another_place(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    moved = placed(project(), tmp_path / "a.cnn", tmp_path / "new" / "a.cnn")
    assert moved.data["options"] == {"path": str(tmp_path / "data" / "a.npz")}
    assert moved.probes[0] == {"picture": str(tmp_path / "pictures" / "1.png")}
    assert moved_paths(project(), tmp_path / "a.cnn", tmp_path / "b.cnn") is None


@pytest.mark.parametrize("odd", ["nul\0l.npz", "~nobody-of-that-name/a.npz"])
def test_a_path_that_leads_nowhere_does_not_keep_a_project_from_its_place(tmp_path: Path, odd: str) -> None:
    (tmp_path / "new").mkdir()
    moved = placed(project(odd, odd), tmp_path / "a.cnn", tmp_path / "new" / "a.cnn")
    if "\0" in odd:
        assert moved == project(odd, odd)
    storage.save(placed(project("x", "y"), tmp_path / "a.cnn", tmp_path / "new" / "a.cnn"), tmp_path / "new" / "a.cnn")
