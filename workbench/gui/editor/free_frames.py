"""Keeps the items of frames and notes equal to the document, and says what stands in them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from PyQt6.QtCore import QObject, QPointF, QRectF, pyqtSignal
from PyQt6.QtGui import QFontMetricsF
from PyQt6.QtWidgets import QGraphicsScene

from workbench.core.edits import GraphEdit
from workbench.core.frames import Area, Frame, change_text, contains, inside, shifted
from workbench.core.framing import change_frame
from workbench.editing.arrangement import StandingBox
from workbench.gui.document.session import Session
from workbench.gui.editor import painting
from workbench.gui.editor.box_item import BoxItem
from workbench.gui.editor.free_frame_item import BEHIND, FreeFrameItem, safe_text
from workbench.gui.editor.levels import Levels
from workbench.gui.widgets.theme import Theme


class FreeFrames(QObject):
    """The items of frames and notes. Which are chosen is Qt's selection, as with wires.

    Signals:
        title_requested(str): the user wants to give the frame of that id another title.
        note_requested(str): the user wants to write into the frame or note of that id.

    Attributes:
        items: by id, in the document's order.
    """

    title_requested = pyqtSignal(str)
    note_requested = pyqtSignal(str)

    def __init__(
        self,
        scene: QGraphicsScene,
        session: Session,
        levels: Levels,
        boxes: Callable[[], Sequence[BoxItem]],
        theme: Theme,
    ) -> None:
        """Prepares for a scene that shows no frame yet.

        Args:
            scene: takes the items.
            session: holds the document.
            levels: say which frames are seen.
            boxes: gives what stands on the level that is shown.
            theme: colours to begin with.
        """
        super().__init__(scene)
        self._scene, self._session, self._levels = scene, session, levels
        self._boxes, self._theme = boxes, theme
        self.items: dict[str, FreeFrameItem] = {}

    @property
    def here(self) -> Mapping[str, Frame]:
        """The frames of the level that is shown."""
        return self._levels.frames

    def sync(self) -> None:
        """Makes, changes and takes away items until they show the document; smaller ones are in front of larger."""
        frames = self.here
        for id_ in [id_ for id_ in self.items if id_ not in frames]:
            item = self.items.pop(id_)
            self._scene.removeItem(item.label)
            self._scene.removeItem(item)
        stand = [standing_box(box).standing for box in self._boxes()] if frames else []
        for id_, frame in frames.items():
            if id_ not in self.items:
                self.items[id_] = item = FreeFrameItem(id_, self._theme)
                self._scene.addItem(item)
                self._scene.addItem(item.label)
            tops = [area[1] for area in stand if contains(frame.area, area)]
            self.items[id_].update_from(frame, min(tops) - frame.area[1] if tops else None)
        by_size = sorted(frames, key=lambda id_: -frames[id_].area[2] * frames[id_].area[3])
        for number, id_ in enumerate(by_size):
            self.items[id_].setZValue(BEHIND + number / len(by_size))

    def set_theme(self, theme: Theme) -> None:
        """Draws them in another set of colours."""
        self._theme = theme
        for item in self.items.values():
            item.theme = theme
            item.update()
            item.label.update()

    def chosen(self) -> list[str]:
        """The ids of the frames that are selected."""
        return [id_ for id_, item in self.items.items() if item.isSelected()]

    def choose(self, ids: Collection[str]) -> None:
        """Selects these frames, beside the nodes that are selected, and no others."""
        for id_, item in self.items.items():
            item.setSelected(id_ in ids)

    def choose_alone(self, id_: str) -> None:
        """Selects one frame and nothing else."""
        self._scene.clearSelection()
        self.items[id_].setSelected(True)

    def areas(self) -> list[QRectF]:
        """What they cover of the canvas."""
        return [item.scene_box() for item in self.items.values()]

    def is_held(self, id_: str) -> bool:
        """Whether boxes stand in a frame, so that only its title and edges take the mouse."""
        return self.items[id_].room is not None

    def boxes_in(self, ids: Iterable[str]) -> list[BoxItem]:
        """The boxes that stand wholly in one of these frames."""
        areas = [self.items[id_].area() for id_ in ids]
        boxes = self._boxes() if areas else []
        return [box for box in boxes if any(contains(area, standing_box(box).standing) for area in areas)]

    def frames_in(self, ids: Collection[str]) -> list[str]:
        """The other frames that lie wholly in one of these."""
        frames = self.here
        found = {other for id_ in ids for other in inside(frames, id_)}
        return [id_ for id_ in frames if id_ in found and id_ not in ids]

    def round_nodes(self, ids: Collection[str]) -> list[str]:
        """The frames in which boxes stand, all of them boxes of these nodes."""
        held = {id_: [node for box in self.boxes_in([id_]) for node in box.ids] for id_ in self.items}
        return [id_ for id_, nodes in held.items() if nodes and set(nodes) <= set(ids)]

    def notes(self) -> list[Area]:
        """What is covered by notes with nothing in them, upon which nothing should come to lie."""
        return [item.area() for item in self.items.values() if not item.frame.title and item.room is None]

    def moves(self, ids: Iterable[str], step: tuple[float, float]) -> list[GraphEdit]:
        """The edits that move frames by a step."""
        graph = self._session.graph
        edits = [change_frame(graph, id_, area=shifted(graph.frames[id_].area, step)) for id_ in ids]
        return [edit for edit in edits if edit is not None]

    def move_text(self, id_: str) -> str:
        """What the menu says where a frame is moved with what is in it."""
        frame = self._session.graph.frames[id_]
        return change_text(frame, frame)

    def written_at(self, place: QPointF) -> str:
        """The id of the frame whose text is at a place that is left to the canvas; "" without one."""
        items = [item for item in self.items.values() if item.room is not None and item.frame.text]
        found = [item for item in items if item.text_rect().contains(place - item.pos())]
        return min(found, key=lambda item: item.area()[2] * item.area()[3]).id if found else ""


FITTED = 11.0  # points of a text for which room is made; so large it is at a zoom of 70 %


def standing_box(box: BoxItem) -> StandingBox:
    """Returns where a box stands, as a value."""
    return StandingBox(tuple(box.ids), box.x(), box.y(), box.height, box.tallest, box.lowest)


def text_height(frame: Frame, width: float) -> float:
    """Returns how high a frame's text is in lines of that width, also where it has grown a bit by zooming out."""
    step = QFontMetricsF(painting.font(FITTED)).lineSpacing()
    return step * len(painting.wrapped(safe_text(frame.text), FITTED, max(1, int(width)), 1_000_000))
