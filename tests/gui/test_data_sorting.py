"""In the Data panel samples are sorted by any field, either way round, and kept to those that a note is about."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.test_data_browsing import end, numbers
from workbench.core.values import Value
from workbench.data.spec import Dataset
from workbench.gui.data.browser import SampleBrowser
from workbench.gui.widgets import theme
from workbench.inspection.browsing import AS_READ, MIXED


def people(*, has_marks: bool = True) -> Dataset:
    fields = {"image": Value((1, 2, 2), dtype="uint8"), "age": Value((), "scalar")}
    part: dict[str, Any] = {
        "image": np.zeros((5, 1, 2, 2), np.uint8),
        "age": np.array([30, 20, 50, 10, 40], np.float32),
    }
    marked = {"copies of others": {"train": np.array([0, 3])}} if has_marks else {}
    files = {"train": np.array([f"b/{number}.png".encode() for number in range(5)])}
    return Dataset(fields, {"train": part}, marked=marked, files=files)


@pytest.fixture
def browser(qtbot: QtBot) -> SampleBrowser:
    made = SampleBrowser(theme.DARK)
    qtbot.addWidget(made, before_close_func=end)
    made.resize(700, 520)
    made.show()
    made.show_dataset(people())
    return made


def test_the_order_is_that_of_a_field_and_a_click_turns_it_round(qtbot: QtBot, browser: SampleBrowser) -> None:
    browser.order.setCurrentText("by age")
    assert numbers(browser) == [3, 1, 0, 4, 2]
    qtbot.mouseClick(browser.filters.reverse, Qt.MouseButton.LeftButton)
    assert numbers(browser) == [2, 4, 0, 1, 3]
    browser.show_dataset(people())
    assert browser.order.currentText() == "by age", "of the same data it stays"
    browser.forget()
    assert browser.order.currentText() == MIXED
    assert not browser.filters.reverse.isChecked()


def test_an_order_that_other_data_lacks_gives_way_to_the_usual_one(qtbot: QtBot, browser: SampleBrowser) -> None:
    browser.order.setCurrentText("by age")
    fields = {"image": Value((1, 2, 2), dtype="uint8")}
    browser.show_dataset(Dataset(fields, {"train": {"image": np.zeros((5, 1, 2, 2), np.uint8)}}))
    assert browser.order.currentText() == MIXED
    assert browser.order.findText("by age") < 0
    assert browser.filters.marks.isHidden()


def test_samples_of_a_note_are_kept_and_show_all_brings_the_others_back(qtbot: QtBot, browser: SampleBrowser) -> None:
    browser.order.setCurrentText(AS_READ)
    marks = browser.filters.marks
    assert marks.isVisible()
    marks.setFocus()
    qtbot.keyClick(marks, Qt.Key.Key_Down)
    assert marks.currentText() == "copies of others (2)"
    assert numbers(browser) == [0, 3]
    assert browser.filters.count.text() == "2 of 5 samples"
    qtbot.mouseClick(browser.show_all, Qt.MouseButton.LeftButton)
    assert len(numbers(browser)) == 5
    browser.show_dataset(people(has_marks=False))
    assert marks.isHidden()


def test_a_sample_is_found_by_the_name_of_its_file(qtbot: QtBot, browser: SampleBrowser) -> None:
    qtbot.keyClicks(browser.search, "4.png")
    assert numbers(browser) == [4]
