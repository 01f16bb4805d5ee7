"""The tables of runs keep up with what is trained, here and by other processes, and are sorted by what is clicked."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import Any

import pytest
from PyQt6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from tests.gui.panels import panels_of
from tests.gui.runs_page import cell, place, row_count
from tests.gui.test_runs_table import Tables, damaged, made, row  # noqa: F401 - `made` is a fixture
from workbench.gui.document.session import Session
from workbench.gui.training.runner import Runner
from workbench.gui.training.runs_model import COLUMNS
from workbench.gui.training.runs_table import RunsTable
from workbench.gui.window.main_window import MainWindow
from workbench.project.runs import new_job
from workbench.training.engine import train
from workbench.training.events import EpochEnded


def click_column(qtbot: QtBot, table: RunsTable, column: int) -> None:
    """Clicks a column's header."""
    header = table.table.horizontalHeader()
    assert header is not None
    viewport = header.viewport()
    assert viewport is not None
    at = QPoint(header.sectionViewportPosition(column) + 8, header.height() // 2)
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=at)


def names(table: RunsTable) -> list[str]:
    return [each["run"] for each in table.rows]


def test_a_run_of_another_process_is_called_running_and_kept_from_harm(made: Tables) -> None:  # noqa: F811
    table = made.tables[0]
    allowed: dict[str, dict[str, bool]] = {}
    for state in ("running", "unfinished", "stopped", "finished"):
        made.show((row(2, state=state), row(1)))
        assert cell(table, 0, 1) == state
        allowed[state] = {name: button.isEnabled() for name, button in table.buttons.items()}
    assert allowed["running"] == {
        "resume": False, "follow": True, "look": True, "bring_back": True, "rename": False, "delete": False
    }  # fmt: skip
    assert all(allowed["unfinished"].values())
    assert [name for name, is_allowed in allowed["stopped"].items() if not is_allowed] == ["follow"]
    made.show((row(2), row(1, state="running")))
    table.table.selectAll()
    assert not table.buttons["delete"].isEnabled()


def test_rows_that_grow_leave_selection_and_widths_alone(qtbot: QtBot, made: Tables) -> None:  # noqa: F811
    table = made.tables[0]
    made.show((row(3), row(2, state="running", epoch=1), row(1)))
    table.table.selectRow(1)
    table.table.setColumnWidth(0, 123)
    chosen: list[list[str]] = []
    table.chosen.connect(chosen.append)
    with qtbot.assertNotEmitted(table.model.modelReset), qtbot.waitSignal(made.list.changed):
        made.show((row(3), row(2, state="running", epoch=2), row(1)))
    assert cell(table, 1, 2) == "2 of 3"
    assert (table.selected, table.table.columnWidth(0), chosen) == (["run-00002"], 123, [])


def test_only_other_weights_are_told_as_such(qtbot: QtBot, made: Tables) -> None:  # noqa: F811
    made.show((row(1, state="running", best_epoch=1),))
    with qtbot.assertNotEmitted(made.list.weights_changed), qtbot.waitSignal(made.list.changed):
        made.show((row(1, state="running", best_epoch=1, epoch=3),))
    with qtbot.waitSignal(made.list.weights_changed):
        made.show((row(1, state="running", best_epoch=4, epoch=4),))


