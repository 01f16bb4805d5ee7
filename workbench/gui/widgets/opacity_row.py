"""How much of a mask's colours is seen over its picture: a slider with its name and the per cent."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from workbench.gui.widgets.fields import Slider
from workbench.gui.widgets.labels import plain_label, plain_tip

PER_CENT = 100
NAME = "Opacity of masks"


class OpacityRow(QWidget):
    """The choice of an opacity, at first a half.

    Signals:
        changed(float): another opacity was chosen, from 0 to 1.
    """

    changed = pyqtSignal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider, self._percent = Slider(), plain_label("", faint=True)
        self.slider.setRange(0, PER_CENT)
        self.slider.setAccessibleName(NAME)
        self.slider.setToolTip(plain_tip("How much of the mask's colours is seen, in per cent"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (plain_label(NAME), self.slider, self._percent):
            layout.addWidget(widget, 1 if widget is self.slider else 0)
        self.slider.valueChanged.connect(self._on_changed)
        self.slider.setValue(PER_CENT // 2)

    @property
    def opacity(self) -> float:
        """The chosen opacity, from 0 to 1."""
        return self.slider.value() / PER_CENT

    def _on_changed(self) -> None:
        self._percent.setText(f"{self.slider.value()} %")
        self.changed.emit(self.opacity)
