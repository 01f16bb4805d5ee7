"""How the parts of the Look panel share its room: side by side where it is wide, what matters most first where not."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QBoxLayout, QScrollArea, QWidget

from workbench.gui.insight.close_up import CloseUp
from workbench.gui.insight.grid import TileGrid
from workbench.gui.insight.probe_side import ProbeSide
from workbench.gui.insight.view_stack import Middle

NARROW = 560
SPACING, NARROW_SPACING = 12, 4
TALLEST_GRID, GRID_SHARE, LEAST_GRID = 160, 0.42, 60  # of a narrow panel: pixels, share of its height, pixels
LEAST_UNIT, TALLEST_UNIT = 135, 260
LEAST_PROBE, WIDEST_PROBE, PROBE_SHARE = 250, 620, 0.24  # height in a narrow panel; width and share of it in a wide one
UNIT_SHARE = 0.44
SCROLL_BAR = 16  # is counted in whether it is there or not, for it comes and goes with what is shared out
ANY_HEIGHT = 16_777_215  # Qt's word for no limit


class ScrollRoom(QScrollArea):
    """A place that scrolls, and says when what is seen of it has another size.

    Signals:
        resized(): it has.
    """

    resized = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it has the keyboard
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.resized.emit()


class ResponsiveLayout(QBoxLayout):
    """The probe, the grid with a line below it, and the unit."""

    def __init__(
        self, probe: ProbeSide, grid: TileGrid, middle: Middle, unit: CloseUp, parent: QWidget, above: QBoxLayout
    ) -> None:
        """Puts the parts side by side.

        Args:
            probe: what is sent through the network.
            grid: the tiles, in `middle`.
            middle: the tiles with a line below them, or measures.
            unit: what is seen large.
            parent: the widget that scrolls.
            above: the panel's layout, of the header and the place that scrolls. In a narrow panel the tiles stand
                between them: they scroll by themselves, which is hard to use within a place that scrolls.
        """
        super().__init__(QBoxLayout.Direction.LeftToRight, parent)
        self._above = above
        self._probe, self._grid, self._middle, self._unit = probe, grid, middle, unit
        self._is_narrow, self._shows_node, self._is_above = False, True, False
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(SPACING)
        for part in self._order():
            self.addWidget(part)

    def _order(self) -> tuple[QWidget, ...]:
        if self._is_narrow and self._shows_node:
            return (self._unit, self._probe) if self._is_above else (self._middle, self._unit, self._probe)
        return self._probe, self._middle, self._unit

    def _height(self) -> int:
        """What the parts share: the panel without its header. The heights that they have are of an earlier sharing."""
        header = self._above.itemAt(0)
        taken = header.geometry().height() + self._above.spacing() if header is not None else 0
        return self._above.contentsRect().height() - taken

    def arrange(self, width: int, *, shows_node: bool) -> None:
        """Shares out so much room; in a narrow panel what is seen large and the probe scroll.

        Args:
            width: of the place that scrolls.
            shows_node: whether there is a node to look at; without one the probe comes first.
        """
        height, is_narrow = self._height(), width < NARROW
        is_above = is_narrow and shows_node and self._middle.shows_tiles
        if (is_narrow, shows_node, is_above) != (self._is_narrow, self._shows_node, self._is_above):
            self._is_narrow, self._shows_node, self._is_above = is_narrow, shows_node, is_above
            self._above.removeWidget(self._middle)
            if is_above:
                self.removeWidget(self._middle)
                self._above.insertWidget(1, self._middle)
            down, right = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
            self.setDirection(down if is_narrow else right)
            self.setSpacing(NARROW_SPACING if is_narrow else SPACING)
            for place, part in enumerate(self._order()):
                self.removeWidget(part)
                self.insertWidget(place, part)
            self._unit.setVisible(shows_node or not is_narrow)
        if is_narrow:
            self._share_height(width, height)
        else:
            self._share_width(width, height)

    def _share_height(self, width: int, height: int) -> None:
        """One below the other: the grid as high as its tiles, the unit as its pictures, the probe what is left."""
        beside = width if self._is_above else width - SCROLL_BAR
        most = max(LEAST_GRID, min(TALLEST_GRID, round(GRID_SHARE * height)))
        grid = min(most, self._grid.height_for(beside, most)) if self._shows_node else LEAST_GRID
        self._grid.setFixedHeight(grid)
        between = self._above.spacing() if self._is_above else NARROW_SPACING
        rest = height - self._middle.sizeHint().height() - between
        unit = self._unit.height_for(width - SCROLL_BAR, min(TALLEST_UNIT, rest))
        self._unit.setFixedHeight(max(LEAST_UNIT, unit))
        self._probe.setMinimumHeight(LEAST_PROBE)
        for part, stretch in ((self._middle, 0), (self._unit, 0), (self._probe, 1)):
            self.setStretchFactor(part, stretch)

    def _share_width(self, width: int, height: int) -> None:
        """Side by side: the unit as wide as its pictures can use, the probe as far as it helps, the grid the rest."""
        widgets: tuple[QWidget, ...] = (self._grid, self._unit, self._probe)
        for widget in widgets:
            widget.setMinimumHeight(0)
            widget.setMaximumHeight(ANY_HEIGHT)
        probe = round(min(WIDEST_PROBE, PROBE_SHARE * width))
        unit = round(min(self._unit.width_for(height), UNIT_SHARE * width))
        for part, share in ((self._probe, probe), (self._unit, unit), (self._middle, width - probe - unit)):
            self.setStretchFactor(part, max(1, share))
