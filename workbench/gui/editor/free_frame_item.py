"""Frames and notes as items: behind everything, taken by title, edges and, where nothing stands in them, as a whole."""

from __future__ import annotations

from typing import Any, Literal

from PyQt6.QtCore import QPointF, QRect, QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen
from PyQt6.QtWidgets import (
    QGraphicsItem,
    QGraphicsSceneHoverEvent,
    QGraphicsView,
    QStyleOptionGraphicsItem,
    QWidget,
)

from workbench.core.errors import printable
from workbench.core.frames import LONGEST_NOTE, Area, Frame
from workbench.editing.box_sizes import STRIP, TEXT_INSET
from workbench.gui.editor import painting
from workbench.gui.editor.box_item import LIT
from workbench.gui.editor.painting import FAR_LINE, FAR_NAME, NAME_SIZE, NAMED_FROM, RADIUS, TEXT_FROM, TEXT_SIZE
from workbench.gui.widgets.labels import tip_of_lines
from workbench.gui.widgets.theme import STRIP_TINT, TINT, Theme, frame_colour

HANDLE = 14.0  # the lower right corner of a frame, as far as lines are drawn in it
EDGE, EDGE_OUTSIDE = 6.0, 2.0  # how wide an edge is for the mouse, in pixels of the screen, and how far it goes outside
BEHIND, ABOVE = -60.0, 3.0  # frames are behind those of groups; names that are read from far away above nodes
FIRST_LINE = 60  # characters of a note that stand for its title where it has none
HINT = "Double-click to write"
Side = Literal["left", "right", "top", "bottom"]
Sides = frozenset[Side]
CURSORS: dict[Sides, Qt.CursorShape] = {
    frozenset({"left"}): Qt.CursorShape.SizeHorCursor, frozenset({"right"}): Qt.CursorShape.SizeHorCursor,
    frozenset({"top"}): Qt.CursorShape.SizeVerCursor, frozenset({"bottom"}): Qt.CursorShape.SizeVerCursor,
    frozenset({"left", "top"}): Qt.CursorShape.SizeFDiagCursor,
    frozenset({"right", "bottom"}): Qt.CursorShape.SizeFDiagCursor,
    frozenset({"right", "top"}): Qt.CursorShape.SizeBDiagCursor,
    frozenset({"left", "bottom"}): Qt.CursorShape.SizeBDiagCursor,
}  # fmt: skip


