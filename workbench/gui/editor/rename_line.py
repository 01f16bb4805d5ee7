"""The field that lies over a node's header while its name is typed."""

from __future__ import annotations

from PyQt6.QtCore import QRect, Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QKeyEvent
from PyQt6.QtWidgets import QLineEdit, QWidget

LEAST = (120, 24)


class RenameLine(QLineEdit):
    """Enter accepts, Escape or leaving the field cancels.

    Signals:
        accepted(str): the name that was typed.
    """

    accepted = pyqtSignal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._before = ""
        self.setAccessibleName("New name")
        self.setToolTip("Enter or a click elsewhere gives the name, Esc leaves it as it was")
        self.hide()

    def open_over(self, place: QRect, name: str) -> None:
        """Shows the field over this part of the canvas, with the name selected."""
        area = QRect(place.topLeft(), place.size().expandedTo(QRect(0, 0, *LEAST).size()))
        self.setGeometry(area)
        self._before = name
        self.setText(name)
        self.selectAll()
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        if event.key() == Qt.Key.Key_Escape:
            self._close()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            text = self.text().strip()
            self._close()
            self.accepted.emit(text)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        super().focusOutEvent(event)
        if event is None or event.reason() in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
            return  # whoever looks at another window comes back
        text, is_changed = self.text().strip(), self.isVisible() and self.text() != self._before
        self.hide()
        if is_changed:  # a click elsewhere takes what was typed, as in a list of files
            self.accepted.emit(text)

    def _close(self) -> None:
        parent = self.parentWidget()
        self.hide()
        if parent is not None:
            parent.setFocus()
