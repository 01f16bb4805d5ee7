"""What the colours of boxes mean, in a corner of the canvas."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from workbench.gui.editor.colouring import Colouring
from workbench.gui.editor.tints import heat
from workbench.gui.editor.zooming import ZoomView
from workbench.gui.widgets.labels import plain_tip

HEIGHT, INSET, BAR = 44, 8, 6
STOPS = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)


class CostLegend(QWidget):
    """The measure, the whole, and what costs most; a button gives boxes the colours of their kinds again."""

    def __init__(self, view: ZoomView, colouring: Colouring, parent: QWidget) -> None:
        super().__init__(parent)
        self._view, self._colouring = view, colouring
        self.close_button = QToolButton(self)
        self.close_button.setAutoRaise(True)
        self.close_button.setText("×")
        self.close_button.setAccessibleName("Colour by kind again")
        self.close_button.setToolTip("Colour by kind again (H chooses)")
        self.close_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.close_button.clicked.connect(lambda: colouring.show(""))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 2, 14)
        layout.addStretch(1)
        layout.addWidget(self.close_button)
        self.setAccessibleName("Legend of the colours")
        colouring.changed.connect(self._on_changed)
        self.hide()

    @property
    def words(self) -> str:
        """What it says."""
        legend = self._colouring.legend
        if legend is None:
            return ""
        return f"{legend.title}: {legend.total}" + (f" · most: {legend.largest}" if legend.largest else "")

    def _on_changed(self) -> None:
        self.setVisible(self._colouring.legend is not None)
        self.setToolTip(plain_tip(self.words))
        self.resize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        width = QFontMetricsF(self.font()).horizontalAdvance(self.words)
        return QSize(round(width) + 3 * INSET + self.close_button.sizeHint().width(), HEIGHT)

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        theme, painter = self._view.theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.line), 1.0))
        painter.setBrush(QColor(theme.panel))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setPen(QColor(theme.text))
        place = QRectF(INSET, 4, self.width() - 2 * INSET, HEIGHT - BAR - 16)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, self.words)
        bar = QRectF(INSET, HEIGHT - BAR - 7, self.width() - 2 * INSET, BAR)
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        for stop in STOPS:
            gradient.setColorAt(stop, QColor(heat(stop)))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(gradient)
        painter.drawRoundedRect(bar, 3, 3)
