"""The learning rate over the run that the settings would give, as a small curve."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from workbench.core.errors import WorkbenchError
from workbench.gui.document.session import Session
from workbench.gui.training.curves import TRAIN
from workbench.gui.training.plot import Plot
from workbench.gui.widgets.theme import Theme
from workbench.training.rates import rate_of_run

STEPS_PER_EPOCH = 50  # enough for the eye; the real number changes nothing about the form


class RatePlot(QWidget):
    """A preview of the schedule; follows the settings."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.plot = Plot("learning rate")
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.setFixedHeight(130)
        self._curve = self.plot.plot(pen=pg.mkPen(TRAIN, width=2))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)
        session.document_changed.connect(self._on_document_changed)
        self.set_theme(theme)
        self.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        self.plot.set_theme(theme)

    def _on_document_changed(self, edit: object) -> None:
        self.refresh()

    def refresh(self) -> None:
        """Draws the schedule of the settings as they are."""
        try:
            config = self._session.project.training_config()
        except WorkbenchError:
            self._curve.setData([], [])
            return
        steps = config.total_epochs * STEPS_PER_EPOCH
        places = np.unique(np.linspace(0, steps - 1, 200).astype(int))
        rates = [rate_of_run(config, int(step), STEPS_PER_EPOCH) for step in places]
        self._curve.setData(places / STEPS_PER_EPOCH, np.array(rates))
        self.plot.follow()
        self.plot.fit((0.0, float(config.total_epochs)), min(rates), max(rates))
