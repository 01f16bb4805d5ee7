"""A menu of what buttons do, for a right-click near them."""

from __future__ import annotations

from collections.abc import Iterable

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QAbstractButton, QMenu, QWidget


def button_menu(parent: QWidget, entries: Iterable[tuple[str, str, QAbstractButton, bool]]) -> QMenu:
    """Returns a menu that is deleted when it closes.

    Args:
        parent: owner.
        entries: text, words for the status bar, the button that is pressed, and whether the entry is of use now.
    """
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for text, tip, button, is_of_use in entries:
        action = menu.addAction(text)
        assert action is not None
        action.setStatusTip(tip)
        action.setEnabled(is_of_use)
        action.triggered.connect(button.click)
    return menu
