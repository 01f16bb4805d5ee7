"""Unsaved work: kept while its window lives, offered when it died, put aside when it cannot be recovered."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.graph_factories import default
from workbench.core.lock import LockedError
from workbench.project import storage
from workbench.project.document import Project
from workbench.project.recovery import OpenFolder, left_behind


@pytest.fixture
def project() -> Project:
    return Project.new(default("lenet5"), {}, {})


def test_work_left_behind_is_found_with_its_origin(tmp_path: Path, project: Project) -> None:
    folder = OpenFolder(tmp_path)
    folder.set_origin(tmp_path / "net.cnn")
    folder.keep(replace(project, notes="changed"))
    assert left_behind(tmp_path) == []  # its window lives
    folder.leave()
    (found,) = left_behind(tmp_path)
    assert found.origin == (tmp_path / "net.cnn").resolve()
    assert found.title == "net"
    assert found.project().notes == "changed"


def test_closing_leaves_nothing(tmp_path: Path, project: Project) -> None:
    folder = OpenFolder(tmp_path)
    folder.keep(project)
    folder.forget()
    folder.close()
    assert list((tmp_path / "open").iterdir()) == []
    assert left_behind(tmp_path) == []


def test_what_is_saved_already_is_not_offered(tmp_path: Path, project: Project) -> None:
    storage.save(project, tmp_path / "net.cnn")
    folder = OpenFolder(tmp_path)
    folder.set_origin(tmp_path / "net.cnn")
    folder.keep(project)
    folder.leave()
    assert left_behind(tmp_path) == []
    assert not folder.path.exists()


def test_the_newest_comes_first(tmp_path: Path, project: Project) -> None:
    import os

    for number, name in enumerate(("old", "new")):
        folder = OpenFolder(tmp_path)
        folder.set_origin(tmp_path / f"{name}.cnn")
        folder.keep(project)
        os.utime(folder.path / "unsaved.cnn", (1000 + number, 1000 + number))
        folder.leave()
    assert [each.title for each in left_behind(tmp_path)] == ["new", "old"]


def test_two_failed_starts_put_it_aside(tmp_path: Path, project: Project) -> None:
    folder = OpenFolder(tmp_path)
    folder.keep(project)
    folder.leave()
    for _ in range(2):
        (found,) = left_behind(tmp_path)
        again = OpenFolder(tmp_path, found.folder)
        again.note_attempt()
        again.leave()
    assert left_behind(tmp_path) == []
    (aside,) = (tmp_path / "set-aside").iterdir()
    assert storage.load(aside / "unsaved.cnn") == project


def test_a_start_that_went_well_counts_for_nothing(tmp_path: Path, project: Project) -> None:
    folder = OpenFolder(tmp_path)
    folder.keep(project)
    folder.note_attempt()
    folder.confirm_recovered()
    folder.note_attempt()
    folder.leave()
    assert len(left_behind(tmp_path)) == 1


def test_a_damaged_origin_does_not_hide_the_work(tmp_path: Path, project: Project) -> None:
    folder = OpenFolder(tmp_path)
    folder.keep(project)
    (folder.path / "origin.json").write_text('{"origin": 7, "attempts": "many"')
    folder.leave()
    (found,) = left_behind(tmp_path)
    assert found.origin is None
    assert found.title == "untitled"


def test_two_windows_cannot_have_one_folder(tmp_path: Path) -> None:
    folder = OpenFolder(tmp_path)
    with pytest.raises(LockedError):
        OpenFolder(tmp_path, folder.path)
    folder.close()


def test_the_lock_goes_with_a_killed_process(tmp_path: Path, project: Project) -> None:
    script = (
        "import os, sys; from pathlib import Path; from workbench.project.recovery import OpenFolder;"
        "from workbench.project import storage; folder = OpenFolder(Path(sys.argv[1]));"
        "folder.keep(storage.load(Path(sys.argv[2]))); os.kill(os.getpid(), 9)"
    )
    storage.save(project, tmp_path / "net.cnn")
    subprocess.run([sys.executable, "-c", script, str(tmp_path), str(tmp_path / "net.cnn")], check=False)
    (found,) = left_behind(tmp_path)
    assert found.project() == project


def test_runs_move_beside_the_first_file(tmp_path: Path) -> None:
    folder = OpenFolder(tmp_path)
    runs = storage.runs_folder(folder.untitled)
    for name in ("run-001", "run-002"):
        (runs / name).mkdir(parents=True)
        (runs / name / "run.json").write_text("{}")
    (tmp_path / "net.runs" / "run-001").mkdir(parents=True)
    folder.move_runs(tmp_path / "net.cnn")
    assert sorted(path.name for path in (tmp_path / "net.runs").iterdir()) == ["run-001", "run-001-2", "run-002"]
    assert not folder.has_runs
    folder.close()
