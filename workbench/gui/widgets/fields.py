"""What fields of forms share: the wheel leaves them alone, and what is typed counts before anything is done."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QLineEdit, QSlider, QSpinBox, QWidget


def finish_typing() -> None:
    """Ends the editing of the field that has the focus, as Enter would, so that what was typed is in the project.

    Neither keys of commands nor buttons of a strip take the focus out of it, which would do the same.
    """
    focus = QApplication.focusWidget()
    if isinstance(focus, QAbstractSpinBox):
        line = focus.findChild(QLineEdit)
        if line is not None and line.isModified():
            focus.interpretText()
            focus.editingFinished.emit()
            line.setModified(False)
    elif isinstance(focus, QLineEdit) and focus.isModified():
        focus.editingFinished.emit()
        focus.setModified(False)


def leave_wheel(widget: QWidget) -> None:
    """Keeps the wheel from giving a field the focus."""
    widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)


def turn(widget: QWidget, event: QWheelEvent | None, own: Callable[[QWheelEvent | None], None]) -> None:
    """Lets the wheel change a field that has the focus; else it scrolls what the field lies in.

    Args:
        widget: the field.
        event: the wheel.
        own: what the field does by itself.
    """
    if event is not None and not widget.hasFocus():
        event.ignore()
    else:
        own(event)


class ComboBox(QComboBox):
    """A choice that the wheel changes only where it has the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        leave_wheel(self)

    def wheelEvent(self, e: QWheelEvent | None) -> None:
        turn(self, e, super().wheelEvent)


class Slider(QSlider):
    """A slider from left to right that the wheel moves only where it has the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        leave_wheel(self)

    def wheelEvent(self, e: QWheelEvent | None) -> None:
        turn(self, e, super().wheelEvent)


class SpinBox(QSpinBox):
    """A whole number that the wheel changes only where it has the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        leave_wheel(self)

    def wheelEvent(self, e: QWheelEvent | None) -> None:
        turn(self, e, super().wheelEvent)
