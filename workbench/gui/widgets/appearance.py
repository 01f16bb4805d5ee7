"""The colours of the whole program, and word of their change to everything that paints."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QApplication

from workbench.gui.widgets import theme as themes
from workbench.gui.widgets.theme import Theme


class Appearance(QObject):
    """Holds the colours that are used now.

    Signals:
        theme_changed(Theme): everything is to be painted in these colours.
    """

    theme_changed = pyqtSignal(object)

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme = theme

    def set_theme(self, theme: Theme) -> None:
        """Paints everything in another set of colours."""
        self.theme = theme
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        themes.apply(app, theme)
        self.theme_changed.emit(theme)
