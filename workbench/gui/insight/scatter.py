"""True against inferred: for each factor its value in the pictures against the latents that stand for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyqtgraph as pg
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QGridLayout, QWidget

from workbench.gui.training.curves import TRAIN, VALIDATION
from workbench.gui.training.plot import Plot
from workbench.gui.widgets.theme import Theme

if TYPE_CHECKING:
    from workbench.insight.latent.study import Study

COLOURS = (TRAIN, VALIDATION)  # of a factor with several latents the first two are drawn
WIDTH, HEIGHT = 200, 180
ALPHA = 110


class Scatters(QWidget):
    """A small plot for each quantity, as many beside each other as there is room for."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.plots: dict[str, Plot] = {}
        self._made: list[Plot] = []  # all that there are, shown or not
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(8)

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        self._theme = theme
        for plot in self._made:
            plot.set_theme(theme)

    def show_study(self, found: Study) -> None:
        """Draws what was measured anew."""
        names = [name for quantities in found.parts.values() for name in quantities]
        while len(self._made) < len(names):
            self._made.append(self._new_plot())
        self.plots = dict(zip(names, self._made, strict=False))
        for number, plot in enumerate(self._made):
            plot.setVisible(number < len(names))
        for name, plot in self.plots.items():
            _draw(plot, found, name)
            plot.set_theme(self._theme)
        self._arrange()

    def _new_plot(self) -> Plot:
        plot = Plot("latent", "factor", self)
        plot.setMouseEnabled(x=False, y=False)
        plot.setFixedHeight(HEIGHT)
        return plot

    def _arrange(self) -> None:
        columns = max(1, min(len(self.plots), self.width() // WIDTH))
        for number, plot in enumerate(self.plots.values()):
            self._grid.addWidget(plot, *divmod(number, columns))
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, 0)
        self._grid.setRowStretch(len(self.plots), 1)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._arrange()


def _draw(plot: Plot, found: Study, name: str) -> None:
    """Draws the latents of a quantity over its true values."""
    latents = found.measures.designated[name][: len(COLOURS)]
    names = [found.code.name_of(latent) for latent in latents]
    names = [f"latent {each}" if each in found.factors else each for each in names]
    truth, codes = found.factors[name], found.codes[:, list(latents)]
    plot.clear()
    plot.setLabel("bottom", f"true {name}")
    plot.setLabel("left", names[0] if len(names) == 1 else "latents")
    plot.setAccessibleName(f"True {name} against {', '.join(names)}")
    for column, (label, colour) in enumerate(zip(names, COLOURS, strict=False)):
        brush = pg.mkColor(colour)
        brush.setAlpha(ALPHA)
        plot.plot(
            truth, codes[:, column], pen=None, symbol="o", symbolSize=3, symbolPen=None, symbolBrush=brush,
            name=label if len(names) > 1 else None,
        )  # fmt: skip
    plot.follow()
    plot.fit((float(truth.min()), float(truth.max())), float(codes.min()), float(codes.max()))
