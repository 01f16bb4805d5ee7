"""Kinds of a measurement take turns, each in a process of its own; a library that is missing is said, not a failure."""

from __future__ import annotations

from pathlib import Path

import pytest
import turns

SCRIPT = """
import sys
sys.path.insert(0, {bench!r})
import turns

def steady(seconds):
    number = 0
    while True:
        number += 1
        yield {{"cpu": seconds, "wall": seconds * number}}

def lost():
    import {missing}
    yield {{}}

turns.serve({{"fast": lambda: steady(0.5), "slow": lambda: steady(2.0), "lost": lost}}, optional=("no_such_library",))
"""


def script(folder: Path, missing: str) -> str:
    path = folder / "kinds.py"
    path.write_text(SCRIPT.format(bench=str(Path(turns.__file__).parent), missing=missing), "utf-8")
    return str(path)


@pytest.mark.parametrize(("above", "below", "ratio"), [("slow", "fast", 4.0), ("fast", "slow", 0.25)])
def test_ratios_are_formed_within_a_round(tmp_path: Path, above: str, below: str, ratio: float) -> None:
    found, missing = turns.rounds(script(tmp_path, "no_such_library"), {"fast": {}, "slow": {}, "lost": {}}, 2)
    assert missing == ["lost"]
    assert turns.ratios(found, above, below, "cpu") == [ratio, ratio]
    assert [each["fast"]["wall"] for each in found] == [1.0, 1.5]  # the first turn of all warms up


@pytest.mark.parametrize("missing", ["no_such_library_either", "nothing.at_all"])
def test_another_library_that_is_missing_is_an_error(tmp_path: Path, missing: str) -> None:
    with pytest.raises(turns.KindError, match="ModuleNotFoundError"):
        turns.rounds(script(tmp_path, missing), {"lost": {}}, 1)


def test_what_would_make_two_machines_differ_is_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "environment.py"
    path.write_text(
        f"import os, sys\nsys.path.insert(0, {str(Path(turns.__file__).parent)!r})\nimport turns\n"
        "def one():\n    while True:\n        yield {name: 1.0 for name in os.environ if name.startswith('OMP_')}\n"
        "turns.serve({'one': one})\n",
        "utf-8",
    )
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    found, _ = turns.rounds(str(path), {"one": {"OMP_NUM_THREADS": "1"}}, 1)
    assert found == [{"one": {"OMP_NUM_THREADS": 1.0}}]
