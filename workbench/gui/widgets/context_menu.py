"""Menus of a right-click, or of the menu key, on a widget: what a click or a key could do there, with words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QEvent, QObject, QPoint, Qt
from PyQt6.QtGui import QContextMenuEvent
from PyQt6.QtWidgets import QAbstractScrollArea, QMenu, QWidget


@dataclass(frozen=True)
class Entry:
    """One line of a menu.

    Attributes:
        text: shown as it is.
        do: what it does.
        tip: words for the status bar.
        is_of_use: whether it can be chosen now.
        is_on: whether it is switched on; None for what is no switch.
    """

    text: str
    do: Callable[[], object]
    tip: str = ""
    is_of_use: bool = True
    is_on: bool | None = None


LINE = None  # between two entries
Entries = Sequence[Entry | None]


def menu_of(parent: QWidget, entries: Iterable[Entry | None]) -> QMenu:
    """Returns a menu that is deleted when it closes."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for entry in entries:
        if entry is LINE:
            menu.addSeparator()
            continue
        action = menu.addAction(entry.text.replace("&", "&&"))
        assert action is not None
        action.setStatusTip(entry.tip)
        action.setEnabled(entry.is_of_use)
        if entry.is_on is not None:
            action.setCheckable(True)
            action.setChecked(entry.is_on)
        action.triggered.connect(lambda _=False, do=entry.do: do())
    return menu


class ContextMenu(QObject):
    """Opens the menu of a widget."""

    def __init__(
        self, widget: QWidget, entries: Callable[[QPoint | None], Entries], *, opens_on_press: bool = True
    ) -> None:
        """Listens to a widget.

        Args:
            widget: owner.
            entries: gives what can be done at a place of the widget, in a list of its viewport; None is wherever its
                keyboard is. Without any no menu opens.
            opens_on_press: whether the mouse opens it at once; else whoever has seen a whole click calls `open`.
        """
        super().__init__(widget)
        self._widget, self._entries, self._opens_on_press = widget, entries, opens_on_press
        viewport = widget.viewport() if isinstance(widget, QAbstractScrollArea) else None
        for each in (widget, viewport):
            if each is not None:
                each.installEventFilter(self)

    def open(self, place: QPoint | None, on_screen: QPoint) -> None:
        """Opens the menu for a place of the widget."""
        entries = self._entries(place)
        if entries:
            menu_of(self._widget, entries).popup(on_screen)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if not isinstance(event, QContextMenuEvent):
            return False
        event.accept()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.open(None, self._widget.mapToGlobal(self._widget.rect().center()))
        elif self._opens_on_press:
            self.open(event.pos(), event.globalPos())
        return True
