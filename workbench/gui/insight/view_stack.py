"""The middle of the Look panel: the tiles of a view, or in their place the measures of a code."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QSizePolicy, QStackedWidget, QWidget

from workbench.gui.insight.measures import Measures
from workbench.gui.widgets.theme import Theme
from workbench.inspection.measuring import MeasureRequest


class Middle(QStackedWidget):
    """Shows one of the two; the other takes no room.

    Signals:
        turned(): the other is shown.
    """

    turned = pyqtSignal()

    def __init__(self, tiles: QWidget, theme: Theme, wanted: Callable[[], MeasureRequest]) -> None:
        """Begins with the tiles.

        Args:
            tiles: what is mostly shown.
            theme: colours of the measures.
            wanted: returns what would be measured now.
        """
        super().__init__()
        self._tiles, self._wanted = tiles, wanted
        self.measures = Measures(theme)
        self.addWidget(tiles)
        self.addWidget(self.measures)
        self.currentChanged.connect(self._on_changed)
        self.measures.again_requested.connect(self.measure)
        self.measures.closed.connect(self.show_tiles)
        self._on_changed(0)

    @property
    def shows_tiles(self) -> bool:
        """Whether the tiles are shown, and not the measures."""
        return self.currentWidget() is self._tiles

    def measure(self) -> None:
        """Measures and shows the measures."""
        self.measures.measure(self._wanted())
        self.setCurrentWidget(self.measures)

    def show_tiles(self) -> None:
        """Shows the tiles again; what is being measured is let go."""
        self.measures.let_go()
        self.setCurrentWidget(self._tiles)

    def compare(self) -> None:
        """Something is shown anew: the measures may be old."""
        self.measures.compare(self._wanted())

    def _on_changed(self, shown: int) -> None:
        for number in range(self.count()):
            page, is_shown = self.widget(number), number == shown
            assert page is not None
            policy = QSizePolicy.Policy.Preferred if is_shown else QSizePolicy.Policy.Ignored
            page.setSizePolicy(policy, policy)
        self.turned.emit()
