"""No text in the window is cut off: what it needs is measured against the room that it has."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtWidgets import QAbstractButton, QComboBox, QLabel, QStyle, QStyleOptionComboBox, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.panels import panels_of
from workbench.gui.widgets import theme
from workbench.gui.widgets.labels import ShortLabel
from workbench.gui.widgets.theme import Theme
from workbench.gui.window.main_window import MainWindow


def cut_off(root: QWidget) -> Iterator[str]:
    """Texts that have less room than they need; one that shortens itself and tells the whole as its tip is none."""
    for widget in root.findChildren(QWidget):
        if widget.isVisible() and not isinstance(widget, ShortLabel):
            for text, needed, room in measured(widget):
                if needed > room + 1:
                    yield f"{type(widget).__name__} {text!r} needs {needed} and has {room}"


def measured(widget: QWidget) -> Iterator[tuple[str, int, int]]:
    """Each text of a widget with the length it needs and has, in pixels: its width, or its height where it wraps."""
    metrics = widget.fontMetrics()
    if isinstance(widget, QLabel) and widget.text():
        if widget.wordWrap():
            yield widget.text(), widget.heightForWidth(widget.width()), widget.height()
        else:
            yield widget.text(), metrics.horizontalAdvance(widget.text()), widget.contentsRect().width()
    elif isinstance(widget, QAbstractButton) and widget.text():
        yield widget.text(), metrics.horizontalAdvance(widget.text().replace("&", "")), widget.width()
    elif isinstance(widget, QComboBox):
        option, style = QStyleOptionComboBox(), widget.style()
        widget.initStyleOption(option)
        assert style is not None
        part = QStyle.SubControl.SC_ComboBoxEditField
        field = style.subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, widget)
        yield widget.currentText(), metrics.horizontalAdvance(widget.currentText()), field.width()
    elif isinstance(widget, QTabBar):
        for number in range(widget.count()):
            yield (
                widget.tabText(number),
                metrics.horizontalAdvance(widget.tabText(number)),
                widget.tabRect(number).width(),
            )


@pytest.mark.parametrize("colours", [theme.DARK, theme.LIGHT])
@pytest.mark.parametrize("size", [(1024, 700), (1280, 800), (2560, 1440)])
def test_no_text_is_cut_off(qtbot: QtBot, window: MainWindow, size: tuple[int, int], colours: Theme) -> None:
    look, session = panels_of(window).look, window.session
    assert look is not None
    window.appearance.set_theme(colours)
    window.resize(*size)
    for workspace in window.workspaces.buttons:
        window.workspaces.show(workspace)
        for name in ("", "conv", "bn", "loss"):
            session.select([session.graph.named(name).id] if name else [])
            qtbot.waitUntil(lambda: not look.is_busy, timeout=20_000)
            seen: list[list[str]] = []

            def is_still(seen: list[list[str]] = seen) -> bool:
                seen.append(list(cut_off(window)))
                return len(seen) > 3 and seen[-1] == seen[-2] == seen[-3]

            qtbot.waitUntil(is_still)
            assert seen[-1] == [], f"{workspace}, {name or 'nothing'} selected"


def test_what_is_cut_off_is_found(qtbot: QtBot) -> None:
    label = QLabel("a long text that has no room")
    qtbot.addWidget(label)
    holder = QWidget()
    qtbot.addWidget(holder)
    label.setParent(holder)
    label.setFixedWidth(40)
    holder.show()
    assert len(list(cut_off(holder))) == 1
