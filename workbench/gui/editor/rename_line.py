"""The field that lies over a node's header while its name is typed."""

from __future__ import annotations

from PyQt6.QtCore import QRect, Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QKeyEvent
from PyQt6.QtWidgets import QLineEdit, QWidget

LEAST = (120, 24)


class RenameLine(QLineEdit):
    """Enter or a click elsewhere accepts, Escape cancels; the name of what is new it cannot take back, and accepts too.

    Signals:
        accepted(str): the name that was typed.
    """

    accepted = pyqtSignal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._before = ""
        self._is_new = False
        self.setAccessibleName("New name")
        self.hide()

    def open_over(self, place: QRect, name: str, *, is_new: bool = False) -> None:
        """Shows the field over this part of the canvas, with the name selected.

        Args:
            place: in the coordinates of the parent.
            name: what it is called now.
            is_new: whether it has just been made, so that nobody has given it that name.
        """
        area = QRect(place.topLeft(), place.size().expandedTo(QRect(0, 0, *LEAST).size()))
        self.setGeometry(area)
        self._before, self._is_new = name, is_new
        self.setToolTip(
            "Enter, Esc or a click elsewhere gives the name"
            if is_new
            else "Enter or a click elsewhere gives the name, Esc leaves it as it was"
        )
        self.setText(name)
        self.selectAll()
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        if event.key() == Qt.Key.Key_Escape and self._is_new:
            self.close_line()
        elif event.key() == Qt.Key.Key_Escape:
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
        text = self._changed_text()
        self.hide()
        if text is not None:  # a click elsewhere takes what was typed, as in a list of files
            self.accepted.emit(text)

    def close_line(self) -> None:
        """Closes the field; what was typed is accepted."""
        text = self._changed_text()
        if self.isVisible():
            self._close()
        if text is not None:
            self.accepted.emit(text)

    def _changed_text(self) -> str | None:
        """What was typed; None where the field is closed or holds what it was opened with."""
        return self.text().strip() if self.isVisible() and self.text() != self._before else None

    def _close(self) -> None:
        parent = self.parentWidget()
        self.hide()
        if parent is not None:
            parent.setFocus()
