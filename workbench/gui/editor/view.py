"""The canvas as a widget: pan, fit, walking with the keys, dropped layers, and what lies over the canvas."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
)
from PyQt6.QtWidgets import QGraphicsView, QWidget

from workbench.editing.walking import Direction, next_box
from workbench.gui.editor.framing import Framing
from workbench.gui.editor.layer_drops import Dropping, accepted
from workbench.gui.editor.overlays import Overlays
from workbench.gui.editor.scene import Scene
from workbench.gui.editor.sight import Sight
from workbench.gui.editor.zooming import GRID, ZoomView
from workbench.gui.widgets.theme import Theme

LARGEST_FIT = 1.25  # a selection is not shown larger than this
ARROWS: dict[int, Direction] = {
    Qt.Key.Key_Left: "left", Qt.Key.Key_Right: "right", Qt.Key.Key_Up: "up", Qt.Key.Key_Down: "down",
}  # fmt: skip
NUDGES = {"left": (-GRID, 0), "right": (GRID, 0), "up": (0, -GRID), "down": (0, GRID)}


class CanvasView(ZoomView):
    """Looks at the scene.

    Signals:
        search_requested(QPointF): the user wants to add a layer at this place of the canvas.
        menu_requested(QPointF): the user wants to know what can be done at this place.
        selection_menu_requested(): the user wants to know what can be done to what is selected.
    """

    search_requested = pyqtSignal(QPointF)
    menu_requested = pyqtSignal(QPointF)
    selection_menu_requested = pyqtSignal()

    def __init__(self, scene: Scene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self._scene = scene
        self._dropping = Dropping(scene)
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
        self.setAcceptDrops(True)
        self.setMouseTracking(True)
        self.overlays = Overlays(self, scene)
        self.framing = Framing(self, scene)
        self.sight = Sight(self, scene)
        self.overlays.find.node_chosen.connect(self.reveal_node)
        self.overlays.find.frame_chosen.connect(self.framing.select)
        self.overlays.card.node_chosen.connect(self.show_node)
        scene.changes.reveal_requested.connect(self.reveal)
        scene.changes.whole_requested.connect(self.show_whole)
        scene.changes.fit_requested.connect(self.fit)
        scene.commands.pointer = self.pointer

    @property
    def canvas_scene(self) -> Scene:
        """What it looks at."""
        return self._scene

    @property
    def theme(self) -> Theme:
        """The colours of the canvas."""
        return self._scene.theme

    def network(self) -> QRectF:
        """What the network covers of the canvas; while boxes glide, what it will cover."""
        return self._scene.changes.final_bounds()

    def fit_selection(self) -> None:
        """Shows the selected nodes, or the whole graph if none is."""
        chosen = [box for box in self._scene.boxes() if box.isSelected()]
        area = QRectF()
        for box in chosen:
            area = area.united(box.scene_box())
        if chosen:
            self.show_area(area, LARGEST_FIT)
        else:
            self.fit()

    def reveal_node(self, id_: str) -> None:
        """Selects a node, goes into the group where it is, and moves so that it is seen."""
        self._scene.levels.show(id_)
        self._scene.session.select([id_])
        self.reveal(self._scene.box_of(id_).scene_box())

    def find_node(self) -> None:
        """Opens the line in which a node is searched."""
        self.overlays.open_find()

    def show_node(self, id_: str) -> None:
        """Selects a node, goes into the group where it is, and moves it to the middle."""
        self._scene.levels.show(id_)
        self._scene.session.select([id_])
        self.centerOn(self._scene.box_of(id_).scene_box().center())
        self.on_view_changed()

    def on_view_changed(self) -> None:
        super().on_view_changed()
        self.overlays.refresh()

    def finish_writing(self) -> None:
        """Closes the fields over the canvas in which names and notes are written; what was typed stays."""
        self.overlays.line.close_line()
        self.framing.finish_writing()

    def before_centring(self) -> None:
        viewport = self.viewport()
        assert viewport is not None
        zoom = self.transform().m11()
        self._scene.lay_ground(self.network(), viewport.width() / zoom, viewport.height() / zoom)

    def covered_at_head(self) -> float:
        return self.overlays.height_at_head()

    def covered_at_foot(self) -> float:
        return self.overlays.height_at_foot()

    @property
    def shows_minimap(self) -> bool:
        """Whether the small overview is there."""
        return self.overlays.minimap.isVisible()

    def toggle_minimap(self) -> None:
        """Shows or hides the small overview."""
        self.overlays.toggle_minimap()

    def rename_selected(self) -> None:
        """Lets the name of the selected node, or folded group, be typed over its header."""
        chosen = [box for box in self._scene.boxes() if box.isSelected()]
        if len(chosen) == 1:
            self.reveal(chosen[0].scene_box())
            self.overlays.open_rename(chosen[0])
        elif prefix := self._scene.grouping.open_group():
            self.overlays.open_rename_group(prefix)
        elif not chosen and self._scene.frames.chosen():
            self.framing.rename()

    def pointer(self) -> QPointF | None:
        """The place of the canvas at which the mouse is; None if it is elsewhere."""
        viewport = self.viewport()
        assert viewport is not None
        place = viewport.mapFromGlobal(self.cursor().pos())
        return self.mapToScene(place) if viewport.rect().contains(place) else None

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.finish_writing()  # what it is written over is elsewhere now
        if not self._scene.is_in_gesture:  # nothing moves away under the hand
            self.show_kept()
        self.overlays.refresh()

    def boxes(self) -> list[QRectF]:
        return [box.scene_box() for box in self._scene.boxes()]

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        if self.scene() is not None:  # the last scroll comes when the scene goes
            self.overlays.stay()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        direction = ARROWS.get(event.key())
        if event.key() == Qt.Key.Key_Tab:
            pointer = self.pointer()
            self.search_requested.emit(self.middle() if pointer is None else pointer)
        elif is_menu_key(event):
            self.selection_menu_requested.emit()
        elif event.key() == Qt.Key.Key_Space:
            self._is_space_held = True
        elif event.key() == Qt.Key.Key_Escape:
            if not self._scene.cancel_gesture():
                self._scene.commands.escape()
        elif direction is not None and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            is_size = event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self._scene.frames.chosen()
            (self.framing.resize if is_size else self._scene.commands.nudge)(*NUDGES[direction])
        elif direction is not None:
            self._walk(direction, extends=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        else:
            super().keyPressEvent(event)

    def _walk(self, direction: Direction, *, extends: bool) -> None:
        """Selects the neighbour of the box that was selected last, or adds it to the selection, and shows it."""
        session = self._scene.session
        found = next_box(self._scene.arrangement(), session.selection[-1] if session.selection else None, direction)
        if found is not None:
            box = self._scene.box_of(found)
            session.select([*([id_ for id_ in session.selection if id_ not in box.ids] if extends else []), *box.ids])
            self.reveal(box.scene_box())

    def keyReleaseEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        if event.key() == Qt.Key.Key_Space:
            self._is_space_held = False
        super().keyReleaseEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab adds a layer here; F6 leaves the canvas."""
        return False

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        is_left = event.button() == Qt.MouseButton.LeftButton
        if event.button() == Qt.MouseButton.MiddleButton or (is_left and self._is_space_held):
            self._panned_from = event.position().toPoint()
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if self._panned_from is not None:
            step = event.position().toPoint() - self._panned_from
            self._panned_from = event.position().toPoint()
            self._kept = None
            for bar, amount in ((self.horizontalScrollBar(), step.x()), (self.verticalScrollBar(), step.y())):
                assert bar is not None
                bar.setValue(bar.value() - amount)
            return
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent | None) -> None:
        self._scene.following.stop()
        super().leaveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        self._panned_from = None
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        place = self.mapToScene(event.position().toPoint())
        if self.itemAt(event.position().toPoint()) is None:
            if not self.framing.edit_at(place):
                self.search_requested.emit(place)
            return
        super().mouseDoubleClickEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        assert event is not None
        event.accept()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.selection_menu_requested.emit()
        elif not self._scene.is_in_gesture and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:  # no knife
            self.menu_requested.emit(self.mapToScene(event.pos()))

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        assert event is not None
        accepted(event)

    def dragMoveEvent(self, event: QDragMoveEvent | None) -> None:
        assert event is not None
        self._dropping.hover(event, self.mapToScene(event.position().toPoint()))

    def dragLeaveEvent(self, event: QDragLeaveEvent | None) -> None:
        self._dropping.leave()

    def dropEvent(self, event: QDropEvent | None) -> None:
        assert event is not None
        if self._dropping.drop(event, self.mapToScene(event.position().toPoint())):
            self.setFocus()


def is_menu_key(event: QKeyEvent) -> bool:
    """Whether a key asks for the menu of what is selected: not every system makes the event of it that it should."""
    is_shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    return event.key() == Qt.Key.Key_Menu or (event.key() == Qt.Key.Key_F10 and is_shifted)
