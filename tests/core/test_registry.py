"""A registry finds what its package declares, at the first question and without a list."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.core.errors import UsageError
from workbench.core.registry import Registry

HEAD = "from registry_under_test import REGISTRY\n"


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry[int]]:
    """A registry over a package of three files and a folder."""
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "registry_under_test.py").write_text(
        "from workbench.core.registry import Registry\nREGISTRY = Registry('things_under_test')\n"
    )
    package = tmp_path / "things_under_test"
    (package / "folder").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "zebra.py").write_text(HEAD + "REGISTRY.add('Zebra', 26)\n")
    (package / "ant.py").write_text(HEAD + "REGISTRY.add('Ant', 1)\n")
    (package / "shared.py").write_text("")
    (package / "folder" / "__init__.py").write_text(HEAD + "REGISTRY.add('Fox', 6)\n")
    yield importlib.import_module("registry_under_test").REGISTRY
    for name in [name for name in sys.modules if name.startswith(("things_under_test", "registry_under_test"))]:
        del sys.modules[name]


def test_it_finds_files_and_folders_sorted_by_name(registry: Registry[int]) -> None:
    assert list(registry.items()) == [("Ant", 1), ("Fox", 6), ("Zebra", 26)]
    assert list(registry) == ["Ant", "Fox", "Zebra"]
    assert len(registry) == 3


def test_nothing_is_imported_before_the_first_question(registry: Registry[int]) -> None:
    assert "things_under_test.ant" not in sys.modules
    assert "Ant" in registry
    assert "things_under_test.ant" in sys.modules


def test_what_is_not_there(registry: Registry[int]) -> None:
    assert registry["Fox"] == 6
    assert registry.get("Wolf") is None
    assert "Wolf" not in registry
    with pytest.raises(KeyError):
        registry["Wolf"]


def test_a_name_is_declared_once(registry: Registry[int]) -> None:
    assert len(registry) == 3
    with pytest.raises(ValueError, match="things_under_test has two things called Fox"):
        registry.add("Fox", 7)
    assert registry["Fox"] == 6


def test_a_new_file_is_found_by_itself(registry: Registry[int], tmp_path: Path) -> None:
    (tmp_path / "things_under_test" / "newcomer.py").write_text(HEAD + "REGISTRY.add('Newcomer', 14)\n")
    assert registry["Newcomer"] == 14


def test_a_broken_file_is_not_passed_over(registry: Registry[int], tmp_path: Path) -> None:
    (tmp_path / "things_under_test" / "broken.py").write_text("raise RuntimeError('broken')\n")
    for _ in range(2):
        with pytest.raises(RuntimeError, match="broken"):
            len(registry)


class Animal:
    """A sort of thing with declared attributes."""

    name = title = ""
    legs = 4


class Plant:
    """A sort of thing that does not know its own name."""

    title = ""


@pytest.mark.parametrize(("legs", "title"), [(6, "Beetle"), (0, "Adder")])
def test_a_declaration_sets_attributes_and_registers(legs: int, title: str) -> None:
    registry: Registry[type[Animal]] = Registry("workbench.data.sources")

    @registry.declares("other", title=title, legs=legs)
    class Other(Animal):
        """Another animal."""

    assert registry._things == {"other": Other}
    assert (Other.name, Other.title, Other.legs) == ("other", title, legs)
    assert (Animal.name, Animal.title, Animal.legs) == ("", "", 4)


def test_without_a_name_it_is_that_of_the_class() -> None:
    registry: Registry[type[Animal]] = Registry("workbench.data.sources")

    @registry.declares(title="A fox")
    class Fox(Animal):
        """Has no name of its own."""

    assert registry._things == {"Fox": Fox}
    assert Fox.name == ""


def test_a_name_is_set_only_where_the_sort_has_one() -> None:
    registry: Registry[type[Plant]] = Registry("workbench.data.sources")
    made = registry.declares("fern", title="Fern")(type("Fern", (Plant,), {"__doc__": "A fern."}))
    assert registry._things == {"fern": made}
    assert not hasattr(made, "name")


@pytest.mark.parametrize("attribute", ["tilte", "roots"])
def test_an_attribute_that_the_sort_has_not_cannot_be_declared(attribute: str) -> None:
    registry: Registry[type[Plant]] = Registry("workbench.data.sources")
    with pytest.raises(TypeError, match=f"Fern has no attribute {attribute}"):
        registry.declares("fern", **{attribute: 1})(type("Fern", (Plant,), {"__doc__": "A fern."}))
    assert registry._things == {}


def test_a_declared_name_is_declared_once() -> None:
    registry: Registry[type[Plant]] = Registry("workbench.data.sources")
    registry.declares("fern")(type("Fern", (Plant,), {"__doc__": "A fern."}))
    with pytest.raises(ValueError, match="two things called fern"):
        registry.declares("fern")(type("Other", (Plant,), {"__doc__": "Another."}))


def test_what_people_could_read_nothing_of_is_refused() -> None:
    registry: Registry[type[Plant]] = Registry("workbench.data.sources")
    with pytest.raises(TypeError, match="Fern has no docstring"):
        registry.declares("fern")(type("Fern", (Plant,), {"__doc__": None}))


def test_a_name_that_is_not_there_is_answered_with_those_that_are(registry: Registry[int]) -> None:
    assert registry.find("Fox", "animal") == 6
    with pytest.raises(UsageError) as caught:
        registry.find("Fxo", "animal")
    assert str(caught.value) == 'There is no animal "Fxo". There are: Ant, Fox, Zebra. Did you mean "Fox"?'
    with pytest.raises(UsageError, match=r'There is no animal "whale"\. There are: Ant, Fox, Zebra\.\Z'):
        registry.find("whale", "animal")
