"""Browsing many samples: thumbnails are made on a thread, samples are searched, chosen and sorted."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QColor, QWheelEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.test_wrong_samples import poor_run, truth
from workbench.core.values import Value
from workbench.data.spec import Dataset
from workbench.gui.data import browser as browser_module
from workbench.gui.data import thumbnails as thumbnails_module
from workbench.gui.data.browser import NONE_FOUND, SampleBrowser
from workbench.gui.data.panel import DataPanel
from workbench.gui.data.thumbnails import Thumbnails
from workbench.gui.document.session import Session
from workbench.gui.threads.worker import wait_for_abandoned
from workbench.gui.widgets import theme
from workbench.gui.window.main_window import MainWindow
from workbench.inspection.browsing import AS_READ, BY_CLASS, MIXED
from workbench.inspection.portraits import DARK_PAPER, LIGHT_PAPER, Portrait, thumbnail
from workbench.inspection.sample_search import ANY, BY_LOSS, LEAST_SURE, SUREST, WRONG, SampleChoice, listed
from workbench.training.verdicts import Numbers

MANY = 50_000


def many(count: int = MANY, classes: int = 10) -> Dataset:
    """Pictures of one pixel each, whose shades say their numbers."""
    numbers = np.arange(count)
    pixels = np.stack([numbers % 256, numbers // 256 % 256, np.full(count, 7)], 1).astype(np.uint8)
    fields = {
        "image": Value((3, 1, 1), dtype="uint8"),
        "label": Value((), "class", "int64", tuple(f"class {number}" for number in range(classes))),
    }
    return Dataset(fields, {"train": {"image": pixels[:, :, None, None], "label": numbers % classes}})


def end(browser: SampleBrowser) -> None:
    """Ends the threads of a browser, and those that were abandoned."""
    browser.shut_down()
    wait_for_abandoned()


@pytest.fixture
def browser(qtbot: QtBot) -> SampleBrowser:
    made = SampleBrowser(theme.DARK)
    qtbot.addWidget(made, before_close_func=end)
    made.resize(700, 520)
    made.show()
    made.show_dataset(many())
    made.order.setCurrentText(AS_READ)
    return made


def is_filled(browser: SampleBrowser) -> bool:
    return all(drawn.image is not None for _, drawn in browser.grid._samples)


def numbers(browser: SampleBrowser) -> list[int]:
    return [sample.number for sample, _ in browser.grid._samples]


def test_no_thumbnail_is_made_on_the_windows_thread(
    qtbot: QtBot, browser: SampleBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    makers: set[threading.Thread] = set()
    made = thumbnail

    def noted(dataset: Dataset, split: str, number: int, side: int, *how: Any) -> Portrait:
        makers.add(threading.current_thread())
        return made(dataset, split, number, side, *how)

    monkeypatch.setattr(thumbnails_module, "thumbnail", noted)
    browser.show_dataset(many(5_000))
    browser.scrolled.bar.setValue(browser.scrolled.bar.maximum())
    qtbot.waitUntil(lambda: is_filled(browser), timeout=20_000)
    assert makers
    assert threading.main_thread() not in makers


def test_what_is_in_sight_is_made_first_and_what_left_it_is_not_made(
    qtbot: QtBot, browser: SampleBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, order = threading.Event(), []

    def slow(dataset: Dataset, split: str, number: int, side: int, *how: Any) -> Portrait:
        order.append(number)
        assert gate.wait(20)
        return Portrait(np.zeros((1, 1, 3), np.uint8))

    qtbot.waitUntil(lambda: not browser.scrolled.thumbnails.is_busy, timeout=20_000)
    monkeypatch.setattr(thumbnails_module, "thumbnail", slow)
    browser.scrolled.bar.setValue(20_000)
    qtbot.waitUntil(lambda: len(order) == 1, timeout=20_000)
    left = numbers(browser)
    browser.scrolled.bar.setValue(200_000)
    seen = numbers(browser)
    gate.set()
    qtbot.waitUntil(lambda: is_filled(browser), timeout=20_000)
    assert order[0] == left[0]
    assert order[1 : 1 + len(seen)] == seen
    assert not set(order[1:]) & set(left)


def test_a_thumbnail_is_never_that_of_another_sample(qtbot: QtBot, browser: SampleBrowser) -> None:
    qtbot.waitUntil(lambda: is_filled(browser), timeout=20_000)
    chance = np.random.default_rng(0)
    for place in chance.integers(0, browser.scrolled.bar.maximum(), 30).tolist():
        browser.scrolled.bar.setValue(place)
        if place % 3 == 0:
            qtbot.waitUntil(lambda: is_filled(browser), timeout=20_000)
        for sample, drawn in browser.grid._samples:
            if drawn.image is not None:
                assert drawn.image.pixelColor(0, 0) == QColor(sample.number % 256, sample.number // 256 % 256, 7)
    first = browser.grid._samples[0][0].number
    other = many(200)
    other.splits["train"]["image"][:] = 99
    browser.show_dataset(other)
    assert first not in numbers(browser)
    assert all(drawn.image is None for _, drawn in browser.grid._samples), "those of other data went at once"
    qtbot.waitUntil(lambda: is_filled(browser), timeout=20_000)
    assert {drawn.image.pixelColor(0, 0).red() for _, drawn in browser.grid._samples if drawn.image} == {99}


def test_thumbnails_are_kept_but_not_all_of_them(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thumbnails_module, "MOST", 50)
    kept, data = Thumbnails(), many(500)
    kept.want(data, "train", range(120), 68)
    qtbot.waitUntil(lambda: not kept.is_busy and kept.of("train", 119) is not None, timeout=20_000)
    assert kept.of("train", 0) is None
    assert [number for number in range(120) if kept.of("train", number) is not None] == list(range(70, 120))
    assert kept.of("test", 119) is None
    kept.shut_down()


def test_thumbnails_on_other_paper_are_made_anew(qtbot: QtBot) -> None:
    kept, data = Thumbnails(), many(5)
    kept.want(data, "train", range(5), 68)
    qtbot.waitUntil(lambda: kept.of("train", 4) is not None, timeout=20_000)
    kept.set_paper(LIGHT_PAPER)
    assert kept.of("train", 4) is not None, "which it has already"
    kept.set_paper(DARK_PAPER)
    assert kept.of("train", 4) is None
    kept.shut_down()


def test_a_file_that_is_gone_is_said_on_its_tile(
    qtbot: QtBot, browser: SampleBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workbench.core.errors import UnreadableError
    from workbench.inspection import portraits

    def gone(*_: object) -> Portrait:
        raise UnreadableError("cat.png", "it is not there any more.")

    monkeypatch.setattr(portraits, "portrait", gone)
    browser.show_dataset(many(30))
    qtbot.waitUntil(lambda: all(drawn.text for _, drawn in browser.grid._samples), timeout=20_000)
    assert "cat.png" in browser.grid._samples[0][1].text
    assert "not there any more" in browser.grid._samples[0][1].text


def test_a_search_says_how_many_it_found(qtbot: QtBot, browser: SampleBrowser) -> None:
    assert browser.filters.count.text() == "50,000 samples"
    browser.search.setText("class 3")
    assert browser.filters.count.text() == "5,000 of 50,000 samples"
    assert numbers(browser)[:3] == [3, 13, 23]
    browser.search.setText("#41234")
    assert numbers(browser) == [41234]
    browser.search.setText("nothing of the kind")
    assert numbers(browser) == []
    assert browser.grid.empty_text == NONE_FOUND
    assert browser.filters.count.text() == "0 of 50,000 samples"
    qtbot.mouseClick(browser.show_all, Qt.MouseButton.LeftButton)
    assert browser.search.text() == ""
    assert browser.filters.count.text() == "50,000 samples"
    assert not browser.show_all.isVisible()


def test_long_searches_run_on_a_thread_and_the_newest_counts(
    qtbot: QtBot, browser: SampleBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, threads = threading.Event(), []
    found = listed

    def slow(dataset: Dataset, split: str, choice: SampleChoice, losses: object) -> Numbers:
        threads.append(threading.current_thread())
        assert gate.wait(20)
        return found(dataset, split, choice, None)

    monkeypatch.setattr(browser_module, "is_quick", lambda *_: False)
    monkeypatch.setattr(browser_module, "listed", slow)
    browser.search.setText("class 3")
    assert numbers(browser) == []
    assert browser.grid.empty_text == "Searching …"
    browser.search.setText("class 4")
    gate.set()
    qtbot.waitUntil(lambda: bool(numbers(browser)), timeout=20_000)
    assert numbers(browser)[0] == 4
    assert threading.main_thread() not in threads


def test_the_wheel_and_the_bar_scroll(qtbot: QtBot, browser: SampleBrowser) -> None:
    bar, grid = browser.scrolled.bar, browser.grid
    place, nothing = QPointF(grid.rect().center()), Qt.MouseButton.NoButton
    event = QWheelEvent(place, QPointF(grid.mapToGlobal(place.toPoint())), QPoint(), QPoint(0, -240), nothing,
                        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    QApplication.sendEvent(browser.scrolled, event)
    assert bar.value() == int(grid.step)
    assert numbers(browser)[0] == grid.columns
    bar.setValue(bar.maximum())
    assert numbers(browser)[-1] == MANY - 1
    assert grid.tile_rect(len(grid._samples) - 1).bottom() < grid.height()


def test_arrows_go_beyond_what_is_in_sight(qtbot: QtBot, browser: SampleBrowser) -> None:
    grid = browser.grid
    grid.setFocus()
    chosen: list[int] = []
    browser.sample_chosen.connect(lambda split, number: chosen.append(number))
    for _ in range(grid.rows + 3):
        qtbot.keyClick(grid, Qt.Key.Key_Down)
    assert chosen == [row * grid.columns for row in range(grid.rows + 3)]
    assert grid.rect().contains(grid.tile_rect(numbers(browser).index(chosen[-1])).toRect())
    qtbot.keyClick(grid, Qt.Key.Key_Left)
    assert grid.chosen == chosen[-1] == (grid.rows + 2) * grid.columns - 1


def test_fields_have_names_and_orders_say_why_they_are_missing(qtbot: QtBot, browser: SampleBrowser) -> None:
    for widget in (browser.search, browser.split, browser.of_class, browser.answers, browser.order, browser.grid):
        assert widget.accessibleName()
        assert widget is browser.grid or widget.toolTip()
    browser.order.setCurrentText(BY_CLASS)
    plain = Dataset({"image": Value((3, 1, 1), dtype="uint8")}, {"train": {"image": np.zeros((9, 3, 1, 1), np.uint8)}})
    browser.show_dataset(plain)
    place = browser.order.findText(BY_CLASS)
    assert browser.order.currentText() == MIXED
    assert "no classes" in browser.order.itemData(place, Qt.ItemDataRole.ToolTipRole)
    assert not browser.order.model().flags(browser.order.model().index(place, 0)) & Qt.ItemFlag.ItemIsEnabled


@pytest.fixture
def panel(qtbot: QtBot, session: Session, request: pytest.FixtureRequest) -> DataPanel:
    """The Data panel of a project with a poor run."""
    assert session.path is not None
    poor_run(session.path)
    window: MainWindow = request.getfixturevalue("window")
    window.menus.do("show_data")
    assert window.panels is not None
    found = window.panels.data
    qtbot.waitUntil(lambda: found.dataset is not None, timeout=20_000)
    return found


def test_samples_are_sorted_by_their_losses(qtbot: QtBot, session: Session, panel: DataPanel) -> None:
    browser = panel.browser
    known = truth(session, "", "train").verdicts
    browser.order.setCurrentText(BY_LOSS)
    qtbot.waitUntil(lambda: browser._judged is not None, timeout=20_000)
    assert browser.scrolled.numbers.tolist() == known.largest_first(np.arange(len(known.loss))).tolist()
    worst = int(browser.scrolled.numbers[0])
    assert browser.grid._samples[0][0].label.startswith(f"loss {known.loss[worst]:.3g}\nsaid ")
    assert browser.filter.text() == "by loss, largest first (run-001)"
    browser.order.setCurrentText(LEAST_SURE)
    qtbot.waitUntil(lambda: bool(len(browser.scrolled.numbers)), timeout=20_000)
    assert np.all(np.diff(known.sure[browser.scrolled.numbers]) >= 0)


def test_wrong_ones_come_worst_first_and_then_the_order_is_as_before(qtbot: QtBot, panel: DataPanel) -> None:
    browser = panel.browser
    browser.answers.setCurrentText(WRONG)
    assert browser.order.currentText() == SUREST
    browser.answers.setCurrentText(ANY)
    assert browser.order.currentText() == MIXED
    browser.order.setCurrentText(BY_LOSS)
    browser.answers.setCurrentText(WRONG)
    assert browser.order.currentText() == BY_LOSS


def test_find_searches_samples_in_data_and_nodes_elsewhere(
    qtbot: QtBot, window: MainWindow, panel: DataPanel, tmp_path: Path
) -> None:
    window.menus.do("find_node")
    assert panel.browser.search.hasFocus()
    qtbot.keyClicks(panel.browser.search, "2")
    assert panel.browser.filters.count.text().startswith(f"{len(panel.browser.scrolled.numbers)} of ")
    qtbot.keyClick(panel.browser.search, Qt.Key.Key_Return)
    assert panel.browser.grid.hasFocus()
    window.menus.do("find_node")
    qtbot.keyClick(panel.browser.search, Qt.Key.Key_Escape)
    assert panel.browser.search.text() == ""
    window.menus.do("show_build")
    window.menus.do("find_node")
    assert window.canvas.overlays.find.line.hasFocus()
