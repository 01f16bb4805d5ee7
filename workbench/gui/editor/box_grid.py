"""Which boxes stand in a part of the canvas, without asking Qt's scene, which calls every box for its shape."""

from __future__ import annotations

from collections.abc import Iterable

from PyQt6.QtCore import QRectF, QSizeF

from workbench.editing.box_sizes import WIDTH
from workbench.gui.editor.box_item import BoxItem
from workbench.gui.editor.painting import PORT

CELL = 512.0  # side of a square of the grid: a few boxes


class BoxGrid:
    """Boxes by the squares of the canvas in which they stand, as high as they may become."""

    def __init__(self) -> None:
        self._areas: dict[BoxItem, QRectF] = {}
        self._cells: dict[tuple[int, int], dict[BoxItem, None]] = {}

    def refill(self, boxes: Iterable[BoxItem]) -> None:
        """Takes these boxes, and no others."""
        self._areas, self._cells = {}, {}
        for box in boxes:
            self.put(box)

    def put(self, box: BoxItem) -> None:
        """Takes a box as it stands now."""
        area = QRectF(box.pos(), QSizeF(WIDTH, box.tallest))
        before = self._areas.get(box)
        if before == area:
            return
        if before is not None:
            for cell in _cells(before):
                self._cells[cell].pop(box, None)
        self._areas[box] = area
        for cell in _cells(area):
            self._cells.setdefault(cell, {})[box] = None

    def areas_in(self, area: QRectF, without: tuple[BoxItem, BoxItem]) -> list[QRectF]:
        """Returns where the boxes stand that reach into an area with their ports, but for two of them."""
        wide = area.adjusted(-PORT, 0, PORT, 0)
        boxes = {box: None for cell in _cells(wide) for box in self._cells.get(cell, ())}
        return [self._areas[box] for box in boxes if box not in without and self._areas[box].intersects(wide)]


def _cells(area: QRectF) -> Iterable[tuple[int, int]]:
    columns = range(int(area.left() // CELL), int(area.right() // CELL) + 1)
    rows = range(int(area.top() // CELL), int(area.bottom() // CELL) + 1)
    return [(column, row) for column in columns for row in rows]
