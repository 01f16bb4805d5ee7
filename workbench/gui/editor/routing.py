"""The way of a wire round the boxes that stand between its ends."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QPainterPath

LEAST_BEND, TURN = 36.0, 34.0
CLEAR = 14.0  # how far from a box a wire passes
ABOVE = 62.0  # how far above its end a wire runs that comes back to an earlier column: right above the box
ROW_APART = 34.0  # two wires that run above the same box
LANE_APART = 10.0  # two wires that pass the same boxes
DETOUR = 80.0  # how much longer a way below boxes may be than one above them, where wires run back to a line's begin
STEPS = 40  # of a curve that is looked at for boxes


def wire_path(start: QPointF, end: QPointF, *, between: Sequence[QRectF] = (), row: int = 0) -> QPainterPath:
    """A curve that leaves to the right and arrives from the left.

    Back to an earlier column it runs between the lines; where boxes stand in its way it passes below or above them.

    Args:
        start: the output port.
        end: the input port.
        between: the boxes that may stand in its way.
        row: which of the inputs of its box it reaches; wires to lower ones run further from what they pass.
    """
    path = QPainterPath(start)
    across, down = end.x() - start.x(), end.y() - start.y()
    if across < TURN and abs(down) > 2 * TURN:
        above = ABOVE + ROW_APART * row
        middle = end.y() - above if down > above + ABOVE else start.y() + down / 2
        right, left = start.x() + TURN, end.x() - TURN
        path.cubicTo(QPointF(right, start.y()), QPointF(right, middle), QPointF(start.x(), middle))
        path.lineTo(QPointF(end.x(), middle))
        path.cubicTo(QPointF(left, middle), QPointF(left, end.y()), end)
        return path
    bend = max(LEAST_BEND, abs(across) / 2)
    path.cubicTo(start + QPointF(bend, 0), end - QPointF(bend, 0), end)
    met = _met(path, between)
    return _round(start, end, met, between, row) if met else path


def _met(path: QPainterPath, boxes: Sequence[QRectF]) -> list[QRectF]:
    """The boxes that a curve goes through."""
    around = path.boundingRect().adjusted(-1, -1, 1, 1)
    near = [box for box in boxes if box.intersects(around)]
    points = [path.pointAtPercent(step / STEPS) for step in range(STEPS + 1)] if near else []
    return [box for box in near if any(box.contains(point) for point in points)]


def _round(start: QPointF, end: QPointF, met: Sequence[QRectF], between: Sequence[QRectF], row: int) -> QPainterPath:
    """A way that is level where it passes the boxes that it would have met."""
    left = max(start.x() + TURN, min(box.left() for box in met) - CLEAR)
    right = max(left, min(end.x() - TURN, max(box.right() for box in met) + CLEAR))
    passed = [box for box in between if box in met or (box.right() > left and box.left() < right)]
    level = _level(start, end, passed, row)
    path = QPainterPath(start)
    first, last = (left - start.x()) / 2, (end.x() - right) / 2
    path.cubicTo(start + QPointF(first, 0), QPointF(left - first, level), QPointF(left, level))
    path.lineTo(QPointF(right, level))
    path.cubicTo(QPointF(right + last, level), end - QPointF(last, 0), end)
    return path


def _level(start: QPointF, end: QPointF, boxes: Sequence[QRectF], row: int) -> float:
    """The height of the shortest way that is free of boxes, below them if that is not much longer."""
    away = CLEAR + LANE_APART * row
    heights = [height for box in boxes for height in (box.bottom() + away, box.top() - away)]
    taken = _together(sorted((box.top(), box.bottom()) for box in boxes))
    tops = [top for top, _ in taken]
    free = [height for height in heights if not (at := bisect_left(tops, height)) or height >= taken[at - 1][1]]

    def length(height: float) -> float:
        detour = DETOUR if height < max(start.y(), end.y()) else 0.0
        return abs(height - start.y()) + abs(height - end.y()) + detour

    return min(free, key=length)


def _together(stretches: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Stretches that come in order, those that overlap as one."""
    found: list[tuple[float, float]] = []
    for low, high in stretches:
        if found and low < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return found
