"""How boxes on the canvas are painted: the parts that nodes and folded groups share."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QTextLayout, QTextOption

from workbench.editing.box_sizes import HEADER, WIDTH
from workbench.editing.wire_rules import Mark
from workbench.gui.widgets.theme import Theme, mixed

RADIUS, PORT = 8.0, 5.0
NAME_SIZE, TEXT_SIZE = (10.0, 15.0), (8.5, 12.5)  # points at full size, and the most they grow while zoomed out
READABLE = 7.6  # points on the screen that text does not go below while it may still grow
TEXT_FROM = 0.28  # no text and no pictures below this zoom: boxes are drawn in their colour as a whole
NUMBERS_FROM = 0.42  # below this zoom a box without picture and problem has its name alone, as large as can be read
FAR_NAME, NAMED_FROM = 6.5, 30.0  # points on the screen of such a name, and how many pixels wide a box must be for it
TINY = NAMED_FROM / WIDTH - 0.001  # below this zoom a box is no more than a patch of its colour
FAR_LINE = 1.0  # pixels on the screen that outlines and wires keep however far away they are
FAINT_FROM = 0.75  # below this zoom faint text is less faint
SMOOTH_FROM = 0.35  # no smooth edges below it


@lru_cache(maxsize=64)
def font(points: float, *, bold: bool = False) -> QFont:
    """A font of that size."""
    made = QFont()
    made.setPointSizeF(points)
    made.setBold(bold)
    return made


@lru_cache(maxsize=256)
def far_pen(colour: int) -> QPen:
    """The pen of a wire that is far away: one pixel of the screen, which Qt draws faster than a width on the canvas."""
    pen = QPen(QColor.fromRgba(colour), FAR_LINE)
    pen.setCosmetic(True)
    return pen


@lru_cache(maxsize=256)
def faint(theme: Theme, zoom: float) -> str:
    """The colour of faint text: small letters look fainter than they are, so it comes nearer to that of other text."""
    if zoom >= FAINT_FROM:
        return theme.faint
    return mixed(theme.faint, theme.text, 0.45)


def growing(sizes: tuple[float, float], zoom: float, *, bold: bool = False) -> QFont:
    """A font that grows while one zooms out, so that it stays readable for longer."""
    wanted = min(sizes[1], max(sizes[0], READABLE / zoom))
    return font(round(wanted * 2) / 2, bold=bold)


def fitting(parts: Iterable[str], metrics: QFontMetricsF, room: float) -> str:
    """As many of the parts as there is room for, the first one shortened if it must be."""
    text = ""
    for part in parts:
        longer = f"{text} · {part}" if text else part
        if text and metrics.horizontalAdvance(longer) > room:
            break
        text = longer
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)


TELLING = 8  # letters of the last part of a name by which it can be known


def short_name(name: str, metrics: QFontMetricsF, room: float) -> str:
    """A dotted name shortened in its middle, so that names that begin or end alike can still be distinguished.

    Its last part stays, and its first one as long as there is room: `layer1…conv1`, then `l1.0…conv1`, then `l1…conv1`;
    of two parts the first one is cut: `downs…0`. A long last part says enough alone: `…denseblock1`.
    """
    if metrics.horizontalAdvance(name) <= room:
        return name
    head, _, last = name.rpartition(".")
    first, initials = head.partition(".")[0], [_initial(part) for part in head.split(".")]
    heads = [head[:end].rstrip(".") for end in range(len(head), len(first) - 1, -1)]
    cut = [head[:end] for end in range(len(head) - 1, 1, -1)] if head == first else []
    alone = [""] if len(last) >= TELLING else []
    tried = (f"{each}…{last}" for each in (*heads, *cut, ".".join(initials), initials[0], *alone) if head)
    fitting = (text for text in tried if metrics.horizontalAdvance(text) <= room)
    return next(fitting, "") or metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room)


def _initial(part: str) -> str:
    """The first letter of a part of a name, with the number at its end."""
    letters = part.rstrip("0123456789")
    return letters[:1] + part[len(letters) :]


class Label(NamedTuple):
    """A text of one or two lines that fits somewhere.

    Attributes:
        lines: one below the other.
        font: what they are written in.
        width: of the longest one.
        step: from one line to the next.
    """

    lines: tuple[str, ...]
    font: QFont
    width: float
    step: float


TRIES = ((1, 1.0), (2, 1.0), (2, 0.85), (2, 0.72))  # in how many lines a label is tried, and how large


@lru_cache(maxsize=2048)
def label_of(text: str, points: float, room: int) -> Label | None:
    """A shape in so much room: in one line, else broken after the channels, else smaller, else not at all."""
    first, cross, rest = text.partition("×")
    broken = (first + cross, rest) if cross else (text,)
    for count, size in TRIES:
        made = font(points * size)
        metrics = QFontMetricsF(made)
        lines = broken if count == 2 else (text,)
        width = max(metrics.horizontalAdvance(line) for line in lines)
        if width <= room:
            return Label(lines, made, width, metrics.ascent() + 1)
    return None


@lru_cache(maxsize=512)
def wrapped(text: str, points: float, width: int, height: int) -> tuple[str, ...]:
    """As many lines of a text as there is room for, broken between words; the last one shortened where more follow."""
    made = font(points)
    metrics = QFontMetricsF(made)
    most = int(height / metrics.lineSpacing())
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += _broken(paragraph, made, width)
        if len(lines) > most:
            break
    if len(lines) <= most or most < 1:
        return tuple(lines[:most])
    last = f"{lines[most - 1]}…"
    return (*lines[: most - 1], metrics.elidedText(last, Qt.TextElideMode.ElideRight, width))


def _broken(paragraph: str, made: QFont, width: int) -> list[str]:
    """One paragraph in lines that are not wider than that; an empty one is an empty line."""
    layout = QTextLayout(paragraph, made)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    lines: list[str] = []
    units = paragraph.encode("utf-16-le", "surrogatepass")  # Qt counts these, of which some characters have two
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        piece = units[2 * line.textStart() : 2 * (line.textStart() + line.textLength())]
        lines.append(piece.decode("utf-16-le", "replace").rstrip())
    layout.endLayout()
    return lines or [""]


def header_path(width: float) -> QPainterPath:
    """The upper part of a box, round above."""
    path = QPainterPath(QPointF(0, HEADER))
    path.lineTo(0, RADIUS)
    path.arcTo(QRectF(0, 0, 2 * RADIUS, 2 * RADIUS), 180, -90)
    path.lineTo(width - RADIUS, 0)
    path.arcTo(QRectF(width - 2 * RADIUS, 0, 2 * RADIUS, 2 * RADIUS), 90, -90)
    path.lineTo(width, HEADER)
    path.closeSubpath()
    return path


HEADER_PATH = header_path(WIDTH)


def draw_box(painter: QPainter, box: QRectF, header: QColor, theme: Theme, outline: QPen) -> None:
    """A rounded box with a coloured header."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.node))
    painter.drawRoundedRect(box, RADIUS, RADIUS)
    painter.fillPath(HEADER_PATH, header)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(outline)
    painter.drawRoundedRect(box, RADIUS, RADIUS)


