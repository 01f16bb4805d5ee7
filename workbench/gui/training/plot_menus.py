"""What a right-click on a plot offers: to save it, to draw it otherwise, and to follow the data again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, QPoint, Qt
from PyQt6.QtWidgets import QAbstractButton, QFileDialog, QSlider, QWidget

from workbench.core.errors import WorkbenchError
from workbench.core.files import write_file
from workbench.gui.training.curves import Curves
from workbench.gui.training.plot import Plot
from workbench.gui.widgets.context_menu import LINE, ContextMenu, Entries, Entry
from workbench.gui.widgets.message_boxes import tell
from workbench.gui.widgets.pixels import png_of

PICTURE, NUMBERS = "Picture (*.png)", "Numbers (*.csv)"
SMOOTHINGS = (0, 20, 100)  # batches


class PlotMenu(QObject):
    """The menu of one plot. It opens on a whole click, since a drag with the right button zooms."""

    def __init__(self, plot: Plot, entries: Callable[[], Entries]) -> None:
        super().__init__(plot)
        self._plot = plot
        self._menu = ContextMenu(plot, lambda place: entries(), opens_on_press=False)
        plot.scene().sigMouseClicked.connect(self._on_clicked)

    def _on_clicked(self, event: Any) -> None:
        if event.button() == Qt.MouseButton.RightButton:
            place = self._plot.mapFromScene(event.scenePos())
            viewport = self._plot.viewport()
            self._menu.open(QPoint(place), viewport.mapToGlobal(place))


class CurvesMenus(QObject):
    """The menus of the plots of a training: what the controls above them do."""

    def __init__(
        self, curves: Curves, log: QAbstractButton, smoothing: QSlider, export: Callable[[str], object]
    ) -> None:
        """Listens to right-clicks.

        Args:
            curves: the plots.
            log: the switch of the logarithmic axis.
            smoothing: the slider.
            export: asks for a file of these kinds and writes it.
        """
        super().__init__(curves)
        self._curves, self._log, self._smoothing, self._export = curves, log, smoothing, export
        for plot in (curves.loss, curves.measure, curves.terms):
            PlotMenu(plot, partial(self._entries, plot))

    def _entries(self, plot: Plot) -> Entries:
        curves, smoothing = self._curves, self._smoothing.value()
        shows_loss = plot is not curves.measure
        words = {0: "No smoothing"} | {count: f"Smoothing over {count} batches" for count in SMOOTHINGS if count}
        smooth = [
            Entry(text, partial(self._smoothing.setValue, count), is_on=smoothing == count)
            for count, text in words.items()
        ]
        return [
            Entry("Save as a picture…", partial(self._export, PICTURE)),
            Entry("Save the numbers…", partial(self._export, NUMBERS)),
            LINE,
            Entry("Logarithmic axis", self._log.click, is_of_use=shows_loss, is_on=self._log.isChecked()),
            *(smooth if plot is curves.loss else ()),
            LINE,
            Entry("Follow the run", partial(self._follow, plot), "Show all of it again", is_of_use=plot.is_free),
        ]

    def _follow(self, plot: Plot) -> None:
        plot.follow()
        self._curves.draw()


def save_picture(widget: QWidget, parent: QWidget) -> None:
    """Asks for a file and writes what a widget looks like; says why where it cannot be written."""
    name, _ = QFileDialog.getSaveFileName(parent, "Save picture", "curves.png", PICTURE)
    if not name:
        return
    try:
        write_file(Path(name) if name.lower().endswith(".png") else Path(name + ".png"), [png_of(widget)])
    except WorkbenchError as error:
        tell(parent, "It was not saved", str(error))
