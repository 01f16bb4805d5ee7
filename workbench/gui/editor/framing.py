"""What can be done to frames and notes: added, written, coloured, sized, found. By keys as by the mouse."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QObject, QPointF, QRect, QRectF

from workbench.core.edits import MISSING, CompositeGraphEdit, GraphEdit, SetFrame
from workbench.core.errors import WorkbenchError
from workbench.core.frames import COLOURS, LEAST, LONGEST_TITLE, Area, Frame, laid_round
from workbench.core.framing import add_frame, change_frame
from workbench.editing.box_sizes import STRIP, TEXT_INSET
from workbench.editing.frames_follow import group_areas, margins_of
from workbench.editing.room import free_spot
from workbench.gui.editor.box_item import BoxItem
from workbench.gui.editor.free_frame_item import FreeFrameItem
from workbench.gui.editor.free_frames import standing_box, text_height
from workbench.gui.editor.note_edit import NoteEdit
from workbench.gui.editor.rename_line import RenameLine
from workbench.gui.editor.scene import Scene
from workbench.gui.editor.zooming import ZoomView
from workbench.gui.widgets.choice_popup import ChoicePopup

NEW_TITLE = "Frame"
NEW_NOTE = (220.0, 100.0)
SELECT_FIRST = "Select a frame or a note first."


class Framing(QObject):
    """The commands for frames and notes, and the fields in which they are written.

    Attributes:
        line: the field for a title.
        note: the field for a text.
    """

    def __init__(self, view: ZoomView, scene: Scene) -> None:
        super().__init__(view)
        self._view, self._scene, self._frames = view, scene, scene.frames
        viewport = view.viewport()
        assert viewport is not None
        self.line, self.note = RenameLine(viewport), NoteEdit(viewport)
        self.line.setMaxLength(LONGEST_TITLE)
        self._open = ""  # the frame that is written into
        self._is_new = False  # whether it is a note that was added to be written into
        self._choice: ChoicePopup | None = None
        self.line.accepted.connect(self._on_title)
        self.note.written.connect(self._on_written)
        self.note.left.connect(self._on_left)
        self.note.refused.connect(scene.changes.refused)
        scene.frames.title_requested.connect(self.open_title)
        scene.frames.note_requested.connect(self.open_note)
        scene.session.document_changed.connect(self._on_document_changed)
        for bar in (view.horizontalScrollBar(), view.verticalScrollBar()):
            assert bar is not None
            bar.valueChanged.connect(self._follow)

    def add_frame(self) -> None:
        """Puts a frame round what is selected and opens its title; without a selection a note at the mouse."""
        boxes = [box for box in self._scene.boxes() if box.isSelected()]
        areas = [*self._around(boxes), *(self._frames.items[id_].area() for id_ in self._frames.chosen())]
        if not areas:
            pointer = self._scene.commands.pointer()
            self.add_note(self._view.middle() if pointer is None else pointer)
            return
        id_ = self._add(Frame(title=NEW_TITLE, area=laid_round(areas, margins_of(self._scene.arrangement(), Frame()))))
        if id_:
            self.open_title(id_, is_new=True)

    def _around(self, boxes: Sequence[BoxItem]) -> list[Area]:
        """What a frame round boxes goes round: these, and the frames of open groups with nothing else in them."""
        here, keys = self._scene.arrangement(), {box.ids[0] for box in boxes if box.ids}
        groups = group_areas(here, {key: box.area for key, box in here.boxes.items()})
        whole = [area for prefix, area in groups.items() if keys.issuperset(here.groups[prefix].keys)]
        return [*(standing_box(box).area for box in boxes), *whole]

    def add_note(self, place: QPointF) -> None:
        """Puts a note at a place of the canvas, or in the free place that is nearest to it, and opens it."""
        wanted = (place.x() - NEW_NOTE[0] / 2, place.y() - NEW_NOTE[1] / 2)
        x, y = free_spot(self._scene.taken(), wanted, NEW_NOTE)
        id_ = self._add(Frame(area=(float(round(x)), float(round(y)), *NEW_NOTE)))
        if id_:
            self.open_note(id_, is_new=True)

    def _add(self, frame: Frame) -> str:
        """Adds and selects a frame; gives its id, or "" where that is refused."""
        try:
            edit = add_frame(self._scene.session.graph, frame)
        except WorkbenchError as error:
            self._scene.changes.refused.emit(str(error))
            return ""
        if not self._scene.changes.do(edit):
            return ""
        self.select(edit.frame)
        return edit.frame

    def select(self, id_: str) -> None:
        """Selects a frame alone and moves so that it is seen."""
        self._scene.levels.show_frame(id_)
        self._frames.choose_alone(id_)
        area = self._frames.items[id_].scene_box()
        seen = self._view.seen()
        is_large = area.width() > seen.width() or area.height() > seen.height()
        self._view.reveal(QRectF(area.topLeft(), area.topLeft()).adjusted(0, 0, 1, STRIP) if is_large else area)

    def _one(self) -> str:
        """The id of the one frame that is selected; says so and gives "" otherwise."""
        chosen = self._frames.chosen()
        if len(chosen) != 1:
            self._scene.changes.refused.emit("Select one frame or note." if chosen else SELECT_FIRST)
            return ""
        return chosen[0]

    def rename(self) -> None:
        """Lets the title of the selected frame be typed."""
        if id_ := self._one():
            self.open_title(id_)

    def edit_note(self) -> None:
        """Lets the text of the selected frame be written."""
        if id_ := self._one():
            self.open_note(id_)

    def open_title(self, id_: str, *, is_new: bool = False) -> None:
        """Opens the field for the title over a frame; one that is new has no title yet that Escape could give back."""
        self.select(id_)
        item = self._frames.items[id_]
        strip = QRectF(0, 0, item.rect().width(), STRIP)
        self.line.open_over(self._on_screen(item, strip), item.frame.title, is_new=is_new)
        self._open = id_

    def open_note(self, id_: str, *, is_new: bool = False) -> None:
        """Opens the field for the text over a frame; one that is new has no text yet that Escape could give back."""
        self.note.close_line()
        self.select(id_)
        self._open, self._is_new = id_, is_new
        item = self._frames.items[id_]
        self.note.open_over(self._note_place(item), item.frame.text, is_new=is_new)

    def finish_writing(self) -> None:
        """Closes the fields; what was written stays."""
        self.line.close_line()
        self.note.close_line()

    def edit_at(self, place: QPointF) -> bool:
        """Opens the text of a frame that is at a place of the canvas; says whether there is one."""
        id_ = self._frames.written_at(place)
        if id_:
            self.open_note(id_)
        return bool(id_)

    def _on_screen(self, item: FreeFrameItem, part: QRectF) -> QRect:
        return self._view.mapFromScene(part.translated(item.pos())).boundingRect()

    def _note_place(self, item: FreeFrameItem) -> QRect:
        return self._on_screen(item, item.text_rect().adjusted(-4, -4, 4, 4))

    def _follow(self) -> None:
        """The field for the text stays over its frame while the canvas moves."""
        if self.note.isVisible() and self._open in self._frames.items:
            self.note.lie_over(self._note_place(self._frames.items[self._open]))

    def _on_title(self, title: str) -> None:
        self._change([self._open], title=title)

    def _on_written(self, text: str) -> None:
        self._change([self._open], text=text)

    def _on_left(self) -> None:
        """A note that was added to be written into, and was not, goes again."""
        session = self._scene.session
        frame = session.graph.frames.get(self._open)
        is_last = session.undo_stack.undoText() == SetFrame("", MISSING, Frame()).text
        if self._is_new and is_last and frame is not None and not frame.text:
            session.undo_stack.undo()
        self._is_new = False

    def _on_document_changed(self, edit: object) -> None:
        frame = self._scene.session.graph.frames.get(self._open)
        if frame is None:
            self._is_new = False
            self.note.close_line()
            self.line.hide()
        elif self.note.isVisible() and frame.text != self.note.text():
            self.note.close_line()

    def _change(self, ids: list[str], **fields: object) -> None:
        """Gives frames another title, text, colour or area, as one step."""
        graph = self._scene.session.graph
        try:
            made = [change_frame(graph, id_, **fields) for id_ in ids if id_ in graph.frames]
        except WorkbenchError as error:
            self._scene.changes.refused.emit(str(error))
            return
        edits = [edit for edit in made if edit is not None]
        if edits:
            self._scene.changes.do(
                edits[0] if len(edits) == 1 else CompositeGraphEdit(tuple(edits), f"Colour {len(edits)} frames")
            )

    def colour_frame(self) -> None:
        """Lists the colours that the selected frames can have."""
        chosen = self._frames.chosen()
        if not chosen:
            self._scene.changes.refused.emit(SELECT_FIRST)
            return
        names = ("", *COLOURS)
        popup = ChoicePopup("Colour", [colour_name(name) for name in names], self._view)
        popup.chosen.connect(lambda number: self.colour(names[number]))
        self._choice = popup
        item = self._frames.items[chosen[0]]
        popup.open_at(self._view.mapToGlobal(self._on_screen(item, item.rect()).topLeft()))

    def colour(self, name: str) -> None:
        """Gives the selected frames a colour; "" is none."""
        self._change(self._frames.chosen(), colour=name)

    def select_in_frame(self) -> None:
        """Selects all nodes that stand in the selected frames."""
        chosen = self._frames.chosen()
        ids = [id_ for box in self._frames.boxes_in(chosen) for id_ in box.ids]
        if ids:
            self._scene.session.select(ids)
        else:
            self._scene.changes.refused.emit("Nothing stands in it." if chosen else SELECT_FIRST)

    def fit_frame(self) -> None:
        """Lays the selected frames round what is in them; one with nothing in it is as high as its text."""
        chosen = self._frames.chosen()
        if not chosen:
            self._scene.changes.refused.emit(SELECT_FIRST)
        graph = self._scene.session.graph
        made = [change_frame(graph, id_, area=self._fitted(id_)) for id_ in chosen]
        edits = tuple(edit for edit in made if edit is not None)
        if edits:  # a step of its own beside pulling an edge
            what = graph.frames[chosen[0]].called if len(chosen) == 1 else f"{len(chosen)} frames"
            self._scene.changes.do(CompositeGraphEdit(edits, f"Fit {what}", merges=False))

    def _fitted(self, id_: str) -> Area:
        item = self._frames.items[id_]
        inner = self._around(self._frames.boxes_in([id_]))
        inner += [self._frames.items[each].area() for each in self._frames.frames_in([id_])]
        if inner:
            return laid_round(inner, margins_of(self._scene.arrangement(), item.frame))
        left, top, width, _ = item.area()
        text = text_height(item.frame, width - 2 * TEXT_INSET) if item.frame.text else 0.0
        return (left, top, width, float(max(LEAST[1], round(text + 3 * TEXT_INSET + item.strip_rect().height()))))

    def resize(self, x: float, y: float) -> None:
        """Moves the right and lower edges of the selected frames; repeated, it stays one step."""
        graph, edits = self._scene.session.graph, list[GraphEdit]()
        for id_ in self._frames.chosen():
            left, top, width, height = graph.frames[id_].area
            size = max(min(LEAST[0], width), width + x), max(min(LEAST[1], height), height + y)
            edit = change_frame(graph, id_, area=(left, top, *size))
            edits += [edit] if edit is not None else []
        if edits:
            self._scene.changes.do(
                edits[0] if len(edits) == 1 else CompositeGraphEdit(tuple(edits), f"Resize {len(edits)} frames")
            )


def colour_name(colour: str) -> str:
    """How a colour of frames is called in a menu."""
    return colour.capitalize() or "None"
