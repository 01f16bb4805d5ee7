"""The contract of every data source in the registry: a new source file is held to it without a change here."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import ValidationError
from pydantic.fields import FieldInfo

import workbench.data.sources
from workbench.core.errors import UnreadableError, UsageError, WorkbenchError
from workbench.core.values import KINDS
from workbench.data.choice import parse_choice
from workbench.data.config import DataConfig
from workbench.data.loading import load, source_of
from workbench.data.spec import REGISTRY, SPLITS, Source

SOURCES = [cls for _, cls in REGISTRY.items()]
OPTIONS = [(cls, name) for cls in SOURCES for name in cls.model_fields]
EMBEDDED = [cls for cls in SOURCES if not cls.needs_path and cls.chosen_by in ("", "path")]

every_source = pytest.mark.parametrize("cls", SOURCES, ids=lambda cls: cls.name)
every_path = pytest.mark.parametrize("cls", [cls for cls in SOURCES if cls.takes_path], ids=lambda cls: cls.name)
every_option = pytest.mark.parametrize(("cls", "name"), OPTIONS, ids=lambda each: getattr(each, "name", each))


@every_source
def test_it_is_described(cls: type[Source]) -> None:
    assert REGISTRY[cls.name] is cls
    assert re.fullmatch(r"[a-z][a-z0-9]*", cls.name)
    assert cls.title[:1].isupper()
    assert [other for other in SOURCES if other.title == cls.title] == [cls]
    doc = cls.__dict__.get("__doc__") or ""
    assert re.match(r"\S.*", doc)
    assert cls.takes_path == ("path" in cls.model_fields) == (cls.reads is not None)
    assert cls.chosen_by in cls.model_fields or (cls.chosen_by == "" and not cls.takes_path)


@every_path
def test_it_declares_what_its_path_leads_to(cls: type[Source], tmp_path: Path) -> None:
    assert cls.reads is not None
    assert bool(cls.reads.patterns) == bool(cls.reads.title) == (cls.reads.what != "folder")
    assert all(re.fullmatch(r"\*\.[a-z0-9]+", pattern) for pattern in cls.reads.patterns)
    assert cls.reads.hint
    for place in (tmp_path / "nowhere", tmp_path / "nul\0l", tmp_path):
        assert cls.claim(place) in (0, 1, 2)


def test_each_file_holds_one_source() -> None:
    files = {path.stem for path in Path(workbench.data.sources.__path__[0]).glob("*.py")} - {"__init__"}
    assert {cls.__module__.rpartition(".")[2] for cls in SOURCES} == files


def types(info: FieldInfo) -> list[Any]:
    """What an option may be, None left out."""
    branches = get_args(info.annotation) if get_origin(info.annotation) not in (None, Literal) else [info.annotation]
    return [each for each in branches if each is not type(None)]


@every_option
def test_an_option_says_what_it_is_and_how_far_it_goes(cls: type[Source], name: str) -> None:
    info = cls.model_fields[name]
    text = info.description or ""
    assert text
    assert not text[:1].islower()
    assert text == text.strip().rstrip(".")
    for kind in types(info):
        is_closed = get_origin(kind) is Literal or kind is bool
        assert is_closed or info.metadata, f"{name} has no bounds"


@every_option
def test_an_option_of_a_wrong_type_is_named(cls: type[Source], name: str) -> None:
    options: dict[str, Any] = {"path": "x"} if cls.takes_path else {}
    for wrong in ([], {"a": 1}, *(() if float in types(cls.model_fields[name]) else (1.5,))):
        with pytest.raises(ValidationError) as caught:
            cls.model_validate({**options, name: wrong})
        assert caught.value.errors()[0]["loc"][0] == name
    with pytest.raises(UsageError, match=rf"Data source {cls.name}: {name} "):
        source_of(DataConfig(source=cls.name, options={**options, name: []}))


@every_source
def test_an_unknown_option_is_refused(cls: type[Source]) -> None:
    options = {"path": "x"} if cls.takes_path else {}
    with pytest.raises(UsageError, match="no_such_option is not a setting"):
        source_of(DataConfig(source=cls.name, options={**options, "no_such_option": 1}))


@every_source
def test_options_survive_json(cls: type[Source]) -> None:
    source = cls.model_validate({"path": "some/where"} if cls.takes_path else {})
    assert cls.model_validate(json.loads(source.model_dump_json())) == source


@every_path
def test_a_path_that_is_not_there_is_one_sentence(cls: type[Source], tmp_path: Path) -> None:
    missing = tmp_path / "not there"
    for path in ("not there", str(missing)):
        with pytest.raises(UnreadableError) as caught:
            load(DataConfig(source=cls.name, options={"path": path}), tmp_path)
        assert str(missing) in str(caught.value)
        assert str(caught.value).count("\n") == 0
        assert str(caught.value).endswith(".")
    assert list(tmp_path.iterdir()) == []


@every_path
def test_a_path_of_the_wrong_sort_is_a_sentence(cls: type[Source], tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"\x00nonsense" * 20)
    for path in ("folder", "file"):
        with pytest.raises(WorkbenchError) as caught:
            load(DataConfig(source=cls.name, options={"path": path}), tmp_path)
        assert str(tmp_path / path) in str(caught.value)
        assert "\n" not in str(caught.value)


@every_source
def test_the_command_line_names_it(cls: type[Source]) -> None:
    if cls.chosen_by:
        assert parse_choice(f"{cls.name}:a/b:c") == (cls.name, {cls.chosen_by: "a/b:c"})
        if not cls.needs_path:
            assert parse_choice(cls.name) == (cls.name, {})
            return
        with pytest.raises(UsageError, match=f'"{cls.name}" needs a path: --data {cls.name}:PATH'):
            parse_choice(cls.name)
    else:
        assert parse_choice(cls.name) == (cls.name, {})
        with pytest.raises(UsageError, match=f'"{cls.name}" takes no path'):
            parse_choice(f"{cls.name}:x")


@pytest.mark.parametrize("cls", EMBEDDED, ids=lambda cls: cls.name)
def test_what_comes_with_the_program_loads(cls: type[Source], tmp_path: Path) -> None:
    dataset = load(DataConfig(source=cls.name), tmp_path)
    assert set(dataset.splits) == set(SPLITS)
    for split, arrays in dataset.splits.items():
        assert arrays.keys() == dataset.fields.keys()
        for name, array in arrays.items():
            value = dataset.fields[name]
            assert value.kind in KINDS
            assert array.shape == (dataset.size(split), *value.shape)
            assert str(array.dtype) == value.dtype
            if value.classes:
                assert 0 <= array.min() <= array.max() < len(value.classes)


def test_digits_are_embedded() -> None:
    assert "digits" in [cls.name for cls in EMBEDDED]
