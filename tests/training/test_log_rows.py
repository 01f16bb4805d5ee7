"""What a log may hold: what a run writes, and nothing that only looks like it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.training import factories
from workbench.training import engine
from workbench.training.curves import draw_curves
from workbench.training.history import describe, losses_of
from workbench.training.log_rows import FIELDS, is_whole
from workbench.training.run_folder import RunFolder

ODD = ["x", None, [], {}, True, -1, 1e308, float("nan"), float("inf"), 10**400]


def test_everything_that_a_run_writes_is_whole(tmp_path: Path) -> None:
    list(engine.train(factories.job(tmp_path / "run")))
    rows = [json.loads(line) for line in (tmp_path / "run" / "events.jsonl").read_text().splitlines()]
    assert all(is_whole(row) for row in rows)
    assert list(RunFolder(tmp_path / "run").events()) == rows


@pytest.mark.parametrize("kind", sorted(FIELDS))
def test_a_field_that_is_missing_or_odd_is_found(kind: str) -> None:
    sound = factories.row(kind)
    assert is_whole(sound)
    for name, check, is_optional in FIELDS[kind]:
        missing = {key: value for key, value in sound.items() if key != name}
        assert is_whole(missing) == is_optional
        odd = [value for value in ODD if not check(value)]
        assert odd
        assert not any(is_whole({**sound, name: value}) for value in odd)


@pytest.mark.parametrize("row", [{}, {"event": 3}, {"event": None}, {"event": ["StepEnded"]}])
def test_what_names_no_event_is_none(row: dict[str, Any]) -> None:
    assert not is_whole(row)


def test_an_event_of_a_later_version_is_let_through() -> None:
    assert is_whole({"event": "GradientShown", "step": "x"})


@pytest.mark.parametrize(
    "row",
    [
        factories.row("RunStarted", steps_per_epoch="x"), factories.row("StepEnded", step=None),
        factories.row("StepEnded", loss=[0.5]), factories.row("EpochEnded", epoch={}),
        factories.row("EpochEnded", train={"loss": "a"}), factories.row("EpochEnded", validation=3),
    ],
)  # fmt: skip
def test_an_odd_row_is_in_no_picture_and_no_list(tmp_path: Path, row: dict[str, Any]) -> None:
    list(engine.train(factories.job(tmp_path / "run")))
    run = RunFolder(tmp_path / "run")
    before, losses = describe(run), list(losses_of(run, 100))
    lines = run.log.read_text().splitlines(keepends=True)
    run.log.write_text("".join([*lines[:5], json.dumps(row) + "\n", *lines[5:]]))
    assert describe(run) == before
    assert list(losses_of(run, 100)) == losses
    assert draw_curves(run).exists()