@pytest.mark.parametrize(
    ("column", "rising"),
    [("run", "2 9 10 11"), ("state", "11 10 9 2"), ("epochs", "9 2 10 11"), ("best validation", "10 9 2 11"),
     ("time", "10 2 11 9")],
)  # fmt: skip
def test_a_click_on_a_column_sorts_by_it(
    qtbot: QtBot, made: Tables, column: str, rising: str  # noqa: F811
) -> None:  # fmt: skip
    table = made.tables[0]
    table.resize(900, 400)
    table.show()
    qtbot.waitExposed(table)

    def known(number: int, epochs: int, seconds: float | None, accuracy: float) -> dict[str, Any]:
        name = f"run-{number}"
        best = {"loss": 1.0, "accuracy": accuracy}
        return row(number, run=name, epoch=epochs, epochs=100, seconds=seconds, best=best)

    found = (damaged(0) | {"run": "run-11"}, known(10, 20, 9.0, 0.05), known(9, 3, None, 0.5), known(2, 10, 61.0, 0.9))
    made.show(found)
    newest = [each["run"] for each in found]
    table.table.selectRow(2)
    click_column(qtbot, table, COLUMNS.index(column))
    order = [f"run-{number}" for number in rising.split()]
    empty = {"time": 2, "run": 0, "state": 0}.get(column, 1)
    assert names(table) == order
    header = table.table.horizontalHeader()
    assert header is not None
    assert header.isSortIndicatorShown()
    assert header.sortIndicatorSection() == COLUMNS.index(column)
    assert table.selected == ["run-9"]
    full = len(order) - empty
    click_column(qtbot, table, COLUMNS.index(column))
    ends = order[full:]
    if column != "state":  # where some are equal
        assert names(table) == [*reversed(order[:full]), *ends]
    made.show(found[1:])
    assert names(table)[-1] == ("run-9" if column == "time" else names(table)[-1])
    assert table.selected == ["run-9"]
    made.show(found)
    click_column(qtbot, table, COLUMNS.index(column))
    assert names(table) == newest
    assert header.sortIndicatorSection() == -1
    assert names(made.tables[1]) == newest  # which sorts for itself


def test_the_arrow_stays_over_its_metric(qtbot: QtBot, made: Tables) -> None:  # noqa: F811
    table = made.tables[0]
    with_both = {"sharpness": 2.0, "loss": 0.2, "accuracy": 0.5}
    made.show((row(2, best={"loss": 0.3, "accuracy": 0.1}), row(1, best={"loss": 0.1, "accuracy": 0.1})))
    header = table.table.horizontalHeader()
    assert header is not None
    header.setSortIndicator(len(COLUMNS), Qt.SortOrder.AscendingOrder)
    assert names(table) == ["run-00001", "run-00002"]
    made.show((row(3, best=with_both), *table._runs.runs.rows))
    assert names(table) == ["run-00001", "run-00003", "run-00002"]
    assert header.sortIndicatorSection() == table.model.columns.index("loss") == len(COLUMNS) + 1
    made.show((row(1, best={"accuracy": 0.1}),))
    assert header.sortIndicatorSection() == -1


def test_a_run_begun_elsewhere_comes_into_a_table_that_is_left_open(qtbot: QtBot, window: MainWindow) -> None:
    runs = panels_of(window).runs
    runs._looking.setInterval(50)
    window.menus.do("show_compare")
    table = panels_of(window).compare.runs
    assert window.session.path is not None
    training = train(new_job(window.session.project, window.session.path))
    list(islice(training, 2))
    qtbot.waitUntil(lambda: row_count(table) == 1)
    assert cell(table, 0, 1) == "running"
    assert cell(table, 0, 2) == "0 of 2"
    while not isinstance(next(training), EpochEnded):
        pass
    qtbot.waitUntil(lambda: cell(table, 0, 2) == "1 of 2")
    training.close()
    qtbot.waitUntil(lambda: cell(table, 0, 1) == "unfinished")
    window.menus.do("show_build")
    assert not runs._looking.isActive()  # nothing is looked for while nobody sees it


def test_the_row_of_the_run_under_way_has_its_epoch_also_while_it_is_held(qtbot: QtBot, window: MainWindow) -> None:
    table = panels_of(window).train.runs
    window.runner.one_epoch()
    qtbot.waitUntil(lambda: window.runner.state == "paused", timeout=60_000)
    qtbot.waitUntil(lambda: row_count(table) == 1 and cell(table, 0, 2) == "1 of 2", timeout=10_000)
    assert cell(table, 0, 1) == "paused"
    assert "paused · epoch 1/2 · loss" in window.strip.status.text()
    assert "left" not in window.strip.status.text()
    assert f"validation accuracy {cell(table, 0, 3)}" in window.strip.status.text()
    window.runner.stop()
    qtbot.waitUntil(lambda: window.runner.state == "idle", timeout=20_000)