def draw_far_box(painter: QPainter, box: QRectF, colour: QColor, outline: QPen, zoom: float) -> None:
    """A box so far away that its colour and what its outline says are all that can be seen."""
    pen = QPen(outline)
    pen.setWidthF(FAR_LINE * outline.widthF() / zoom)
    painter.setPen(pen if outline.widthF() > 1 else Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(box, RADIUS, RADIUS)


def draw_far_name(painter: QPainter, box: QRectF, name: str, zoom: float) -> None:
    """The name in the middle of a box that is far away, if the box is wide enough on the screen."""
    if box.width() * zoom < NAMED_FROM - 0.01:
        return
    made = font(round(2 * min(FAR_NAME / zoom, 0.62 * box.height())) / 2, bold=True)
    painter.setFont(made)
    painter.setPen(QColor("#ffffff"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, short_name(name, QFontMetricsF(made), box.width() - 6))


def draw_selected(painter: QPainter, box: QRectF, theme: Theme) -> None:
    """A second outline, where the first one already says something else."""
    painter.setPen(QPen(QColor(theme.accent), 1.0))
    painter.drawRoundedRect(box.adjusted(-3, -3, 3, 3), RADIUS + 3, RADIUS + 3)


def draw_header(painter: QPainter, name: str, kind: str, zoom: float) -> None:
    """The name on the left, and what it is on the right if there is room."""
    bold, small = growing(NAME_SIZE, zoom, bold=True), growing(TEXT_SIZE, zoom)
    name_width, kind_width = (
        QFontMetricsF(bold).horizontalAdvance(name),
        QFontMetricsF(small).horizontalAdvance(kind),
    )
    shows_kind = bool(kind) and name_width + kind_width + 24 <= WIDTH
    room = WIDTH - 16 - (kind_width + 8 if shows_kind else 0)
    painter.setPen(QColor("#ffffff"))
    painter.setFont(bold)
    text = short_name(name, QFontMetricsF(bold), room)
    painter.drawText(QRectF(8, 0, room + 4, HEADER), Qt.AlignmentFlag.AlignVCenter, text)
    if shows_kind:
        painter.setFont(small)
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(QRectF(0, 0, WIDTH - 8, HEADER), right, kind)


def draw_line(
    painter: QPainter, parts: Iterable[str], place: QRectF, colour: str, zoom: float, *, at_right: bool = False
) -> None:
    """A line of text, shortened where it must be."""
    small = growing(TEXT_SIZE, zoom)
    painter.setFont(small)
    painter.setPen(QColor(colour))
    text = fitting(parts, QFontMetricsF(small), place.width())
    side = Qt.AlignmentFlag.AlignRight if at_right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | side, text)


def draw_picture(painter: QPainter, picture: QImage, area: QRectF) -> None:
    """A picture as large as it goes, each of its pixels a square."""
    factor = min(area.width() / picture.width(), area.height() / picture.height())
    target = QRectF(0, 0, picture.width() * factor, picture.height() * factor)
    target.moveCenter(area.center())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(target, picture)


def draw_button(painter: QPainter, text: str, place: QRectF, theme: Theme, zoom: float) -> None:
    """A button with a text."""
    small = growing(TEXT_SIZE, zoom)
    painter.setFont(small)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.accent))
    painter.drawRoundedRect(place, 4, 4)
    painter.setPen(QColor(theme.on_accent))
    shortened = QFontMetricsF(small).elidedText(text, Qt.TextElideMode.ElideRight, place.width() - 10)
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, shortened)


