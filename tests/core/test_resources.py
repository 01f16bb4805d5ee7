"""The program's own files are found in an installed package first, else in the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.core import resources
from workbench.core.errors import WorkbenchError


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose package is empty."""
    (tmp_path / "package").mkdir()
    monkeypatch.setattr(resources, "PACKAGE", tmp_path / "package")
    return tmp_path


def made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")
    return path


def test_a_checkout_has_them_beside_the_package(root: Path) -> None:
    beside = made(root / "resources" / "digits" / "a.png")
    assert resources.resource("digits/a.png") == beside
    assert resources.resource("digits") == beside.parent
    example = made(root / "projects" / "first.cnn")
    assert resources.example("first.cnn") == example


def test_an_installation_has_them_inside_the_package(root: Path) -> None:
    made(root / "resources" / "icon.svg")
    made(root / "projects" / "first.cnn")
    inside = made(root / "package" / "_resources" / "icon.svg")
    project = made(root / "package" / "_projects" / "first.cnn")
    assert resources.resource("icon.svg") == inside
    assert resources.example("first.cnn") == project


def test_each_file_is_looked_for_by_itself(root: Path) -> None:
    made(root / "package" / "_projects" / "first.cnn")
    second = made(root / "projects" / "second.cnn")
    assert resources.example("second.cnn") == second


def test_what_is_missing_is_named(root: Path) -> None:
    with pytest.raises(WorkbenchError, match=r"resources/icon\.svg is missing.*install the program again"):
        resources.resource("icon.svg")
    with pytest.raises(WorkbenchError, match=r"projects/first\.cnn"):
        resources.example("first.cnn")


def test_the_real_package_is_the_one_that_runs() -> None:
    assert (resources.PACKAGE / "core" / "resources.py").samefile(resources.__file__)
