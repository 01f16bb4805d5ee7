"""The canvas as a strip: where panels take most of the window, it shows the whole network."""

from __future__ import annotations

from PyQt6.QtCore import QObject

from workbench.gui.editor.view import CanvasView
from workbench.gui.editor.zooming import Place
from workbench.gui.session import Session
from workbench.gui.workspaces import Workspaces


class CanvasStrip(QObject):
    """Fits the network into the strip above the panels, and shows again what was seen when there is room for it."""

    def __init__(self, canvas: CanvasView, workspaces: Workspaces, session: Session) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._place: Place | None = None  # where the user was while the canvas had the window
        workspaces.left.connect(self._on_left)
        workspaces.entered.connect(self._on_entered)
        session.document_changed.connect(self._on_document_changed)

    def _on_left(self, was_for_canvas: bool) -> None:
        if was_for_canvas:
            self._place = self._canvas.place()

    def _on_entered(self, is_for_canvas: bool) -> None:
        if not is_for_canvas:
            self._canvas.fit()
        elif self._place is not None:
            self._canvas.return_to(self._place)

    def _on_document_changed(self, edit: object) -> None:
        if edit is None:  # another project: it has been seen nowhere yet
            self._place = None
