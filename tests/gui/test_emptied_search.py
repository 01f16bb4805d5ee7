"""A search that is taken away leaves nothing behind, and nobody hears of it."""

from __future__ import annotations

from PyQt6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from workbench.gui.data.sample_filters import SampleFilters


def test_an_emptied_search_has_no_cross_and_is_not_told(qtbot: QtBot) -> None:
    filters, told = SampleFilters(), list[None]()
    qtbot.addWidget(filters)
    filters.show()
    filters.changed.connect(lambda: told.append(None))
    filters.search.setText("chair")
    cross = filters.search.findChild(QToolButton)
    assert cross is not None
    qtbot.waitUntil(lambda: cross.property("opacity") == 1, timeout=5000)
    assert len(told) == 1
    filters.reset(order=True)
    assert filters.search.text() == ""
    assert len(told) == 1
    qtbot.waitUntil(lambda: not cross.isVisible(), timeout=5000)
