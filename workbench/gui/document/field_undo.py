"""Ctrl+Z in a field: its own text while it is typed, the last change of the project once it was committed."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject
from PyQt6.QtGui import QKeyEvent, QKeySequence
from PyQt6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QWidget

from workbench.gui.document.session import Session

UNDO, REDO = QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo


class FieldUndo(QObject):
    """Lets the keys of undo and redo pass through the field that has the focus, unless somebody has typed into it."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._watched: QWidget | None = None
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus_changed)
        session.document_changed.connect(self._on_committed)

    def _on_focus_changed(self, before: QWidget | None, now: QWidget | None) -> None:
        if self._watched is not None and self._watched is before:
            self._watched.removeEventFilter(self)
        self._watched = None
        if now is not None and _line_of(now) is not None and self._window.isAncestorOf(now):
            now.installEventFilter(self)
            self._watched = now

    def _on_committed(self, edit: object) -> None:
        """What was typed is in the project now, so it is for the project's history to take back."""
        focus = QApplication.focusWidget()
        line = _line_of(focus) if focus is not None and focus is self._watched else None
        if line is not None:
            line.setModified(False)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and isinstance(watched, QWidget)
            and (event.matches(UNDO) or event.matches(REDO))
        ):
            line = _line_of(watched)
            if line is not None and not line.isModified():
                event.ignore()
                return True  # the field would take the key for itself
        return super().eventFilter(watched, event)


def _line_of(widget: QWidget) -> QLineEdit | None:
    """The line of text of a field; None for anything else."""
    if isinstance(widget, QLineEdit):
        return widget
    return widget.findChild(QLineEdit) if isinstance(widget, QAbstractSpinBox) else None
