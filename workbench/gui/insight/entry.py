"""Pictures that are dropped on the Look panel or pasted into it."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QEvent, QMimeData, QObject
from PyQt6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QKeySequence
from PyQt6.QtWidgets import QWidget

from workbench.gui.insight.probe_from_mime import has_picture


class PictureEntry(QObject):
    """Watches a widget for pictures; inside it a picture is pasted, not nodes."""

    def __init__(self, widget: QWidget, take: Callable[[QMimeData | None], None], paste: Callable[[], None]) -> None:
        """Begins to watch.

        Args:
            widget: takes drops from now on.
            take: is given what was dropped.
            paste: takes the clipboard's picture.
        """
        super().__init__(widget)
        self._take, self._paste = take, paste
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if isinstance(event, QDragEnterEvent):
            if has_picture(event.mimeData()):
                event.acceptProposedAction()
            else:
                event.ignore()  # for the window to take
            return True
        if isinstance(event, QDropEvent) and event.type() == QEvent.Type.Drop:
            self._take(event.mimeData())
            event.acceptProposedAction()
            return True
        if isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Paste):
            if event.type() == QEvent.Type.KeyPress:
                self._paste()
            event.accept()
            return True
        return super().eventFilter(watched, event)
