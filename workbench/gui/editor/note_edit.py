"""The field that lies over a frame or note while its text is written."""

from __future__ import annotations

from PyQt6.QtCore import QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QKeyEvent
from PyQt6.QtWidgets import QPlainTextEdit, QWidget

from workbench.core.frames import LONGEST_NOTE

LEAST = QSize(240, 96)


class NoteEdit(QPlainTextEdit):
    """What is typed is in the document at once; Ctrl+Enter and leaving it keep it, Escape gives back what was there.

    A text that is new takes the place of none: Escape only ends it.

    Signals:
        written(str): the text as it is now.
        left(): the field was closed.
        refused(str): why something was not taken.
    """

    written = pyqtSignal(str)
    left = pyqtSignal()
    refused = pyqtSignal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._before = ""
        self._is_new = False
        self.setAccessibleName("Text of the note")
        self.setTabChangesFocus(False)
        self.textChanged.connect(self._on_text_changed)
        self.hide()

    def open_over(self, place: QRect, text: str, *, is_new: bool = False) -> None:
        """Shows the field over this part of the canvas, with the cursor behind the text.

        Args:
            place: in the coordinates of the parent.
            text: what is there.
            is_new: whether what is written into has just been added, so that there is no text to give back.
        """
        self._before, self._is_new = text, is_new
        self.setToolTip(
            "Esc, Ctrl+Enter or a click beside it keeps the text"
            if is_new
            else "Ctrl+Enter or a click beside it keeps the text, Esc leaves it as it was"
        )
        self.blockSignals(True)
        self.setPlainText(text)
        self.blockSignals(False)
        self.lie_over(place)
        self.moveCursor(self.textCursor().MoveOperation.End)
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def lie_over(self, place: QRect) -> None:
        """Covers this part of the canvas, and more where that would be too small to write in, but stays in sight."""
        area, parent = QRect(place.topLeft(), place.size().expandedTo(LEAST)), self.parentWidget()
        room = parent.rect() if parent is not None else area
        area.setSize(area.size().boundedTo(room.size()))
        left = max(room.left(), min(area.left(), room.right() - area.width()))
        top = max(room.top(), min(area.top(), room.bottom() - area.height()))
        area.moveTo(left, top)
        self.setGeometry(area)

    def text(self) -> str:
        """What is written."""
        return self.toPlainText()

    def close_line(self) -> None:
        """Closes the field; what was written stays."""
        if self.isVisible():
            parent = self.parentWidget()
            self.hide()
            if parent is not None:
                parent.setFocus()
            self.left.emit()

    def _on_text_changed(self) -> None:
        count = len(self.text())
        if count > LONGEST_NOTE:
            self.blockSignals(True)
            self.undo()
            self.blockSignals(False)
            self.refused.emit(f"A note has at most {LONGEST_NOTE:,} characters; with that it would have {count:,}.")
            return
        self.written.emit(self.text())

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape:
            if not self._is_new and self.text() != self._before:
                self.written.emit(self._before)
            self.close_line()
        elif is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.close_line()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        super().focusOutEvent(event)
        assert event is not None
        if self.isVisible() and event.reason() != Qt.FocusReason.PopupFocusReason:
            self.hide()
            self.left.emit()
