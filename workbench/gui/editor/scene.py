"""The canvas as a scene: its items, and the gestures on them, which become edits."""

from __future__ import annotations

from typing import Protocol

from PyQt6.QtCore import QLineF, QObject, QPointF, Qt, pyqtSignal
from PyQt6.QtGui import QPainterPath
from PyQt6.QtWidgets import QGraphicsSceneMouseEvent

from workbench.core.graph import Port
from workbench.editing.arrangement import Arrangement
from workbench.editing.node_text import Side
from workbench.gui.document.session import Session
from workbench.gui.editor.box_item import BoxItem, reach_of_ports
from workbench.gui.editor.changes import CanvasChanges
from workbench.gui.editor.edge_item import HIT, EdgeItem
from workbench.gui.editor.following import Following
from workbench.gui.editor.frame_resizing import FrameResizing
from workbench.gui.editor.free_frame_item import FreeFrameItem
from workbench.gui.editor.group_item import FoldedItem, FrameItem
from workbench.gui.editor.grouping import Grouping
from workbench.gui.editor.knife import Knife
from workbench.gui.editor.moving import Moving
from workbench.gui.editor.neighbour_item import NeighbourItem
from workbench.gui.editor.painting import TEXT_FROM
from workbench.gui.editor.placing import Placing
from workbench.gui.editor.scene_items import SceneItems
from workbench.gui.editor.selection_commands import SelectionCommands
from workbench.gui.editor.wiring import Wiring
from workbench.gui.widgets.theme import Theme

ON_WIRE = 3.0  # how near to a wire, in pixels of the screen, a press over a frame is meant for the wire
CORNER = 2  # edges that meet in it


