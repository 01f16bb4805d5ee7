"""The one writer leaves the old file whole or the new one, and the readers take no more than they are told."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from workbench.core import files
from workbench.core.append_log import AppendLog
from workbench.core.errors import UnreadableError
from workbench.core.files import WriteError, make_folder, read_bytes, write_file
from workbench.core.moving import is_alive, remove_leftovers

posix = pytest.mark.skipif(os.name != "posix", reason="permissions and pipes of POSIX")


def names(folder: Path) -> list[str]:
    """What lies in a folder."""
    return sorted(path.name for path in folder.iterdir())


def failing(number: int) -> Callable[..., NoReturn]:
    """A system call that fails with this error."""

    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A file that is there already, alone in its folder."""
    path = tmp_path / "net.cnn"
    path.write_bytes(b"old")
    return path


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    write_file(tmp_path / "new", [b"one ", b"", b"two"])
    assert (tmp_path / "new").read_bytes() == b"one two"
    write_file(str(tmp_path / "new"), [])
    assert (tmp_path / "new").read_bytes() == b""
    assert names(tmp_path) == ["new"]


def test_a_file_of_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_file("here", [b"x"])
    assert (tmp_path / "here").read_bytes() == b"x"


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444, 0o755])
def test_permissions_stay(old: Path, mode: int) -> None:
    old.chmod(mode)
    write_file(old, [b"new"])
    assert stat.S_IMODE(old.stat().st_mode) == mode
    assert old.read_bytes() == b"new"


@posix
def test_a_new_file_has_the_users_mask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_file(tmp_path / "new", [b"x"])
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640


@posix
def test_a_link_stays_a_link(old: Path) -> None:
    link = old.parent / "elsewhere" / "link.cnn"
    link.parent.mkdir()
    link.symlink_to("../net.cnn")
    write_file(link, [b"new"])
    assert link.is_symlink()
    assert old.read_bytes() == b"new"
    assert names(link.parent) == ["link.cnn"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EACCES])
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_an_error_leaves_the_old_file(old: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int) -> None:
    monkeypatch.setattr(os, call, failing(number))
    with pytest.raises(WriteError, match=r"net\.cnn was not written: .* What was there before is unchanged"):
        write_file(old, [b"new"])
    assert old.read_bytes() == b"old"
    assert names(old.parent) == ["net.cnn"]


@pytest.mark.parametrize("error", [ValueError("broken"), KeyboardInterrupt(), OSError(errno.ENOSPC, "full")])
def test_chunks_that_break_off_leave_the_old_file(old: Path, error: BaseException) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"new" * 100_000
        raise error

    with pytest.raises(WriteError if isinstance(error, OSError) else type(error)):
        write_file(old, chunks())
    assert old.read_bytes() == b"old"
    assert names(old.parent) == ["net.cnn"]


@posix
def test_the_file_is_on_the_disk_before_it_takes_the_name(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, os.replace

    def watched_fsync(descriptor: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        steps.append("sync folder" if is_folder else f"sync {os.fstat(descriptor).st_size} bytes")
        fsync(descriptor)

    def watched_replace(source: str, target: str) -> None:
        steps.append("replace")
        assert Path(source).parent == Path(target).parent
        replace(source, target)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(os, "replace", watched_replace)
    write_file(old, [b"ab", b"cd"])
    assert steps == ["sync 4 bytes", "replace", "sync folder"]


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EDQUOT, "disk is full"),
        (errno.EROFS, "cannot be written to"),
        (errno.ENOTDIR, "folder does not exist"),
        (errno.EIO, os.strerror(errno.EIO)),
    ],
)
def test_the_reason_is_said_for_people(number: int, reason: str) -> None:
    assert reason in str(files.write_error("a.cnn", OSError(number, "raw")))
    assert "strange" in str(files.write_error("a.cnn", OSError("strange")))


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="its folder does not exist"):
        write_file(tmp_path / "nowhere" / "a", [b"x"])
    with pytest.raises(WriteError, match="no name that a file can have"):
        write_file(tmp_path / "a\0b", [b"x"])
    with pytest.raises(WriteError, match=r"x<U\+000A>y was not written"):
        write_file(tmp_path / "nowhere" / "x\ny", [b"x"])
    (tmp_path / "folder").mkdir()
    with pytest.raises(WriteError):
        write_file(tmp_path / "folder", [b"x"])
    assert names(tmp_path) == ["folder"]


