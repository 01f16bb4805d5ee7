"""The panels of a window in tests."""

from __future__ import annotations

from workbench.gui.window.main_window import MainWindow
from workbench.gui.window.panels import Panels


def panels_of(window: MainWindow) -> Panels:
    """Returns the panels of a window, which are made behind it (`load_rest`)."""
    assert window.panels is not None, "the window has not loaded the rest yet"
    return window.panels
