"""The figures of each class stand below the confusion matrix, follow the chosen run, and sort by a click."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from workbench.gui.training.class_table import ClassTable
from workbench.gui.training.confusion import ConfusionMatrix
from workbench.gui.widgets import theme
from workbench.training.class_figures import class_figures

COUNTS, NAMES = np.array([[6, 2, 0], [1, 30, 0], [0, 0, 0]]), ("cat", "dog", "emu")


@pytest.fixture
def table(qtbot: QtBot) -> ClassTable:
    made = ClassTable()
    qtbot.addWidget(made)
    made.resize(430, 200)
    made.show_figures(class_figures(COUNTS, NAMES))
    return made


def column(table: ClassTable, number: int) -> list[str]:
    items = (table.item(row, number) for row in range(table.rowCount()))
    return [item.text() for item in items if item is not None]


def click(qtbot: QtBot, table: ClassTable, number: int) -> None:
    header = table.horizontalHeader()
    assert header is not None
    viewport = header.viewport()
    assert viewport is not None
    place = header.sectionViewportPosition(number) + 4
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=QPoint(place, 4))


def test_a_click_sorts_by_numbers_and_it_stays_for_other_figures(qtbot: QtBot, table: ClassTable) -> None:
    assert column(table, 0) == ["cat", "dog", "emu"], "in the order of the classes at first"
    assert column(table, 2) == ["85.7%", "93.8%", "–"]
    click(qtbot, table, 1)
    assert column(table, 1) == ["0", "8", "31"], "by numbers, not by letters"
    click(qtbot, table, 1)
    assert column(table, 0) == ["dog", "cat", "emu"]
    table.show_figures(class_figures(COUNTS[::-1, ::-1], NAMES))
    assert column(table, 1) == ["31", "8", "0"]


def test_masks_have_iou_and_dice_classes_do_not(table: ClassTable) -> None:
    assert table.isColumnHidden(5)
    table.show_figures(class_figures(COUNTS, NAMES), is_of_pixels=True)
    assert not table.isColumnHidden(5)
    heads = [table.horizontalHeaderItem(number) for number in (1, 4)]
    assert [head.text() for head in heads if head is not None] == ["Pixels", "Dice (F1)"]
    table.show_figures(())
    assert table.isHidden()


def test_the_matrix_says_when_it_shows_another_one(qtbot: QtBot) -> None:
    matrix = ConfusionMatrix(theme.DARK)
    qtbot.addWidget(matrix)
    with qtbot.waitSignal(matrix.shown):
        matrix.show_counts(COUNTS, NAMES, is_of_pixels=True)
    assert [each.name for each in matrix.figures] == list(NAMES)
    assert matrix.is_of_pixels
    with qtbot.waitSignal(matrix.shown):
        matrix.show_counts(None)
    assert matrix.figures == ()
