"""A place for one widget whose changes lay nothing else out anew."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QSize
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget


class Island(QWidget):
    """Holds a widget without a layout, as wide as there is room.

    A label that gets another text asks for a new layout, and Qt lays out everything up to the window, though nothing
    moves. Where a text changes several times a second that costs more than to write it. Here the question ends.
    """

    def __init__(self, content: QWidget) -> None:
        """Takes the widget in; its height is asked for once, and again with another font."""
        super().__init__()
        self._content = content
        content.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        return QSize(0, self._content.sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._content.minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._content.resize(self.size())

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.updateGeometry()
