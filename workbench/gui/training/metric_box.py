"""The choice of a metric that is drawn: what the runs report, by title."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QSizePolicy, QWidget

from workbench.core.errors import printable
from workbench.gui.widgets.fields import ComboBox
from workbench.gui.widgets.labels import plain_tip
from workbench.training.metric_names import title_of


class MetricBox(ComboBox):
    """Metrics by their titles; one that was chosen stays chosen wherever it is offered again.

    Signals:
        chosen(): somebody has chosen another metric.
    """

    chosen = pyqtSignal()

    def __init__(self, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wanted = ""
        self.setAccessibleName("Metric")
        self.setToolTip(plain_tip(tip))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.activated.connect(self._on_activated)

    @property
    def name(self) -> str:
        """The name of the metric to draw; "" where none is offered."""
        return str(self.currentData() or "")

    @property
    def names(self) -> list[str]:
        """The names of the metrics that are offered."""
        return [str(self.itemData(number)) for number in range(self.count())]

    def offer(self, names: Sequence[str], usual: str) -> None:
        """Offers these metrics; emits no signal.

        Args:
            names: of the metrics.
            usual: the one to draw until another is chosen.
        """
        if self.names != list(names):
            self.clear()
            for name in names:
                self.addItem(printable(title_of(name)), name)
        place = self.findData(self._wanted if self._wanted in names else usual)
        if place != self.currentIndex():  # a list that is open is left alone
            self.setCurrentIndex(place)

    def choose(self, name: str) -> None:
        """Draws this metric from now on."""
        self._wanted = name
        self.setCurrentIndex(self.findData(name))
        self.chosen.emit()

    def _on_activated(self) -> None:
        self.choose(self.name)
