"""Changes of the document that are made on the canvas: each is one step, is seen, or is refused with a sentence."""

from __future__ import annotations

from collections.abc import Callable, Collection

from PyQt6.QtCore import QObject, QPointF, QRectF, pyqtSignal

from workbench.core.edits import Edit, GraphEdit
from workbench.core.errors import WorkbenchError
from workbench.core.graph import Edge
from workbench.editing.deleting import deleted
from workbench.gui.document.session import Session
from workbench.gui.editor.animation import Gliding
from workbench.gui.editor.scene_items import SceneItems


class CanvasChanges(QObject):
    """The one door by which the canvas changes the document.

    Signals:
        refused(str): what could not be done, and why.
        reveal_requested(QRectF): this part of the canvas should be seen.
        whole_requested(QRectF): all of this part should be seen, smaller if need be.
        fit_requested(): all of the network should be seen.
        search_for_wire_requested(QPointF, object): a wire was dropped at this place; the object is its `LooseEnd`.
        block_dropped(str, QPointF, object): a block was dropped here; the object is the wire under it, or None.

    Attributes:
        scene: the items.
        gliding: lets boxes glide to their places.
        is_animated: whether boxes glide to their places when they are tidied.
        is_doing: whether the change of the document that is under way was made here, not by undo or redo.
    """

    refused = pyqtSignal(str)
    reveal_requested = pyqtSignal(QRectF)
    whole_requested = pyqtSignal(QRectF)
    fit_requested = pyqtSignal()
    search_for_wire_requested = pyqtSignal(QPointF, object)
    block_dropped = pyqtSignal(str, QPointF, object)

    def __init__(self, scene: SceneItems) -> None:
        super().__init__(scene)
        self.scene = scene
        self.gliding = Gliding(scene)
        self.is_animated = self.gliding.is_wanted()
        self._bounds_at_rest = QRectF()
        self.is_doing = False

    @property
    def session(self) -> Session:
        """The open project."""
        return self.scene.session

    def do(self, edit: Edit) -> bool:
        """Makes a change, or says why it cannot be made."""
        self.is_doing = True
        try:
            self.session.push(self.scene.levels.drawn_here(edit))
        except WorkbenchError as error:
            self.refused.emit(str(error))
            return False
        finally:
            self.is_doing = False
        return True

    def do_smoothly(self, edit: GraphEdit) -> bool:
        """Makes a change of places, and lets the boxes glide to them."""
        before = {box.ids[0]: box.pos() for box in self.scene.boxes()}
        frames = {id_: item.scene_box() for id_, item in self.scene.frames.items.items()}
        is_done = self.do(edit)
        if is_done and self.is_animated:
            self._bounds_at_rest = self.scene.bounds()
            self.gliding.start(before, frames)
        return is_done

    def final_bounds(self) -> QRectF:
        """What the boxes cover, once all of them have glided to their places."""
        return self._bounds_at_rest if self.gliding.is_under_way else self.scene.bounds()

    def do_and_select(self, edit: GraphEdit, ids: list[str]) -> bool:
        """Makes a change, selects what came of it, and asks that it is seen."""
        if not self.do(edit):
            return False
        self.session.select(ids)
        self.reveal_selection()
        return True

    def reveal_selection(self) -> None:
        """Asks that the selected nodes are seen."""
        area = QRectF()
        for id_ in self.session.selection:
            area = area.united(self.scene.box_of(id_).scene_box())
        if not area.isEmpty():
            self.reveal_requested.emit(area)

    def attempt(self, make: Callable[[], GraphEdit]) -> bool:
        """Makes a change whose making may be refused."""
        try:
            edit = make()
        except WorkbenchError as error:
            self.refused.emit(str(error))
            return False
        return self.do(edit)

    def cut_wires(self, wires: Collection[Edge]) -> None:
        """Cuts wires, as one step."""
        edit = deleted(self.session.graph, (), wires, joins=False)
        if edit is not None:
            self.do(edit)

    def try_to(self, do: Callable[[], object]) -> None:
        """Does something that may be refused."""
        try:
            do()
        except WorkbenchError as error:
            self.refused.emit(str(error))
