"""Charts of bars keep room for their figures and their bars, however long the names are."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtGui import QFont, QFontMetrics
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from workbench.core.values import Value
from workbench.data.spec import Dataset
from workbench.gui.data.balance import ClassBalance
from workbench.gui.insight.bars import ClassBars
from workbench.gui.widgets import theme
from workbench.gui.widgets.bar_columns import in_lines, shortened

LONG = ("Great spotted woodpecker, juvenile", "Great spotted woodpecker, adult", "wren")


@pytest.mark.parametrize("width", [0, 180, 240, 300])
def test_bars_and_figures_of_probabilities_have_room(qtbot: QtBot, width: int) -> None:
    bars = ClassBars(theme.DARK)
    qtbot.addWidget(bars)
    bars.resize(max(width, bars.minimumWidth()), 120)
    bars.show_shares(tuple(zip(LONG, (1.0, 0.0, 0.0), strict=True)), LONG[0])
    bold = QFont(bars.font())
    bold.setBold(True)
    columns = bars.columns
    assert columns.bar >= 60
    assert columns.figures >= QFontMetrics(bold).horizontalAdvance("100.0%")
    assert columns.names >= 28
    assert columns.bar_left() + columns.bar + columns.figures <= bars.width()


@pytest.mark.parametrize("width", [180, 400])
def test_bars_of_the_balance_have_room(qtbot: QtBot, width: int) -> None:
    labels = np.repeat(np.arange(3), 4)
    dataset = Dataset({"label": Value((), "class", "int64", LONG)}, {"train": {"label": labels}})
    balance = ClassBalance(theme.LIGHT)
    qtbot.addWidget(balance)
    balance.show_dataset(dataset)
    balance.resize(width, 120)
    assert balance.columns.bar >= 60
    assert balance.columns.bar_left() + balance.columns.bar + balance.columns.figures <= width


def test_short_names_take_no_more_than_they_need(qtbot: QtBot) -> None:
    bars = ClassBars(theme.DARK)
    qtbot.addWidget(bars)
    bars.resize(300, 120)
    bars.show_shares((("7", 0.5), ("9", 0.5)), "")
    assert bars.columns.bar > 180


def test_names_that_differ_at_their_ends_stay_apart(qapp: QApplication) -> None:
    metrics = QFontMetrics(QApplication.font())
    cut = [shortened(metrics, name, 150) for name in LONG[:2]]
    assert cut[0] != cut[1]
    assert all(text.startswith("Great") and "…" in text for text in cut)


@pytest.mark.parametrize(
    ("name", "parts"),
    [("Great spotted woodpecker", 2), ("great_spotted_woodpecker", 2), ("Donaudampfschifffahrtsgesellschaft", 2),
     ("wren", 1), ("", 1)],
)  # fmt: skip
def test_long_names_have_two_lines(qapp: QApplication, name: str, parts: int) -> None:
    metrics = QFontMetrics(QApplication.font())
    width = max(60, round(0.7 * metrics.horizontalAdvance(name)))
    lines = in_lines(metrics, name, width)
    assert len(lines) == parts
    assert "".join(lines).replace(" ", "") == name.replace(" ", "")
    assert all(metrics.horizontalAdvance(line) <= width for line in lines)


def test_what_two_lines_cannot_hold_is_cut_in_the_last(qapp: QApplication) -> None:
    metrics = QFontMetrics(QApplication.font())
    lines = in_lines(metrics, " ".join(LONG), 120)
    assert len(lines) == 2
    assert "…" not in lines[0]
    assert "…" in lines[1]
    assert lines[1].endswith("wren")


@pytest.mark.parametrize(("height", "names", "tall"), [(170, LONG, True), (60, LONG, False), (170, ("7", "9"), False)])
def test_bars_of_long_names_are_tall_where_there_is_room(
    qtbot: QtBot, height: int, names: tuple[str, ...], tall: bool
) -> None:
    bars = ClassBars(theme.DARK)
    qtbot.addWidget(bars)
    bars.resize(240, height)
    shares = tuple((name, 1 / len(names)) for name in names)
    bars.show_shares(shares, names[0])
    assert (bars.row_height > 17) is tall
    assert bars.rows == shares[: len(bars.rows)]
    assert len(bars.rows) * bars.row_height <= height
    assert not bars.grab().isNull()
