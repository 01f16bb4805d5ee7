"""The gesture that pulls an edge or a corner of a frame or note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QPointF, QRectF, Qt

from workbench.core.frames import LEAST
from workbench.core.framing import change_frame
from workbench.gui.editor.free_frame_item import FreeFrameItem, Sides

if TYPE_CHECKING:
    from workbench.gui.editor.scene import Scene


class FrameResizing:
    """A frame while its edges are pulled. The document is changed once, when they are let go."""

    def __init__(self, scene: Scene, item: FreeFrameItem, sides: Sides, start: QPointF) -> None:
        self._scene, self._item, self._sides, self._start = scene, item, sides, start
        self._before = item.scene_box()

    def move(self, place: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The edges follow the mouse, in whole pixels, as far as something is left between them."""
        step, area = place - self._start, QRectF(self._before)
        x, y = round(step.x()), round(step.y())
        least_x, least_y = (min(least, size) for least, size in zip(LEAST, (area.width(), area.height()), strict=True))
        if "left" in self._sides:
            area.setLeft(min(area.left() + x, area.right() - least_x))
        if "right" in self._sides:
            area.setRight(max(area.right() + x, area.left() + least_x))
        if "top" in self._sides:
            area.setTop(min(area.top() + y, area.bottom() - least_y))
        if "bottom" in self._sides:
            area.setBottom(max(area.bottom() + y, area.top() + least_y))
        self._item.set_area(area)

    def drop(self, place: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The edges stay where they are: one step."""
        self.move(place, modifiers)
        edit = change_frame(self._scene.session.graph, self._item.id, area=self._item.area())
        if edit is not None:
            self._scene.do(edit)

    def cancel(self) -> None:
        """The edges go back."""
        if self._item.scene() is not None:
            self._item.set_area(self._before)
