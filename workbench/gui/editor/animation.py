"""Boxes and frames glide to their new places when the canvas is tidied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QEasingCurve, QObject, QPointF, QRectF, QVariantAnimation
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication, QStyle

if TYPE_CHECKING:
    from workbench.gui.editor.scene_items import SceneItems

GLIDE_MS = 200


class Gliding(QObject):
    """Shows how boxes and frames go from where they were to where they are; the document has them there already."""

    def __init__(self, scene: SceneItems) -> None:
        super().__init__(scene)
        self._scene = scene
        self._ways: dict[str, tuple[QPointF, QPointF]] = {}
        self._frames: dict[str, tuple[QRectF, QRectF]] = {}
        self._animation = QVariantAnimation(self)
        self._animation.setDuration(GLIDE_MS)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.setEasingCurve(QEasingCurve.Type.InOutQuad)
        self._animation.valueChanged.connect(self._on_value)

    def is_wanted(self) -> bool:
        """Whether the platform has movement on the screen at all, and wants it."""
        style = QApplication.style()
        wants = style is not None and style.styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) > 0
        return wants and QGuiApplication.platformName() != "offscreen"

    def start(self, before: Mapping[str, QPointF], frames: Mapping[str, QRectF]) -> None:
        """Begins at these places of boxes and frames; where they are now is where they go."""
        self.stop()
        boxes = {box.ids[0]: box for box in self._scene.boxes()}
        self._ways = {
            key: (place, boxes[key].pos())
            for key, place in before.items()
            if key in boxes and boxes[key].pos() != place
        }  # fmt: skip
        items = self._scene.frames.items
        self._frames = {id_: (area, items[id_].scene_box()) for id_, area in frames.items() if id_ in items}
        if self._ways:
            self._show(0.0)
            self._animation.start()

    @property
    def is_under_way(self) -> bool:
        """Whether boxes are on their way."""
        return self._animation.state() == QVariantAnimation.State.Running

    def stop(self) -> None:
        """Everything is where it belongs, at once."""
        if self.is_under_way:
            self._animation.stop()
            self._show(1.0)

    def _on_value(self, share: Any) -> None:
        self._show(float(share))

    def _show(self, share: float) -> None:
        for key, (start, end) in self._ways.items():
            if key in self._scene.session.graph.nodes:
                self._scene.box_of(key).setPos(start + (end - start) * share)
        for id_, (old, new) in self._frames.items():
            if id_ in self._scene.frames.items:
                corners = (old.topLeft(), new.topLeft()), (old.bottomRight(), new.bottomRight())
                self._scene.frames.items[id_].set_area(
                    QRectF(*(start + (end - start) * share for start, end in corners))
                )
        self._scene.lay_wires()
