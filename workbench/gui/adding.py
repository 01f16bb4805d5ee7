"""Adding layers from the list or the search: behind the selected node, where the pointer is, or on a pulled wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QPointF

from workbench.gui.editor.adding import added
from workbench.gui.editor.palette import SearchPopup

if TYPE_CHECKING:
    from workbench.gui.main_window import MainWindow


class LayerAdder(QObject):
    """Puts chosen layers on the window's canvas."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._popup: SearchPopup | None = None
        self._place: QPointF | None = None
        window.palette_list.chosen.connect(self.add)
        window.canvas.search_requested.connect(self.search)

    def add(self, layer: str, place: QPointF | None = None) -> None:
        """Adds a layer behind the one selected node; without one, at the place or in the middle."""
        window = self._window
        session = window.session
        behind = session.selection[0] if len(session.selection) == 1 else ""
        where = (place.x(), place.y()) if place is not None else None
        if where is None and not behind:
            middle = window.canvas.middle()
            where = (middle.x(), middle.y())
        edit, node = added(session.graph, session.derived.shapes, layer, behind, where)
        if window.scene.do(edit):
            session.select([node])

    def search(self, place: QPointF) -> None:
        """Opens the search for a layer at a place of the canvas."""
        self._place = place
        self._popup = SearchPopup(self._window)
        self._popup.chosen.connect(self._on_chosen)
        canvas = self._window.canvas
        self._popup.open_at(canvas.mapToGlobal(canvas.mapFromScene(place)))

    def add_layer(self) -> None:
        """Opens the search for a layer in the middle of the canvas."""
        self.search(self._window.canvas.middle())

    def _on_chosen(self, layer: str) -> None:
        self.add(layer, self._place)
