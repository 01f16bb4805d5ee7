"""What is known of a code: a table of measures, the leakage matrix, and true factors against their latents."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QResizeEvent
from PyQt6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from workbench.gui.insight.leakage_map import LeakageMap
from workbench.gui.insight.measure_table import MeasureTable, whole_code_text
from workbench.gui.insight.measure_worker import MeasureWorker
from workbench.gui.insight.probe_controls import tool_button
from workbench.gui.insight.scatter import Scatters
from workbench.gui.widgets.halves import row_of
from workbench.gui.widgets.labels import plain_label
from workbench.gui.widgets.scrolling import scrolling
from workbench.gui.widgets.theme import Theme
from workbench.insight.latent.leakage import CLAMP, leakage_matrix
from workbench.inspection.measuring import Measured, MeasureRequest

WIDE = 800
STALE = "Measured before the weights or the network changed. Measure again to see those of now."
MATRIX = (
    "Leakage matrix: |correlation| of the latents of each factor (rows) with every true factor (columns), and R² of a "
    "linear regression on all latents that stand for no factor."
)


class Measures(QWidget):
    """Measures a code when it is asked to, and shows what was found until something newer is.

    Signals:
        closed(): nobody wants to see it any more.
        again_requested(): it shall be measured as it is now.
    """

    closed = pyqtSignal()
    again_requested = pyqtSignal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: Measured | None = None
        self._measurer = MeasureWorker(self)
        self._title = plain_label("Measures", bold=True, wraps=True)
        self._note = plain_label("", faint=True, wraps=True)
        self.again = tool_button("Measure again", "Measure the weights that are shown now")
        self.stop = tool_button("Stop", "Do not measure after all")
        self.back = tool_button("Back", "The pictures of this node again (Esc)")
        self.table, self.map, self.scatters = MeasureTable(), LeakageMap(theme), Scatters(theme)
        self._whole = plain_label("", wraps=True)
        self._build()
        self.back.clicked.connect(self.closed)
        self.stop.clicked.connect(self.closed)
        self.again.clicked.connect(self.again_requested)
        self._measurer.progress.connect(self._on_told)
        self._measurer.measured.connect(self._on_measured)
        self._measurer.failed.connect(self._on_told)

    def _build(self) -> None:
        text = QVBoxLayout()
        words = (plain_label(MATRIX, faint=True, wraps=True), plain_label(CLAMP, wraps=True))
        for widget in (self.table, self._whole, words[0], self.map, words[1]):
            text.addWidget(widget)
        text.addStretch(1)
        self._content = QWidget()
        self._columns = QBoxLayout(QBoxLayout.Direction.TopToBottom, self._content)
        self._columns.setContentsMargins(0, 0, 8, 0)
        self._columns.setSpacing(12)
        self._columns.addLayout(text, 1)
        self._columns.addWidget(self.scatters, 1)
        self._scroll = scrolling(self._content)
        top = row_of(self._title, self.again, self.stop, self.back)
        top.setStretchFactor(self._title, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self._note)
        layout.addWidget(self._scroll, 1)
        layout.addStretch(0)
        self._show_parts()

    @property
    def is_busy(self) -> bool:
        """Whether something is being measured."""
        return self._measurer.is_busy

    @property
    def note(self) -> str:
        """What is said about the measures: what is under way, what is wrong, or that they are old."""
        return self._note.text()

    @property
    def title(self) -> str:
        """Which weights were measured on which pictures."""
        return self._title.text()

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        for part in (self.map, self.scatters):
            part.set_theme(theme)

    def measure(self, wanted: MeasureRequest) -> None:
        """Measures, unless what is shown is that already."""
        if self._found is not None and self._found.wanted.state == wanted.state:
            return
        self._found = None
        self._title.setText("Measures")
        self._measurer.ask(wanted)
        self._show_parts()

    def compare(self, wanted: MeasureRequest) -> None:
        """Says whether what is shown is still what would be measured now."""
        if self._found is not None:
            self._note.setText("" if self._found.wanted.state == wanted.state else STALE)
            self._show_parts()

    def let_go(self) -> None:
        """Nobody waits for what is being measured any more."""
        if self.is_busy:
            self._measurer.stop()
            self._on_told("")

    def shut_down(self) -> None:
        """Ends the thread and waits for it."""
        self._measurer.shut_down()

    def _show_parts(self) -> None:
        self._scroll.setVisible(self._found is not None)
        self.stop.setVisible(self._found is None and self.is_busy)
        self.again.setVisible(self.note == STALE)
        self._note.setVisible(bool(self.note))

    def _on_measured(self, found: Measured) -> None:
        self._found = found
        self._title.setText(f"Measures of {found.title}")
        self._note.setText("")
        self.table.show_study(found.study)
        self._whole.setText(whole_code_text(found.study.measures))
        self.map.show_matrix(leakage_matrix(found.study))
        self.scatters.show_study(found.study)
        self._show_parts()

    def _on_told(self, text: str) -> None:
        self._note.setText(text)
        self._show_parts()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        is_wide = self.width() >= WIDE
        down, right = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._columns.setDirection(right if is_wide else down)
