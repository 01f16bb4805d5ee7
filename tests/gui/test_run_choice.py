"""Whose weights are looked at: the best run of the newest's network by itself, or the one that is chosen."""

from __future__ import annotations

from typing import Any

import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from workbench.gui.insight.run_choice import RunChoice
from workbench.training.history import best_of


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
