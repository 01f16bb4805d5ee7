"""What is moved is whole at one place at least, on the same disk and to another one."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from workbench.core.files import WriteError
from workbench.core.moving import is_alive, is_leftover, move, remove_leftovers


def other_disk(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Renaming out of that folder fails as it does to another disk."""
    rename = Path.rename

    def refused(self: Path, target: Path) -> Path:
        if self.parent == folder and Path(target).parent != folder:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refused)


@pytest.mark.parametrize("is_far", [False, True])
@pytest.mark.parametrize("is_folder", [False, True])
def test_what_is_moved_is_whole_and_gone_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_far: bool, is_folder: bool
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    source, target = here / "thing", there / "thing"
    if is_folder:
        source.mkdir()
        (source / "a").write_text("words", "utf-8")
        (source / "link").symlink_to("nowhere")
    else:
        source.write_text("words", "utf-8")
    if is_far:
        other_disk(monkeypatch, here)
    move(source, target)
    assert ((target / "a") if is_folder else target).read_text("utf-8") == "words"
    assert (target / "link").is_symlink() == is_folder
    assert list(here.iterdir()) == []
    assert list(there.iterdir()) == [target]


def test_what_cannot_be_moved_stays(tmp_path: Path) -> None:
    source = tmp_path / "thing"
    source.write_text("words", "utf-8")
    with pytest.raises(WriteError):
        move(source, tmp_path / "missing" / "thing")
    assert source.read_text("utf-8") == "words"


def test_only_leftovers_of_ended_processes_are_removed(tmp_path: Path) -> None:
    ended, living, other = ".a.99999999-0123abcd.part", f".a.{os.getpid()}-0123abcd.part", "a.part"
    for name in (ended, living, other):
        (tmp_path / name).write_text("", "utf-8")
    remove_leftovers(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {living, other}
    assert is_leftover(tmp_path / ended)
    assert not is_leftover(tmp_path / other)
    assert is_alive(os.getpid())
