"""Adding blocks, keeping a selection as one, and repeating a selection."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QObject, QPointF, pyqtSignal
from PyQt6.QtWidgets import QInputDialog

from workbench.core.edits import CompositeGraphEdit
from workbench.core.errors import WorkbenchError, printable
from workbench.core.graph import Edge, Port
from workbench.core.graph_edits import STEP
from workbench.core.groups import end_of_folded, innermost
from workbench.core.names import is_within
from workbench.editing import saved_blocks
from workbench.editing.block_choice import block_choices, choice_of
from workbench.editing.pieces import link_of, placed, repeated, size_of, taken_from
from workbench.editing.room import BOX, spot_onward
from workbench.editing.room_on_wire import room_on
from workbench.editing.unfolding import opened
from workbench.gui.document.session import Session
from workbench.gui.editor.palette import Palette
from workbench.gui.editor.view import CanvasView
from workbench.gui.widgets.choice_popup import ChoicePopup
from workbench.gui.widgets.message_boxes import Button, ask
from workbench.gui.window.block_dialog import BlockDialog
from workbench.project.blocks.spec import MOST_TIMES, USUAL, Piece

LONGEST = saved_blocks.LONGEST_TITLE


class BlockAdder(QObject):
    """Puts blocks on the window's canvas.

    Signals:
        kept(): the user's blocks are others.
    """

    kept = pyqtSignal()

    def __init__(self, session: Session, canvas: CanvasView, palette: Palette, say: Callable[[str], None]) -> None:
        """Adds what is chosen.

        Args:
            session: the open project.
            canvas: where blocks go.
            palette: the list that they are chosen from.
            say: shows what was kept, or why something cannot be done.
        """
        super().__init__(canvas)
        self._session, self._canvas, self._scene, self._say = session, canvas, canvas.canvas_scene, say
        self._popup: ChoicePopup | None = None
        canvas.canvas_scene.changes.block_dropped.connect(self.add)
        palette.block_chosen.connect(self.add)
        palette.deletion_requested.connect(self.delete)
        self.kept.connect(palette.list_again)

    def add_block(self) -> None:
        """Lists the blocks, and adds the one that is chosen."""
        choices = block_choices()
        popup = ChoicePopup("Add block", [each.title for each in choices], self._canvas)
        popup.chosen.connect(lambda number: self.add(choices[number].key))
        self._popup = popup
        popup.open_at(self._canvas.mapToGlobal(self._canvas.mapFromScene(self._canvas.middle())))

    def add(self, key: str, place: QPointF | None = None, wire: Edge | None = None) -> None:
        """Asks for a block's settings and adds it: on the wire, behind the one selected node, or by itself.

        Args:
            key: of the block.
            place: where on the canvas it was dropped; None puts it behind the selected node.
            wire: on which it was dropped.
        """
        choice = choice_of(key)
        if choice is None:
            self._say(f"{printable(key)} is no longer there.")
            return
        source = self._source(wire, place)
        value = self._session.analysis.shapes.values.get(source) if source is not None else None
        try:
            dialog = BlockDialog(choice, value or USUAL, self._canvas.window())
        except WorkbenchError as error:
            self._say(str(error))
            return
        if dialog.exec() and dialog.piece is not None:
            self.place(dialog.piece, source, wire, place)
        dialog.deleteLater()

    def _source(self, wire: Edge | None, place: QPointF | None) -> Port | None:
        """What is wired to the block: the wire's beginning, or the first output of the one selected node."""
        if wire is not None or place is not None:
            return wire.source if wire is not None else None
        selection, shapes = self._session.selection, self._session.analysis.shapes
        chosen = selection[0] if len(selection) == 1 else end_of_folded(self._session.graph, selection)
        layer = shapes.layers.get(chosen)
        return Port(chosen, layer.output_ports[0]) if layer and layer.output_ports and not layer.is_loss else None

    def place(
        self,
        piece: Piece,
        source: Port | None,
        wire: Edge | None = None,
        at: QPointF | None = None,
        *,
        takes_all: bool = False,
    ) -> None:
        """Adds a piece as one step; a single group is opened there, where it then makes room.

        Args:
            piece: the nodes.
            source: what is wired to it.
            wire: on which it comes, with those beside it into the same group; without one, all that leave the source
                into one place, if the piece has a way through.
            at: where it was dropped.
            takes_all: whether all that leaves the source goes on behind the piece, wherever it leads.
        """
        session, scene = self._session, self._scene
        graph, size = session.graph, size_of(piece, BOX)
        wires = self._wires(piece, source, wire, at, takes_all=takes_all)
        if wires:
            wanted = (at.x(), at.y()) if at is not None else None
            where, moves = room_on(scene.arrangement(), wires[0], wanted, size=size)
        else:
            where, moves = spot_onward(scene.taken(), self._wanted(source, at), size), []
        try:
            made = placed(graph, piece, source, wires, where)
        except WorkbenchError as error:
            self._say(str(error))
            return
        edit = CompositeGraphEdit((*made.edit.edits, *moves), made.edit.label)
        with session.one_step(edit.label):
            if not scene.changes.do_and_select(edit, list(made.ids)):
                return
            if len(made.heads) == 1:
                self._open(made.ids)
        scene.changes.reveal_selection()
        self._canvas.setFocus()

    def _wires(
        self, piece: Piece, source: Port | None, wire: Edge | None, at: QPointF | None, *, takes_all: bool
    ) -> tuple[Edge, ...]:
        """The wires that go on behind a piece."""
        graph = self._session.graph
        has_way = bool(piece.entries) and piece.exit is not None
        if source is None or (wire is None and (at is not None or not has_way)):
            return ()
        if takes_all:
            return tuple(edge for edge in graph.edges if edge.source == source)
        return link_of(graph, source, wire)

    def _open(self, ids: tuple[str, ...]) -> None:
        """Opens the outermost folded group that new nodes are in; on a level inside, names have become longer."""
        here = self._scene.arrangement()
        name = self._session.graph.nodes[ids[0]].name
        for prefix in here.folded:
            if is_within(name, prefix):
                self._scene.changes.do(opened(here, prefix))
                return

    def _wanted(self, source: Port | None, at: QPointF | None) -> tuple[float, float]:
        """Where a piece would stand that comes on no wire."""
        if at is not None:
            return at.x(), at.y()
        if source is not None:
            x, y = self._session.graph.nodes[source.node].position
            return x + STEP[0], y
        middle = self._canvas.middle()
        return middle.x(), middle.y()

    def save_block(self) -> None:
        """Keeps the selected nodes as a block, under a title that is asked for."""
        session = self._session
        if not session.selection:
            self._say("Select the nodes of the block first.")
            return
        usual = innermost(session.graph, session.graph.nodes[session.selection[0]]).rpartition(".")[2] or "my block"
        title, is_given = QInputDialog.getText(self._canvas.window(), "Save as block", "Title", text=usual)
        if is_given:
            self.keep(title.strip()[:LONGEST])

    def keep(self, title: str) -> None:
        """Writes the selected nodes into the user's folder of blocks; asks before another of that name is replaced."""
        try:
            piece = taken_from(self._session.graph, self._session.selection, title)
            path = saved_blocks.path_of(title)
            if path in saved_blocks.saved():
                text = f'There is a block "{path.stem}" already.'
                if ask(self._canvas.window(), text, {Button.Yes: "Replace it", Button.Cancel: "Cancel"}) != Button.Yes:
                    return
            saved_blocks.keep(piece)
        except WorkbenchError as error:
            self._say(str(error))
            return
        self.kept.emit()
        self._say(f"{printable(title)} is in the list of layers now, kept in {printable(path)}.")

    def delete(self, key: str) -> None:
        """Takes the file of one of the user's blocks away, after a question; networks that it is in keep its nodes."""
        choice = choice_of(key)
        if choice is None or not choice.is_own:
            return
        answers = {Button.Discard: "Delete it", Button.Cancel: "Cancel"}
        more = f"{printable(choice.path)} is deleted; networks that it was put into stay as they are."
        text = f'Delete the block "{printable(choice.title)}"?'
        if ask(self._canvas.window(), text, answers, more=more, usual=Button.Cancel) == Button.Discard:
            try:
                saved_blocks.delete(choice.path)
            except WorkbenchError as error:
                self._say(str(error))
            self.kept.emit()

    def repeat_selection(self) -> None:
        """Asks how often the selected nodes are to stand one behind the other."""
        if not self._session.selection:
            self._say("Select what is to be repeated first.")
            return
        times, is_given = QInputDialog.getInt(
            self._canvas.window(), "Repeat", "Times in all, one behind the other", 2, 2, MOST_TIMES
        )
        if is_given:
            self.repeat(times)

    def repeat(self, times: int) -> None:
        """Puts copies of the selected nodes behind them, so that they are there so many times in all."""
        session = self._session
        name = session.graph.nodes[session.selection[0]].name
        title = (innermost(session.graph, session.graph.nodes[session.selection[0]]) or name).rpartition(".")[2]
        try:
            piece = taken_from(session.graph, session.selection, title.rstrip("0123456789") or "block")
            more = repeated(piece, times - 1)
        except WorkbenchError as error:
            self._say(str(error))
            return
        self.place(more, piece.exit, takes_all=True)
