"""Every broken or hostile file, given to every source that takes a path: it loads, or is refused in a sentence.

Files come as they are, under each name that the source reads, and with the whole folder that they lie in.
"""

from __future__ import annotations

import resource
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from workbench.core.errors import UnreadableError, UsageError
from workbench.data.config import DataConfig
from workbench.data.loading import load
from workbench.data.spec import REGISTRY, Source

SOURCES = [cls for _, cls in REGISTRY.items() if cls.takes_path]
MOST_SECONDS = 30  # for one file, on a machine that does other things too
MOST_MEMORY = 2 * 2**30  # bytes that one source may add to what the process has needed so far
ENDS = (".", "?", "…")

every_source = pytest.mark.parametrize("cls", SOURCES, ids=lambda cls: cls.name)


def complaints(source: str, path: Path, folder: Path, options: dict[str, Any] | None = None) -> Iterator[str]:
    """What is wrong with a source's answer to a file or folder."""
    begun = time.monotonic()
    try:
        dataset = load(DataConfig(source=source, options={"path": str(path), **(options or {})}), folder)
    except (UnreadableError, UsageError) as error:
        text = str(error)
        if "\n" in text or not text.endswith(ENDS):
            yield f"{path}: this is not one sentence: {text!r}"
        if path.name not in text:
            yield f"{path}: the sentence does not name it: {text}"
    except Exception as error:
        yield f"{path}: {type(error).__name__}: {error}"
    else:
        if not dataset.size("train"):
            yield f"{path}: it loads, and there is nothing in it"
    if time.monotonic() - begun > MOST_SECONDS:
        yield f"{path}: it took {time.monotonic() - begun:.0f} s"


def needed() -> int:
    """Bytes of memory that this process has needed at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size < 2**24)


def suffixes(cls: type[Source]) -> set[str]:
    """The ends of the names that a source reads, and of those that it knows besides."""
    assert cls.reads is not None
    known = {pattern.removeprefix("*") for pattern in cls.reads.patterns}
    return known | ({".nii", ".nii.gz"} if cls.name == "volumes" else set())


@pytest.mark.parametrize(("error", "told"), [
    (KeyError("x"), "KeyError"), (UnreadableError("bad.npz", "two\nlines."), "this is not one sentence"),
    (UsageError("Something is wrong."), "the sentence does not name it"), (UnreadableError("bad.npz", "no."), None),
    (MemoryError(), "MemoryError"),
])  # fmt: skip
def test_what_is_complained_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str | None
) -> None:
    def fail(source: Source, folder: Path) -> None:
        raise error

    monkeypatch.setattr(REGISTRY["npz"], "load", fail)
    monkeypatch.setattr("workbench.data.loading._read", lambda source, *rest: source.load(tmp_path))
    found = list(complaints("npz", tmp_path / "bad.npz", tmp_path))
    assert len(found) == (told is not None)
    assert told is None or told in found[0]


@pytest.fixture
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder to be in, in which and around which nothing may appear."""
    place = tmp_path / "one" / "two"
    place.mkdir(parents=True)
    monkeypatch.chdir(place)
    monkeypatch.setenv("CNN_WORKBENCH_CACHE", str(tmp_path / "cache"))
    yield place
    assert list(place.iterdir()) == []
    assert not list(tmp_path.rglob("PICKLE_WAS_EXECUTED")) + list(tmp_path.rglob("ZIP_ESCAPED*"))
    assert not Path("/ZIP_ESCAPED_ABS.txt").exists()


@pytest.fixture(scope="session")
def bad_files(shared_data: Path) -> list[Path]:
    """The files that were made to be wrong, and those of the scripts that make others so."""
    folders = [shared_data / "bad", shared_data.parent / "faults"]
    found = [path for folder in folders if folder.is_dir() for path in files_in(folder)]
    if not found:
        pytest.skip("shared data has no bad files")
    return found


@every_source
def test_a_file_as_it_is_and_its_folder(cls: type[Source], bad_files: list[Path], apart: Path) -> None:
    before = needed()
    within = {path.parent for path in bad_files}
    folders = sorted(within | {each.parent for each in within if each.parent.parent in within})
    found = [text for path in [*bad_files, *folders] for text in complaints(cls.name, path, apart)]
    assert not found, "\n".join(found)
    assert needed() - before < MOST_MEMORY
    for path in bad_files:
        assert not list(path.parent.glob("PICKLE_WAS_EXECUTED")) + list(path.parents[1].glob("ZIP_ESCAPED*"))


@every_source
def test_a_file_under_a_name_that_the_source_reads(
    cls: type[Source], bad_files: list[Path], apart: Path, tmp_path: Path
) -> None:
    before = needed()
    found = []
    for suffix in sorted(suffixes(cls)):
        for path in bad_files:
            folder = tmp_path / "alone"
            shutil.rmtree(folder, ignore_errors=True)
            (folder / "some").mkdir(parents=True)
            copy = folder / f"{path.stem}{suffix}"
            shutil.copyfile(path, copy)
            shutil.copyfile(path, folder / "some" / copy.name)
            for each in (copy, folder):
                found += list(complaints(cls.name, each, apart))
    assert not found, "\n".join(found)
    assert needed() - before < MOST_MEMORY
