"""What a right-click on the tiles of a view offers."""

from __future__ import annotations

from PyQt6.QtCore import QObject, QPoint, QPointF, Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QAbstractButton, QMenu

from workbench.gui.insight.grid import TileGrid
from workbench.gui.widgets.pixels import image_of


class TileMenu(QObject):
    """Chooses the tile under the mouse, and offers what can be done with it and with all."""

    def __init__(self, grid: TileGrid, save: QAbstractButton) -> None:
        """Listens to right-clicks and to the menu key.

        Args:
            grid: the tiles.
            save: the button that writes the whole view.
        """
        super().__init__(grid)
        self._grid, self._save = grid, save
        grid.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        grid.customContextMenuRequested.connect(self._on_requested)

    def _on_requested(self, place: QPoint) -> None:
        menu = self.menu(place)
        if menu is not None:
            menu.popup(self._grid.mapToGlobal(place))

    def menu(self, place: QPoint) -> QMenu | None:
        """Returns the menu for a place of the grid; None where there are no tiles."""
        grid = self._grid
        if grid.chosen_tile() is None:
            return None
        grid.choose_at(QPointF(place))
        tile = grid.chosen_tile()
        menu = QMenu(grid)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction(f"Copy the picture of unit {grid.chosen}", self._copy)
        whole = menu.addAction("Save this view…", self._save.click)
        assert copy is not None
        assert whole is not None
        copy.setEnabled(tile is not None and tile.size > 0)
        whole.setEnabled(self._save.isEnabled())
        return menu

    def _copy(self) -> None:
        tile, clipboard = self._grid.chosen_tile(), QGuiApplication.clipboard()
        if tile is not None and tile.size and clipboard is not None:
            clipboard.setImage(image_of(tile))
