"""Adding layers from the list or the search: behind the selected node, where the pointer is, or on a pulled wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QPoint, QPointF
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
from workbench.editing.connecting import wirings_of
from workbench.editing.replacing import layers_instead
from workbench.editing.room import free_spot, spot_onward
from workbench.gui.editor.box_item import row_of
from workbench.gui.editor.painting import WIDTH
from workbench.gui.editor.palette import SearchPopup
from workbench.gui.widgets.choice_popup import ChoicePopup
from workbench.layers.spec import REGISTRY

if TYPE_CHECKING:
    from workbench.gui.window.main_window import MainWindow


class LayerAdder(QObject):
    """Puts chosen layers on the window's canvas."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._popup: SearchPopup | None = None
        self._choice: ChoicePopup | None = None
        self._place: QPointF | None = None
        self._end: LooseEnd | None = None
        self._opened_at = QPoint()
        self._last: tuple[tuple[QPoint, ...], str] = (
            (),
            "",
        )  # where the mouse was for the last search, and what it added
        window.palette_list.chosen.connect(self.add)
        window.palette_list.pointed.connect(window.canvas.setFocus)
        window.canvas.search_requested.connect(self.search)
        window.scene.search_for_wire_requested.connect(self.search_for_wire)

    def add(self, layer: str, place: QPointF | None = None) -> None:
        """Adds a layer behind the one selected node, at the place if that is free; without either in the middle.

        Where it comes between two nodes, what is to the right of it makes room. Otherwise it stands to the right of
        the selected node, or where that is not free, in the next row below: never above or before.
        """
        window = self._window
        session, scene = window.session, window.scene
        behind = session.selection[0] if len(session.selection) == 1 else ""
        middle = window.canvas.middle() if place is None and not behind else place
        wish = (middle.x(), middle.y()) if middle is not None else None
        if behind and wish is not None and spot_onward(scene.taken(), wish) != wish:
            wish = None
        before = self._place_before(behind, wish)
        if made := added_before(session.graph, session.derived.shapes, layer, behind, before):
            scene.do_and_select(made[0], [made[1]])
            return
        wire = wire_behind(session.graph, session.derived.shapes, behind, layer)
        moves: list[GraphEdit] = []
        if wire is not None:
            where, moves = scene.placing.room_on(wire, wish)
        else:
            where = spot_onward(scene.taken(), wish or self._beside(behind))
        edit, node = added(session.graph, session.derived.shapes, layer, behind, where)
        scene.do_and_select(CompositeGraphEdit((*edit.edits, *moves), edit.label) if moves else edit, [node])

    def _place_before(self, node: str, wish: tuple[float, float] | None) -> tuple[float, float]:
        """Where a layer that feeds a node would stand: at the wish, or to the left of it and below."""
        at = self._window.session.graph.nodes.get(node)
        if wish is None and at is not None:
            wish = (at.position[0] - STEP[0], at.position[1])
        return spot_onward(self._window.scene.taken(), wish or (0.0, 0.0))

    def _beside(self, node: str) -> tuple[float, float]:
        """Where a layer behind a node would stand by itself."""
        x, y = self._window.session.graph.nodes[node].position
        return x + STEP[0], y

    def search(self, place: QPointF) -> None:
        """Opens the search for a layer at a place of the canvas; what fits behind the selected node is listed first.

        Where the mouse rests since the last layer was added, the next one goes beside that. Places are compared on the
        screen, since the canvas may have moved under the mouse to show what was added.
        """
        session = self._window.session
        chosen = session.selection[0] if len(session.selection) == 1 else ""
        layer = session.derived.shapes.layers.get(chosen)
        if layer is None or not layer.output_ports or layer.is_loss:
            self._open(SearchPopup(self._window), place, None)
        else:
            end = LooseEnd(Port(chosen, layer.output_ports[0]), "out")
            fitting = layers_that_fit(session.graph, session.derived.shapes, end)
            others = [name for name in REGISTRY if name not in fitting]
            self._open(SearchPopup(self._window, fitting=fitting, others=others), place, None)
        rested, added_last = self._last
        if chosen and chosen == added_last and any(_is_near(self._opened_at, rest) for rest in rested):
            self._place = None

    def search_for_wire(self, place: QPointF, end: LooseEnd) -> None:
        """Opens the search for what fits the loose end of a wire."""
        session = self._window.session
        fitting = layers_that_fit(session.graph, session.derived.shapes, end)
        self._open(SearchPopup(self._window, fitting=fitting), place, end)

    def replace_selected(self) -> None:
        """Opens the search for a layer in the place of the selected node; what fits there is listed first."""
        session, scene = self._window.session, self._window.scene
        if len(session.selection) != 1 or session.selection[0] in scene.groups.hidden:
            self._window.line.say_in_passing("Select one node to replace it.")
            return
        (id_,) = session.selection
        fitting, others = layers_instead(session.graph, session.derived.shapes, id_)
        popup = SearchPopup(self._window, fitting=fitting, others=others)
        popup.chosen.connect(lambda layer: scene.replace_node(id_, layer))
        self._popup = popup
        canvas = self._window.canvas
        canvas.reveal(scene.box_of(id_).scene_box())
        popup.open_at(canvas.mapToGlobal(canvas.mapFromScene(scene.box_of(id_).scene_box().center())))

    def connect_selected(self) -> None:
        """Lists the wires that could be drawn from and to the selected node; with two selected, those between them."""
        window = self._window
        session, scene = window.session, window.scene
        chosen = session.selection
        if not 1 <= len(chosen) <= 2 or any(id_ in scene.groups.hidden for id_ in chosen):
            window.line.say_in_passing("Select one node to wire it, or two to wire them to each other.")
            return
        only = chosen[1] if len(chosen) == 2 else ""
        wirings = wirings_of(session.graph, session.derived.shapes, chosen[0], only)
        if not wirings:
            window.line.say_in_passing("Nothing can be wired there.")
            return
        popup = ChoicePopup("Connect to", [wiring.text for wiring in wirings], window)
        popup.chosen.connect(lambda number: scene.do(wirings[number].edit))
        self._choice = popup
        canvas = window.canvas
        canvas.reveal(scene.box_of(chosen[0]).scene_box())
        popup.open_at(canvas.mapToGlobal(canvas.mapFromScene(scene.box_of(chosen[0]).scene_box().center())))

    def insert_on_wire(self) -> None:
        """Opens the search for a layer to put on the selected wire."""
        chosen = [edge for edge, item in self._window.scene.edges.items() if item.isSelected()]
        if len(chosen) == 1:
            self.search_on_wire(chosen[0])
        else:
            self._window.line.say_in_passing("Select one wire to put a layer on it.")

    def search_on_wire(self, wire: Edge) -> None:
        """Opens the search for a layer to put on a wire; what fits there is listed first."""
        session, scene = self._window.session, self._window.scene
        fitting, others = layers_on_wire(session.graph, session.derived.shapes, wire)
        popup = SearchPopup(self._window, fitting=fitting, others=others)
        popup.chosen.connect(lambda layer: scene.put_on_wire(wire, layer))
        self._popup = popup
        canvas = self._window.canvas
        popup.open_at(canvas.mapToGlobal(canvas.mapFromScene(scene.edges[wire].middle())))

    def _open(self, popup: SearchPopup, place: QPointF, end: LooseEnd | None) -> None:
        canvas = self._window.canvas
        self._popup, self._place, self._end = popup, place, end
        self._opened_at = canvas.mapToGlobal(canvas.mapFromScene(place))
        popup.chosen.connect(self._on_chosen)
        popup.open_at(self._opened_at)

    def add_layer(self) -> None:
        """Opens the search for a layer in the middle of the canvas."""
        self.search(self._window.canvas.middle())

    @staticmethod
    def _at_drop(place: QPointF, end: LooseEnd) -> tuple[float, float]:
        """Where a node has its first port at the place where the wire was let go."""
        return place.x() - (0.0 if end.side == "out" else WIDTH), place.y() - row_of(0)

    def _on_chosen(self, layer: str) -> None:
        if self._end is None or self._place is None:
            self.add(layer, self._place)
            selection = self._window.session.selection
            rested = self._opened_at, self._window.cursor().pos()  # a layer may have been chosen from the list by mouse
            self._last = rested, selection[0] if len(selection) == 1 else ""
            return
        session, scene = self._window.session, self._window.scene
        place = free_spot(scene.taken(), self._at_drop(self._place, self._end))
        edit, node = added_to_end(session.graph, session.derived.shapes, layer, self._end, place)
        scene.do_and_select(edit, [node])


def _is_near(one: QPoint, other: QPoint) -> bool:
    """Whether a mouse that went from one place of the screen to the other was not meant to be moved."""
    return (one - other).manhattanLength() <= QApplication.startDragDistance()
