"""What the canvas costs as networks grow, with a bare Qt scene of the same kind beside it.

    QT_QPA_PLATFORM=offscreen python bench/canvas.py [--quick]

Networks of 100, 500 and 2000 nodes stand in rows; every fifth node adds what came five nodes before. They are built and
painted, moved under the view, one node is dragged, one setting edited (until the picture is painted), all nodes are
selected, and all are shown at once. The bare scene has boxes with two texts, ports and curves, and draws less when it
is far away. CPU time of this process, medians; sizes and the two kinds take turns.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from figures import Figure, at_most, cpu_ms, plain, run
from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt
from PyQt6.QtGui import QBrush, QColor, QFont, QPainter, QPainterPath, QPen, QStaticText
from PyQt6.QtWidgets import (
    QApplication,
    QGraphicsItem,
    QGraphicsPathItem,
    QGraphicsScene,
    QGraphicsView,
    QStyleOptionGraphicsItem,
    QWidget,
)

from workbench.core.edits import CompositeGraphEdit
from workbench.core.graph import Edge, Graph, Node, Port
from workbench.core.graph_edits import set_param
from workbench.core.values import Json
from workbench.gui.document.session import Session
from workbench.gui.editor.moving import Moving
from workbench.gui.editor.scene import Scene
from workbench.gui.editor.view import CanvasView
from workbench.gui.widgets.theme import LIGHT
from workbench.project.document import Project

SIZES = (100, 500, 2000)
STEP = (216.0, 164.0)
VIEW = (1280, 800)
BACK = 5  # how far back the second wire of every fifth node comes from
FAR = 0.35  # below this zoom the bare scene paints no text


def columns(count: int) -> int:
    """Returns how many nodes stand in a row."""
    return max(10, int(count**0.5))


def network(count: int) -> Graph:
    """Returns a network of that many nodes, in rows."""
    nodes, edges = {}, []
    for i in range(count):
        is_joint = i % BACK == 0 and i > BACK
        is_loss = i == count - 1
        layer = "Input" if i == 0 else "MSELoss" if is_loss else "Add" if is_joint else "Conv2d"
        params: dict[str, Json] = {"shape": [8, 32, 32]} if i == 0 else {}
        params |= {"out_channels": 8, "kernel_size": 3, "padding": 1} if layer == "Conv2d" else {}
        place = (i % columns(count) * STEP[0], i // columns(count) * STEP[1])
        nodes[f"n{i}"] = Node(f"n{i}", f"layer{i}", layer, params, position=place)
        if i:
            name = "prediction" if is_loss else "x.0" if is_joint else "x"
            edges.append(Edge(Port(f"n{i - 1}", "y"), Port(f"n{i}", name)))
        if is_loss:
            edges.append(Edge(Port("n0", "y"), Port(f"n{i}", "target")))
        elif is_joint:
            edges.append(Edge(Port(f"n{i - BACK}", "y"), Port(f"n{i}", "x.1")))
    return Graph(nodes, tuple(edges))


def paint() -> None:
    """Lets everything that waits be painted."""
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()


def scroll(view: QGraphicsView) -> None:
    """Moves the canvas by a few pixels, and paints."""
    bar = view.horizontalScrollBar()
    assert bar is not None
    bar.setValue(bar.value() + 11)
    paint()


class Ours:
    """The product's canvas."""

    def __init__(self, count: int) -> None:
        self.session = Session(Project("bench", network(count)))
        self.scene = Scene(self.session, LIGHT)
        self.scene.changes.is_animated = False
        self.view = CanvasView(self.scene)
        self.view.resize(*VIEW)
        self.view.show()
        self.view.zoom_reset()
        self._dragged = f"n{columns(count) + 3}"
        self._edited = f"n{count // 2 + 1}"
        self._gesture: Moving | None = None
        self._steps = 0
        self._is_other = False
        paint()

    def near(self) -> None:
        """Shows a part of the network as large as it is."""
        self.view.zoom_reset()
        self.view.centerOn(600, 400)
        paint()

    def pan(self) -> None:
        """Moves the canvas by a few pixels, and paints."""
        scroll(self.view)

    def drag(self) -> None:
        """Moves one node by a few pixels, and paints."""
        if self._gesture is None:
            box = self.scene.box_of(self._dragged)
            self._gesture = Moving(self.scene.changes, self.scene.placing, [box], box.pos())
            self._from = box.pos()
        self._steps += 1
        self._gesture.move(self._from + QPointF(3, 1) * self._steps, Qt.KeyboardModifier.NoModifier)
        paint()

    def drop(self) -> None:
        """Lets the node go where it was."""
        if self._gesture is not None:
            self._gesture.cancel()
            self._gesture = None

    def edit(self) -> None:
        """Gives a convolution in the middle another kernel of the same output size: one edit."""
        self._is_other = not self._is_other
        node = self.session.graph.nodes[self._edited]
        settings = {"kernel_size": 5, "padding": 2} if self._is_other else {"kernel_size": 3, "padding": 1}
        parts = tuple(set_param(node, name, value) for name, value in settings.items())
        self.session.push(CompositeGraphEdit(parts, "Set kernel", merges=False))
        paint()

    def undo(self) -> None:
        """Takes the last edit back, or makes it again."""
        stack = self.session.undo_stack
        if stack.canRedo():
            stack.redo()
        else:
            stack.undo()
        paint()

    def edit_width(self) -> None:
        """Gives a convolution in the middle another width: one edit, which leaves a problem or takes it away."""
        self._is_other = not self._is_other
        node = self.session.graph.nodes[self._edited]
        self.session.push(set_param(node, "out_channels", 16 if self._is_other else 8))
        paint()

    def select(self) -> None:
        """Selects all nodes."""
        self.session.select(list(self.session.graph.nodes))
        paint()

    def unselect(self) -> None:
        """Selects nothing."""
        self.session.select([])
        paint()

    def see_whole(self) -> None:
        """Shows everything."""
        self.view.fit()
        paint()

    def whole(self) -> None:
        """Shows everything a little larger, and paints."""
        self.view.scale(1.01, 1.01)
        paint()

    def close(self) -> None:
        """Takes everything away."""
        self.view.close()
        self.view.deleteLater()
        self.scene.deleteLater()
        self.session.deleteLater()
        paint()


