"""What can be done to the selection: delete, copy, paste, tidy, bypass, nudge. Each is one step."""

from __future__ import annotations

from collections.abc import Callable, Collection

from PyQt6.QtCore import QObject, QPointF, QRectF, pyqtSignal

from workbench.core.edits import CompositeGraphEdit, Edit, GraphEdit
from workbench.core.errors import WorkbenchError
from workbench.core.graph import Edge
from workbench.core.graph_edits import moved, rename
from workbench.core.groups import rename_group, stem_of
from workbench.editing.deleting import deleted, without_frames
from workbench.editing.flags import first_fix, fixes_of, flipped
from workbench.editing.replacing import replaced
from workbench.gui.document.session import Session
from workbench.gui.editor.animation import Gliding
from workbench.gui.editor.grouping import Grouping
from workbench.gui.editor.placing import Placing
from workbench.gui.editor.scene_items import SceneItems
from workbench.gui.editor.tidying import tidied_boxes
from workbench.gui.widgets.theme import Theme
from workbench.model.mending import Fix


class SceneCommands(SceneItems):
    """Changes of the document, and of what is selected in it.

    Signals:
        refused(str): what could not be done, and why.
        reveal_requested(QRectF): this part of the canvas should be seen.
        fit_requested(): all of the network should be seen.

    Attributes:
        is_animated: whether boxes glide to their places when they are tidied.
        placing: finds room for what is added.
        grouping: makes groups and takes them apart, folds them and goes into them.
        pointer: says where the mouse is on the canvas, or None.
        is_doing: whether the change of the document that is under way was made here, not by undo or redo.
    """

    refused = pyqtSignal(str)
    reveal_requested = pyqtSignal(QRectF)
    fit_requested = pyqtSignal()

    def __init__(self, session: Session, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(session, theme, parent)
        self.gliding = Gliding(self)
        self.is_animated = self.gliding.is_wanted()
        self.placing = Placing(self)
        self.grouping = Grouping(self)
        self._bounds_at_rest = QRectF()
        self.pointer: Callable[[], QPointF | None] = lambda: None
        self.is_doing = False

    def fix_of(self, id_: str) -> Fix | None:
        """The first fix of the first problem of a node, or None."""
        return first_fix(self.session.derived, id_)

    def fixes_of_selection(self) -> GraphEdit | None:
        """The edit that applies the first fix of each selected node; None without any."""
        return fixes_of(self.session.derived, self.session.selection)

    def fix_selected(self) -> None:
        """Applies the first fix of each selected node, as one step."""
        edit = self.fixes_of_selection()
        if edit is not None:
            self.do(edit)
        else:
            self.refused.emit("The selected nodes have nothing that can be mended with one click.")

    def do(self, edit: Edit) -> bool:
        """Makes a change, or says why it cannot be made."""
        self.is_doing = True
        try:
            self.session.push(self.levels.drawn_here(edit))
        except WorkbenchError as error:
            self.refused.emit(str(error))
            return False
        finally:
            self.is_doing = False
        return True

    def do_smoothly(self, edit: GraphEdit) -> bool:
        """Makes a change of places, and lets the boxes glide to them."""
        before = {box.ids[0]: box.pos() for box in self.boxes()}
        frames = {id_: item.scene_box() for id_, item in self.frames.items.items()}
        is_done = self.do(edit)
        if is_done and self.is_animated:
            self._bounds_at_rest = self.bounds()
            self.gliding.start(before, frames)
        return is_done

    def final_bounds(self) -> QRectF:
        """What the boxes cover, once all of them have glided to their places."""
        return self._bounds_at_rest if self.gliding.is_under_way else self.bounds()

    def replace_node(self, id_: str, layer: str) -> None:
        """Puts a layer in the place of a node, and selects it; says so where wires were lost."""
        try:
            made = replaced(self.session.graph, self.session.derived.shapes, id_, layer)
        except WorkbenchError as error:
            self.refused.emit(str(error))
            return
        if self.do_and_select(made.edit, [id_]) and made.lost:
            self.refused.emit(f"{made.text}. Undo brings them back.")

    def reveal_selection(self) -> None:
        """Asks that the selected nodes are seen."""
        area = QRectF()
        for id_ in self.session.selection:
            area = area.united(self.box_of(id_).scene_box())
        if not area.isEmpty():
            self.reveal_requested.emit(area)

    def delete_selection(self) -> None:
        """Takes the selected nodes, wires and frames away; the flow is joined where the shapes allow it."""
        self._delete(self.session.selection, self.frames.chosen(), joins=True)

    def cut_selection(self) -> None:
        """Takes the selected nodes, wires and frames away, and joins nothing."""
        self._delete(self.session.selection, self.frames.chosen(), joins=False)

    def _delete(self, nodes: Collection[str], frames: Collection[str], *, joins: bool) -> None:
        """Takes nodes and frames away, and the selected wires."""
        wires = [edge for edge, item in self.edges.items() if item.isSelected()]
        edit = deleted(self.session.graph, nodes, wires, joins=joins)
        self._attempt_edit(without_frames(self.session.graph, edit, frames))

    def copy_selection(self) -> bool:
        """Puts the selected nodes and frames, with what is in these, on the clipboard; says whether there were any."""
        return self.placing.copy()

    def cut_to_clipboard(self) -> None:
        """Copies what is selected and takes it away."""
        nodes, frames = self.placing.chosen()
        if self.copy_selection():
            self._delete(nodes, frames, joins=True)

    def paste(self) -> None:
        """Adds the nodes on the clipboard where the mouse is; beside the originals if it is not over the canvas."""
        self._try(lambda: self.placing.paste(self._pointer()))

    def paste_at(self, place: QPointF) -> None:
        """Adds the nodes on the clipboard at a place of the canvas."""
        self._try(lambda: self.placing.paste((place.x(), place.y())))

    def paste_with_inputs(self) -> None:
        """Adds the nodes on the clipboard, and the wires that came in from nodes that were not copied."""
        self._try(lambda: self.placing.paste(self._pointer(), keep_inputs=True))

    def duplicate_selection(self) -> None:
        """Adds what is selected once more, beside itself; the clipboard stays as it is."""
        self._try(self.placing.duplicate)

    def put_on_wire(self, wire: Edge, layer: str) -> bool:
        """Puts a layer on a wire; what is to the right of it makes room."""
        return self.placing.put_on(wire, layer)

    def cut_wires(self, wires: Collection[Edge]) -> None:
        """Cuts wires, as one step."""
        edit = deleted(self.session.graph, (), wires, joins=False)
        if edit is not None:
            self.do(edit)

    def _pointer(self) -> tuple[float, float] | None:
        place = self.pointer()
        return (place.x(), place.y()) if place is not None else None

    def do_and_select(self, edit: GraphEdit, ids: list[str]) -> bool:
        """Makes a change, selects what came of it, and asks that it is seen."""
        if not self.do(edit):
            return False
        self.session.select(ids)
        self.reveal_selection()
        return True

    def _try(self, do: Callable[[], object]) -> None:
        """Does something that may be refused."""
        try:
            do()
        except WorkbenchError as error:
            self.refused.emit(str(error))

    def attempt(self, make: Callable[[], GraphEdit]) -> bool:
        """Makes a change whose making may be refused."""
        try:
            edit = make()
        except WorkbenchError as error:
            self.refused.emit(str(error))
            return False
        return self.do(edit)

    def escape(self) -> None:
        """Forgets what is selected; with nothing selected, goes out of the group that one is in."""
        if self.selectedItems() or self.session.selection:
            self.clearSelection()
            self.session.select([])
        else:
            self.grouping.leave_group()

    def toggle_bypass(self) -> None:
        """Bypasses the selected nodes, or none of them if all are."""
        self._attempt_edit(flipped(self.session.graph, self.session.selection, "bypass"))

    def toggle_freeze(self) -> None:
        """Freezes the weights of the selected nodes, or of none of them if all are frozen."""
        edit = flipped(self.session.graph, self.session.selection, "frozen")
        if edit is None and self.session.selection:
            self.refused.emit("The selected nodes have no weights to freeze.")
        self._attempt_edit(edit)

    def _attempt_edit(self, edit: GraphEdit | None) -> None:
        if edit is not None:
            self.do(edit)

    def rename_to(self, name: str) -> bool:
        """Gives the selected node, or the selected folded group, another name within the group that it is in."""
        graph, selection = self.session.graph, self.session.selection
        prefix = self.groups.hidden.get(selection[0]) if selection else None
        if prefix is not None:
            return self.attempt(lambda: rename_group(graph, prefix, stem_of(graph, prefix) + name))
        if not selection:
            return False
        node = graph.nodes[selection[0]]
        return self.attempt(lambda: rename(graph, node, stem_of(graph, node.name) + name))

    def nudge(self, x: float, y: float) -> None:
        """Moves what is selected, frames with what is in them; repeated, it stays one step."""
        graph, chosen = self.session.graph, self.frames.chosen()
        inside = [id_ for box in self.frames.boxes_in(chosen) for id_ in box.ids]
        places = {id_: graph.nodes[id_].position for id_ in dict.fromkeys((*self.session.selection, *inside))}
        edits = moved(graph, {id_: (left + x, top + y) for id_, (left, top) in places.items()})
        text = self.frames.move_text(chosen[0]) if chosen else f"Move {len(places)} nodes"
        edits += self.frames.moves([*chosen, *self.frames.frames_in(chosen)], (x, y))
        if edits:
            self.do(edits[0] if len(edits) == 1 else CompositeGraphEdit(tuple(edits), text))

    def tidy(self) -> None:
        """Lays the selected nodes, or all of them, out in lines from left to right; all of them are then seen."""
        self.gliding.stop()
        boxes = [box for box in self.boxes() if box.ids]
        chosen = [box for box in boxes if box.isSelected()]
        is_whole = len(chosen) < 2 or len(chosen) == len(boxes)
        edits = tidied_boxes(self, boxes if is_whole else chosen) if boxes else []
        if edits:  # inside another one, so that it does not merge with a drag of the same nodes
            what = "network" if is_whole else "selection"
            self.do_smoothly(CompositeGraphEdit((CompositeGraphEdit(tuple(edits), ""),), f"Tidy {what}"))
        if is_whole:
            self.fit_requested.emit()
        else:
            self.reveal_selection()
