"""Boxes glide to their new places when the canvas is tidied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QEasingCurve, QObject, QPointF, QVariantAnimation
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication, QStyle

if TYPE_CHECKING:
    from workbench.gui.editor.scene_items import SceneItems

GLIDE_MS = 200


class Gliding(QObject):
    """Shows how boxes go from where they were to where they are; the document has them there already."""

    def __init__(self, scene: SceneItems) -> None:
        super().__init__(scene)
        self._scene = scene
        self._ways: dict[str, tuple[QPointF, QPointF]] = {}
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

    def start(self, before: Mapping[str, QPointF]) -> None:
        """Begins at these places; where the boxes are now is where they go."""
        self.stop()
        boxes = {box.ids[0]: box for box in self._scene.boxes()}
        self._ways = {
            key: (place, boxes[key].pos())
            for key, place in before.items()
            if key in boxes and boxes[key].pos() != place
        }  # fmt: skip
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
        self._scene.lay_wires()