class _Box(QGraphicsItem):
    """A box of the bare scene."""

    AREA = QRectF(0, 0, 150, 60)
    PEN, TEXT = QPen(QColor("#222222"), 1.2), QPen(QColor("#ffffff"))
    FILL = QBrush(QColor("#3d5a80"))

    def __init__(self, number: int, font: QFont) -> None:
        super().__init__()
        self.edges: list[_Curve] = []
        self._font = font
        self._texts = QStaticText(f"layer{number}"), QStaticText("8x32x32")
        self._path = QPainterPath()
        self._path.addRoundedRect(self.AREA, 6, 6)
        self.setFlags(QGraphicsItem.GraphicsItemFlag.ItemIsMovable | QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)

    def boundingRect(self) -> QRectF:
        return self.AREA.adjusted(-6, -2, 6, 2)

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        assert painter is not None
        if QStyleOptionGraphicsItem.levelOfDetailFromTransform(painter.worldTransform()) < FAR:
            painter.fillRect(self.AREA, self.FILL)
            return
        painter.setPen(self.PEN)
        painter.setBrush(self.FILL)
        painter.drawPath(self._path)
        painter.setPen(self.TEXT)
        painter.setFont(self._font)
        for row, text in enumerate(self._texts):
            painter.drawStaticText(QPointF(8, 6 + 22 * row), text)
        for x in (0, 150):
            painter.drawEllipse(QPointF(x, 30), 4, 4)


class _Curve(QGraphicsPathItem):
    """A wire of the bare scene."""

    def __init__(self, source: _Box, target: _Box) -> None:
        super().__init__()
        self._source, self._target = source, target
        source.edges.append(self)
        target.edges.append(self)
        self.setPen(QPen(QColor("#888888"), 1.5))
        self.setZValue(-1)
        self.lay()

    def lay(self) -> None:
        """Runs from one box to the other."""
        start, end = self._source.pos() + QPointF(150, 30), self._target.pos() + QPointF(0, 30)
        path = QPainterPath(start)
        bend = QPointF(max(40, abs(end.x() - start.x()) / 2), 0)
        path.cubicTo(start + bend, end - bend, end)
        self.setPath(path)


