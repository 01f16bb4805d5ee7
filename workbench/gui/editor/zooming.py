"""A view that zooms: at the pointer, by keys, to a part of the canvas; with a grid behind everything."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QEvent, QLine, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QNativeGestureEvent, QPainter, QPen, QWheelEvent
from PyQt6.QtWidgets import QGraphicsView

from workbench.gui.editor.painting import SMOOTH_FROM
from workbench.gui.widgets.theme import Theme

SMALLEST, LARGEST, STEP, KEY_STEP = 0.05, 4.0, 1.0015, 1.25
GRID, GRID_FROM = 40, 0.4
MARGIN = 30.0  # round the network when all of it is shown, in canvas pixels
PORTS = 16.0  # how far ports reach out of a box, with a bit of their wires
MOST_COVERED = 0.4  # share of the height that is left to what lies over the canvas


@dataclass(frozen=True)
class ViewPlace:
    """What a view shows of the canvas: all of the network, or a part, by its middle and zoom."""

    is_whole: bool
    middle: QPointF
    zoom: float


class ZoomView(QGraphicsView):
    """Shows a scene at any size."""

    _kept: ViewPlace | None = None  # shown again whenever only the size of the view changes

    @property
    def theme(self) -> Theme:
        """The colours of the canvas."""
        raise NotImplementedError

    def network(self) -> QRectF:
        """What the network covers of the canvas."""
        raise NotImplementedError

    def on_view_changed(self) -> None:
        """Another part of the canvas is seen, or another size of it."""
        self._kept = None

    def before_centring(self) -> None:
        """A part of the canvas will be put into the middle, at the zoom that it has now."""

    def covered_at_head(self) -> float:
        """How many pixels at the top of the view something else covers."""
        return 0.0

    def covered_at_foot(self) -> float:
        """How many pixels at the foot of the view something else covers."""
        return 0.0

    def seen(self) -> QRectF:
        """The part of the canvas that is seen."""
        viewport = self.viewport()
        assert viewport is not None
        return self.mapToScene(viewport.rect()).boundingRect()

    def middle(self) -> QPointF:
        """The place of the canvas in the middle of what is seen."""
        return self.seen().center()

    def show_area(self, area: QRectF, largest: float) -> None:
        """Shows a part of the canvas, as large as there is room for, but not larger than that."""
        viewport = self.viewport()
        if area.isEmpty() or viewport is None or viewport.width() < 2 or viewport.height() < 2:
            return
        area = area.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        most = viewport.height() * MOST_COVERED
        head, foot = min(self.covered_at_head(), most / 2), min(self.covered_at_foot(), most)
        wanted = min(viewport.width() / area.width(), (viewport.height() - head - foot) / area.height(), largest)
        self._set_zoom(max(SMALLEST, wanted))
        self.before_centring()
        self.centerOn(area.center() + QPointF(0, (foot - head) / 2 / self.transform().m11()))
        self.on_view_changed()

    def fit(self) -> None:
        """Shows the whole graph, not larger than it is; and goes on so while only the window changes."""
        self.show_area(self.network(), 1.0)
        self._kept = ViewPlace(True, self.middle(), self.transform().m11())

    def begin(self) -> None:
        """Shows all of a network that was opened, and takes the keys."""
        self.fit()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def place(self) -> ViewPlace:
        """Returns what is shown, for `return_to`."""
        return self._kept or ViewPlace(False, self.middle(), self.transform().m11())

    def return_to(self, place: ViewPlace) -> None:
        """Shows what was shown before; and goes on so while only the window changes."""
        if place.is_whole:
            self.fit()
            return
        self._set_zoom(place.zoom)
        self.before_centring()
        self.centerOn(place.middle)
        self.on_view_changed()
        self._kept = place

    def show_kept(self) -> None:
        """Shows the same once more, after the size of the view has changed."""
        if self._kept is not None:
            self.return_to(self._kept)

    def reveal(self, area: QRectF) -> None:
        """Moves so that this part is seen with the ports at its sides, if it is not; nothing is zoomed."""
        area = area.adjusted(-PORTS, 0, PORTS, 0)
        covered = self.covered_at_foot() / self.transform().m11()
        seen = self.seen()
        if not seen.adjusted(0, 0, 0, -covered).contains(area):
            room = max(0.0, min(covered, seen.height() - area.height()))
            self.ensureVisible(area.adjusted(0, 0, 0, room), 40, 40)
            self.on_view_changed()

    def show_whole(self, area: QRectF) -> None:
        """Moves so that all of this part is seen, and makes it smaller only where it needs more room than there is."""
        seen = self.seen()
        if area.width() + 2 * MARGIN <= seen.width() and area.height() + 2 * MARGIN <= seen.height():
            self.reveal(area)
        else:
            self.show_area(area, self.transform().m11())

    def zoom(self, factor: float) -> None:
        """Enlarges around the pointer, within bounds."""
        self._set_zoom(min(LARGEST, max(SMALLEST, self.transform().m11() * factor)))
        self.on_view_changed()

    def zoom_in(self) -> None:
        """Enlarges around the middle."""
        self._zoom_by_key(self.transform().m11() * KEY_STEP)

    def zoom_out(self) -> None:
        """Makes everything smaller, around the middle."""
        self._zoom_by_key(self.transform().m11() / KEY_STEP)

    def zoom_reset(self) -> None:
        """Shows everything as large as it is; the nearest node where nothing would be seen."""
        self._zoom_by_key(1.0)
        boxes = self.boxes()
        if boxes and not self.shows_something():
            middle = self.middle()
            self.before_centring()
            self.centerOn(min((box.center() for box in boxes), key=lambda place: (place - middle).manhattanLength()))
            self.on_view_changed()

    def boxes(self) -> list[QRectF]:
        """Where the nodes and folded groups stand."""
        return []

    def shows_something(self) -> bool:
        """Returns whether a part of the network is seen."""
        seen = self.seen()
        return any(seen.intersects(box) for box in self.boxes())

    def _zoom_by_key(self, wanted: float) -> None:
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self._set_zoom(min(LARGEST, max(SMALLEST, wanted)))
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.on_view_changed()

    def _set_zoom(self, wanted: float) -> None:
        factor = wanted / self.transform().m11()
        self.scale(factor, factor)
        self.setRenderHint(QPainter.RenderHint.Antialiasing, wanted >= SMOOTH_FROM)

    def drawBackground(self, painter: QPainter | None, rect: QRectF) -> None:
        assert painter is not None
        painter.fillRect(rect, QColor(self.theme.canvas))
        if self.transform().m11() < GRID_FROM:
            return
        painter.setPen(QPen(QColor(self.theme.grid), 1))
        left, top = int(rect.left()) // GRID * GRID, int(rect.top()) // GRID * GRID
        ends = int(rect.left()), int(rect.right()), int(rect.top()), int(rect.bottom())
        lines = [QLine(x, ends[2], x, ends[3]) for x in range(left, ends[1] + GRID, GRID)]
        lines += [QLine(ends[0], y, ends[1], y) for y in range(top, ends[3] + GRID, GRID)]
        painter.drawLines(*lines)

    def viewportEvent(self, event: QEvent | None) -> bool:
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.zoom(1.0 + event.value())  # two fingers on a trackpad
            event.accept()
            return True
        return super().viewportEvent(event)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        assert event is not None
        self.zoom(STEP ** event.angleDelta().y())
