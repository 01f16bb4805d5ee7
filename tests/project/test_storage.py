from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from tests.graph_factories import drawn
from workbench.core.errors import UnreadableError
from workbench.core.files import WriteError
from workbench.project import storage
from workbench.project.document import Project


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    storage.save(Project("old", drawn("lenet5")), tmp_path / "net.cnn")
    return tmp_path / "net.cnn"


def test_folders_stand_beside_the_project() -> None:
    path = Path("somewhere") / "my.net.cnn"
    assert storage.runs_folder(path) == Path("somewhere") / "my.net.runs"
    assert storage.files_folder(path) == Path("somewhere") / "my.net.files"


def test_a_path_below_the_project_is_stored_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "work"
    (folder / "sub").mkdir(parents=True)
    monkeypatch.chdir(folder / "sub")
    assert storage.stored_path(Path("data") / "a.npz", folder) == "sub/data/a.npz"
    assert storage.stored_path(folder / "a.npz", folder) == "a.npz"
    assert storage.stored_path(Path("../.."), folder) == str(tmp_path)
    monkeypatch.setenv("HOME", str(folder))
    assert storage.stored_path(Path("~/data"), folder) == "data"


@pytest.mark.parametrize("at_call", ["fsync", "replace", "open"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_a_save_that_fails_leaves_the_old_file(
    saved: Path, monkeypatch: pytest.MonkeyPatch, at_call: str, number: int
) -> None:
    before = saved.read_bytes()

    def fail(*args: object, **kwargs: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, at_call, fail)
    with pytest.raises(WriteError, match=r"net\.cnn was not written: .*What was there before is unchanged"):
        storage.save(Project("new"), saved)
    monkeypatch.undo()
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == ["net.cnn"]


def test_what_a_crash_left_is_cleared(saved: Path) -> None:
    left = saved.parent / ".net.cnn.99999999-0123abcd.part"
    left.touch()
    storage.clear_leftovers(saved)
    assert not left.exists()
    assert storage.load(saved).uuid == "old"


def test_a_file_that_is_too_large_is_not_read(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "LARGEST", 1000)
    with pytest.raises(UnreadableError, match="at most 1,000 are taken"):
        storage.load(saved)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
class TestLinks:
    def test_a_link_below_the_project_stays_a_link(self, tmp_path: Path) -> None:
        (tmp_path / "far" / "pets").mkdir(parents=True)
        folder = tmp_path / "work"
        folder.mkdir()
        (folder / "data").symlink_to(tmp_path / "far")
        assert storage.stored_path(folder / "data", folder) == "data"
        assert storage.stored_path(folder / "data" / "pets", folder) == "data/pets"

    def test_the_folder_itself_may_be_reached_by_a_link(self, tmp_path: Path) -> None:
        (tmp_path / "true" / "sub").mkdir(parents=True)
        (tmp_path / "other").symlink_to(tmp_path / "true")
        assert storage.stored_path(tmp_path / "other" / "sub", tmp_path / "true") == "sub"

    def test_a_way_back_out_of_a_link_is_followed(self, tmp_path: Path) -> None:
        (tmp_path / "far" / "pets").mkdir(parents=True)
        folder = tmp_path / "work"
        folder.mkdir()
        (folder / "data").symlink_to(tmp_path / "far" / "pets")
        assert storage.stored_path(folder / "data" / ".." / "x", folder) == str(tmp_path / "far" / "x")

    def test_a_circle_is_a_sentence(self, tmp_path: Path) -> None:
        (tmp_path / "round").symlink_to("round")
        with pytest.raises(UnreadableError, match="there is no such place"):
            storage.stored_path(tmp_path / "round" / "a", tmp_path / "work")


@pytest.mark.parametrize(
    ("name", "told"),
    [("da\udce4ten", "not UTF-8 text"), ("a\0b", "null character"), ("~nobody-of-that-name/x", "such")],
)
def test_what_no_project_can_hold_is_refused(tmp_path: Path, name: str, told: str) -> None:
    with pytest.raises(UnreadableError, match=told):
        storage.stored_path(Path(name), tmp_path)
