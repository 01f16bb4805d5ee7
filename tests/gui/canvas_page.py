"""A canvas for tests, without the rest of the window: the widget, its scene, and hands for mouse and keys."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from workbench.core.graph import Graph, Port
from workbench.editing.node_text import Side
from workbench.gui.document.session import Session
from workbench.gui.editor.node_item import NodeItem
from workbench.gui.editor.scene import Scene
from workbench.gui.editor.view import CanvasView
from workbench.gui.widgets import theme
from workbench.project.document import Project


class Canvas:
    """A canvas at work.

    Attributes:
        told: what was refused.
        searched: what a search was asked for, with the loose end of the wire.
    """

    def __init__(self, qtbot: QtBot, graph: Graph, size: tuple[int, int] = (1100, 640)) -> None:
        self.qtbot = qtbot
        self.session = Session(Project.new(graph, {}, {}))
        self.scene = Scene(self.session, theme.DARK)
        self.view = CanvasView(self.scene)
        self.scene.setParent(self.view)
        self.told: list[str] = []
        self.searched: list[object] = []
        self.scene.refused.connect(self.told.append)
        self.scene.search_for_wire_requested.connect(lambda place, end: self.searched.append(end))
        qtbot.addWidget(self.view)
        self.view.resize(*size)
        self.view.show()
        qtbot.waitExposed(self.view)
        self.view.fit()
        self.view.setFocus()

    @property
    def graph(self) -> Graph:
        return self.session.graph

    @property
    def steps(self) -> int:
        """How many steps can be undone."""
        return self.session.undo_stack.count()

    @property
    def viewport(self) -> QWidget:
        viewport = self.view.viewport()
        assert viewport is not None
        return viewport

    def id(self, name: str) -> str:
        return self.graph.named(name).id

    def item(self, name: str) -> NodeItem:
        return self.scene.nodes[self.id(name)]

    def select(self, *names: str) -> None:
        self.session.select([self.id(name) for name in names])

    def selected(self) -> list[str]:
        return [self.graph.nodes[id_].name for id_ in self.session.selection]

    def at(self, place: QPointF) -> QPoint:
        """A place of the canvas on the widget."""
        return self.view.mapFromScene(place)

    def header(self, name: str) -> QPoint:
        """Where a node can be taken."""
        box = self.scene.box_of(self.id(name))
        return self.at(box.pos() + QPointF(70, 12))

    def port(self, name: str, side: Side, port: str) -> QPoint:
        box = self.scene.box_of(self.id(name))
        return self.at(box.mapToScene(box.place_of(side, Port(self.id(name), port))))

    def click(self, place: QPoint) -> None:
        self.qtbot.mouseClick(self.viewport, Qt.MouseButton.LeftButton, pos=place)

    def pull(self, start: QPoint, end: QPoint) -> None:
        """Drags without letting go."""
        self.qtbot.mousePress(self.viewport, Qt.MouseButton.LeftButton, pos=start)
        for share in (0.3, 0.7, 1.0):
            self.qtbot.mouseMove(self.viewport, start + (end - start) * share)

    def drag(self, start: QPoint, end: QPoint) -> None:
        self.pull(start, end)
        self.let_go(end)

    def let_go(self, place: QPoint) -> None:
        self.qtbot.mouseRelease(self.viewport, Qt.MouseButton.LeftButton, pos=place)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(self.view, key, modifiers)

    def covered(self) -> list[str]:
        """Names of the nodes that lie upon others, each as high as it may become."""
        boxes = [QRectF(box.pos(), QSizeF(box.box().width(), box.tallest)) for box in self.scene.boxes()]
        both = zip(self.scene.boxes(), boxes, strict=True)
        return [
            self.graph.nodes[item.ids[0]].name
            for item, box in both
            if any(other is not box and other.intersects(box) for other in boxes)
        ]

    def undo(self) -> None:
        self.session.undo_stack.undo()
