"""From the confusion matrix, or the filter in Data, to the samples that the network gets wrong, and on to Look."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.panels import panels_of
from workbench.core.errors import WorkbenchError
from workbench.data.loading import load
from workbench.data.spec import Dataset
from workbench.gui.data.browser import Cell
from workbench.gui.data.panel import DataPanel
from workbench.gui.document import judging
from workbench.gui.document.session import Session
from workbench.gui.training.panel import TrainPanel
from workbench.gui.window.main_window import MainWindow
from workbench.inspection.judging import Judged, JudgingProgress, judged
from workbench.inspection.sample_search import ANY, WRONG
from workbench.project import storage
from workbench.project.probes import SampleProbe
from workbench.project.runs import new_job
from workbench.project.settings import setting_edit
from workbench.training.engine import train


def poor_run(path: Path, seed: int = 0) -> None:
    """A run that has hardly learnt, and so gets much wrong."""
    project = storage.load(path)
    training = {**project.training, "epochs": 1, "lr": 1e-7, "seed": seed}
    list(train(new_job(replace(project, training=training), path)))


def truth(session: Session, run: str, split: str) -> Judged:
    """What there is to see, found without the window."""
    assert session.path is not None
    *_, last = judged(session.project, session.path, run, split, folder=session.folder)
    assert isinstance(last, Judged)
    return last


@pytest.fixture
def trained(session: Session, request: pytest.FixtureRequest) -> MainWindow:
    """A window on the small project with one poor run."""
    assert session.path is not None
    poor_run(session.path)
    window: MainWindow = request.getfixturevalue("window")
    return window


@pytest.fixture
def data(trained: MainWindow) -> DataPanel:
    assert trained.panels is not None
    return trained.panels.data


@pytest.fixture
def matrix(qtbot: QtBot, trained: MainWindow) -> TrainPanel:
    """The Train panel with the matrix of the run in sight."""
    panel = panels_of(trained).train
    assert panel is not None
    trained.menus.do("show_train")
    panel.tabs.setCurrentWidget(panel.results)
    qtbot.waitUntil(lambda: panel.confusion._counts is not None)
    return panel


def numbers(panel: DataPanel) -> list[int]:
    return [sample.number for sample, _ in panel.browser.grid._samples]


def fullest(panel: TrainPanel, *, is_wrong: bool = True) -> tuple[int, int]:
    counts = np.array(panel.confusion._counts)
    if is_wrong:
        np.fill_diagonal(counts, 0)
    row, column = np.unravel_index(int(counts.argmax()), counts.shape)
    assert counts[row, column]
    return int(row), int(column)


def test_a_clicked_cell_shows_its_pictures_and_one_of_them_goes_to_look(
    qtbot: QtBot, trained: MainWindow, matrix: TrainPanel, data: DataPanel
) -> None:
    row, column = fullest(matrix)
    counts = matrix.confusion._counts
    assert counts is not None
    grid = matrix.confusion._grid()
    cell = grid.width() / 3
    place = grid.topLeft().toPoint()
    place.setX(int(grid.left() + (column + 0.5) * cell))
    place.setY(int(grid.top() + (row + 0.5) * cell))
    qtbot.mouseClick(matrix.confusion, Qt.MouseButton.LeftButton, pos=place)
    assert trained.workspaces.current == "Data"
    qtbot.waitUntil(lambda: len(numbers(data)) == counts[row, column], timeout=20_000)
    assert numbers(data) == truth(trained.session, "run-001", "validation").verdicts.cell(row, column).tolist()
    many = "1 picture" if counts[row, column] == 1 else f"{counts[row, column]} pictures"
    assert data.browser.filter.text() == f"said {column}, is {row}: {many} (run-001)"
    first = data.browser.grid._samples[0][0]
    assert first.label.startswith(f"said {column} (")
    assert first.label.endswith(f"is {row}")
    qtbot.mouseClick(
        data.browser.grid, Qt.MouseButton.LeftButton, pos=data.browser.grid.tile_rect(0).center().toPoint()
    )
    assert trained.session.probe == SampleProbe("validation", first.number)
    assert f"validation {first.number}" in data.browser.looked.told.text()
    qtbot.mouseClick(data.browser.looked.look, Qt.MouseButton.LeftButton)
    assert trained.workspaces.current == "Look"
    trained.menus.do("show_data")
    qtbot.mouseClick(data.browser.show_all, Qt.MouseButton.LeftButton)
    assert data.browser.show_all.isHidden()
    assert len(data.browser.scrolled.numbers) == counts.sum()


def test_the_keyboard_walks_the_cells(qtbot: QtBot, trained: MainWindow, matrix: TrainPanel, data: DataPanel) -> None:
    matrix.confusion.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right):
        qtbot.keyClick(matrix.confusion, key)
    assert matrix.confusion.place == (2, 1)
    assert matrix.confusion.accessibleDescription().startswith("2 taken for 1")
    qtbot.keyClick(matrix.confusion, Qt.Key.Key_Return)
    assert trained.workspaces.current == "Data"
    qtbot.waitUntil(lambda: data.browser.filter.text().startswith("said 1, is 2: "), timeout=20_000)


def test_wrong_only_begins_with_the_surest_mistake(qtbot: QtBot, trained: MainWindow, data: DataPanel) -> None:
    trained.menus.do("show_data")
    qtbot.waitUntil(lambda: data.dataset is not None, timeout=20_000)
    data.browser.split.setCurrentIndex(data.browser.split.findData("test"))
    data.browser.answers.setCurrentText(WRONG)
    qtbot.waitUntil(lambda: bool(numbers(data)), timeout=20_000)
    known = truth(trained.session, "", "test").verdicts
    assert numbers(data) == known.wrong().tolist()
    assert data.browser.filter.text() == f"{len(known.wrong())} pictures of {len(known.truth)} wrong (run-001)"
    chosen = int(known.truth[known.wrong()[0]])
    data.browser.of_class.setCurrentIndex(data.browser.of_class.findData(chosen))
    qtbot.waitUntil(lambda: numbers(data) == [n for n in known.wrong().tolist() if known.truth[n] == chosen])
    data.browser.answers.setCurrentText(ANY)
    assert data.browser.filter.text() == ""


def test_an_untrained_network_is_said(qtbot: QtBot, window: MainWindow) -> None:
    data = panels_of(window).data
    assert data is not None
    window.menus.do("show_data")
    qtbot.waitUntil(lambda: data.dataset is not None, timeout=20_000)
    data.browser.answers.setCurrentText(WRONG)
    qtbot.waitUntil(lambda: "not trained yet" in data.browser.grid.empty_text, timeout=20_000)
    assert numbers(data) == []


def test_the_verdicts_of_a_run_before_are_never_shown(qtbot: QtBot, trained: MainWindow, data: DataPanel) -> None:
    trained.menus.do("show_data")
    qtbot.waitUntil(lambda: data.dataset is not None, timeout=20_000)
    data.browser.answers.setCurrentText(WRONG)
    qtbot.waitUntil(lambda: bool(numbers(data)), timeout=20_000)
    with qtbot.waitSignal(trained.runner.run_started, timeout=60_000):
        trained.runner.one_epoch()
    assert numbers(data) == []
    qtbot.waitUntil(lambda: trained.runner.state == "paused", timeout=60_000)
    qtbot.waitUntil(lambda: "(run-002" in data.browser.filter.text(), timeout=20_000)
    trained.runner.shut_down()


def test_an_answer_about_a_network_that_was_edited_meanwhile_is_dropped(
    qtbot: QtBot, trained: MainWindow, data: DataPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, calls = threading.Event(), []

    def slowly(*arguments: Any, **settings: Any) -> Iterator[Any]:
        calls.append(arguments[0].graph)
        for event in judged(*arguments, **settings):
            assert len(calls) > 1 or gate.wait(20)
            yield event

    monkeypatch.setattr(judging, "judged", slowly)
    trained.menus.do("show_data")
    qtbot.waitUntil(lambda: data.dataset is not None, timeout=20_000)
    data.browser.answers.setCurrentText(WRONG)
    qtbot.waitUntil(lambda: len(calls) == 1)
    session = trained.session
    session.select([session.graph.named("relu").id])
    trained.scene.commands.toggle_bypass()
    assert data.judge._kept == {}
    gate.set()
    qtbot.waitUntil(lambda: bool(data.browser.filter.text()), timeout=20_000)
    assert calls[1] is session.graph
    assert "edited since run-001" in data.browser.filter.text()


def test_look_goes_from_one_wrong_sample_to_the_next(qtbot: QtBot, trained: MainWindow) -> None:
    look, session = panels_of(trained).look, trained.session
    assert look is not None
    trained.menus.do("show_look")
    wrong = truth(session, "", "test").verdicts.wrong().tolist()
    before, after = look.probe.wrong
    qtbot.mouseClick(after, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.probe == SampleProbe("test", wrong[0]), timeout=20_000)
    assert look.probe._said.text().startswith(f"wrong 1 of {len(wrong)}: run-001 said ")
    qtbot.mouseClick(after, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.probe == SampleProbe("test", wrong[1]), timeout=20_000)
    look.probe.sample.number.setFocus()
    qtbot.keyClick(look.probe.sample.number, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: session.probe == SampleProbe("test", wrong[0]))
    qtbot.mouseClick(before, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.probe == SampleProbe("test", wrong[-1]), timeout=20_000)
    session.look_at(SampleProbe("test", wrong[-1] + 1))
    assert look.probe._said.text() == ""
    trained.menus.do("show_train")  # from wherever one is
    qtbot.keyClick(trained, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: session.probe == SampleProbe("test", wrong[0]), timeout=20_000)
    assert trained.workspaces.current == "Look"
    qtbot.keyClick(trained, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: session.probe == SampleProbe("test", wrong[-1]), timeout=20_000)


def test_the_first_page_is_mixed_and_the_same_at_every_start(
    qtbot: QtBot, session: Session, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    arrays = dict(np.load(tmp_path / "small.npz"))
    order = np.argsort(arrays["y_train"], kind="stable")
    np.savez(tmp_path / "small.npz", **arrays | {key: arrays[key][order] for key in ("x_train", "y_train")})
    window: MainWindow = request.getfixturevalue("window")
    panel = panels_of(window).data
    assert panel is not None
    window.menus.do("show_data")
    qtbot.waitUntil(lambda: panel.dataset is not None, timeout=20_000)
    panel.browser.grid.setFixedHeight(200)
    first = numbers(panel)[:12]
    labels = [sample.label for sample, _ in panel.browser.grid._samples[:12]]
    assert set(labels) == {"0", "1", "2"}
    dataset: Dataset = load(session.project.data_config(), session.folder)
    panel.browser.show_dataset(dataset)
    assert numbers(panel)[:12] == first
    panel.browser.order.setCurrentText("by class")
    assert [sample.label for sample, _ in panel.browser.grid._samples[:6]] == ["0"] * 6
    panel.browser.order.setCurrentText("as in the data")
    assert numbers(panel)[:3] == [0, 1, 2]


@pytest.mark.parametrize(("count", "least"), [(1, 200), (4, 150), (15, 90)])
def test_few_thumbnails_are_large(qtbot: QtBot, window: MainWindow, count: int, least: int) -> None:
    from workbench.gui.data.samples import SampleGrid
    from workbench.gui.widgets import theme
    from workbench.inspection.browsing import Sample

    grid = SampleGrid(theme.DARK)
    qtbot.addWidget(grid)
    grid.resize(640, 420)
    grid.show()
    samples = [Sample(number, np.zeros((8, 8, 3), np.uint8), str(number)) for number in range(count)]
    grid.show_samples(samples)
    assert grid.tile_rect(0).width() >= least
    assert all(grid.rect().contains(grid.tile_rect(number).toRect()) for number in range(count))
    grid.set_total(1000)
    assert grid.tile_rect(0).width() < 80


def test_a_cell_waits_for_data_that_was_changed_out_of_sight(
    qtbot: QtBot, trained: MainWindow, data: DataPanel
) -> None:
    trained.menus.do("show_data")
    qtbot.waitUntil(lambda: data.dataset is not None, timeout=20_000)
    trained.menus.do("show_train")
    before = data.dataset
    trained.session.push(setting_edit(trained.session.project, "data.validation_share", 0.5))
    assert trained.panels is not None
    trained.panels.train.pictures_requested.emit("run-001", 0, 0)
    qtbot.waitUntil(lambda: data.browser.filter.text().startswith("said 0, is 0: "), timeout=20_000)
    assert data.dataset is not before
    known = truth(trained.session, "run-001", "validation").verdicts
    assert len(known.truth) == 24
    assert data.browser.scrolled.numbers.tolist() == known.cell(0, 0).tolist()


def test_another_class_takes_the_place_of_a_cell(qtbot: QtBot, trained: MainWindow, data: DataPanel) -> None:
    assert trained.panels is not None
    trained.panels.train.pictures_requested.emit("run-001", 0, 0)
    qtbot.waitUntil(lambda: data.browser.filter.text().startswith("said 0, is 0: "), timeout=20_000)
    data.browser.of_class.setCurrentIndex(data.browser.of_class.findData(2))
    assert data.browser.filter.text() == ""
    assert {sample.label for sample, _ in data.browser.grid._samples} == {"2"}


@pytest.mark.parametrize("split", ["validation", "test"])
def test_a_cell_without_pictures_says_so(
    qtbot: QtBot, trained: MainWindow, matrix: TrainPanel, data: DataPanel, split: str
) -> None:
    verdicts = truth(trained.session, "run-001", split).verdicts
    row, column = np.argwhere(verdicts.matrix() == 0)[0]
    trained.menus.do("show_data")
    qtbot.waitUntil(lambda: data.dataset is not None, timeout=20_000)
    data.show_cell(Cell("run-001", int(row), int(column)), split)
    qtbot.waitUntil(lambda: "0 pictures" in data.browser.filter.text(), timeout=20_000)
    assert data.browser.grid.empty_text == "No such samples."


def test_one_network_is_asked_at_a_time_and_the_newest_question_is_answered(
    qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    freed, at_work = threading.Event(), list[int]()
    busiest: list[int] = []

    def slow(*_: Any, **__: Any) -> Iterator[Any]:
        at_work.append(1)
        busiest.append(len(at_work))
        assert freed.wait(20)
        at_work.pop()
        yield JudgingProgress(1, 2)
        raise WorkbenchError("this is the answer")

    monkeypatch.setattr(judging, "judged", slow)
    judge = judging.Judge(session, lambda: None)
    failed: list[judging.Question] = []
    judge.failed.connect(lambda question, _: failed.append(question))
    for split in ("train", "validation", "test"):
        judge.ask(judging.Question("", split))
    judge.forget()
    judge.ask(judging.Question("", "test"))
    freed.set()
    qtbot.waitUntil(lambda: bool(failed), timeout=20_000)
    assert failed == [judging.Question("", "test")]
    assert busiest == [1, 1]
    judge.shut_down()