@pytest.mark.parametrize("count", [1, 3])
def test_compare_draws_the_newest_runs_that_were_read_before_it_was_made(
    qtbot: QtBot, session: Session, request: pytest.FixtureRequest, count: int
) -> None:
    assert session.path is not None
    for _ in range(count):
        list(train(new_job(session.project, session.path)))
    window: MainWindow = request.getfixturevalue("window")
    compare = panels_of(window).compare
    qtbot.waitUntil(lambda: row_count(compare.runs) == count)
    window.menus.do("show_compare")
    assert len(compare.runs.selected) == count
    assert len(compare.plot.listDataItems()) == count
    assert compare.metric_box.isVisible()
    assert place(compare.runs, 0, 0).isValid()


def test_a_followed_run_whose_process_is_gone_is_said_and_can_be_resumed(qtbot: QtBot, window: MainWindow) -> None:
    panel = panels_of(window).train
    assert window.session.path is not None
    training = train(new_job(window.session.project, window.session.path))
    list(islice(training, 4))
    window.menus.do("show_train")
    panel.tabs.setCurrentIndex(3)
    qtbot.waitUntil(lambda: row_count(panel.runs) == 1)
    panel.runs.select(["run-001"])
    qtbot.mouseClick(panel.runs.buttons["follow"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.runner.state == "running", timeout=20_000)
    training.close()
    qtbot.waitUntil(lambda: window.runner.state == "idle")
    assert "ended without a word" in window.strip.status.text()
    qtbot.waitUntil(lambda: cell(panel.runs, 0, 1) == "unfinished")
    assert panel.runs.buttons["resume"].isEnabled()


def test_stopped_before_it_began_is_no_failure(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures: list[str] = []
    window.runner.failed.connect(failures.append)

    def never(*_: Any) -> Callable[[Any], Any]:
        def work(control: Any) -> Any:
            control.wait_for_cancel(60.0)
            return iter(())

        return work

    monkeypatch.setattr("workbench.gui.training.runner.new_training", never)
    window.runner.run()
    assert window.runner.state == "preparing"
    qtbot.mouseClick(window.strip.buttons["stop"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.runner.state == "idle")
    assert failures == []
    assert window.strip.status.text() == "Stopped before the training had begun."


def test_a_run_that_is_followed_is_not_the_windows_own(qtbot: QtBot, session: Session) -> None:
    runner = Runner(session)
    assert session.path is not None
    training = train(new_job(session.project, session.path))
    list(islice(training, 4))
    runner.follow("run-001")
    assert runner.run_name == "run-001"
    assert not runner.trains("run-001")
    runner.shut_down()
    training.close()


def test_the_curves_of_a_run_that_grows_elsewhere_are_never_taken_away(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    panels = panels_of(window)
    curves = panels.train.curves
    panels.runs._looking.setInterval(50)
    window.menus.do("show_train")
    panels.train.tabs.setCurrentIndex(3)
    assert window.session.path is not None
    training = train(new_job(window.session.project, window.session.path))

    def epochs_drawn() -> int:
        return len(curves.epochs.get("validation accuracy", []))

    for count in (1, 2):
        while not isinstance(next(training), EpochEnded):
            pass
        qtbot.waitUntil(partial(lambda many: epochs_drawn() == many, count))
        qtbot.waitUntil(lambda: len(curves.batches.x.values) > 0)
        monkeypatch.setattr(curves, "clear", lambda: pytest.fail("the curves were cleared"))
    assert panels.train.drawn.name == "run-001"
    training.close()
