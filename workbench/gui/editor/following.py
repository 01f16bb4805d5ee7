"""While the mouse rests on a port, the way through it stays as it is, and all the rest of the network is dimmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QTimer

from workbench.core.graph import Port
from workbench.editing.node_text import Side
from workbench.editing.paths import way_through

if TYPE_CHECKING:
    from workbench.gui.editor.scene import Scene

REST_MS = 250  # how long the mouse rests on a port before the rest is dimmed; passing over one must not flicker
DIM = 0.22


class Following(QObject):
    """Dims what is not on the way through a port."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._scene = scene
        self._end: tuple[Side, Port] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST_MS)
        self._timer.timeout.connect(self._show)
        self.is_shown = False

    def hover(self, end: tuple[Side, Port] | None) -> None:
        """Takes note of the port that the mouse is on, or that it is on none."""
        if end == self._end:
            return
        self.stop()
        self._end = end
        if end is not None:
            self._timer.start()

    def stop(self) -> None:
        """Shows everything again."""
        self._end = None
        self._timer.stop()
        if self.is_shown:
            self.is_shown = False
            for item in (*self._scene.all_boxes(), *self._scene.edges.values()):
                item.setOpacity(1.0)

    def _show(self) -> None:
        if self._end is None or self._end[1].node not in self._scene.session.graph.nodes:
            return
        way = way_through(self._scene.session.graph, *self._end)
        self.is_shown = True
        for box in self._scene.all_boxes():
            box.setOpacity(DIM if way.nodes.isdisjoint(box.ids) else 1.0)
        for edge, item in self._scene.edges.items():
            item.setOpacity(1.0 if edge in way.wires else DIM)
