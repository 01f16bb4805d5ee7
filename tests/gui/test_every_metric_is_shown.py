"""Whatever metric a run reports has a curve, a column, and a place where runs and best epochs are chosen."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.panels import panels_of
from tests.gui.runs_page import cell, headers, row_count
from tests.training import factories
from tests.training.test_numbers_told import graph
from workbench.core import strict_json
from workbench.gui.document.session import Session
from workbench.gui.forms.fresh_choice import FreshChoice
from workbench.gui.window.main_window import MainWindow
from workbench.project import storage
from workbench.project.document import Project
from workbench.training.metric_names import title_of, value_text
from workbench.training.metrics.spec import REGISTRY
from workbench.training.run_folder import RunFolder

VALUES = (0.25, 0.75)  # after the first and the second epoch, which is the best
NAMES = [name for name, cls in REGISTRY.items() if cls.is_number]
REPORTED = [*NAMES, "sharpness", *(f"{name}.head" for name in NAMES)]  # one of another version too


def with_runs(session: Session, name: str, count: int = 2) -> None:
    """Runs whose logs have this metric and the loss."""
    assert session.path is not None
    record = {"training": {"epochs": 2, "monitor": "loss"}, "data": {}, "created": "2026-01-01"}
    for _ in range(count):
        folder, lock = RunFolder(storage.runs_folder(session.path) / "run-001").claim(record, is_numbered=True)
        lock.release()
        rows = [factories.row("RunStarted", run=folder.name, steps_per_epoch=4)]
        for epoch, value in enumerate(VALUES, start=1):
            metrics = {"loss": 1.0 / epoch, name: value}
            rows += [factories.row("StepEnded", step=step, loss=0.5) for step in range(4 * epoch - 3, 4 * epoch + 1)]
            rows.append(factories.row("EpochEnded", epoch=epoch, train=metrics, validation=metrics, is_best=True))
        rows.append(factories.row("RunEnded", run=folder.name, epoch=2, test=metrics, best=metrics))
        folder.log.write_text("".join(strict_json.line(row) + "\n" for row in rows))


@pytest.fixture(params=REPORTED)
def name(request: pytest.FixtureRequest, session: Session) -> str:
    """A metric that two runs of the session's project report; they are there before the window is."""
    with_runs(session, request.param)
    return str(request.param)


def test_it_is_seen_wherever_runs_are(name: str, qtbot: QtBot, window: MainWindow) -> None:
    title = title_of(name)
    window.menus.do("show_train")
    panel, compare = panels_of(window).train, panels_of(window).compare
    assert panel is not None
    assert compare is not None
    qtbot.waitUntil(lambda: row_count(panel.runs) == 2, timeout=20_000)
    qtbot.waitUntil(lambda: panel.curves.choice.names == [name], timeout=20_000)
    assert title in panel.curves.measure.getAxis("left").labelText
    assert panel.curves.measure.isVisible()
    assert list(panel.curves._curves[f"validation {name}"].getData()[1]) == list(VALUES)
    column = headers(panel.runs).index(title)
    assert cell(panel.runs, 0, column) == value_text(name, VALUES[1])
    window.menus.do("show_compare")
    assert name in compare.metric_box.names
    compare.metric_box.choose(name)
    assert title in compare.plot.getAxis("left").labelText
    drawn = compare.plot.listDataItems()
    assert [list(each.getData()[1]) for each in drawn] == [list(VALUES)] * 2
    compare.metric_box.choose("loss")
    assert list(compare.plot.listDataItems()[0].getData()[1]) == [1.0, 0.5]


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """A session on a network with three losses."""
    drawn = graph({"weight": 0.3}, {}, rebuilds={"weight": 0.1})
    path = tmp_path / "three.cnn"
    storage.save(Project("three", drawn, {"source": "digits"}, {"epochs": 2}), path)
    return Session(storage.load(path), path)


def test_the_best_epoch_is_chosen_by_what_the_network_reports(qtbot: QtBot, window: MainWindow) -> None:
    window.menus.do("show_train")
    panel = panels_of(window).train
    assert panel is not None
    box = panel.form.editors["monitor"].widget
    assert isinstance(box, FreshChoice)
    texts = [box.itemText(number) for number in range(box.count())]
    assert texts[:2] == ["auto", "loss"]
    assert {"PSNR", "PSNR of rebuild", "accuracy of head1"} <= set(texts)
    box.setCurrentIndex(texts.index("PSNR of rebuild"))
    assert window.session.project.training["monitor"] == "psnr.rebuild"
    window.session.undo_stack.undo()
    assert box.currentText() == "auto"
    panel.form.change("monitor", "top5_accuracy")  # of another network, as a file may have it
    assert box.currentText() == "top-5 accuracy"
    window.runner.run()
    assert window.runner.state == "idle"
    assert 'training.monitor is "top5_accuracy", which this network does not report' in window.strip.status.text()
