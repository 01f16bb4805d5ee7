"""Whose weights are looked at: the best run of the newest's network by itself, or the one that is chosen."""

from __future__ import annotations

from typing import Any

import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from workbench.gui.insight.run_choice import RunChoice
from workbench.training.history import best_of, measure_of


def row(name: str, accuracy: float | None, network: str = "a", **metrics: float) -> dict[str, Any]:
    best = {} if accuracy is None else {"loss": 1.0, "accuracy": accuracy}
    return {"run": name, "best": best | metrics, "network": {"net": network}, "data": {"source": "digits"}}


@pytest.mark.parametrize(
    ("rows", "best"),
    [
        ([], ""),
        ([row("run-001", None)], ""),
        ([row("run-002", 0.1), row("run-001", 0.9)], "run-001"),
        ([row("run-003", None), row("run-002", 0.5), row("run-001", 0.5)], "run-002"),
        ([row("run-002", 0.1, "other"), row("run-001", 0.9)], "run-002"),
        ([row("run-002", float("nan")), row("run-001", 0.2)], "run-001"),
        ([{**row("b", None), "best": {"loss": 0.5}}, {**row("a", None), "best": {"loss": 0.2}}], "a"),
        ([{**row("b", 0.1), "data": {"source": "npz"}}, row("a", 0.9)], "b"),
    ],
)
def test_the_best_run_is_of_the_newest_ones_kind(rows: list[dict[str, Any]], best: str) -> None:
    assert best_of(rows) == best


def by(measure: str, name: str, accuracy: float, loss: float) -> dict[str, Any]:
    return {**row(name, accuracy, loss=loss), "training": {"monitor": measure}}


@pytest.mark.parametrize(
    ("rows", "best", "measure"),
    [
        ([by("loss", "c", 0.8, 0.7), by("auto", "b", 0.98, 0.14), by("auto", "a", 0.99, 0.15)], "b", "loss"),
        ([by("auto", "c", 0.8, 0.1), by("loss", "b", 0.9, 0.2), by("accuracy", "a", 0.85, 0.3)], "b", "accuracy"),
        ([by("psnr", "c", 0.8, 0.5), by("auto", "b", 0.9, 0.2)], "b", "loss"),
    ],
)
def test_runs_of_other_measures_are_compared_by_that_of_the_newest(
    choice: RunChoice, rows: list[dict[str, Any]], best: str, measure: str
) -> None:
    choice.show_runs(rows)
    assert choice.run == best
    assert f"compared by {measure}, by which the newest is judged" in choice.toolTip()
    texts = [choice.itemText(number) for number in range(1, choice.count())]
    assert all(measure in text for text in texts)
    assert any("accuracy" in text and "loss" in text for text in texts) == any(
        measure_of(each, "best") != measure for each in rows
    )


@pytest.fixture
def choice(qtbot: QtBot) -> RunChoice:
    made = RunChoice()
    qtbot.addWidget(made)
    return made


def test_the_best_is_taken_until_another_is_chosen(qtbot: QtBot, choice: RunChoice) -> None:
    told: list[str] = []
    choice.chosen.connect(lambda: told.append(choice.run))
    choice.show_runs([row("run-001", 0.4)])
    assert choice.isHidden()  # there is nothing to choose
    choice.show_runs([row("run-002", 0.1), row("run-001", 0.4)])
    assert not choice.isHidden()
    assert choice.currentText() == "best: run-001"
    assert choice.itemText(1) == "run-002, accuracy 10.00%"
    choice.setFocus()
    qtbot.keyClick(choice, Qt.Key.Key_Down)
    assert told == ["run-001", "run-002"]
    choice.show_runs([row("run-003", 0.9), row("run-002", 0.1), row("run-001", 0.4)])
    assert choice.run == "run-002"
    assert choice.currentText().startswith("run-002")
    choice.show_runs([row("run-003", 0.9), row("run-001", 0.4)])  # the chosen one was deleted
    assert choice.run == "run-003"
    assert told == ["run-001", "run-002", "run-003"]


def test_odd_names_are_no_markup_and_no_second_line(choice: RunChoice) -> None:
    choice.show_runs([row("a\n<b>x", 0.1), row("run-001", 0.05)])
    assert "\n" not in choice.currentText()
    assert choice.run == "a\n<b>x"
