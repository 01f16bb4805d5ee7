"""The canvas as a widget: zoom at the pointer, pan, fit, and adding layers by search."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen, QWheelEvent
from PyQt6.QtWidgets import QGraphicsView, QWidget

from workbench.gui.editor.scene import Scene

SMALLEST, LARGEST, STEP = 0.05, 4.0, 1.0015
GRID = 40


class CanvasView(QGraphicsView):
    """Looks at the scene.

    Signals:
        search_requested(QPointF): the user wants to add a layer at this place of the canvas.
    """

    search_requested = pyqtSignal(QPointF)

    def __init__(self, scene: Scene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self._scene = scene
        self._panned_from: QPoint | None = None
        self._is_space_held = False
        self.setAccessibleName("Canvas")
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setDragMode(QGraphicsView.DragMode.RubberBandDrag)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def fit(self) -> None:
        """Shows the whole graph, not larger than it is."""
        bounds = self._scene.itemsBoundingRect()
        if bounds.isEmpty():
            return
        self.fitInView(bounds.adjusted(-40, -40, 40, 40), Qt.AspectRatioMode.KeepAspectRatio)
        if self.transform().m11() > 1:
            self.resetTransform()
            self.centerOn(bounds.center())

    def middle(self) -> QPointF:
        """The place of the canvas in the middle of what is seen."""
        viewport = self.viewport()
        assert viewport is not None
        return self.mapToScene(viewport.rect().center())

    def zoom(self, factor: float) -> None:
        """Enlarges around the pointer, within bounds."""
        wanted = min(LARGEST, max(SMALLEST, self.transform().m11() * factor))
        factor = wanted / self.transform().m11()
        self.scale(factor, factor)

    def drawBackground(self, painter: QPainter | None, rect: QRectF) -> None:  # noqa: N802 - Qt's name
        assert painter is not None
        painter.fillRect(rect, QColor(self._scene.theme.canvas))
        if self.transform().m11() < 0.4:
            return
        painter.setPen(QPen(QColor(self._scene.theme.grid), 1))
        left, top = int(rect.left()) // GRID * GRID, int(rect.top()) // GRID * GRID
        for x in range(left, int(rect.right()) + GRID, GRID):
            painter.drawLine(x, int(rect.top()), x, int(rect.bottom()))
        for y in range(top, int(rect.bottom()) + GRID, GRID):
            painter.drawLine(int(rect.left()), y, int(rect.right()), y)

    def wheelEvent(self, event: QWheelEvent | None) -> None:  # noqa: N802 - Qt's name
        assert event is not None
        self.zoom(STEP ** event.angleDelta().y())

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802 - Qt's name
        assert event is not None
        if event.key() == Qt.Key.Key_Tab:
            self.search_requested.emit(self._under_mouse())
        elif event.key() == Qt.Key.Key_Space:
            self._is_space_held = True
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802 - Qt's name
        assert event is not None
        if event.key() == Qt.Key.Key_Space:
            self._is_space_held = False
        super().keyReleaseEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: N802 - Qt's names
        """Tab adds a layer here; F6 leaves the canvas."""
        return False

    def _under_mouse(self) -> QPointF:
        viewport = self.viewport()
        assert viewport is not None
        place = viewport.mapFromGlobal(self.cursor().pos())
        return self.mapToScene(place) if viewport.rect().contains(place) else self.middle()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802 - Qt's name
        assert event is not None
        is_left = event.button() == Qt.MouseButton.LeftButton
        if event.button() == Qt.MouseButton.MiddleButton or (is_left and self._is_space_held):
            self._panned_from = event.position().toPoint()
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802 - Qt's name
        assert event is not None
        if self._panned_from is not None:
            step = event.position().toPoint() - self._panned_from
            self._panned_from = event.position().toPoint()
            for bar, amount in ((self.horizontalScrollBar(), step.x()), (self.verticalScrollBar(), step.y())):
                assert bar is not None
                bar.setValue(bar.value() - amount)
            return
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802 - Qt's name
        self._panned_from = None
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802 - Qt's name
        assert event is not None
        if self.itemAt(event.position().toPoint()) is None:
            self.search_requested.emit(self.mapToScene(event.position().toPoint()))
            return
        super().mouseDoubleClickEvent(event)
