"""Keeps the network in sight when undo or redo moves it."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QObject, QPointF

from workbench.gui.editor.scene import Scene
from workbench.gui.editor.zooming import ZoomView


@dataclass(frozen=True)
class Standing:
    """Where a box stands, and whether it is in sight."""

    place: QPointF
    is_seen: bool


class Sight(QObject):
    """Fits the network after undo and redo where it was seen whole before, or where they take most of it out of sight.

    What is done on the canvas itself says what shall be seen: nothing jumps away under the hand that drags a node.
    """

    def __init__(self, view: ZoomView, scene: Scene) -> None:
        super().__init__(view)
        self._view, self._scene = view, scene
        self._before: dict[str, Standing] = {}
        scene.changing.connect(self._on_changing)
        scene.session.document_changed.connect(self._on_document_changed)

    def _standing(self) -> dict[str, Standing]:
        seen = self._view.seen()
        boxes = [box for box in self._scene.boxes() if box.ids]
        return {box.ids[0]: Standing(box.pos(), seen.intersects(box.scene_box())) for box in boxes}

    def _on_changing(self) -> None:
        """Remembers what is in sight: Qt scrolls by itself while the items follow the document."""
        self._before = {} if self._scene.changes.is_doing else self._standing()

    def _on_document_changed(self, edit: object) -> None:
        before, self._before = self._before, {}
        if edit is None or not before:
            return
        after = self._standing()
        moved = [key for key, each in after.items() if key in before and each.place != before[key].place]
        lost = [key for key in moved if before[key].is_seen and not after[key].is_seen]
        kept = [key for key, each in after.items() if key in before and before[key].is_seen and each.is_seen]
        is_out_of_sight = 2 * len(moved) > len(after) and len(lost) > len(kept)
        is_cut = self._view.place().is_whole and not self._view.seen().contains(self._view.network())
        if moved and (is_cut or is_out_of_sight):
            self._view.fit()
