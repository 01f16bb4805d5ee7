"""Charts of bars keep room for their figures and their bars, however long the names are."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtGui import QFont, QFontMetrics
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from workbench.core.values import Value
from workbench.data.spec import Dataset
from workbench.gui import theme
from workbench.gui.data.balance import ClassBalance
from workbench.gui.insight.bars import ClassBars
from workbench.gui.widgets.bar_columns import shortened

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
