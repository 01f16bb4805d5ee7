"""The contract of every importer in the registry: a new importer file is held to it without a change here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import workbench.model.imports
from workbench.core.errors import UsageError, WorkbenchError
from workbench.model.imports.spec import REGISTRY, Importer, importer_for

IMPORTERS = [cls for _, cls in REGISTRY.items()]
every_importer = pytest.mark.parametrize("cls", IMPORTERS, ids=lambda cls: cls.name)
DAMAGED = {
    "nothing": b"",
    "noise": bytes((7 * number * number + 3) % 256 for number in range(4000)),
    "page": b"<!DOCTYPE html><html><body>Not found</body></html>",
    "pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n",
    "zip": b"PK\x03\x04" + bytes(200),
}


@every_importer
def test_it_is_described(cls: type[Importer]) -> None:
    assert REGISTRY[cls.name] is cls
    assert re.fullmatch(r"[a-z][a-z0-9_]*", cls.name)
    assert [other for other in IMPORTERS if other.title == cls.title] == [cls]
    assert all(re.fullmatch(r"\.[a-z0-9]+", suffix) for suffix in cls.suffixes)
    assert cls.summary().endswith(".")


def test_each_file_holds_one_importer() -> None:
    found = {path.stem for path in Path(workbench.model.imports.__path__[0]).glob("*.py")} - {"__init__", "spec"}
    assert {cls.__module__.rpartition(".")[2] for cls in IMPORTERS} == found == {cls.name for cls in IMPORTERS}


def test_no_two_take_the_same_files() -> None:
    suffixes = [suffix for cls in IMPORTERS for suffix in cls.suffixes]
    assert len(suffixes) == len(set(suffixes))


@every_importer
def test_it_is_found_by_what_it_takes(cls: type[Importer], tmp_path: Path) -> None:
    for suffix in cls.suffixes:
        for path in (f"{tmp_path}/a.b{suffix}", f"A{suffix.upper()}"):
            assert importer_for(path) == (cls, path)
    if not cls.suffixes:
        assert importer_for(f"{cls.name}:net") == (cls, "net")


@every_importer
def test_what_is_not_there_is_a_sentence(cls: type[Importer], tmp_path: Path) -> None:
    for what in [str(tmp_path / f"none{suffix}") for suffix in cls.suffixes] or ["no-such-network", ""]:
        with pytest.raises(WorkbenchError) as caught:
            cls.read(what)
        assert str(caught.value)[-1] in ".?" or isinstance(caught.value, UsageError)


def refusal(cls: type[Importer], path: Path) -> str:
    """Why a file is refused; its name where it is taken and something of it is kept as a placeholder."""
    try:
        found = cls.read(str(path))
    except WorkbenchError as error:
        return str(error)
    return path.name if found.unread else ""


@every_importer
@pytest.mark.parametrize("kind", DAMAGED)
def test_a_damaged_file_is_a_sentence_or_is_kept_as_placeholders(
    cls: type[Importer], kind: str, tmp_path: Path
) -> None:
    for suffix in cls.suffixes:
        path = tmp_path / f"net{suffix}"
        path.write_bytes(DAMAGED[kind])
        assert path.name in refusal(cls, path)