class Gesture(Protocol):
    """Something that is done with the mouse held down; it changes nothing before it is dropped."""

    def move(self, place: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The mouse is here now."""

    def drop(self, place: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The mouse was let go here."""

    def cancel(self) -> None:
        """Everything is as it was."""


class Scene(SceneItems):
    """Nodes, groups and wires of the session's graph, to be worked on.

    Signals:
        changing(): the document is another now, and the items are about to follow it.

    Attributes:
        changes: by which the document is changed.
        placing: finds room for what is added.
        grouping: makes groups and takes them apart, folds them and goes into them.
        commands: what can be done to the selection.
    """

    changing = pyqtSignal()

    def __init__(self, session: Session, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(session, theme, parent)
        self.changes = CanvasChanges(self)
        self.placing = Placing(self.changes)
        self.grouping = Grouping(self.changes)
        self.commands = SelectionCommands(self.changes, self.placing, self.grouping)
        self._gesture: Gesture | None = None
        self._held = Qt.MouseButton.NoButton  # the button that the gesture is made with
        self._is_choosing = False  # whether the nodes that are selected now were chosen here
        self.following = Following(self)
        session.document_changed.connect(self._on_document_changed)
        session.selection_changed.connect(self._on_selection_changed)
        self.selectionChanged.connect(self._on_scene_selection)
        self.sync()

    @property
    def is_in_gesture(self) -> bool:
        """Whether something is being pulled or moved with the mouse."""
        return self._gesture is not None

    def cancel_gesture(self) -> bool:
        """Ends what the mouse is doing, without a change; says whether there was anything."""
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.cancel()
        return gesture is not None

    def arrangement(self) -> Arrangement:
        """Returns where everything stands, for edits of places; what glides is where it goes."""
        self.changes.gliding.stop()
        return super().arrangement()

    def _on_document_changed(self, edit: object) -> None:
        self.changes.gliding.stop()
        self.changing.emit()
        self.following.stop()
        self.cancel_gesture()
        if edit is None:  # another project
            self.levels.start_anew()
        self.sync()
        if lost := set(self.levels.unseen(self.session.selection)):  # what is not seen is not selected either
            self.session.select([id_ for id_ in self.session.selection if id_ not in lost])

    def _on_selection_changed(self, ids: list[str]) -> None:
        self.levels.show_some(ids)
        if not self._is_choosing:
            self._is_syncing = True
            self.frames.choose(())
        self.sync_selection()

    def _on_scene_selection(self) -> None:
        if not self._is_syncing:
            self._is_choosing = True
            try:
                self.session.select([id_ for box in self.boxes() if box.isSelected() for id_ in box.ids])
            finally:
                self._is_choosing = False

    def item_at(self, place: QPointF) -> BoxItem | FrameItem | FreeFrameItem | None:
        """The box, or else the frame or note, at a place of the canvas or very near to it; None without one.

        Frames of their own take nothing that is meant for a wire.
        """
        area = QPainterPath()
        area.addEllipse(place, 6, 6)
        items = [item for item in self.items(area) if isinstance(item, (BoxItem, FrameItem))]
        boxes = [item for item in items if isinstance(item, BoxItem)]
        inside = [box for box in boxes if box.scene_box().contains(place)]
        return next(iter(inside or boxes or items), None) or self._free_frame_at(place)

    def _free_frame_at(self, place: QPointF) -> FreeFrameItem | None:
        """The frame or note at a place; a wire is meant only very near to it, or one along a title would cover that.

        A corner comes before every wire: it is small, and of a wire there is more elsewhere.
        """
        items = self.items(place)
        frame = next((item for item in items if isinstance(item, FreeFrameItem)), None)
        if frame is not None and len(frame.sides_at(frame.mapFromScene(place))) == CORNER:
            return frame
        near = min(ON_WIRE / self.zoom(), HIT / 2)
        cuts = [QLineF(place - QPointF(x, y), place + QPointF(x, y)) for x, y in ((near, near), (near, -near))]
        wires = [item for item in items if isinstance(item, EdgeItem)]
        if any(wire.is_crossed_by(cut) for wire in wires for cut in cuts):
            return None
        return frame

    def end_at(self, place: QPointF) -> tuple[Side, Port] | None:
        """The port that the mouse takes at a place of the canvas, or None."""
        item = self.item_at(place)
        return (
            item.port_at(item.mapFromScene(place), reach_of_ports(self.zoom())) if isinstance(item, BoxItem) else None
        )

    def _begin(self, item: BoxItem | FrameItem, place: QPointF) -> bool:
        """Begins what pressing there begins; says whether the press has been dealt with."""
        if isinstance(item, FrameItem):
            boxes = self.groups.boxes_of(item.prefix)
            self.session.select([id_ for box in boxes for id_ in box.ids])
            self._gesture = Moving(self.changes, self.placing, boxes, place)
            return True
        inside = item.mapFromScene(place)
        is_near = self.zoom() >= TEXT_FROM  # further away neither buttons nor ports are painted
        if is_near and item.fix_rect().contains(inside) and (fix := self.commands.fix_of(item.ids[0])):
            self.changes.do(fix.edit)
            return True
        end = self.end_at(place)
        if end is not None:
            self._gesture = Wiring(self.changes, *end)
        return end is not None

    def mousePressEvent(self, event: QGraphicsSceneMouseEvent | None) -> None:
        assert event is not None
        self.changes.gliding.stop()
        self.following.stop()
        if self._gesture is not None:
            event.accept()  # another button neither ends what is being done nor begins anything
            return
        self._held = event.button()
        if event.button() == Qt.MouseButton.RightButton:
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self._gesture = Knife(self.changes, event.scenePos())
            event.accept()  # Qt would forget the selection, for which a menu opens
            return
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        item = self.item_at(event.scenePos())
        if isinstance(item, FreeFrameItem):
            self._begin_frame(item, event)
            event.accept()
            return
        if item is not None and self._begin(item, event.scenePos()):
            event.accept()
            return
        is_shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if is_shifted and isinstance(item, BoxItem) and not item.isSelected():
            item.setSelected(True)  # beside what is selected already
            event.accept()
            self._gesture = self._moving(event.scenePos())
            return
        super().mousePressEvent(event)
        if isinstance(item, BoxItem) and item.isSelected():
            self._gesture = self._moving(event.scenePos())

    def _begin_frame(self, item: FreeFrameItem, event: QGraphicsSceneMouseEvent) -> None:
        """Begins what pressing on a frame or note begins: with Ctrl it is selected beside what is, or no longer."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            item.setSelected(not item.isSelected())
            return
        if not item.isSelected():
            self.frames.choose_alone(item.id)
        sides = item.sides_at(item.mapFromScene(event.scenePos()))
        if sides:
            self._gesture = FrameResizing(self.changes, item, sides, event.scenePos())
        else:
            self._gesture = self._moving(event.scenePos(), item)

    def _moving(self, place: QPointF, handle: FreeFrameItem | None = None) -> Moving:
        """The gesture that moves what is selected, with all that stands in selected frames."""
        items, chosen = self.frames.items, self.frames.chosen()
        boxes = [box for box in self.boxes() if box.isSelected()]
        more = [box for box in self.frames.boxes_in(chosen) if box not in boxes]
        inner = [items[id_] for id_ in self.frames.frames_in(chosen)]
        frames = sorted((items[id_] for id_ in chosen), key=lambda each: each is not handle)
        carried: list[BoxItem | FreeFrameItem] = [*more, *inner] if handle is not None else []
        return Moving(self.changes, self.placing, [*boxes, *more], place, [*frames, *inner], carried)

    def mouseMoveEvent(self, event: QGraphicsSceneMouseEvent | None) -> None:
        assert event is not None
        if self._gesture is not None:
            self._gesture.move(event.scenePos(), event.modifiers())
            return
        is_held = event.buttons() != Qt.MouseButton.NoButton
        self.following.hover(None if is_held else self.end_at(event.scenePos()))
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QGraphicsSceneMouseEvent | None) -> None:
        assert event is not None
        if self._gesture is not None and event.button() != self._held:
            event.accept()
            return
        gesture, self._gesture = self._gesture, None
        super().mouseReleaseEvent(event)
        event.accept()
        if gesture is not None:
            gesture.drop(event.scenePos(), event.modifiers())

    def mouseDoubleClickEvent(self, event: QGraphicsSceneMouseEvent | None) -> None:
        assert event is not None
        item = self.item_at(event.scenePos())
        if isinstance(item, FrameItem):
            self.grouping.toggle_fold(item.prefix)
            event.accept()
        elif isinstance(item, FoldedItem):
            self.grouping.enter_group(item.prefix)
            event.accept()
        elif isinstance(item, NeighbourItem):
            self.grouping.go_to_neighbour(item.name)
            event.accept()
        elif isinstance(item, FreeFrameItem):
            is_title = item.strip_rect().contains(item.mapFromScene(event.scenePos()))
            (self.frames.title_requested if is_title else self.frames.note_requested).emit(item.id)
            event.accept()
        else:
            super().mouseDoubleClickEvent(event)
