"""The command that compares the network with that of another project."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtWidgets import QFileDialog

from workbench.core.errors import WorkbenchError, printable
from workbench.gui.document.session import Session
from workbench.gui.editor.view import CanvasView
from workbench.project import storage


class DifferenceCommands:
    """Asks for another project and shows what differs."""

    def __init__(self, session: Session, canvas: CanvasView, say: Callable[[str], None]) -> None:
        self._session, self._canvas, self._say = session, canvas, say

    def compare_network(self) -> None:
        """Asks for another project."""
        kinds = f"Projects (*{storage.SUFFIX})"
        found, _ = QFileDialog.getOpenFileName(self._canvas.window(), "Compare with", str(self._session.folder), kinds)
        if found:
            self.compare_with(Path(found))

    def compare_with(self, path: Path) -> None:
        """Shows what this network has otherwise than that of another project."""
        from workbench.gui.window.difference_dialog import DifferenceDialog

        try:
            other = storage.load(path).graph
        except WorkbenchError as error:
            self._say(str(error))
            return
        own = self._session.path.name if self._session.path else "this network"
        if self._session.path and self._session.is_modified:
            own = f"{own} with unsaved changes"
        if other == self._session.graph:
            self._say(f"{printable(path.name)} has the same network.")
            return
        dialog = DifferenceDialog(
            (path.name, other), (own, self._session.graph), self._canvas.theme, self._canvas.window()
        )
        dialog.exec()
        dialog.deleteLater()