def test_windows_virus_scanners_are_waited_for(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    replace, attempts = os.replace, iter([PermissionError(), PermissionError(), None])

    def busy(source: str, target: str) -> None:
        if error := next(attempts):
            raise error
        replace(source, target)

    monkeypatch.setattr(time, "sleep", waits.append)
    monkeypatch.setattr(os, "replace", busy)
    (old.parent / "temporary").write_bytes(b"new")
    monkeypatch.setattr(os, "name", "nt")
    try:
        files.replace(str(old.parent / "temporary"), str(old))
    finally:
        monkeypatch.undo()
    assert old.read_bytes() == b"new"
    assert len(waits) == 2


def test_folders_are_made(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(WriteError, match="is a file, but a folder is needed"):
        make_folder(tmp_path / "file")
    with pytest.raises(WriteError, match="was not written"):
        make_folder(tmp_path / "file" / "below")


def ended() -> int:
    """The number of a process that is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_leftovers_of_dead_processes_are_removed(tmp_path: Path) -> None:
    dead = ended()
    gone = [f".net.cnn.{dead}-0123abcd.part", f".a.b.{dead}-ffffffff.part", f".x.{10**30}-00000000.part"]
    kept = [
        f".net.cnn.{os.getpid()}-0123abcd.part",
        f"net.cnn.{dead}-0123abcd.part",
        f".net.cnn.{dead}-0123abc.part",
        f".net.cnn.{dead}-0123abcd.partly",
        f".net.cnn.{dead}-0123ABCD.part",
        "net.cnn",
    ]
    for name in gone + kept:
        (tmp_path / name).write_bytes(b"x")
    remove_leftovers(tmp_path)
    assert names(tmp_path) == sorted(kept)
    remove_leftovers(tmp_path / "nowhere")


def test_a_killed_writer_leaves_what_can_be_removed(old: Path) -> None:
    """The writer dies in the middle of a file, as at a crash."""
    code = (
        "import os, sys\nfrom workbench.core.files import write_file\n"
        "def chunks():\n    yield b'half'\n    os.kill(os.getpid(), 9)\nwrite_file(sys.argv[1], chunks())"
    )
    root = Path(files.__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code, str(old)], cwd=root, check=False)
    assert done.returncode != 0
    assert old.read_bytes() == b"old"
    assert len(names(old.parent)) == 2
    remove_leftovers(old.parent)
    assert names(old.parent) == ["net.cnn"]


def test_which_processes_live(monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_alive(os.getpid())
    assert not is_alive(ended())
    assert not is_alive(10**30)
    monkeypatch.setattr(os, "kill", failing(errno.EPERM))
    assert is_alive(1), "that of another user"


def test_a_file_is_read_up_to_the_limit(old: Path) -> None:
    assert read_bytes(old, 3) == b"old"
    assert read_bytes(str(old), 10**15) == b"old"
    with pytest.raises(UnreadableError, match=r"has 3 bytes; at most 2 are taken"):
        read_bytes(old, 2)


@posix
def test_a_file_that_hides_its_size_is_bounded_too() -> None:
    path = Path("/proc/self/maps")
    if not path.exists():
        pytest.skip("needs /proc")
    assert path.stat().st_size == 0
    with pytest.raises(UnreadableError, match="more than 10 bytes"):
        read_bytes(path, 10)
    assert read_bytes(path, 10**15).endswith(b"\n")


@posix
def test_what_is_no_plain_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, reason in [
        (tmp_path, "a folder"),
        (tmp_path / "pipe", "not a plain file"),
        (Path("/dev/zero"), "not a plain file"),
        (tmp_path / "nowhere", "no such file"),
        (tmp_path / "a\0b", "cannot be read"),
        (tmp_path / ("x" * 300), "cannot be read"),
    ]:
        with pytest.raises(UnreadableError, match=reason):
            read_bytes(path, 100)


def test_a_log_grows_by_lines_and_is_cut_back(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    with AppendLog(path) as log:
        log.append(b"one")
        log.sync()
        length = log.length
        log.append(b"two")
    assert path.read_bytes() == b"one\ntwo\n"
    assert length == 4
    with AppendLog(path, length=length) as log:
        log.append(b"three")
        log.flush()
        assert path.read_bytes() == b"one\nthree\n"
        assert log.length == 10
    with AppendLog(path) as log:
        assert log.length == 0
    assert path.read_bytes() == b""


def test_a_log_shorter_than_was_said_is_not_filled_up(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"one\n")
    with AppendLog(path, length=100) as log:
        assert log.length == 4
        log.append(b"two")
    assert path.read_bytes() == b"one\ntwo\n"


def test_a_log_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(WriteError):
        AppendLog(tmp_path / "nowhere" / "log")
    with pytest.raises(WriteError):
        AppendLog(tmp_path)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts what is open by /proc")
def test_a_log_that_cannot_be_cut_back_is_closed_again(tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(WriteError, match="Invalid argument"):
        AppendLog(tmp_path / "log", length=-1)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_told_by_the_log_and_nothing_is_lost(tmp_path: Path) -> None:
    log = AppendLog(tmp_path / "log")
    whole = os.dup(log.fileno())
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, log.fileno())
    log.append(b"x")
    for act in (log.flush, log.sync):
        with pytest.raises(WriteError, match="disk is full"):
            act()
    os.dup2(whole, log.fileno())  # there is room again
    log.append(b"y")
    log.close()
    os.close(whole)
    os.close(full)
    assert (tmp_path / "log").read_bytes() == b"x\ny\n"


def test_a_log_that_cannot_be_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with AppendLog(tmp_path / "log") as log:
        monkeypatch.setattr(os, "fsync", failing(errno.EIO))
        log.append(b"x")
        with pytest.raises(WriteError):
            log.sync()
    assert (tmp_path / "log").read_bytes() == b"x\n"
