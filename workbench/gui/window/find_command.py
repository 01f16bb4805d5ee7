"""The command that searches: a sample in the workspace of the data, a node or frame everywhere else."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt

from workbench.gui.editor.view import CanvasView
from workbench.gui.window.panels import Panels
from workbench.gui.window.workspaces import Workspaces


class FindCommand:
    """Moves the keyboard to the field in which what is shown is searched."""

    def __init__(self, canvas: CanvasView, workspaces: Workspaces, panels: Callable[[], Panels | None]) -> None:
        """Prepares the command.

        Args:
            canvas: has a field for nodes and frames.
            workspaces: say which one is shown.
            panels: returns the panels that come late; None while they are still loading.
        """
        self._canvas, self._workspaces, self._panels = canvas, workspaces, panels

    def find(self) -> None:
        """Searches samples in the workspace Data, nodes and frames in the others."""
        panels = self._panels()
        if self._workspaces.current != "Data" or panels is None or not panels.data.isVisible():
            self._canvas.find_node()
            return
        search = panels.data.browser.search
        search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        search.selectAll()
