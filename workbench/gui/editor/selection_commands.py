"""What can be done to the selection: delete, copy, paste, tidy, bypass, nudge. Each is one step."""

from __future__ import annotations

from collections.abc import Callable, Collection

from PyQt6.QtCore import QPointF

from workbench.core.edits import CompositeGraphEdit, GraphEdit
from workbench.core.errors import WorkbenchError
from workbench.core.graph import Edge
from workbench.core.graph_edits import moved, rename
from workbench.core.groups import rename_group, stem_of
from workbench.editing.deleting import deleted, without_frames
from workbench.editing.flags import first_fix, fixes_of, flipped
from workbench.editing.replacing import replaced
from workbench.editing.tidying import tidied_boxes
from workbench.gui.document.session import Session
from workbench.gui.editor.changes import CanvasChanges
from workbench.gui.editor.grouping import Grouping
from workbench.gui.editor.placing import Placing
from workbench.model.mending import Fix
from workbench.project.checks import mend
from workbench.project.document import CompositeEdit


class SelectionCommands:
    """Commands for the nodes, wires and frames that are selected.

    Attributes:
        pointer: says where the mouse is on the canvas, or None.
    """

    def __init__(self, changes: CanvasChanges, placing: Placing, grouping: Grouping) -> None:
        """Prepares the commands.

        Args:
            changes: by which they change the document.
            placing: finds room for what is added.
            grouping: goes into groups and out of them.
        """
        self._changes, self._scene = changes, changes.scene
        self._placing, self._grouping = placing, grouping
        self.pointer: Callable[[], QPointF | None] = lambda: None

    @property
    def _session(self) -> Session:
        return self._scene.session

    def fix_of(self, id_: str) -> Fix | None:
        """The first fix of the first problem of a node, or None."""
        return first_fix(self._session.analysis, id_)

    def fixes_of_selection(self) -> GraphEdit | None:
        """The edit that applies the first fix of each selected node; None without any."""
        return fixes_of(self._session.analysis, self._session.selection)

    def fix_selected(self) -> None:
        """Applies the first fix of each selected node, as one step."""
        edit = self.fixes_of_selection()
        if edit is not None:
            self._changes.do(edit)
        else:
            self._changes.refused.emit("The selected nodes have nothing that can be mended with one click.")

    def fix_problems(self) -> None:
        """Applies the first fix of each problem of the network, as one step."""
        _, fixes = mend(self._session.project)
        if fixes:
            self._changes.do(CompositeEdit(tuple(fix.edit for fix in fixes), "Fix problems"))
        else:
            self._changes.refused.emit("There is nothing that can be mended with one click.")

    def select_all(self) -> None:
        """Selects every node, frame and note of the level that is shown."""
        self._session.select([id_ for id_ in self._session.graph.nodes if self._scene.levels.is_here(id_)])
        self._scene.frames.choose(list(self._scene.frames.items))

    def replace_node(self, id_: str, layer: str) -> None:
        """Puts a layer in the place of a node, and selects it; says so where wires were lost."""
        try:
            made = replaced(self._session.graph, self._session.analysis.shapes, id_, layer)
        except WorkbenchError as error:
            self._changes.refused.emit(str(error))
            return
        if self._changes.do_and_select(made.edit, [id_]) and made.lost:
            self._changes.refused.emit(f"{made.text}. Undo brings them back.")

    def delete_selection(self) -> None:
        """Takes the selected nodes, wires and frames away; the flow is joined where the shapes allow it."""
        self._delete(self._session.selection, self._scene.frames.chosen(), joins=True)

    def cut_selection(self) -> None:
        """Takes the selected nodes, wires and frames away, and joins nothing."""
        self._delete(self._session.selection, self._scene.frames.chosen(), joins=False)

    def _delete(self, nodes: Collection[str], frames: Collection[str], *, joins: bool) -> None:
        """Takes nodes and frames away, and the selected wires."""
        wires = [edge for edge, item in self._scene.edges.items() if item.isSelected()]
        edit = deleted(self._session.graph, nodes, wires, joins=joins)
        self._attempt_edit(without_frames(self._session.graph, edit, frames))

    def copy_selection(self) -> bool:
        """Puts the selected nodes and frames, with what is in these, on the clipboard; says whether there were any."""
        return self._placing.copy()

    def cut_to_clipboard(self) -> None:
        """Copies what is selected and takes it away."""
        nodes, frames = self._placing.chosen()
        if self.copy_selection():
            self._delete(nodes, frames, joins=True)

    def paste(self) -> None:
        """Adds the nodes on the clipboard where the mouse is; beside the originals if it is not over the canvas."""
        self._changes.try_to(lambda: self._placing.paste(self._pointer()))

    def paste_at(self, place: QPointF) -> None:
        """Adds the nodes on the clipboard at a place of the canvas."""
        self._changes.try_to(lambda: self._placing.paste((place.x(), place.y())))

    def paste_with_inputs(self) -> None:
        """Adds the nodes on the clipboard, and the wires that came in from nodes that were not copied."""
        self._changes.try_to(lambda: self._placing.paste(self._pointer(), keep_inputs=True))

    def duplicate_selection(self) -> None:
        """Adds what is selected once more, beside itself; the clipboard stays as it is."""
        self._changes.try_to(self._placing.duplicate)

    def put_on_wire(self, wire: Edge, layer: str) -> bool:
        """Puts a layer on a wire; what is to the right of it makes room."""
        return self._placing.put_on(wire, layer)

    def _pointer(self) -> tuple[float, float] | None:
        place = self.pointer()
        return (place.x(), place.y()) if place is not None else None

    def escape(self) -> None:
        """Forgets what is selected; with nothing selected, goes out of the group that one is in."""
        if self._scene.selectedItems() or self._session.selection:
            self._scene.clearSelection()
            self._session.select([])
        else:
            self._grouping.leave_group()

    def toggle_bypass(self) -> None:
        """Bypasses the selected nodes, or none of them if all are."""
        self._attempt_edit(flipped(self._session.graph, self._session.selection, "bypass"))

    def toggle_freeze(self) -> None:
        """Freezes the weights of the selected nodes, or of none of them if all are frozen."""
        edit = flipped(self._session.graph, self._session.selection, "frozen")
        if edit is None and self._session.selection:
            self._changes.refused.emit("The selected nodes have no weights to freeze.")
        self._attempt_edit(edit)

    def _attempt_edit(self, edit: GraphEdit | None) -> None:
        if edit is not None:
            self._changes.do(edit)

    def rename_to(self, name: str) -> bool:
        """Gives the selected node, or the selected folded group, another name within the group that it is in."""
        graph, selection = self._session.graph, self._session.selection
        prefix = self._scene.levels.hidden.get(selection[0]) if selection else None
        if prefix is not None:
            return self._changes.attempt(lambda: rename_group(graph, prefix, stem_of(graph, prefix) + name))
        if not selection:
            return False
        node = graph.nodes[selection[0]]
        return self._changes.attempt(lambda: rename(graph, node, stem_of(graph, node.name) + name))

    def nudge(self, x: float, y: float) -> None:
        """Moves what is selected, frames with what is in them; repeated, it stays one step."""
        graph, chosen = self._session.graph, self._scene.frames.chosen()
        inside = [id_ for box in self._scene.frames.boxes_in(chosen) for id_ in box.ids]
        places = {id_: graph.nodes[id_].position for id_ in dict.fromkeys((*self._session.selection, *inside))}
        edits = moved(graph, {id_: (left + x, top + y) for id_, (left, top) in places.items()})
        text = self._scene.frames.move_text(chosen[0]) if chosen else f"Move {len(places)} nodes"
        edits += self._scene.frames.moves([*chosen, *self._scene.frames.frames_in(chosen)], (x, y))
        if edits:
            self._changes.do(edits[0] if len(edits) == 1 else CompositeGraphEdit(tuple(edits), text))

    def tidy(self) -> None:
        """Lays the selected nodes, or all of them, out in lines from left to right; all of them are then seen."""
        self._changes.gliding.stop()
        boxes = [box for box in self._scene.boxes() if box.ids]
        chosen = [box for box in boxes if box.isSelected()]
        is_whole = len(chosen) < 2 or len(chosen) == len(boxes)
        edits = (
            tidied_boxes(self._scene.arrangement(), [box.ids[0] for box in (boxes if is_whole else chosen)])
            if boxes
            else []
        )
        if edits:  # a step of its own beside a drag of the same nodes
            what = "network" if is_whole else "selection"
            self._changes.do_smoothly(CompositeGraphEdit(tuple(edits), f"Tidy {what}", merges=False))
        if is_whole:
            self._changes.fit_requested.emit()
        else:
            self._changes.reveal_selection()
