"""The floors of coverage are numbers of packages that exist, and a package below its own is told."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import pytest

from tests.architecture.sources import ROOT


def script() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("coverage_floors", ROOT / "scripts" / "coverage_floors.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_floor_is_of_a_package() -> None:
    for name, floor in script().floors().items():
        assert (ROOT / "workbench" / name / "__init__.py").is_file()
        assert 0 < floor <= 100


@pytest.mark.parametrize(("covered", "is_low"), [(9, True), (10, False)])
def test_a_package_below_its_floor_is_told(covered: int, is_low: bool) -> None:
    files = {
        "workbench/core/a.py": {"summary": {"covered_lines": covered, "num_statements": 10}},
        "workbench/core/b.py": {"summary": {"covered_lines": 10, "num_statements": 10}},
    }
    module = script()
    found = module.shares({"files": files})
    assert found == {"core": 5.0 * (covered + 10)}
    assert bool(module.too_low(found, {"core": 98.0})) == is_low


def test_a_package_that_was_not_measured_is_told() -> None:
    (text,) = script().too_low({"core": 100.0}, {"core": 90.0, "model": 90.0})
    assert "model: 0.0 %" in text
