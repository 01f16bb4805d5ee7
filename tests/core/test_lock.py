"""One process at a time, and none stays locked out by one that died."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.core import lock
from workbench.core.files import WriteError
from workbench.core.lock import FileLock, LockedError, holder_of

HOLDER = """
import sys
from pathlib import Path
from workbench.core.lock import FileLock
held = FileLock(Path(sys.argv[1]), "run-001")
print("held", flush=True)
sys.stdin.read()
"""
TAKER = """
import sys
from pathlib import Path
from workbench.core.lock import FileLock, LockedError, holder_of
try:
    with FileLock(Path(sys.argv[1]), "run-001"):
        print("taken")
except LockedError as error:
    print(error)
"""
ROOT = Path(lock.__file__).resolve().parents[2]


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def taken_elsewhere(path: Path) -> str:
    """What another process says that tries to take the lock."""
    done = subprocess.run(
        [sys.executable, "-c", TAKER, str(path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_a_second_process_is_refused_and_told_who_has_it(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    with pytest.raises(LockedError, match=rf"run-001 is in use by another process \(pid {holder.pid} on "):
        FileLock(tmp_path / "lock", "run-001")


def test_a_killed_process_leaves_no_lock(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.wait()
    with FileLock(tmp_path / "lock", "run-001"):
        assert f"pid {os.getpid()} on" in (tmp_path / "lock").read_text()


def test_it_is_free_again_after_with_or_release(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with FileLock(path, "run-001"):
        assert f"pid {os.getpid()}" in taken_elsewhere(path)
    assert taken_elsewhere(path) == "taken"
    held = FileLock(path, "run-001")
    held.release()
    held.release()
    assert taken_elsewhere(path) == "taken"


def test_it_is_not_taken_twice_in_one_process(tmp_path: Path) -> None:
    with FileLock(tmp_path / "lock", "run-001"), pytest.raises(LockedError):
        FileLock(tmp_path / "lock", "run-001")


@pytest.mark.parametrize(("text", "owner"), [(b"", "unknown"), (b"\xff\xfe", "unknown"), (b"a\x1b[31m", "<U+001B>")])
def test_an_odd_lock_file_does_no_harm(tmp_path: Path, text: bytes, owner: str) -> None:
    path = tmp_path / "lock"
    with FileLock(path, "run-001"):
        path.write_bytes(text)
        with pytest.raises(LockedError) as caught:
            FileLock(path, "run-001")
    assert owner in str(caught.value)


def test_a_shorter_owner_replaces_a_longer_one(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("pid " + "x" * 500)
    with FileLock(tmp_path / "lock", "run-001"):
        assert "x" * 100 not in (tmp_path / "lock").read_text()


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="folder does not exist"):
        FileLock(tmp_path / "nowhere" / "lock", "run-001")


def test_on_a_full_disk_the_lock_holds_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "write", full)
    held = FileLock(tmp_path / "lock", "run-001")  # only the note who has it could not be written
    with pytest.raises(LockedError, match="unknown"):
        FileLock(tmp_path / "lock", "run-001")
    held.release()
    monkeypatch.undo()
    with FileLock(tmp_path / "lock", "run-001"):
        assert (tmp_path / "lock").stat().st_size > 0


@pytest.mark.parametrize("cut", ["", "p", "pi", "pid", "pid "])
def test_a_lock_file_that_a_full_disk_has_cut_is_the_programs_own(tmp_path: Path, cut: str) -> None:
    (tmp_path / "lock").write_text(cut)
    with FileLock(tmp_path / "lock", "run-001"):
        assert (tmp_path / "lock").read_text().startswith("pid ")


def test_a_file_that_has_other_names_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("pid of my own\nmore\n")
    os.link(tmp_path / "mine", tmp_path / "lock")
    with FileLock(tmp_path / "lock", "run-001"), pytest.raises(LockedError):
        FileLock(tmp_path / "mine", "mine")
    assert (tmp_path / "mine").read_text() == "pid of my own\nmore\n"


@pytest.mark.parametrize("number", [errno.EIO, errno.ESTALE])
def test_a_lock_file_that_cannot_be_read_is_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def broken(*_: object) -> bytes:
        raise OSError(number, "broken")

    monkeypatch.setattr(os, "read", broken)
    with pytest.raises(WriteError, match=os.strerror(number)):
        FileLock(tmp_path / "lock", "run-001")
    monkeypatch.undo()
    FileLock(tmp_path / "lock", "run-001").release()


def test_who_has_a_lock_is_asked_without_taking_it(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    before = (tmp_path / "lock").read_bytes()
    assert [holder_of(tmp_path / "lock") for _ in range(3)] == ["somebody"] * 3
    assert (tmp_path / "lock").read_bytes() == before
    holder.kill()
    holder.wait()
    assert holder_of(tmp_path / "lock") == "nobody"
    with FileLock(tmp_path / "lock", "run-001"):
        assert holder_of(tmp_path / "lock") == "somebody"  # this process is somebody too


@pytest.mark.parametrize(
    ("text", "answer"),
    [(None, "nobody"), ("", "nobody"), ("pid 1 on elsewhere.example\n", "unknown"), ("pid 7 on node 12\n", "unknown")],
)
def test_a_lock_that_another_machine_had_last_tells_nothing(tmp_path: Path, text: str | None, answer: str) -> None:
    if text is not None:
        (tmp_path / "lock").write_text(text)
    assert holder_of(tmp_path / "lock") == answer


def test_what_is_no_lock_file_tells_nothing(tmp_path: Path) -> None:
    (tmp_path / "lock").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "lock")
    assert [holder_of(tmp_path / name) for name in ("lock", "link")] == ["unknown", "unknown"]


def test_whoever_asks_keeps_nobody_from_taking_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refusals = iter([True, True, False])
    own = lock._lock

    def asked_just_now(descriptor: int, *, is_shared: bool = False) -> None:
        if next(refusals):
            raise BlockingIOError
        own(descriptor, is_shared=is_shared)

    monkeypatch.setattr(lock, "_lock", asked_just_now)
    FileLock(tmp_path / "lock", "run-001").release()
