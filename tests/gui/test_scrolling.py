"""A place that scrolls up and down cuts nothing off at its side."""

from __future__ import annotations

from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from workbench.gui.widgets.scrolling import scrolling


def test_a_place_is_never_narrower_than_its_content_and_the_scroll_bar(qtbot: QtBot) -> None:
    content = QWidget()
    content.setMinimumSize(300, 2000)
    place = scrolling(content)
    qtbot.addWidget(place)
    place.resize(place.minimumSizeHint())
    place.show()
    bar, viewport = place.verticalScrollBar(), place.viewport()
    assert bar is not None
    assert viewport is not None
    assert bar.isVisible()
    assert viewport.width() >= 300
    assert place.minimumSizeHint().height() < 300, "it scrolls instead of asking for all the height"
