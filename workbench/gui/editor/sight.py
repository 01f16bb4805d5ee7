"""Keeps the network in sight when undo or redo moves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PyQt6.QtCore import QObject, QPointF, QRectF

from workbench.gui.editor.scene import Scene
from workbench.gui.editor.zooming import ZoomView


@dataclass(frozen=True)
class Standing:
    """Where boxes stand, by the ids of their first nodes, and what is in sight."""

    places: Mapping[str, QPointF]
    seen: QRectF


class Sight(QObject):
    """Fits the network after undo and redo where it was seen whole before, or where they take most of it out of sight.

    What is done on the canvas itself says what shall be seen: nothing jumps away under the hand that drags a node.
    """

    def __init__(self, view: ZoomView, scene: Scene) -> None:
        super().__init__(view)
        self._view, self._scene = view, scene
        self._before: Standing | None = None
        scene.changing.connect(self._on_changing)
        scene.session.document_changed.connect(self._on_document_changed)

    def _on_changing(self) -> None:
        """Remembers what is in sight: Qt scrolls by itself while the items follow the document."""
        places = {box.ids[0]: box.pos() for box in self._scene.boxes() if box.ids}
        self._before = None if self._scene.changes.is_doing else Standing(places, self._view.seen())

    def _on_document_changed(self, edit: object) -> None:
        before, self._before = self._before, None
        if edit is None or before is None or not before.places:
            return
        boxes = {box.ids[0]: box for box in self._scene.boxes() if box.ids}
        moved = [key for key, box in boxes.items() if key in before.places and box.pos() != before.places[key]]
        if not moved:
            return
        seen = self._view.seen()
        old = {key: before.seen.intersects(boxes[key].box().translated(place)) for key, place in before.places.items()
               if key in boxes}  # fmt: skip
        now = {key: seen.intersects(box.scene_box()) for key, box in boxes.items()}
        lost = [key for key in moved if old[key] and not now[key]]
        kept = [key for key in old if old[key] and now[key]]
        is_out_of_sight = 2 * len(moved) > len(boxes) and len(lost) > len(kept)
        if self._view.place().is_whole or is_out_of_sight:
            self._view.fit()  # also where it needs less room than before
