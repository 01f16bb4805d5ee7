"""The table of runs: what it says of each, what stays selected, and that ten thousand runs cost what a hundred do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from PyQt6.QtCore import QModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from tests.gui.runs_page import cell, headers, place, row_count
from workbench.gui.document.session import Session
from workbench.gui.training.runner import Runner
from workbench.gui.training.runs_list import RunsList
from workbench.gui.training.runs_model import COLUMNS, RunsListing, RunsModel
from workbench.gui.training.runs_table import NO_RUNS, READING, RunsTable
from workbench.training.run_rows import Runs

Tip = Qt.ItemDataRole.ToolTipRole


def row(number: int, **more: Any) -> dict[str, Any]:
    known = {"loss": 0.5, "accuracy": number / 20_000}
    usual = {"run": f"run-{number:05d}", "state": "finished", "epoch": 2, "epochs": 3, "created": "2024-05-06",
             "seconds": 61.0, "best": known, "validation": known, "test": known, "rates": [],
             "training": {}}  # fmt: skip
    return usual | more


def damaged(number: int) -> dict[str, Any]:
    return {"run": f"run-{number:05d}", "state": "damaged", "problem": "run.json is <b>no</b> JSON."}


def rows(count: int) -> tuple[dict[str, Any], ...]:
    return tuple(row(number) for number in range(count, 0, -1))


class Tables:
    """Two tables of one list, as Train and Compare have them."""

    def __init__(self, qtbot: QtBot, session: Session) -> None:
        self.runner = Runner(session)
        self.list = RunsList(session, self.runner)
        self.list.shut_down()
        self.tables = [RunsTable(session, self.runner, self.list) for _ in range(2)]
        for table in self.tables:
            qtbot.addWidget(table)

    def show(self, found: tuple[dict[str, Any], ...]) -> None:
        self.list._show(Runs(found), RunsListing.of(found))


@pytest.fixture
def made(qtbot: QtBot, session: Session) -> Iterator[Tables]:
    found = Tables(qtbot, session)
    yield found
    found.list.shut_down()
    found.runner.shut_down()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts for how many cells text is made, and for how many tips."""
    counted: Counter[str] = Counter()
    own = RunsModel.data

    def noted(model: RunsModel, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        counted["text"] += role == Qt.ItemDataRole.DisplayRole
        counted["tips"] += role == Tip
        counted["lowest"] = max(counted["lowest"], index.row())
        return own(model, index, role)

    monkeypatch.setattr(RunsModel, "data", noted)
    return counted


def test_what_it_says(made: Tables) -> None:
    table = made.tables[0]
    made.show((row(3, best={"loss": 0.25, "sharpness": 2.0}, state="unfinished"), damaged(2), row(1)))
    assert headers(table) == [*COLUMNS, "sharpness", "loss"]
    assert headers(table, Tip)[: len(COLUMNS)] == [None] * len(COLUMNS)
    assert "sharpness on the validation data" in headers(table, Tip)[-2]
    texts = [[cell(table, number, column) for column in range(len(COLUMNS) + 2)] for number in range(3)]
    assert texts[1] == ["run-00002", "damaged", *[""] * len(COLUMNS)]
    assert texts[2] == ["run-00001", "finished", "2 of 3", "0.01%", "0.01%", "1 min 1 s", "", "0.5"]
    assert (texts[0][0], texts[0][3], texts[0][-2]) == ("run-00003", "loss 0.25", "2")
    assert "no" in cell(table, 1, 4, Tip)
    assert "<b>no</b>" not in cell(table, 1, 4, Tip)
    assert cell(table, 0, 0, Tip).startswith("<span>started 2024")
    assert not cell(table, 0, 0, Qt.ItemDataRole.DecorationRole)


@pytest.mark.parametrize("name", ["run-00001", "run-00002"])
def test_a_run_that_is_being_trained_says_so_at_once_and_until_it_ends(
    made: Tables, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    made.show((row(2, state="unfinished"), row(1, state="unfinished")))
    monkeypatch.setattr(made.runner, "run_name", name)
    at = {"run-00001": 1, "run-00002": 0}[name]
    both = {0: "unfinished", 1: "unfinished"}
    for state, texts in (("running", both | {at: "running"}), ("paused", both | {at: "paused"}), ("idle", both)):
        monkeypatch.setattr(Runner, "is_on", state != "idle")
        monkeypatch.setattr(made.runner, "state", state)
        with qtbot.waitSignal(made.tables[0].model.dataChanged):
            made.runner.state_changed.emit(state)
        assert {number: cell(made.tables[0], number, 1) for number in range(2)} == texts


def test_the_model_keeps_qts_rules(made: Tables, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(made.tables[0].model)
    for found in (rows(3), (damaged(7),), rows(5), ()):
        made.show(found)
    assert row_count(made.tables[0]) == 0


@pytest.mark.parametrize("count", [100, 10_000])
def test_many_runs_are_shown_by_what_is_seen_of_them(
    made: Tables, qtbot: QtBot, asked: Counter[str], count: int
) -> None:
    table = made.tables[0]
    table.resize(700, 400)
    table.show()
    qtbot.waitExposed(table)
    made.show(rows(count))
    table.table.selectRow(2)
    viewport = table.table.viewport()
    assert viewport is not None
    viewport.repaint()
    qtbot.waitUntil(lambda: asked["text"] > 0)
    assert row_count(table) == count
    assert asked["lowest"] < 100
    assert asked["text"] < 2000
    assert not asked["tips"]
    asked.clear()
    made.show(rows(count)[1:])
    assert table.selected == [f"run-{count - 2:05d}"]
    assert asked["lowest"] < 100


def test_columns_are_as_wide_as_the_first_runs_need(made: Tables) -> None:
    table = made.tables[0]
    made.show((*rows(60), row(0, run="far below " * 20)))
    narrow = table.table.columnWidth(0)
    made.show((row(0, run="far below " * 20), *rows(60)))
    assert table.table.columnWidth(0) > 2 * narrow


def test_two_tables_share_the_rows_and_select_for_themselves(made: Tables) -> None:
    first, second = made.tables
    assert first.rows is second.rows
    made.show(rows(6))
    chosen: list[list[str]] = []
    second.chosen.connect(chosen.append)
    first.table.selectRow(2)
    second.table.selectRow(4)
    assert chosen == [["run-00002"]]
    made.show(rows(8))
    assert (first.selected, second.selected) == (["run-00004"], ["run-00002"])
    made.list.renamed.emit("run-00002", "better")
    made.show((row(9), *(row(number, run="better") if number == 2 else row(number) for number in (4, 2, 1))))
    assert (first.selected, second.selected) == (["run-00004"], ["better"])
    assert second.table.currentIndex().row() == 2
    made.show((row(9), row(1)))  # both are gone: what has come to their place, or the last
    assert (first.selected, second.selected) == (["run-00001"], ["run-00001"])
    made.show(())
    assert (first.selected, second.selected) == ([], [])
    assert not first.buttons["delete"].isEnabled()


def test_what_nobody_chose_is_the_newest(made: Tables) -> None:
    table = made.tables[0]
    for found in (rows(2), rows(4)):
        made.show(found)
        assert table.selected == [found[0]["run"]]
        assert not table.is_chosen_by_hand
    table.table.selectAll()
    assert table.is_chosen_by_hand
    assert table.selected == [each["run"] for each in rows(4)]


@pytest.mark.parametrize("found", [(), rows(3)])
def test_nobody_says_that_there_are_no_runs_before_it_is_known(made: Tables, found: tuple[dict[str, Any], ...]) -> None:
    note = made.tables[0]._note
    assert (note.text(), note.isHidden()) == (READING, False)
    made.show(found)
    assert (note.text(), note.isHidden()) == (NO_RUNS, bool(found))
    made.list._show(Runs(), RunsListing(), is_read=False)  # another place
    assert (note.text(), note.isHidden()) == (READING, False)


def test_a_place_without_runs_is_known_to_have_none(qtbot: QtBot, session: Session) -> None:
    runner = Runner(session)
    runs = RunsList(session, runner)
    table = RunsTable(session, runner, runs)
    qtbot.addWidget(table)
    assert table._note.text() == READING
    qtbot.waitUntil(lambda: table._note.text() == NO_RUNS)
    runs.shut_down()
    runner.shut_down()


def test_it_can_be_read_aloud(made: Tables) -> None:
    made.show(rows(2))
    table = made.tables[0].table
    assert table.accessibleName() == "Runs"
    assert place(made.tables[0], 1, 0).data(Qt.ItemDataRole.DisplayRole) == "run-00001"  # what Qt gives to readers
    table.setCurrentIndex(place(made.tables[0], 1, 0))
    assert made.tables[0].selected == ["run-00001"]
