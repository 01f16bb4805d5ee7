"""Places whose content scrolls when it is larger than its room."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, QSize, Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QScrollArea, QWidget


def scrolling(widget: QWidget) -> QScrollArea:
    """Returns a place with the widget in it, which scrolls up and down and is as wide as the place."""
    return _Column(widget)


class _Column(QScrollArea):
    """Scrolls a widget up and down; it is never narrower than the widget can be, beside the scroll bar."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it has the keyboard
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(widget)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def minimumSizeHint(self) -> QSize:
        widget, bar = self.widget(), self.verticalScrollBar()
        assert widget is not None
        assert bar is not None
        least = widget.minimumSizeHint().expandedTo(widget.minimumSize()).width() + bar.sizeHint().width()
        return QSize(least, super().minimumSizeHint().height())


class Yielding(QScrollArea):
    """Holds a panel that asks for little room itself, so that no panel widens a window.

    The panel fills the place, and scrolls only where it has less than the least it can do with. Qt's own resizing would
    give a panel with wrapped text all the height that it likes best, and scroll for that.
    """

    def __init__(self, panel: QWidget) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidget(panel)
        panel.installEventFilter(self)

    def _fit(self) -> None:
        panel, viewport = self.widget(), self.viewport()
        if panel is not None and viewport is not None:
            panel.resize(viewport.size().expandedTo(panel.minimumSizeHint()).expandedTo(panel.minimumSize()))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        panel = self.widget()
        return panel.sizeHint() if panel is not None else super().sizeHint()
