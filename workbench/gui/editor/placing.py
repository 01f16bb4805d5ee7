"""Where what is added to the canvas stands: pastes at the mouse, layers on wires, and nothing upon anything else."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtGui import QGuiApplication

from workbench.core.edits import CompositeGraphEdit, GraphEdit, SetField
from workbench.core.graph import Edge
from workbench.core.graph_edits import on_wire
from workbench.editing.adding import added_on_wire, main_ports
from workbench.editing.box_sizes import area_of
from workbench.editing.clipboard import Fragment, copied, pasted, read
from workbench.editing.room import Place, around, free_spot
from workbench.editing.room_on_wire import room_on
from workbench.gui.editor.changes import CanvasChanges
from workbench.layers.spec import find

OFFSET = 40.0  # of a copy from what was copied, if there is room


class Placing:
    """Adds to a scene what came from the clipboard, and puts layers on its wires."""

    def __init__(self, changes: CanvasChanges) -> None:
        self._changes, self._scene = changes, changes.scene

    def chosen(self) -> tuple[list[str], list[str]]:
        """The nodes and frames that are meant by a copy: what is selected, with what stands in selected frames.

        Frames come along too if all that stands in them is meant.
        """
        session, frames = self._scene.session, self._scene.frames
        own = frames.chosen()
        inside = [id_ for box in frames.boxes_in(own) for id_ in box.ids]
        nodes = list(dict.fromkeys((*session.selection, *inside)))
        return nodes, list(dict.fromkeys((*own, *frames.frames_in(own), *frames.round_nodes(nodes))))

    def copy(self) -> bool:
        """Puts what is selected on the clipboard, as text; says whether there was anything."""
        session, clipboard = self._scene.session, QGuiApplication.clipboard()
        nodes, frames = self.chosen()
        if clipboard is None or not (nodes or frames):
            return False
        clipboard.setText(copied(session.graph, nodes, frames))
        return True

    def paste(self, place: Place | None, *, keep_inputs: bool = False) -> None:
        """Adds the nodes on the clipboard.

        Args:
            place: where their middle comes, if it is free there; beside the originals without one.
            keep_inputs: whether wires from nodes that were not copied come along.

        Raises:
            WorkbenchError: the clipboard holds no nodes, or more than a network may have.
        """
        clipboard = QGuiApplication.clipboard()
        fragment = read(clipboard.text() if clipboard is not None else "")
        self._add(fragment, place, "Paste", keep_inputs=keep_inputs)

    def duplicate(self) -> None:
        """Adds what is selected once more, beside itself; the clipboard stays as it is.

        Raises:
            WorkbenchError: there would be more nodes than a network may have.
        """
        nodes, frames = self.chosen()
        if nodes or frames:
            self._add(read(copied(self._scene.session.graph, nodes, frames)), None, "Duplicate", keep_inputs=False)

    def _add(self, fragment: Fragment, place: Place | None, verb: str, *, keep_inputs: bool) -> None:
        areas = [frame.area for frame in fragment.graph.frames.values()]
        left, top, width, height = around([*(area_of(fragment.graph, node) for node in fragment.graph), *areas])
        wanted = (left + OFFSET, top + OFFSET) if place is None else (place[0] - width / 2, place[1] - height / 2)
        x, y = free_spot(self._scene.taken(), wanted, (width, height))
        offset = (float(round(x - left)), float(round(y - top)))
        made = pasted(self._scene.session.graph, fragment, offset, keeps_inputs=keep_inputs)
        edit = replace(made.edit, label=made.edit.label.replace("Paste", verb, 1))
        if self._changes.do_and_select(edit, list(made.ids)):
            self._scene.frames.choose(made.frames)
            if not made.ids:
                self._changes.reveal_requested.emit(self._scene.frames.items[made.frames[0]].scene_box())

    def put_on(self, wire: Edge, layer: str, wanted: Place | None = None) -> bool:
        """Puts a new layer on a wire, as one step; says whether it could."""
        graph = self._scene.session.graph
        if wire not in graph.edges:
            return False
        place, moves = room_on(self._scene.arrangement(), wire, wanted)
        made = added_on_wire(graph, wire, layer, place)
        if made is None:
            return False
        edit, id_ = made
        return self._changes.do_and_select(CompositeGraphEdit((*edit.edits, *moves), edit.label), [id_])

    def move_onto(self, wire: Edge, id_: str, wanted: Place) -> bool:
        """Puts a node that has no wires on a wire, as one step; says whether it could."""
        graph = self._scene.session.graph
        node, ports = graph.nodes[id_], main_ports(find(graph.nodes[id_].layer))
        if ports is None:
            return False
        (x, y), moves = room_on(self._scene.arrangement(), wire, wanted, id_)
        place = (float(round(x)), float(round(y)))
        edits: list[GraphEdit] = (
            [SetField(id_, "position", node.position, place, node.name)] if place != node.position else []
        )
        edits += [*moves, *on_wire(graph, wire, id_, ports)]
        return self._changes.do(CompositeGraphEdit(tuple(edits), f"Put {node.name} on a wire"))
