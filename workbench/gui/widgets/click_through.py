"""Presses beside the list of a completer reach what is under them; Qt would only close the list."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, Qt, QTimer
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QAbstractButton, QApplication, QCompleter


class ClickThrough(QObject):
    """Closes the list of a completer at a press beside it, and clicks the button that was pressed."""

    def __init__(self, completer: QCompleter) -> None:
        """Watches the list.

        Args:
            completer: owner.
        """
        super().__init__(completer)
        self._popup = completer.popup()
        assert self._popup is not None
        self._popup.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if not isinstance(event, QMouseEvent) or event.type() != QEvent.Type.MouseButtonPress:
            return False
        popup = self._popup
        if popup is None or popup.rect().contains(event.position().toPoint()):
            return False
        popup.hide()
        under = QApplication.widgetAt(event.globalPosition().toPoint())
        if isinstance(under, QAbstractButton) and under.isEnabled() and event.button() == Qt.MouseButton.LeftButton:
            QTimer.singleShot(0, under.click)
        return True