class Bare:
    """A bare scene of the same network."""

    def __init__(self, count: int) -> None:
        self._scene, font = QGraphicsScene(), QFont("sans", 9)
        boxes = []
        for number, node in enumerate(network(count)):
            box = _Box(number, font)
            box.setPos(*node.position)
            self._scene.addItem(box)
            boxes.append(box)
        for edge in network(count).edges:
            self._scene.addItem(_Curve(boxes[int(edge.source.node[1:])], boxes[int(edge.target.node[1:])]))
        self._dragged = boxes[columns(count) + 3]
        self.view = QGraphicsView(self._scene)
        self.view.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.view.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.view.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.view.resize(*VIEW)
        self.view.show()
        paint()

    def near(self) -> None:
        """Shows a part as large as it is."""
        self.view.resetTransform()
        self.view.centerOn(600, 400)
        paint()

    def pan(self) -> None:
        """Moves the canvas by a few pixels, and paints."""
        scroll(self.view)

    def drag(self) -> None:
        """Moves one box by a few pixels, and paints."""
        self._dragged.moveBy(3, 1)
        for curve in self._dragged.edges:
            curve.lay()
        paint()

    def see_whole(self) -> None:
        """Shows everything."""
        self.view.fitInView(self._scene.itemsBoundingRect(), Qt.AspectRatioMode.KeepAspectRatio)
        paint()

    def whole(self) -> None:
        """Shows everything a little larger, and paints."""
        self.view.scale(1.01, 1.01)
        paint()

    def close(self) -> None:
        """Takes everything away."""
        self.view.close()
        self.view.deleteLater()
        self._scene.deleteLater()
        paint()


def repeated(times: int, work: Callable[[], None]) -> float:
    """Returns the median CPU milliseconds of some repetitions."""
    return statistics.median(cpu_ms(work) for _ in range(times))


def ours(count: int, frames: int) -> dict[str, float]:
    """Returns the milliseconds of everything that is measured on the product's canvas."""
    made: list[Ours] = []
    found = {"build": cpu_ms(lambda: made.append(Ours(count)))}
    canvas = made[0]
    canvas.near()
    found["pan"] = repeated(2 * frames, canvas.pan)
    canvas.near()
    found["drag"] = repeated(2 * frames, canvas.drag)
    canvas.drop()
    found["edit"] = repeated(frames, canvas.edit)
    found["undo"] = repeated(frames, canvas.undo)
    found["edit with problem"] = repeated(frames, canvas.edit_width)
    select = []
    for _ in range(3):
        select.append(cpu_ms(canvas.select))
        canvas.unselect()
    found["select all"] = statistics.median(select)
    canvas.see_whole()
    found["whole"] = repeated(frames, canvas.whole)
    canvas.close()
    return found


def bare(count: int, frames: int) -> dict[str, float]:
    """Returns the milliseconds of what a bare scene can be measured by."""
    made: list[Bare] = []
    found = {"build": cpu_ms(lambda: made.append(Bare(count)))}
    canvas = made[0]
    canvas.near()
    found["pan"] = repeated(2 * frames, canvas.pan)
    canvas.near()
    found["drag"] = repeated(2 * frames, canvas.drag)
    canvas.see_whole()
    found["whole"] = repeated(frames, canvas.whole)
    canvas.close()
    return found


def measure(quick: bool) -> list[Figure]:
    """Returns the figures of goal 9, of growth, and of an edit until it is seen."""
    app = QApplication.instance() or QApplication([])
    ours(20, 2)  # fonts, styles and caches are there
    rows: dict[tuple[str, int], list[dict[str, float]]] = {}
    for _ in range(1 if quick else 3):
        for count in SIZES:
            rows.setdefault(("ours", count), []).append(ours(count, 4 if quick else 8))
            rows.setdefault(("bare", count), []).append(bare(count, 4 if quick else 8))
    assert app is not None
    final = {
        key: {name: statistics.median(each[name] for each in found) for name in found[0]} for key, found in rows.items()
    }
    small, large = final["ours", SIZES[0]], final["ours", SIZES[-1]]
    figures = [
        at_most("9", f"{name}, 2000 nodes / 100 nodes", large[name] / small[name], 2) for name in ("pan", "drag")
    ]
    figures.append(at_most("9", "2000 nodes seen at once, one frame", large["whole"], 33, "ms"))
    figures.append(at_most("growth", "edit until it is painted, 500 nodes", final["ours", 500]["edit"], 16, "ms"))
    for name in ("build", "pan", "drag", "edit", "undo", "edit with problem", "select all"):
        growth = large[name] / final["ours", 500][name]
        figures.append(at_most("growth", f"{name}, 2000 nodes / 500 nodes", growth, 5))
    for name in large:
        for count in SIZES:
            beside = final["bare", count].get(name)
            told = f" (bare scene {beside:.3g} ms)" if beside is not None else ""
            figures.append(plain("growth", f"{name}, {count} nodes{told}", final["ours", count][name], "ms"))
    return figures


if __name__ == "__main__":
    run(measure)
