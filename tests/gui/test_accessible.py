"""Whatever takes the keyboard has a name that a screen reader can say."""

from __future__ import annotations

from collections.abc import Iterator

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QTabWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from workbench.gui.window.main_window import MainWindow
from workbench.gui.window.new_dialog import NewDialog
from workbench.gui.window.preferences import Preferences

INNER = (
    "qt_spinbox_lineedit",
    "qt_scrollarea_viewport",
    "ScrollLeftButton",
    "ScrollRightButton",
    "qt_menubar_ext_button",
)


def unnamed(root: QWidget) -> Iterator[str]:
    """Widgets that take the keyboard and have no name of their own."""
    for widget in root.findChildren(QWidget):
        owner = widget.parentWidget()
        is_part = widget.objectName() in INNER or isinstance(owner, QComboBox | QAbstractSpinBox)
        is_part = is_part or (owner is not None and isinstance(owner.parentWidget(), QComboBox))  # its list
        is_part = is_part or (isinstance(owner, QAbstractScrollArea) and owner.viewport() is widget)
        is_part = is_part or isinstance(owner, QTabWidget)  # its bar
        if is_part or widget.isHidden() or not widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            continue
        has_text = isinstance(widget, QAbstractButton) and widget.text()
        is_place = isinstance(widget, QAbstractScrollArea) and type(widget).__name__ == "QScrollArea"
        if not widget.accessibleName() and not has_text and not is_place:
            hint = widget.placeholderText() if isinstance(widget, QLineEdit) else widget.toolTip()
            yield f"{type(widget).__name__} {hint!r} in {type(owner).__name__}"


def test_everything_in_the_window_has_a_name(qtbot: QtBot, window: MainWindow) -> None:
    for name in ("conv", "bn", "loss"):
        window.session.select([window.session.graph.named(name).id])
        assert sorted(unnamed(window)) == [], name


def test_everything_in_dialogs_has_a_name(qtbot: QtBot, window: MainWindow) -> None:
    for dialog in (Preferences(window), NewDialog(window.theme, "", window)):
        qtbot.addWidget(dialog)
        assert sorted(unnamed(dialog)) == [], type(dialog).__name__
