"""The canvas as a strip: where panels take most of the window, it shows the whole network."""

from __future__ import annotations

from PyQt6.QtCore import QObject

from workbench.gui.document.session import Session
from workbench.gui.editor.levels import Levels
from workbench.gui.editor.view import CanvasView
from workbench.gui.editor.zooming import ViewPlace
from workbench.gui.window.workspaces import Workspaces


class CanvasStrip(QObject):
    """Fits the network into the strip above the panels, and shows again what was seen when there is room for it."""

    def __init__(self, canvas: CanvasView, levels: Levels, workspaces: Workspaces, session: Session) -> None:
        super().__init__(canvas)
        self._canvas, self._levels = canvas, levels
        self._place: tuple[str, ViewPlace] | None = None  # where the user was while the canvas had the window
        workspaces.left.connect(self._on_left)
        workspaces.entered.connect(self._on_entered)
        session.document_changed.connect(self._on_document_changed)

    def _on_left(self, was_for_canvas: bool) -> None:
        self._canvas.finish_writing()
        if was_for_canvas:
            self._place = self._levels.inside, self._canvas.place()

    def _on_entered(self, is_for_canvas: bool) -> None:
        level, place = self._place or ("", None)
        if not is_for_canvas or (place is not None and level != self._levels.inside):  # a group was gone into since
            self._canvas.fit()
        elif place is not None:
            self._canvas.return_to(place)

    def _on_document_changed(self, edit: object) -> None:
        if edit is None:  # another project: it has been seen nowhere yet
            self._place = None
