"""Adding layers from the list or the search: behind the selected node, where the pointer is, or on a pulled wire."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QObject, QPoint, QPointF
from PyQt6.QtGui import QCursor
from PyQt6.QtWidgets import QApplication

from workbench.core.edits import CompositeGraphEdit, GraphEdit
from workbench.core.graph import Edge, Port
from workbench.core.graph_edits import STEP
from workbench.editing.adding import (
    LooseEnd,
    added,
    added_before,
    added_to_end,
    layers_on_wire,
    layers_that_fit,
    wire_behind,
)
from workbench.editing.box_sizes import WIDTH
from workbench.editing.connecting import wirings_of
from workbench.editing.replacing import layers_instead
from workbench.editing.room import free_spot, spot_onward
from workbench.editing.room_on_wire import room_on
from workbench.gui.document.session import Session
from workbench.gui.editor.box_item import row_of
from workbench.gui.editor.palette import Palette, SearchPopup
from workbench.gui.editor.view import CanvasView
from workbench.gui.widgets.choice_popup import ChoicePopup
from workbench.layers.spec import REGISTRY


class LayerAdder(QObject):
    """Puts chosen layers on the window's canvas."""

    def __init__(self, session: Session, canvas: CanvasView, palette: Palette, say: Callable[[str], None]) -> None:
        """Adds what is chosen.

        Args:
            session: the open project.
            canvas: where layers go.
            palette: the list of layers, which hears of the blocks that are chosen from the search too.
            say: shows why something cannot be done.
        """
        super().__init__(canvas)
        self._session, self._canvas, self._scene, self._say = session, canvas, canvas.canvas_scene, say
        self._palette = palette
        self._popup: SearchPopup | None = None
        self._choice: ChoicePopup | None = None
        self._place: QPointF | None = None
        self._end: LooseEnd | None = None
        self._opened_at = QPoint()
        self._last: tuple[tuple[QPoint, ...], str] = (
            (),
            "",
        )  # where the mouse was for the last search, and what it added
        palette.chosen.connect(self.add)
        palette.pointed.connect(canvas.setFocus)
        canvas.search_requested.connect(self.search)
        self._scene.changes.search_for_wire_requested.connect(self.search_for_wire)

    def add(self, layer: str, place: QPointF | None = None) -> None:
        """Adds a layer behind the one selected node, at the place if that is free; without either in the middle.

        Where it comes between two nodes, what is to the right of it makes room. Otherwise it stands to the right of
        the selected node, or where that is not free, in the next row below: never above or before.
        """
        session, scene = self._session, self._scene
        behind = session.selection[0] if len(session.selection) == 1 else ""
        middle = self._canvas.middle() if place is None and not behind else place
        wanted = (middle.x(), middle.y()) if middle is not None else None
        if behind and wanted is not None and spot_onward(scene.taken(), wanted) != wanted:
            wanted = None
        before = self._place_before(behind, wanted)
        if made := added_before(session.graph, session.analysis.shapes, layer, behind, before):
            scene.changes.do_and_select(made[0], [made[1]])
            return
        wire = wire_behind(session.graph, session.analysis.shapes, behind, layer)
        moves: list[GraphEdit] = []
        if wire is not None:
            where, moves = room_on(scene.arrangement(), wire, wanted)
        else:
            where = spot_onward(scene.taken(), wanted or self._beside(behind))
        edit, node = added(session.graph, session.analysis.shapes, layer, behind, where)
        scene.changes.do_and_select(CompositeGraphEdit((*edit.edits, *moves), edit.label) if moves else edit, [node])

    def _place_before(self, node: str, wanted: tuple[float, float] | None) -> tuple[float, float]:
        """Where a layer that feeds a node would stand: at the wanted, or to the left of it and below."""
        at = self._session.graph.nodes.get(node)
        if wanted is None and at is not None:
            wanted = (at.position[0] - STEP[0], at.position[1])
        return spot_onward(self._scene.taken(), wanted or (0.0, 0.0))

    def _beside(self, node: str) -> tuple[float, float]:
        """Where a layer behind a node would stand by itself."""
        x, y = self._session.graph.nodes[node].position
        return x + STEP[0], y

    def search(self, place: QPointF) -> None:
        """Opens the search for a layer at a place of the canvas; what fits behind the selected node is listed first.

        Where the mouse rests since the last layer was added, the next one goes beside that. Places are compared on the
        screen, since the canvas may have moved under the mouse to show what was added.
        """
        session = self._session
        chosen = session.selection[0] if len(session.selection) == 1 else ""
        layer = session.analysis.shapes.layers.get(chosen)
        if layer is None or not layer.output_ports or layer.is_loss:
            self._open(SearchPopup(self._canvas), place, None)
        else:
            end = LooseEnd(Port(chosen, layer.output_ports[0]), "out")
            fitting = layers_that_fit(session.graph, session.analysis.shapes, end)
            others = [name for name in REGISTRY if name not in fitting]
            self._open(SearchPopup(self._canvas, fitting=fitting, others=others), place, None)
        rested, added_last = self._last
        if chosen and chosen == added_last and any(_is_near(self._opened_at, rest) for rest in rested):
            self._place = None

    def search_for_wire(self, place: QPointF, end: LooseEnd) -> None:
        """Opens the search for what fits the loose end of a wire."""
        session = self._session
        fitting = layers_that_fit(session.graph, session.analysis.shapes, end)
        self._open(SearchPopup(self._canvas, fitting=fitting), place, end)

    def replace_selected(self) -> None:
        """Opens the search for a layer in the place of the selected node; what fits there is listed first."""
        session, scene = self._session, self._scene
        if len(session.selection) != 1 or session.selection[0] in scene.levels.hidden:
            self._say("Select one node to replace it.")
            return
        (id_,) = session.selection
        fitting, others = layers_instead(session.graph, session.analysis.shapes, id_)
        popup = SearchPopup(self._canvas, fitting=fitting, others=others)
        popup.chosen.connect(lambda layer: scene.commands.replace_node(id_, layer))
        self._popup = popup
        canvas = self._canvas
        canvas.reveal(scene.box_of(id_).scene_box())
        popup.open_at(canvas.mapToGlobal(canvas.mapFromScene(scene.box_of(id_).scene_box().center())))

    def connect_selected(self) -> None:
        """Lists the wires that could be drawn from and to the selected node; with two selected, those between them."""
        session, scene = self._session, self._scene
        chosen = session.selection
        if not 1 <= len(chosen) <= 2 or any(id_ in scene.levels.hidden for id_ in chosen):
            self._say("Select one node to wire it, or two to wire them to each other.")
            return
        only = chosen[1] if len(chosen) == 2 else ""
        wirings = wirings_of(session.graph, session.analysis.shapes, chosen[0], only)
        if not wirings:
            self._say("Nothing can be wired there.")
            return
        popup = ChoicePopup("Connect to", [wiring.text for wiring in wirings], self._canvas)
        popup.chosen.connect(lambda number: scene.changes.do(wirings[number].edit))
        self._choice = popup
        canvas = self._canvas
        canvas.reveal(scene.box_of(chosen[0]).scene_box())
        popup.open_at(canvas.mapToGlobal(canvas.mapFromScene(scene.box_of(chosen[0]).scene_box().center())))

    def insert_on_wire(self) -> None:
        """Opens the search for a layer to put on the selected wire."""
        chosen = [edge for edge, item in self._scene.edges.items() if item.isSelected()]
        if len(chosen) == 1:
            self.search_on_wire(chosen[0])
        else:
            self._say("Select one wire to put a layer on it.")

    def search_on_wire(self, wire: Edge) -> None:
        """Opens the search for a layer to put on a wire; what fits there is listed first."""
        session, scene = self._session, self._scene
        fitting, others = layers_on_wire(session.graph, session.analysis.shapes, wire)
        popup = SearchPopup(self._canvas, fitting=fitting, others=others)
        popup.chosen.connect(lambda layer: scene.commands.put_on_wire(wire, layer))
        self._popup = popup
        canvas = self._canvas
        popup.open_at(canvas.mapToGlobal(canvas.mapFromScene(scene.edges[wire].middle())))

    def _open(self, popup: SearchPopup, place: QPointF, end: LooseEnd | None) -> None:
        canvas = self._canvas
        self._popup, self._place, self._end = popup, place, end
        self._opened_at = canvas.mapToGlobal(canvas.mapFromScene(place))
        popup.chosen.connect(self._on_chosen)
        popup.block_chosen.connect(self._palette.block_chosen)
        popup.open_at(self._opened_at)

    def add_layer(self) -> None:
        """Opens the search for a layer in the middle of the canvas."""
        self.search(self._canvas.middle())

    @staticmethod
    def _at_drop(place: QPointF, end: LooseEnd) -> tuple[float, float]:
        """Where a node has its first port at the place where the wire was let go."""
        return place.x() - (0.0 if end.side == "out" else WIDTH), place.y() - row_of(0)

    def _on_chosen(self, layer: str) -> None:
        if self._end is None or self._place is None:
            self.add(layer, self._place)
            selection = self._session.selection
            rested = self._opened_at, QCursor.pos()  # a layer may have been chosen from the list by mouse
            self._last = rested, selection[0] if len(selection) == 1 else ""
            return
        session, scene = self._session, self._scene
        place = free_spot(scene.taken(), self._at_drop(self._place, self._end))
        edit, node = added_to_end(session.graph, session.analysis.shapes, layer, self._end, place)
        scene.changes.do_and_select(edit, [node])


def _is_near(one: QPoint, other: QPoint) -> bool:
    """Whether a mouse that went from one place of the screen to the other was not meant to be moved."""
    return (one - other).manhattanLength() <= QApplication.startDragDistance()