def draw_port(painter: QPainter, place: QPointF, colour: QColor, theme: Theme, mark: Mark | None) -> None:
    """A port; while a wire is pulled, filled if it fits, with a plus if a fix would make it fit, crossed if not."""
    if mark is None:
        painter.setPen(QPen(colour, 1.6))
        painter.setBrush(QColor(theme.node))
        painter.drawEllipse(place, PORT, PORT)
        return
    if mark == "never":
        painter.setPen(QPen(QColor(theme.faint), 1.4))
        painter.drawLine(place + QPointF(-3, -3), place + QPointF(3, 3))
        painter.drawLine(place + QPointF(-3, 3), place + QPointF(3, -3))
        return
    size = PORT + 2
    colour = QColor(theme.good if mark == "fits" else theme.accent)
    painter.setPen(QPen(colour, 2.0))
    painter.setBrush(colour if mark == "fits" else QColor(theme.node))
    painter.drawEllipse(place, size, size)
    if mark == "fixable":
        painter.drawLine(place + QPointF(-3, 0), place + QPointF(3, 0))
        painter.drawLine(place + QPointF(0, -3), place + QPointF(0, 3))


def draw_plain_header(painter: QPainter, name: str, theme: Theme, zoom: float) -> None:
    """The name at the top of a box that has no colour of its own."""
    bold = growing(NAME_SIZE, zoom, bold=True)
    painter.setFont(bold)
    painter.setPen(QColor(theme.text))
    room = WIDTH - 24
    text = short_name(name, QFontMetricsF(bold), room)
    painter.drawText(QRectF(12, 0, room + 4, HEADER), Qt.AlignmentFlag.AlignVCenter, text)
