"""A menu of what buttons do, for a right-click near them."""

from __future__ import annotations

from collections.abc import Iterable

from PyQt6.QtWidgets import QAbstractButton, QMenu, QWidget

from workbench.gui.widgets.context_menu import Entry, menu_of


def button_menu(parent: QWidget, entries: Iterable[tuple[str, str, QAbstractButton, bool]]) -> QMenu:
    """Returns a menu that is deleted when it closes.

    Args:
        parent: owner.
        entries: text, words for the status bar, the button that is pressed, and whether the entry is of use now.
    """
    return menu_of(parent, (Entry(text, button.click, tip, is_of_use) for text, tip, button, is_of_use in entries))
