"""Two groups of controls in a line, or in two lines where one is too narrow: none of them is ever cut."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QEvent, QSize
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

SPACING = 4
SCROLL_BAR = 20  # at least as wide as one is


def row_of(*widgets: QWidget) -> QHBoxLayout:
    """Widgets side by side, without margins."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACING)
    for widget in widgets:
        row.addWidget(widget)
    return row


class Halves(QWidget):
    """Two groups of controls, side by side where both have room, else the second below the first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(SPACING)
        self._groups: list[QHBoxLayout] = []

    def put(
        self, first: Sequence[QWidget], second: Sequence[QWidget], *, apart: bool = False, left: bool = False
    ) -> None:
        """Fills it.

        Args:
            first: the group that comes first.
            second: the other one.
            apart: whether what room there is stands between the groups.
            left: whether it stands behind them; else the controls themselves take it.
        """
        self._groups = [row_of(*first), row_of(*second)]
        for group in self._groups:
            self._lines.addLayout(group)
        if apart:
            self._groups[0].addStretch(1)
        if left:
            self._groups[1].addStretch(1)

    def _widths(self) -> list[int]:
        return [group.minimumSize().width() for group in self._groups]

    def minimumSizeHint(self) -> QSize:
        """As narrow as the wider group."""
        return QSize(max(self._widths(), default=0), self._lines.minimumSize().height())

    def _turn(self) -> None:
        """Puts the groups side by side or below each other, as they fit now."""
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        more = SCROLL_BAR if self._lines.direction() == down else 0  # or they would turn with the bar that they cause
        wanted = across if sum(self._widths()) + SPACING + more <= self.width() else down
        if wanted != self._lines.direction():
            self._lines.setDirection(wanted)
            self.updateGeometry()
            self._lines.activate()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._turn()

    def event(self, event: QEvent | None) -> bool:
        is_done = super().event(event)
        if event is not None and event.type() == QEvent.Type.LayoutRequest:
            self._turn()  # a control has come, gone or another text
        return is_done
