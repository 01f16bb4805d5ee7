"""The studio: a slider for each named part of a code, and the picture that is drawn again while one is moved."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSlider, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from workbench.gui.insight.pictures import CAPTION, PixelImage
from workbench.gui.insight.unit_side import UnitSide
from workbench.gui.theme import Theme
from workbench.gui.widgets.labels import plain_label
from workbench.insight.studio import Drawing

FINE = 100  # steps of a slider for 1
REACH = 4  # standard deviations of the prior to each side
ROW = 24
LEAST_PICTURE = 80
WIDEST = 480


class StudioSide(QWidget):
    """Sliders and the two pictures: as the code has it, and as it is now.

    Signals:
        moved(int, float): a latent was put somewhere.
        reset_requested(): every latent shall go back to the sample's own.
    """

    moved = pyqtSignal(int, float)
    reset_requested = pyqtSignal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.unmoved = PixelImage("from its code", theme, "Drawn from the sample's own code.", self)
        self.drawn = PixelImage("moved", theme, "Drawn from the code as the sliders have it.", self)
        self.sliders: dict[int, QSlider] = {}
        self._numbers: dict[int, QLabel] = {}
        self._names: Mapping[int, str] = {}
        self.reset = QToolButton()
        self.reset.setText("Reset")
        self.reset.setToolTip("Put every slider back to the code of the sample")
        self.reset.clicked.connect(self.reset_requested)
        top = QHBoxLayout()
        top.addWidget(plain_label("Studio", bold=True), 1)
        top.addWidget(self.reset)
        pictures = QHBoxLayout()
        pictures.addWidget(self.unmoved, 1)
        pictures.addWidget(self.drawn, 1)
        self._rows = QGridLayout()
        self._rows.setVerticalSpacing(2)
        self._rows.setHorizontalSpacing(8)
        self._rows.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addLayout(pictures, 1)
        layout.addLayout(self._rows)

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        for picture in (self.unmoved, self.drawn):
            picture.set_theme(theme)

    def width_for(self, height: int) -> int:
        """How much width its pictures can use in so much height."""
        return min(WIDEST, 2 * max(LEAST_PICTURE, height - self._below()))

    def height_for(self, width: int) -> int:
        """How much height it can use in so much width."""
        return self._below() + max(LEAST_PICTURE, width // 2)

    def _below(self) -> int:
        return len(self.sliders) * ROW + CAPTION + ROW + 12

    def show_drawing(self, drawing: Drawing) -> None:
        """Shows pictures and values; a slider that is held by the mouse stays where the hand has it."""
        if dict(drawing.names) != self._names:
            self._make_rows(drawing.names)
        self.unmoved.show_pixels(drawing.unmoved)
        self.drawn.show_pixels(drawing.moved)
        self.reset.setEnabled(any(drawing.values[latent] != drawing.own[latent] for latent in drawing.names))
        for latent, slider in self.sliders.items():
            if not slider.isSliderDown():
                slider.blockSignals(True)
                slider.setValue(round(drawing.values[latent] * FINE))
                slider.blockSignals(False)
                self._numbers[latent].setText(f"{drawing.values[latent]:+.2f}")

    def _make_rows(self, names: Mapping[int, str]) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._names, self.sliders, self._numbers = dict(names), {}, {}
        for row, (latent, name) in enumerate(names.items()):
            slider = QSlider(Qt.Orientation.Horizontal, self)
            slider.setRange(-REACH * FINE, REACH * FINE)
            slider.setPageStep(FINE // 2)
            slider.setAccessibleName(name)
            slider.setToolTip(f"{name}: latent {latent} of the code")
            slider.valueChanged.connect(partial(self._on_value_changed, latent))
            number = plain_label("", faint=True)
            number.setMinimumWidth(number.fontMetrics().horizontalAdvance("+00.00"))
            number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._rows.addWidget(plain_label(name), row, 0)
            self._rows.addWidget(slider, row, 1)
            self._rows.addWidget(number, row, 2)
            self.sliders[latent], self._numbers[latent] = slider, number

    def _on_value_changed(self, latent: int, value: int) -> None:
        self._numbers[latent].setText(f"{value / FINE:+.2f}")
        self.moved.emit(latent, value / FINE)


class CloseUp(QStackedWidget):
    """What is seen large: one unit of a node, or of a code the studio."""

    def __init__(self, unit: UnitSide, studio: StudioSide, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._unit, self._studio = unit, studio
        self.addWidget(unit)
        self.addWidget(studio)

    def show_drawing(self, drawing: Drawing | None) -> None:
        """Shows the studio with a drawing, or without one the unit."""
        if drawing is not None:
            self._studio.show_drawing(drawing)
        self.setCurrentWidget(self._unit if drawing is None else self._studio)

    def _shown(self) -> UnitSide | StudioSide:
        return self._studio if self.currentWidget() is self._studio else self._unit

    def width_for(self, height: int) -> int:
        """How much width what is shown can use in so much height."""
        return self._shown().width_for(height)

    def height_for(self, width: int) -> int:
        """How much height what is shown can use in so much width."""
        return self._shown().height_for(width)