class FreeFrameItem(QGraphicsItem):
    """A frame or note.

    Attributes:
        id: in the document.
        frame: as in the document.
        theme: its colours.
        room: how much free canvas there is between its upper edge and what stands in it; None where nothing does.
        is_lit: whether it shows that it is meant by what is searched.
        label: its name, painted above the nodes where all is so far away that nothing else can be read.
    """

    def __init__(self, id_: str, theme: Theme) -> None:
        super().__init__()
        self.id, self.theme, self.frame = id_, theme, Frame()
        self.room: float | None = None
        self.is_lit = False
        self.label = FrameLabel(self)
        self._size = QRectF(0, 0, *self.frame.area[2:])
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemSendsGeometryChanges)
        self.setAcceptHoverEvents(True)

    def update_from(self, frame: Frame, room: float | None) -> None:
        """Shows another state of it."""
        self.frame, self.room = frame, room
        self.set_area(QRectF(*frame.area))
        lines = [frame.title, *frame.text.split("\n")[:12]]
        moves = "Drag the title" if room is not None else "Drag"
        tip = f"{moves} to move it with what is in it, with Alt alone. Double-click to write."
        self.setToolTip(tip_of_lines([*(safe_line(line) for line in lines), tip]))
        self.update()
        self.label.update()

    def set_area(self, area: QRectF) -> None:
        """Covers this part of the canvas."""
        size = QRectF(0, 0, area.width(), area.height())
        if size != self._size:
            self.prepareGeometryChange()
            self.label.prepareGeometryChange()
            self._size = size
        self.setPos(area.topLeft())

    def set_lit(self, lit: bool) -> None:
        """Lights up, or no longer."""
        if lit != self.is_lit:
            self.is_lit = lit
            self.update()

    def rect(self) -> QRectF:
        """The whole of it, in the item's coordinates."""
        return QRectF(self._size)

    def scene_box(self) -> QRectF:
        """The part of the canvas that it covers."""
        return self._size.translated(self.pos())

    def area(self) -> Area:
        """The same as plain numbers."""
        return (self.x(), self.y(), self._size.width(), self._size.height())

    def strip_rect(self) -> QRectF:
        """Where the title is, in the item's coordinates; empty for a note."""
        has_strip = bool(self.frame.title) or self.room is not None
        return QRectF(0, 0, self._size.width(), min(STRIP, self._size.height()) if has_strip else 0)

    def text_rect(self) -> QRectF:
        """Where its text may be: below the title, and above what stands in it."""
        top = self.strip_rect().height() + (TEXT_INSET / 2 if self.strip_rect().height() else TEXT_INSET)
        bottom = self._size.height() - TEXT_INSET if self.room is None else self.room - TEXT_INSET / 2
        return QRectF(TEXT_INSET, top, max(0.0, self._size.width() - 2 * TEXT_INSET), max(0.0, bottom - top))

    def name(self) -> str:
        """Its title; that of a note is the beginning of its text."""
        return safe_line(self.frame.title or self.frame.text.strip().partition("\n")[0][:FIRST_LINE])

    def sides_at(self, place: QPointF) -> Sides:
        """The edges that the mouse takes at a point of the item: two at a corner, none further in."""
        if self._handle().contains(place):
            return frozenset({"right", "bottom"})
        reach = self._reach()
        x, y = place.x(), place.y()
        found: list[tuple[Side, bool]] = [
            ("left", x < reach), ("right", x > self._size.width() - reach),
            ("top", y < reach * 2 / 3), ("bottom", y > self._size.height() - reach),
        ]  # fmt: skip
        return frozenset(side for side, is_near in found if is_near)

    def _view(self) -> QGraphicsView | None:
        scene = self.scene()
        return next(iter(scene.views()), None) if scene is not None else None

    def _is_cut_by_band(self) -> bool:
        """Whether a rubber band is pulled that does not go round all of it: that means what is in it, and not it."""
        view = self._view()
        band = view.rubberBandRect() if view is not None else QRect()
        return (
            view is not None
            and not band.isNull()
            and not view.mapToScene(band).boundingRect().contains(self.scene_box())
        )

    def _reach(self) -> float:
        """How far inside an edge is taken: as wide on the screen at every zoom, but never most of a small frame."""
        view = self._view()
        zoom = view.transform().m11() if view is not None else 1.0
        return min(EDGE / zoom, self._size.width() / 6, self._size.height() / 6)

    def _handle(self) -> QRectF:
        """The lower right corner, as far as it is drawn as one, or else as far as its edges are taken."""
        side = min(HANDLE, self._size.width() / 3, self._size.height() / 3) if self.isSelected() else 0.0
        corner, side = self._size.bottomRight(), max(side, self._reach())
        return QRectF(corner - QPointF(side, side), corner + QPointF(EDGE_OUTSIDE, EDGE_OUTSIDE))

    def boundingRect(self) -> QRectF:
        return self._size.adjusted(-3, -3, 3, 3)

    def shape(self) -> QPainterPath:
        path, whole = QPainterPath(), self._size.adjusted(-EDGE_OUTSIDE, -EDGE_OUTSIDE, EDGE_OUTSIDE, EDGE_OUTSIDE)
        path.addRect(whole)
        if self.room is None:
            return path
        reach = self._reach()
        inner = self._size.adjusted(reach, max(reach, self.strip_rect().height()), -reach, -reach)
        path.addRect(inner)  # odd-even: a hole, through which clicks go to the canvas
        path.addRect(inner & self._handle())  # odd-even: filled again
        return path

    def itemChange(self, change: QGraphicsItem.GraphicsItemChange, value: Any) -> Any:
        if change == QGraphicsItem.GraphicsItemChange.ItemPositionHasChanged:
            self.label.setPos(self.pos())
        if change == QGraphicsItem.GraphicsItemChange.ItemSelectedChange and value and self._is_cut_by_band():
            return False
        return super().itemChange(change, value)

    def hoverMoveEvent(self, event: QGraphicsSceneHoverEvent | None) -> None:
        assert event is not None
        shape = CURSORS.get(self.sides_at(event.pos()))
        if shape is None:
            self.unsetCursor()
        else:
            self.setCursor(shape)

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        assert painter is not None
        zoom = QStyleOptionGraphicsItem.levelOfDetailFromTransform(painter.worldTransform())
        self._paint_ground(painter, zoom)
        if zoom < TEXT_FROM:
            return
        strip = self.strip_rect()
        if self.frame.title:
            made = painting.growing(NAME_SIZE, zoom, bold=True)
            painter.setFont(made)
            painter.setPen(QColor(self.theme.text))
            place = strip.adjusted(10, 0, -10, 0)
            text = QFontMetricsF(made).elidedText(self.name(), Qt.TextElideMode.ElideRight, place.width())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)
        self._paint_text(painter, zoom)

    def _paint_ground(self, painter: QPainter, zoom: float) -> None:
        colour = frame_colour(self.frame.colour)
        outline, width = (QColor(self.theme.accent), LIT) if self.is_lit else (colour, 1.0)
        if self.isSelected() and not self.is_lit:
            outline, width = QColor(self.theme.accent), 2.0
        body, strip = QColor(colour), QColor(colour)
        body.setAlphaF(TINT)
        strip.setAlphaF(STRIP_TINT)
        shape = QPainterPath()
        shape.addRoundedRect(self._size, RADIUS, RADIUS)
        painter.fillPath(shape, body)
        if self.strip_rect().height():
            head = QPainterPath()
            head.addRect(self.strip_rect())
            painter.fillPath(shape.intersected(head), strip)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(outline, max(width, FAR_LINE * width / zoom)))
        painter.drawPath(shape)
        if self.isSelected() and zoom >= TEXT_FROM:
            corner = self._size.bottomRight() - QPointF(4, 4)
            for step in (5.0, 10.0):
                painter.drawLine(corner - QPointF(step, 0), corner - QPointF(0, step))

    def _paint_text(self, painter: QPainter, zoom: float) -> None:
        """The text as far as there is room; an empty note says how it is written into."""
        place, made = self.text_rect(), painting.growing(TEXT_SIZE, zoom)
        is_empty = not self.frame.text and not self.frame.title and self.room is None
        text = HINT if is_empty else safe_text(self.frame.text)
        if not text:
            return
        if QFontMetricsF(made).lineSpacing() > place.height():
            made = painting.font(TEXT_SIZE[0])  # small rather than not at all
        painter.setFont(made)
        painter.setPen(QColor(painting.faint(self.theme, zoom) if is_empty else self.theme.text))
        metrics = QFontMetricsF(made)
        lines = painting.wrapped(text, made.pointSizeF(), int(place.width()), int(place.height()))
        for number, line in enumerate(lines):
            base = place.top() + metrics.ascent() + number * metrics.lineSpacing()
            painter.drawText(QPointF(place.left(), base), line)


