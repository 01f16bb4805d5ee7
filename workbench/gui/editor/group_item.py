"""Groups on the canvas: a titled frame behind the nodes of an open one, one box in place of a folded one."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen
from PyQt6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from workbench.core.graph import Port
from workbench.editing.box_sizes import (
    HEADER,
    PADDING,
    PICTURE,
    PROBLEM,
    ROW,
    TITLE,
    WIDTH,
    group_height,
    tallest_group,
)
from workbench.editing.node_text import GroupText, Side
from workbench.gui.editor import painting
from workbench.gui.editor.box_item import LIT, BoxItem, row_of
from workbench.gui.editor.painting import NUMBERS_FROM, RADIUS, TEXT_FROM
from workbench.gui.widgets.labels import tip_of_lines
from workbench.gui.widgets.theme import Theme

BEHIND = -20.0


class FoldedItem(BoxItem):
    """A folded group as one box, with the ports of the wires that cross its border.

    Attributes:
        prefix: the group.
        shown: what it says.
        end: id of the node by which the group is left.
        picture: what the group makes of the picture that is looked at, or None.
    """

    def __init__(self, prefix: str, theme: Theme) -> None:
        super().__init__(theme)
        self.prefix = prefix
        self.shown = GroupText("")
        self._ids: list[str] = []
        self.end = ""
        self.picture: QImage | None = None

    def update_from(self, ids: list[str], shown: GroupText) -> None:
        """Shows another state of the group."""
        self._ids, self.shown = ids, shown
        self._measure()
        self.lay_ends([port for port, _ in shown.inputs], [(port, kind) for port, _, kind in shown.outputs])
        lines = [f"{shown.title} ({self.prefix})", " · ".join(shown.numbers), shown.problem]
        self.setToolTip(tip_of_lines([*lines, "Double-click goes into it, F shows its nodes here."]))
        self.update()

    @property
    def ids(self) -> list[str]:
        return self._ids

    @property
    def title(self) -> str:
        return self.shown.title

    def place_of(self, side: Side, port: Port) -> QPointF:
        return super().place_of(side, self.shown.merged.get(port, port) if side == "in" else port)

    def _measure(self) -> None:
        """Takes the heights that follow from what is shown."""
        height = group_height(self.shown, has_picture=self.has_picture)
        self.set_heights(height, tallest_group(self.shown), height)

    @property
    def has_picture(self) -> bool:
        """Whether a picture is shown; a problem is more important."""
        return self.picture is not None and not self.shown.problem

    def set_picture(self, picture: QImage | None) -> None:
        """Shows a picture on the box, or none."""
        if picture is None and self.picture is None:
            return
        self.picture = picture
        self._measure()
        self.update()

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        assert painter is not None
        zoom = QStyleOptionGraphicsItem.levelOfDetailFromTransform(painter.worldTransform())
        theme, box, shown = self.theme, self.box(), self.shown
        edge = self._problem_colour() if shown.problem else theme.accent if self.isSelected() else theme.line
        pen = QPen(QColor(edge), 2.0 if self.isSelected() or shown.problem else 1.0)
        if self.is_lit:
            pen = QPen(QColor(theme.accent), LIT)
        if zoom < (TEXT_FROM if self.has_picture or shown.problem else NUMBERS_FROM):
            self._paint_far(painter, pen, zoom)
            return
        painter.setPen(QPen(QColor(theme.line), 1.0))
        painter.setBrush(QColor(theme.panel))
        painter.drawRoundedRect(box.translated(5, 5), RADIUS, RADIUS)
        painting.draw_box(painter, box, self.colour, theme, pen)
        if self.isSelected() and shown.problem:
            painting.draw_selected(painter, box, theme)
        painting.draw_header(painter, shown.title, "group", zoom)
        self._paint_body(painter, zoom)
        self.draw_ports(painter)

    def _problem_colour(self) -> str:
        return self.theme.hint if self.shown.is_hint else self.theme.wrong

    def _paint_far(self, painter: QPainter, pen: QPen, zoom: float) -> None:
        """Far away it is still seen to be a pile: a second box looks out behind the first."""
        colour = self.colour
        behind = QColor(colour)
        behind.setAlphaF(0.5)
        painting.draw_far_box(painter, self.box().translated(12, 12), behind, QPen(Qt.PenStyle.NoPen), zoom)
        painting.draw_far_box(painter, self.box(), colour, pen, zoom)
        painting.draw_far_name(painter, self.box(), self.shown.title, zoom)
        if self.marks or zoom >= TEXT_FROM:
            self.draw_ports(painter)

    def _paint_body(self, painter: QPainter, zoom: float) -> None:
        shown, faint = self.shown, painting.faint(self.theme, zoom)
        rows = max(len(shown.inputs), len(shown.outputs))
        top = row_of(rows) - ROW / 2 if rows > 1 else HEADER + 5
        if self.has_picture and self.picture is not None:
            painting.draw_picture(painter, self.picture, QRectF(9, top, WIDTH - 18, PICTURE - 6))
            top += PICTURE
        painting.draw_line(painter, self.tinted(shown.numbers), QRectF(10, top, WIDTH - 20, ROW + 4), faint, zoom)
        for number, (_, name) in enumerate(shown.inputs if rows > 1 else ()):
            place = QRectF(10, row_of(number) - ROW / 2, WIDTH / 2 - 12, ROW)
            painting.draw_line(painter, [name], place, faint, zoom)
        for number, (_, name, _) in enumerate(shown.outputs if rows > 1 else ()):
            place = QRectF(WIDTH / 2 + 2, row_of(number) - ROW / 2, WIDTH / 2 - 12, ROW)
            painting.draw_line(painter, [name], place, faint, zoom)
        if shown.problem:
            place = QRectF(8, self.height - PROBLEM, WIDTH - 16, PROBLEM)
            painting.draw_line(painter, [shown.problem], place, self._problem_colour(), zoom)


class FrameItem(QGraphicsItem):
    """The frame of an open group; only its title takes the mouse.

    Attributes:
        prefix: the group.
        theme: its colours.
    """

    def __init__(self, prefix: str, theme: Theme) -> None:
        super().__init__()
        self.prefix, self.theme = prefix, theme
        self._title, self._colour = "", QColor()
        self._area = QRectF()
        self.setToolTip("Drag moves the group; double-click folds it.")

    def update_from(self, title: str, colour: str, boxes: list[QRectF]) -> None:
        """Goes round these boxes."""
        area = QRectF()
        for box in boxes:
            area = area.united(box)
        area = area.adjusted(-PADDING, -PADDING - TITLE, PADDING, PADDING)
        if area != self._area:
            self.prepareGeometryChange()
            self._area = area
        self._title = title
        self._colour = QColor(colour) if QColor.isValidColorName(colour) else QColor()
        self.setZValue(BEHIND + self.prefix.count("."))
        self.update()

    def area(self) -> QRectF:
        """The whole frame on the canvas."""
        return self._area

    def title_rect(self) -> QRectF:
        """Where the title is, on the canvas."""
        return QRectF(self._area.left(), self._area.top(), self._area.width(), TITLE)

    def boundingRect(self) -> QRectF:
        return self._area.adjusted(-2, -2, 2, 2)

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.addRect(self.title_rect())
        return path

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        assert painter is not None
        zoom = QStyleOptionGraphicsItem.levelOfDetailFromTransform(painter.worldTransform())
        colour = self._colour if self._colour.isValid() else QColor(self.theme.faint)
        fill = QColor(colour)
        fill.setAlphaF(0.10)
        painter.setPen(QPen(colour, 1.0))
        painter.setBrush(fill)
        painter.drawRoundedRect(self._area, RADIUS, RADIUS)
        if zoom >= TEXT_FROM:
            painter.setFont(painting.growing(painting.NAME_SIZE, zoom, bold=True))
            painter.setPen(QColor(self.theme.text))
            place = self.title_rect().adjusted(12, 0, -12, 0)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, self._title)
