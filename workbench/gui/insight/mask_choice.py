"""Which mask lies over the probe: the predicted one, the true one, or where the two differ."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QWidget

from workbench.gui.widgets.fields import ComboBox
from workbench.inspection.mask_overlays import PREDICTED, Overlay


class MaskChoice(ComboBox):
    """The choice, which is there only where a network predicts masks.

    Signals:
        chosen(): another one was chosen.
    """

    chosen = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.overlays: Mapping[str, Overlay] = {}
        self.setAccessibleName("What lies over the picture")
        self.setToolTip("The mask that the network predicts, the true one, or where they differ")
        self.currentIndexChanged.connect(self.chosen)
        self.hide()

    @property
    def overlay(self) -> Overlay | None:
        """The picture with the chosen mask; None where there are none."""
        return self.overlays.get(self.currentText())

    def offer(self, overlays: Mapping[str, Overlay]) -> None:
        """Offers what can lie over another picture; what was chosen stays, at first the predicted mask."""
        names = list(overlays)
        if names and names != [self.itemText(number) for number in range(self.count())]:
            before = self.currentText()
            self.blockSignals(True)
            self.clear()
            self.addItems(names)
            self.setCurrentText(before if before in names else PREDICTED)
            self.blockSignals(False)
        self.overlays = overlays
        self.setVisible(bool(names))