class FrameLabel(QGraphicsItem):
    """The name of a frame that is far away, on a plate at its upper left corner; it takes no mouse.

    The plate ends where the title ends, and reaches out above the frame rather than over what stands in it.
    """

    def __init__(self, frame: FreeFrameItem) -> None:
        super().__init__()
        self._frame = frame
        self.setZValue(ABOVE)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def boundingRect(self) -> QRectF:
        return self._frame.rect().adjusted(0, -self._frame.rect().height() / 2, 0, 0)

    def shape(self) -> QPainterPath:
        return QPainterPath()

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        assert painter is not None
        zoom = QStyleOptionGraphicsItem.levelOfDetailFromTransform(painter.worldTransform())
        place, name = self._frame.rect(), self._frame.name()
        if zoom >= TEXT_FROM or not name or place.width() * zoom < NAMED_FROM:
            return
        made = painting.font(round(2 * min(FAR_NAME / zoom, place.height() / 3)) / 2, bold=True)
        metrics = QFontMetricsF(made)
        gap = metrics.height() / 4
        text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, place.width() - 2 * gap)
        plate = QRectF(place.topLeft(), place.topLeft())
        plate.setSize(metrics.size(0, text).expandedTo(plate.size()))
        plate.setWidth(min(place.width(), plate.width() + 2 * gap))
        if self._frame.strip_rect().height():
            plate.moveBottom(max(STRIP, plate.height() - place.height() / 2))
        ground = QColor(self._frame.theme.canvas)
        ground.setAlphaF(0.85)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(plate, gap, gap)
        painter.setFont(made)
        painter.setPen(QColor(self._frame.theme.text))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)


def safe_line(text: str) -> str:
    """One line of a file's text, made safe to show."""
    return printable(text.replace("\t", "    "), LONGEST_NOTE)


def safe_text(text: str) -> str:
    """Several lines of a file's text, made safe to show."""
    return "\n".join(map(safe_line, text.split("\n")))
