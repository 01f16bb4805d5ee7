"""A refusal of the system is never taken for "there is nothing"."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from workbench.core.errors import InaccessibleError, UnreadableError
from workbench.core.status import is_link, may_exist, plain_status, status_of

REFUSALS = [errno.EIO, errno.EACCES, errno.ESTALE]


def refuse(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refused(*_: Any, **__: Any) -> os.stat_result:
        raise OSError(number, os.strerror(number))

    for name in ("stat", "lstat"):
        monkeypatch.setattr(os, name, refused)


def test_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"abc")
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "broken").symlink_to("nothing")
    found = status_of(tmp_path / "file")
    assert found is not None
    assert found.st_size == plain_status(tmp_path / "link").st_size == 3
    assert may_exist(tmp_path / "broken")
    assert is_link(tmp_path / "link")
    assert not is_link(tmp_path / "file")


@pytest.mark.parametrize("name", ["nothing", "file/below", "a\0b"])
def test_what_is_not_there(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(b"abc")
    assert not may_exist(tmp_path / name)
    assert not is_link(tmp_path / name)
    if "\0" not in name:
        assert status_of(tmp_path / name) is None
        with pytest.raises(UnreadableError, match="there is no such file"):
            plain_status(tmp_path / name)
    with pytest.raises(UnreadableError, match="not a plain file"):
        plain_status(tmp_path)


@pytest.mark.parametrize("number", REFUSALS)
def test_what_the_system_does_not_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    refuse(monkeypatch, number)
    assert may_exist(tmp_path / "nothing")
    assert not is_link(tmp_path / "nothing")
    with pytest.raises(InaccessibleError, match=f"nothing: the file cannot be read .{os.strerror(number)}"):
        status_of(tmp_path / "nothing")
