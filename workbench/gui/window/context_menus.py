"""The menus of a right-click on the canvas, and of the menu key: commands of the table, for what was clicked."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PyQt6.QtCore import QObject, QPoint, QPointF, Qt
from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import QMenu

from workbench.core.errors import printable
from workbench.core.frames import COLOURS
from workbench.core.graph import Port
from workbench.editing.adding import LooseEnd
from workbench.editing.flags import fixes_for
from workbench.editing.node_text import Side
from workbench.gui.editor.box_item import BoxItem
from workbench.gui.editor.edge_item import EdgeItem
from workbench.gui.editor.framing import colour_name
from workbench.gui.editor.free_frame_item import FreeFrameItem
from workbench.gui.editor.group_item import FoldedItem, FrameItem
from workbench.gui.editor.neighbour_item import NeighbourItem
from workbench.gui.editor.view import CanvasView
from workbench.gui.widgets.other_fixes import fill
from workbench.gui.window.layer_adder import LayerAdder
from workbench.gui.window.menus import BY_NAME, Menus

LINE = ""  # a line between two entries
CLIPBOARD = ("cut_to_clipboard", "copy_selection", "duplicate_selection")
ONE_NODE = ("rename_selected", "replace_selected", "connect_selected", LINE)
NODES = ("toggle_bypass", "toggle_freeze", LINE, *CLIPBOARD, LINE,
         "delete_selection", "cut_selection", LINE, "group_selection", "save_block", "repeat_selection",
         "fix_selected")  # fmt: skip
NODE = (*ONE_NODE, *NODES, "show_look")
FOLDED = ("enter_group", "rename_selected", "toggle_fold", "ungroup_selection", "save_block", "repeat_selection", LINE,
          "toggle_bypass", "toggle_freeze", LINE, *CLIPBOARD, LINE, "delete_selection", "cut_selection")  # fmt: skip
FRAME = (
    "enter_group",
    "toggle_fold",
    "ungroup_selection",
    "save_block",
    "repeat_selection",
    LINE,
    *CLIPBOARD,
    LINE,
    "delete_selection",
)
OWN_FRAME = ("rename_selected", "edit_note", "colour_frame", LINE, "select_in_frame", "fit_frame", LINE,
             *CLIPBOARD, LINE, "delete_selection")  # fmt: skip
WIRE = ("insert_on_wire", "cut_selection")
CANVAS = (LINE, "select_all", "tidy", "fit")
TEXTS = {
    "fit_frame": "Fit to what is in it",
    "select_in_frame": "Select what is in it",
    "show_look": "Look at it",
    "toggle_fold": "Fold",
    "insert_on_wire": "Insert a layer…",
}
MARKED = {"toggle_bypass": "bypass", "toggle_freeze": "frozen"}  # entries with a mark, where all nodes have that


class ContextMenus(QObject):
    """Opens them.

    Attributes:
        menu: the one that is open, or None.
    """

    def __init__(self, canvas: CanvasView, adder: LayerAdder, menus: Menus) -> None:
        """Prepares the menus.

        Args:
            canvas: where they open.
            adder: adds layers where it was clicked.
            menus: the commands that they offer.
        """
        super().__init__(canvas)
        self._canvas, self._scene, self._adder, self._menus = canvas, canvas.canvas_scene, adder, menus
        self.menu: QMenu | None = None
        canvas.menu_requested.connect(self.open_at)
        canvas.selection_menu_requested.connect(self.open_for_selection)

    def open_at(self, place: QPointF) -> None:
        """Opens the menu for what is at a place of the canvas; a box or wire that is not selected is selected first."""
        scene = self._scene
        item = scene.item_at(place)
        end = scene.end_at(place)
        wire = scene.wire_at(place) if item is None or isinstance(item, FrameItem) else None
        if end is not None:
            self._open_for_port(*end, place)
        elif isinstance(item, NeighbourItem):
            self._open_for_neighbour(item, place)
        elif isinstance(item, BoxItem):
            if not item.isSelected():
                scene.session.select(list(item.ids))
            self._open_for_boxes(item, place)
        elif wire is not None:
            self._open_for_wire(wire, place)
        elif isinstance(item, FrameItem):
            self._open_for_frame(item, place)
        elif isinstance(item, FreeFrameItem):
            if not item.isSelected():
                scene.frames.choose_alone(item.id)
            self._open_for_own_frame(place)
        else:
            self._open_for_canvas(place)

    def open_for_selection(self) -> None:
        """Opens the menu for what is selected, or for the canvas."""
        scene = self._scene
        boxes = [box for box in scene.boxes() if box.isSelected()]
        wires = [wire for wire in scene.edges.values() if wire.isSelected()]
        if boxes:
            self._canvas.reveal(boxes[0].scene_box())
            self._open_for_boxes(boxes[0], boxes[0].scene_box().center())
        elif frames := scene.frames.chosen():
            self._open_for_own_frame(scene.frames.items[frames[0]].scene_box().topLeft())
        elif wires:
            self._open_for_wire(wires[0], wires[0].middle())
        else:
            self._open_for_canvas(self._canvas.middle())

    def _open_for_boxes(self, box: BoxItem, place: QPointF) -> None:
        scene = self._scene
        chosen = [each for each in scene.boxes() if each.isSelected()]
        menu = self._new()
        if isinstance(box, FoldedItem) and len(chosen) == 1:
            self._add_commands(menu, FOLDED, {"toggle_fold": "Open the group here"})
        else:
            names = NODE if len(chosen) == 1 else NODES
            fixes = fixes_for(scene.session.analysis, box.ids[0]) if len(chosen) == 1 else ()
            left_out = () if scene.commands.fixes_of_selection() else ("fix_selected",)
            texts = {"fix_selected": f"Fix: {fixes[0].text}" if fixes else "Fix their problems"}
            self._add_commands(menu, [name for name in names if name not in left_out], texts)
            if fixes[1:]:
                behind = next((each for each in menu.actions() if each.objectName() == "show_look"), None)
                others = QMenu("Other fixes", menu)
                fill(others, fixes[1:], lambda fix: scene.changes.do(fix.edit))
                menu.insertMenu(behind, others)
        self._pop_up(menu, place)

    def _open_for_frame(self, frame: FrameItem, place: QPointF) -> None:
        """The menu of an open group: what it does is done to that group, and to no group inside it."""
        scene = self._scene
        scene.session.select([id_ for box in scene.groups.boxes_of(frame.prefix) for id_ in box.ids])
        menu = self._new()
        self._add(menu, "Rename", lambda: self._canvas.overlays.open_rename_group(frame.prefix))
        self._add_commands(menu, FRAME, {}, lambda: scene.grouping.mean_group(frame.prefix))
        self._pop_up(menu, place)

    def _open_for_neighbour(self, neighbour: NeighbourItem, place: QPointF) -> None:
        scene = self._scene
        menu = self._new()
        self._add(menu, f"Go to {printable(neighbour.name)}", lambda: scene.grouping.go_to_neighbour(neighbour.name))
        self._add_commands(menu, ("leave_group",), {})
        self._pop_up(menu, place)

    def _open_for_own_frame(self, place: QPointF) -> None:
        """The menu of frames and notes that are selected; their colours are a menu of their own."""
        scene, framing = self._scene, self._canvas.framing
        chosen, menu = scene.frames.chosen(), self._new()
        has_nodes = bool(scene.frames.boxes_in(chosen))
        left_out = {"select_in_frame"} if not has_nodes else set()
        left_out |= {"rename_selected", "edit_note"} if len(chosen) > 1 else set()
        self._add_commands(menu, [name for name in OWN_FRAME if name not in left_out], {})
        entry = next(action for action in menu.actions() if action.objectName() == "colour_frame")
        colours = QMenu("Colour", menu)
        for name in ("", *COLOURS):
            action = colours.addAction(colour_name(name))
            assert action is not None
            action.setCheckable(True)
            action.setChecked(all(scene.session.graph.frames[id_].colour == name for id_ in chosen))
            action.triggered.connect(lambda _=False, name=name: framing.colour(name))
        menu.insertMenu(entry, colours)
        menu.removeAction(entry)
        self._pop_up(menu, place)

    def _open_for_wire(self, wire: EdgeItem, place: QPointF) -> None:
        scene = self._scene
        if not wire.isSelected():
            scene.clearSelection()
            wire.setSelected(True)
        menu = self._new()
        count = sum(each.isSelected() for each in scene.edges.values())
        names = WIRE if count == 1 else WIRE[1:]
        self._add_commands(menu, names, {"cut_selection": "Cut the wire" if count == 1 else f"Cut {count} wires"})
        self._pop_up(menu, place)

    def _open_for_port(self, side: Side, port: Port, place: QPointF) -> None:
        scene, adder = self._scene, self._adder
        wires = [edge for edge in scene.session.graph.edges if port in (edge.source, edge.target)]
        menu = self._new()
        if side == "in" and wires:
            self._add(menu, "Add a layer here…", lambda: adder.search_on_wire(wires[0]))
        else:
            self._add(menu, "Add a layer here…", lambda: adder.search_for_wire(place, LooseEnd(port, side)))
        if wires:
            text = "Disconnect" if len(wires) == 1 else f"Disconnect {len(wires)} wires"
            self._add(menu, text, lambda: scene.changes.cut_wires(wires))
        self._pop_up(menu, place)

    def _open_for_canvas(self, place: QPointF) -> None:
        menu = self._new()
        self._add(menu, "Add a layer here…\tTab", lambda: self._adder.search(place))
        self._add(menu, f"Paste here\t{self._key('paste')}", lambda: self._scene.commands.paste_at(place))
        self._add(menu, "Add a note here", lambda: self._canvas.framing.add_note(place))
        self._add_commands(menu, (*CANVAS, "leave_group") if self._scene.levels.inside else CANVAS, {})
        self._pop_up(menu, place)

    def _new(self) -> QMenu:
        menu = QMenu(self._canvas)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName("What can be done here")
        return menu

    def _pop_up(self, menu: QMenu, place: QPointF) -> None:
        if self.menu is not None:
            self.menu.close()
        self.menu = menu
        menu.destroyed.connect(self._on_gone)
        canvas = self._canvas
        viewport = canvas.viewport()
        assert viewport is not None
        menu.popup(viewport.mapToGlobal(canvas.mapFromScene(place)) + QPoint(1, 1))

    def _on_gone(self) -> None:
        self.menu = None

    def _key(self, name: str) -> str:
        return self._menus.actions[name].shortcut().toString(QKeySequence.SequenceFormat.NativeText)

    def _add(self, menu: QMenu, text: str, do: Callable[[], object]) -> None:
        action = menu.addAction(text.replace("&", "&&"))
        assert action is not None
        action.triggered.connect(lambda: do())

    def _add_commands(
        self, menu: QMenu, names: Iterable[str], texts: dict[str, str], before: Callable[[], object] | None = None
    ) -> None:
        """Adds commands of the table, with other texts where they are named.

        Args:
            menu: where they go.
            names: which commands; an empty name is a line.
            texts: other texts of commands, for what was clicked.
            before: done before each of them.
        """
        graph, selection = self._scene.session.graph, self._scene.session.selection
        for name in names:
            if name == LINE:
                menu.addSeparator()
                continue
            text = {**TEXTS, **texts}.get(name, BY_NAME[name].text)
            action = menu.addAction(f"{text}\t{self._key(name)}".replace("&", "&&"))
            assert action is not None
            action.setObjectName(name)
            action.setStatusTip(BY_NAME[name].tip)
            action.setEnabled(self._menus.actions[name].isEnabled())
            if name in MARKED:
                action.setCheckable(True)
                action.setChecked(all(getattr(graph.nodes[id_], MARKED[name]) for id_ in selection))
            action.triggered.connect(lambda _=False, name=name: self._do(name, before))

    def _do(self, name: str, before: Callable[[], object] | None) -> None:
        if before is not None:
            before()
        self._menus.do(name)
