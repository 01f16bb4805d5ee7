"""A node on the canvas: name and layer, its picture, its numbers, its ports, and its problem with the fix beside it."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPen
from PyQt6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from workbench.core.errors import printable
from workbench.core.graph import Node, Port
from workbench.editing.box_sizes import HEADER, PICTURE, ROW, WIDTH
from workbench.editing.node_text import NodeText, TextSource, receptive_field_text
from workbench.gui.editor import painting
from workbench.gui.editor.box_item import LIT, BoxItem, row_of
from workbench.gui.editor.painting import NUMBERS_FROM, TEXT_FROM, TINY
from workbench.gui.widgets.labels import tip_of_lines
from workbench.gui.widgets.layer_colours import group_colour
from workbench.gui.widgets.theme import Theme
from workbench.model.receptive_field import ReceptiveField
from workbench.model.receptive_fields import ReceptiveFields

BODY = 34.0
PROBLEM, FIX = 20.0, 26.0
NUMBERS_APART = 42.0  # room of the first output's name beside the numbers


class NodeItem(BoxItem):
    """The picture of one node; it changes nothing in the document.

    Attributes:
        node: as in the document.
        shown: what it says besides.
        picture: what it does to the picture that is looked at, or None.
        loss: for a loss node, its latest value.
        source: all that `shown` came from.
    """

    def __init__(
        self, node: Node, shown: NodeText, field_of: Callable[[str], ReceptiveField | None], theme: Theme
    ) -> None:
        """Makes the item of a node.

        Args:
            node: as in the document.
            shown: what it says besides.
            field_of: returns the receptive field of the node with an id; asked only where it is written.
            theme: the colours.
        """
        super().__init__(theme)
        self.node, self.shown, self._field_of = node, shown, field_of
        self._painted_field: tuple[ReceptiveField | None, ...] = ()  # empty: none was painted
        self.picture: QImage | None = None
        self.loss = ""
        self.source: TextSource | None = None
        self._laid: object = None  # the ends as they are laid
        self.setPos(*node.position)
        self._describe()

    def update_from(self, node: Node, shown: NodeText) -> bool:
        """Shows another state of the node; says whether it moved or its ports did."""
        has_moved = (self.x(), self.y()) != node.position
        if has_moved:
            self.setPos(*node.position)
        if node == self.node and shown == self.shown:
            return has_moved
        has_other_ends = ends_of(shown) != ends_of(self.shown)
        self.node, self.shown = node, shown
        self._describe()
        self.update()
        return has_moved or has_other_ends

    def numbers(self) -> tuple[str, ...]:
        """Returns what its line of numbers says: shape, parameters and receptive field, as many as there are."""
        field = self._field_of(self.node.id) if self.shown.numbers else None
        seen = receptive_field_text(field)
        return self.tinted((*self.shown.numbers, seen) if seen else self.shown.numbers)

    def check_field(self, fields: ReceptiveFields) -> None:
        """Has the item painted anew where the receptive field may be another than the one that was painted."""
        if self._painted_field and not fields.is_still(self.node.id, self._painted_field[0]):
            self._painted_field = ()
            self.update()

    def set_picture(self, picture: QImage | None) -> None:
        """Shows a picture on the node, or none."""
        if picture is None and self.picture is None:
            return
        self.picture = picture
        self._measure()
        self.update()

    def set_loss(self, text: str) -> None:
        """Shows the latest value of the loss."""
        if text != self.loss:
            self.loss = text
            self.update()

    def _describe(self) -> None:
        id_, ends = self.node.id, ends_of(self.shown)
        if ends != self._laid:
            self._laid = ends
            self.lay_ends(
                [Port(id_, end) for end in self.shown.inputs],
                [(Port(id_, name), kind) for name, kind in self.shown.outputs],
            )
            self.spare = frozenset(Port(id_, end) for end in self.shown.spare)
        self._layer = printable(self.node.layer)
        self._is_plain = not (self.node.bypass or self.shown.problem)
        self._measure()

    def toolTip(self) -> str:
        self.make_tip()
        return super().toolTip()

    def make_tip(self) -> None:
        """Makes the tool tip; Qt does not ask for it before it shows it."""
        problem = f"Hint: {self.shown.problem}" if self.shown.is_hint else self.shown.problem
        lines = [f"{self.node.name} ({self._layer})", " · ".join(self.numbers()), problem]
        lines += ["Bypassed: its input passes through."] if self.node.bypass else []
        lines += ["Frozen: its weights are not trained."] if self.node.frozen else []
        self.setToolTip(tip_of_lines(lines))

    @property
    def ids(self) -> list[str]:
        return [self.node.id]

    @property
    def title(self) -> str:
        return self.shown.label

    @property
    def own_colour(self) -> QColor:
        return group_colour(self.shown.group)

    @property
    def has_picture(self) -> bool:
        """Whether a picture is shown; a problem is more important."""
        return self.picture is not None and not self.shown.problem

    def _measure(self) -> None:
        """Takes the heights that follow from what is shown."""
        problem = (PROBLEM if self.shown.problem else 0) + (FIX if self.shown.fix else 0)
        lowest = HEADER + self._rows_height()
        height = lowest + (PICTURE if self.has_picture else 0) + problem
        self.set_heights(height, height + (0 if self.has_picture or self.shown.problem else PICTURE), lowest)

    def _rows_height(self) -> float:
        return max(BODY, 8 + ROW * max(len(self.shown.inputs), len(self.shown.outputs)))

    @property
    def _names_ends(self) -> bool:
        """Whether there are several inputs or outputs, so that their names are written beside them."""
        return max(len(self.shown.inputs), len(self.shown.outputs)) > 1

    def fix_rect(self) -> QRectF:
        if not self.shown.fix:
            return QRectF()
        return QRectF(8, self.height - FIX, WIDTH - 16, FIX - 6)

    def picture_rect(self) -> QRectF:
        """Where the picture is: right below the header, or below the names of inputs and outputs."""
        top = HEADER + (self._rows_height() if self._names_ends else 0)
        return QRectF(9, top + 5, WIDTH - 18, PICTURE - 6)

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        assert painter is not None
        zoom = QStyleOptionGraphicsItem.levelOfDetailFromTransform(painter.worldTransform())
        if zoom < TINY and self._is_plain and not (self.is_lit or self.marks or self.isSelected()):
            painter.fillRect(self.box(), self.colour)
            return
        self._paint_box(painter, zoom)
        if self._is_far(zoom):
            painting.draw_far_name(painter, self.box(), self.shown.label, zoom)
            if self.marks or zoom >= TEXT_FROM:
                self.draw_ports(painter)
            return
        painting.draw_header(painter, self.shown.label, self._layer, zoom)
        if self.has_picture:
            assert self.picture is not None
            painting.draw_picture(painter, self.picture, self.picture_rect())
        self._paint_body(painter, zoom)
        self.draw_ports(painter)

    def _is_far(self, zoom: float) -> bool:
        """Whether its colour and its name are all that could be read."""
        has_more = self.has_picture or bool(self.shown.problem)
        return zoom < (TEXT_FROM if has_more else NUMBERS_FROM)

    def _paint_box(self, painter: QPainter, zoom: float) -> None:
        theme, box = self.theme, self.box()
        edge = self._problem_colour() if self.shown.problem else theme.accent if self.isSelected() else theme.line
        pen = QPen(QColor(edge), 2.0 if self.isSelected() or self.shown.problem else 1.0)
        header = self.colour
        if self.node.bypass:
            pen.setStyle(Qt.PenStyle.DashLine)
            header.setAlphaF(0.55)
        if self.is_lit:
            pen = QPen(QColor(theme.accent), LIT)
        if self._is_far(zoom):
            painting.draw_far_box(painter, box, header, pen, zoom)
            return
        painting.draw_box(painter, box, header, theme, pen)
        if self.isSelected() and self.shown.problem:
            painting.draw_selected(painter, box, theme)

    def _problem_colour(self) -> str:
        return self.theme.hint if self.shown.is_hint else self.theme.wrong

    def _paint_body(self, painter: QPainter, zoom: float) -> None:
        theme, shown, faint = self.theme, self.shown, painting.faint(self.theme, zoom)
        if self._names_ends:
            self._paint_ends(painter, zoom, faint)
        else:
            top = HEADER + 5 + (PICTURE if self.has_picture else 0)
            painting.draw_line(painter, self._numbers_to_paint(), QRectF(10, top, WIDTH - 20, 20), faint, zoom)
        if self.loss:
            painter.setFont(painting.font(15, bold=True))
            painter.setPen(QColor(theme.text))
            area = QRectF(WIDTH / 2, HEADER + 2, WIDTH / 2 - 12, self._rows_height() - 4)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self.loss)
        if shown.problem:
            top = self.height - PROBLEM - (FIX if shown.fix else 0)
            painting.draw_line(
                painter, [shown.problem], QRectF(8, top, WIDTH - 16, PROBLEM), self._problem_colour(), zoom
            )
        if shown.fix:
            painting.draw_button(painter, shown.fix, self.fix_rect(), theme, zoom)

    def _numbers_to_paint(self) -> tuple[str, ...]:
        """What its line of numbers says; remembers the receptive field that is in it."""
        self._painted_field = (self._field_of(self.node.id),) if self.shown.numbers else ()
        return self.numbers()

    def _paint_ends(self, painter: QPainter, zoom: float, colour: str) -> None:
        """Names of inputs on the left, or the numbers where there is one input; names of outputs on the right."""
        shown = self.shown
        is_spare_seen = self.isSelected() or bool(self.marks)
        ends = [end if is_spare_seen or end not in shown.spare else "" for end in shown.inputs]
        left = [[end] for end in ends] if len(ends) > 1 else [self._numbers_to_paint()]
        right = [name for name, _ in shown.outputs] if len(shown.outputs) > 1 else []
        is_shared = bool(right) and len(shown.inputs) > 1
        width = WIDTH / 2 - 10 if self.loss or is_shared else WIDTH - 20 - (NUMBERS_APART if right else 0)
        for number, parts in enumerate(left):
            painting.draw_line(painter, parts, QRectF(10, row_of(number) - ROW / 2, width, ROW), colour, zoom)
        for number, name in enumerate(right):
            start = WIDTH / 2 if number < len(left) else 10
            place = QRectF(start, row_of(number) - ROW / 2, WIDTH - 10 - start, ROW)
            painting.draw_line(painter, [name], place, colour, zoom, at_right=True)


def ends_of(shown: NodeText) -> tuple[object, ...]:
    """Returns what the ends of a node follow from."""
    return shown.inputs, shown.outputs, shown.spare
